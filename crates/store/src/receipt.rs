//! Receipts: what carriers said, each fact once.

use crate::args;
use crate::db::{DbError, Engine, Tx, inserts, statements};
use domain::id::{AccountId, AttemptId};
use domain::outcome::ErrorClass;
use domain::receipt::ReceiptState;

statements! {
    // The answers of an account share a lock, which receipts that belong to nothing yet take
    // alone: whichever commits last has seen the other. Only PostgreSQL has two writers.
    tenant RECEIPT_ANSWERS = "select 1{postgres:, pg_advisory_xact_lock_shared(hashtextextended(id::text, 0))}
        from accounts where ws = $1 and id = $2";
    tenant RECEIPT_UNMATCHED = "select 1{postgres:, pg_advisory_xact_lock(hashtextextended(id::text, 0))}
        from accounts where ws = $1 and id = $2";
    tenant RECEIPT_KNOWN = "select provider_id, word, part from receipts
        where ws = $1 and account_id = $2 and provider_id {any:$3}";
    tenant RECEIPT_EARLY = "select provider_id, part, state, error_class, error_code from receipts
        where ws = $1 and account_id = $2 and provider_id {any:$3}";
}

inserts! {
    RECEIPT_INSERT_MANY = "receipts" [
        ("account_id", Uuid), ("provider_id", Text), ("word", Text), ("part", Int), ("state", Text),
        ("error_class", Text), ("error_code", Text), ("attempt_id", Uuid), ("created_at", Int)
    ] "on conflict do nothing";
}

/// A receipt as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    /// The provider's id of the message.
    pub provider_id: String,
    /// The provider's own word.
    pub word: String,
    /// 0 for the whole message, else the part's number.
    pub part: i64,
    /// What Hark takes the word for.
    pub state: Option<ReceiptState>,
    /// The class of its error.
    pub error_class: Option<&'static str>,
    /// The provider's own error code.
    pub error_code: Option<String>,
    /// Our attempt, where its id rode along.
    pub attempt: Option<AttemptId>,
    /// Unix ms.
    pub at: i64,
}

/// Keeps receipts; repeats change nothing.
pub fn insert_many(tx: &mut Tx<'_>, account: AccountId, rows: &[ReceiptRow]) -> Result<(), DbError> {
    let values = rows
        .iter()
        .map(|row| {
            args![
                account,
                &row.provider_id,
                &row.word,
                row.part,
                row.state.map(ReceiptState::word),
                row.error_class,
                row.error_code.clone(),
                row.attempt,
                row.at
            ]
            .to_vec()
        })
        .collect();
    tx.insert_many(&RECEIPT_INSERT_MANY, values)?;
    Ok(())
}

/// Says that answers of submits are about to be written: the receipts read from here
/// on are all there will be before them. Taken before any row of an attempt.
pub fn answers_begin(tx: &mut Tx<'_>, account: AccountId) -> Result<(), DbError> {
    if tx.engine() == Engine::Sqlite {
        return Ok(());
    }
    tx.later(&RECEIPT_ANSWERS, args![account])
}

/// Waits for the answers that are being written, so that attempts looked for from here
/// on are found by what those told; later answers wait, and read the receipts kept before
/// this. Taken before any row of an attempt.
pub fn answers_wait(tx: &mut Tx<'_>, account: AccountId) -> Result<(), DbError> {
    if tx.engine() == Engine::Sqlite {
        return Ok(());
    }
    tx.query(&RECEIPT_UNMATCHED, args![account]).map(|_| ())
}

/// Which facts about some messages are already kept: provider id, word and part.
pub fn known(tx: &mut Tx<'_>, account: AccountId, ids: Vec<String>) -> Result<Vec<(String, String, i64)>, DbError> {
    tx.query(&RECEIPT_KNOWN, args![account, ids])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .collect()
}

/// What was said of a message, perhaps before its submit was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The provider's id of the message.
    pub provider_id: String,
    /// 0 for the whole message, else the part's number.
    pub part: i64,
    /// What Hark takes the word for.
    pub state: Option<ReceiptState>,
    /// Its error, where it tells one: the class and the provider's own code.
    pub error: Option<(ErrorClass, String)>,
}

/// What was said of some messages so far, in no order.
pub fn early(tx: &mut Tx<'_>, account: AccountId, ids: Vec<String>) -> Result<Vec<Said>, DbError> {
    tx.query(&RECEIPT_EARLY, args![account, ids])?
        .iter()
        .map(|row| {
            let state = row.get::<Option<String>>(2)?.and_then(|word| ReceiptState::from_word(&word));
            let class = row.get::<Option<String>>(3)?.and_then(|word| ErrorClass::from_code(&word));
            let code = row.get::<Option<String>>(4)?.unwrap_or_default();
            Ok(Said { provider_id: row.get(0)?, part: row.get(1)?, state, error: class.map(|class| (class, code)) })
        })
        .collect()
}
