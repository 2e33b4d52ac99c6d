//! Who looks at a conversation, and who types.

use axum::extract::State;
use engine::presence::{Doing, Here};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::extract::{Body, Checked, Path};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::{ConversationId, MemberId};

/// What a member does at a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PresenceState {
    /// Looks at it: say so every 20 seconds.
    Viewing,
    /// Writes an answer: say so every 3 seconds at most.
    Typing,
    /// Has turned away.
    Left,
}

/// Where a member is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PresenceSet {
    /// What the member does.
    pub state: PresenceState,
}

/// Somebody's place, as `event: presence` of the live stream tells it. Such an
/// event has no number and is not replayed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Presence {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The member.
    pub member_id: MemberId,
    /// What they do.
    pub state: PresenceState,
    /// Until when that holds unless something else is told, Unix ms.
    pub until: i64,
}

/// Says what the signed-in member does at a conversation. Others hear of it on
/// the live stream; nothing is kept.
#[utoipa::path(post, path = "/conversations/{id}/presence", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), request_body = PresenceSet, responses((status = 204, description = "Told")))]
pub async fn conversation_presence_set(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ConversationId>,
    Body(new): Body<PresenceSet>,
) -> Answer<StatusCode> {
    let doing = match new.state {
        PresenceState::Viewing => Doing::Viewing,
        PresenceState::Typing => Doing::Typing,
        PresenceState::Left => Doing::Left,
    };
    if api.engine.presence_set(caller.ws, id.0, caller.member()?.id, doing).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("conversation"))
    }
}

impl Checked for PresenceSet {}

impl From<Here> for Presence {
    fn from(here: Here) -> Self {
        Self {
            conversation_id: here.conversation.into(),
            member_id: here.member.into(),
            state: match here.doing {
                Doing::Viewing => PresenceState::Viewing,
                Doing::Typing => PresenceState::Typing,
                Doing::Left => PresenceState::Left,
            },
            until: here.until,
        }
    }
}
