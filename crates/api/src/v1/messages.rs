//! Messages: sending by API, looking up, trying again, taking back.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::conversations::thread::MessageSent;
use super::decision::{DecisionRecord, Explanation};
use super::message_tries::NextTry;
use super::page::Items;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::message::State as Standing;
use engine::consent::ConsentError;
use engine::names::Names;
use engine::reply::{Destination, NewText};
use engine::text_request::{Sent, TextRequest};
use engine::{MediaRow, MessageRow};
use http::StatusCode;

use super::conversations::start::{check_text, origin, outbound};
use super::conversations::thread::message_sent;
use crate::caller::{Caller, Who};
use crate::extract::{Body, Checked, Faults, Path};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Code, FieldError, Problem};
use crate::state::Api;
use crate::wire::{ConversationId, InboxId, LegalBasis, MediaId, MessageId, MessageKind, MessageState, Purpose};

/// Who wrote a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Author {
    /// What kind of author.
    #[serde(rename = "type")]
    pub kind: AuthorKind,
    /// The member, customer or key, where there is one.
    pub id: Option<String>,
    /// A name for people; empty for the customer, whose name the conversation has.
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
    /// Why it is sent, as whoever sent it says; only outbound texts have a purpose.
    pub purpose: Option<Purpose>,
    /// What it is about, as whoever sent it says: a topic that customers agree to or leave. Empty for none.
    pub topic: String,
    /// What the gate judged it as: its purpose, or `marketing` where an offer in it makes it that.
    pub class: Option<Purpose>,
    /// What permits it in law; null where nothing does, and where no gate judged it.
    pub legal_basis: Option<LegalBasis>,
    /// Where it stands.
    pub state: MessageState,
    /// Since when, Unix ms.
    pub state_at: i64,
    /// Why it stands there, where there is something to say.
    pub reason: Option<Reason>,
    /// When a held text goes on, Unix ms.
    pub held_until: Option<i64>,
    /// When a text is tried again that its provider did not take; null where none waits for that.
    pub next_try: Option<NextTry>,
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
    /// What it is about: a topic that customers agree to or leave. Marketing then needs consent to this topic
    /// or to all of them, and whoever left the topic gets no text about it, order texts included.
    #[serde(default)]
    #[schema(max_length = 40, example = "restocks")]
    pub topic: String,
    /// When it is too late to send it, Unix ms.
    pub valid_until: Option<i64>,
}

/// Sends a text. A refusal by the gate is no error: see `decision`.
#[utoipa::path(post, path = "/messages", tag = "messages", request_body = MessageNew, responses((status = 201, description = "Recorded, with the gate's decision", body = MessageSent)))]
pub async fn message_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<MessageNew>,
) -> Answer<(StatusCode, Json<MessageSent>)> {
    let id = new.message_id.map_or_else(|| api.engine.new_id(), |id| id.0);
    let (_, to, text) = text(&caller, id, new).map_err(|fault| Problem::invalid(vec![fault]))?;
    let asked = TextRequest { to, text, close: false, show: None };
    let names = Arc::new(api.engine.names(caller.ws).await?);
    let shown = move |sent: &Sent| message_sent(sent, &names);
    let sent = api.engine.text_request(caller.ws, asked, ticket.keep(StatusCode::CREATED, shown.clone())).await?;
    Ok((StatusCode::CREATED, Json(shown(&sent))))
}

/// A text and its destination as the engine takes them, and the inbox it leaves by.
///
/// # Errors
/// What is wrong with its fields, in this caller's hands.
pub(super) fn text(
    caller: &Caller,
    message: domain::id::MessageId,
    new: MessageNew,
) -> Result<(domain::id::InboxId, Destination, NewText), FieldError> {
    let defaults = match &caller.who {
        Who::Key(key) => (key.inbox, key.purpose),
        Who::Member(_) => (None, None),
    };
    let needed = |field: &str| FieldError {
        field: field.to_owned(),
        code: "missing".to_owned(),
        detail: "give it, or set a default for the API key".to_owned(),
    };
    let inbox = new.inbox_id.map(|id| id.0).or(defaults.0).ok_or_else(|| needed("inbox_id"))?;
    let purpose = new.purpose.map(|purpose| purpose.0).or(defaults.1).ok_or_else(|| needed("purpose"))?;
    let to = outbound("to", &new.to)?;
    let topic = topic("topic", &new.topic)?;
    let text = NewText {
        message,
        body: new.body,
        media: new.media_ids.iter().map(|id| id.0).collect(),
        origin: origin(caller),
        purpose,
        topic,
        author: caller.author(),
        send_after: None,
        valid_until: new.valid_until,
        retry_of: None,
    };
    Ok((inbox, Destination::Address { inbox, to, name: None }, text))
}

/// A topic as it is kept.
///
/// # Errors
/// What is wrong with it.
pub(super) fn topic(field: &str, name: &str) -> Result<String, FieldError> {
    let wrong = |error: ConsentError| FieldError {
        field: field.to_owned(),
        code: error.code().to_owned(),
        detail: format!("{error}."),
    };
    engine::consent::check_topic(name).map_err(wrong)?;
    Ok(name.trim().to_owned())
}

/// One message.
#[utoipa::path(get, path = "/messages/{id}", tag = "messages", params(("id" = MessageId, Path, description = "The message")), responses((status = 200, description = "The message", body = Message)))]
pub async fn message_get(State(api): State<Api>, caller: Caller, Path(id): Path<MessageId>) -> Answer<Json<Message>> {
    Ok(Json(message(&api, &caller, id).await?))
}

