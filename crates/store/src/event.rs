//! The event log: gapless and visible in order, per workspace.

use crate::args;
use crate::db::{DbError, ServerTx, Tx, statements};
use domain::id::WorkspaceId;
use uuid::Uuid;

statements! {
    tenant EVENT_SINCE = "select seq, kind, conversation, subject, at, data from events where ws = $1 and seq > $2 order by seq limit $3";
    tenant EVENT_LAST = "select last from event_counters where ws = $1";
    tenant EVENT_FIRST = "select min(seq) from events where ws = $1", cold "the first entry of the index is all it reads";
    tenant EVENT_FORGET = "delete from events where ws = $1 and seq <= $2 and at < $3";
    tenant EVENT_OF_ACCOUNTS = "select 1 from events where ws = $1 and seq > $2 and kind = 'account.changed' limit 1";
    server EVENT_COUNTERS = "select ws, last from event_counters";
    tenant FOLLOWER_GET = "select seq from followers where ws = $1 and name = $2";
    tenant FOLLOWER_ANEW = "insert into followers (ws, name, seq) values ($1, $2, -1)
        on conflict (ws, name) do update set seq = {sqlite:min}{postgres:least}(followers.seq, 0) - 1";
    tenant FOLLOWER_MOVE = "insert into followers (ws, name, seq) values ($1, $2, $4)
        on conflict (ws, name) do update set seq = excluded.seq where followers.seq = $3";
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Its number in the workspace, without gaps.
    pub seq: i64,
    /// What happened.
    pub kind: String,
    /// The conversation it concerns.
    pub conversation: Option<Uuid>,
    /// The thing it happened to.
    pub subject: Option<Uuid>,
    /// Unix ms.
    pub at: i64,
    /// More, as JSON, without bodies or numbers.
    pub data: String,
}

/// The events after a number, in order.
pub fn since(tx: &mut Tx<'_>, seq: i64, limit: i64) -> Result<Vec<EventRow>, DbError> {
    tx.query(&EVENT_SINCE, args![seq, limit])?
        .iter()
        .map(|row| {
            Ok(EventRow {
                seq: row.get(0)?,
                kind: row.get(1)?,
                conversation: row.get(2)?,
                subject: row.get(3)?,
                at: row.get(4)?,
                data: row.get(5)?,
            })
        })
        .collect()
}

/// The number of the last event, 0 when there is none.
pub fn last(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    Ok(tx.query_opt(&EVENT_LAST, args![])?.map(|row| row.get(0)).transpose()?.unwrap_or(0))
}

/// The number of the oldest event still kept.
pub fn first(tx: &mut Tx<'_>) -> Result<Option<i64>, DbError> {
    tx.query_one(&EVENT_FIRST, args![])?.get(0)
}

/// Forgets events up to a number that are older than an instant (Unix ms).
pub fn forget(tx: &mut Tx<'_>, up_to: i64, before: i64) -> Result<u64, DbError> {
    tx.exec(&EVENT_FORGET, args![up_to, before])
}

/// How far a follower of the log has come.
pub fn follower(tx: &mut Tx<'_>, name: &str) -> Result<i64, DbError> {
    Ok(tx.query_opt(&FOLLOWER_GET, args![name])?.map(|row| row.get(0)).transpose()?.unwrap_or(0))
}

/// Has a follower of the log begin anew, before the first event of all. Each wish is
/// another place: who follows an earlier one cannot move on from it.
pub fn follower_anew(tx: &mut Tx<'_>, name: &str) -> Result<(), DbError> {
    tx.exec(&FOLLOWER_ANEW, args![name]).map(|_| ())
}

/// Moves a follower of the log on from where it was thought to be. False when
/// another node has moved it meanwhile; then the work is that node's.
pub fn follower_move(tx: &mut Tx<'_>, name: &str, from: i64, to: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&FOLLOWER_MOVE, args![name, from, to])? > 0)
}

/// Whether an account changed after a number.
pub fn accounts_changed_since(tx: &mut Tx<'_>, seq: i64) -> Result<bool, DbError> {
    Ok(tx.query_opt(&EVENT_OF_ACCOUNTS, args![seq])?.is_some())
}

/// The last number of every workspace.
pub fn counters(tx: &mut ServerTx<'_>) -> Result<Vec<(WorkspaceId, i64)>, DbError> {
    tx.query(&EVENT_COUNTERS, args![])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
