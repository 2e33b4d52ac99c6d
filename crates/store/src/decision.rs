//! Decisions: every verdict of the gate, with what it was based on.

use crate::args;
use crate::db::{DbError, NewSeal, Tx, inserts, statements};
use domain::evidence::{DecisionSeal, Digest, Kind, Sealed};
use domain::gate::Decision;
use domain::id::{Id, MessageId};
use std::collections::HashMap;
use uuid::Uuid;

statements! {
    tenant DECISION_LIST = "select no, at, record from decisions where ws = $1 and message_id = $2 order by no";
    tenant DECISION_LAST = "select message_id, max(no) from decisions where ws = $1 and message_id {any:$2}
        group by message_id";
    tenant DECISION_OF = "select message_id, no, verdict, code, at, record from decisions
        where ws = $1 and message_id {any:$2}";
}

inserts! {
    DECISION_INSERT_MANY = "decisions" [
        ("message_id", Uuid), ("no", Int), ("verdict", Text), ("code", Text), ("at", Int), ("record", Text)
    ] "";
}

/// When a verdict was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// As the text was accepted.
    Accept = 0,
    /// As it was claimed.
    Claim = 1,
}

impl Pass {
    /// The pass that a verdict's number tells.
    #[must_use]
    pub const fn of_no(no: i64) -> Self {
        if no.rem_euclid(2) == Self::Claim as i64 { Self::Claim } else { Self::Accept }
    }
}

/// A verdict to keep.
#[derive(Debug, Clone, Copy)]
pub struct NewDecision<'a> {
    /// The message.
    pub message: MessageId,
    /// The number of the last verdict on it, read with its row in the outbox or its
    /// address in hand; none where it is new.
    pub last: Option<i64>,
    /// The verdict.
    pub decision: &'a Decision,
}

/// The number of a verdict: its instant twice and the pass, or the next one of its
/// pass where a verdict on the message has that or a higher one. A claim and an
/// opt-out may judge one message in one millisecond, and two nodes' clocks differ;
/// each verdict is a row of its own all the same, in the order they were drawn.
fn number(last: Option<i64>, pass: Pass, at: i64) -> i64 {
    let least = last.map_or(i64::MIN, |last| last.saturating_add(1)).max(at * 2);
    least + (least - pass as i64).rem_euclid(2)
}

/// The numbers of the last verdicts on some messages; those without one are absent.
pub fn last_numbers(tx: &mut Tx<'_>, messages: Vec<Uuid>) -> Result<HashMap<MessageId, i64>, DbError> {
    tx.query(&DECISION_LAST, args![messages])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Keeps verdicts.
pub fn insert_many<'a>(
    tx: &mut Tx<'_>,
    decisions: impl Iterator<Item = NewDecision<'a>>,
    pass: Pass,
    at: i64,
) -> Result<(), DbError> {
    let mut rows = Vec::new();
    for NewDecision { message, last, decision } in decisions {
        // A decision holds only strings and numbers, which always serialise.
        let record = serde_json::to_string(decision).unwrap_or_default();
        let (no, verdict) = (number(last, pass, at), decision.verdict.word());
        let seal = DecisionSeal { message: Id::uuid(message), no, verdict, code: &decision.code, at, record: &record };
        let row = Sealed { kind: Kind::Decision, key: seal.key(), digest: seal.digest() };
        tx.seal(NewSeal { row, at });
        rows.push(args![message, no, verdict, &decision.code, at, record].to_vec());
    }
    tx.insert_many_later(&DECISION_INSERT_MANY, rows)
}

/// The key a verdict is sealed under: its message and number.
pub(crate) fn key(message: Uuid, no: i64) -> Vec<u8> {
    [&message.as_bytes()[..], &no.to_be_bytes()].concat()
}

/// A key read back.
pub(crate) fn read_key(key: &[u8]) -> Option<(Uuid, i64)> {
    let (message, no) = key.split_first_chunk::<16>()?;
    Some((Uuid::from_bytes(*message), i64::from_be_bytes(no.try_into().ok()?)))
}

