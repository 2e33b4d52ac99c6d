//! The outbox: intents to send, claimed with a lease.

use crate::args;
use crate::db::{DbError, Row, ServerTx, Tx, inserts, statements, updates};
use domain::id::{AccountId, AttemptId, ConversationId, Id, InboxId, MessageId, WorkspaceId};
use domain::message::{Origin, Purpose};
use std::ops::RangeInclusive;
use uuid::Uuid;

statements! {
    // Lane by lane: of what is held in a lane the index shows nothing before its time.
    tenant OUTBOX_PEEK = "select message_id, address from outbox
        where ws = $1 and state = 'due' and account_id = $2 and lane = $3 and due_at <= $4
        order by due_at, message_id limit $5";
    // A look with `limit 1` for each lane stays a look: `exists` would let PostgreSQL read the whole outbox at once,
    // and without an order it would read the table, where what has left lies until the next vacuum.
    tenant OUTBOX_DUE_LANES = "select a.id, l.lane from accounts a
        cross join (select 0 as lane union all select 1 union all select 2 union all select 3 union all select 4) l
        where a.ws = $1 and (select 1 from outbox o where o.ws = $1 and o.account_id = a.id and o.state = 'due'
            and o.lane = l.lane and o.due_at <= $2 order by o.due_at limit 1) is not null";
    // The attempt is the fence: who comes late does not touch what goes by another one since.
    tenant OUTBOX_RETURN = "update outbox set state = 'due', due_at = $3, attempt_id = null, lease_until = null,
        attempts = attempts - $4
        where ws = $1 and message_id = $2 and state = 'claimed' and (attempt_id = $5 or $5 is null)";
    tenant OUTBOX_HOLD = "update outbox set state = 'due', due_at = $3, valid_until = $4, attempt_id = null,
        lease_until = null, attempts = attempts - 1 where ws = $1 and message_id = $2 and state = 'claimed'";
    // The try that is brought forward is the one that was counted, so that whoever is impatient does not
    // use up what the schedule has left.
    tenant OUTBOX_HASTEN = "update outbox set due_at = $3, attempts = case when attempts > 0 then attempts - 1 else 0 end
        where ws = $1 and message_id = $2 and state = 'due' and due_at > $3 and due_at < 9007199254740991";
    tenant OUTBOX_AMBIGUOUS = "update outbox set state = 'ambiguous', lease_until = null
        where ws = $1 and message_id = $2 and state = 'claimed' and (attempt_id = $3 or $3 is null)";
    tenant OUTBOX_REMOVE_OF = "delete from outbox where ws = $1 and message_id {any:$2} and attempt_id {any:$3}";
    tenant OUTBOX_REMOVE_MANY = "delete from outbox where ws = $1 and message_id {any:$2}";
    tenant OUTBOX_REMOVE_WAITING = "delete from outbox where ws = $1 and message_id = $2 and state = 'due'";
    tenant OUTBOX_TAKE_ADDRESS = "delete from outbox where ws = $1 and address = $2 and state = 'due'
        and origin <> 'opt_out_confirmation' returning message_id, conversation_id, origin, purpose";
    tenant OUTBOX_TAKE_PURPOSES = "delete from outbox where ws = $1 and address {any:$2} and purpose {any:$3}
        and state = 'due' and origin <> 'opt_out_confirmation' returning message_id, conversation_id, origin, purpose";
    tenant OUTBOX_TAKE_TOPIC = "delete from outbox where ws = $1 and address = $2 and state = 'due'
        and origin <> 'opt_out_confirmation' and exists (select 1 from messages m
            where m.ws = $1 and m.id = outbox.message_id and m.topic = $3)
        returning message_id, conversation_id, origin, purpose";
    tenant OUTBOX_ADDRESSES = "select distinct address from outbox where ws = $1 and address {any:$2}";
    tenant OUTBOX_EXPIRED_LEASES = "select o.message_id, o.conversation_id, o.attempt_id, o.account_id, o.attempts,
        m.in_flight_at_opt_out from outbox o join messages m on m.ws = o.ws and m.id = o.message_id
        where o.ws = $1 and o.state = 'claimed' and o.lease_until < $2
        order by o.lease_until limit $3 {postgres:for update of o skip locked}";
    tenant OUTBOX_EXPIRED_PEEK = "select 1 from outbox
        where ws = $1 and state = 'claimed' and lease_until < $2 limit 1";
    server OUTBOX_WORKSPACES_DUE = "select w.id from workspaces w where w.deleted_at is null and exists
        (select 1 from accounts a
            cross join (select 0 as lane union all select 1 union all select 2 union all select 3 union all select 4) l
            where a.ws = w.id and (select 1 from outbox o where o.ws = a.ws and o.account_id = a.id
                and o.state = 'due' and o.lane = l.lane and o.due_at <= $1 order by o.due_at limit 1) is not null)
        order by w.id";
    server WORKSPACES_ALL = "select id from workspaces where deleted_at is null order by id";
    tenant OUTBOX_LIFTABLE = "select o.message_id from inboxes i cross join outbox o
        where i.ws = $1 and i.stopped_at is null and o.ws = $1 and o.inbox_id = i.id
            and o.state = 'due' and o.due_at = 9007199254740991
            and not exists (select 1 from workspaces w where w.id = $1 and w.stopped_at is not null)
            and not exists (select 1 from server_facts f where f.name = 'stop') limit $2";
    tenant OUTBOX_LIFT = "update outbox set due_at = $3
        where ws = $1 and message_id {any:$2} and state = 'due' and due_at = 9007199254740991";
    tenant OUTBOX_SOONER = "update outbox set due_at = $3
        where ws = $1 and message_id {any:$2} and state = 'due' and due_at > $3 and due_at < 9007199254740991";
    tenant OUTBOX_WAITING = "select count(*) from outbox where ws = $1", cold "a count for tests";
}

