//! A customer joins by text: a join keyword, and the YES to what it asked.
//!
//! The ledger is the memory of it. A double opt-in that waits is a pending standing whose entry says
//! what was asked, in which inbox and for how long its answer counts; whatever ends it ends the request.

use super::follow::{Answered, answer, inbox_facts, log};
use super::receive::Fresh;
use crate::consent::{ConsentError, Disclosure, Slip, opt_out_scope, record_in, standing_in};
use crate::optin::language_of;
use crate::reply::ReplyError;
use domain::consent::{Action, Channel, EVERY_TOPIC, Method, Permits, Proof, Standing, Status, marketing};
use domain::id::{Id, InboxId, JoinWordId, OptinPageId};
use domain::inbound::Reading;
use domain::join::{self, Match, Offer};
use domain::keyword;
use domain::limits::{JOIN_CONFIRM_HOURS, PAGE_CONFIRM_HOURS};
use domain::message::Origin;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::join_word::{self, JoinRequest, JoinWordRow};
use store::{DbError, Tx, consent, optin_page, suppression};

const HOUR_MS: i64 = 60 * 60 * 1000;

/// What an entry of the ledger keeps of a join.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    words: String,
    matched_by: String,
    /// The join keyword, and as it was written then.
    join_word: String,
    keyword: String,
    inbox: String,
    programme: String,
    frequency: String,
    locale: String,
    disclosure_version: i64,
    /// For how long a YES counts, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm_within_hours: Option<i64>,
}

/// What of a request says whether a text answers it, whether a keyword or a page made it.
#[derive(Debug, Deserialize)]
struct Term {
    inbox: String,
    confirm_within_hours: i64,
}

/// What a request of an opt-in page keeps of the page.
#[derive(Debug, Deserialize)]
struct OfPage {
    page: String,
}

/// What the texts of a batch may join by: their inboxes' words, and what was asked and not answered.
#[derive(Debug, Default)]
pub(super) struct Joins {
    words: HashMap<InboxId, Words>,
    asked: HashMap<String, Vec<JoinRequest>>,
}

#[derive(Debug, Default)]
struct Words {
    rows: Vec<JoinWordRow>,
    /// Their plain forms, in the same order.
    plain: Vec<String>,
}

impl Joins {
    /// Reads what the texts need: for most nothing. `hearing` are the inboxes that have words.
    pub(super) fn read(tx: &mut Tx<'_>, texts: &[Fresh<'_>], hearing: &[InboxId]) -> Result<Self, DbError> {
        let mut found = Self::default();
        let mut inboxes: Vec<uuid::Uuid> = texts
            .iter()
            .filter(|text| hearing.contains(&text.inbox) && join::could_be(&text.body))
            .map(|text| Id::uuid(text.inbox))
            .collect();
        if !inboxes.is_empty() {
            inboxes.sort_unstable();
            inboxes.dedup();
            for row in join_word::of_inboxes(tx, inboxes)? {
                let words = found.words.entry(row.inbox).or_default();
                words.plain.push(row.plain.clone());
                words.rows.push(row);
            }
        }
        found.look_again(tx, texts)?;
        Ok(found)
    }

    /// Looks anew what was asked of those who may be answering.
    pub(super) fn look_again(&mut self, tx: &mut Tx<'_>, texts: &[Fresh<'_>]) -> Result<(), DbError> {
        self.asked.clear();
        let answering = || texts.iter().filter(|text| keyword::could_agree(&text.body));
        let mut addresses: Vec<String> = answering().map(|text| text.address().to_owned()).collect();
        let Some(first) = answering().map(|text| text.arrival.now).min() else { return Ok(()) };
        addresses.sort_unstable();
        addresses.dedup();
        for request in
            join_word::requests_open(tx, addresses, first - JOIN_CONFIRM_HOURS.max(PAGE_CONFIRM_HOURS) * HOUR_MS)?
        {
            self.asked.entry(request.address.clone()).or_default().push(request);
        }
        Ok(())
    }

    /// Which word a text is.
    pub(super) fn find(&self, text: &Fresh<'_>) -> Option<Match> {
        let words = self.words.get(&text.inbox)?;
        join::could_be(&text.body).then(|| join::find(&text.body, &words.plain)).flatten()
    }

    /// The word at a place among those of an inbox.
    pub(super) fn word(&self, inbox: InboxId, at: Match) -> Option<&JoinWordRow> {
        self.words.get(&inbox)?.rows.get(at.word)
    }

    /// What a text would be the answer to: the last request, made in the same inbox, whose term is not
    /// over, unless a person or program who chooses what to say has texted them since. Then YES may be
    /// the answer to that.
    pub(super) fn asked(&self, text: &Fresh<'_>) -> Option<&JoinRequest> {
        let inbox = text.inbox.to_string();
        self.asked.get(text.address())?.iter().rev().find(|request| {
            let Ok(kept) = serde_json::from_str::<Term>(&request.evidence) else { return false };
            let term_ms = kept.confirm_within_hours.saturating_mul(HOUR_MS);
            kept.inbox == inbox
                && text.arrival.now.saturating_sub(request.occurred_at) <= term_ms
                && request.person_at.is_none_or(|at| at <= request.occurred_at)
        })
    }
}

