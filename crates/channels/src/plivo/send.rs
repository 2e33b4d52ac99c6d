//! Creating messages.

use super::{CODES, Plivo};
use crate::channel::one_by_one::{Reading, Taken, hand_over, misconfigured, status_url, validity_s};
use crate::channel::{Account, BoxFuture, Cause, Monotonic, Outcome, OutcomeRow, SendTexts, Submission};
use crate::http::{Answer, Submit};
use bytes::Bytes;
use domain::address::Address;
use domain::id::AttemptId;
use domain::outcome::ErrorClass;
use domain::send::{Cleared, OutboundText};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::json;

/// What an answer to a submit means.
pub(super) static OUTCOMES: &[OutcomeRow] = &[
    OutcomeRow { cause: Cause::Status { from: 200, to: 299 }, outcome: Outcome::Taken, why: "queued" },
    OutcomeRow {
        cause: Cause::status(429),
        outcome: Outcome::NotTaken(ErrorClass::RateLimited),
        why: "over the account's limit: refused before the text was looked at",
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

/// Shortest time that Plivo lets a text wait in its queue, in ms
/// (<https://support.plivo.com/hc/en-us/articles/14814454609561-Message-Expiry>).
pub(super) const VALIDITY_MIN_MS: i64 = 5_000;

/// The time after which Plivo gives up on any text in its queue, in seconds.
const VALIDITY_MAX_S: i64 = 10_800;

static READING: Reading = Reading { outcomes: OUTCOMES, codes: CODES, taken, refused };

impl SendTexts for Plivo {
    fn send<'a>(
        &'a self,
        account: &'a Account,
        clock: &'a dyn Monotonic,
        batch: Vec<Cleared<OutboundText>>,
    ) -> BoxFuture<'a, Vec<(AttemptId, Submission)>> {
        Box::pin(async move {
            let ready = self.settings(account).and_then(|settings| {
                let url = settings.resource("/Message/")?;
                Ok((settings, url))
            });
            let (settings, url) = match ready {
                Ok(ready) => ready,
                Err(error) => return misconfigured(batch, &error),
            };
            let request = |text: &OutboundText| {
                let validity_s = validity_s(text, VALIDITY_MIN_MS, VALIDITY_MAX_S)?;
                Some(Submit {
                    provider: "plivo",
                    url: url.clone(),
                    login: settings.login,
                    headers: HeaderMap::new(),
                    content_type: "application/json",
                    body: body(account, text, validity_s),
                })
            };
            hand_over(&self.http, &settings.base, clock, batch, &READING, request).await
        })
    }
}

/// A number as Plivo writes it, without the plus.
pub(super) fn digits(address: &Address) -> &str {
    address.phone().map_or_else(|| address.as_str(), domain::address::E164::digits)
}

fn body(account: &Account, text: &OutboundText, validity_s: Option<i64>) -> Bytes {
    let mut body = json!({
        "src": digits(&text.from),
        "dst": digits(&text.to),
        "type": if text.media.is_empty() { "sms" } else { "mms" },
    });
    if !text.body.is_empty() {
        body["text"] = text.body.as_str().into();
    }
    if !text.media.is_empty() {
        body["media_urls"] = text.media.iter().map(|media| media.url.as_str()).collect();
    }
    if let Some(url) = status_url(account, text) {
        body["url"] = url.into();
        body["method"] = "POST".into();
    }
    if let Some(seconds) = validity_s {
        body["message_expiry"] = seconds.into();
    }
    body.to_string().into()
}

#[derive(Deserialize)]
struct Created {
    message_uuid: Vec<String>,
}

fn taken(answer: &Answer) -> Option<Taken> {
    let created: Created = serde_json::from_slice(&answer.body).ok()?;
    // How many parts it is, only the receipts tell.
    created.message_uuid.into_iter().next().map(|id| (id, None))
}

/// Refusals have words and no code.
pub(super) const fn refused(_answer: &Answer) -> Option<String> {
    None
}
