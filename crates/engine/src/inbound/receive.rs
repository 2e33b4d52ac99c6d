//! The deed: texts into their threads, in the order they came.

use super::follow::{Answered, follow};
use super::joining::Joins;
use super::keeping::Questions;
use super::{Arrival, Received};
use crate::accounts::unnamed;
use crate::directory::Accounts;
use crate::gate::BRAND;
use crate::reply::ReplyError;
use channels::simulator::phone_picture_upload;
use domain::address::Address;
use domain::conversation::{Last, Placement, Status, place, shown};
use domain::id::{AccountId, ConversationId, CustomerId, Id, InboxId};
use domain::inbound::{Effect, Facts, Reading};
use domain::limits::INBOUND_CHARS_MAX;
use domain::message::{Kind, State};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use store::conversation::{Added, Addition, NewConversation, Side};
use store::customer::Newcomer;
use store::inbound::Taking;
use store::inbox::InboxRow;
use store::media::MediaRow;
use store::message::MessageRow;
use store::{DbError, NewEvent, Tx, conversation, customer, inbound, inbox, media, message, suppression};

/// The scopes that addresses are opted out of; those that are of none are absent.
type OptOuts = HashMap<String, Vec<String>>;

/// A text that is new, with what is read in it.
pub(super) struct Fresh<'a> {
    pub(super) arrival: &'a Arrival,
    pub(super) body: String,
    pub(super) inbox: InboxId,
}

impl Fresh<'_> {
    pub(super) fn address(&self) -> &str {
        self.arrival.text.from.as_str()
    }

    fn read(&self, opt_outs: &OptOuts, joins: &Joins, questions: &Questions) -> Reading {
        let text = &self.arrival.text;
        let scopes = opt_outs.get(self.address()).map_or(&[][..], Vec::as_slice);
        let facts = Facts {
            opted_out: scopes.iter().any(|scope| scope == suppression::ALL_TEXTS),
            provider_took_for: text.took_for,
            provider_answered: text.answered,
            survey_open: false,
            asked_opt_in: joins.asked(self).is_some(),
            join: joins.find(self),
            asked_scope: questions.open(self).is_some(),
        };
        domain::inbound::read(&self.body, text.media.len(), facts)
    }
}

/// Takes texts in, each as if those before it had come alone.
pub(super) fn receive_in(
    tx: &mut Tx<'_>,
    accounts: &Accounts,
    arrivals: &[Arrival],
) -> Result<Vec<Received>, ReplyError> {
    let (received, first) = known(tx, arrivals)?;
    let fresh: Vec<&Arrival> = arrivals.iter().zip(&first).filter(|(_, first)| **first).map(|(one, _)| one).collect();
    if fresh.is_empty() {
        return Ok(received);
    }
    let mut opt_outs = heard(tx, &fresh)?;
    let mut texts = Vec::with_capacity(fresh.len());
    let (mut inboxes, mut hearing) = (HashMap::new(), Vec::new());
    for arrival in fresh {
        let key = (arrival.from, arrival.text.to.as_str());
        let inbox = match inboxes.get(&key) {
            Some(known) => *known,
            None => {
                let (inbox, has_words) = inbox_of(tx, arrival)?;
                if has_words {
                    hearing.push(inbox);
                }
                inbox
            }
        };
        inboxes.insert(key, inbox);
        // PostgreSQL keeps no NUL; nobody sees one either.
        let body = arrival.text.body.chars().filter(|ch| *ch != '\0').take(INBOUND_CHARS_MAX).collect();
        texts.push(Fresh { arrival, body, inbox });
    }
    let mut joins = Joins::read(tx, &texts, &hearing)?;
    let mut questions = Questions::read(tx, &texts)?;
    // Before any thread is touched: claims and accepts of these addresses wait here.
    let wishes = texts.iter().filter(|text| text.read(&opt_outs, &joins, &questions).effect != Effect::None);
    let wishes: BTreeSet<&str> = wishes.map(Fresh::address).collect();
    if !wishes.is_empty() {
        suppression::lock_many(tx, &wishes.iter().copied().collect::<Vec<_>>())?;
        message::hold_in_flight(tx, &wishes.iter().copied().collect::<Vec<_>>())?;
        // Another node may just have heard the same: each opt-out is confirmed once,
        // by whoever finds with the row in hand that there was none.
        renew(tx, &mut opt_outs, wishes)?;
        joins.look_again(tx, &texts)?;
        questions = Questions::read(tx, &texts)?;
    }
    let mut rest = texts.as_slice();
    while !rest.is_empty() {
        // What a wish changes, the texts after it are read with.
        let readings: Vec<Reading> = rest.iter().map(|text| text.read(&opt_outs, &joins, &questions)).collect();
        let plain = readings.iter().take_while(|reading| reading.effect == Effect::None).count();
        let (run, after) = rest.split_at((plain + 1).min(rest.len()));
        // All of a run came at once: a STOP is not older than a text beside it, or that
        // text would count as written after it.
        let now = run.iter().map(|text| text.arrival.now).max().unwrap_or(0);
        let kept = keep(tx, accounts, run, &readings, now)?;
        if let (Some(reading), Some(text), Some((conversation, customer))) =
            (readings.get(plain), run.get(plain), kept.last())
        {
            let arrival = text.arrival;
            let word = match reading.effect {
                Effect::Join(found) => joins.word(text.inbox, found),
                _ => None,
            };
            let answered = Answered {
                accounts,
                conversation: *conversation,
                customer: *customer,
                inbox: text.inbox,
                text: &arrival.text,
                body: &text.body,
                made: &arrival.made,
                scopes: opt_outs.get(text.address()).cloned().unwrap_or_default(),
                word,
                asked: joins.asked(text),
                narrows: questions.open(text),
                now,
            };
            follow(tx, reading, &answered)?;
            if !after.is_empty() {
                renew(tx, &mut opt_outs, BTreeSet::from([text.address()]))?;
                joins.look_again(tx, after)?;
                questions = Questions::read(tx, after)?;
            }
        }
        rest = after;
    }
    Ok(received)
}