/// Takes a text back that has not left. 409 `not_cancellable` where it has.
#[utoipa::path(post, path = "/messages/{id}/cancel", tag = "messages", params(("id" = MessageId, Path, description = "The message")), responses((status = 200, description = "Taken back", body = Message)))]
pub async fn message_cancel(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<MessageId>,
) -> Answer<Json<Message>> {
    let before = message(&api, &caller, id).await?;
    let cancelled = api.engine.text_cancel(caller.ws, id.0).await?;
    // Taking back what is taken back is done already.
    if !cancelled && before.state.0 != Standing::Cancelled {
        return Err(Problem::new(Code::NotCancellable, "It has left already, or was never on its way."));
    }
    Ok(Json(message(&api, &caller, id).await?))
}

/// Every decision of the gate on a message, oldest first.
#[utoipa::path(get, path = "/messages/{id}/decisions", tag = "messages", params(("id" = MessageId, Path, description = "The message")), responses((status = 200, description = "The decisions", body = Items<DecisionRecord>)))]
pub async fn message_decision_list(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<MessageId>,
) -> Answer<Json<Items<DecisionRecord>>> {
    let found = api.engine.message_decisions(caller.ws, id.0).await?;
    let kept = found.ok_or_else(|| Problem::not_found("message"))?;
    Ok(Json(Items { items: DecisionRecord::all(&kept) }))
}

/// Why a message was sent, held or refused: the gate's decisions with all they
/// were based on.
#[utoipa::path(get, path = "/messages/{id}/decision", tag = "messages", params(("id" = MessageId, Path, description = "The message")), responses((status = 200, description = "The explanation", body = Explanation)))]
pub async fn message_decision_get(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<MessageId>,
) -> Answer<Json<Explanation>> {
    let found = api.engine.message_explained(caller.ws, id.0).await?;
    let (row, kept) = found.ok_or_else(|| Problem::not_found("message"))?;
    Ok(Json(Explanation {
        message_id: row.id.into(),
        state: row.state.into(),
        state_at: row.state_at,
        reason: reason(&row),
        decision: DecisionRecord::all(&kept).pop(),
        decisions: DecisionRecord::all(&kept),
    }))
}

impl Checked for MessageNew {
    fn check(&self, faults: &mut Faults) {
        check_text(faults, &self.body, self.media_ids.len());
        if let Some(until) = self.valid_until {
            faults.instant("valid_until", until);
        }
    }
}

pub(super) async fn message(api: &Api, caller: &Caller, id: MessageId) -> Answer<Message> {
    let found = api.engine.message_get(caller.ws, id.0).await?;
    let whole = found.ok_or_else(|| Problem::not_found("message"))?;
    let names = api.engine.names(caller.ws).await?;
    Ok(Message::of(&whole.row, &whole.media, &names))
}

impl Message {
    /// A message with its own among some pictures, and its author's name.
    #[must_use]
    pub fn of(row: &MessageRow, media: &[MediaRow], names: &Names) -> Self {
        let data = row.data.as_deref().and_then(|data| serde_json::from_str::<serde_json::Value>(data).ok());
        Self {
            id: row.id.into(),
            conversation_id: row.conversation_id.into(),
            seq: row.seq,
            kind: row.kind.into(),
            body: row.body.clone(),
            author: author(row, names),
            media: media.iter().filter(|one| one.message == Some(row.id)).map(Media::from).collect(),
            purpose: row.purpose.map(Into::into),
            topic: row.topic.clone(),
            class: row.class.map(Into::into),
            legal_basis: row.legal_basis.map(Into::into),
            state: row.state.into(),
            state_at: row.state_at,
            reason: reason(row),
            held_until: row.held_until.filter(|_| row.state == Standing::Held),
            next_try: NextTry::of(row),
            undo_until: row.send_after.filter(|_| row.state.waiting()),
            encoding: match row.encoding.as_deref() {
                Some("gsm7") => Some(Encoding::Gsm7),
                Some("ucs2") => Some(Encoding::Ucs2),
                Some(_) | None => None,
            },
            parts: row.parts,
            created_at: row.created_at,
            event: data.map(|data| ThreadEvent {
                kind: data.get("what").and_then(serde_json::Value::as_str).unwrap_or("other").to_owned(),
                data,
            }),
            retry_of: row.retry_of.map(Into::into),
            in_flight_at_opt_out: row.in_flight_at_opt_out,
        }
    }
}

fn reason(row: &MessageRow) -> Option<Reason> {
    let code = row.reason_code.clone()?;
    Some(Reason { code, detail: row.reason_detail.clone().unwrap_or_default() })
}

fn author(row: &MessageRow, names: &Names) -> Option<Author> {
    let id = row.author_id;
    let (kind, id, name) = match row.author_kind.as_deref()? {
        "customer" => (AuthorKind::Customer, id.map(|id| domain::id::CustomerId::new(id).to_string()), None),
        "member" => {
            let id = id.map(domain::id::MemberId::new);
            (AuthorKind::Member, id.map(|id| id.to_string()), id.and_then(|id| names.members.get(&id)))
        }
        "api" => {
            let id = id.map(domain::id::ApiKeyId::new);
            (AuthorKind::Api, id.map(|id| id.to_string()), id.and_then(|id| names.keys.get(&id)))
        }
        "bot" => (AuthorKind::Bot, None, None),
        "flow" => (AuthorKind::Flow, None, None),
        _ => (AuthorKind::System, None, None),
    };
    Some(Author { kind, id, name: name.cloned().unwrap_or_default() })
}

impl From<&MediaRow> for Media {
    fn from(row: &MediaRow) -> Self {
        Self {
            id: row.id.into(),
            content_type: row.content_type.clone(),
            bytes: row.bytes.max(0),
            width: row.width,
            height: row.height,
            url: format!("/api/v1/media/{}", row.id),
        }
    }
}
