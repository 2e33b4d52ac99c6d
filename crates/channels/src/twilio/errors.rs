//! What Twilio's error codes mean. One code has one class.

use domain::outcome::ErrorClass::{
    self, Account, CarrierFiltered, ContentRejected, DailyCap, Deactivated, Expired, GeoBlocked, InvalidNumber,
    Landline, Media, Network, OptedOut, ProviderFiltered, RateLimited, RecipientBlocked, SenderBlocked,
    SenderUnregistered, Unreachable,
};

/// Every code that is known, sorted. Titles are in Twilio's error dictionary,
/// `https://www.twilio.com/docs/api/errors/<code>`.
pub static CODES: &[(u32, ErrorClass)] = &[
    (11_751, Media),              // MMS: media exceeds the limit of its type
    (20_003, Account),            // authentication failed
    (20_429, RateLimited),        // too many requests
    (21_211, InvalidNumber),      // invalid To
    (21_212, SenderBlocked),      // invalid From
    (21_408, GeoBlocked),         // no permission for this region
    (21_602, ContentRejected),    // a body or a picture is required
    (21_605, ContentRejected),    // too many characters
    (21_606, SenderBlocked),      // From cannot send texts
    (21_609, Account),            // invalid status callback URL
    (21_610, OptedOut),           // the recipient replied STOP
    (21_611, RateLimited),        // the sender's queue is full
    (21_614, InvalidNumber),      // To is no mobile number
    (21_617, ContentRejected),    // too long once joined
    (21_620, Media),              // invalid media URL
    (21_659, SenderBlocked),      // From is none of the account's numbers
    (21_660, SenderBlocked),      // From belongs to another account
    (21_703, SenderBlocked),      // the messaging service has no sender
    (30_001, RateLimited),        // queue overflow
    (30_002, Account),            // account suspended
    (30_003, Unreachable),        // handset unreachable
    (30_004, RecipientBlocked),   // message blocked
    (30_005, Deactivated),        // unknown handset
    (30_006, Landline),           // landline or unreachable carrier
    (30_007, CarrierFiltered),    // filtered by the carrier
    (30_008, Network),            // unknown error between provider and carrier
    (30_011, Media),              // MMS not supported there
    (30_019, ContentRejected),    // content size exceeds the carrier's limit
    (30_022, RateLimited),        // A2P 10DLC rate limit exceeded
    (30_023, DailyCap),           // A2P 10DLC daily cap reached
    (30_024, SenderUnregistered), // number not provisioned by the carrier
    (30_027, DailyCap),           // T-Mobile daily cap reached
    (30_032, SenderUnregistered), // toll-free number not verified
    (30_034, SenderUnregistered), // number without an A2P 10DLC campaign
    (30_036, Expired),            // validity period expired
    (30_037, SenderBlocked),      // outbound messaging disabled
    (30_038, ProviderFiltered),   // one-time password filtered
    (30_040, SenderUnregistered), // sender not registered at the carrier
    (30_041, SenderUnregistered), // alphanumeric sender not registered
    (30_125, SenderUnregistered), // registration not accepted by the carrier
    (30_410, Network),            // provider timed out
    (30_450, ProviderFiltered),   // blocked by the provider's protection
    (30_485, Network),            // service temporarily failing
];

/// The class of a code, as it stands in webhooks and answers.
#[must_use]
pub fn class_of(code: &str) -> ErrorClass {
    let Ok(code) = code.trim().parse::<u32>() else { return ErrorClass::Unknown };
    CODES.binary_search_by_key(&code, |(known, _)| *known).map_or(ErrorClass::Unknown, |row| CODES[row].1)
}
