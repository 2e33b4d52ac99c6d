//! Sessions: sign-ins of members in browsers.

use crate::args;
use crate::db::{DbError, Row, ServerTx, statements};
use domain::id::{MemberId, SessionId, WorkspaceId};

statements! {
    server SESSION_INSERT = "insert into sessions
        (id, token_hash, member_id, ws, csrf, user_agent, ip, created_at, last_seen_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)";
    server SESSION_BY_TOKEN = "select s.id, s.member_id, s.ws, s.csrf, s.user_agent, s.ip, s.created_at, s.last_seen_at,
        s.expires_at, m.role, p.name, p.email
        from sessions s
        join members p on p.id = s.member_id
        left join memberships m on m.ws = s.ws and m.member_id = s.member_id
        where s.token_hash = $1 and s.expires_at > $2 and p.disabled_at is null";
    server SESSION_ALIVE = "select 1 from sessions s join members p on p.id = s.member_id
        join memberships m on m.ws = s.ws and m.member_id = s.member_id
        where s.id = $1 and s.ws = $2 and s.expires_at > $3 and p.disabled_at is null";
    server SESSION_LIST = "select id, member_id, ws, csrf, user_agent, ip, created_at, last_seen_at, expires_at
        from sessions where member_id = $1 and expires_at > $2 order by created_at desc, id desc";
    server SESSION_TOUCH = "update sessions set last_seen_at = $2, expires_at = $3 where id = $1";
    server SESSION_SET_WORKSPACE = "update sessions set ws = $2 where id = $1";
    server SESSION_DELETE = "delete from sessions where id = $1 and member_id = $2";
    server SESSION_DELETE_ALL = "delete from sessions where member_id = $1";
    server SESSION_DELETE_OTHERS = "delete from sessions where member_id = $1 and id <> $2";
    server SESSION_DELETE_EXPIRED = "delete from sessions where expires_at <= $1";
}

/// A sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its identity.
    pub id: SessionId,
    /// Whose it is.
    pub member: MemberId,
    /// The workspace it is in.
    pub ws: Option<WorkspaceId>,
    /// The value the browser proves itself with on every change.
    pub csrf: String,
    /// What the browser called itself.
    pub user_agent: String,
    /// Where it signed in from.
    pub ip: String,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms, to the minute.
    pub last_seen_at: i64,
    /// Unix ms.
    pub expires_at: i64,
}

/// A sign-in with what its member may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// The sign-in.
    pub session: SessionRow,
    /// The member's role in the session's workspace, as its word; none when
    /// the member no longer belongs to it.
    pub role: Option<String>,
    /// The member's name.
    pub name: String,
    /// The member's e-mail address.
    pub email: String,
}

fn session(row: &Row) -> Result<SessionRow, DbError> {
    Ok(SessionRow {
        id: row.get(0)?,
        member: row.get(1)?,
        ws: row.get(2)?,
        csrf: row.get(3)?,
        user_agent: row.get(4)?,
        ip: row.get(5)?,
        created_at: row.get(6)?,
        last_seen_at: row.get(7)?,
        expires_at: row.get(8)?,
    })
}

/// Adds a sign-in by its token's SHA-256.
pub fn insert(tx: &mut ServerTx<'_>, row: &SessionRow, token_hash: &[u8]) -> Result<(), DbError> {
    tx.exec(
        &SESSION_INSERT,
        args![
            row.id,
            token_hash.to_vec(),
            row.member,
            row.ws,
            &row.csrf,
            &row.user_agent,
            &row.ip,
            row.created_at,
            row.expires_at
        ],
    )?;
    Ok(())
}

/// The sign-in of a token that has not ended, of a member who is not shut out.
pub fn by_token(tx: &mut ServerTx<'_>, token_hash: &[u8], now: i64) -> Result<Option<OpenSession>, DbError> {
    tx.query_opt(&SESSION_BY_TOKEN, args![token_hash.to_vec(), now])?
        .map(|row| {
            Ok(OpenSession { session: session(&row)?, role: row.get(9)?, name: row.get(10)?, email: row.get(11)? })
        })
        .transpose()
}

/// Whether a sign-in still holds in a workspace.
pub fn alive(tx: &mut ServerTx<'_>, id: SessionId, ws: WorkspaceId, now: i64) -> Result<bool, DbError> {
    Ok(tx.query_opt(&SESSION_ALIVE, args![id, ws, now])?.is_some())
}

/// A member's sign-ins, newest first.
pub fn list(tx: &mut ServerTx<'_>, member: MemberId, now: i64) -> Result<Vec<SessionRow>, DbError> {
    tx.query(&SESSION_LIST, args![member, now])?.iter().map(session).collect()
}

/// Notes that a sign-in was used, and lets it last longer.
pub fn touch(tx: &mut ServerTx<'_>, id: SessionId, now: i64, expires_at: i64) -> Result<(), DbError> {
    tx.later(&SESSION_TOUCH, args![id, now, expires_at])
}

/// Moves a sign-in to another workspace.
pub fn workspace_set(tx: &mut ServerTx<'_>, id: SessionId, ws: WorkspaceId) -> Result<(), DbError> {
    tx.exec(&SESSION_SET_WORKSPACE, args![id, ws])?;
    Ok(())
}

/// Ends one sign-in of a member. False when there is none.
pub fn delete(tx: &mut ServerTx<'_>, id: SessionId, member: MemberId) -> Result<bool, DbError> {
    Ok(tx.exec(&SESSION_DELETE, args![id, member])? > 0)
}

/// Ends every sign-in of a member.
pub fn delete_all(tx: &mut ServerTx<'_>, member: MemberId) -> Result<u64, DbError> {
    tx.exec(&SESSION_DELETE_ALL, args![member])
}

/// Ends every sign-in of a member but one.
pub fn delete_others(tx: &mut ServerTx<'_>, member: MemberId, kept: SessionId) -> Result<u64, DbError> {
    tx.exec(&SESSION_DELETE_OTHERS, args![member, kept])
}

/// Forgets sign-ins that have ended.
pub fn delete_expired(tx: &mut ServerTx<'_>, now: i64) -> Result<u64, DbError> {
    tx.exec(&SESSION_DELETE_EXPIRED, args![now])
}
