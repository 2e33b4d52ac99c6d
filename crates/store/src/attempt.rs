//! Attempts: tries at handing messages to providers, and what came of them.

use crate::args;
use crate::db::{DbError, Engine, Row, Tx, inserts, statements, updates};
use domain::id::{AccountId, AttemptId, ConversationId, MessageId};
use domain::message::State;
use domain::receipt::Progress;
use uuid::Uuid;

statements! {
    tenant ATTEMPT_BY_PROVIDER_ID = "select a.id, a.message_id, a.account_id, a.state, a.provider_id, a.progress,
        m.conversation_id, m.state, m.parts, coalesce(o.attempts, 1), m.in_flight_at_opt_out,
        case when o.attempt_id = a.id then o.state else '' end
        from attempts a join messages m on m.ws = a.ws and m.id = a.message_id
        left join outbox o on o.ws = a.ws and o.message_id = a.message_id
        where a.ws = $1 and a.account_id = $2 and a.provider_id {any:$3}";
    tenant ATTEMPT_BY_ID = "select a.id, a.message_id, a.account_id, a.state, a.provider_id, a.progress,
        m.conversation_id, m.state, m.parts, coalesce(o.attempts, 1), m.in_flight_at_opt_out,
        case when o.attempt_id = a.id then o.state else '' end
        from attempts a join messages m on m.ws = a.ws and m.id = a.message_id
        left join outbox o on o.ws = a.ws and o.message_id = a.message_id
        where a.ws = $1 and a.account_id = $2 and a.id {any:$3}";
    // A statement of its own before the look: PostgreSQL reads what it did not lock as it
    // stood when the statement began, perhaps before a long wait.
    tenant ATTEMPT_LOCK = "select a.id from attempts a join messages m on m.ws = a.ws and m.id = a.message_id
        where a.ws = $1 and a.account_id = $2 and a.id {any:$3}
        order by a.id {postgres:for no key update of a, m}";
    tenant ATTEMPT_ADDRESSES = "select address from attempts where ws = $1 and account_id = $2 and id {any:$3}";
    tenant ATTEMPT_OF_MESSAGE = "select id, state, provider_id, error_class, error_code, created_at, settled_at
        from attempts where ws = $1 and message_id = $2 order by created_at, id";
    tenant ATTEMPT_OF_MESSAGES = "select message_id, created_at, error_code from attempts
        where ws = $1 and message_id {any:$2}";
    tenant ATTEMPT_AMBIGUOUS = "select a.id, a.account_id, a.address, i.address, a.body_hash, a.created_at, a.look_ups
        from attempts a
        join messages m on m.ws = a.ws and m.id = a.message_id
        join conversations c on c.ws = m.ws and c.id = m.conversation_id
        join inboxes i on i.ws = c.ws and i.id = c.inbox_id
        where a.ws = $1 and a.ambiguous_at < $2 and a.look_ups < $3 and coalesce(a.look_up_at, 0) <= $4
        order by a.ambiguous_at limit $5";
    tenant ATTEMPT_LOOK_UP_LEASE = "update attempts set look_up_at = $5 where ws = $1 and id = $2
        and state = 'ambiguous' and look_ups = $3 and coalesce(look_up_at, 0) <= $4";
    tenant ATTEMPT_LOOKED_UP = "update attempts set look_ups = $3, look_up_at = $4
        where ws = $1 and id = $2 and state = 'ambiguous' and look_up_at = $5";
}

inserts! {
    ATTEMPT_INSERT_MANY = "attempts" [
        ("id", Uuid), ("message_id", Uuid), ("account_id", Uuid), ("address", Text), ("state", Text),
        ("hand_over_by", Int), ("body_hash", Blob), ("marketing", Int), ("created_at", Int),
        ("tells_opt_out", Int)
    ] "";
}

updates! {
    ATTEMPT_SETTLE [
        ("id", Uuid), ("state", Text), ("provider_id", Text), ("progress", Text), ("class", Text), ("code", Text),
        ("at", Int)
    ] = "update attempts set state = {state}, provider_id = coalesce({provider_id}, provider_id),
        progress = coalesce({progress}, progress), error_class = {class}, error_code = {code}, settled_at = {at} {given} where ws = $1 and id = {id}";
    ATTEMPT_PROGRESS [
        ("id", Uuid), ("progress", Text), ("provider_id", Text), ("state", Text), ("class", Text), ("code", Text),
        ("at", Int)
    ] = "update attempts set progress = {progress}, provider_id = coalesce(provider_id, {provider_id}), state = {state},
        error_class = coalesce({class}, error_class), error_code = coalesce({code}, error_code), settled_at = {at}
        {given} where ws = $1 and id = {id}";
}

