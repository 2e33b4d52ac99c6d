//! Messages: the items of conversations.

use crate::args;
use crate::db::{DbError, Engine, Row, Tx, Val, inserts, statements, updates};
use domain::id::{ConversationId, Id, MessageId};
use domain::message::{Kind, LegalBasis, Origin, Purpose, State};
use std::collections::HashSet;
use uuid::Uuid;

macro_rules! columns {
    () => {
        "id, conversation_id, seq, kind, body, author_kind, author_id, purpose, origin, state, state_at, reason_code,
         reason_detail, held_until, send_after, valid_until, retry_of, encoding, parts, media, in_flight_at_opt_out,
         data, created_at, class, legal_basis, topic"
    };
}

statements! {
    tenant MESSAGE_GET = concat!("select ", columns!(), " from messages where ws = $1 and id = $2");
    tenant MESSAGE_GET_MANY = concat!("select ", columns!(), " from messages where ws = $1 and id {any:$2}");
    tenant MESSAGE_BEFORE = concat!("select ", columns!(), " from messages
        where ws = $1 and conversation_id = $2 and seq < $3 order by seq desc limit $4");
    tenant MESSAGE_AFTER = concat!("select ", columns!(), " from messages
        where ws = $1 and conversation_id = $2 and seq > $3 order by seq limit $4");
    tenant MESSAGE_INBOUND_AFTER = concat!("select ", columns!(), " from messages
        where ws = $1 and conversation_id = $2 and seq > $3 and kind = 'inbound' order by seq limit 20");
    tenant MESSAGE_RECENT = concat!("select ", columns!(), " from messages
        where ws = $1 and kind in ('inbound', 'outbound') and (created_at, id) < ($2, $3) and created_at >= $4
        order by created_at desc, id desc limit $5");
    tenant MESSAGE_RECENT_IN = concat!("select ", columns!(), " from messages
        where ws = $1 and conversation_id = $2 and kind in ('inbound', 'outbound')
            and ({sqlite:+}created_at, id) < ($3, $4) and {sqlite:+}created_at >= $5
        order by seq desc limit $6");
    tenant MESSAGE_HELD = concat!("select ", columns!(), " from messages
        where ws = $1 and held_due >= $2 and (held_due > $2 or id > $3) order by held_due, id limit $4");
    tenant MESSAGE_REFUSED = concat!("select ", columns!(), " from messages
        where ws = $1 and refused_at is not null and (refused_at, id) < ($2, $3) order by refused_at desc, id desc limit $4");
    tenant MESSAGE_BODIES = "select id, body, media, send_after, valid_until,
        case when state = 'held' then held_until end, in_flight_at_opt_out,
        (select max(d.no) from decisions d where d.ws = messages.ws and d.message_id = messages.id),
        purpose, class, legal_basis, topic
        from messages where ws = $1 and id {any:$2}";
    tenant MESSAGE_HANDING_OVER = "update messages set state = 'handing_over', state_at = $3, held_until = null,
        reason_code = null, reason_detail = null where ws = $1 and id {any:$2}";
    tenant MESSAGE_IN_FLIGHT = "update messages set in_flight_at_opt_out = 1 where ws = $1 and id in
        (select message_id from outbox where ws = $1 and address = $2 and state = 'claimed'
            and origin <> 'opt_out_confirmation')";
    tenant MESSAGE_IN_FLIGHT_PURPOSES = "update messages set in_flight_at_opt_out = 1 where ws = $1 and id in
        (select message_id from outbox where ws = $1 and address {any:$2} and purpose {any:$3} and state = 'claimed'
            and origin <> 'opt_out_confirmation')";
    tenant MESSAGE_IN_FLIGHT_TOPIC = "update messages set in_flight_at_opt_out = 1 where ws = $1 and topic = $3 and id in
        (select message_id from outbox where ws = $1 and address = $2 and state = 'claimed'
            and origin <> 'opt_out_confirmation')";
    tenant MESSAGE_IN_FLIGHT_HOLD = "select m.id from outbox o
        {sqlite:cross }join messages m on m.ws = o.ws and m.id = o.message_id
        where o.ws = $1 and o.address {any:$2} and o.state = 'claimed'
        {postgres:order by m.id for no key update of m}";
    // A statement of its own before the look at what was sent for it: PostgreSQL reads what it
    // did not lock as it stood when the statement began, perhaps before a long wait.
    tenant MESSAGE_HOLD = "select id from messages where ws = $1 and id = $2 {for_update}";
    tenant MESSAGE_RETRY_OF = "select retry_of from messages where ws = $1 and id = $2";
    tenant MESSAGE_RETRIES = "select id, state from messages where ws = $1 and retry_of {any:$2}";
    tenant MESSAGE_FAILED_COUNT = "select count(*) from messages where ws = $1 and conversation_id = $2
        and state in ('failed', 'undelivered', 'refused', 'ambiguous') and retry_of is null
        and not exists (select 1 from messages again where again.ws = $1
            and again.conversation_id = messages.conversation_id and again.retry_of = messages.id)";
    tenant MESSAGE_UNCONFIRMED = "update messages set state = 'sent_unconfirmed', state_at = $4
        where ws = $1 and id {any:$2} and state = 'sent' and state_at < $3 returning id, conversation_id";
    tenant MESSAGE_LAST_OUT = "select body from messages where ws = $1 and conversation_id = $2 and kind = 'outbound'
        order by seq desc limit 1";
}

inserts! {
    MESSAGE_INSERT = "messages" [
        ("id", Uuid), ("conversation_id", Uuid), ("seq", Int), ("kind", Text), ("body", Text), ("author_kind", Text),
        ("author_id", Uuid), ("purpose", Text), ("origin", Text), ("state", Text), ("state_at", Int),
        ("reason_code", Text), ("reason_detail", Text), ("held_until", Int), ("send_after", Int), ("valid_until", Int),
        ("retry_of", Uuid), ("encoding", Text), ("parts", Int), ("media", Int), ("data", Text), ("demo", Int),
        ("created_at", Int), ("class", Text), ("legal_basis", Text), ("topic", Text)
    ] "";
}

updates! {
    MESSAGE_STATES [("id", Uuid), ("state", Text), ("at", Int), ("code", Text), ("detail", Text), ("held_until", Int)] =
        "update messages set state = {state}, state_at = {at}, reason_code = {code}, reason_detail = {detail},
        held_until = {held_until} {given} where ws = $1 and id = {id}";
    MESSAGE_CLASSES [("id", Uuid), ("class", Text), ("legal_basis", Text)] =
        "update messages set class = {class}, legal_basis = {legal_basis} {given} where ws = $1 and id = {id}";
}

/// An item of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Its identity, perhaps made by a browser.
    pub id: MessageId,
    /// Where it stands.
    pub conversation_id: ConversationId,
    /// Its number in the conversation, from 1.
    pub seq: i64,
    /// What it is.
    pub kind: Kind,
    /// The words; empty for events.
    pub body: String,
    /// Who wrote it: customer, member, bot, flow, api or system.
    pub author_kind: Option<String>,
    /// Which one.
    pub author_id: Option<Uuid>,
    /// Why it is sent, as whoever sent it says.
    pub purpose: Option<Purpose>,
    /// What it is about, as whoever sent it says; empty for no topic of its own.
    pub topic: String,
    /// What the gate judged it as.
    pub class: Option<Purpose>,
    /// What permits it in law.
    pub legal_basis: Option<LegalBasis>,
    /// Who asked for it.
    pub origin: Option<Origin>,
    /// Where it is on its way.
    pub state: State,
    /// Since when, Unix ms.
    pub state_at: i64,
    /// Why it was held, refused or failed.
    pub reason_code: Option<String>,
    /// The same in plain words.
    pub reason_detail: Option<String>,
    /// When it goes on, Unix ms: until when it is held; while it is queued, when it is tried again that
    /// its provider did not take.
    pub held_until: Option<i64>,
    /// Not before, Unix ms.
    pub send_after: Option<i64>,
    /// Worthless after, Unix ms.
    pub valid_until: Option<i64>,
    /// The message this one tries again.
    pub retry_of: Option<MessageId>,
    /// `gsm7` or `ucs2`.
    pub encoding: Option<String>,
    /// How many parts it has.
    pub parts: i64,
    /// How many pictures go with it.
    pub media: i64,
    /// Whether it was already on its way when the customer opted out.
    pub in_flight_at_opt_out: bool,
    /// What happened, as JSON, for events.
    pub data: Option<String>,
    /// Unix ms.
    pub created_at: i64,
}

fn word<T>(row: &Row, column: usize, read: fn(&str) -> Option<T>, expected: &'static str) -> Result<T, DbError> {
    read(&row.get::<String>(column)?).ok_or(DbError::Decode {
        statement: "messages",
        column,
        expected,
        found: "another word",
    })
}

fn word_opt<T>(row: &Row, column: usize, read: fn(&str) -> Option<T>) -> Result<Option<T>, DbError> {
    Ok(row.get::<Option<String>>(column)?.and_then(|text| read(&text)))
}

fn message(row: &Row) -> Result<MessageRow, DbError> {
    Ok(MessageRow {
        id: row.get(0)?,
        conversation_id: row.get(1)?,
        seq: row.get(2)?,
        kind: word(row, 3, Kind::from_word, "a kind")?,
        body: row.get(4)?,
        author_kind: row.get(5)?,
        author_id: row.get(6)?,
        purpose: word_opt(row, 7, Purpose::from_word)?,
        topic: row.get(25)?,
        class: word_opt(row, 23, Purpose::from_word)?,
        legal_basis: word_opt(row, 24, LegalBasis::from_word)?,
        origin: word_opt(row, 8, Origin::from_word)?,
        state: word(row, 9, State::from_word, "a state")?,
        state_at: row.get(10)?,
        reason_code: row.get(11)?,
        reason_detail: row.get(12)?,
        held_until: row.get(13)?,
        send_after: row.get(14)?,
        valid_until: row.get(15)?,
        retry_of: row.get(16)?,
        encoding: row.get(17)?,
        parts: row.get(18)?,
        media: row.get(19)?,
        in_flight_at_opt_out: row.get(20)?,
        data: row.get(21)?,
        created_at: row.get(22)?,
    })
}

/// Adds an item.
pub fn insert(tx: &mut Tx<'_>, row: &MessageRow) -> Result<(), DbError> {
    tx.insert_many_later(&MESSAGE_INSERT, vec![values(row, false)])
}

/// Adds many items at once; `demo` marks them as the demo shop's.
pub fn insert_many<'a>(
    tx: &mut Tx<'_>,
    rows: impl IntoIterator<Item = &'a MessageRow>,
    demo: bool,
) -> Result<(), DbError> {
    tx.insert_many_later(&MESSAGE_INSERT, rows.into_iter().map(|row| values(row, demo)).collect())
}

fn values(row: &MessageRow, demo: bool) -> Vec<Val> {
    vec![
        row.id.into(),
        row.conversation_id.into(),
        row.seq.into(),
        row.kind.word().into(),
        row.body.as_str().into(),
        row.author_kind.as_deref().into(),
        row.author_id.into(),
        row.purpose.map(Purpose::word).into(),
        row.origin.map(Origin::word).into(),
        row.state.word().into(),
        row.state_at.into(),
        row.reason_code.as_deref().into(),
        row.reason_detail.as_deref().into(),
        row.held_until.into(),
        row.send_after.into(),
        row.valid_until.into(),
        row.retry_of.into(),
        row.encoding.as_deref().into(),
        row.parts.into(),
        row.media.into(),
        row.data.as_deref().into(),
        demo.into(),
        row.created_at.into(),
        row.class.map(Purpose::word).into(),
        row.legal_basis.map(LegalBasis::word).into(),
        row.topic.as_str().into(),
    ]
}

/// One item.
pub fn get(tx: &mut Tx<'_>, id: MessageId) -> Result<Option<MessageRow>, DbError> {
    tx.query_opt(&MESSAGE_GET, args![id])?.as_ref().map(message).transpose()
}

/// Those of some items that exist, in no order.
pub fn get_many(tx: &mut Tx<'_>, ids: Vec<Uuid>) -> Result<Vec<MessageRow>, DbError> {
    tx.query(&MESSAGE_GET_MANY, args![ids])?.iter().map(message).collect()
}

/// The items before a number, in their order. `before` is exclusive.
pub fn before(
    tx: &mut Tx<'_>,
    conversation: ConversationId,
    before: i64,
    limit: i64,
) -> Result<Vec<MessageRow>, DbError> {
    let mut rows: Vec<MessageRow> =
        tx.query(&MESSAGE_BEFORE, args![conversation, before, limit])?.iter().map(message).collect::<Result<_, _>>()?;
    rows.reverse();
    Ok(rows)
}

/// The items after a number, in their order. `after` is exclusive.
pub fn after(
    tx: &mut Tx<'_>,
    conversation: ConversationId,
    after: i64,
    limit: i64,
) -> Result<Vec<MessageRow>, DbError> {
    tx.query(&MESSAGE_AFTER, args![conversation, after, limit])?.iter().map(message).collect()
}

/// Texts of all conversations, the latest first: those before a place (exclusive) and not before `since`, Unix ms.
pub fn recent(tx: &mut Tx<'_>, before: (i64, MessageId), since: i64, limit: i64) -> Result<Vec<MessageRow>, DbError> {
    tx.query(&MESSAGE_RECENT, args![before.0, before.1, since, limit])?.iter().map(message).collect()
}

/// As [`recent`], of one conversation.
pub fn recent_in(
    tx: &mut Tx<'_>,
    conversation: ConversationId,
    before: (i64, MessageId),
    since: i64,
    limit: i64,
) -> Result<Vec<MessageRow>, DbError> {
    let args = args![conversation, before.0, before.1, since, limit];
    tx.query(&MESSAGE_RECENT_IN, args)?.iter().map(message).collect()
}

/// Held texts of all conversations, the next to go on first: those after a place, exclusive. It is
/// the instant (Unix ms; [`crate::outbox::WHEN_LIFTED`] where a stop switch holds it) and the id.
pub fn held(tx: &mut Tx<'_>, after: (i64, MessageId), limit: i64) -> Result<Vec<MessageRow>, DbError> {
    tx.query(&MESSAGE_HELD, args![after.0, after.1, limit])?.iter().map(message).collect()
}

/// Refused texts of all conversations, the latest first: those before a place, exclusive.
pub fn refused(tx: &mut Tx<'_>, before: (i64, MessageId), limit: i64) -> Result<Vec<MessageRow>, DbError> {
    tx.query(&MESSAGE_REFUSED, args![before.0, before.1, limit])?.iter().map(message).collect()
}

/// The customer's texts after a number, at most 20.
pub fn inbound_after(tx: &mut Tx<'_>, conversation: ConversationId, after: i64) -> Result<Vec<MessageRow>, DbError> {
    tx.query(&MESSAGE_INBOUND_AFTER, args![conversation, after])?.iter().map(message).collect()
}

/// What a claim needs of a message.
#[derive(Debug, Clone)]
pub struct Body {
    /// The message.
    pub id: MessageId,
    /// The words.
    pub body: String,
    /// How many pictures go along.
    pub media: i64,
    /// Not before, Unix ms.
    pub send_after: Option<i64>,
    /// Worthless after, Unix ms, where whoever sent it said so.
    pub valid_until: Option<i64>,
    /// Until when it was held, Unix ms, where that was the last word on it.
    pub held_until: Option<i64>,
    /// Whether an earlier try was on its way when the customer opted out.
    pub in_flight_at_opt_out: bool,
    /// The number of the last verdict on it.
    pub last_decision: Option<i64>,
    /// Why it is sent, as whoever sent it says.
    pub purpose: Option<Purpose>,
    /// What the gate judged it as before, and what permits it by that.
    pub class: (Option<Purpose>, Option<LegalBasis>),
    /// What it is about; empty for no topic of its own.
    pub topic: String,
}

/// The bodies of many messages.
pub fn bodies(tx: &mut Tx<'_>, ids: Vec<Uuid>) -> Result<Vec<Body>, DbError> {
    tx.query(&MESSAGE_BODIES, args![ids])?
        .iter()
        .map(|row| {
            Ok(Body {
                id: row.get(0)?,
                body: row.get(1)?,
                media: row.get(2)?,
                send_after: row.get(3)?,
                valid_until: row.get(4)?,
                held_until: row.get(5)?,
                in_flight_at_opt_out: row.get(6)?,
                last_decision: row.get(7)?,
                purpose: word_opt(row, 8, Purpose::from_word)?,
                class: (word_opt(row, 9, Purpose::from_word)?, word_opt(row, 10, LegalBasis::from_word)?),
                topic: row.get(11)?,
            })
        })
        .collect()
}

/// A change of where a message stands.
#[derive(Debug, Clone)]
pub struct StateChange {
    /// The message.
    pub id: MessageId,
    /// Its new state.
    pub state: State,
    /// Since when, Unix ms.
    pub at: i64,
    /// Why, as a stable code.
    pub code: Option<String>,
    /// Why, in plain words.
    pub detail: Option<String>,
    /// When it goes on, Unix ms: until when it is held, or when it is tried again.
    pub held_until: Option<i64>,
}

/// What a message was judged as, where that changed.
#[derive(Debug, Clone, Copy)]
pub struct ClassChange {
    /// The message.
    pub id: MessageId,
    /// What it was judged as.
    pub class: Option<Purpose>,
    /// What permits it in law.
    pub legal_basis: Option<LegalBasis>,
}

/// Writes what messages were judged as, each once at most.
pub fn set_classes(tx: &mut Tx<'_>, changes: &[ClassChange]) -> Result<(), DbError> {
    let rows = changes.iter().map(|change| {
        let (class, basis) = (change.class.map(Purpose::word), change.legal_basis.map(LegalBasis::word));
        vec![change.id.into(), class.into(), basis.into()]
    });
    tx.update_many_later(&MESSAGE_CLASSES, rows.collect())
}

/// Writes many changes of state. Where one message changes twice, the later counts.
pub fn set_states(tx: &mut Tx<'_>, changes: &[StateChange]) -> Result<(), DbError> {
    let mut seen = HashSet::with_capacity(changes.len());
    let rows = changes.iter().rev().filter(|change| seen.insert(change.id)).map(|change| {
        vec![
            change.id.into(),
            change.state.word().into(),
            change.at.into(),
            change.code.as_deref().into(),
            change.detail.as_deref().into(),
            change.held_until.into(),
        ]
    });
    tx.update_many_later(&MESSAGE_STATES, rows.collect())
}

/// Marks many messages as on their way to the provider.
pub fn set_handing_over(tx: &mut Tx<'_>, ids: Vec<Uuid>, at: i64) -> Result<(), DbError> {
    tx.later(&MESSAGE_HANDING_OVER, args![ids, at])
}

/// As [`mark_in_flight`], of some addresses and purposes.
pub fn mark_in_flight_purposes(tx: &mut Tx<'_>, addresses: &[String], purposes: &[Purpose]) -> Result<(), DbError> {
    let purposes: Vec<String> = purposes.iter().map(|purpose| purpose.word().to_owned()).collect();
    tx.later(&MESSAGE_IN_FLIGHT_PURPOSES, args![addresses, purposes])
}

/// As [`mark_in_flight`], of what is about a topic.
pub fn mark_in_flight_topic(tx: &mut Tx<'_>, address: &str, topic: &str) -> Result<(), DbError> {
    tx.later(&MESSAGE_IN_FLIGHT_TOPIC, args![address, topic])
}

/// Marks what was already claimed for an address when its opt-out commits, bar
/// an opt-out confirmation. Whatever of it comes back is refused.
pub fn mark_in_flight(tx: &mut Tx<'_>, address: &str) -> Result<(), DbError> {
    tx.later(&MESSAGE_IN_FLIGHT, args![address])
}

/// Takes the rows that [`mark_in_flight`] will mark, in the order in which answers of
/// providers take theirs: before any conversation's. SQLite has one writer, which holds everything.
pub fn hold_in_flight(tx: &mut Tx<'_>, addresses: &[&str]) -> Result<(), DbError> {
    if tx.engine() == Engine::Sqlite {
        return Ok(());
    }
    let addresses: Vec<String> = addresses.iter().map(|address| (*address).to_owned()).collect();
    tx.later(&MESSAGE_IN_FLIGHT_HOLD, args![addresses])
}

/// The text that was sent again in place of one and is on its way or has arrived, for all
/// that is known, if there is one; nobody sends another until the commit.
///
/// What was sent again may have been sent again itself, by who saw that one fail. So all
/// that came of the first are looked at, bar those that the given one came of.
pub fn sent_again_as(tx: &mut Tx<'_>, id: MessageId) -> Result<Option<MessageId>, DbError> {
    let mut line = vec![id];
    while let Some(row) = tx.query_opt(&MESSAGE_RETRY_OF, args![line.last().copied()])? {
        let Some(of) = row.get::<Option<MessageId>>(0)? else { break };
        line.push(of);
    }
    let first = line.last().copied().unwrap_or(id);
    tx.query(&MESSAGE_HOLD, args![first])?;
    let mut asked = vec![Id::uuid(first)];
    while !asked.is_empty() {
        let rows = tx.query(&MESSAGE_RETRIES, args![std::mem::take(&mut asked)])?;
        for row in &rows {
            let (again, state): (MessageId, State) = (row.get(0)?, word(row, 1, State::from_word, "a state")?);
            if !state.lost() && !line.contains(&again) {
                return Ok(Some(again));
            }
            asked.push(Id::uuid(again));
        }
    }
    Ok(None)
}

/// How many texts of a conversation need a look and were not tried again.
pub fn failed_count(tx: &mut Tx<'_>, conversation: ConversationId) -> Result<i64, DbError> {
    tx.query_one(&MESSAGE_FAILED_COUNT, args![conversation])?.get(0)
}

/// Gives up waiting for receipts of those of some texts that were sent before `before`
/// (Unix ms) and stand there still: those it gave up.
pub fn give_up_receipts(
    tx: &mut Tx<'_>,
    ids: Vec<Uuid>,
    before: i64,
    now: i64,
) -> Result<Vec<(MessageId, ConversationId)>, DbError> {
    let rows = tx.query(&MESSAGE_UNCONFIRMED, args![ids, before, now])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Our last text in a conversation.
pub fn last_out(tx: &mut Tx<'_>, conversation: ConversationId) -> Result<Option<String>, DbError> {
    tx.query_opt(&MESSAGE_LAST_OUT, args![conversation])?.map(|row| row.get(0)).transpose()
}
