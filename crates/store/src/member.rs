//! Members and their parts in workspaces.

use crate::args;
use crate::db::{DbError, Row, ServerTx, Tx, statements};
use domain::id::{MemberId, WorkspaceId};

statements! {
    server MEMBER_INSERT = "insert into members (id, email, name, password_hash, created_at) values ($1, $2, $3, $4, $5)";
    server MEMBER_BY_EMAIL = "select id, email, name, password_hash, disabled_at, created_at from members where email = $1";
    server MEMBER_BY_ID = "select id, email, name, password_hash, disabled_at, created_at from members where id = $1";
    server MEMBER_ALL = "select id, email, name, password_hash, disabled_at, created_at from members order by email";
    server MEMBER_ANY = "select 1 from members limit 1";
    server MEMBER_SET_PASSWORD = "update members set password_hash = $2 where id = $1";
    server MEMBER_SET_NAME = "update members set name = $2 where id = $1";
    server MEMBER_SET_DISABLED = "update members set disabled_at = $2 where id = $1";
    server MEMBERSHIP_PUT = "insert into memberships (ws, member_id, role, created_at) values ($1, $2, $3, $4)
        on conflict (ws, member_id) do update set role = excluded.role";
    server MEMBERSHIP_GET = "select role from memberships where ws = $1 and member_id = $2";
    server MEMBERSHIP_OF = "select m.ws, w.name, m.role from memberships m join workspaces w on w.id = m.ws
        where m.member_id = $1 and w.deleted_at is null order by m.created_at, m.ws";
    server MEMBERSHIP_OWNERS = "select m.member_id from memberships m join members p on p.id = m.member_id
        where m.ws = $1 and m.role = 'owner' and p.disabled_at is null {for_update}";
    server MEMBERSHIP_MEMBERS = "select p.id, p.email, p.name, p.password_hash, p.disabled_at, m.created_at, m.role
        from memberships m join members p on p.id = m.member_id where m.ws = $1 order by p.name, p.id";
    tenant MEMBER_OF_WORKSPACE = "select 1 from memberships m join members p on p.id = m.member_id
        where m.ws = $1 and m.member_id = $2 and p.disabled_at is null";
    tenant MEMBER_NAMES = "select p.id, p.name from memberships m join members p on p.id = m.member_id where m.ws = $1";
}

/// A person who signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// Their identity.
    pub id: MemberId,
    /// Their e-mail address, in small letters.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The argon2id hash in PHC form; none until a password was set.
    pub password_hash: Option<String>,
    /// Unix ms; a disabled member cannot sign in.
    pub disabled_at: Option<i64>,
    /// Unix ms.
    pub created_at: i64,
}

impl std::fmt::Debug for MemberRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MemberRow({})", self.id)
    }
}

/// A member's part in a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipRow {
    /// The workspace.
    pub ws: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The role, as its word.
    pub role: String,
}

fn member(row: &Row) -> Result<MemberRow, DbError> {
    Ok(MemberRow {
        id: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        password_hash: row.get(3)?,
        disabled_at: row.get(4)?,
        created_at: row.get(5)?,
    })
}

/// Adds a member.
pub fn insert(tx: &mut ServerTx<'_>, row: &MemberRow) -> Result<(), DbError> {
    tx.exec(&MEMBER_INSERT, args![row.id, &row.email, &row.name, row.password_hash.clone(), row.created_at])?;
    Ok(())
}

/// The member with an e-mail address, given in small letters.
pub fn by_email(tx: &mut ServerTx<'_>, email: &str) -> Result<Option<MemberRow>, DbError> {
    tx.query_opt(&MEMBER_BY_EMAIL, args![email])?.as_ref().map(member).transpose()
}

/// One member.
pub fn get(tx: &mut ServerTx<'_>, id: MemberId) -> Result<Option<MemberRow>, DbError> {
    tx.query_opt(&MEMBER_BY_ID, args![id])?.as_ref().map(member).transpose()
}

/// Every member of the server, by e-mail address.
pub fn list(tx: &mut ServerTx<'_>) -> Result<Vec<MemberRow>, DbError> {
    tx.query(&MEMBER_ALL, args![])?.iter().map(member).collect()
}

/// Whether there is any member.
pub fn any(tx: &mut ServerTx<'_>) -> Result<bool, DbError> {
    Ok(tx.query_opt(&MEMBER_ANY, args![])?.is_some())
}

/// Sets a password's hash.
pub fn password_set(tx: &mut ServerTx<'_>, id: MemberId, hash: &str) -> Result<(), DbError> {
    tx.exec(&MEMBER_SET_PASSWORD, args![id, hash])?;
    Ok(())
}

/// Sets a name.
pub fn name_set(tx: &mut ServerTx<'_>, id: MemberId, name: &str) -> Result<(), DbError> {
    tx.exec(&MEMBER_SET_NAME, args![id, name])?;
    Ok(())
}

/// Shuts a member out since an instant (Unix ms), or lets them in again.
pub fn disabled_set(tx: &mut ServerTx<'_>, id: MemberId, at: Option<i64>) -> Result<(), DbError> {
    tx.exec(&MEMBER_SET_DISABLED, args![id, at])?;
    Ok(())
}

/// Gives a member a role in a workspace.
pub fn membership_put(
    tx: &mut ServerTx<'_>,
    ws: WorkspaceId,
    id: MemberId,
    role: &str,
    now: i64,
) -> Result<(), DbError> {
    tx.exec(&MEMBERSHIP_PUT, args![ws, id, role, now])?;
    Ok(())
}

/// A member's role in a workspace, as its word.
pub fn membership(tx: &mut ServerTx<'_>, ws: WorkspaceId, id: MemberId) -> Result<Option<String>, DbError> {
    tx.query_opt(&MEMBERSHIP_GET, args![ws, id])?.map(|row| row.get(0)).transpose()
}

/// The workspaces of a member, oldest part first.
pub fn memberships(tx: &mut ServerTx<'_>, id: MemberId) -> Result<Vec<MembershipRow>, DbError> {
    tx.query(&MEMBERSHIP_OF, args![id])?
        .iter()
        .map(|row| Ok(MembershipRow { ws: row.get(0)?, name: row.get(1)?, role: row.get(2)? }))
        .collect()
}

/// The owners of a workspace who can sign in; locked until the end of the transaction.
pub fn owners(tx: &mut ServerTx<'_>, ws: WorkspaceId) -> Result<Vec<MemberId>, DbError> {
    tx.query(&MEMBERSHIP_OWNERS, args![ws])?.iter().map(|row| row.get(0)).collect()
}

/// The members of a workspace with their roles, by name. `created_at` is when they joined it.
pub fn of_workspace(tx: &mut ServerTx<'_>, ws: WorkspaceId) -> Result<Vec<(MemberRow, String)>, DbError> {
    tx.query(&MEMBERSHIP_MEMBERS, args![ws])?.iter().map(|row| Ok((member(row)?, row.get(6)?))).collect()
}

/// Whether a member belongs to the transaction's workspace and can sign in.
pub fn belongs(tx: &mut Tx<'_>, id: MemberId) -> Result<bool, DbError> {
    Ok(tx.query_opt(&MEMBER_OF_WORKSPACE, args![id])?.is_some())
}

/// The names of the workspace's members, to show beside their ids.
pub fn names(tx: &mut Tx<'_>) -> Result<Vec<(MemberId, String)>, DbError> {
    tx.query(&MEMBER_NAMES, args![])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