/// A try that begins.
#[derive(Debug, Clone)]
pub struct NewAttempt {
    /// Its identity; it rides along to the provider.
    pub id: AttemptId,
    /// The message.
    pub message: MessageId,
    /// The account.
    pub account: AccountId,
    /// The recipient, canonical.
    pub address: String,
    /// Unix ms.
    pub hand_over_by: i64,
    /// SHA-256 of the body, to find it again at the provider.
    pub body_hash: Vec<u8>,
    /// Whether the gate judged it as marketing, which is counted.
    pub marketing: bool,
    /// Whether it tells how to opt out.
    pub tells_opt_out: bool,
    /// Unix ms.
    pub at: i64,
}

/// Notes tries before their first byte leaves.
pub fn insert_many(tx: &mut Tx<'_>, attempts: &[NewAttempt]) -> Result<(), DbError> {
    let rows = attempts
        .iter()
        .map(|new| {
            args![
                new.id,
                new.message,
                new.account,
                &new.address,
                State::HandingOver.word(),
                new.hand_over_by,
                new.body_hash.clone(),
                new.marketing,
                new.at,
                new.tells_opt_out
            ]
            .to_vec()
        })
        .collect();
    tx.insert_many_later(&ATTEMPT_INSERT_MANY, rows)
}

/// What a submit's answer says of an attempt.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// The attempt.
    pub id: AttemptId,
    /// Where it stands now.
    pub state: State,
    /// The provider's id, where it took the message.
    pub provider_id: Option<String>,
    /// What is known of its fate, as JSON, where the answer added to it.
    pub progress: Option<String>,
    /// The class of an error.
    pub error_class: Option<&'static str>,
    /// The provider's own code.
    pub error_code: Option<String>,
    /// Unix ms.
    pub at: i64,
}

/// Writes what submits came to.
pub fn settle_many(tx: &mut Tx<'_>, settlements: &[Settlement]) -> Result<(), DbError> {
    let rows: Vec<_> = settlements
        .iter()
        .map(|one| {
            args![
                one.id,
                one.state.word(),
                one.provider_id.clone(),
                one.progress.clone(),
                one.error_class,
                one.error_code.clone(),
                one.at
            ]
            .to_vec()
        })
        .collect();
    tx.update_many_later(&ATTEMPT_SETTLE, rows)
}

/// What the outbox does with an attempt's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It is with the provider by this attempt.
    Claimed,
    /// It was set aside, for nobody knows what came of this attempt.
    Aside,
    /// It goes by another attempt, waits for one, or is settled.
    Other,
}

/// An attempt with where its message stands, for receipts.
#[derive(Debug, Clone)]
pub struct AttemptRow {
    /// Its identity.
    pub id: AttemptId,
    /// The message.
    pub message: MessageId,
    /// The account.
    pub account: AccountId,
    /// Where the attempt stands.
    pub state: State,
    /// The provider's id.
    pub provider_id: Option<String>,
    /// Receipts merged so far, as JSON.
    pub progress: Option<String>,
    /// The message's conversation.
    pub conversation: ConversationId,
    /// Where the message stands.
    pub message_state: State,
    /// The message's parts.
    pub parts: u32,
    /// How many tries the message has had.
    pub attempts: u32,
    /// Whether the customer opted out while the message was with a provider.
    pub in_flight_at_opt_out: bool,
    /// What the outbox does with it.
    pub hold: Hold,
}

impl AttemptRow {
    /// Receipts merged so far.
    #[must_use]
    pub fn progress(&self) -> Progress {
        // Only this crate writes the column; what cannot be read says nothing.
        self.progress.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    }
}

fn attempt(row: &Row) -> Result<AttemptRow, DbError> {
    let state = |column| {
        State::from_word(&row.get::<String>(column)?).ok_or(DbError::Decode {
            statement: "attempts",
            column,
            expected: "a state",
            found: "another word",
        })
    };
    Ok(AttemptRow {
        id: row.get(0)?,
        message: row.get(1)?,
        account: row.get(2)?,
        state: state(3)?,
        provider_id: row.get(4)?,
        progress: row.get(5)?,
        conversation: row.get(6)?,
        message_state: state(7)?,
        parts: row.get::<i64>(8)?.try_into().unwrap_or(1),
        attempts: row.get::<i64>(9)?.try_into().unwrap_or(1),
        in_flight_at_opt_out: row.get(10)?,
        hold: match row.get::<String>(11)?.as_str() {
            "claimed" => Hold::Claimed,
            "ambiguous" => Hold::Aside,
            _ => Hold::Other,
        },
    })
}

/// Attempts of an account by the provider's ids, unlocked.
pub fn by_provider_ids(tx: &mut Tx<'_>, account: AccountId, ids: Vec<String>) -> Result<Vec<AttemptRow>, DbError> {
    tx.query(&ATTEMPT_BY_PROVIDER_ID, args![account, ids])?.iter().map(attempt).collect()
}

/// Attempts of an account by our own ids, with their messages' rows until the
/// end of the transaction: what is merged into them is never merged into
/// something older.
pub fn lock(tx: &mut Tx<'_>, account: AccountId, ids: Vec<Uuid>) -> Result<Vec<AttemptRow>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    // SQLite has one writer, which holds everything.
    if tx.engine() == Engine::Postgres {
        tx.later(&ATTEMPT_LOCK, args![account, ids.clone()])?;
    }
    tx.query(&ATTEMPT_BY_ID, args![account, ids])?.iter().map(attempt).collect()
}

