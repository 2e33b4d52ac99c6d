//! Many texts in one request.

use axum::Json;
use axum::extract::State;
use engine::reply::{Accepted, ReplyError};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

use super::messages::{MessageNew, text};
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::{ConversationId, MessageId, MessageState};

/// Most texts of one request.
const TEXTS_MAX: usize = 1_000;
/// Largest body in bytes: as many of the longest texts, and room for the rest.
pub const BODY_MAX: usize = 8 * 1024 * 1024;

/// Texts to send.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageBatchNew {
    /// The texts, each as one request would have it.
    #[schema(min_items = 1, max_items = 1000)]
    pub items: Vec<MessageNew>,
}

/// What came of the texts.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageBatch {
    /// An answer to each text, in the order of the request.
    pub items: Vec<MessageBatchItem>,
}

/// What came of one text.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageBatchItem {
    /// Its id: the caller's own, where there was one.
    pub message_id: MessageId,
    /// The conversation it is in; absent where it was not recorded.
    pub conversation_id: Option<ConversationId>,
    /// Where it stands: `queued`, `held` or, by the gate, `refused`; further on
    /// where it was sent before. Absent where it was not recorded.
    pub state: Option<MessageState>,
    /// `clear`, or the stable code of what the gate held or refused it for. Of
    /// a text that was not recorded, the code of the problem that one request
    /// would have been answered with, such as `id_taken`.
    #[schema(example = "clear")]
    pub code: String,
    /// A sentence for people; empty where nothing stands against it.
    pub detail: String,
    /// When a held text goes on, Unix ms.
    pub held_until: Option<i64>,
    /// Parts as carriers count and bill them; 0 where it was not recorded.
    pub parts: i64,
    /// Whether it had been recorded before under the same id.
    pub repeated: bool,
}

/// Sends up to 1,000 texts, each as `message_create` would. Where a field of one
/// is wrong or an inbox does not exist, none is recorded. Otherwise each is
/// answered for by itself, in order. With ids of the caller's making, or an
/// idempotency key, the request can be repeated safely.
#[utoipa::path(post, path = "/messages/batch", tag = "messages", request_body = MessageBatchNew, responses((status = 201, description = "Each text's answer", body = MessageBatch)))]
pub async fn message_batch_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<MessageBatchNew>,
) -> Answer<(StatusCode, Json<MessageBatch>)> {
    let mut texts = Vec::with_capacity(new.items.len());
    let mut inboxes = BTreeSet::new();
    let mut faults = Faults::default();
    for (place, item) in new.items.into_iter().enumerate() {
        let id = ticket.nth(&api.engine, place, item.message_id.map(|id| id.0));
        match text(&caller, id, item) {
            Ok((inbox, to, text)) => {
                inboxes.insert(inbox);
                texts.push((to, text));
            }
            Err(fault) => faults.within(&format!("items.{place}"), |faults| faults.put(fault)),
        }
    }
    faults.held()?;
    let known = api.engine.inbox_list(caller.ws).await?;
    if !inboxes.iter().all(|inbox| known.iter().any(|row| row.id == *inbox)) {
        return Err(Problem::not_found("inbox"));
    }
    let ids: Vec<_> = texts.iter().map(|(_, text)| text.message).collect();
    let shown = move |answers: &Vec<Result<Accepted, ReplyError>>| {
        let each = ids.iter().zip(answers);
        MessageBatch { items: each.map(|(id, answer)| MessageBatchItem::of((*id).into(), answer.clone())).collect() }
    };
    let keep = ticket.keep(StatusCode::CREATED, shown.clone());
    let answers = api.engine.texts_accept(caller.ws, texts, keep).await?;
    Ok((StatusCode::CREATED, Json(shown(&answers))))
}

impl MessageBatchItem {
    fn of(message_id: MessageId, answer: Result<Accepted, ReplyError>) -> Self {
        match answer {
            Ok(Accepted { message, repeated, .. }) => Self {
                message_id,
                conversation_id: Some(message.conversation_id.into()),
                state: Some(message.state.into()),
                code: message.reason_code.unwrap_or_else(|| "clear".to_owned()),
                detail: message.reason_detail.unwrap_or_default(),
                held_until: message.held_until,
                parts: message.parts,
                repeated,
            },
            Err(error) => {
                let problem = Problem::from(error);
                Self {
                    message_id,
                    conversation_id: None,
                    state: None,
                    code: problem.code().to_owned(),
                    detail: problem.detail().to_owned(),
                    held_until: None,
                    parts: 0,
                    repeated: false,
                }
            }
        }
    }
}

impl Checked for MessageBatchNew {
    fn check(&self, faults: &mut Faults) {
        faults.items("items", self.items.len(), 1, TEXTS_MAX);
        for (place, item) in self.items.iter().enumerate().take(TEXTS_MAX) {
            faults.within(&format!("items.{place}"), |faults| item.check(faults));
        }
    }
}