/// The digests of verdicts as they are now, by key.
pub(crate) fn digests(tx: &mut Tx<'_>, keys: &[Vec<u8>]) -> Result<HashMap<Vec<u8>, Digest>, DbError> {
    let mut messages: Vec<Uuid> = keys.iter().filter_map(|key| read_key(key)).map(|(message, _)| message).collect();
    messages.sort_unstable();
    messages.dedup();
    tx.query(&DECISION_OF, args![messages])?
        .iter()
        .map(|row| {
            let (message, no, at) = (row.get(0)?, row.get(1)?, row.get(4)?);
            let (verdict, code, record): (String, String, String) = (row.get(2)?, row.get(3)?, row.get(5)?);
            let seal = DecisionSeal { message, no, verdict: &verdict, code: &code, at, record: &record };
            Ok((seal.key(), seal.digest()))
        })
        .collect()
}

/// A verdict as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    /// When it was drawn.
    pub pass: Pass,
    /// The instant, Unix ms.
    pub at: i64,
    /// The decision as JSON.
    pub record: String,
}

/// The last verdicts on some messages, as JSON; those without one are absent.
pub fn last_records(tx: &mut Tx<'_>, messages: Vec<Uuid>) -> Result<HashMap<MessageId, String>, DbError> {
    let mut last: HashMap<MessageId, (i64, String)> = HashMap::new();
    for row in tx.query(&DECISION_OF, args![messages])? {
        let (message, no): (MessageId, i64) = (row.get(0)?, row.get(1)?);
        if last.get(&message).is_none_or(|(known, _)| *known < no) {
            last.insert(message, (no, row.get(5)?));
        }
    }
    Ok(last.into_iter().map(|(message, (_, record))| (message, record)).collect())
}

/// All verdicts on a message, oldest first.
pub fn of_message(tx: &mut Tx<'_>, message: MessageId) -> Result<Vec<DecisionRow>, DbError> {
    let rows = tx.query(&DECISION_LIST, args![message])?;
    rows.iter()
        .map(|row| {
            let no: i64 = row.get(0)?;
            Ok(DecisionRow { pass: Pass::of_no(no), at: row.get(1)?, record: row.get(2)? })
        })
        .collect()
}

/// A verdict with every column that is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedDecision {
    /// The message.
    pub message: MessageId,
    /// Its number.
    pub no: i64,
    /// The verdict's word.
    pub verdict: String,
    /// The code that decided.
    pub code: String,
    /// The instant, Unix ms.
    pub at: i64,
    /// The decision as JSON.
    pub record: String,
}

/// All verdicts on some messages, each message's in the order they were drawn.
pub fn of_messages(tx: &mut Tx<'_>, messages: Vec<Uuid>) -> Result<Vec<SealedDecision>, DbError> {
    let mut rows = tx
        .query(&DECISION_OF, args![messages])?
        .iter()
        .map(|row| {
            Ok(SealedDecision {
                message: row.get(0)?,
                no: row.get(1)?,
                verdict: row.get(2)?,
                code: row.get(3)?,
                at: row.get(4)?,
                record: row.get(5)?,
            })
        })
        .collect::<Result<Vec<_>, DbError>>()?;
    rows.sort_by_key(|row| (row.message, row.no));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_never_meet_tell_the_pass_and_stay_in_order() {
        let mut last = None;
        let drawn = [
            (Pass::Accept, 100),
            (Pass::Claim, 100),
            (Pass::Claim, 100),
            (Pass::Claim, 101),
            (Pass::Accept, 101),
            (Pass::Claim, 90),
            (Pass::Claim, 500),
        ];
        for (pass, at) in drawn {
            let no = number(last, pass, at);
            assert!(last.is_none_or(|last| last < no), "{last:?}, {no}");
            assert_eq!(no.rem_euclid(2), pass as i64);
            last = Some(no);
        }
        assert_eq!((number(None, Pass::Accept, 100), number(None, Pass::Claim, 100)), (200, 201), "as ever");
        assert_eq!(last, Some(1_001), "and back to the instant once it has passed");
    }
}
