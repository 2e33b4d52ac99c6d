//! An opt-out is narrowed: the confirmation asked which texts were meant, and the customer keeps some.
//!
//! The ledger is the memory of it. The entry of the opt-out says that it was asked, in which inbox and for how
//! long the answer counts; whatever ends or renews the opt-out ends the question.

use super::follow::{Answered, log};
use super::receive::Fresh;
use crate::answering::{Asked, OptOutEvidence};
use crate::consent::{ConsentError, record_in};
use crate::reply::ReplyError;
use domain::answers::{self, Question};
use domain::consent::{Action, Method, Permits};
use domain::id::ConsentId;
use domain::inbound::Reading;
use domain::limits::CLARIFY_HOURS_MAX;
use std::collections::HashMap;
use store::{DbError, Tx, answering};

const HOUR_MS: i64 = 60 * 60 * 1000;

/// A question that was asked and not answered.
#[derive(Debug)]
struct Open {
    entry: ConsentId,
    asked: Asked,
    at: i64,
}

/// What was asked of those who may be answering, by address.
#[derive(Debug, Default)]
pub(super) struct Questions(HashMap<String, Open>);

impl Questions {
    /// Reads what the texts need: for nearly all nothing.
    pub(super) fn read(tx: &mut Tx<'_>, texts: &[Fresh<'_>]) -> Result<Self, DbError> {
        let answering = || texts.iter().filter(|text| answers::keeps(&text.body));
        let Some(first) = answering().map(|text| text.arrival.now).min() else { return Ok(Self::default()) };
        let mut addresses: Vec<String> = answering().map(|text| text.address().to_owned()).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let after = first.saturating_sub(CLARIFY_HOURS_MAX * HOUR_MS);
        let opt_outs = answering::opt_outs(tx, addresses, after)?.into_iter();
        let asked = opt_outs.filter_map(|row| {
            let kept: OptOutEvidence = serde_json::from_str(&row.evidence).ok()?;
            Some((row.address, Open { entry: row.entry, asked: kept.asked_scope?, at: row.recorded_at }))
        });
        Ok(Self(asked.collect()))
    }

    /// The entry of the opt-out whose question a text would answer: asked in the same inbox, and not too long ago.
    pub(super) fn open(&self, text: &Fresh<'_>) -> Option<ConsentId> {
        let open = self.0.get(text.address())?;
        let question = Question { hours: open.asked.hours };
        let counts =
            question.open(text.arrival.now.saturating_sub(open.at)) && open.asked.inbox == text.inbox.to_string();
        counts.then_some(open.entry)
    }
}

/// They keep order updates. Nothing is answered: the confirmation was the one text (47 CFR 64.1200(a)(12)).
pub(super) fn kept(
    tx: &mut Tx<'_>,
    reading: &Reading,
    at: &Answered<'_>,
    narrows: ConsentId,
) -> Result<(), ReplyError> {
    let evidence = serde_json::json!({
        "words": at.body, "matched_by": reading.matched_by, "narrows": narrows.to_string(),
    });
    let (address, message) = (at.text.from.as_str(), at.made.message);
    let blank = at.made.consent;
    let slip = blank.heard(address, Permits::Transactional, Action::Keep, Method::Keyword, message, &evidence, at.now);
    match record_in(tx, &slip, at.now) {
        Ok(_) => Ok(log(tx, at, "opt_out_narrowed")?),
        Err(ConsentError::Store(error)) => Err(error.into()),
        // Another node has heard otherwise meanwhile: the opt-out stays as it is.
        Err(_) => Ok(()),
    }
}
