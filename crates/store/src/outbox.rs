//! The outbox: intents to send, claimed with a lease.

use crate::args;
use crate::db::{DbError, Row, ServerTx, Tx, inserts, statements};
use domain::id::{AccountId, AttemptId, ConversationId, InboxId, MessageId, WorkspaceId};
use domain::message::{Origin, Purpose};
use uuid::Uuid;

statements! {
    tenant OUTBOX_INSERT = "insert into outbox (ws, message_id, conversation_id, inbox_id, account_id, address, origin,
        purpose, lane, due_at, valid_until, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    tenant OUTBOX_NEXT_DUE = "select due_at from outbox where ws = $1 and state = 'due' order by due_at limit 1";
    tenant OUTBOX_HAS_DUE = "select 1 from outbox where ws = $1 and state = 'due' and due_at <= $2 limit 1";
    tenant OUTBOX_PEEK = "select message_id, address from outbox
        where ws = $1 and state = 'due' and due_at <= $2 and account_id = $3
        order by lane, due_at, message_id limit $4";
    tenant OUTBOX_CLAIM = "update outbox set state = 'claimed', lease_until = $3, attempts = attempts + 1
        where ws = $1 and message_id {any:$2} and state = 'due'
        returning message_id, conversation_id, inbox_id, account_id, address, origin, purpose, attempts, valid_until, lane, created_at";
    tenant OUTBOX_DUE_ACCOUNTS = "select distinct account_id from outbox where ws = $1 and state = 'due' and due_at <= $2";
    tenant OUTBOX_ATTEMPT = "update outbox set attempt_id = $3 where ws = $1 and message_id = $2";
    tenant OUTBOX_RETURN = "update outbox set state = 'due', due_at = $3, attempt_id = null, lease_until = null,
        attempts = attempts - $4 where ws = $1 and message_id = $2";
    tenant OUTBOX_AMBIGUOUS = "update outbox set state = 'ambiguous', lease_until = null where ws = $1 and message_id = $2";
    tenant OUTBOX_REMOVE = "delete from outbox where ws = $1 and message_id = $2";
    tenant OUTBOX_REMOVE_MANY = "delete from outbox where ws = $1 and message_id {any:$2}";
    tenant OUTBOX_REMOVE_WAITING = "delete from outbox where ws = $1 and message_id = $2 and state = 'due'";
    tenant OUTBOX_TAKE_ADDRESS = "delete from outbox where ws = $1 and address = $2 and state = 'due'
        and origin <> 'opt_out_confirmation' returning message_id, conversation_id";
    tenant OUTBOX_EXPIRED_LEASES = "select message_id, conversation_id, attempt_id, account_id from outbox
        where ws = $1 and state = 'claimed' and lease_until < $2 order by lease_until limit $3 {skip_locked}";
    tenant OUTBOX_EXPIRED_PEEK = "select message_id, conversation_id, attempt_id, account_id from outbox
        where ws = $1 and state = 'claimed' and lease_until < $2 limit 1";
    server OUTBOX_WORKSPACES_DUE = "select w.id from workspaces w where w.deleted_at is null and exists
        (select 1 from outbox o where o.ws = w.id and o.state = 'due' and o.due_at <= $1)";
    server WORKSPACES_ALL = "select id from workspaces where deleted_at is null order by id";
    tenant OUTBOX_WAITING = "select count(*) from outbox where ws = $1";
}

inserts! {
    OUTBOX_INSERT_MANY = "outbox" [
        ("message_id", Uuid), ("conversation_id", Uuid), ("inbox_id", Uuid), ("account_id", Uuid), ("address", Text),
        ("origin", Text), ("purpose", Text), ("lane", Int), ("due_at", Int), ("valid_until", Int), ("created_at", Int)
    ] "";
}

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
    /// Worthless after, Unix ms.
    pub valid_until: Option<i64>,
    /// Unix ms.
    pub created_at: i64,
}

/// Puts an intent into the outbox.
pub fn insert(tx: &mut Tx<'_>, intent: &Intent) -> Result<(), DbError> {
    tx.exec(
        &OUTBOX_INSERT,
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
        ],
    )?;
    Ok(())
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
    tx.insert_many(&OUTBOX_INSERT_MANY, rows)?;
    Ok(())
}

/// A claimed intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What was claimed.
    pub intent: Intent,
    /// Which try this is, from 1.
    pub attempts: i64,
}

fn claim_row(row: &Row) -> Result<Claim, DbError> {
    let decode =
        |column, expected| DbError::Decode { statement: "OUTBOX_CLAIM", column, expected, found: "another word" };
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
    })
}