inserts! {
    OUTBOX_INSERT_MANY = "outbox" [
        ("message_id", Uuid), ("conversation_id", Uuid), ("inbox_id", Uuid), ("account_id", Uuid), ("address", Text),
        ("origin", Text), ("purpose", Text), ("lane", Int), ("due_at", Int), ("valid_until", Int), ("created_at", Int)
    ] "";
}

updates! {
    OUTBOX_CLAIM [("id", Uuid), ("attempt", Uuid), ("until", Int)] =
        "update outbox set state = 'claimed', lease_until = {until}, attempts = attempts + 1, attempt_id = {attempt}
        {given} where ws = $1 and message_id = {id} and state = 'due'
        returning message_id, conversation_id, inbox_id, account_id, address, origin, purpose, attempts, valid_until,
            lane, created_at, attempt_id";
}

/// When what a stop switch holds is due: never by itself. The greatest number that
/// every reader of JSON keeps exactly, and the one of the index `outbox_stopped`.
pub const WHEN_LIFTED: i64 = 9_007_199_254_740_991;

/// An intent to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// The message.
    pub message: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// The inbox it leaves by.
    pub inbox: InboxId,
    /// The account that carries it.
    pub account: AccountId,
    /// The recipient, canonical.
    pub address: String,
    /// Who asks.
    pub origin: Origin,
    /// Why it is sent.
    pub purpose: Purpose,
    /// 0 leaves first: confirmations and codes, then people, then the rest.
    pub lane: i64,
    /// When it is due, Unix ms.
    pub due_at: i64,
    /// Given up after, Unix ms: the sender's own word, or as long as anything is due. None for what is held.
    pub valid_until: Option<i64>,
    /// Unix ms.
    pub created_at: i64,
}

/// Puts many intents into the outbox.
pub fn insert_many(tx: &mut Tx<'_>, intents: &[Intent]) -> Result<(), DbError> {
    let rows = intents
        .iter()
        .map(|intent| {
            args![
                intent.message,
                intent.conversation,
                intent.inbox,
                intent.account,
                &intent.address,
                intent.origin.word(),
                intent.purpose.word(),
                intent.lane,
                intent.due_at,
                intent.valid_until,
                intent.created_at
            ]
            .to_vec()
        })
        .collect();
    tx.insert_many_later(&OUTBOX_INSERT_MANY, rows)
}

/// A claimed intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What was claimed.
    pub intent: Intent,
    /// Which try this is, from 1.
    pub attempts: i64,
    /// The try's identity.
    pub attempt: AttemptId,
}

fn claim_row(row: &Row) -> Result<Claim, DbError> {
    Ok(Claim {
        intent: Intent {
            message: row.get(0)?,
            conversation: row.get(1)?,
            inbox: row.get(2)?,
            account: row.get(3)?,
            address: row.get(4)?,
            origin: Origin::from_word(&row.get::<String>(5)?).ok_or_else(|| decode(5, "an origin"))?,
            purpose: Purpose::from_word(&row.get::<String>(6)?).ok_or_else(|| decode(6, "a purpose"))?,
            lane: row.get(9)?,
            due_at: 0,
            valid_until: row.get(8)?,
            created_at: row.get(10)?,
        },
        attempts: row.get(7)?,
        attempt: row.get(11)?,
    })
}

/// Which lanes of which accounts hold due intents, the first lanes first.
pub fn due_lanes(tx: &mut Tx<'_>, now: i64) -> Result<Vec<(AccountId, i64)>, DbError> {
    let rows = tx.query(&OUTBOX_DUE_LANES, args![now])?;
    let mut lanes: Vec<(AccountId, i64)> =
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, DbError>>()?;
    lanes.sort_unstable_by_key(|(account, lane)| (*lane, *account));
    Ok(lanes)
}

