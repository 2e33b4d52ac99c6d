//! Drafts: words not sent yet, per member and conversation.

use crate::args;
use crate::db::{DbError, Tx, statements};
use domain::id::{ConversationId, MemberId};
use uuid::Uuid;

statements! {
    tenant DRAFT_PUT = "insert into drafts (ws, conversation_id, member_id, body, revision, updated_at)
        values ($1, $2, $3, $4, $5, $6) on conflict (ws, conversation_id, member_id) do update
        set body = excluded.body, revision = excluded.revision, updated_at = excluded.updated_at
        where drafts.revision < excluded.revision";
    tenant DRAFT_SENT = "update drafts set body = '', revision = revision + 1, updated_at = $5
        where ws = $1 and conversation_id = $2 and member_id = $3 and body <> '' and substr($4, 1, length(body)) = body";
    tenant DRAFT_GET = "select body, revision, updated_at from drafts where ws = $1 and conversation_id = $2 and member_id = $3";
    tenant DRAFT_OF = "select conversation_id from drafts where ws = $1 and member_id = $2 and body <> '' and conversation_id {any:$3}";
}

/// Saves a draft. False when a later revision is kept already: a late save never revives a sent draft.
pub fn put(
    tx: &mut Tx<'_>,
    conversation: ConversationId,
    member: MemberId,
    body: &str,
    revision: i64,
    at: i64,
) -> Result<bool, DbError> {
    Ok(tx.exec(&DRAFT_PUT, args![conversation, member, body, revision, at])? > 0)
}

/// Empties a member's draft whose words have just been sent. Other words stay: they were not sent.
///
/// A save may be behind what was typed when it was sent, so the beginning counts.
pub fn sent(tx: &mut Tx<'_>, conversation: ConversationId, member: Uuid, body: &str, at: i64) -> Result<(), DbError> {
    tx.later(&DRAFT_SENT, args![conversation, member, body, at])
}

/// A member's draft: words, revision, Unix ms. An empty one was sent or dropped.
pub fn get(
    tx: &mut Tx<'_>,
    conversation: ConversationId,
    member: MemberId,
) -> Result<Option<(String, i64, i64)>, DbError> {
    tx.query_opt(&DRAFT_GET, args![conversation, member])?
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .transpose()
}

/// In which of some conversations a member has a draft.
pub fn of(tx: &mut Tx<'_>, member: MemberId, conversations: Vec<Uuid>) -> Result<Vec<ConversationId>, DbError> {
    if conversations.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(&DRAFT_OF, args![member, conversations])?.iter().map(|row| row.get(0)).collect()
}
