//! Starting a text to a known or new number.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Conversation;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::address::Address;
use domain::limits::{BODY_UNITS_MAX, MEDIA_MAX};
use domain::message::{Origin, Purpose};
use engine::names::Names;
use engine::reply::{Destination, NewText};
use engine::text_request::{Sent, TextRequest};
use http::StatusCode;

use super::list::conversation_of;
use super::thread::{MessageSent, message_sent};
use crate::caller::{Caller, Who};
use crate::extract::{Body, Checked, Faults};
use crate::idempotency::Ticket;
use crate::problem::{Answer, FieldError, Problem};
use crate::state::Api;
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
pub async fn conversation_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<ConversationNew>,
) -> Answer<(StatusCode, Json<ConversationStarted>)> {
    let to = outbound_address("to", &new.to)?;
    let text = NewText {
        message: new.message_id.map_or_else(|| api.engine.new_id(), |id| id.0),
        body: new.body,
        media: new.media_ids.iter().map(|id| id.0).collect(),
        origin: origin(&caller),
        purpose: Purpose::Conversational,
        topic: String::new(),
        author: caller.author(),
        send_after: None,
        valid_until: None,
        retry_of: None,
    };
    let to = Destination::Address { inbox: new.inbox_id.0, to, name: new.customer_name };
    let asked = TextRequest { to, text, close: false, show: Some(caller.member_id()) };
    let names = Arc::new(api.engine.names(caller.ws).await?);
    let shown = move |sent: &Sent| started(sent, &names);
    let keep = ticket.keep(StatusCode::CREATED, shown.clone());
    let sent = api.engine.text_request(caller.ws, asked, keep).await?;
    let started = shown(&sent).ok_or_else(|| Problem::not_found("conversation"))?;
    Ok((StatusCode::CREATED, Json(started)))
}

fn started(sent: &Sent, names: &Names) -> Option<ConversationStarted> {
    let conversation = conversation_of(sent.conversation.as_ref()?, names)?;
    let MessageSent { message, decision } = message_sent(sent, names);
    Some(ConversationStarted { conversation, message, decision })
}

impl Checked for ConversationNew {
    fn check(&self, faults: &mut Faults) {
        check_text(faults, &self.body, self.media_ids.len());
        faults.text_opt("customer_name", self.customer_name.as_deref(), 0, 100);
    }
}

/// Holds an outbound text to what can be sent at all.
pub(crate) fn check_text(faults: &mut Faults, body: &str, pictures: usize) {
    if body.trim().is_empty() && pictures == 0 {
        faults.add("body", "empty", "a text needs words or a picture");
    }
    if body.encode_utf16().count() > BODY_UNITS_MAX {
        faults.add("body", "too_long", format!("at most {BODY_UNITS_MAX} UTF-16 units"));
    }
    faults.items("media_ids", pictures, 0, MEDIA_MAX);
}

/// A number as a person typed it.
pub(crate) fn outbound_address(field: &str, text: &str) -> Answer<Address> {
    outbound(field, text).map_err(|fault| Problem::invalid(vec![fault]))
}

/// As [`outbound_address`], with what is wrong as a field's fault.
pub(crate) fn outbound(field: &str, text: &str) -> Result<Address, FieldError> {
    Address::parse_outbound(text, "US").map_err(|error| FieldError {
        field: field.to_owned(),
        code: error.code().to_owned(),
        detail: error.to_string(),
    })
}

/// Who asks for a text: a person, or a program.
pub(crate) fn origin(caller: &Caller) -> Origin {
    match caller.who {
        Who::Member(_) => Origin::Person,
        Who::Key(_) => Origin::Api,
    }
}
