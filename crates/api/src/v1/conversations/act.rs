//! What is done with a conversation: assign, close, reopen, snooze, read.

use serde::Deserialize;
use utoipa::ToSchema;

use super::Conversation;
use axum::Json;
use axum::extract::State;
use engine::conversation::{Change, ConversationError};

use super::list::conversation;
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path};
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::wire::{ConversationId, MemberId};

/// Who answers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assign {
    /// The member; null for nobody.
    #[schema(required = true)]
    pub member_id: Option<MemberId>,
}

/// Until when to put off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Snooze {
    /// When it comes back, Unix ms, in the future.
    pub until: i64,
}

/// Whether a complaint is open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Complaint {
    /// True: the customer is angry or complains. False: that is settled, or never was so.
    pub open: bool,
}

/// Up to which message was read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// The message's number.
    #[schema(minimum = 0)]
    pub seq: i64,
}

/// Gives the conversation to a member, or to nobody.
#[utoipa::path(post, path = "/conversations/{id}/assign", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), request_body = Assign, responses((status = 200, description = "As it is now", body = Conversation)))]
pub async fn conversation_assign(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ConversationId>,
    Body(new): Body<Assign>,
) -> Answer<Json<Conversation>> {
    if let Some(member) = new.member_id
        && !api.engine.member_belongs(caller.ws, member.0).await?
    {
        return Err(Problem::field("member_id", "unknown", "there is no such member in this workspace"));
    }
    changed(&api, &caller, id, Change::Assign(new.member_id.map(|id| id.0))).await
}

/// Closes the conversation.
#[utoipa::path(post, path = "/conversations/{id}/close", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), responses((status = 200, description = "As it is now", body = Conversation)))]
pub async fn conversation_close(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ConversationId>,
) -> Answer<Json<Conversation>> {
    changed(&api, &caller, id, Change::Close).await
}

/// Opens a closed or snoozed conversation. 409 `another_is_open` where the
/// customer has a newer open one in this inbox.
#[utoipa::path(post, path = "/conversations/{id}/reopen", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), responses((status = 200, description = "As it is now", body = Conversation)))]
pub async fn conversation_reopen(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ConversationId>,
) -> Answer<Json<Conversation>> {
    changed(&api, &caller, id, Change::Reopen).await
}

/// Puts the conversation off until an instant or the customer's next text.
#[utoipa::path(post, path = "/conversations/{id}/snooze", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), request_body = Snooze, responses((status = 200, description = "As it is now", body = Conversation)))]
pub async fn conversation_snooze(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ConversationId>,
    Body(new): Body<Snooze>,
) -> Answer<Json<Conversation>> {
    changed(&api, &caller, id, Change::Snooze(new.until)).await
}

/// Says that a complaint is open in the conversation, or that it is settled. While one is open, marketing
/// rests for the customer where the workspace's policy says so. 409 `conflict` where the conversation is closed.
#[utoipa::path(post, path = "/conversations/{id}/complaint", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), request_body = Complaint, responses((status = 200, description = "As it is now", body = Conversation)))]
pub async fn conversation_complaint(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ConversationId>,
    Body(new): Body<Complaint>,
) -> Answer<Json<Conversation>> {
    changed(&api, &caller, id, Change::Complaint(new.open)).await
}

/// Marks messages as read.
#[utoipa::path(post, path = "/conversations/{id}/read", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), request_body = Read, responses((status = 200, description = "As it is now", body = Conversation)))]
pub async fn conversation_read(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ConversationId>,
    Body(new): Body<Read>,
) -> Answer<Json<Conversation>> {
    changed(&api, &caller, id, Change::Read(new.seq)).await
}

/// Marks the conversation as unread.
#[utoipa::path(post, path = "/conversations/{id}/unread", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), responses((status = 200, description = "As it is now", body = Conversation)))]
pub async fn conversation_unread(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ConversationId>,
) -> Answer<Json<Conversation>> {
    changed(&api, &caller, id, Change::Unread).await
}

impl Checked for Assign {}

impl Checked for Complaint {}

impl Checked for Snooze {
    fn check(&self, faults: &mut Faults) {
        faults.instant("until", self.until);
    }
}

impl Checked for Read {
    fn check(&self, faults: &mut Faults) {
        faults.number("seq", self.seq, 0, i64::MAX);
    }
}

async fn changed(api: &Api, caller: &Caller, id: ConversationId, change: Change) -> Answer<Json<Conversation>> {
    api.engine.conversation_change(caller.ws, id.0, caller.author(), change).await?;
    Ok(Json(conversation(api, caller, id.0).await?))
}

impl From<ConversationError> for Problem {
    fn from(error: ConversationError) -> Self {
        match error {
            ConversationError::NotFound => Self::not_found("conversation"),
            ConversationError::NewerOpen => {
                Self::new(Code::AnotherIsOpen, "This customer has a newer open conversation in this inbox.")
            }
            ConversationError::Closed => {
                Self::new(Code::Conflict, "A closed conversation has no open complaint; reopen it first.")
            }
            ConversationError::Past => Self::field("until", "past", "an instant in the future"),
            ConversationError::IdTaken => Self::new(Code::IdTaken, "This message id was used for another text."),
            ConversationError::Store(error) => error.into(),
        }
    }
}
