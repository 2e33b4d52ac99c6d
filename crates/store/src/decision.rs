//! Decisions: every verdict of the gate, with what it was based on.

use crate::args;
use crate::db::{DbError, Tx, inserts, statements};
use domain::gate::Decision;
use domain::id::MessageId;

statements! {
    tenant DECISION_LIST = "select no, at, record from decisions where ws = $1 and message_id = $2 order by no";
}

inserts! {
    DECISION_INSERT_MANY = "decisions" [
        ("message_id", Uuid), ("no", Int), ("verdict", Text), ("code", Text), ("at", Int), ("record", Text)
    ] "on conflict do nothing";
}

/// When a verdict was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// As the text was accepted.
    Accept = 0,
    /// As it was claimed.
    Claim = 1,
}

/// Keeps verdicts. Their number is the instant and the pass, which orders them
/// without counting the ones before.
pub fn insert_many<'a>(
    tx: &mut Tx<'_>,
    decisions: impl Iterator<Item = (MessageId, &'a Decision)>,
    pass: Pass,
    at: i64,
) -> Result<(), DbError> {
    let rows = decisions
        .map(|(message, decision)| {
            // A decision holds only strings and numbers, which always serialise.
            let record = serde_json::to_string(decision).unwrap_or_default();
            args![message, at * 2 + pass as i64, decision.verdict.word(), &decision.code, at, record].to_vec()
        })
        .collect();
    tx.insert_many(&DECISION_INSERT_MANY, rows)?;
    Ok(())
}

/// All verdicts on a message: number, Unix ms, record as JSON.
pub fn of_message(tx: &mut Tx<'_>, message: MessageId) -> Result<Vec<(i64, i64, String)>, DbError> {
    tx.query(&DECISION_LIST, args![message])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}
