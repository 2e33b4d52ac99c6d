//! A message as such programs expect it.

use domain::message::{Kind, State};
use domain::outcome::ErrorClass;
use engine::messages::Listed;
use serde_json::{Value, json};

/// Whether it is a customer's.
pub(super) fn inbound(text: &Listed) -> bool {
    text.row.kind == Kind::Inbound
}

/// When it left or came in, Unix ms; nothing where it did neither.
pub(super) fn sent_at(text: &Listed) -> Option<i64> {
    match text.row.state {
        State::Received => Some(text.row.created_at),
        State::Accepted | State::Sent | State::SentUnconfirmed | State::Delivered | State::Undelivered => {
            Some(text.handed_at.unwrap_or(text.row.created_at))
        }
        State::Noted
        | State::Queued
        | State::Held
        | State::HandingOver
        | State::Ambiguous
        | State::Failed
        | State::Refused
        | State::Cancelled => None,
    }
}

/// The message, from or to our number `ours`.
pub(super) fn message(account: &str, text: &Listed, ours: &str) -> Value {
    let row = &text.row;
    let (from, to) = if inbound(text) { (text.address.as_str(), ours) } else { (ours, text.address.as_str()) };
    let sid = format!("SM{}", row.id.uuid().simple());
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{sid}.json");
    json!({
        "sid": sid,
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": row.body,
        "from": from,
        "to": to,
        "direction": if inbound(text) { "inbound" } else { "outbound-api" },
        "status": status(row.state),
        "num_segments": row.parts.to_string(),
        "num_media": row.media.to_string(),
        "date_created": date(row.created_at),
        "date_updated": date(row.state_at),
        "date_sent": sent_at(text).map(date),
        "error_code": error_code(text),
        "error_message": row.reason_detail,
        "messaging_service_sid": null,
        "price": null,
        "price_unit": "USD",
        "subresource_uris": {"media": uri.replace(".json", "/Media.json")},
        "uri": uri,
    })
}

/// The number of what went wrong: the provider's own where it is one of that kind,
/// else that of the class.
fn error_code(text: &Listed) -> Option<u32> {
    if !matches!(text.row.state, State::Failed | State::Undelivered | State::Refused) {
        return None;
    }
    let own = text.error_code.as_deref().and_then(|code| code.parse().ok()).filter(|code| *code >= 10_000);
    let class = || text.row.reason_code.as_deref().and_then(ErrorClass::from_code).unwrap_or(ErrorClass::Unknown);
    Some(own.unwrap_or_else(|| number(class())))
}

/// The best known code of a class; the same as `docs/channels/twilio.md` reads.
const fn number(class: ErrorClass) -> u32 {
    match class {
        ErrorClass::OptedOut => 21_610,
        ErrorClass::CarrierFiltered => 30_007,
        ErrorClass::ProviderFiltered => 30_450,
        ErrorClass::ContentRejected => 21_602,
        ErrorClass::SenderUnregistered => 30_034,
        ErrorClass::SenderBlocked => 21_606,
        ErrorClass::InvalidNumber => 21_211,
        ErrorClass::Landline => 30_006,
        ErrorClass::Deactivated => 30_005,
        ErrorClass::RecipientBlocked => 30_004,
        ErrorClass::Unreachable => 30_003,
        ErrorClass::RateLimited => 20_429,
        ErrorClass::DailyCap => 30_023,
        ErrorClass::Network | ErrorClass::Unknown => 30_008,
        ErrorClass::Expired => 30_036,
        ErrorClass::GeoBlocked => 21_408,
        ErrorClass::Account => 20_003,
        ErrorClass::Media => 30_011,
    }
}

/// The nearest word of that vocabulary for where a message stands.
const fn status(state: State) -> &'static str {
    match state {
        State::Received | State::Noted => "received",
        State::Queued | State::Held => "queued",
        State::HandingOver | State::Ambiguous | State::Accepted => "sending",
        State::Sent | State::SentUnconfirmed => "sent",
        State::Delivered => "delivered",
        State::Undelivered => "undelivered",
        State::Failed | State::Refused => "failed",
        State::Cancelled => "canceled",
    }
}

/// An instant as RFC 2822 writes it, in UTC.
fn date(at: i64) -> String {
    let instant = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    instant.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_rfc_2822() {
        assert_eq!(date(0), "Thu, 01 Jan 1970 00:00:00 +0000");
        assert_eq!(date(1_692_853_305_123), "Thu, 24 Aug 2023 05:01:45 +0000");
    }
}
