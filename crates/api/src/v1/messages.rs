//! Messages: sending by API, looking up, trying again, taking back.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::conversations::thread::MessageSent;
use super::decision::DecisionRecord;
use super::page::Items;
use crate::problem::Problem;
use crate::wire::{ConversationId, InboxId, MediaId, MessageId, MessageKind, MessageState, Purpose};

/// Who wrote a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Author {
    /// What kind of author.
    #[serde(rename = "type")]
    pub kind: AuthorKind,
    /// The member, customer or key, where there is one.
    pub id: Option<String>,
    /// A name for people.
    pub name: String,
}

/// What kind of author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthorKind {
    /// The customer.
    Customer,
    /// A person who signs in.
    Member,
    /// A bot.
    Bot,
    /// A flow.
    Flow,
    /// A program, by API.
    Api,
    /// Hark itself.
    System,
}

/// How a text is written to the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// The GSM 7-bit alphabet (3GPP TS 23.038).
    Gsm7,
    /// UTF-16 units.
    Ucs2,
}

/// A picture or file.
#[derive(Debug, Serialize, ToSchema)]
pub struct Media {
    /// Its id.
    pub id: MediaId,
    /// Its type, as found in the bytes.
    #[schema(example = "image/jpeg")]
    pub content_type: String,
    /// Its size.
    pub bytes: i64,
    /// Its width in pixels, where known.
    pub width: Option<i64>,
    /// Its height in pixels, where known.
    pub height: Option<i64>,
    /// Where to get it.
    pub url: String,
}

/// Why a message stands where it does.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reason {
    /// A stable snake_case word.
    #[schema(example = "opted_out")]
    pub code: String,
    /// A sentence for people.
    pub detail: String,
}

/// Something that happened in a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadEvent {
    /// What happened.
    #[schema(example = "assigned")]
    pub kind: String,
    /// The particulars.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

/// One item in a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// Its number in the conversation, from 1 without gaps.
    pub seq: i64,
    /// What it is.
    pub kind: MessageKind,
    /// The words.
    pub body: String,
    /// Who wrote it.
    pub author: Option<Author>,
    /// Its pictures and files.
    pub media: Vec<Media>,
    /// Why it is sent; only outbound texts have a purpose.
    pub purpose: Option<Purpose>,
    /// Where it stands.
    pub state: MessageState,
    /// Since when, Unix ms.
    pub state_at: i64,
    /// Why it stands there, where there is something to say.
    pub reason: Option<Reason>,
    /// When a held text goes on, Unix ms.
    pub held_until: Option<i64>,
    /// Until when a text just sent can be taken back, Unix ms.
    pub undo_until: Option<i64>,
    /// How it is written to the air; notes and events are not.
    pub encoding: Option<Encoding>,
    /// Parts as carriers count and bill them; 0 for notes and events.
    pub parts: i64,
    /// When it was made, Unix ms.
    pub created_at: i64,
    /// What happened, where this is an event.
    pub event: Option<ThreadEvent>,
    /// The message this one tries again.
    pub retry_of: Option<MessageId>,
    /// Whether it was on its way when its customer opted out.
    pub in_flight_at_opt_out: bool,
}

/// A text to send by API.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageNew {
    /// An id made by the caller: the same id twice is one text.
    pub message_id: Option<MessageId>,
    /// Which inbox texts; the key's default where absent.
    pub inbox_id: Option<InboxId>,
    /// The customer's number.
    #[schema(example = "+12125550123")]
    pub to: String,
    /// The text.
    #[serde(default)]
    #[schema(max_length = 1600)]
    pub body: String,
    /// Pictures uploaded before.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub media_ids: Vec<MediaId>,
    /// Why it is sent; the key's default where absent.
    pub purpose: Option<Purpose>,
    /// When it is too late to send it, Unix ms.
    pub valid_until: Option<i64>,
}

/// Sends a text. A refusal by the gate is no error: see `decision`.
#[utoipa::path(post, path = "/messages", tag = "messages", request_body = MessageNew, responses((status = 201, description = "Recorded, with the gate's decision", body = MessageSent)))]
pub async fn message_create() -> Problem {
    Problem::pending()
}

/// One message.
#[utoipa::path(get, path = "/messages/{id}", tag = "messages", params(("id" = MessageId, Path, description = "The message")), responses((status = 200, description = "The message", body = Message)))]
pub async fn message_get() -> Problem {
    Problem::pending()
}

/// Sends a text that did not arrive again, as a new message. 409 `not_retryable`
/// where it did arrive or is on its way.
#[utoipa::path(post, path = "/messages/{id}/retry", tag = "messages", params(("id" = MessageId, Path, description = "The message that did not arrive")), responses((status = 201, description = "The new message, with the gate's decision", body = MessageSent)))]
pub async fn message_retry() -> Problem {
    Problem::pending()
}

/// Takes a text back that has not left. 409 `not_cancellable` where it has.
#[utoipa::path(post, path = "/messages/{id}/cancel", tag = "messages", params(("id" = MessageId, Path, description = "The message")), responses((status = 200, description = "Taken back", body = Message)))]
pub async fn message_cancel() -> Problem {
    Problem::pending()
}

/// Every decision of the gate on a message, oldest first.
#[utoipa::path(get, path = "/messages/{id}/decisions", tag = "messages", params(("id" = MessageId, Path, description = "The message")), responses((status = 200, description = "The decisions", body = Items<DecisionRecord>)))]
pub async fn message_decision_list() -> Problem {
    Problem::pending()
}
