//! The header `Idempotency-Key`.

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
