//! Every limit of Hark, in one place.

/// How long a claimed message may take until its first byte is on the wire, in ms.
pub const HAND_OVER_MS: i64 = 250;
/// How long before legal hours end a text must leave by a provider that cannot let it die (ms): what
/// a text takes on the way where nothing is wrong.
pub const CARRIAGE_MS: i64 = 60_000;
/// How long a closed conversation reopens when its customer writes again, in ms (5 days).
pub const REOPEN_MS: i64 = 5 * 24 * 60 * 60 * 1000;
/// Automatic texts to one address within [`AUTOMATIC_WINDOW_MS`] without a person's message between.
pub const AUTOMATIC_MAX: u32 = 2;
/// The window of [`AUTOMATIC_MAX`], in ms (one hour).
pub const AUTOMATIC_WINDOW_MS: i64 = 60 * 60 * 1000;
/// Longest accepted body of an outbound text, in UTF-16 units.
pub const BODY_UNITS_MAX: usize = 1_600;
/// Longest kept body of an inbound text, in characters; providers send at most 10 parts.
pub const INBOUND_CHARS_MAX: usize = 20_000;
/// Most parts of one outbound text; providers stop there.
pub const PARTS_MAX: u32 = 10;
/// Most pictures in one text.
pub const MEDIA_MAX: usize = 10;
/// Largest uploaded picture, in bytes (16 MiB); it is re-encoded before it leaves.
pub const UPLOAD_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// How long a customer's text makes our answer a direct reply, in ms (24 hours).
pub const DIRECT_REPLY_MS: i64 = 24 * 60 * 60 * 1000;
/// A day, in ms.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Seven days, in ms.
pub const WEEK_MS: i64 = 7 * DAY_MS;
/// Thirty days, in ms: the month of a rolling cap.
pub const MONTH_MS: i64 = 30 * DAY_MS;
/// How long after a customer's last text an open conversation of theirs keeps marketing out although it was
/// answered, in ms: as long as an answer is a direct reply.
pub const COURTESY_RECENT_MS: i64 = DIRECT_REPLY_MS;
/// When a text that waits out of courtesy is looked at again if nothing has ended that before, in ms (a day).
pub const COURTESY_AGAIN_MS: i64 = DAY_MS;
/// When a text that lets one of a higher priority go first is asked about again, in ms (five minutes): one that
/// is due has left by then, or been stopped.
pub const PRIORITY_AGAIN_MS: i64 = 5 * 60 * 1000;
/// How far the clocks of two nodes may differ before what one wrote counts as of the future, in ms (one minute).
pub const CLOCK_SKEW_MS: i64 = 60 * 1000;
/// When a sent message without receipt becomes `sent_unconfirmed`, in ms (72 hours).
pub const UNCONFIRMED_MS: i64 = 72 * 60 * 60 * 1000;
/// How long an idempotency key is kept, in ms (7 days).
pub const IDEMPOTENCY_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Longest time a message may be due before it is given up, in ms (7 days), unless it says otherwise: a
/// provider may be busy so long, or a switch thrown. What the law or a chosen hour holds is never given up.
pub const VALIDITY_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// When the gate is asked again about a text that waits and that no hour within its sight allows, in ms (a day).
pub const LAW_AGAIN_MS: i64 = 24 * 60 * 60 * 1000;
/// How long after a form was sent its answer is awaited at any hour, in ms (ten minutes). Whoever sent it holds
/// the phone and waits for it: a text they invited (47 CFR 64.1200(f)(15)). No law names the time; twice the five
/// minutes within which (a)(12) presumes a confirmation to be covered leave room for a provider's retry.
pub const SIGN_UP_ANSWER_MS: i64 = 10 * 60 * 1000;
/// Most tries at handing one message over.
pub const ATTEMPTS_MAX: u32 = 8;
/// The single confirmation of an opt-out must leave within this time, in ms
/// (five minutes: 47 CFR 64.1200(a)(12)).
pub const CONFIRMATION_MS: i64 = 5 * 60 * 1000;
/// How long evidence of consent is kept sealed after its person was erased, in ms: five years after the
/// last text could have been sent (16 CFR 310.5(b), which outlasts the four years of 28 U.S.C. 1658).
pub const CONSENT_EVIDENCE_MS: i64 = (5 * 365 + 2) * 24 * 60 * 60 * 1000;
/// Longest notes about a customer, in characters.
pub const CUSTOMER_NOTES_MAX: usize = 5000;
/// Longest state, province or region of a customer's place, in characters.
pub const PLACE_REGION_MAX: usize = 100;
/// Longest ZIP or postal code of a customer's place, in characters.
pub const PLACE_POSTAL_CODE_MAX: usize = 20;
/// Longest name of a time zone, in characters.
pub const PLACE_TIME_ZONE_MAX: usize = 64;
/// Fewest letters and digits of a join keyword.
pub const JOIN_WORD_LETTERS_MIN: usize = 2;
/// Most letters and digits of a join keyword.
pub const JOIN_WORD_LETTERS_MAX: usize = 20;
/// Most join keywords of one inbox.
pub const JOIN_WORDS_MAX: usize = 100;
/// Longest time for which the answer counts to the question that the confirmation of an opt-out may ask, in hours.
pub const CLARIFY_HOURS_MAX: i64 = 72;
/// How long the answer to the request of a double opt-in counts, in hours; the request says so.
pub const JOIN_CONFIRM_HOURS: i64 = 24;
/// How long the request of an opt-in page can be confirmed, by its link or by a word, in hours.
pub const PAGE_CONFIRM_HOURS: i64 = 72;
