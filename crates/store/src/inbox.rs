//! Inboxes: the addresses customers write to.

use crate::args;
use crate::db::{DbError, Row, Tx, statements};
use domain::id::{AccountId, InboxId};

statements! {
    tenant INBOX_INSERT = "insert into inboxes (ws, id, account_id, name, address, live_at, test_numbers, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";
    tenant INBOX_UPDATE = "update inboxes set name = $3, live_at = $4, test_numbers = $5,
        stopped_at = $6, stopped_by = $7, stopped_reason = $8 where ws = $1 and id = $2";
    tenant INBOX_GET = "select id, account_id, name, address, live_at, test_numbers, stopped_at, stopped_by, stopped_reason, created_at
        from inboxes where ws = $1 and id = $2";
    tenant INBOX_HEARING = "select i.id, (select count(*) from join_words j where j.ws = i.ws and j.inbox_id = i.id)
        from inboxes i where i.ws = $1 and i.account_id = $2 and i.address = $3";
    tenant INBOX_LIST = "select id, account_id, name, address, live_at, test_numbers, stopped_at, stopped_by, stopped_reason, created_at
        from inboxes where ws = $1 order by created_at, id";
}

/// An address customers write to.
#[derive(Debug, Clone, PartialEq)]
pub struct InboxRow {
    /// Its identity.
    pub id: InboxId,
    /// The account that carries it.
    pub account_id: AccountId,
    /// What members call it.
    pub name: String,
    /// Our number, canonical.
    pub address: String,
    /// Since when it is live, Unix ms.
    pub live_at: Option<i64>,
    /// Numbers it may text before it is live, as a JSON array of canonical addresses.
    pub test_numbers: String,
    /// Since when all its sending is stopped, Unix ms.
    pub stopped_at: Option<i64>,
    /// Who stopped it.
    pub stopped_by: Option<String>,
    /// Why.
    pub stopped_reason: Option<String>,
    /// Unix ms.
    pub created_at: i64,
}

fn inbox(row: &Row) -> Result<InboxRow, DbError> {
    Ok(InboxRow {
        id: row.get(0)?,
        account_id: row.get(1)?,
        name: row.get(2)?,
        address: row.get(3)?,
        live_at: row.get(4)?,
        test_numbers: row.get(5)?,
        stopped_at: row.get(6)?,
        stopped_by: row.get(7)?,
        stopped_reason: row.get(8)?,
        created_at: row.get(9)?,
    })
}

/// Adds an inbox. False when the account already has that address.
pub fn insert(tx: &mut Tx<'_>, row: &InboxRow) -> Result<bool, DbError> {
    let added = tx.exec(
        &INBOX_INSERT,
        args![row.id, row.account_id, &row.name, &row.address, row.live_at, &row.test_numbers, row.created_at],
    )?;
    Ok(added > 0)
}

/// Replaces what can be changed of an inbox. False when there is none.
pub fn update(tx: &mut Tx<'_>, row: &InboxRow) -> Result<bool, DbError> {
    let changed = tx.exec(
        &INBOX_UPDATE,
        args![
            row.id,
            &row.name,
            row.live_at,
            &row.test_numbers,
            row.stopped_at,
            row.stopped_by.clone(),
            row.stopped_reason.clone()
        ],
    )?;
    Ok(changed > 0)
}

/// One inbox.
pub fn get(tx: &mut Tx<'_>, id: InboxId) -> Result<Option<InboxRow>, DbError> {
    tx.query_opt(&INBOX_GET, args![id])?.as_ref().map(inbox).transpose()
}

/// The inbox of an account with this address, and whether it has join keywords.
pub fn hearing(tx: &mut Tx<'_>, account: AccountId, address: &str) -> Result<Option<(InboxId, bool)>, DbError> {
    let found = tx.query_opt(&INBOX_HEARING, args![account, address])?;
    found.map(|row| Ok((row.get(0)?, row.get::<i64>(1)? > 0))).transpose()
}

/// All inboxes, oldest first.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<InboxRow>, DbError> {
    tx.query(&INBOX_LIST, args![])?.iter().map(inbox).collect()
}
