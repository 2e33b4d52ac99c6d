//! Links that let a person in: invitations to a workspace, and password resets.

use crate::args;
use crate::db::{DbError, Row, ServerTx, statements};
use domain::id::{InviteId, MemberId, WorkspaceId};

statements! {
    server INVITE_INSERT = "insert into invites
        (id, kind, token_hash, ws, member_id, email, role, created_by, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    server INVITE_BY_TOKEN = "select id, kind, ws, member_id, email, role, created_at, expires_at
        from invites where token_hash = $1 and used_at is null and expires_at > $2";
    server INVITE_LIST = "select id, kind, ws, member_id, email, role, created_at, expires_at from invites
        where ws = $1 and kind = 'invite' and used_at is null and expires_at > $2 order by created_at desc, id desc";
    server INVITE_USE = "update invites set used_at = $2 where id = $1 and used_at is null";
    server INVITE_DELETE = "delete from invites where ws = $1 and id = $2 and kind = 'invite' and used_at is null";
    server INVITE_DELETE_RESETS = "delete from invites where member_id = $1 and kind = 'reset' and used_at is null";
    server INVITE_DELETE_EXPIRED = "delete from invites where expires_at <= $1";
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// To join a workspace.
    Invite,
    /// To set a new password.
    Reset,
}

impl LinkKind {
    const fn word(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Reset => "reset",
        }
    }
}

/// A link that was handed out and not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteRow {
    /// Its identity.
    pub id: InviteId,
    /// What it is for.
    pub kind: LinkKind,
    /// The workspace to join.
    pub ws: Option<WorkspaceId>,
    /// The member whose password it sets.
    pub member: Option<MemberId>,
    /// Whom it was made for, in small letters.
    pub email: Option<String>,
    /// The role it gives, as its word.
    pub role: Option<String>,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub expires_at: i64,
}

fn invite(row: &Row) -> Result<InviteRow, DbError> {
    let kind: String = row.get(1)?;
    Ok(InviteRow {
        id: row.get(0)?,
        kind: if kind == "reset" { LinkKind::Reset } else { LinkKind::Invite },
        ws: row.get(2)?,
        member: row.get(3)?,
        email: row.get(4)?,
        role: row.get(5)?,
        created_at: row.get(6)?,
        expires_at: row.get(7)?,
    })
}

/// Adds a link by its secret's SHA-256.
pub fn insert(tx: &mut ServerTx<'_>, row: &InviteRow, token_hash: &[u8], by: Option<MemberId>) -> Result<(), DbError> {
    tx.exec(
        &INVITE_INSERT,
        args![
            row.id,
            row.kind.word(),
            token_hash.to_vec(),
            row.ws,
            row.member,
            row.email.clone(),
            row.role.clone(),
            by,
            row.created_at,
            row.expires_at
        ],
    )?;
    Ok(())
}

/// The link of a secret, unless it was used or has ended.
pub fn by_token(tx: &mut ServerTx<'_>, token_hash: &[u8], now: i64) -> Result<Option<InviteRow>, DbError> {
    tx.query_opt(&INVITE_BY_TOKEN, args![token_hash.to_vec(), now])?.as_ref().map(invite).transpose()
}

/// The invitations of a workspace that wait, newest first.
pub fn list(tx: &mut ServerTx<'_>, ws: WorkspaceId, now: i64) -> Result<Vec<InviteRow>, DbError> {
    tx.query(&INVITE_LIST, args![ws, now])?.iter().map(invite).collect()
}

/// Notes that a link was used. False when it had been.
pub fn used(tx: &mut ServerTx<'_>, id: InviteId, now: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&INVITE_USE, args![id, now])? > 0)
}

/// Takes an invitation back. False when there is none.
pub fn delete(tx: &mut ServerTx<'_>, ws: WorkspaceId, id: InviteId) -> Result<bool, DbError> {
    Ok(tx.exec(&INVITE_DELETE, args![ws, id])? > 0)
}

/// Takes every reset link of a member back.
pub fn delete_resets(tx: &mut ServerTx<'_>, member: MemberId) -> Result<u64, DbError> {
    tx.exec(&INVITE_DELETE_RESETS, args![member])
}

/// Forgets links that have ended.
pub fn delete_expired(tx: &mut ServerTx<'_>, now: i64) -> Result<u64, DbError> {
    tx.exec(&INVITE_DELETE_EXPIRED, args![now])
}
