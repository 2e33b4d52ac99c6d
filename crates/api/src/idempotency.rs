//! The header `Idempotency-Key`.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use domain::id::Id;
use engine::idempotency::{Keep, Rendered};
use http::StatusCode;
use http::request::Parts;
use serde::Serialize;

/// The operations that take it: those that create. The others set a thing to
/// a state, so that a repeat finds it there.
const OPERATIONS: &[&str] = &[
    "invite_create",
    "api_key_create",
    "conversation_create",
    "conversation_reply",
    "conversation_note",
    "message_create",
    "message_batch_create",
    "message_retry",
    "customer_create",
    "consent_create",
    "opt_out_create",
    "number_event_create",
    "optin_page_create",
    "poster_create",
    "account_create",
    "evidence_pack_create",
    "rule_override_create",
    "rule_dry_run_create",
    "inbox_create",
    "inbox_join_word_create",
    "simulator_text_create",
];

/// Whether an operation takes an idempotency key.
#[must_use]
pub fn takes_key(operation: &str) -> bool {
    OPERATIONS.contains(&operation)
}

/// The request's ticket, where it came with a key.
#[derive(Debug, Clone)]
pub struct Ticket(pub Option<engine::idempotency::Ticket>);

impl Ticket {
    /// Has a deed keep its answer: what `answer` shows of what was made, without secrets.
    pub fn keep<T, A: Serialize>(
        &self,
        status: StatusCode,
        answer: impl Fn(&T) -> A + Send + Sync + 'static,
    ) -> Keep<T> {
        Keep::of(self.0.clone(), move |made| Rendered {
            status: status.as_u16(),
            // Answers hold words, numbers and lists alone, which always serialise.
            body: serde_json::to_string(&answer(made)).unwrap_or_default(),
        })
    }

    /// The identity of the thing at a place among several: the caller's own, or
    /// one that follows from the request, or a fresh one.
    pub fn nth<T: Id>(&self, engine: &engine::Engine, place: usize, given: Option<T>) -> T {
        given.or_else(|| self.0.as_ref().map(|ticket| ticket.nth(place))).unwrap_or_else(|| engine.new_id())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ticket {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().cloned()))
    }
}
