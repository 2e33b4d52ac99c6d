//! What would come of many texts, before they are sent.

use axum::Json;
use axum::extract::State;
use engine::reply::{Destination, Forecast};
use serde::Serialize;
use utoipa::ToSchema;

use super::message_batches::MessageBatchNew;
use super::messages::text;
use crate::caller::Caller;
use crate::extract::{Body, Faults};
use crate::problem::{Answer, Problem};
use crate::state::Api;

/// What would come of texts, by the gate's word of now.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageBatchPreview {
    /// How many would leave now.
    pub send: usize,
    /// How many would be held.
    pub hold: usize,
    /// How many would be refused.
    pub refuse: usize,
    /// Those held, the first to leave first.
    pub held: Vec<MessageBatchHeld>,
    /// Those refused, by why.
    pub refused: Vec<MessageBatchRefused>,
}

/// Texts that would be held alike.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageBatchHeld {
    /// Every time zone their recipients may be in, by IANA name.
    #[schema(example = json!(["America/New_York"]))]
    pub zones: Vec<&'static str>,
    /// When they would go on, Unix ms.
    pub until: i64,
    /// The stable code of what holds them.
    #[schema(example = "quiet_hours")]
    pub code: String,
    /// How many they are.
    pub count: usize,
}

/// Texts that would be refused alike.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageBatchRefused {
    /// The stable code of what refuses them.
    #[schema(example = "consent_missing")]
    pub code: String,
    /// How many they are.
    pub count: usize,
}

/// Shows what would come of up to 1,000 texts, taken as `message_batch_create` takes them: how many
/// would leave now, be held, where and until when, and be refused, and why. Nothing of them is kept.
#[utoipa::path(post, path = "/message-batches/preview", tag = "messages", request_body = MessageBatchNew, responses((status = 200, description = "How many would fare how", body = MessageBatchPreview)))]
pub async fn message_batch_preview(
    State(api): State<Api>,
    caller: Caller,
    Body(new): Body<MessageBatchNew>,
) -> Answer<Json<MessageBatchPreview>> {
    let mut texts = Vec::with_capacity(new.items.len());
    let mut faults = Faults::default();
    for (place, item) in new.items.into_iter().enumerate() {
        let id = item.message_id.map_or_else(|| api.engine.new_id(), |id| id.0);
        match text(&caller, id, item) {
            Ok((inbox, Destination::Address { to, .. }, text)) => texts.push((inbox, to, text)),
            Ok((_, Destination::Conversation { .. }, _)) => return Err(Problem::not_found("inbox")),
            Err(fault) => faults.within(&format!("items.{place}"), |faults| faults.put(fault)),
        }
    }
    faults.held()?;
    Ok(Json(api.engine.texts_forecast(caller.ws, texts).await?.into()))
}

impl From<Forecast> for MessageBatchPreview {
    fn from(all: Forecast) -> Self {
        let Forecast { send, hold, refuse, held, refused } = all;
        let held = held.into_iter();
        Self {
            send,
            hold,
            refuse,
            held: held.map(|((until, code, zones), count)| MessageBatchHeld { zones, until, code, count }).collect(),
            refused: refused.into_iter().map(|(code, count)| MessageBatchRefused { code, count }).collect(),
        }
    }
}