/// The scopes that the addresses of some texts are opted out of. Who was erased and
/// writes again is known again: their opt-out stands under the number itself.
fn heard(tx: &mut Tx<'_>, texts: &[&Arrival]) -> Result<OptOuts, DbError> {
    let by_hash: BTreeMap<String, &str> =
        texts.iter().map(|one| (hex::encode(one.made.fresh.hash), one.text.from.as_str())).collect();
    let addresses: Vec<String> = by_hash.values().map(|address| (*address).to_owned()).collect();
    let heard = suppression::heard(tx, BRAND, addresses.clone(), by_hash.keys().cloned().collect())?;
    if !heard.erased.is_empty() {
        crate::erasure::stand_again(tx, &by_hash, heard.erased)?;
        return opt_outs_of(tx, addresses);
    }
    let mut found = OptOuts::new();
    for (address, scope) in heard.scopes {
        found.entry(address).or_default().push(scope);
    }
    Ok(found)
}

/// The scopes that some addresses are opted out of.
fn opt_outs_of(tx: &mut Tx<'_>, addresses: Vec<String>) -> Result<OptOuts, DbError> {
    let mut found = OptOuts::new();
    for (address, scope, _) in suppression::scopes_of(tx, BRAND, addresses)? {
        found.entry(address).or_default().push(scope);
    }
    Ok(found)
}

/// Looks anew what some addresses are opted out of.
fn renew(tx: &mut Tx<'_>, opt_outs: &mut OptOuts, of: BTreeSet<&str>) -> Result<(), DbError> {
    opt_outs.retain(|address, _| !of.contains(address.as_str()));
    opt_outs.extend(opt_outs_of(tx, of.into_iter().map(str::to_owned).collect())?);
    Ok(())
}

/// Takes the providers' ids. Answers what becomes of each text, and which are
/// new: of two with one id in a batch the first.
fn known(tx: &mut Tx<'_>, arrivals: &[Arrival]) -> Result<(Vec<Received>, Vec<bool>), DbError> {
    let takings: Vec<Taking<'_>> = arrivals
        .iter()
        .map(|arrival| Taking {
            account: arrival.from,
            provider_id: &arrival.text.provider_id,
            message: arrival.made.message,
            at: arrival.now,
        })
        .collect();
    let held = inbound::take_ids(tx, &takings)?;
    let mut seen = HashSet::new();
    let mut received = Vec::with_capacity(arrivals.len());
    let mut first = Vec::with_capacity(arrivals.len());
    for (arrival, message) in arrivals.iter().zip(held) {
        let fresh = message == arrival.made.message && seen.insert((arrival.from, &arrival.text.provider_id));
        received.push(Received { message, repeated: !fresh });
        first.push(fresh);
    }
    Ok((received, first))
}

/// The inbox a text was written to, and whether it has join keywords. A number that the provider points at us
/// but nobody set up becomes an inbox by itself, not live, so that nothing is lost.
fn inbox_of(tx: &mut Tx<'_>, arrival: &Arrival) -> Result<(InboxId, bool), DbError> {
    let (from, to, now): (AccountId, &str, i64) = (arrival.from, arrival.text.to.as_str(), arrival.now);
    if let Some(known) = inbox::hearing(tx, from, to)? {
        return Ok(known);
    }
    let row = InboxRow {
        id: arrival.made.inbox,
        account_id: from,
        name: unnamed(tx, to)?,
        address: to.to_owned(),
        live_at: None,
        test_numbers: "[]".to_owned(),
        stopped_at: None,
        stopped_by: None,
        stopped_reason: None,
        created_at: now,
    };
    if inbox::insert(tx, &row)? {
        tx.event(NewEvent {
            kind: "inbox.changed",
            conversation: None,
            subject: Some(Id::uuid(row.id)),
            at: now,
            data: "{}".to_owned(),
        });
        return Ok((row.id, false));
    }
    inbox::hearing(tx, from, to)?.ok_or(DbError::NoRow { statement: "INBOX_HEARING" })
}

