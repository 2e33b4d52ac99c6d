//! A member's unsent words in a conversation.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use axum::Json;
use axum::extract::State;
use domain::id::MemberId;
use http::StatusCode;

use super::list::conversation;
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::ConversationId;

/// Unsent words.
#[derive(Debug, Serialize, ToSchema)]
pub struct Draft {
    /// The words; empty when there are none.
    pub body: String,
    /// Grows with each change; 0 when there is none.
    pub revision: i64,
    /// When they were kept, Unix ms.
    pub updated_at: Option<i64>,
}

/// Words to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftChange {
    /// The words.
    #[schema(max_length = 20000)]
    pub body: String,
    /// A number greater than the kept one's; an older write changes nothing.
    #[schema(minimum = 1)]
    pub revision: i64,
}

/// The member's draft in a conversation.
#[utoipa::path(get, path = "/conversations/{id}/draft", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), responses((status = 200, description = "The draft", body = Draft)))]
pub async fn conversation_draft_get(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ConversationId>,
) -> Answer<Json<Draft>> {
    let member = caller.member()?.id;
    // A draft of no conversation would hide a mistyped id.
    conversation(&api, &caller, id.0).await?;
    Ok(Json(draft(&api, &caller, id, member).await?))
}

/// Keeps a draft. An older revision changes nothing and gets the kept one.
#[utoipa::path(put, path = "/conversations/{id}/draft", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), request_body = DraftChange, responses((status = 200, description = "The draft as kept", body = Draft)))]
pub async fn conversation_draft_set(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ConversationId>,
    Body(new): Body<DraftChange>,
) -> Answer<Json<Draft>> {
    let member = caller.member()?.id;
    api.engine.draft_put(caller.ws, id.0, member, new.body, new.revision).await?;
    Ok(Json(draft(&api, &caller, id, member).await?))
}

/// Throws the draft away.
#[utoipa::path(delete, path = "/conversations/{id}/draft", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), responses((status = 204, description = "Gone")))]
pub async fn conversation_draft_delete(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ConversationId>,
) -> Answer<StatusCode> {
    let member = caller.member()?.id;
    let known = draft(&api, &caller, id, member).await?;
    // Emptied under a later revision: a late save must not bring it back.
    api.engine.draft_put(caller.ws, id.0, member, String::new(), known.revision.saturating_add(1)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Checked for DraftChange {
    fn check(&self, faults: &mut Faults) {
        faults.text("body", &self.body, 0, 20_000);
        faults.number("revision", self.revision, 1, i64::MAX - 1);
    }
}

async fn draft(api: &Api, caller: &Caller, id: ConversationId, member: MemberId) -> Answer<Draft> {
    let kept = api.engine.draft_get(caller.ws, id.0, member).await?;
    let (body, revision, updated_at) = kept.map_or((String::new(), 0, None), |(body, no, at)| (body, no, Some(at)));
    Ok(Draft { body, revision, updated_at })
}
