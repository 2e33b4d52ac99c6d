//! Attempts: tries at handing messages to providers, and what came of them.

use crate::args;
use crate::db::{DbError, Row, Tx, inserts, statements};
use domain::id::{AccountId, AttemptId, ConversationId, MessageId};
use domain::message::State;
use domain::receipt::Progress;
use uuid::Uuid;

statements! {
    tenant ATTEMPT_SETTLE = "update attempts set state = $3, provider_id = coalesce($4, provider_id), error_class = $5,
        error_code = $6, settled_at = $7 where ws = $1 and id = $2";
    tenant ATTEMPT_PROGRESS = "update attempts set progress = $3, provider_id = coalesce(provider_id, $4), state = $5,
        error_class = coalesce($6, error_class), error_code = coalesce($7, error_code), settled_at = $8
        where ws = $1 and id = $2";
    tenant ATTEMPT_BY_PROVIDER_ID = "select a.id, a.message_id, a.account_id, a.state, a.provider_id, a.progress,
        m.conversation_id, m.state, m.parts, coalesce(o.attempts, 1)
        from attempts a join messages m on m.ws = a.ws and m.id = a.message_id
        left join outbox o on o.ws = a.ws and o.message_id = a.message_id
        where a.ws = $1 and a.account_id = $2 and a.provider_id {any:$3}";
    tenant ATTEMPT_BY_ID = "select a.id, a.message_id, a.account_id, a.state, a.provider_id, a.progress,
        m.conversation_id, m.state, m.parts, coalesce(o.attempts, 1)
        from attempts a join messages m on m.ws = a.ws and m.id = a.message_id
        left join outbox o on o.ws = a.ws and o.message_id = a.message_id
        where a.ws = $1 and a.account_id = $2 and a.id {any:$3}";
    tenant ATTEMPT_OF_MESSAGE = "select id, state, provider_id, error_class, error_code, created_at, settled_at
        from attempts where ws = $1 and message_id = $2 order by created_at, id";
    tenant ATTEMPT_AMBIGUOUS = "select a.id, a.account_id, a.address, i.address, a.body_hash, a.created_at, a.look_ups
        from attempts a
        join messages m on m.ws = a.ws and m.id = a.message_id
        join conversations c on c.ws = m.ws and c.id = m.conversation_id
        join inboxes i on i.ws = c.ws and i.id = c.inbox_id
        where a.ws = $1 and a.state = 'ambiguous' and a.created_at < $2 and a.look_ups < $3
            and coalesce(a.look_up_at, 0) <= $4
        order by a.created_at limit $5";
    tenant ATTEMPT_LOOKED_UP = "update attempts set look_ups = $3, look_up_at = $4
        where ws = $1 and id = $2 and state = 'ambiguous'";
}

inserts! {
    ATTEMPT_INSERT_MANY = "attempts" [
        ("id", Uuid), ("message_id", Uuid), ("account_id", Uuid), ("address", Text), ("state", Text),
        ("hand_over_by", Int), ("body_hash", Blob), ("created_at", Int)
    ] "";
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
                new.at
            ]
            .to_vec()
        })
        .collect();
    tx.insert_many(&ATTEMPT_INSERT_MANY, rows)?;
    Ok(())
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
            args![one.id, one.state.word(), one.provider_id.clone(), one.error_class, one.error_code.clone(), one.at]
                .to_vec()
        })
        .collect();
    tx.exec_many(&ATTEMPT_SETTLE, &rows)
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
    })
}

/// Attempts of an account by the provider's ids.
pub fn by_provider_ids(tx: &mut Tx<'_>, account: AccountId, ids: Vec<String>) -> Result<Vec<AttemptRow>, DbError> {
    tx.query(&ATTEMPT_BY_PROVIDER_ID, args![account, ids])?.iter().map(attempt).collect()
}

/// Attempts of an account by our own ids.
pub fn by_ids(tx: &mut Tx<'_>, account: AccountId, ids: Vec<Uuid>) -> Result<Vec<AttemptRow>, DbError> {
    tx.query(&ATTEMPT_BY_ID, args![account, ids])?.iter().map(attempt).collect()
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
    tx.exec_many(&ATTEMPT_PROGRESS, &rows)
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

/// Notes how often an ambiguous attempt was looked for, and when it is next.
pub fn looked_up(tx: &mut Tx<'_>, id: AttemptId, look_ups: i64, next: i64) -> Result<(), DbError> {
    tx.later(&ATTEMPT_LOOKED_UP, args![id, look_ups, next])
}