/// How consent stands for a word's topic.
fn stands(tx: &mut Tx<'_>, at: &Answered<'_>, topic: &str) -> Result<Option<Standing>, DbError> {
    let address = at.text.from.as_str();
    let rows = consent::standings(tx, vec![address.to_owned()])?;
    let of = |topic: &str| standing_in(&rows, address, Permits::Marketing, topic);
    Ok(if topic == EVERY_TOPIC {
        of(EVERY_TOPIC)
    } else {
        of(topic).and_then(|own| marketing(Some(own), of(EVERY_TOPIC)))
    })
}

/// They texted a join keyword. A slip of the thumb is asked about, whatever the word's way: it may have
/// been another word.
pub(super) fn joined(
    tx: &mut Tx<'_>,
    reading: &Reading,
    at: &Answered<'_>,
    word: &JoinWordRow,
    slip: bool,
) -> Result<(), ReplyError> {
    let facts = inbox_facts(tx, at.inbox)?;
    let offer = offer(&facts.brand, word);
    let stands = stands(tx, at, &word.topic)?.filter(|standing| standing.status == Status::Granted);
    let out = |scope: &str| at.scopes.iter().any(|known| known == scope);
    let left = out(suppression::ALL_TEXTS) || out(opt_out_scope(Permits::Marketing, &word.topic));
    match stands.filter(|_| !left) {
        // They are in already, by a signature: the ledger has nothing to add.
        Some(standing) if standing.proof == Proof::Written => {}
        None if word.double_opt_in || slip => {
            let kept = kept(reading, at, word, Some(JOIN_CONFIRM_HOURS));
            write_down(tx, at, &entry(at, Action::Request, word, &kept))?;
            log(tx, at, "join_asked")?;
            return answer(tx, at, &facts, Origin::OptInConfirmation, join::request(&offer));
        }
        // A request would change nothing of what stands, so a slip has nothing to be asked by.
        Some(_) if slip => return Ok(()),
        // What stands without a signature gets one: their word.
        Some(_) | None => {
            returns(tx, reading, at)?;
            write_down(tx, at, &entry(at, Action::Grant, word, &kept(reading, at, word, None)))?;
            log(tx, at, "joined")?;
        }
    }
    answer(tx, at, &facts, Origin::OptInConfirmation, join::confirmation(&offer))
}

/// They said YES.
pub(super) fn confirmed(
    tx: &mut Tx<'_>,
    reading: &Reading,
    at: &Answered<'_>,
    asked: &JoinRequest,
) -> Result<(), ReplyError> {
    let Ok(kept) = serde_json::from_str::<Kept>(&asked.evidence) else {
        return page_confirmed(tx, reading, at, asked);
    };
    returns(tx, reading, at)?;
    let evidence = serde_json::json!({
        "words": at.body,
        "matched_by": reading.matched_by,
        "confirms": asked.entry.to_string(),
        "keyword": kept.keyword,
    });
    if !confirm(tx, at, asked, &evidence)? {
        return Ok(());
    }
    let facts = inbox_facts(tx, at.inbox)?;
    let word = match kept.join_word.parse::<JoinWordId>() {
        Ok(id) => join_word::get(tx, id)?,
        Err(_) => None,
    };
    // A word that was taken away meanwhile still owes what its request promised.
    let offer = word.as_ref().map_or(
        Offer {
            brand: &facts.brand,
            programme: &kept.programme,
            frequency: &kept.frequency,
            locale: &kept.locale,
            confirmation: "",
            welcome: "",
        },
        |word| offer(&facts.brand, word),
    );
    answer(tx, at, &facts, Origin::OptInConfirmation, join::confirmation(&offer))
}

