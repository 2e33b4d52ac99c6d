//! The header `Idempotency-Key`.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use domain::id::Id;
use http::request::Parts;

/// The operations that take it: those that create.
const OPERATIONS: &[&str] = &[
    "invite_create",
    "api_key_create",
    "conversation_create",
    "conversation_reply",
    "conversation_note",
    "message_create",
    "message_retry",
    "customer_create",
    "account_create",
    "inbox_create",
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
    /// The identity of what is made: the caller's own, or the one that follows
    /// from the key, or a fresh one.
    pub fn id<T: Id>(&self, engine: &engine::Engine, given: Option<T>) -> T {
        given.or_else(|| self.0.as_ref().map(engine::idempotency::Ticket::id)).unwrap_or_else(|| engine.new_id())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ticket {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().cloned()))
    }
}
