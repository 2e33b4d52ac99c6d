//! The JSON of Telnyx's webhooks and answers.

use serde::{Deserialize, Deserializer};

/// A webhook, or the answer to a request.
#[derive(Deserialize)]
pub(super) struct Envelope<T> {
    pub data: T,
}

/// What happened.
#[derive(Deserialize)]
pub(super) struct Event {
    #[serde(default)]
    pub event_type: String,
    #[serde(default)]
    pub occurred_at: Option<String>,
    /// A message, where the event is about one.
    #[serde(default)]
    pub payload: serde_json::Value,
}

/// A message, either way.
#[derive(Deserialize, Default)]
pub(super) struct Message {
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub from: Option<End>,
    #[serde(default)]
    pub to: Vec<End>,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub media: Option<Vec<Picture>>,
    #[serde(default)]
    pub received_at: Option<String>,
    #[serde(default)]
    pub autoresponse_type: Option<String>,
    #[serde(default)]
    pub parts: Option<u32>,
    #[serde(default)]
    pub errors: Option<Vec<Fault>>,
}

/// One end of a message.
#[derive(Deserialize)]
pub(super) struct End {
    #[serde(default)]
    pub phone_number: Option<String>,
    #[serde(default)]
    pub status: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Picture {
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub content_type: Option<String>,
}

/// What went wrong.
#[derive(Deserialize)]
pub(super) struct Fault {
    #[serde(deserialize_with = "word")]
    pub code: String,
}

/// The errors of a refusal.
#[derive(Deserialize)]
pub(super) struct Faults {
    pub errors: Vec<Fault>,
}

/// Codes are text in the API's own description, and numbers in some webhooks.
fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Word {
        Text(String),
        Number(u64),
    }
    Ok(match Word::deserialize(deserializer)? {
        Word::Text(text) => text,
        Word::Number(number) => number.to_string(),
    })
}

/// A time as Telnyx writes it, `2019-01-23T18:10:02.574Z`, in Unix ms.
pub(super) fn unix_ms(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}
