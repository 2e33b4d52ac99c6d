//! How a text would leave, before it is sent: a dry run of gate and encoding.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::decision::Decision;
use super::messages::{Encoding, topic};
use axum::Json;
use axum::extract::State;
use engine::reply::{Destination, NewText};

use super::conversations::start::{origin, outbound_address};
use crate::caller::{Caller, Who};
use crate::extract::{Body, Checked, Faults};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::{ConversationId, InboxId, Purpose};

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
    /// Why it would be sent. Where absent, as it would be without saying so: `conversational` in
    /// a conversation or from a member, to a number by API the key's default.
    pub purpose: Option<Purpose>,
    /// What it would be about; empty for no topic of its own.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub topic: String,
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
pub async fn text_preview(
    State(api): State<Api>,
    caller: Caller,
    Body(ask): Body<TextPreviewAsk>,
) -> Answer<Json<TextPreview>> {
    let purpose = ask.purpose.map(|purpose| purpose.0).unwrap_or_else(|| usual(&caller, ask.conversation_id.is_some()));
    let to = match (ask.conversation_id, ask.to, ask.inbox_id) {
        (Some(id), None, None) => Destination::Conversation { id: id.0, after_seq: None },
        (None, Some(to), Some(inbox)) => {
            Destination::Address { inbox: inbox.0, to: outbound_address("to", &to)?, name: None }
        }
        _ => return Err(Problem::field("conversation_id", "one_of", "conversation_id alone, or to and inbox_id")),
    };
    let topic = topic("topic", &ask.topic).map_err(|fault| Problem::invalid(vec![fault]))?;
    let measure = domain::encoding::measure(&ask.body);
    let non_gsm = domain::encoding::non_gsm(&ask.body)
        .into_iter()
        .map(|found| NonGsm {
            index: u32::try_from(found.index).unwrap_or(u32::MAX),
            char: found.ch.to_string(),
            replacement: found.replacement.map(str::to_owned),
        })
        .collect();
    let smart =
        domain::smart::repair(&ask.body).map(|body| SmartText { parts: domain::encoding::measure(&body).parts, body });
    let text = NewText {
        message: api.engine.new_id(),
        body: ask.body,
        media: (0..ask.media_count).map(|_| api.engine.new_id()).collect(),
        origin: origin(&caller),
        purpose,
        topic,
        author: caller.author(),
        send_after: None,
        valid_until: None,
        retry_of: None,
    };
    let decision = api.engine.text_preview(caller.ws, to, text).await?;
    Ok(Json(TextPreview {
        encoding: match measure.encoding {
            domain::encoding::Encoding::Gsm7 => Encoding::Gsm7,
            domain::encoding::Encoding::Ucs2 => Encoding::Ucs2,
        },
        units: measure.units,
        parts: measure.parts,
        per_part: measure.per_part,
        remaining: measure.remaining,
        non_gsm,
        smart,
        decision: (&decision).into(),
    }))
}

/// Why a text is sent that does not say so.
fn usual(caller: &Caller, in_conversation: bool) -> domain::message::Purpose {
    match &caller.who {
        Who::Key(key) if !in_conversation => key.purpose,
        Who::Key(_) | Who::Member(_) => None,
    }
    .unwrap_or(domain::message::Purpose::Conversational)
}

impl Checked for TextPreviewAsk {
    fn check(&self, faults: &mut Faults) {
        faults.text("body", &self.body, 0, 5000);
        faults.number("media_count", i64::from(self.media_count), 0, 10);
    }
}
