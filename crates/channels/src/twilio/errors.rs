//! What Twilio's error codes mean. One code has one class.

use crate::channel::CodeRow;
use crate::channel::Source::{self, Page, Title, Unread};
use domain::outcome::ErrorClass::{
    self, Account, CarrierFiltered, ContentRejected, DailyCap, Deactivated, Expired, GeoBlocked, InvalidNumber,
    Landline, Media, Network, OptedOut, ProviderFiltered, RateLimited, RecipientBlocked, SenderBlocked,
    SenderUnregistered, Unreachable,
};

const fn row(code: u32, class: ErrorClass, title: &'static str, source: Source) -> CodeRow {
    CodeRow::new(code, class, title, source)
}

/// Every code that is known, sorted. `Page` is the code's own page,
/// `https://www.twilio.com/docs/api/errors/<code>`; `Title` its title in a copy of Twilio's error
/// dictionary. That a text may have left although a receipt has a code are Twilio's own words on 30410.
pub static CODES: &[CodeRow] = &[
    row(11_751, Media, "MMS: media exceeds the limit of its type", Title),
    row(20_003, Account, "authentication failed", Page),
    row(20_429, RateLimited, "too many requests", Page),
    row(21_211, InvalidNumber, "invalid To", Title),
    row(21_212, SenderBlocked, "invalid From", Page),
    row(21_408, GeoBlocked, "no permission for this region", Title),
    row(21_602, ContentRejected, "a body or a picture is required", Page),
    row(21_605, ContentRejected, "too many characters", Page),
    row(21_606, SenderBlocked, "From cannot send texts", Page),
    row(21_609, Account, "invalid status callback URL", Page),
    row(21_610, OptedOut, "the recipient replied STOP", Title),
    row(21_611, RateLimited, "the sender's queue is full", Title),
    row(21_614, InvalidNumber, "To is no mobile number", Title),
    row(21_617, ContentRejected, "too long once joined", Page),
    row(21_620, Media, "invalid media URL", Page),
    row(21_659, SenderBlocked, "From is none of the account's numbers", Page),
    row(21_660, SenderBlocked, "From belongs to another account", Page),
    row(21_703, SenderBlocked, "the messaging service has no sender", Unread),
    row(30_001, RateLimited, "queue overflow", Title),
    row(30_002, Account, "account suspended", Title),
    row(30_003, Unreachable, "handset unreachable", Title),
    row(30_004, RecipientBlocked, "message blocked", Title),
    row(30_005, Deactivated, "unknown handset", Title),
    row(30_006, Landline, "landline or unreachable carrier", Title),
    row(30_007, CarrierFiltered, "filtered by the carrier", Title),
    row(30_008, Network, "unknown error between provider and carrier", Title),
    row(30_011, Media, "MMS not supported there", Title),
    row(30_019, ContentRejected, "content size exceeds the carrier's limit", Title),
    row(30_022, RateLimited, "A2P 10DLC rate limit exceeded", Page),
    row(30_023, DailyCap, "A2P 10DLC daily cap reached", Title),
    row(30_024, SenderUnregistered, "number not provisioned by the carrier", Title),
    row(30_027, DailyCap, "T-Mobile daily cap reached", Title),
    row(30_032, SenderUnregistered, "toll-free number not verified", Title),
    row(30_034, SenderUnregistered, "number without an A2P 10DLC campaign", Title),
    row(30_036, Expired, "validity period expired", Title),
    row(30_037, SenderBlocked, "outbound messaging disabled", Title),
    row(30_038, ProviderFiltered, "one-time password filtered", Title),
    row(30_040, SenderUnregistered, "sender not registered at the carrier", Title),
    row(30_041, SenderUnregistered, "alphanumeric sender not registered", Title),
    row(30_125, SenderUnregistered, "registration not accepted by the carrier", Title),
    row(30_410, Network, "provider timed out", Page),
    row(30_450, ProviderFiltered, "blocked by the provider's protection", Title),
    row(30_485, Network, "service temporarily failing", Title),
];

/// The class of a code, as it stands in webhooks and answers.
#[must_use]
pub fn class_of(code: &str) -> ErrorClass {
    crate::channel::class_in(CODES, code)
}
