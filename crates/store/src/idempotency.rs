//! Answers kept by idempotency key, in the transaction of what they answer.

use crate::args;
use crate::db::{DbError, Tx, statements};

statements! {
    tenant IDEMPOTENCY_GET = "select request_hash, status, body from idempotency_keys
        where ws = $1 and caller = $2 and operation = $3 and key = $4 and created_at > $5";
    tenant IDEMPOTENCY_DROP_OLD = "delete from idempotency_keys
        where ws = $1 and caller = $2 and operation = $3 and key = $4 and created_at <= $5";
    tenant IDEMPOTENCY_INSERT = "insert into idempotency_keys
        (ws, caller, operation, key, request_hash, status, body, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";
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

/// Forgets answers kept until an instant (Unix ms).
pub fn forget(tx: &mut Tx<'_>, until: i64) -> Result<u64, DbError> {
    tx.exec(&IDEMPOTENCY_FORGET, args![until])
}
