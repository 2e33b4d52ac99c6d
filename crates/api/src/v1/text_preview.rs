//! How a text would leave, before it is sent: a dry run of gate and encoding.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::decision::Decision;
use super::messages::Encoding;
use crate::problem::Problem;
use crate::wire::{ConversationId, InboxId};

/// A text that is being written. Either `conversation_id`, or `to` and `inbox_id`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextPreviewAsk {
    /// The conversation it would be a reply in.
    pub conversation_id: Option<ConversationId>,
    /// The number it would go to.
    pub to: Option<String>,
    /// The inbox it would leave from.
    pub inbox_id: Option<InboxId>,
    /// The words so far.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub body: String,
    /// How many pictures come with it.
    #[serde(default)]
    #[schema(maximum = 10)]
    pub media_count: u32,
}

/// A character that makes the text dearer.
#[derive(Debug, Serialize, ToSchema)]
pub struct NonGsm {
    /// Where, in UTF-16 units from the start.
    pub index: u32,
    /// The character.
    pub char: String,
    /// What could stand there instead.
    pub replacement: Option<String>,
}

/// The same text with cheap characters.
#[derive(Debug, Serialize, ToSchema)]
pub struct SmartText {
    /// The words.
    pub body: String,
    /// Its parts.
    pub parts: u32,
}

/// How the text would leave.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextPreview {
    /// How it is written to the air.
    pub encoding: Encoding,
    /// Septets or UTF-16 units.
    pub units: u32,
    /// Parts as carriers count and bill them.
    pub parts: u32,
    /// Units that fit each part.
    pub per_part: u32,
    /// Units left in the last part.
    pub remaining: u32,
    /// What makes it dearer.
    pub non_gsm: Vec<NonGsm>,
    /// A cheaper form, where there is one.
    pub smart: Option<SmartText>,
    /// What the gate would decide now.
    pub decision: Decision,
}

/// Shows how a text would leave. Nothing is kept or sent.
#[utoipa::path(post, path = "/text-preview", tag = "messages", request_body = TextPreviewAsk, responses((status = 200, description = "How it would leave", body = TextPreview)))]
pub async fn text_preview() -> Problem {
    Problem::pending()
}
