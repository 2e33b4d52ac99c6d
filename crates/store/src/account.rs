//! Accounts: our logins at providers.

use crate::args;
use crate::db::{DbError, Row, ServerTx, Tx, statements};
use domain::id::{AccountId, WorkspaceId};

statements! {
    tenant ACCOUNT_INSERT = "insert into accounts (ws, id, provider, name, settings, secrets, created_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    tenant ACCOUNT_UPDATE = "update accounts set name = $3, settings = $4, secrets = $5, disabled_at = $6
        where ws = $1 and id = $2";
    tenant ACCOUNT_DELETE = "delete from accounts where ws = $1 and id = $2";
    tenant ACCOUNT_GET = "select id, provider, name, settings, secrets, created_at, disabled_at
        from accounts where ws = $1 and id = $2";
    tenant ACCOUNT_LIST = "select id, provider, name, settings, secrets, created_at, disabled_at
        from accounts where ws = $1 order by created_at, id";
    server ACCOUNT_WORKSPACE = "select ws from accounts where id = $1";
    server ACCOUNT_SECRETS = "select ws, id, secrets from accounts where secrets is not null order by ws, id";
    server ACCOUNT_SECRETS_REPLACE = "update accounts set secrets = $4 where ws = $1 and id = $2 and secrets = $3";
}

/// A login at a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountRow {
    /// Its identity.
    pub id: AccountId,
    /// The provider's name in the registry.
    pub provider: String,
    /// What members call it.
    pub name: String,
    /// Plain settings, as JSON.
    pub settings: String,
    /// Sealed secrets; only the engine's key opens them.
    pub secrets: Option<Vec<u8>>,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms; a disabled account neither sends nor receives.
    pub disabled_at: Option<i64>,
}

fn account(row: &Row) -> Result<AccountRow, DbError> {
    Ok(AccountRow {
        id: row.get(0)?,
        provider: row.get(1)?,
        name: row.get(2)?,
        settings: row.get(3)?,
        secrets: row.get(4)?,
        created_at: row.get(5)?,
        disabled_at: row.get(6)?,
    })
}

/// Adds an account.
pub fn insert(tx: &mut Tx<'_>, row: &AccountRow) -> Result<(), DbError> {
    tx.exec(
        &ACCOUNT_INSERT,
        args![row.id, &row.provider, &row.name, &row.settings, row.secrets.clone(), row.created_at],
    )?;
    Ok(())
}

/// Replaces what can be changed of an account. False when there is none.
pub fn update(tx: &mut Tx<'_>, row: &AccountRow) -> Result<bool, DbError> {
    Ok(tx.exec(&ACCOUNT_UPDATE, args![row.id, &row.name, &row.settings, row.secrets.clone(), row.disabled_at])? > 0)
}

/// Removes an account with its inboxes and their conversations.
pub fn delete(tx: &mut Tx<'_>, id: AccountId) -> Result<bool, DbError> {
    Ok(tx.exec(&ACCOUNT_DELETE, args![id])? > 0)
}

/// One account.
pub fn get(tx: &mut Tx<'_>, id: AccountId) -> Result<Option<AccountRow>, DbError> {
    tx.query_opt(&ACCOUNT_GET, args![id])?.as_ref().map(account).transpose()
}

/// All accounts, oldest first.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<AccountRow>, DbError> {
    tx.query(&ACCOUNT_LIST, args![])?.iter().map(account).collect()
}

/// The workspace of an account: provider webhooks name only the account.
pub fn workspace_of(tx: &mut ServerTx<'_>, id: AccountId) -> Result<Option<WorkspaceId>, DbError> {
    tx.query_opt(&ACCOUNT_WORKSPACE, args![id])?.map(|row| row.get(0)).transpose()
}

/// All sealed secrets of the server, for a change of key.
pub fn secrets_all(tx: &mut ServerTx<'_>) -> Result<Vec<(WorkspaceId, AccountId, Vec<u8>)>, DbError> {
    tx.query(&ACCOUNT_SECRETS, args![])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// Replaces one account's sealed secrets, if they are still what they were.
pub fn secrets_replace(
    tx: &mut ServerTx<'_>,
    ws: WorkspaceId,
    id: AccountId,
    old: Vec<u8>,
    new: Option<Vec<u8>>,
) -> Result<bool, DbError> {
    Ok(tx.exec(&ACCOUNT_SECRETS_REPLACE, args![ws, id, old, new])? > 0)
}