/// They said YES to what a page of the shop's asked: the word confirms it as its link does.
fn page_confirmed(
    tx: &mut Tx<'_>,
    reading: &Reading,
    at: &Answered<'_>,
    asked: &JoinRequest,
) -> Result<(), ReplyError> {
    let Ok(OfPage { page }) = serde_json::from_str(&asked.evidence) else { return Ok(()) };
    let evidence = serde_json::json!({
        "words": at.body, "matched_by": reading.matched_by, "confirms": asked.entry.to_string(), "page": page,
    });
    if !confirm(tx, at, asked, &evidence)? {
        return Ok(());
    }
    let facts = inbox_facts(tx, at.inbox)?;
    let page = match page.parse::<OptinPageId>() {
        Ok(id) => optin_page::get(tx, id)?,
        Err(_) => None,
    };
    let language = page.as_ref().map_or(facts.language, language_of);
    answer(tx, at, &facts, Origin::OptInConfirmation, domain::consent::welcome(&facts.brand, language))
}

/// Writes the YES down, with the words that were shown when it was asked for. Not where it makes no sense any more.
fn confirm(
    tx: &mut Tx<'_>,
    at: &Answered<'_>,
    asked: &JoinRequest,
    evidence: &serde_json::Value,
) -> Result<bool, ReplyError> {
    let mut slip = blank(at, Action::Confirm, &asked.topic, evidence);
    slip.entry.proof = asked.proof;
    slip.entry.disclosure = asked.disclosure;
    let written = write_down(tx, at, &slip)?;
    if written {
        log(tx, at, "join_confirmed")?;
    }
    Ok(written)
}

/// Whoever joins after an opt-out of everything wants texts again, as with START. Opt-outs of something
/// else stay: they were of something else.
fn returns(tx: &mut Tx<'_>, reading: &Reading, at: &Answered<'_>) -> Result<(), ReplyError> {
    if !at.scopes.iter().any(|scope| scope == suppression::ALL_TEXTS) {
        return Ok(());
    }
    let evidence = serde_json::json!({ "words": at.body, "matched_by": reading.matched_by });
    let (address, message) = (at.text.from.as_str(), at.made.message);
    let blank = at.made.consent.second();
    let slip = blank.heard(address, Permits::All, Action::Resume, Method::Keyword, message, &evidence, at.now);
    write_down(tx, at, &slip)?;
    Ok(log(tx, at, "opted_in")?)
}

fn offer<'a>(brand: &'a str, word: &'a JoinWordRow) -> Offer<'a> {
    Offer {
        brand,
        programme: &word.programme,
        frequency: &word.frequency,
        locale: &word.locale,
        confirmation: &word.confirmation,
        welcome: &word.welcome,
    }
}

fn kept(reading: &Reading, at: &Answered<'_>, word: &JoinWordRow, hours: Option<i64>) -> Kept {
    Kept {
        words: at.body.to_owned(),
        matched_by: reading.matched_by.clone(),
        join_word: word.id.to_string(),
        keyword: word.word.clone(),
        inbox: at.inbox.to_string(),
        programme: word.programme.clone(),
        frequency: word.frequency.clone(),
        locale: word.locale.clone(),
        disclosure_version: word.disclosure_version,
        confirm_within_hours: hours,
    }
}

fn blank(at: &Answered<'_>, action: Action, topic: &str, evidence: &serde_json::Value) -> Slip {
    let (address, message) = (at.text.from.as_str(), at.made.message);
    let blank = at.made.consent;
    let mut slip = blank.heard(address, Permits::Marketing, action, Method::Keyword, message, evidence, at.now);
    topic.clone_into(&mut slip.entry.topic);
    slip
}

/// A keyword is a signature (E-SIGN), kept with the words that stood beside it.
fn entry(at: &Answered<'_>, action: Action, word: &JoinWordRow, kept: &Kept) -> Slip {
    let evidence = serde_json::to_value(kept).unwrap_or_default();
    let mut slip = blank(at, action, &word.topic, &evidence);
    slip.entry.proof = Proof::Written;
    let shown = Disclosure { locale: word.locale.clone(), text: word.disclosure.clone() };
    let id = at.made.consent.disclosure();
    slip.disclosure = Some(shown.row(id, Channel::Sms, Permits::Marketing, at.now));
    slip
}

/// Whether it was written down; not where it makes no sense any more.
fn write_down(tx: &mut Tx<'_>, at: &Answered<'_>, slip: &Slip) -> Result<bool, DbError> {
    match record_in(tx, slip, at.now) {
        Ok(_) => Ok(true),
        Err(ConsentError::Store(error)) => Err(error),
        Err(_) => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_of_before_are_still_read() -> Result<(), Box<dyn std::error::Error>> {
        let read: Vec<Kept> = testkit::stored::samples(env!("CARGO_MANIFEST_DIR"), "join")?;
        let hours: Vec<_> = read.iter().map(|kept| kept.confirm_within_hours).collect();
        assert_eq!(hours, [None, Some(72)]);
        Ok(())
    }
}
