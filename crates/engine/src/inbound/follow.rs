//! What must follow from a text that asks for more than an answer: opt-outs, opt-ins, help.

use super::{Made, joining, keeping};
use crate::answering::{self, Asked, Hearer, OptOutEvidence, Speaker};
use crate::consent::{opt_out_scope, record_heard_in};
use crate::directory::Accounts;
use crate::gate;
use crate::reply::{Author, Enqueue, NewText, ReplyError, enqueue_in, event_state};
use crate::rules;
use channels::channel::InboundText;
use domain::consent::{Action, EVERY_TOPIC, Method, Permits};
use domain::gate::{Decision, Ended};
use domain::id::{ConsentId, ConversationId, CustomerId, Id, InboxId, MessageId};
use domain::inbound::{Effect, Reading};
use domain::keyword::Class;
use domain::message::{Origin, Purpose, State};
use store::decision::{NewDecision, Pass};
use store::join_word::{JoinRequest, JoinWordRow};
use store::message::StateChange;
use store::unsure_text::UnsureTextRow;
use store::{DbError, NewEvent, Tx, conversation, decision, message, outbox, sending};

/// An inbound text in its thread, for what must follow from it.
pub(super) struct Answered<'a> {
    pub accounts: &'a Accounts,
    pub conversation: ConversationId,
    pub customer: CustomerId,
    pub inbox: InboxId,
    pub text: &'a InboundText,
    pub body: &'a str,
    pub made: &'a Made,
    /// What the address was opted out of before.
    pub scopes: Vec<String>,
    /// The join keyword it is, where it is one.
    pub word: Option<&'a JoinWordRow>,
    /// The request it answers, where it answers one.
    pub asked: Option<&'a JoinRequest>,
    /// The opt-out that it narrows, where it answers what the confirmation asked.
    pub narrows: Option<ConsentId>,
    pub now: i64,
}

pub(super) fn follow(tx: &mut Tx<'_>, reading: &Reading, at: &Answered<'_>) -> Result<(), ReplyError> {
    match reading.effect {
        Effect::None => Ok(()),
        Effect::OptOut { confirm } => opt_out(tx, reading, at, confirm),
        Effect::OptIn { answer } => opt_in(tx, reading, at, answer),
        Effect::Join(found) => match at.word {
            Some(word) => joining::joined(tx, reading, at, word, found.slip),
            None => Ok(()),
        },
        Effect::Confirm => match at.asked {
            Some(asked) => joining::confirmed(tx, reading, at, asked),
            None => Ok(()),
        },
        Effect::Keep => match at.narrows {
            Some(opt_out) => keeping::kept(tx, reading, at, opt_out),
            None => Ok(()),
        },
        // The conversation opens for a person, and the log says why.
        Effect::Ask => {
            ask(tx, reading, at)?;
            Ok(log(tx, at, "unsure")?)
        }
        Effect::Help { answer: false } => Ok(()),
        Effect::Help { answer: true } => {
            let facts = inbox_facts(tx, at.inbox)?;
            let words = Speaker::find(tx, &facts, hearer(reading, at))?.voice().help(&facts.help_text);
            answer(tx, at, &facts, Origin::HelpAnswer, words)
        }
    }
}

/// A person is asked whether they want to stop; marketing rests until one says.
fn ask(tx: &mut Tx<'_>, reading: &Reading, at: &Answered<'_>) -> Result<(), ReplyError> {
    let row = UnsureTextRow {
        message: at.made.message,
        conversation: at.conversation,
        customer: at.customer,
        address: at.text.from.as_str().to_owned(),
        matched_by: reading.matched_by.clone(),
        asked_at: at.now,
        answered_at: None,
        answer: None,
        body: at.body.to_owned(),
    };
    Ok(crate::unsure_text::ask_in(tx, &row, at.made.consent)?)
}

fn opt_out(tx: &mut Tx<'_>, reading: &Reading, at: &Answered<'_>, confirm: bool) -> Result<(), ReplyError> {
    let permits = domain::inbound::withdrawn(reading.scope);
    let known = at.scopes.iter().any(|scope| scope == opt_out_scope(permits, EVERY_TOPIC));
    let mut evidence =
        OptOutEvidence { words: at.body.to_owned(), matched_by: reading.matched_by.clone(), asked_scope: None };
    let said = |tx: &mut Tx<'_>, evidence: &OptOutEvidence| {
        write_down(tx, at, Action::Revoke, permits, serde_json::to_value(evidence).unwrap_or_default())?;
        log(tx, at, "opted_out").map_err(ReplyError::from)
    };
    if !confirm || known {
        return said(tx, &evidence);
    }
    let (facts, hearer) = (inbox_facts(tx, at.inbox)?, hearer(reading, at));
    let blocks = at.text.took_for == Some(Class::OptOut);
    let question = answering::question(tx, &facts, hearer, reading.scope, blocks)?;
    evidence.asked_scope = question.map(|question| Asked { inbox: at.inbox.to_string(), hours: question.hours });
    said(tx, &evidence)?;
    let words = Speaker::find(tx, &facts, hearer)?.voice().opt_out(reading.scope, question);
    answer(tx, at, &facts, Origin::OptOutConfirmation, words)
}