/// The next due intents of an account in some lanes, and their addresses, unlocked.
pub fn peek(
    tx: &mut Tx<'_>,
    account: AccountId,
    lanes: RangeInclusive<i64>,
    now: i64,
    limit: i64,
) -> Result<Vec<(MessageId, String)>, DbError> {
    let (mut found, mut left) = (Vec::new(), limit);
    for lane in lanes {
        for row in tx.query(&OUTBOX_PEEK, args![account, lane, now, left])? {
            found.push((row.get(0)?, row.get(1)?));
            left -= 1;
        }
        if left <= 0 {
            break;
        }
    }
    Ok(found)
}

/// Claims those of the given intents that are still due, until `lease_until`
/// (Unix ms), each for the attempt given with it.
///
/// The caller holds their address rows, so that an opt-out comes either before
/// this claim or after its commit, never between its look and its write.
pub fn claim(
    tx: &mut Tx<'_>,
    intents: impl Iterator<Item = (MessageId, AttemptId)>,
    lease_until: i64,
) -> Result<Vec<Claim>, DbError> {
    let rows = intents.map(|(message, attempt)| args![message, attempt, lease_until].to_vec()).collect();
    let mut claims: Vec<Claim> =
        tx.update_many(&OUTBOX_CLAIM, rows)?.iter().map(claim_row).collect::<Result<_, _>>()?;
    // RETURNING promises no order; the oldest of the first lane leaves first.
    claims.sort_by_key(|claim| (claim.intent.lane, claim.intent.created_at, claim.intent.message));
    Ok(claims)
}

/// Gives a claimed intent back, due at `due_at`, unless it goes by another attempt
/// than this one; none for a claim that has made no attempt. `uncounted` takes the
/// try off the count.
pub fn give_back(
    tx: &mut Tx<'_>,
    message: MessageId,
    attempt: Option<AttemptId>,
    due_at: i64,
    uncounted: bool,
) -> Result<(), DbError> {
    tx.later(&OUTBOX_RETURN, args![message, due_at, uncounted, attempt])
}

/// Gives a claimed intent back that has made no attempt and is held until `due_at`; it is given up
/// after `valid_until` (Unix ms).
pub fn hold(tx: &mut Tx<'_>, message: MessageId, due_at: i64, valid_until: Option<i64>) -> Result<(), DbError> {
    tx.later(&OUTBOX_HOLD, args![message, due_at, valid_until])
}

/// Makes a waiting intent due at `now` (Unix ms). False where it is due, claimed or gone already, and where it
/// waits for a stop switch.
pub fn hasten(tx: &mut Tx<'_>, message: MessageId, now: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&OUTBOX_HASTEN, args![message, now])? > 0)
}

/// Sets an intent aside, unless it goes by another attempt: nobody knows whether
/// the provider has it. It is never due again by itself.
pub fn set_ambiguous(tx: &mut Tx<'_>, message: MessageId, attempt: Option<AttemptId>) -> Result<(), DbError> {
    tx.later(&OUTBOX_AMBIGUOUS, args![message, attempt])
}

/// Takes intents out whose attempts have failed for good, unless they go by others.
pub fn remove_of(tx: &mut Tx<'_>, failed: &[(MessageId, AttemptId)]) -> Result<(), DbError> {
    if failed.is_empty() {
        return Ok(());
    }
    let messages: Vec<Uuid> = failed.iter().map(|(message, _)| Id::uuid(*message)).collect();
    let attempts: Vec<Uuid> = failed.iter().map(|(_, attempt)| Id::uuid(*attempt)).collect();
    tx.later(&OUTBOX_REMOVE_OF, args![messages, attempts])
}

/// Takes intents out that are settled, by whichever attempt.
pub fn remove_many(tx: &mut Tx<'_>, messages: Vec<Uuid>) -> Result<(), DbError> {
    if messages.is_empty() {
        return Ok(());
    }
    tx.later(&OUTBOX_REMOVE_MANY, args![messages])
}

/// Takes an intent back before anybody claimed it. False when it is too late.
pub fn remove_waiting(tx: &mut Tx<'_>, message: MessageId) -> Result<bool, DbError> {
    Ok(tx.exec(&OUTBOX_REMOVE_WAITING, args![message])? > 0)
}

fn decode(column: usize, expected: &'static str) -> DbError {
    DbError::Decode { statement: "outbox", column, expected, found: "another word" }
}

/// An intent that was taken out before it left.
#[derive(Debug, Clone, Copy)]
pub struct Taken {
    /// The message.
    pub message: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Who asked for it.
    pub origin: Origin,
    /// Why it was to be sent.
    pub purpose: Purpose,
}

