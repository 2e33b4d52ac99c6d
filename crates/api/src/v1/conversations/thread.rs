//! The messages of a conversation: reading, replying, noting.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;
use crate::v1::decision::Decision;
use crate::v1::messages::Message;
use crate::wire::{ConversationId, MediaId, MessageId};

/// Which messages of a thread.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ThreadQuery {
    /// Messages older than this number; the newest where neither bound is given.
    pub before_seq: Option<i64>,
    /// Messages newer than this number.
    pub after_seq: Option<i64>,
    /// Most messages.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// A stretch of a thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct Thread {
    /// The messages by number, oldest first.
    pub items: Vec<Message>,
    /// Whether there are more in the asked direction.
    pub has_more: bool,
}

/// A reply.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplyNew {
    /// An id made by the caller: the same id twice is one text.
    pub message_id: Option<MessageId>,
    /// The text.
    #[serde(default)]
    #[schema(max_length = 1600)]
    pub body: String,
    /// Pictures uploaded before.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub media_ids: Vec<MediaId>,
    /// The number of the last message the writer saw. Where the customer or a
    /// teammate wrote since, the reply is not sent and the answer is 409.
    pub after_seq: Option<i64>,
    /// Whether to close the conversation with it.
    #[serde(default)]
    pub close: bool,
}

/// What came of a reply.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageSent {
    /// The text.
    pub message: Message,
    /// What the gate decided.
    pub decision: Decision,
}

/// A private note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteNew {
    /// An id made by the caller: the same id twice is one note.
    pub message_id: Option<MessageId>,
    /// The note.
    #[schema(min_length = 1, max_length = 5000)]
    pub body: String,
}

/// The reply was not sent, since its writer had not seen everything.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaleConversation {
    /// Names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words.
    pub title: String,
    /// 409.
    pub status: u16,
    /// `stale_conversation`; other codes have no `missed`.
    #[schema(example = "stale_conversation")]
    pub code: String,
    /// What happened here, in a sentence.
    pub detail: String,
    /// What the writer had not seen.
    pub missed: Vec<Message>,
}

/// A stretch of the thread.
#[utoipa::path(get, path = "/conversations/{id}/messages", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation"), ThreadQuery), responses((status = 200, description = "Messages", body = Thread)))]
pub async fn conversation_message_list() -> Problem {
    Problem::pending()
}

/// Replies. A refusal by the gate is no error: see `decision`.
#[utoipa::path(post, path = "/conversations/{id}/messages", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), request_body = ReplyNew, responses(
    (status = 201, description = "Recorded, with the gate's decision", body = MessageSent),
    (status = 409, description = "Someone wrote meanwhile (`stale_conversation`), or another conflict without `missed`", body = StaleConversation, content_type = "application/problem+json"),
))]
pub async fn conversation_reply() -> Problem {
    Problem::pending()
}

/// Adds a private note, which never leaves Hark.
#[utoipa::path(post, path = "/conversations/{id}/notes", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), request_body = NoteNew, responses((status = 201, description = "Added", body = Message)))]
pub async fn conversation_note() -> Problem {
    Problem::pending()
}
