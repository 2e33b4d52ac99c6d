//! The one door: gate, message, decision, outbox row and event, in the caller's
//! transaction.

use super::{Accepted, Author, NewText, ReplyError, encoding_word, lane, subject};
use crate::consent::{Leaving, Recipients};
use crate::courtesy::{self, Asked};
use crate::directory::Accounts;
use crate::gate::{self, Surroundings};
use crate::rules;
use domain::address::Address;
use domain::conversation::shown;
use domain::encoding;
use domain::gate::{Decision, Verdict};
use domain::id::{ConversationId, Id};
use domain::limits::{AUTOMATIC_WINDOW_MS, CONFIRMATION_MS, VALIDITY_MS};
use domain::message::{Kind, Origin, Purpose, State};
use std::collections::{BTreeSet, HashMap};
use store::conversation::{Added, Addition, NewConversation};
use store::decision::{NewDecision, Pass};
use store::message::MessageRow;
use store::outbox::Intent;
use store::sending::InboxFacts;
use store::suppression::AddressFacts;
use store::{DbError, NewEvent, Tx, conversation, decision, draft, media, message, outbox, suppression};
use uuid::Uuid;

/// An outbound text about to enter the outbox.
pub(crate) struct Enqueue<'a> {
    pub accounts: &'a Accounts,
    pub inbox: &'a InboxFacts,
    pub conversation: ConversationId,
    pub address: &'a Address,
    pub text: &'a NewText,
    /// SHA-256 of the text it answers by machine.
    pub answers: Option<Vec<u8>>,
    /// Whether the customer, who may be waiting, has their answer with it.
    pub ends_wait: bool,
    pub now: i64,
}

/// One text, of whose conversation the caller knows that it exists.
pub(crate) fn enqueue_in(tx: &mut Tx<'_>, one: Enqueue<'_>) -> Result<Accepted, ReplyError> {
    let locks = suppression::lock_many(tx, &[one.address.as_str()])?;
    let now = one.now;
    enqueue_many(tx, &[one], &[], locks, now)?.pop().ok_or(ReplyError::NoConversation)
}

/// A text with the gate's word on it.
struct Weighed {
    decision: Decision,
    /// What it was judged as.
    class: Purpose,
    state: State,
    held_until: Option<i64>,
    /// When it is due, Unix ms.
    due_at: i64,
}

