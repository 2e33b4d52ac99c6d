//! What Plivo's error codes mean. One code has one class.

use crate::channel::CodeRow;
use crate::channel::Source::{self, Page, Title};
use domain::outcome::ErrorClass::{
    self, Account, CarrierFiltered, ContentRejected, Deactivated, Expired, GeoBlocked, InvalidNumber, Landline,
    Network, OptedOut, SenderBlocked, Unreachable,
};

const fn row(code: u32, class: ErrorClass, title: &'static str, source: Source) -> CodeRow {
    CodeRow::new(code, class, title, source)
}

/// Every code that is known, sorted. They come with receipts alone: a refused submit has words and
/// no code. `Page` is <https://plivo.com/docs/messaging/troubleshooting/error-codes>, of 200 the page
/// of the DND service and of 420 that on message expiry; `Title` is a copy of the list.
pub static CODES: &[CodeRow] = &[
    row(10, ContentRejected, "invalid message", Page),
    row(20, Network, "network error at the carrier", Page),
    row(30, CarrierFiltered, "taken for spam by the carrier", Page),
    row(40, SenderBlocked, "invalid source number", Page),
    row(50, InvalidNumber, "invalid destination number", Title),
    row(60, Network, "loop between carriers", Title),
    row(70, Deactivated, "destination unavailable for good", Title),
    row(80, Unreachable, "destination unavailable for now", Title),
    row(90, Network, "no route", Title),
    row(100, Landline, "prohibited by the carrier", Title),
    row(110, ContentRejected, "too long", Title),
    row(200, OptedOut, "the destination sent STOP", Page),
    row(201, GeoBlocked, "toll-free number to Canada", Title),
    row(300, Network, "could not be handed to a carrier", Title),
    row(420, Expired, "expired in the queue", Page),
    row(900, Account, "not enough credit", Title),
    row(910, Account, "account disabled", Title),
    row(1000, Network, "unknown error", Title),
];
