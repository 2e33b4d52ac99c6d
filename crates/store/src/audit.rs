//! The audit log: who changed what.

use crate::args;
use crate::db::{DbError, Row, ServerTx, Tx, statements};
use domain::id::{AuditId, WorkspaceId};
use uuid::Uuid;

statements! {
    tenant AUDIT_INSERT = "insert into audit (ws, id, at, actor_kind, actor_id, action, subject, detail)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    server AUDIT_INSERT_SERVER = "insert into audit (ws, id, at, actor_kind, actor_id, action, subject, detail)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    tenant AUDIT_PAGE = "select id, at, actor_kind, actor_id, action, subject, detail from audit
        where ws = $1 and (at < $2 or (at = $2 and id < $3)) order by at desc, id desc limit $4";
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its identity.
    pub id: AuditId,
    /// Unix ms.
    pub at: i64,
    /// `member`, `api_key`, `cli` or `system`.
    pub actor_kind: String,
    /// The actor, where there is one.
    pub actor_id: Option<Uuid>,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// More, as JSON.
    pub detail: String,
}

fn entry(row: &Row) -> Result<AuditRow, DbError> {
    Ok(AuditRow {
        id: row.get(0)?,
        at: row.get(1)?,
        actor_kind: row.get(2)?,
        actor_id: row.get(3)?,
        action: row.get(4)?,
        subject: row.get(5)?,
        detail: row.get(6)?,
    })
}

/// Adds an entry.
pub fn insert(tx: &mut Tx<'_>, row: &AuditRow) -> Result<(), DbError> {
    tx.later(
        &AUDIT_INSERT,
        args![row.id, row.at, &row.actor_kind, row.actor_id, &row.action, &row.subject, &row.detail],
    )
}

/// Adds an entry to a workspace's log from work across workspaces.
pub fn insert_in(tx: &mut ServerTx<'_>, ws: WorkspaceId, row: &AuditRow) -> Result<(), DbError> {
    tx.later(
        &AUDIT_INSERT_SERVER,
        args![ws, row.id, row.at, &row.actor_kind, row.actor_id, &row.action, &row.subject, &row.detail],
    )
}

/// Entries before a place, newest first.
pub fn page(tx: &mut Tx<'_>, before: (i64, Uuid), limit: i64) -> Result<Vec<AuditRow>, DbError> {
    tx.query(&AUDIT_PAGE, args![before.0, before.1, limit])?.iter().map(entry).collect()
}