/// Whom an answer to a text goes to.
fn hearer<'a>(reading: &Reading, at: &'a Answered<'_>) -> Hearer<'a> {
    Hearer {
        address: at.text.from.as_str(),
        customer: at.customer,
        conversation: at.conversation,
        language: reading.language,
    }
}

/// The customer's words and what they did, in the ledger.
fn write_down(
    tx: &mut Tx<'_>,
    at: &Answered<'_>,
    action: Action,
    permits: Permits,
    evidence: serde_json::Value,
) -> Result<(), ReplyError> {
    let alone = at.body.split_whitespace().count() == 1;
    let method = if alone { Method::Keyword } else { Method::OwnWords };
    let (address, message) = (at.text.from.as_str(), at.made.message);
    let slip = at.made.consent.heard(address, permits, action, method, message, &evidence, at.now);
    record_heard_in(tx, &slip, at.now).map_err(ReplyError::from)
}

/// Refuses texts that waited when their recipient opted out, each with its verdict.
pub(crate) fn refuse_waiting(tx: &mut Tx<'_>, taken: &[outbox::Taken], now: i64) -> Result<(), DbError> {
    refuse_taken(tx, taken, Ended::OptedOut, now)
}

/// Refuses texts that were taken out of the outbox, each with its verdict.
pub(crate) fn refuse_taken(tx: &mut Tx<'_>, taken: &[outbox::Taken], why: Ended, now: i64) -> Result<(), DbError> {
    if taken.is_empty() {
        return Ok(());
    }
    let changes: Vec<StateChange> = taken
        .iter()
        .map(|intent| StateChange {
            id: intent.message,
            state: State::Refused,
            at: now,
            code: Some(why.code().to_owned()),
            detail: Some(why.detail().to_owned()),
            held_until: None,
        })
        .collect();
    message::set_states(tx, &changes)?;
    let pack = &rules::current(tx)?.id;
    let verdicts: Vec<(MessageId, Decision)> = taken
        .iter()
        .map(|intent| (intent.message, Decision::ended_while_waiting(why, intent.origin, intent.purpose, pack, now)))
        .collect();
    let last = decision::last_numbers(tx, taken.iter().map(|intent| Id::uuid(intent.message)).collect())?;
    let new = verdicts.iter().map(|(message, decision)| {
        let (message, last) = (*message, last.get(message).copied());
        NewDecision { message, last, decision }
    });
    decision::insert_many(tx, new, Pass::Claim, now)?;
    for intent in taken {
        event_state(tx, intent.message, intent.conversation, State::Refused, now);
    }
    conversation::recount_failed(tx, taken.iter().map(|intent| intent.conversation).collect())
}

fn opt_in(tx: &mut Tx<'_>, reading: &Reading, at: &Answered<'_>, owed: bool) -> Result<(), ReplyError> {
    // A START with nothing to take back changes nothing.
    if at.scopes.is_empty() {
        return Ok(());
    }
    let evidence = serde_json::json!({ "words": at.body, "matched_by": reading.matched_by });
    write_down(tx, at, Action::Resume, Permits::All, evidence)?;
    log(tx, at, "opted_in")?;
    if !owed {
        return Ok(());
    }
    let facts = inbox_facts(tx, at.inbox)?;
    let words = Speaker::find(tx, &facts, hearer(reading, at))?.voice().opt_in();
    answer(tx, at, &facts, Origin::OptInConfirmation, words)
}

pub(super) fn inbox_facts(tx: &mut Tx<'_>, inbox: InboxId) -> Result<sending::InboxFacts, ReplyError> {
    sending::inbox_facts(tx, vec![Id::uuid(inbox)])?.pop().ok_or(ReplyError::NoInbox)
}

/// Answers by machine, through the one door.
pub(super) fn answer(
    tx: &mut Tx<'_>,
    at: &Answered<'_>,
    facts: &sending::InboxFacts,
    origin: Origin,
    words: String,
) -> Result<(), ReplyError> {
    let text = NewText {
        message: at.made.answer,
        body: words,
        media: Vec::new(),
        origin,
        purpose: Purpose::Conversational,
        topic: String::new(),
        author: Author::SYSTEM,
        send_after: None,
        valid_until: None,
        retry_of: None,
    };
    let enqueue = Enqueue {
        accounts: at.accounts,
        inbox: facts,
        conversation: at.conversation,
        address: &at.text.from,
        text: &text,
        answers: Some(gate::body_hash(at.body)),
        ends_wait: false,
        now: at.now,
    };
    enqueue_in(tx, enqueue).map(|_| ())
}

/// One line in the thread that says what the text did.
pub(super) fn log(tx: &mut Tx<'_>, at: &Answered<'_>, what: &'static str) -> Result<(), DbError> {
    tx.event(NewEvent {
        kind: "customer.consent",
        conversation: Some(Id::uuid(at.conversation)),
        subject: Some(Id::uuid(at.made.message)),
        at: at.now,
        data: format!(r#"{{"what":"{what}"}}"#),
    });
    Ok(())
}