/// Takes out everything that waits for an address, bar an opt-out confirmation.
pub fn take_address(tx: &mut Tx<'_>, address: &str) -> Result<Vec<Taken>, DbError> {
    tx.query(&OUTBOX_TAKE_ADDRESS, args![address])?.iter().map(taken).collect()
}

/// Those of some addresses for which anything waits or is being handed over.
pub fn addresses_waiting(tx: &mut Tx<'_>, addresses: &[String]) -> Result<Vec<String>, DbError> {
    tx.query(&OUTBOX_ADDRESSES, args![addresses])?.iter().map(|row| row.get(0)).collect()
}

/// Takes out what waits for some addresses with some purposes, bar an opt-out confirmation.
pub fn take_purposes(tx: &mut Tx<'_>, addresses: &[String], purposes: &[Purpose]) -> Result<Vec<Taken>, DbError> {
    let purposes: Vec<String> = purposes.iter().map(|purpose| purpose.word().to_owned()).collect();
    tx.query(&OUTBOX_TAKE_PURPOSES, args![addresses, purposes])?.iter().map(taken).collect()
}

/// Takes out what waits for an address about a topic, bar an opt-out confirmation.
pub fn take_topic(tx: &mut Tx<'_>, address: &str, topic: &str) -> Result<Vec<Taken>, DbError> {
    tx.query(&OUTBOX_TAKE_TOPIC, args![address, topic])?.iter().map(taken).collect()
}

fn taken(row: &Row) -> Result<Taken, DbError> {
    Ok(Taken {
        message: row.get(0)?,
        conversation: row.get(1)?,
        origin: Origin::from_word(&row.get::<String>(2)?).ok_or_else(|| decode(2, "an origin"))?,
        purpose: Purpose::from_word(&row.get::<String>(3)?).ok_or_else(|| decode(3, "a purpose"))?,
    })
}

/// A claim whose lease ran out.
#[derive(Debug, Clone, Copy)]
pub struct Expired {
    /// The message.
    pub message: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// The attempt that was under way.
    pub attempt: Option<AttemptId>,
    /// The account that had it.
    pub account: AccountId,
    /// How many tries it has had.
    pub attempts: i64,
    /// Whether its recipient opted out meanwhile.
    pub in_flight_at_opt_out: bool,
}

/// Claims whose lease ran out before `now`.
pub fn expired_leases(tx: &mut Tx<'_>, now: i64, limit: i64) -> Result<Vec<Expired>, DbError> {
    tx.query(&OUTBOX_EXPIRED_LEASES, args![now, limit])?
        .iter()
        .map(|row| {
            Ok(Expired {
                message: row.get(0)?,
                conversation: row.get(1)?,
                attempt: row.get(2)?,
                account: row.get(3)?,
                attempts: row.get(4)?,
                in_flight_at_opt_out: row.get(5)?,
            })
        })
        .collect()
}

/// Whether some claim's lease ran out, unlocked.
pub fn expired_leases_peek(tx: &mut Tx<'_>, now: i64) -> Result<bool, DbError> {
    Ok(tx.query_opt(&OUTBOX_EXPIRED_PEEK, args![now])?.is_some())
}

/// Workspaces with due intents.
pub fn workspaces_due(tx: &mut ServerTx<'_>, now: i64) -> Result<Vec<WorkspaceId>, DbError> {
    tx.query(&OUTBOX_WORKSPACES_DUE, args![now])?.iter().map(|row| row.get(0)).collect()
}

/// Every workspace of the server.
pub fn workspaces_all(tx: &mut ServerTx<'_>) -> Result<Vec<WorkspaceId>, DbError> {
    tx.query(&WORKSPACES_ALL, args![])?.iter().map(|row| row.get(0)).collect()
}

/// Some intents that a stop switch held and none holds any more, at most `limit`.
pub fn liftable(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<MessageId>, DbError> {
    tx.query(&OUTBOX_LIFTABLE, args![limit])?.iter().map(|row| row.get(0)).collect()
}

/// Makes intents that a stop switch held due at `now`.
pub fn lift(tx: &mut Tx<'_>, messages: &[MessageId], now: i64) -> Result<(), DbError> {
    tx.later(&OUTBOX_LIFT, args![messages, now])
}

/// Makes intents that are held until an hour due at `now`, to be asked about again. What a stop switch holds stays.
pub fn sooner(tx: &mut Tx<'_>, messages: &[MessageId], now: i64) -> Result<(), DbError> {
    tx.later(&OUTBOX_SOONER, args![messages, now])
}

/// How many intents wait, are claimed or ambiguous.
pub fn waiting(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    tx.query_one(&OUTBOX_WAITING, args![])?.get(0)
}
