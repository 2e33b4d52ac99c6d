//! Starting a text to a known or new number.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Conversation;
use crate::problem::Problem;
use crate::v1::decision::Decision;
use crate::v1::messages::Message;
use crate::wire::{InboxId, MediaId, MessageId};

/// A text to start.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConversationNew {
    /// An id made by the caller: the same id twice is one text.
    pub message_id: Option<MessageId>,
    /// The customer's number.
    #[schema(example = "+12125550123")]
    pub to: String,
    /// Which inbox texts.
    pub inbox_id: InboxId,
    /// The text.
    #[serde(default)]
    #[schema(max_length = 1600)]
    pub body: String,
    /// Pictures uploaded before.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub media_ids: Vec<MediaId>,
    /// A name for a customer who is new.
    #[schema(max_length = 100)]
    pub customer_name: Option<String>,
}

/// What came of a text that was started.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConversationStarted {
    /// The conversation it is in.
    pub conversation: Conversation,
    /// The text.
    pub message: Message,
    /// What the gate decided.
    pub decision: Decision,
}

/// Starts a text. A refusal by the gate is no error: see `decision`.
#[utoipa::path(post, path = "/conversations", tag = "conversations", request_body = ConversationNew, responses((status = 201, description = "Recorded, with the gate's decision", body = ConversationStarted)))]
pub async fn conversation_create() -> Problem {
    Problem::pending()
}
