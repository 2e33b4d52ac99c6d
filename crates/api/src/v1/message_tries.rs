//! Texts that are tried again: by hand as new ones, or sooner than by themselves.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::message::State as Standing;
use domain::outcome::ErrorClass;
use domain::retry;
use engine::MessageRow;
use engine::messages::RetryError;
use engine::send::HastenError;
use engine::text_request::Sent;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::conversations::thread::{MessageSent, message_sent};
use super::messages::{Message, message};
use crate::caller::Caller;
use crate::extract::Path;
use crate::idempotency::Ticket;
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::wire::MessageId;

/// The next try of a text that its provider did not take.
#[derive(Debug, Serialize, ToSchema)]
pub struct NextTry {
    /// When it is made by itself, Unix ms.
    pub at: i64,
    /// Whether it may be brought forward: not where the provider or the carrier set the time.
    pub may_hasten: bool,
}

/// Sends a text that did not arrive again, as a new message. 409 `not_retryable`
/// where it did arrive or is on its way.
#[utoipa::path(post, path = "/messages/{id}/retry", tag = "messages", params(("id" = MessageId, Path, description = "The message that did not arrive")), responses((status = 201, description = "The new message, with the gate's decision", body = MessageSent)))]
pub async fn message_retry(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Path(id): Path<MessageId>,
) -> Answer<(StatusCode, Json<MessageSent>)> {
    let names = Arc::new(api.engine.names(caller.ws).await?);
    let shown = move |sent: &Sent| message_sent(sent, &names);
    let keep = ticket.keep(StatusCode::CREATED, shown.clone());
    let sent = api.engine.message_retry(caller.ws, caller.author(), id.0, keep).await?;
    Ok((StatusCode::CREATED, Json(shown(&sent))))
}

/// Tries a text now that its provider did not take and that waits for its next try; the gate
/// is asked again as it leaves. Asked twice, or of a text that has left, it does nothing. 409 `not_retryable`
/// where it does not wait for that, where nobody knows whether it left, and where the provider said
/// when it takes the next text.
#[utoipa::path(post, path = "/messages/{id}/try-now", tag = "messages", params(("id" = MessageId, Path, description = "The message that waits for its next try")), responses((status = 200, description = "The message", body = Message)))]
pub async fn message_try_now(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<MessageId>,
) -> Answer<Json<Message>> {
    api.engine.message_hasten(caller.ws, caller.author(), id.0).await?;
    Ok(Json(message(&api, &caller, id).await?))
}

impl NextTry {
    pub(super) fn of(row: &MessageRow) -> Option<Self> {
        let at = row.held_until.filter(|_| row.state == Standing::Queued)?;
        let class = row.reason_code.as_deref().and_then(ErrorClass::from_code);
        Some(Self { at, may_hasten: class.is_some_and(retry::may_hasten) })
    }
}

impl From<HastenError> for Problem {
    fn from(error: HastenError) -> Self {
        match error {
            HastenError::NotFound => Self::not_found("message"),
            HastenError::NotWaiting(_) | HastenError::Paced => Self::new(Code::NotRetryable, error.to_string()),
            HastenError::Store(error) => error.into(),
        }
    }
}

impl From<RetryError> for Problem {
    fn from(error: RetryError) -> Self {
        match error {
            RetryError::NotFound => Self::not_found("message"),
            RetryError::NotRetryable(_) | RetryError::SentAgain(_) => Self::new(Code::NotRetryable, error.to_string()),
            RetryError::Reply(error) => error.into(),
            RetryError::Store(error) => error.into(),
        }
    }
}
