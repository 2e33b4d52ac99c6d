//! Keys with which programs call the API.

use crate::args;
use crate::db::{DbError, Row, ServerTx, Tx, statements};
use domain::id::{ApiKeyId, InboxId, MemberId, WorkspaceId};
use domain::message::Purpose;

statements! {
    tenant API_KEY_INSERT = "insert into api_keys
        (ws, id, name, secret_hash, scopes, purpose, inbox_id, created_by, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    tenant API_KEY_LIST = "select ws, id, name, scopes, purpose, inbox_id, created_at, last_used_at, secret_hash
        from api_keys where ws = $1 and revoked_at is null order by created_at desc, id desc";
    tenant API_KEY_REVOKE = "update api_keys set revoked_at = $3 where ws = $1 and id = $2 and revoked_at is null";
    tenant API_KEY_USED = "update api_keys set last_used_at = $3 where ws = $1 and id = $2";
    server API_KEY_BY_ID = "select k.ws, k.id, k.name, k.scopes, k.purpose, k.inbox_id, k.created_at, k.last_used_at, k.secret_hash
        from api_keys k join workspaces w on w.id = k.ws
        where k.id = $1 and k.revoked_at is null and w.deleted_at is null";
}

/// A key.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// Whose it is.
    pub ws: WorkspaceId,
    /// Its identity.
    pub id: ApiKeyId,
    /// What members call it.
    pub name: String,
    /// What it may do: words with spaces between.
    pub scopes: String,
    /// The purpose of texts that do not say their own.
    pub purpose: Option<Purpose>,
    /// The inbox of texts that do not say their own.
    pub inbox: Option<InboxId>,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms, to the minute.
    pub last_used_at: Option<i64>,
    /// The SHA-256 of its secret.
    pub secret_hash: Vec<u8>,
}

impl std::fmt::Debug for ApiKeyRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiKeyRow({} {})", self.id, self.scopes)
    }
}

fn api_key(row: &Row) -> Result<ApiKeyRow, DbError> {
    Ok(ApiKeyRow {
        ws: row.get(0)?,
        id: row.get(1)?,
        name: row.get(2)?,
        scopes: row.get(3)?,
        purpose: row.get::<Option<String>>(4)?.as_deref().and_then(Purpose::from_word),
        inbox: row.get(5)?,
        created_at: row.get(6)?,
        last_used_at: row.get(7)?,
        secret_hash: row.get(8)?,
    })
}

/// Adds a key.
pub fn insert(tx: &mut Tx<'_>, row: &ApiKeyRow, by: Option<MemberId>) -> Result<(), DbError> {
    tx.exec(
        &API_KEY_INSERT,
        args![
            row.id,
            &row.name,
            row.secret_hash.clone(),
            &row.scopes,
            row.purpose.map(|purpose| purpose.word().to_owned()),
            row.inbox,
            by,
            row.created_at
        ],
    )?;
    Ok(())
}

/// The keys of a workspace, newest first.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<ApiKeyRow>, DbError> {
    tx.query(&API_KEY_LIST, args![])?.iter().map(api_key).collect()
}

/// Revokes a key. False when there is none.
pub fn revoke(tx: &mut Tx<'_>, id: ApiKeyId, now: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&API_KEY_REVOKE, args![id, now])? > 0)
}

/// Notes that a key was used.
pub fn used(tx: &mut Tx<'_>, id: ApiKeyId, now: i64) -> Result<(), DbError> {
    tx.later(&API_KEY_USED, args![id, now])
}

/// A key that is not revoked, whatever its workspace: who asks is known only after.
pub fn by_id(tx: &mut ServerTx<'_>, id: ApiKeyId) -> Result<Option<ApiKeyRow>, DbError> {
    tx.query_opt(&API_KEY_BY_ID, args![id])?.as_ref().map(api_key).transpose()
}