/// The recipients of some attempts of an account, canonical.
pub fn addresses(tx: &mut Tx<'_>, account: AccountId, ids: Vec<Uuid>) -> Result<Vec<String>, DbError> {
    tx.query(&ATTEMPT_ADDRESSES, args![account, ids])?.iter().map(|row| row.get(0)).collect()
}

/// Progress to write back.
#[derive(Debug, Clone)]
pub struct ProgressChange {
    /// The attempt.
    pub id: AttemptId,
    /// Receipts merged so far, as JSON.
    pub progress: String,
    /// The provider's id, where only the receipt told it.
    pub provider_id: Option<String>,
    /// Where the attempt stands now.
    pub state: State,
    /// The class of an error.
    pub error_class: Option<&'static str>,
    /// The provider's own code.
    pub error_code: Option<String>,
    /// Unix ms.
    pub at: i64,
}

/// Writes merged receipts.
pub fn set_progress(tx: &mut Tx<'_>, changes: &[ProgressChange]) -> Result<(), DbError> {
    let rows: Vec<_> = changes
        .iter()
        .map(|one| {
            args![
                one.id,
                &one.progress,
                one.provider_id.clone(),
                one.state.word(),
                one.error_class,
                one.error_code.clone(),
                one.at
            ]
            .to_vec()
        })
        .collect();
    tx.update_many_later(&ATTEMPT_PROGRESS, rows)
}

/// A try as the message's page tells it.
#[derive(Debug, Clone)]
pub struct AttemptStory {
    /// Its identity.
    pub id: AttemptId,
    /// Where it stands, as its word.
    pub state: String,
    /// The provider's id.
    pub provider_id: Option<String>,
    /// The class of an error.
    pub error_class: Option<String>,
    /// The provider's own code.
    pub error_code: Option<String>,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub settled_at: Option<i64>,
}

/// The tries of some messages, in no order: the message, when it was handed over (Unix ms),
/// and the provider's own error code.
pub fn of_messages(tx: &mut Tx<'_>, messages: Vec<Uuid>) -> Result<Vec<(MessageId, i64, Option<String>)>, DbError> {
    tx.query(&ATTEMPT_OF_MESSAGES, args![messages])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .collect()
}

/// All tries of a message.
pub fn of_message(tx: &mut Tx<'_>, message: MessageId) -> Result<Vec<AttemptStory>, DbError> {
    tx.query(&ATTEMPT_OF_MESSAGE, args![message])?
        .iter()
        .map(|row| {
            Ok(AttemptStory {
                id: row.get(0)?,
                state: row.get(1)?,
                provider_id: row.get(2)?,
                error_class: row.get(3)?,
                error_code: row.get(4)?,
                created_at: row.get(5)?,
                settled_at: row.get(6)?,
            })
        })
        .collect()
}

/// An attempt nobody knows the fate of.
#[derive(Debug, Clone)]
pub struct AmbiguousRow {
    /// The attempt.
    pub id: AttemptId,
    /// The account.
    pub account: AccountId,
    /// The recipient, canonical.
    pub address: String,
    /// Our sender, canonical.
    pub sender: String,
    /// SHA-256 of the body.
    pub body_hash: Option<Vec<u8>>,
    /// Unix ms.
    pub created_at: i64,
    /// How often it was looked for.
    pub look_ups: i64,
}

/// Ambiguous attempts begun before an instant, looked for less than `most`
/// times and due to be, oldest first.
pub fn ambiguous(tx: &mut Tx<'_>, before: i64, most: i64, now: i64, limit: i64) -> Result<Vec<AmbiguousRow>, DbError> {
    tx.query(&ATTEMPT_AMBIGUOUS, args![before, most, now, limit])?
        .iter()
        .map(|row| {
            Ok(AmbiguousRow {
                id: row.get(0)?,
                account: row.get(1)?,
                address: row.get(2)?,
                sender: row.get(3)?,
                body_hash: row.get(4)?,
                created_at: row.get(5)?,
                look_ups: row.get(6)?,
            })
        })
        .collect()
}

/// Takes an ambiguous attempt for looking it up until an instant (Unix ms).
/// False when another node has it, or it is settled. The instant is the fence
/// of [`looked_up`].
pub fn look_up_lease(tx: &mut Tx<'_>, row: &AmbiguousRow, now: i64, until: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&ATTEMPT_LOOK_UP_LEASE, args![row.id, row.look_ups, now, until])? > 0)
}

/// Notes how often an ambiguous attempt was looked for, and when it is next.
/// Changes nothing when the lease until `lease` ran out and another node took it.
pub fn looked_up(tx: &mut Tx<'_>, id: AttemptId, look_ups: i64, next: i64, lease: i64) -> Result<(), DbError> {
    tx.later(&ATTEMPT_LOOKED_UP, args![id, look_ups, next, lease])
}
