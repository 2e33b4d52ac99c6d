//! What Telnyx's words for where a text stands mean.

use crate::channel::WordRow;
use domain::receipt::ReceiptState;

/// Every word of `to[].status`, outbound and inbound, on Telnyx's page
/// (<https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks>) and in its libraries.
pub static WORDS: &[WordRow] = &[
    ("scheduled", Some(ReceiptState::Accepted)),
    ("queued", Some(ReceiptState::Accepted)),
    ("sending", Some(ReceiptState::Accepted)),
    ("sent", Some(ReceiptState::Sent)),
    ("delivered", Some(ReceiptState::Delivered)),
    // Read receipts exist on some channels; what was read has arrived.
    ("read", Some(ReceiptState::Delivered)),
    // The carrier never said; it may have arrived.
    ("delivery_unconfirmed", Some(ReceiptState::Sent)),
    ("delivery_failed", Some(ReceiptState::Undelivered)),
    ("expired", Some(ReceiptState::Undelivered)),
    ("sending_failed", Some(ReceiptState::Failed)),
    ("cancelled", Some(ReceiptState::Failed)),
    ("received", None),
    ("webhook_delivered", None),
    ("webhook_failed", None),
];
