//! A message as Twilio's API shows it.

use super::journal::Entry;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Value, json};

/// A text that left, with the words that the journal does not hold.
#[derive(Debug, Clone)]
pub struct Message {
    /// The submit that brought it.
    pub entry: Entry,
    /// The words.
    pub body: String,
    /// Whether it came through a messaging service.
    pub service: Option<String>,
    /// Where receipts are wanted.
    pub callback: Option<String>,
}

impl Message {
    /// The resource of an account, with a status.
    #[must_use]
    pub fn resource(&self, account: &str, status: &str) -> Value {
        let date = date(self.entry.at);
        json!({
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": date,
            "date_sent": if status == "queued" { Value::Null } else { Value::from(date.clone()) },
            "date_updated": date,
            "direction": "outbound-api",
            "error_code": null,
            "error_message": null,
            "from": if self.service.is_some() && self.entry.from.starts_with("MG") { Value::Null } else { Value::from(self.entry.from.clone()) },
            "messaging_service_sid": self.service,
            "num_media": self.entry.media.to_string(),
            "num_segments": domain::encoding::measure(&self.body).parts.to_string(),
            "price": null,
            "price_unit": null,
            "sid": self.entry.sid,
            "status": status,
            "subresource_uris": { "media": format!("/2010-04-01/Accounts/{account}/Messages/{}/Media.json", self.entry.sid) },
            "to": self.entry.to,
            "uri": format!("/2010-04-01/Accounts/{account}/Messages/{}.json", self.entry.sid),
        })
    }
}

/// An instant as Twilio writes it.
fn date(unix_ms: i64) -> String {
    let at = Timestamp::from_millisecond(unix_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let text = DateTimePrinter::new().timestamp_to_string(&at).unwrap_or_default();
    // An instant alone is written with an unknown offset; Twilio says UTC.
    text.replace("-0000", "+0000")
}
