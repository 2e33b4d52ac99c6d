//! What Twilio's words for a message's status mean.

use crate::channel::{WordRow, state_in};
use domain::receipt::ReceiptState;

/// Every word of the `Message` resource's status.
pub static WORDS: &[WordRow] = &[
    ("accepted", Some(ReceiptState::Accepted)),
    ("scheduled", Some(ReceiptState::Accepted)),
    ("queued", Some(ReceiptState::Accepted)),
    ("sending", Some(ReceiptState::Accepted)),
    ("sent", Some(ReceiptState::Sent)),
    ("delivered", Some(ReceiptState::Delivered)),
    // Read receipts exist on some channels; what was read has arrived.
    ("read", Some(ReceiptState::Delivered)),
    ("undelivered", Some(ReceiptState::Undelivered)),
    ("failed", Some(ReceiptState::Failed)),
    ("canceled", Some(ReceiptState::Failed)),
    // Of a group; which of its members got the text is not said.
    ("partially_delivered", Some(ReceiptState::Sent)),
    ("receiving", None),
    ("received", None),
];

/// The meaning of a word; `None` for a word nobody mapped.
#[must_use]
pub fn state_of(word: &str) -> Option<ReceiptState> {
    state_in(WORDS, word)
}
