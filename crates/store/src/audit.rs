//! The audit log: who changed what.

use crate::args;
use crate::db::{DbError, NewSeal, Row, ServerTx, Tx, statements};
use domain::evidence::{AuditSeal, Digest, Kind, Sealed};
use domain::id::{AuditId, Id, WorkspaceId};
use uuid::Uuid;

/// A page before a place. What is given narrows it; the rest is null.
macro_rules! page {
    ($narrowed:literal) => {
        concat!(
            "select id, at, actor_kind, actor_id, action, subject, detail from audit where ws = $1 and ",
            $narrowed,
            " and (at, id) < ($2, $3) and at >= $5 and (actor_kind = $6 or $6 is null
            or (actor_kind = 'api' and $6 = 'api_key')) order by at desc, id desc limit $4"
        )
    };
}

statements! {
    tenant AUDIT_INSERT = "insert into audit (ws, id, at, actor_kind, actor_id, action, subject, detail)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    server AUDIT_INSERT_SERVER = "insert into audit (ws, id, at, actor_kind, actor_id, action, subject, detail)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    tenant AUDIT_PAGE = page!("(action = $8 or $8 is null) and (subject = $9 or $9 is null)
        and (actor_id = $7 or $7 is null)");
    tenant AUDIT_PAGE_BY_ACTOR = page!("actor_id = $7 and (action = $8 or $8 is null) and (subject = $9 or $9 is null)");
    tenant AUDIT_PAGE_BY_ACTION = page!("action = $8 and (actor_id = $7 or $7 is null) and (subject = $9 or $9 is null)");
    tenant AUDIT_PAGE_BY_SUBJECT = page!("subject = $9 and (actor_id = $7 or $7 is null) and (action = $8 or $8 is null)");
    tenant AUDIT_ACTION_NEXT = "select action from audit where ws = $1 and action > $2 order by action limit 1";
    tenant AUDIT_ABOUT = "select id, at, actor_kind, actor_id, action, subject, detail from audit
        where ws = $1 and subject {any:$2}";
    tenant AUDIT_GET = "select id, at, actor_kind, actor_id, action, subject, detail from audit
        where ws = $1 and id {any:$2}";
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

impl AuditRow {
    /// What the chain keeps of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        AuditSeal {
            id: Id::uuid(self.id),
            at: self.at,
            actor_kind: &self.actor_kind,
            actor_id: self.actor_id,
            action: &self.action,
            subject: &self.subject,
            detail: &self.detail,
        }
        .digest()
    }

    fn seal(&self) -> NewSeal {
        let key = Id::uuid(self.id).as_bytes().to_vec();
        NewSeal { row: Sealed { kind: Kind::Audit, key, digest: self.digest() }, at: self.at }
    }
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
    tx.seal(row.seal());
    tx.later(
        &AUDIT_INSERT,
        args![row.id, row.at, &row.actor_kind, row.actor_id, &row.action, &row.subject, &row.detail],
    )
}

/// Adds an entry to a workspace's log from work across workspaces.
pub fn insert_in(tx: &mut ServerTx<'_>, ws: WorkspaceId, row: &AuditRow) -> Result<(), DbError> {
    tx.seal(ws, row.seal());
    tx.later(
        &AUDIT_INSERT_SERVER,
        args![ws, row.id, row.at, &row.actor_kind, row.actor_id, &row.action, &row.subject, &row.detail],
    )
}

/// Which entries a page shows. What is absent narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// The kind of actor: `member`, `api_key`, `cli` or `system`.
    pub actor_kind: Option<String>,
    /// The actor.
    pub actor_id: Option<Uuid>,
    /// What was done, exactly.
    pub action: Option<String>,
    /// To what, exactly.
    pub subject: Option<String>,
    /// Not before, Unix ms.
    pub since: Option<i64>,
    /// Before, Unix ms.
    pub until: Option<i64>,
}

/// Entries before a place, newest first.
pub fn page(tx: &mut Tx<'_>, filter: &AuditFilter, before: (i64, Uuid), limit: i64) -> Result<Vec<AuditRow>, DbError> {
    let AuditFilter { actor_kind, actor_id, action, subject, since, until } = filter;
    // Of two places the earlier one bounds the page; nothing has the nil identity.
    let before = until.map_or(before, |until| before.min((until, Uuid::nil())));
    let sql = match (subject, actor_id, action) {
        (Some(_), ..) => &AUDIT_PAGE_BY_SUBJECT,
        (None, Some(_), _) => &AUDIT_PAGE_BY_ACTOR,
        (None, None, Some(_)) => &AUDIT_PAGE_BY_ACTION,
        (None, None, None) => &AUDIT_PAGE,
    };
    let since = since.unwrap_or(i64::MIN);
    let given = args![before.0, before.1, limit, since, actor_kind.clone(), *actor_id, action.clone(), subject.clone()];
    tx.query(sql, given)?.iter().map(entry).collect()
}

/// Every action the log knows, in the order of the alphabet.
pub fn actions(tx: &mut Tx<'_>) -> Result<Vec<String>, DbError> {
    // A step of the index for each, however many entries there are.
    let mut found: Vec<String> = Vec::new();
    while let Some(row) = tx.query_opt(&AUDIT_ACTION_NEXT, args![found.last().map_or("", String::as_str)])? {
        found.push(row.get(0)?);
    }
    Ok(found)
}

/// Some entries.
pub fn by_ids(tx: &mut Tx<'_>, ids: Vec<Uuid>) -> Result<Vec<AuditRow>, DbError> {
    tx.query(&AUDIT_GET, args![ids])?.iter().map(entry).collect()
}

/// Every entry about some subjects, in no order.
pub fn about(tx: &mut Tx<'_>, subjects: Vec<String>) -> Result<Vec<AuditRow>, DbError> {
    tx.query(&AUDIT_ABOUT, args![subjects])?.iter().map(entry).collect()
}
