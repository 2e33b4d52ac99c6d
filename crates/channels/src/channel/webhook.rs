//! A provider's request to us, and what is said back.

use bytes::Bytes;
use domain::id::AttemptId;
use std::fmt;

/// A request as the provider made it. The raw bytes, because signatures cover them.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookRequest {
    /// The method, in capitals.
    pub method: String,
    /// The full public URL with its query, as the provider saw it.
    pub url: String,
    /// The headers, as they came.
    pub headers: Vec<(String, String)>,
    /// The raw body.
    pub body: Bytes,
    /// When it came, in Unix ms: what a signature that carries a time is held to.
    pub received_at: i64,
}

impl WebhookRequest {
    /// The first value of a header, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether the body is a form.
    #[must_use]
    pub fn is_form(&self) -> bool {
        self.header("content-type").is_some_and(|kind| {
            let essence = kind.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
    }

    /// The fields of the body's form, in their order.
    #[must_use]
    pub fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// Our attempt's id, where it rode along in the URL of a receipt.
    #[must_use]
    pub fn attempt(&self) -> Option<AttemptId> {
        self.query().into_iter().find(|(name, _)| name == "attempt").and_then(|(_, id)| id.parse().ok())
    }

    /// The fields of the query, in their order.
    #[must_use]
    pub fn query(&self) -> Vec<(String, String)> {
        let query = self.url.split_once('?').map_or("", |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }
}

impl fmt::Debug for WebhookRequest {
    /// Queries, headers and bodies may hold numbers and secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.url.split('?').next().unwrap_or_default();
        write!(f, "WebhookRequest({} {path}, {} bytes)", self.method, self.body.len())
    }
}

/// What the provider hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The MIME type of the body, empty where there is none.
    pub content_type: &'static str,
    /// The body.
    pub body: &'static str,
}

impl WebhookAnswer {
    /// Taken, and nothing to say.
    pub const NOTHING: Self = Self { status: 204, content_type: "", body: "" };
}

/// Why a webhook cannot be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is no signature.
    #[error("the request has no signature")]
    Absent,
    /// The signature does not fit the request.
    #[error("the signature does not fit the request")]
    Wrong,
    /// It was made too long ago, or in the future: an old call that somebody plays again, or a wrong clock.
    #[error("the signature is from another time")]
    Stale,
    /// The account has no secret to check it with.
    #[error("the account has no secret to check signatures with")]
    NoSecret,
    /// The request was signed in a way we do not know.
    #[error("the request was signed in an unknown way")]
    UnknownScheme,
}

impl SignatureError {
    /// The stable code, for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Absent => "signature_absent",
            Self::Wrong => "signature_wrong",
            Self::Stale => "signature_stale",
            Self::NoSecret => "signature_no_secret",
            Self::UnknownScheme => "signature_unknown_scheme",
        }
    }
}

/// Why a verified webhook could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The body is not in the expected form.
    #[error("the body is not in the expected form")]
    Malformed,
    /// A field without which nothing can be done is missing.
    #[error("the field {0} is missing")]
    Missing(&'static str),
}

impl WebhookError {
    /// The stable code, for answers, logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "webhook_malformed",
            Self::Missing(_) => "webhook_field_missing",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_show_neither_body_nor_query() {
        let request = WebhookRequest {
            method: "POST".into(),
            url: "https://x.example/hooks?to=%2B15550001111#a".into(),
            headers: vec![("X-Twilio-Signature".into(), "c2lnbmVk".into())],
            body: Bytes::from_static(b"Body=words"),
            received_at: 0,
        };
        let shown = format!("{request:?}");
        assert!(!shown.contains("1555") && !shown.contains("words") && !shown.contains("c2ln"), "{shown}");
        assert_eq!(request.header("x-twilio-signature"), Some("c2lnbmVk"));
        assert_eq!(request.query(), vec![("to".to_owned(), "+15550001111".to_owned())]);
    }
}