/// Accounts with due intents.
pub fn due_accounts(tx: &mut Tx<'_>, now: i64) -> Result<Vec<AccountId>, DbError> {
    tx.query(&OUTBOX_DUE_ACCOUNTS, args![now])?.iter().map(|row| row.get(0)).collect()
}

/// When the next intent of the workspace is due, Unix ms.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<i64>, DbError> {
    tx.query_opt(&OUTBOX_NEXT_DUE, args![])?.map(|row| row.get(0)).transpose()
}

/// The next due intents of an account and their addresses, unlocked.
pub fn peek(tx: &mut Tx<'_>, account: AccountId, now: i64, limit: i64) -> Result<Vec<(MessageId, String)>, DbError> {
    tx.query(&OUTBOX_PEEK, args![now, account, limit])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Claims those of the given intents that are still due, until `lease_until`.
///
/// The caller holds their address rows, so that an opt-out comes either before
/// this claim or after its commit, never between its look and its write.
pub fn claim(tx: &mut Tx<'_>, messages: Vec<Uuid>, lease_until: i64) -> Result<Vec<Claim>, DbError> {
    let mut claims: Vec<Claim> =
        tx.query(&OUTBOX_CLAIM, args![messages, lease_until])?.iter().map(claim_row).collect::<Result<_, _>>()?;
    // RETURNING promises no order; the oldest of the first lane leaves first.
    claims.sort_by_key(|claim| (claim.intent.lane, claim.intent.created_at, claim.intent.message));
    Ok(claims)
}

/// Notes the attempts of claimed intents.
pub fn set_attempts(tx: &mut Tx<'_>, pairs: &[(MessageId, AttemptId)]) -> Result<(), DbError> {
    let rows: Vec<_> = pairs.iter().map(|(message, attempt)| args![*message, *attempt].to_vec()).collect();
    tx.exec_many(&OUTBOX_ATTEMPT, &rows)
}

/// Gives an intent back, due at `due_at`. `uncounted` takes the try off the count.
pub fn give_back(tx: &mut Tx<'_>, message: MessageId, due_at: i64, uncounted: bool) -> Result<(), DbError> {
    tx.later(&OUTBOX_RETURN, args![message, due_at, uncounted])
}

/// Sets an intent aside: nobody knows whether the provider has it. It is never due again by itself.
pub fn set_ambiguous(tx: &mut Tx<'_>, message: MessageId) -> Result<(), DbError> {
    tx.later(&OUTBOX_AMBIGUOUS, args![message])
}

/// Takes an intent out: it is settled.
pub fn remove(tx: &mut Tx<'_>, message: MessageId) -> Result<(), DbError> {
    tx.later(&OUTBOX_REMOVE, args![message])
}

/// Takes settled intents out.
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

/// Takes out everything that waits for an address, bar an opt-out confirmation.
pub fn take_address(tx: &mut Tx<'_>, address: &str) -> Result<Vec<(MessageId, ConversationId)>, DbError> {
    tx.query(&OUTBOX_TAKE_ADDRESS, args![address])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
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
}

/// Claims whose lease ran out before `now`.
pub fn expired_leases(tx: &mut Tx<'_>, now: i64, limit: i64) -> Result<Vec<Expired>, DbError> {
    tx.query(&OUTBOX_EXPIRED_LEASES, args![now, limit])?
        .iter()
        .map(|row| {
            Ok(Expired { message: row.get(0)?, conversation: row.get(1)?, attempt: row.get(2)?, account: row.get(3)? })
        })
        .collect()
}

/// Whether some claim's lease ran out: at most one, unlocked.
pub fn expired_leases_peek(tx: &mut Tx<'_>, now: i64) -> Result<Vec<Expired>, DbError> {
    tx.query(&OUTBOX_EXPIRED_PEEK, args![now])?
        .iter()
        .map(|row| {
            Ok(Expired { message: row.get(0)?, conversation: row.get(1)?, attempt: row.get(2)?, account: row.get(3)? })
        })
        .collect()
}

/// Workspaces with due intents.
pub fn workspaces_due(tx: &mut ServerTx<'_>, now: i64) -> Result<Vec<WorkspaceId>, DbError> {
    tx.query(&OUTBOX_WORKSPACES_DUE, args![now])?.iter().map(|row| row.get(0)).collect()
}

/// Every workspace of the server.
pub fn workspaces_all(tx: &mut ServerTx<'_>) -> Result<Vec<WorkspaceId>, DbError> {
    tx.query(&WORKSPACES_ALL, args![])?.iter().map(|row| row.get(0)).collect()
}

/// How many intents wait, are claimed or ambiguous.
pub fn waiting(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    tx.query_one(&OUTBOX_WAITING, args![])?.get(0)
}
