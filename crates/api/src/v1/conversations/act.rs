//! What is done with a conversation: assign, close, reopen, snooze, read.

use serde::Deserialize;
use utoipa::ToSchema;

use super::Conversation;
use crate::problem::Problem;
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
pub async fn conversation_assign() -> Problem {
    Problem::pending()
}

/// Closes the conversation.
#[utoipa::path(post, path = "/conversations/{id}/close", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), responses((status = 200, description = "As it is now", body = Conversation)))]
pub async fn conversation_close() -> Problem {
    Problem::pending()
}

/// Opens a closed or snoozed conversation. 409 `another_is_open` where the
/// customer has a newer open one in this inbox.
#[utoipa::path(post, path = "/conversations/{id}/reopen", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), responses((status = 200, description = "As it is now", body = Conversation)))]
pub async fn conversation_reopen() -> Problem {
    Problem::pending()
}

/// Puts the conversation off until an instant or the customer's next text.
#[utoipa::path(post, path = "/conversations/{id}/snooze", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), request_body = Snooze, responses((status = 200, description = "As it is now", body = Conversation)))]
pub async fn conversation_snooze() -> Problem {
    Problem::pending()
}

/// Marks messages as read.
#[utoipa::path(post, path = "/conversations/{id}/read", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), request_body = Read, responses((status = 200, description = "As it is now", body = Conversation)))]
pub async fn conversation_read() -> Problem {
    Problem::pending()
}

/// Marks the conversation as unread.
#[utoipa::path(post, path = "/conversations/{id}/unread", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), responses((status = 200, description = "As it is now", body = Conversation)))]
pub async fn conversation_unread() -> Problem {
    Problem::pending()
}
