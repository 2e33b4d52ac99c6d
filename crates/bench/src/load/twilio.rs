//! Customers' texts as a provider posts them: a signed form.

use std::fmt::Write;
use std::net::SocketAddr;

use base64::Engine;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{Method, StatusCode};
use sha1::Sha1;

use super::{Connection, words};
use crate::fault::Fault;

/// A number of ours at the provider.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// The path of its webhook.
    pub(crate) path: String,
    /// The public address that is signed.
    pub(crate) public_url: String,
    /// The account's auth token.
    pub(crate) token: String,
    /// The number.
    pub(crate) number: String,
}

impl Line {
    /// The form of text `n` from a customer, and its signature (the provider's
    /// first scheme: HMAC-SHA1 over the URL and the sorted fields).
    fn form(&self, n: u64, from: &str) -> (String, String) {
        let (sid, body) = (format!("SM{n:032x}"), words(n));
        let fields = [
            ("AccountSid", "AC00000000000000000000000000000000"),
            ("ApiVersion", "2010-04-01"),
            ("Body", body.as_str()),
            ("From", from),
            ("MessageSid", sid.as_str()),
            ("NumMedia", "0"),
            ("NumSegments", "1"),
            ("SmsMessageSid", sid.as_str()),
            ("SmsSid", sid.as_str()),
            ("SmsStatus", "received"),
            ("To", self.number.as_str()),
        ];
        let mut form = String::with_capacity(512);
        // A key of any length fits this construction.
        let mac = Hmac::<Sha1>::new_from_slice(self.token.as_bytes());
        let mut mac = match mac {
            Ok(mac) => mac,
            Err(_) => return (form, String::new()),
        };
        mac.update(self.public_url.as_bytes());
        mac.update(self.path.as_bytes());
        for (name, value) in fields {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
            if !form.is_empty() {
                form.push('&');
            }
            form.push_str(name);
            form.push('=');
            encode(&mut form, value);
        }
        (form, base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes()))
    }

    /// Posts text `n`; answers when it is durable.
    pub(crate) async fn post(&self, connection: &mut Connection, n: u64, from: &str) -> Result<(), Fault> {
        let (form, signature) = self.form(n, from);
        let headers = format!("content-type: application/x-www-form-urlencoded\nx-twilio-signature: {signature}");
        let (status, _, body) = connection.ask(Method::POST, &self.path, &headers, Bytes::from(form)).await?;
        if status == StatusCode::OK {
            return Ok(());
        }
        Err(Fault::wrong(format!("a webhook was answered {status}: {}", String::from_utf8_lossy(&body))))
    }

    /// Opens several connections to a node.
    pub(crate) async fn connections(address: SocketAddr, count: usize) -> Result<Vec<Connection>, Fault> {
        let mut all = Vec::with_capacity(count);
        for _ in 0..count {
            all.push(Connection::open(address).await?);
        }
        Ok(all)
    }
}

/// Percent-encodes a form's value.
fn encode(form: &mut String, value: &str) {
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => form.push(char::from(byte)),
            b' ' => form.push('+'),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(form, "%{byte:02X}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_encoded_and_signed() {
        let line = Line {
            path: "/hooks/twilio/acc_1/inbound".to_owned(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            token: "secret".to_owned(),
            number: "+18885550100".to_owned(),
        };
        let (form, signature) = line.form(5, "+12122000000");
        assert!(form.contains("&Body=%C2%BFCu%C3%A1ndo+llega+mi+pedido%3F"), "{form}");
        assert!(form.contains("&From=%2B12122000000&"), "{form}");
        // 20 bytes in base64.
        assert_eq!(signature.len(), 28);
    }
}
