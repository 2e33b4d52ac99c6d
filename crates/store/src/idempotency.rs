//! Answers kept by idempotency key, in the transaction of what they answer.

use crate::args;
use crate::db::{DbError, ServerTx, Tx, statements};
use domain::id::WorkspaceId;

statements! {
    tenant IDEMPOTENCY_GET = "select request_hash, status, body from idempotency_keys
        where ws = $1 and caller = $2 and operation = $3 and key = $4 and created_at > $5";
    tenant IDEMPOTENCY_DROP_OLD = "delete from idempotency_keys
        where ws = $1 and caller = $2 and operation = $3 and key = $4 and created_at <= $5";
    tenant IDEMPOTENCY_INSERT = "insert into idempotency_keys
        (ws, caller, operation, key, request_hash, status, body, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    server IDEMPOTENCY_DROP_OLD_SERVER = "delete from idempotency_keys
        where ws = $1 and caller = $2 and operation = $3 and key = $4 and created_at <= $5";
    server IDEMPOTENCY_INSERT_SERVER = "insert into idempotency_keys
        (ws, caller, operation, key, request_hash, status, body, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    tenant IDEMPOTENCY_AMEND = "update idempotency_keys set body = $5
        where ws = $1 and caller = $2 and operation = $3 and key = $4";
    tenant IDEMPOTENCY_PAGE = "select caller, operation, key, body from idempotency_keys
        where ws = $1 and (caller, operation, key) > ($2, $3, $4) order by caller, operation, key limit $5";
    tenant IDEMPOTENCY_BLANK = "update idempotency_keys set status = $5, body = $6
        where ws = $1 and caller = $2 and operation = $3 and key = $4";
    tenant IDEMPOTENCY_FORGET = "delete from idempotency_keys where ws = $1 and created_at <= $2";
}

/// Which request a key names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<'a> {
    /// Who asks: a member's or key's id.
    pub caller: &'a str,
    /// What for.
    pub operation: &'a str,
    /// The key.
    pub key: &'a str,
}

/// An answer that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The SHA-256 of the request it answered.
    pub request_hash: Vec<u8>,
    /// The HTTP status.
    pub status: i64,
    /// The body, as JSON.
    pub body: String,
}

/// The answer kept for a request since an instant (Unix ms).
pub fn get(tx: &mut Tx<'_>, named: &Named<'_>, since: i64) -> Result<Option<Kept>, DbError> {
    tx.query_opt(&IDEMPOTENCY_GET, args![named.caller, named.operation, named.key, since])?
        .map(|row| {
            Ok(Kept {
                request_hash: row.get(0)?,
                status: row.get::<Option<i64>>(1)?.unwrap_or(200),
                body: row.get::<Option<String>>(2)?.unwrap_or_default(),
            })
        })
        .transpose()
}

/// Keeps an answer. A conflict says that another request with the key came first.
/// One kept until `since` (Unix ms) makes room.
pub fn insert(tx: &mut Tx<'_>, named: &Named<'_>, kept: &Kept, since: i64, now: i64) -> Result<(), DbError> {
    tx.later(&IDEMPOTENCY_DROP_OLD, args![named.caller, named.operation, named.key, since])?;
    tx.exec(
        &IDEMPOTENCY_INSERT,
        args![named.caller, named.operation, named.key, kept.request_hash.clone(), kept.status, &kept.body, now],
    )?;
    Ok(())
}

/// As [`insert`], from work across workspaces.
pub fn insert_in(
    tx: &mut ServerTx<'_>,
    ws: WorkspaceId,
    named: &Named<'_>,
    kept: &Kept,
    since: i64,
    now: i64,
) -> Result<(), DbError> {
    tx.later(&IDEMPOTENCY_DROP_OLD_SERVER, args![ws, named.caller, named.operation, named.key, since])?;
    tx.exec(
        &IDEMPOTENCY_INSERT_SERVER,
        args![ws, named.caller, named.operation, named.key, kept.request_hash.clone(), kept.status, &kept.body, now],
    )?;
    Ok(())
}

/// Writes a kept answer anew.
pub fn amend(tx: &mut Tx<'_>, named: &Named<'_>, body: &str) -> Result<(), DbError> {
    tx.exec(&IDEMPOTENCY_AMEND, args![named.caller, named.operation, named.key, body])?;
    Ok(())
}

/// Where a kept answer stands among all: caller, operation, key.
pub type Place = (String, String, String);

/// Kept answers after a place, each with its body.
pub fn page(tx: &mut Tx<'_>, after: &Place, limit: i64) -> Result<Vec<(Place, String)>, DbError> {
    tx.query(&IDEMPOTENCY_PAGE, args![&after.0, &after.1, &after.2, limit])?
        .iter()
        .map(|row| Ok(((row.get(0)?, row.get(1)?, row.get(2)?), row.get::<Option<String>>(3)?.unwrap_or_default())))
        .collect()
}

/// Puts another answer in the place of some, so that repeats still do nothing.
pub fn blank(tx: &mut Tx<'_>, places: &[Place], status: i64, body: &str) -> Result<(), DbError> {
    let rows: Vec<_> =
        places.iter().map(|(caller, operation, key)| args![caller, operation, key, status, body].to_vec()).collect();
    tx.exec_many(&IDEMPOTENCY_BLANK, &rows)
}

/// Forgets answers kept until an instant (Unix ms).
pub fn forget(tx: &mut Tx<'_>, until: i64) -> Result<u64, DbError> {
    tx.exec(&IDEMPOTENCY_FORGET, args![until])
}
