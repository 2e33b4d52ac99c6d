//! Creating messages.

use super::settings::Settings;
use super::{CODES, Twilio};
use crate::channel::one_by_one::{Reading, Taken, hand_over, misconfigured, status_url, validity_s};
use crate::channel::{Account, BoxFuture, Cause, Monotonic, Outcome, OutcomeRow, SendTexts, Submission};
use crate::http::{Answer, Submit};
use bytes::Bytes;
use domain::id::AttemptId;
use domain::outcome::ErrorClass;
use domain::send::{Cleared, OutboundText};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;

/// What an answer to a submit means.
pub(super) static OUTCOMES: &[OutcomeRow] = &[
    OutcomeRow { cause: Cause::Status { from: 200, to: 299 }, outcome: Outcome::Taken, why: "created" },
    OutcomeRow {
        cause: Cause::status(429),
        outcome: Outcome::NotTaken(ErrorClass::RateLimited),
        why: "Twilio: never processed, always safe to retry",
    },
    OutcomeRow::GIVEN_UP,
    OutcomeRow::LOGIN_REFUSED,
    OutcomeRow {
        cause: Cause::status(404),
        outcome: Outcome::NotTaken(ErrorClass::Account),
        why: "no such account at this address",
    },
    OutcomeRow::REFUSED,
    OutcomeRow::REDIRECTED,
    OutcomeRow::FAULT,
    OutcomeRow::UNREADABLE,
    OutcomeRow::NOT_CONNECTED,
    OutcomeRow::TIMED_OUT,
    OutcomeRow::BROKEN,
];

/// Shortest validity period Twilio takes, in ms.
pub(super) const VALIDITY_MIN_MS: i64 = 1_000;

/// Longest validity period Twilio takes, in seconds; it is also what it assumes.
const VALIDITY_MAX_S: i64 = 36_000;

static READING: Reading = Reading { outcomes: OUTCOMES, codes: CODES, taken, refused };

impl SendTexts for Twilio {
    fn send<'a>(
        &'a self,
        account: &'a Account,
        clock: &'a dyn Monotonic,
        batch: Vec<Cleared<OutboundText>>,
    ) -> BoxFuture<'a, Vec<(AttemptId, Submission)>> {
        Box::pin(async move {
            let ready = self.settings(account).and_then(|settings| {
                let url = settings.resource("/Messages.json")?;
                Ok((settings, url))
            });
            let (settings, url) = match ready {
                Ok(ready) => ready,
                Err(error) => return misconfigured(batch, &error),
            };
            let request = |text: &OutboundText| {
                let validity_s = validity_s(text, VALIDITY_MIN_MS, VALIDITY_MAX_S)?;
                Some(Submit {
                    provider: "twilio",
                    url: url.clone(),
                    login: settings.login,
                    headers: headers(&settings, text),
                    content_type: "application/x-www-form-urlencoded",
                    body: form(account, &settings, text, validity_s),
                })
            };
            hand_over(&self.http, &settings.base, clock, batch, &READING, request).await
        })
    }
}

fn headers(settings: &Settings<'_>, text: &OutboundText) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(http::header::ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(http::header::ACCEPT_CHARSET, HeaderValue::from_static("utf-8"));
    if settings.idempotency_key
        && let Ok(key) = HeaderValue::from_str(&text.message.to_string())
    {
        headers.insert(HeaderName::from_static("i-twilio-idempotency-token"), key);
    }
    headers
}

fn form(account: &Account, settings: &Settings<'_>, text: &OutboundText, validity_s: Option<i64>) -> Bytes {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("To", text.to.as_str());
    if let Some(url) = status_url(account, text) {
        form.append_pair("StatusCallback", &url);
    }
    if let Some(service) = settings.messaging_service_sid {
        form.append_pair("MessagingServiceSid", service);
    }
    if !settings.service_picks_sender {
        form.append_pair("From", text.from.as_str());
    }
    if !text.body.is_empty() {
        form.append_pair("Body", &text.body);
    }
    for media in &text.media {
        form.append_pair("MediaUrl", &media.url);
    }
    if let Some(seconds) = validity_s {
        form.append_pair("ValidityPeriod", &seconds.to_string());
    }
    form.finish().into()
}

#[derive(Deserialize)]
struct Created {
    sid: String,
    #[serde(default)]
    num_segments: Option<String>,
}

#[derive(Deserialize)]
struct Refused {
    code: u32,
}

fn taken(answer: &Answer) -> Option<Taken> {
    let created: Created = serde_json::from_slice(&answer.body).ok()?;
    // Through a messaging service the parts are not counted yet, and 0 is said.
    let parts = created.num_segments.and_then(|parts| parts.parse().ok()).filter(|parts| *parts > 0);
    Some((created.sid, parts))
}

/// Twilio's code of a refusal.
pub(super) fn refused(answer: &Answer) -> Option<String> {
    serde_json::from_slice::<Refused>(&answer.body).ok().map(|refused| refused.code.to_string())
}
