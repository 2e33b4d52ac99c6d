//! Handing a batch over to a provider that takes texts one by one.
//!
//! Each provider says how a request is built and how an answer is read; what an
//! answer means is read from its outcome table, here and nowhere else.

use super::{Account, Cause, CodeRow, Monotonic, Outcome, OutcomeRow, SettingsError, Submission, class_in, row_for};
use crate::http::{Answer, HttpClient, Submit, Submitted};
use domain::id::AttemptId;
use domain::outcome::ErrorClass;
use domain::send::{Cleared, OutboundText};
use futures::StreamExt as _;
use std::time::{SystemTime, UNIX_EPOCH};
use url::Url;

/// Most texts on the wire at once; the rest of a batch waits, within its permission.
const AT_ONCE: usize = 64;

/// The provider's id of a text that was taken, and the parts it counted.
pub(crate) type Taken = (String, Option<u32>);

/// How a provider's answers to a submit are read.
pub(crate) struct Reading {
    /// What each answer means.
    pub outcomes: &'static [OutcomeRow],
    /// What the codes of refusals mean.
    pub codes: &'static [CodeRow],
    /// The text in an answer that says it was taken.
    pub taken: fn(&Answer) -> Option<Taken>,
    /// The provider's code of a refusal.
    pub refused: fn(&Answer) -> Option<String>,
}

/// Every text of a batch refused, since the account's settings are wrong.
pub(crate) fn misconfigured(batch: Vec<Cleared<OutboundText>>, error: &SettingsError) -> Vec<(AttemptId, Submission)> {
    let refused = || not_taken(ErrorClass::Account, format!("settings_{}", error.field));
    batch.into_iter().map(|cleared| (cleared.item().attempt, refused())).collect()
}

/// Hands a batch over, each text in a request of its own that is made once. A text without a
/// request is handed back: whether it waits or is worthless now, the gate says.
pub(crate) async fn hand_over<'a>(
    http: &HttpClient,
    base: &Url,
    clock: &dyn Monotonic,
    batch: Vec<Cleared<OutboundText>>,
    reading: &'static Reading,
    request: impl Fn(&OutboundText) -> Option<Submit<'a>>,
) -> Vec<(AttemptId, Submission)> {
    let answers: Vec<_> = futures::stream::iter(batch)
        .map(|cleared| hand_over_one(http, clock, cleared, reading, &request))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let late = answers.iter().filter(|(_, answer)| *answer == Submission::HandedBack).count();
    if late > 0 {
        http.warm(base, late);
    }
    answers
}

async fn hand_over_one<'a>(
    http: &HttpClient,
    clock: &dyn Monotonic,
    cleared: Cleared<OutboundText>,
    reading: &'static Reading,
    request: &impl Fn(&OutboundText) -> Option<Submit<'a>>,
) -> (AttemptId, Submission) {
    let hand_over_by = cleared.hand_over_by();
    let text = cleared.spend();
    let submission = match request(&text) {
        None => Submission::HandedBack,
        Some(submit) => match http.submit(submit, clock, hand_over_by).await {
            Submitted::Answer(answer) => read(reading, &answer),
            Submitted::Late => Submission::HandedBack,
            Submitted::Failed(cause, detail) => failed(reading.outcomes, cause, detail),
        },
    };
    (text.attempt, submission)
}

fn read(reading: &Reading, answer: &Answer) -> Submission {
    match row_for(reading.outcomes, Cause::status(answer.status)) {
        Outcome::Taken => match (reading.taken)(answer) {
            Some((provider_id, parts)) if !provider_id.is_empty() => Submission::Taken { provider_id, parts },
            _ => {
                let detail = format!("status {}, no message in the answer", answer.status);
                failed(reading.outcomes, Cause::Unreadable, detail)
            }
        },
        Outcome::NotTaken(class) => {
            let code = (reading.refused)(answer);
            let known = code.as_deref().map(|code| class_in(reading.codes, code));
            Submission::NotTaken {
                class: known.filter(|class| *class != ErrorClass::Unknown).unwrap_or(class),
                code: code.unwrap_or_else(|| format!("http_{}", answer.status)),
                retry_after_ms: answer.retry_after_ms,
            }
        }
        Outcome::Unknown => Submission::Unknown { detail: format!("status {}", answer.status) },
    }
}

fn failed(outcomes: &[OutcomeRow], cause: Cause, detail: String) -> Submission {
    match row_for(outcomes, cause) {
        Outcome::NotTaken(class) => not_taken(class, "not_connected".to_owned()),
        Outcome::Taken | Outcome::Unknown => Submission::Unknown { detail },
    }
}

const fn not_taken(class: ErrorClass, code: String) -> Submission {
    Submission::NotTaken { class, code, retry_after_ms: None }
}

/// Where a provider is to say what became of a text: our attempt's id rides along, so that a
/// receipt finds it even where the submit's answer was lost. Empty where the account has no address.
pub(crate) fn status_url(account: &Account, text: &OutboundText) -> Option<String> {
    (!account.callback_base.is_empty()).then(|| format!("{}/status?attempt={}", account.callback_base, text.attempt))
}

/// The seconds for which a provider may keep a text. The inner is none where the provider gives up on any text
/// by itself before that; the outer where less than `least_ms` is left, so that it is not to be handed over.
#[expect(clippy::option_option, reason = "whether it may go at all, and whether a time goes with it")]
pub(crate) fn validity_s(text: &OutboundText, least_ms: i64, most_s: i64) -> Option<Option<i64>> {
    match text.valid_until.map(|until| until.saturating_sub(unix_ms()).div_euclid(1000)) {
        Some(left) if left < least_ms.div_euclid(1000) => None,
        left => Some(left.filter(|left| *left < most_s)),
    }
}

/// The present instant in Unix ms, for requests that carry it.
#[expect(
    clippy::disallowed_methods,
    reason = "a validity or a token's date depends on when the request is made, not on when the text was claimed"
)]
fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
