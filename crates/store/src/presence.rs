//! Who looks at which conversation, between the nodes of one PostgreSQL.
//!
//! Nothing here is worth keeping: the table is unlogged, and a process alone on
//! its database (SQLite) never writes it.

use crate::args;
use crate::db::{DbError, ServerTx, Tx, statements};
use domain::id::{ConversationId, MemberId, WorkspaceId};

statements! {
    tenant PRESENCE_PUT = "insert into presence (ws, conversation_id, member_id, here_until, typing_until)
        values ($1, $2, $3, $4, $5) on conflict (ws, conversation_id, member_id) do update
        set here_until = excluded.here_until, typing_until = excluded.typing_until";
    server PRESENCE_ALL = "select ws, conversation_id, member_id, here_until, typing_until from presence
        where here_until > $1 order by here_until desc limit 5000";
    server PRESENCE_FORGET = "delete from presence where here_until <= $1";
}

/// One member at one conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresenceRow {
    /// The workspace.
    pub ws: WorkspaceId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The member.
    pub member: MemberId,
    /// Until when they count as looking at it, Unix ms.
    pub here_until: i64,
    /// Until when they count as typing, Unix ms.
    pub typing_until: i64,
}

/// Notes where a member is.
pub fn put(tx: &mut Tx<'_>, row: &PresenceRow) -> Result<(), DbError> {
    tx.exec(&PRESENCE_PUT, args![row.conversation, row.member, row.here_until, row.typing_until])?;
    Ok(())
}

/// Everybody whose time ends after an instant (Unix ms), the last first.
pub fn all(tx: &mut ServerTx<'_>, after: i64) -> Result<Vec<PresenceRow>, DbError> {
    tx.query(&PRESENCE_ALL, args![after])?
        .iter()
        .map(|row| {
            Ok(PresenceRow {
                ws: row.get(0)?,
                conversation: row.get(1)?,
                member: row.get(2)?,
                here_until: row.get(3)?,
                typing_until: row.get(4)?,
            })
        })
        .collect()
}

/// Forgets those whose time ended until an instant (Unix ms).
pub fn forget(tx: &mut ServerTx<'_>, until: i64) -> Result<u64, DbError> {
    tx.exec(&PRESENCE_FORGET, args![until])
}
