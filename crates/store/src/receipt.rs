//! Receipts: what carriers said, each fact once.

use crate::args;
use crate::db::{DbError, Tx, inserts, statements};
use domain::id::{AccountId, AttemptId};
use domain::receipt::ReceiptState;

statements! {
    tenant RECEIPT_KNOWN = "select provider_id, word, part from receipts
        where ws = $1 and account_id = $2 and provider_id {any:$3}";
    tenant RECEIPT_EARLY = "select provider_id, part, state from receipts
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
}

/// What was said of some messages so far.
pub fn early(tx: &mut Tx<'_>, account: AccountId, ids: Vec<String>) -> Result<Vec<Said>, DbError> {
    tx.query(&RECEIPT_EARLY, args![account, ids])?
        .iter()
        .map(|row| {
            let state = row.get::<Option<String>>(2)?.and_then(|word| ReceiptState::from_word(&word));
            Ok(Said { provider_id: row.get(0)?, part: row.get(1)?, state })
        })
        .collect()
}
