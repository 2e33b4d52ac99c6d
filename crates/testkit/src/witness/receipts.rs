//! Status callbacks, signed as Twilio signs them, repeated until they are heard.

use super::message::Message;
use base64::Engine as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use std::collections::BTreeMap;
use std::time::Duration;

/// Says that a message was sent and then delivered.
pub(super) async fn report(client: reqwest::Client, token: String, account: String, message: Message) {
    let Some(url) = message.callback else { return };
    for status in ["sent", "delivered"] {
        let form: BTreeMap<&str, &str> = [
            ("AccountSid", account.as_str()),
            ("ApiVersion", "2010-04-01"),
            ("From", &message.entry.from),
            ("MessageSid", &message.entry.sid),
            ("MessageStatus", status),
            ("SmsSid", &message.entry.sid),
            ("SmsStatus", status),
            ("To", &message.entry.to),
        ]
        .into_iter()
        .collect();
        let signature = sign(&token, &url, &form);
        // Hark may be down just now: that is what it is being tried for.
        for _ in 0..120 {
            let sent = client.post(&url).header("X-Twilio-Signature", &signature).form(&form).send().await;
            if sent.is_ok_and(|answer| answer.status().is_success()) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

/// The signature Twilio puts on a webhook: HMAC-SHA1 of the URL and the sorted form, in base64.
pub fn sign(token: &str, url: &str, form: &BTreeMap<&str, &str>) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token.as_bytes()) else { return String::new() };
    mac.update(url.as_bytes());
    for (name, value) in form {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}
