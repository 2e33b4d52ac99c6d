//! Finding messages by their words.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::conversations::CustomerBrief;
use super::page::Items;
use crate::problem::Problem;
use crate::wire::{ConversationId, MessageId};

/// A message that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// The message.
    pub message_id: MessageId,
    /// Its number in the conversation.
    pub seq: i64,
    /// The words around what was looked for.
    pub snippet: String,
    /// When it was made, Unix ms.
    pub at: i64,
    /// Whose conversation it is.
    pub customer: CustomerBrief,
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words that all must occur; the last may be unfinished.
    #[param(min_length = 1, max_length = 200)]
    pub q: String,
    /// Most items.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// Finds messages, newest first.
#[utoipa::path(get, path = "/search", tag = "messages", params(SearchQuery), responses((status = 200, description = "What was found", body = Items<Found>)))]
pub async fn search() -> Problem {
    Problem::new(crate::problem::Code::Busy, "not there yet")
}