/// Enqueues texts, each as if the ones before it had come alone. `locks` are
/// the facts of all their addresses, whose rows the caller has taken; the `new`
/// conversations begin with theirs. Whose conversation does not exist fails all.
pub(super) fn enqueue_many(
    tx: &mut Tx<'_>,
    items: &[Enqueue<'_>],
    new: &[NewConversation],
    mut locks: HashMap<String, AddressFacts>,
    now: i64,
) -> Result<Vec<Accepted>, DbError> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let weighed = weigh(tx, items, &mut locks)?;
    let seqs = numbers(tx, items, new, &weighed, now)?;
    let rows: Vec<MessageRow> =
        items.iter().zip(&weighed).zip(&seqs).map(|((one, weighed), seq)| row(one, weighed, *seq)).collect();
    message::insert_many(tx, &rows, false)?;
    for one in items {
        for (position, picture) in (0_i64..).zip(&one.text.media) {
            // Free, and ours until the commit: the caller has taken its row.
            media::attach(tx, *picture, one.text.message, position)?;
        }
    }
    let told = |weighed: &Weighed| weighed.state != State::Queued;
    // What may leave at once is explained by its claim, a moment later.
    let decisions = items.iter().zip(&weighed).filter(|(_, weighed)| told(weighed));
    let decisions = decisions.map(|(one, weighed)| {
        let (message, decision) = (one.text.message, &weighed.decision);
        NewDecision { message, last: None, decision }
    });
    decision::insert_many(tx, decisions, Pass::Accept, now)?;
    let looked = items.iter().zip(&weighed);
    let looked = looked.filter(|(one, weighed)| weighed.state == State::Refused || one.text.retry_of.is_some());
    conversation::recount_failed(tx, looked.map(|(one, _)| one.conversation).collect())?;
    let leaving: Vec<(&Enqueue<'_>, &Weighed)> =
        items.iter().zip(&weighed).filter(|(_, weighed)| weighed.state != State::Refused).collect();
    let intents: Vec<Intent> = leaving.iter().map(|(one, weighed)| intent(one, weighed)).collect();
    outbox::insert_many(tx, &intents)?;
    note_sent(tx, &leaving, &locks, now)?;
    let answered = leaving.iter().filter(|(one, _)| one.ends_wait).map(|(one, _)| one.address.as_str().to_owned());
    courtesy::wake_in(tx, &answered.collect::<Vec<_>>(), now)?;
    for one in items {
        if let Author { kind: "member", id: Some(member) } = one.text.author {
            draft::sent(tx, one.conversation, member, &one.text.body, now)?;
        }
    }
    for (row, one) in rows.iter().zip(items) {
        tx.event(NewEvent {
            kind: "message.created",
            conversation: Some(Id::uuid(one.conversation)),
            subject: Some(Id::uuid(one.text.message)),
            at: now,
            data: format!(r#"{{"seq":{},"kind":"outbound","state":"{}"}}"#, row.seq, row.state.word()),
        });
    }
    let accepted = rows.into_iter().zip(weighed);
    Ok(accepted.map(|(message, one)| Accepted { message, decision: Some(one.decision), repeated: false }).collect())
}

/// Asks the gate about each text, and lets what may leave count for those after it.
fn weigh(
    tx: &mut Tx<'_>,
    items: &[Enqueue<'_>],
    locks: &mut HashMap<String, AddressFacts>,
) -> Result<Vec<Weighed>, DbError> {
    let all = items.iter().map(|one| {
        let (purpose, body) = (one.text.purpose, one.text.body.as_str());
        Leaving { address: one.address.as_str(), purpose, body }
    });
    let now = items.first().map_or(0, |one| one.now);
    // All of one workspace, and so by the same rules.
    let Some(first) = items.first() else { return Ok(Vec::new()) };
    let pack = rules::for_inbox(tx, first.inbox)?;
    let recipients = Recipients::read(tx, all, &pack, Asked::new(&first.inbox.policy), now)?;
    let mut conversations: Vec<Uuid> = items.iter().map(|one| Id::uuid(one.conversation)).collect();
    conversations.sort_unstable();
    conversations.dedup();
    let talks: HashMap<ConversationId, Option<i64>> = conversation::talks(tx, conversations)?.into_iter().collect();
    let mut all = Vec::with_capacity(items.len());
    for one in items {
        let key = one.address.as_str();
        let facts = locks.entry(key.to_owned()).or_default();
        let recipient = recipients.of(key);
        let candidates = recipient.candidates(one.address);
        let told = recipient.told(Some(one.text.message), &one.text.topic);
        let around = Surroundings {
            inbox: one.inbox,
            capabilities: gate::capabilities(one.accounts, one.inbox),
            opted_out_since: recipient.opted_out_since,
            overtaken: false,
            last_inbound_at: talks.get(&one.conversation).copied().flatten(),
            address: facts,
            answers: one.answers.as_deref(),
            accepted: false,
            candidates: &candidates,
            pack: &pack,
            facts: told.facts(one.inbox),
        };
        let mut decision = domain::gate::decide(&gate::inputs(&subject(one.text, one.address, one.now), &around));
        let (state, (held_until, due_at)) = match decision.verdict {
            Verdict::Send => (State::Queued, (None, one.now)),
            Verdict::Hold { until } => (State::Held, gate::held(&decision, until)),
            Verdict::Refuse => (State::Refused, (None, one.now)),
        };
        if state != State::Queued {
            gate::note_body(&mut decision, &gate::body_hash(&one.text.body));
        }
        if state != State::Refused {
            count(facts, one);
        }
        let class = decision.class().unwrap_or(one.text.purpose);
        all.push(Weighed { decision, class, state, held_until, due_at });
    }
    Ok(all)
}

/// What a text that may leave changes about its address.
fn count(facts: &mut AddressFacts, one: &Enqueue<'_>) {
    facts.last_out_hash = Some(gate::body_hash(&one.text.body));
    if !one.text.origin.automatic() {
        facts.automatic_at.clear();
        return;
    }
    let since = one.now - AUTOMATIC_WINDOW_MS;
    facts.automatic_at.retain(|at| *at > since);
    // The confirmation of an opt-out is owed whatever else was said.
    if one.text.origin != Origin::OptOutConfirmation {
        facts.automatic_at.push(one.now);
    }
}

/// Keeps what [`count`] changed.
fn note_sent(
    tx: &mut Tx<'_>,
    leaving: &[(&Enqueue<'_>, &Weighed)],
    locks: &HashMap<String, AddressFacts>,
    now: i64,
) -> Result<(), DbError> {
    let of = |automatic: bool| {
        let texts = leaving.iter().filter(move |(one, _)| one.text.origin.automatic() == automatic);
        let addresses: BTreeSet<&str> = texts.map(|(one, _)| one.address.as_str()).collect();
        let notes = addresses.into_iter().filter_map(|address| Some((address, locks.get(address)?)));
        notes.collect::<Vec<_>>()
    };
    // Where both wrote, the facts already say what came of it.
    suppression::note_person(tx, &of(false), now)?;
    suppression::note_automatic(tx, &of(true))
}

/// The texts' numbers in their conversations.
fn numbers(
    tx: &mut Tx<'_>,
    items: &[Enqueue<'_>],
    new: &[NewConversation],
    weighed: &[Weighed],
    now: i64,
) -> Result<Vec<i64>, DbError> {
    let mut places: HashMap<ConversationId, usize> = HashMap::with_capacity(items.len());
    let mut additions: Vec<Addition> = Vec::with_capacity(items.len());
    for (one, weighed) in items.iter().zip(weighed) {
        let added = match (weighed.state, one.ends_wait) {
            (State::Refused, _) => Added::Silent,
            (_, false) => Added::Automatic,
            (_, true) => Added::Outbound,
        };
        let place = *places.entry(one.conversation).or_insert(additions.len());
        if place == additions.len() {
            let id = one.conversation;
            additions.push(Addition { id, count: 0, added: Added::Silent, preview: String::new() });
        }
        if let Some(addition) = additions.get_mut(place) {
            addition.count += 1;
            addition.added = addition.added.max(added);
            if added != Added::Silent {
                addition.preview = shown(&one.text.body, one.text.media.len());
            }
        }
    }
    additions.sort_unstable_by_key(|addition| addition.id);
    let mut next = conversation::add_many(tx, new, &additions, now)?;
    for addition in &additions {
        let last = next.get_mut(&addition.id).ok_or(DbError::NoRow { statement: "CONVERSATION_ADD" })?;
        *last -= addition.count;
    }
    let mut take = |one: &Enqueue<'_>| {
        let seq = next.entry(one.conversation).or_default();
        *seq += 1;
        *seq
    };
    Ok(items.iter().map(&mut take).collect())
}

fn row(one: &Enqueue<'_>, weighed: &Weighed, seq: i64) -> MessageRow {
    let (text, now) = (one.text, one.now);
    let measure = encoding::measure(&text.body);
    let explained = (weighed.state != State::Queued).then_some(&weighed.decision);
    MessageRow {
        id: text.message,
        conversation_id: one.conversation,
        seq,
        kind: Kind::Outbound,
        body: text.body.clone(),
        author_kind: Some(text.author.kind.to_owned()),
        author_id: text.author.id,
        purpose: Some(text.purpose),
        topic: text.topic.clone(),
        class: Some(weighed.class),
        legal_basis: weighed.decision.basis.legal_basis,
        origin: Some(text.origin),
        state: weighed.state,
        state_at: now,
        reason_code: explained.map(|decision| decision.code.clone()),
        reason_detail: explained.map(|decision| decision.detail.clone()),
        held_until: weighed.held_until,
        send_after: text.send_after,
        valid_until: text.valid_until,
        retry_of: text.retry_of,
        encoding: Some(encoding_word(measure.encoding).to_owned()),
        parts: i64::from(measure.parts.max(1)),
        media: i64::try_from(text.media.len()).unwrap_or(0),
        in_flight_at_opt_out: false,
        data: None,
        created_at: now,
    }
}

fn intent(one: &Enqueue<'_>, weighed: &Weighed) -> Intent {
    let (text, now) = (one.text, one.now);
    let given_up = match (text.origin, weighed.held_until) {
        (Origin::OptOutConfirmation, _) => Some(now + CONFIRMATION_MS),
        // Nobody gives up what waits for an hour, however long the law keeps it.
        (_, Some(_)) => None,
        // What waits for a switch grows old from now on.
        (_, None) => Some(now + VALIDITY_MS),
    };
    Intent {
        message: text.message,
        conversation: one.conversation,
        inbox: one.inbox.id,
        account: one.inbox.account,
        address: one.address.as_str().to_owned(),
        origin: text.origin,
        // What ends marketing while it waits ends it as well, and it does not overtake what somebody waits for.
        purpose: weighed.class,
        lane: lane(text.origin, weighed.class),
        due_at: weighed.due_at,
        valid_until: text.valid_until.or(given_up),
        created_at: now,
    }
}
