//! The rules a workspace chose: which pack, and what its operators changed in it.
//!
//! A state of them is never changed. The gate reads the number of the one that holds beside
//! the stop switches, in the transaction that acts on its verdict, so that every node decides
//! by it from the commit on.

use crate::args;
use crate::db::{DbError, Row, Tx, statements};
use domain::id::RuleOverrideId;
use uuid::Uuid;

macro_rules! overrides {
    () => {
        "id, change, loosens, actor_kind, actor_id, created_at, until_at, ended_at, ended_kind, ended_id, ended_reason"
    };
}

statements! {
    tenant RULES_NOW = "select rules_no, rules_key from workspaces where id = $1";
    tenant RULES_NOW_LOCK = "select rules_no, rules_key from workspaces where id = $1 {for_update}";
    tenant RULES_NOW_SET = "update workspaces set rules_no = $2, rules_key = $3 where id = $1";
    tenant RULES_VERSION = "select no, pack, fingerprint, overrides, reason, actor_kind, actor_id, created_at
        from rule_versions where ws = $1 and no = $2";
    tenant RULES_VERSION_PAGE = "select no, pack, fingerprint, overrides, reason, actor_kind, actor_id, created_at
        from rule_versions where ws = $1 and no < $2 order by no desc limit $3";
    tenant RULES_VERSION_INSERT = "insert into rule_versions
        (ws, no, pack, fingerprint, overrides, reason, actor_kind, actor_id, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    tenant RULES_OVERRIDE_INSERT = "insert into rule_overrides
        (ws, id, change, loosens, actor_kind, actor_id, created_at, until_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    tenant RULES_OVERRIDE_GET = concat!("select ", overrides!(), " from rule_overrides where ws = $1 and id = $2");
    tenant RULES_OVERRIDE_OPEN = concat!("select ", overrides!(), " from rule_overrides
        where ws = $1 and ended_at is null order by created_at, id limit $2");
    tenant RULES_OVERRIDE_PAGE = concat!("select ", overrides!(), " from rule_overrides
        where ws = $1 and (created_at, id) < ($2, $3) order by created_at desc, id desc limit $4");
    tenant RULES_OVERRIDE_END = "update rule_overrides set ended_at = $3, ended_kind = $4, ended_id = $5, ended_reason = $6
        where ws = $1 and id = $2 and ended_at is null";
}

/// One state of a workspace's rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRow {
    /// Its number, from 1.
    pub no: i64,
    /// The pack's name; empty for the default, whatever is its newest.
    pub pack: String,
    /// What tells its overrides from every other set of them; empty where there are none.
    pub fingerprint: String,
    /// The overrides as the gate takes them: a JSON array.
    pub overrides: String,
    /// Why it came to be.
    pub reason: String,
    /// The kind of who made it.
    pub actor_kind: String,
    /// Who, where there is somebody.
    pub actor_id: Option<Uuid>,
    /// When, Unix ms.
    pub created_at: i64,
}

/// One override, with who began and who ended it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverrideRow {
    /// Its identity.
    pub id: RuleOverrideId,
    /// The override as the gate takes it: a JSON object.
    pub change: String,
    /// Whether it let texts leave that the pack would have stopped, when it was made.
    pub loosens: bool,
    /// The kind of who made it.
    pub actor_kind: String,
    /// Who, where there is somebody.
    pub actor_id: Option<Uuid>,
    /// When, Unix ms.
    pub created_at: i64,
    /// When it ends by itself, Unix ms.
    pub until_at: Option<i64>,
    /// When somebody ended it, Unix ms.
    pub ended_at: Option<i64>,
    /// The kind of who ended it.
    pub ended_kind: Option<String>,
    /// Who, where there is somebody.
    pub ended_id: Option<Uuid>,
    /// Why it was ended.
    pub ended_reason: Option<String>,
}

fn version(row: &Row) -> Result<VersionRow, DbError> {
    Ok(VersionRow {
        no: row.get(0)?,
        pack: row.get(1)?,
        fingerprint: row.get(2)?,
        overrides: row.get(3)?,
        reason: row.get(4)?,
        actor_kind: row.get(5)?,
        actor_id: row.get(6)?,
        created_at: row.get(7)?,
    })
}

fn rule_override(row: &Row) -> Result<OverrideRow, DbError> {
    Ok(OverrideRow {
        id: row.get(0)?,
        change: row.get(1)?,
        loosens: row.get::<i64>(2)? != 0,
        actor_kind: row.get(3)?,
        actor_id: row.get(4)?,
        created_at: row.get(5)?,
        until_at: row.get(6)?,
        ended_at: row.get(7)?,
        ended_kind: row.get(8)?,
        ended_id: row.get(9)?,
        ended_reason: row.get(10)?,
    })
}

/// The number of the state that holds (0: the default pack with nothing changed), and what
/// tells its rules from every other.
pub fn now(tx: &mut Tx<'_>) -> Result<(i64, String), DbError> {
    let row = tx.query_one(&RULES_NOW, args![])?;
    Ok((row.get(0)?, row.get(1)?))
}

/// The same, holding the row so that one change follows another.
pub fn now_locked(tx: &mut Tx<'_>) -> Result<(i64, String), DbError> {
    let row = tx.query_one(&RULES_NOW_LOCK, args![])?;
    Ok((row.get(0)?, row.get(1)?))
}

/// A state by its number.
pub fn get(tx: &mut Tx<'_>, no: i64) -> Result<Option<VersionRow>, DbError> {
    tx.query_opt(&RULES_VERSION, args![no])?.as_ref().map(version).transpose()
}

/// States before a number, newest first.
pub fn page(tx: &mut Tx<'_>, before: i64, limit: i64) -> Result<Vec<VersionRow>, DbError> {
    tx.query(&RULES_VERSION_PAGE, args![before, limit])?.iter().map(version).collect()
}

/// Keeps a state and has it hold from the commit on. `key` tells its rules from every other.
pub fn insert(tx: &mut Tx<'_>, new: &VersionRow, key: &str) -> Result<(), DbError> {
    tx.exec(
        &RULES_VERSION_INSERT,
        args![
            new.no,
            &new.pack,
            &new.fingerprint,
            &new.overrides,
            &new.reason,
            &new.actor_kind,
            new.actor_id,
            new.created_at
        ],
    )?;
    tx.exec(&RULES_NOW_SET, args![new.no, key])?;
    Ok(())
}

/// Keeps an override.
pub fn override_insert(tx: &mut Tx<'_>, new: &OverrideRow) -> Result<(), DbError> {
    tx.exec(
        &RULES_OVERRIDE_INSERT,
        args![new.id, &new.change, i64::from(new.loosens), &new.actor_kind, new.actor_id, new.created_at, new.until_at],
    )?;
    Ok(())
}

/// One override.
pub fn override_get(tx: &mut Tx<'_>, id: RuleOverrideId) -> Result<Option<OverrideRow>, DbError> {
    tx.query_opt(&RULES_OVERRIDE_GET, args![id])?.as_ref().map(rule_override).transpose()
}

/// Those nobody has ended, the first made first.
pub fn override_open(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<OverrideRow>, DbError> {
    tx.query(&RULES_OVERRIDE_OPEN, args![limit])?.iter().map(rule_override).collect()
}

/// Overrides before a place, newest first.
pub fn override_page(tx: &mut Tx<'_>, before: (i64, Uuid), limit: i64) -> Result<Vec<OverrideRow>, DbError> {
    tx.query(&RULES_OVERRIDE_PAGE, args![before.0, before.1, limit])?.iter().map(rule_override).collect()
}

/// Ends an override now (Unix ms). False where it was ended already.
pub fn override_end(
    tx: &mut Tx<'_>,
    id: RuleOverrideId,
    at: i64,
    by: (&str, Option<Uuid>),
    reason: &str,
) -> Result<bool, DbError> {
    Ok(tx.exec(&RULES_OVERRIDE_END, args![id, at, by.0, by.1, reason])? > 0)
}
