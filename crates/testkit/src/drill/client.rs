//! Talking to the server as programs and providers do.

use super::Fault;
use crate::witness::sign;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// A client for everything a drill asks.
///
/// # Errors
/// It cannot be made.
pub fn http() -> Result<reqwest::Client, Fault> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build()?)
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Seconds it asks to wait, where it does.
    pub retry_after_s: Option<u64>,
    /// Its body, where that is JSON.
    pub body: Value,
    /// The session cookie it sets.
    pub cookie: Option<String>,
}

impl Answer {
    /// The body of a success.
    ///
    /// # Errors
    /// It is none.
    pub fn good(self, what: &str) -> Result<Value, Fault> {
        if self.status.is_success() {
            Ok(self.body)
        } else {
            Err(format!("{what}: {} {}", self.status, self.body).into())
        }
    }

    /// Whether it tells to try again: busy, full, too many, or the same request still at work.
    #[must_use]
    pub fn again(&self) -> bool {
        self.retry_after_s.is_some() && matches!(self.status.as_u16(), 409 | 429 | 503)
    }
}

/// Sends a request and reads its answer whole.
///
/// # Errors
/// No answer came: the server is gone.
pub async fn ask(request: RequestBuilder) -> Result<Answer, reqwest::Error> {
    let answer = request.send().await?;
    let status = answer.status();
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let retry_after_s = header("retry-after").and_then(|value| value.parse().ok());
    let cookie = header("set-cookie").and_then(|value| value.split(';').next().map(str::to_owned));
    let bytes = answer.bytes().await?;
    Ok(Answer { status, retry_after_s, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null), cookie })
}

/// A program with an API key.
#[derive(Debug, Clone)]
pub struct Program {
    /// The client.
    pub client: reqwest::Client,
    /// Where the server answers.
    pub base: String,
    /// The key's secret.
    pub secret: String,
}

impl Program {
    /// A request to `/api/v1`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/api/v1{path}", self.base)).bearer_auth(&self.secret)
    }

    /// Reads something, again where the server is busy.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn get(&self, path: &str) -> Result<Value, Fault> {
        loop {
            let answer = ask(self.request(Method::GET, path)).await?;
            if !answer.again() {
                return answer.good(path);
            }
            super::pause(200).await;
        }
    }

    /// Changes something.
    ///
    /// # Errors
    /// It was refused.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, Fault> {
        ask(self.request(Method::POST, path).json(body)).await?.good(path)
    }

    /// The same program at another server.
    #[must_use]
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }
}

/// A customer's text, as Twilio passes it on.
#[derive(Debug, Clone)]
pub struct Text {
    /// Twilio's id.
    pub sid: String,
    /// The customer.
    pub from: String,
    /// Our number.
    pub to: String,
    /// The words.
    pub body: String,
}

impl Text {
    /// The signed webhook.
    pub fn webhook(&self, client: &reqwest::Client, url: &str, token: &str) -> RequestBuilder {
        self.webhook_with(client, url, token, None)
    }

    /// As [`Self::webhook`], with the address of a picture.
    pub fn webhook_with(
        &self,
        client: &reqwest::Client,
        url: &str,
        token: &str,
        picture: Option<&str>,
    ) -> RequestBuilder {
        let mut form: BTreeMap<&str, &str> = [
            ("AccountSid", "AC00000000000000000000000000000000"),
            ("ApiVersion", "2010-04-01"),
            ("Body", self.body.as_str()),
            ("From", self.from.as_str()),
            ("MessageSid", self.sid.as_str()),
            ("NumMedia", "0"),
            ("NumSegments", "1"),
            ("SmsMessageSid", self.sid.as_str()),
            ("SmsSid", self.sid.as_str()),
            ("SmsStatus", "received"),
            ("To", self.to.as_str()),
        ]
        .into_iter()
        .collect();
        if let Some(picture) = picture {
            form.extend([("NumMedia", "1"), ("MediaUrl0", picture), ("MediaContentType0", "image/png")]);
        }
        let signature = sign(token, url, &form);
        client.post(url).header("X-Twilio-Signature", signature).form(&form)
    }
}
