//! Creating messages.

use super::event::{Envelope, Faults, Message};
use super::settings::Settings;
use super::{CODES, Telnyx};
use crate::channel::one_by_one::{Reading, Taken, hand_over, misconfigured, status_url};
use crate::channel::{Account, BoxFuture, Cause, Monotonic, Outcome, OutcomeRow, SendTexts, Submission};
use crate::http::{Answer, Submit};
use bytes::Bytes;
use domain::id::AttemptId;
use domain::outcome::ErrorClass;
use domain::send::{Cleared, OutboundText};
use http::HeaderMap;
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
        why: "no such messaging profile, or nothing at this address",
    },
    OutcomeRow::REFUSED,
    OutcomeRow::REDIRECTED,
    OutcomeRow::FAULT,
    OutcomeRow::UNREADABLE,
    OutcomeRow::NOT_CONNECTED,
    OutcomeRow::TIMED_OUT,
    OutcomeRow::BROKEN,
];

static READING: Reading = Reading { outcomes: OUTCOMES, codes: CODES, taken, refused };

impl SendTexts for Telnyx {
    fn send<'a>(
        &'a self,
        account: &'a Account,
        clock: &'a dyn Monotonic,
        batch: Vec<Cleared<OutboundText>>,
    ) -> BoxFuture<'a, Vec<(AttemptId, Submission)>> {
        Box::pin(async move {
            let ready = self.settings(account).and_then(|settings| {
                let url = settings.resource("/messages")?;
                Ok((settings, url))
            });
            let (settings, url) = match ready {
                Ok(ready) => ready,
                Err(error) => return misconfigured(batch, &error),
            };
            let request = |text: &OutboundText| {
                Some(Submit {
                    provider: "telnyx",
                    url: url.clone(),
                    login: settings.login,
                    headers: HeaderMap::new(),
                    content_type: "application/json",
                    body: body(account, &settings, text),
                })
            };
            hand_over(&self.http, &settings.base, clock, batch, &READING, request).await
        })
    }
}

fn body(account: &Account, settings: &Settings<'_>, text: &OutboundText) -> Bytes {
    let mut body = json!({
        "from": text.from.as_str(),
        "to": text.to.as_str(),
        "messaging_profile_id": settings.messaging_profile_id,
        "type": if text.media.is_empty() { "SMS" } else { "MMS" },
    });
    if !text.body.is_empty() {
        body["text"] = text.body.as_str().into();
    }
    if !text.media.is_empty() {
        body["media_urls"] = text.media.iter().map(|media| media.url.as_str()).collect();
    }
    if let Some(url) = status_url(account, text) {
        body["webhook_url"] = url.into();
    }
    body.to_string().into()
}

fn taken(answer: &Answer) -> Option<Taken> {
    let created: Envelope<Message> = serde_json::from_slice(&answer.body).ok()?;
    Some((created.data.id, created.data.parts.filter(|parts| *parts > 0)))
}

/// Telnyx's code of a refusal.
pub(super) fn refused(answer: &Answer) -> Option<String> {
    let faults: Faults = serde_json::from_slice(&answer.body).ok()?;
    faults.errors.into_iter().next().map(|fault| fault.code)
}