/// A thread that texts of a run go into.
struct Thread {
    addition: Addition,
    /// Where it stands after the texts placed so far.
    last: Last,
    begun: Option<NewConversation>,
}

/// Keeps a run of texts in their threads. Answers each one's conversation and customer.
fn keep(
    tx: &mut Tx<'_>,
    accounts: &Accounts,
    run: &[Fresh<'_>],
    readings: &[Reading],
    now: i64,
) -> Result<Vec<(ConversationId, CustomerId)>, ReplyError> {
    let customers = customers(tx, run, now)?;
    let (mut threads, places) = place_all(tx, run, readings, &customers, now)?;
    let begun: Vec<NewConversation> = threads.iter().filter_map(|thread| thread.begun.clone()).collect();
    let mut additions: Vec<Addition> = threads.iter().map(|thread| thread.addition.clone()).collect();
    additions.sort_unstable_by_key(|addition| addition.id);
    let last = conversation::add_many(tx, &begun, &additions, now)?;
    let mut next: HashMap<ConversationId, i64> = HashMap::with_capacity(additions.len());
    for addition in &additions {
        let last = last.get(&addition.id).ok_or(ReplyError::NoConversation)?;
        next.insert(addition.id, last - addition.count);
    }
    let mut rows = Vec::with_capacity(run.len());
    let mut kept = Vec::with_capacity(run.len());
    let mut complaints = Vec::new();
    for ((text, reading), place) in run.iter().zip(readings).zip(&places) {
        let Some(thread) = threads.get_mut(*place) else { continue };
        let id = thread.addition.id;
        let seq = next.entry(id).or_default();
        *seq += 1;
        let customer = customers.get(text.address()).copied();
        complaints.extend(reading.complaint.map(|words| (id, words)));
        rows.push(row(text, id, *seq, customer));
        kept.push((id, customer.ok_or(ReplyError::NoConversation)?));
        if let Some(new) = thread.begun.take() {
            tx.event(NewEvent {
                kind: "conversation.created",
                conversation: Some(Id::uuid(new.id)),
                subject: Some(Id::uuid(new.id)),
                at: text.arrival.now,
                data: "{}".to_owned(),
            });
        }
        tx.event(NewEvent {
            kind: "message.created",
            conversation: Some(Id::uuid(id)),
            subject: Some(Id::uuid(text.arrival.made.message)),
            at: text.arrival.now,
            data: format!(r#"{{"seq":{seq},"kind":"inbound","state":"received"}}"#),
        });
    }
    message::insert_many(tx, &rows, false)?;
    crate::courtesy::complain_in(tx, complaints, now)?;
    for text in run {
        pictures(tx, accounts, text.arrival)?;
    }
    Ok(kept)
}

/// The customers of a run by their addresses, made where they are new.
fn customers(tx: &mut Tx<'_>, run: &[Fresh<'_>], now: i64) -> Result<HashMap<String, CustomerId>, DbError> {
    let mut named = HashSet::new();
    let newcomers = run.iter().filter(|text| named.insert(text.address())).map(|text| Newcomer {
        address: text.address(),
        kind: kind_of(&text.arrival.text.from),
        name: "",
        fresh: text.arrival.made.fresh.customer,
    });
    customer::resolve_many(tx, newcomers.collect(), now)
}

/// Places the texts of a run, one after the other. Answers the threads they go
/// into, and each text's place among those.
fn place_all(
    tx: &mut Tx<'_>,
    run: &[Fresh<'_>],
    readings: &[Reading],
    customers: &HashMap<String, CustomerId>,
    now: i64,
) -> Result<(Vec<Thread>, Vec<usize>), ReplyError> {
    let mut by_inbox: HashMap<InboxId, BTreeSet<Side>> = HashMap::new();
    for text in run {
        let side = customers.get(text.address()).map(|customer| (*customer, text.address().to_owned()));
        by_inbox.entry(text.inbox).or_default().extend(side);
    }
    let mut threads: Vec<Thread> = Vec::new();
    let mut current: HashMap<(InboxId, String), usize> = HashMap::new();
    for (inbox, all) in by_inbox {
        for ((_, address), known) in conversation::last_for_many(tx, inbox, &all)? {
            current.insert((inbox, address), threads.len());
            threads.push(Thread { addition: nothing(known.id), last: known.last, begun: None });
        }
    }
    let mut places = Vec::with_capacity(run.len());
    for (text, reading) in run.iter().zip(readings) {
        let customer = customers.get(text.address()).copied().ok_or(ReplyError::NoConversation)?;
        let thread = (text.inbox, text.address().to_owned());
        let known = current.get(&thread).copied();
        let last = known.and_then(|at| threads.get(at)).map(|thread| thread.last);
        let (status, added) = match place(last, reading.asks_for_answer, now) {
            Placement::Join => (None, Added::InboundJoining),
            Placement::JoinAndOpen => (None, Added::InboundOpening),
            Placement::Start => (Some(Status::Open), Added::InboundOpening),
            Placement::StartClosed => (Some(Status::Closed), Added::InboundJoining),
        };
        let at = match (status, known) {
            (None, Some(at)) => at,
            (status, _) => {
                let status = status.unwrap_or(Status::Open);
                threads.push(begin(text, customer, status));
                threads.len() - 1
            }
        };
        current.insert(thread, at);
        if let Some(thread) = threads.get_mut(at) {
            thread.addition.count += 1;
            thread.addition.added = thread.addition.added.max(added);
            thread.addition.preview = shown(&text.body, text.arrival.text.media.len());
            if added == Added::InboundOpening {
                thread.last = Last { status: Status::Open, closed_at: None };
                // One that began closed, with a tapback, opens with the question after it.
                if let Some(begun) = &mut thread.begun {
                    begun.status = Status::Open;
                }
            }
        }
        places.push(at);
    }
    // A thread that was replaced before anything joined it stays as it is.
    let mut kept = Vec::with_capacity(threads.len());
    let mut moved = HashMap::with_capacity(threads.len());
    for (at, thread) in threads.into_iter().enumerate() {
        if thread.addition.count > 0 {
            moved.insert(at, kept.len());
            kept.push(thread);
        }
    }
    Ok((kept, places.iter().filter_map(|at| moved.get(at).copied()).collect()))
}

fn nothing(id: ConversationId) -> Addition {
    Addition { id, count: 0, added: Added::Silent, preview: String::new() }
}

fn begin(text: &Fresh<'_>, customer: CustomerId, status: Status) -> Thread {
    let at = text.arrival.now;
    let new = NewConversation {
        id: text.arrival.made.fresh.conversation,
        inbox: text.inbox,
        customer,
        address: text.address().to_owned(),
        status,
        at,
    };
    let closed_at = (status == Status::Closed).then_some(at);
    Thread { addition: nothing(new.id), last: Last { status, closed_at }, begun: Some(new) }
}

fn pictures(tx: &mut Tx<'_>, accounts: &Accounts, arrival: &Arrival) -> Result<(), DbError> {
    let simulated = accounts.get(&arrival.from).is_some_and(|facts| !facts.capabilities.real);
    for ((position, picture), id) in (0_i64..).zip(&arrival.text.media).zip(&arrival.made.media) {
        let upload = phone_picture_upload(picture).filter(|_| simulated);
        if let Some(upload) = upload
            && media::attach(tx, upload, arrival.made.message, position)?
        {
            continue;
        }
        let row = MediaRow {
            id: *id,
            message: Some(arrival.made.message),
            content_type: picture.content_type.clone(),
            // An upload that another text took meanwhile can be had from nowhere.
            bytes: if upload.is_some() { media::FAILED } else { 0 },
            width: None,
            height: None,
            source_url: upload.is_none().then(|| picture.url.clone()),
        };
        media::insert(tx, &row, position, None, arrival.now)?;
    }
    Ok(())
}

fn kind_of(address: &Address) -> &'static str {
    match address {
        Address::Phone(_) => "phone",
        Address::ShortCode(_) => "short_code",
        Address::Alphanumeric(_) => "alphanumeric",
        Address::Opaque(_) => "opaque",
    }
}

fn row(text: &Fresh<'_>, conversation: ConversationId, seq: i64, customer: Option<CustomerId>) -> MessageRow {
    let Arrival { text: came, made, now, .. } = text.arrival;
    MessageRow {
        id: made.message,
        conversation_id: conversation,
        seq,
        kind: Kind::Inbound,
        body: text.body.clone(),
        author_kind: Some("customer".to_owned()),
        author_id: customer.map(Id::uuid),
        purpose: None,
        topic: String::new(),
        class: None,
        legal_basis: None,
        origin: None,
        state: State::Received,
        state_at: *now,
        reason_code: None,
        reason_detail: None,
        held_until: None,
        send_after: None,
        valid_until: None,
        retry_of: None,
        encoding: None,
        parts: 0,
        media: i64::try_from(came.media.len()).unwrap_or(0),
        in_flight_at_opt_out: false,
        data: None,
        created_at: *now,
    }
}
