//! Creating messages.

use super::settings::Settings;
use super::{Twilio, class_of};
use crate::channel::{Account, BoxFuture, Cause, Monotonic, Outcome, OutcomeRow, SendTexts, Submission, row_for};
use crate::http::{Answer, Submit, Submitted};
use bytes::Bytes;
use domain::id::AttemptId;
use domain::outcome::ErrorClass;
use domain::send::{Cleared, OutboundText};
use futures::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use std::time::{SystemTime, UNIX_EPOCH};
use url::Url;

/// What an answer to a submit means.
pub(super) static OUTCOMES: &[OutcomeRow] = &[
    OutcomeRow { cause: Cause::Status { from: 200, to: 299 }, outcome: Outcome::Taken, why: "created" },
    OutcomeRow {
        cause: Cause::status(429),
        outcome: Outcome::NotTaken(ErrorClass::RateLimited),
        why: "Twilio: never processed, always safe to retry",
    },
    OutcomeRow {
        cause: Cause::status(408),
        outcome: Outcome::Unknown,
        why: "a proxy may have given up on an answer while the text went through",
    },
    OutcomeRow {
        cause: Cause::Status { from: 401, to: 403 },
        outcome: Outcome::NotTaken(ErrorClass::Account),
        why: "the login was refused before the text was looked at",
    },
    OutcomeRow {
        cause: Cause::status(404),
        outcome: Outcome::NotTaken(ErrorClass::Account),
        why: "no such account at this address",
    },
    OutcomeRow {
        cause: Cause::Status { from: 400, to: 499 },
        outcome: Outcome::NotTaken(ErrorClass::Unknown),
        why: "refused; the error code says why",
    },
    OutcomeRow {
        cause: Cause::Status { from: 300, to: 399 },
        outcome: Outcome::NotTaken(ErrorClass::Account),
        why: "a redirect is not followed: the base URL is wrong",
    },
    OutcomeRow {
        cause: Cause::Status { from: 500, to: 599 },
        outcome: Outcome::Unknown,
        why: "the fault may have come after the text was taken",
    },
    OutcomeRow { cause: Cause::Unreadable, outcome: Outcome::Unknown, why: "taken or not, it has no name we know" },
    OutcomeRow {
        cause: Cause::ConnectFailed,
        outcome: Outcome::NotTaken(ErrorClass::Network),
        why: "nothing was written",
    },
    OutcomeRow { cause: Cause::TimedOut, outcome: Outcome::Unknown, why: "there is no idempotency key on this call" },
    OutcomeRow { cause: Cause::Broken, outcome: Outcome::Unknown, why: "some of the text may have been read" },
];

/// Most texts on the wire at once; the rest of a batch waits, within its permission.
const AT_ONCE: usize = 64;

/// Shortest validity period Twilio takes, in ms.
pub(super) const VALIDITY_MIN_MS: i64 = 1_000;

/// Longest validity period Twilio takes, in seconds; it is also what it assumes.
const VALIDITY_MAX_S: i64 = 36_000;

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
                Err(error) => {
                    let refused = || not_taken(ErrorClass::Account, format!("settings_{}", error.field));
                    return batch.into_iter().map(|cleared| (cleared.item().attempt, refused())).collect();
                }
            };
            let answers: Vec<_> = futures::stream::iter(batch)
                .map(|cleared| self.send_one(account, &settings, &url, clock, cleared))
                .buffer_unordered(AT_ONCE)
                .collect()
                .await;
            let late = answers.iter().filter(|(_, answer)| *answer == Submission::HandedBack).count();
            if late > 0 {
                self.http.warm(&settings.base, late);
            }
            answers
        })
    }
}

impl Twilio {
    async fn send_one(
        &self,
        account: &Account,
        settings: &Settings<'_>,
        url: &Url,
        clock: &dyn Monotonic,
        cleared: Cleared<OutboundText>,
    ) -> (AttemptId, Submission) {
        let hand_over_by = cleared.hand_over_by();
        let text = cleared.spend();
        let validity_s = match text.valid_until.map(|until| until.saturating_sub(unix_ms()).div_euclid(1000)) {
            // Whether it waits for the next hours or is worthless now, the gate says.
            Some(left) if left < 1 => return (text.attempt, Submission::HandedBack),
            Some(left) if left < VALIDITY_MAX_S => Some(left),
            // Longer than Twilio holds any text by itself.
            Some(_) | None => None,
        };
        let submit = Submit {
            provider: "twilio",
            url: url.clone(),
            login: settings.login,
            headers: headers(settings, &text),
            content_type: "application/x-www-form-urlencoded",
            body: form(account, settings, &text, validity_s),
        };
        let submission = match self.http.submit(submit, clock, hand_over_by).await {
            Submitted::Answer(answer) => read(&answer),
            Submitted::Late => Submission::HandedBack,
            Submitted::Failed(cause, detail) => failed(cause, detail),
        };
        (text.attempt, submission)
    }
}

/// The present instant in Unix ms. A validity period is relative at Twilio, so
/// it depends on when the request is made and not on when the text was claimed.
#[expect(clippy::disallowed_methods, reason = "the deadline is at hand, but Twilio wants the seconds left until it")]
fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
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
    if !account.callback_base.is_empty() {
        form.append_pair("StatusCallback", &format!("{}/status?attempt={}", account.callback_base, text.attempt));
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

fn read(answer: &Answer) -> Submission {
    match row_for(OUTCOMES, Cause::status(answer.status)) {
        Outcome::Taken => match serde_json::from_slice::<Created>(&answer.body) {
            Ok(created) if !created.sid.is_empty() => Submission::Taken {
                provider_id: created.sid,
                // Through a messaging service the parts are not counted yet, and 0 is said.
                parts: created.num_segments.and_then(|parts| parts.parse().ok()).filter(|parts| *parts > 0),
            },
            _ => failed(Cause::Unreadable, format!("status {}, no message in the answer", answer.status)),
        },
        Outcome::NotTaken(class) => {
            let code = serde_json::from_slice::<Refused>(&answer.body).ok().map(|refused| refused.code.to_string());
            let known = code.as_deref().map(class_of).filter(|class| *class != ErrorClass::Unknown);
            Submission::NotTaken {
                class: known.unwrap_or(class),
                code: code.unwrap_or_else(|| format!("http_{}", answer.status)),
                retry_after_ms: answer.retry_after_ms,
            }
        }
        Outcome::Unknown => Submission::Unknown { detail: format!("status {}", answer.status) },
    }
}

fn failed(cause: Cause, detail: String) -> Submission {
    match row_for(OUTCOMES, cause) {
        Outcome::NotTaken(class) => not_taken(class, "not_connected".to_owned()),
        Outcome::Taken | Outcome::Unknown => Submission::Unknown { detail },
    }
}

const fn not_taken(class: ErrorClass, code: String) -> Submission {
    Submission::NotTaken { class, code, retry_after_ms: None }
}
