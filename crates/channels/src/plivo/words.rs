//! What Plivo's words for where a text stands mean.

use crate::channel::WordRow;
use domain::receipt::ReceiptState;

/// Every word of `Status`, outbound and inbound (<https://www.plivo.com/docs/messaging/api/messages/>).
pub static WORDS: &[WordRow] = &[
    ("queued", Some(ReceiptState::Accepted)),
    ("sent", Some(ReceiptState::Sent)),
    ("delivered", Some(ReceiptState::Delivered)),
    // Read receipts exist on some channels; what was read has arrived.
    ("read", Some(ReceiptState::Delivered)),
    ("undelivered", Some(ReceiptState::Undelivered)),
    ("failed", Some(ReceiptState::Failed)),
    ("rejected", Some(ReceiptState::Failed)),
    ("received", None),
];
