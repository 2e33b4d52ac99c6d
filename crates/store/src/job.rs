//! Long work that somebody asked for: durable, and done by one process at a time.
//!
//! A workspace has one job of a kind at most. Whoever works on it holds a lease and
//! renews it with every step; one that has run out is taken up by whoever looks
//! next. Each taking has a higher fence, and a step is refused to anybody with a
//! lower one, so that a process that slept through its lease cannot go on beside
//! its successor.

use crate::args;
use crate::db::{DbError, Row, Tx, statements};
use uuid::Uuid;

statements! {
    tenant JOB_GET = "select kind, payload, state, attempts, fence, lease_until from jobs where ws = $1 and kind = $2";
    tenant JOB_PUT = "insert into jobs (ws, id, kind, payload, due_at, state, lease_until, unique_key, created_at)
        values ($1, $2, $3, $4, $6, $5, $6, $3, $6)
        on conflict (ws, kind, unique_key) where unique_key is not null do update set payload = excluded.payload,
        state = excluded.state, lease_until = excluded.lease_until, attempts = 0, fence = jobs.fence + 1";
    tenant JOB_ASK = "insert into jobs (ws, id, kind, payload, due_at, state, lease_until, unique_key, created_at)
        values ($1, $2, $3, '{}', $5, $4, $5, $3, $5)
        on conflict (ws, kind, unique_key) where unique_key is not null do update set state = excluded.state,
        lease_until = coalesce(jobs.lease_until, excluded.lease_until), attempts = 0";
    tenant JOB_TAKE = "update jobs set lease_until = $4, fence = fence + 1, attempts = attempts + 1
        where ws = $1 and kind = $2 and lease_until <= $3
        returning kind, payload, state, attempts, fence, lease_until";
    tenant JOB_HOLD = "update jobs set lease_until = $4
        where ws = $1 and kind = $2 and fence = $3 and lease_until is not null";
    tenant JOB_REST = "update jobs set state = $4, lease_until = null where ws = $1 and kind = $2 and fence = $3";
    tenant JOB_FORGET = "delete from jobs where ws = $1 and kind = $2 and fence = $3";
    tenant JOB_WAITING = "select kind from jobs where ws = $1 and lease_until <= $2 and attempts < $3 order by kind";
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What kind of work it is.
    pub kind: String,
    /// What was asked for, as JSON of that kind.
    pub payload: String,
    /// Where it stands, in a word of that kind.
    pub state: String,
    /// How often it was taken since it was asked for.
    pub attempts: i64,
    /// The number of this taking.
    pub fence: i64,
    /// Until when somebody works on it, Unix ms; in the past for one that waits,
    /// absent for one at rest.
    pub lease_until: Option<i64>,
}

fn job(row: &Row) -> Result<Job, DbError> {
    Ok(Job {
        kind: row.get(0)?,
        payload: row.get(1)?,
        state: row.get(2)?,
        attempts: row.get(3)?,
        fence: row.get(4)?,
        lease_until: row.get(5)?,
    })
}

/// The job of a kind, if there is one.
pub fn get(tx: &mut Tx<'_>, kind: &str) -> Result<Option<Job>, DbError> {
    tx.query_opt(&JOB_GET, args![kind])?.as_ref().map(job).transpose()
}

/// Asks for work, in place of what was asked before: it waits from `now` (Unix ms),
/// and whoever was at the former finds itself fenced off.
pub fn put(tx: &mut Tx<'_>, id: Uuid, kind: &str, payload: &str, state: &str, now: i64) -> Result<(), DbError> {
    tx.exec(&JOB_PUT, args![id, kind, payload, state, now])?;
    Ok(())
}

/// Asks for work on what is listed elsewhere: it waits from `now` (Unix ms), unless somebody
/// is at it already, who will find what was added.
///
/// Whoever adds asks first, in the same transaction, and whoever works takes the row
/// ([`hold`]) before it looks whether anything is left: so nothing is added between its
/// last look and its [`rest`].
pub fn ask(tx: &mut Tx<'_>, id: Uuid, kind: &str, state: &str, now: i64) -> Result<(), DbError> {
    tx.exec(&JOB_ASK, args![id, kind, state, now])?;
    Ok(())
}

/// Takes a waiting job until an instant (Unix ms). None where somebody else has it
/// or it is at rest.
pub fn take(tx: &mut Tx<'_>, kind: &str, now: i64, until: i64) -> Result<Option<Job>, DbError> {
    tx.query_opt(&JOB_TAKE, args![kind, now, until])?.as_ref().map(job).transpose()
}

/// Renews a lease, in the transaction of each step. False: the job is no longer
/// ours, and the step must not be kept.
pub fn hold(tx: &mut Tx<'_>, job: &Job, until: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&JOB_HOLD, args![&job.kind, job.fence, until])? > 0)
}

/// Ends the work and keeps the row, with where it stands. False: it is no longer ours.
pub fn rest(tx: &mut Tx<'_>, job: &Job, state: &str) -> Result<bool, DbError> {
    Ok(tx.exec(&JOB_REST, args![&job.kind, job.fence, state])? > 0)
}

/// Ends the work and forgets it. False: it is no longer ours.
pub fn forget(tx: &mut Tx<'_>, job: &Job) -> Result<bool, DbError> {
    Ok(tx.exec(&JOB_FORGET, args![&job.kind, job.fence])? > 0)
}

/// Kinds of work that wait at an instant (Unix ms), but for what was taken in vain
/// `attempts_max` times.
pub fn waiting(tx: &mut Tx<'_>, now: i64, attempts_max: i64) -> Result<Vec<String>, DbError> {
    tx.query(&JOB_WAITING, args![now, attempts_max])?.iter().map(|row| row.get(0)).collect()
}
