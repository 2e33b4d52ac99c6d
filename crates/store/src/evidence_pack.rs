//! Packs of evidence: what was asked for, how far it is, and the bytes while they are kept.

use crate::args;
use crate::db::{DbError, Row, Tx, statements};
use domain::id::{ConversationId, CustomerId, EvidencePackId};
use uuid::Uuid;

macro_rules! columns {
    () => {
        "id, address, state, done, total, bytes, sha256, actor_kind, actor_id, created_at, tries, finished_at, kind"
    };
}

statements! {
    tenant PACK_INSERT = "insert into evidence_packs (ws, id, address, state, actor_kind, actor_id, created_at, kind)
        values ($1, $2, $3, 'making', $4, $5, $6, $7)";
    tenant PACK_GET = concat!("select ", columns!(), " from evidence_packs where ws = $1 and id = $2");
    tenant PACK_PAGE = concat!("select ", columns!(), " from evidence_packs
        where ws = $1 and (created_at, id) < ($2, $3) and kind = $5 order by created_at desc, id desc limit $4");
    tenant PACK_WAITING = concat!("select ", columns!(), " from evidence_packs
        where ws = $1 and state = 'making' order by created_at, id limit $2");
    tenant PACK_BEGIN = "update evidence_packs set tries = tries + 1, done = 0
        where ws = $1 and id = $2 and state = 'making'";
    tenant PACK_PARTS_FORGET = "delete from evidence_pack_parts where ws = $1 and pack_id = $2";
    tenant PACK_PROGRESS = "update evidence_packs set done = $3, total = $4
        where ws = $1 and id = $2 and state = 'making'";
    tenant PACK_PART = "insert into evidence_pack_parts (ws, pack_id, no, content) values ($1, $2, $3, $4)";
    tenant PACK_READY = "update evidence_packs set state = 'ready', done = total, bytes = $3, sha256 = $4, finished_at = $5
        where ws = $1 and id = $2 and state = 'making'";
    tenant PACK_FAILED = "update evidence_packs set state = 'failed', finished_at = $3
        where ws = $1 and id = $2 and state = 'making'";
    tenant PACK_CONTENT = "select content from evidence_pack_parts where ws = $1 and pack_id = $2 and no = $3";
    tenant PACK_FORGET = "delete from evidence_packs where ws = $1 and created_at < $2";
    tenant PACK_CONVERSATIONS = "select c.id, c.address, i.address, c.last_seq, c.complaint_at, c.complaint_by from conversations c
        join inboxes i on i.ws = c.ws and i.id = c.inbox_id
        where c.ws = $1 and c.customer_id = $2 order by c.last_at, c.id";
}

/// A pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackRow {
    /// Its identity.
    pub id: EvidencePackId,
    /// The address it is about, canonical.
    pub address: String,
    /// `making`, `ready` or `failed`.
    pub state: String,
    /// Texts put in so far.
    pub done: i64,
    /// Texts in all.
    pub total: i64,
    /// Its size.
    pub bytes: i64,
    /// SHA-256 of it, once it is made.
    pub sha256: Option<Vec<u8>>,
    /// The kind of who asked for it.
    pub actor_kind: String,
    /// Who, where there is somebody.
    pub actor_id: Option<Uuid>,
    /// When it was asked for, Unix ms.
    pub created_at: i64,
    /// How often its making was begun.
    pub tries: i64,
    /// When it was made or given up, Unix ms.
    pub finished_at: Option<i64>,
    /// [`EVIDENCE`] or [`ACCESS`].
    pub kind: String,
}

/// Evidence about an address, for an auditor.
pub const EVIDENCE: &str = "evidence";
/// Everything about a customer, for themselves; `address` holds the customer's id.
pub const ACCESS: &str = "access";

fn pack(row: &Row) -> Result<PackRow, DbError> {
    Ok(PackRow {
        id: row.get(0)?,
        address: row.get(1)?,
        state: row.get(2)?,
        done: row.get(3)?,
        total: row.get(4)?,
        bytes: row.get(5)?,
        sha256: row.get(6)?,
        actor_kind: row.get(7)?,
        actor_id: row.get(8)?,
        created_at: row.get(9)?,
        tries: row.get(10)?,
        finished_at: row.get(11)?,
        kind: row.get(12)?,
    })
}

/// Notes the wish for a pack.
pub fn insert(tx: &mut Tx<'_>, new: &PackRow) -> Result<(), DbError> {
    tx.later(&PACK_INSERT, args![new.id, &new.address, &new.actor_kind, new.actor_id, new.created_at, &new.kind])
}

/// One pack.
pub fn get(tx: &mut Tx<'_>, id: EvidencePackId) -> Result<Option<PackRow>, DbError> {
    tx.query_opt(&PACK_GET, args![id])?.as_ref().map(pack).transpose()
}

/// Packs of a kind before a place, newest first.
pub fn page(tx: &mut Tx<'_>, kind: &str, before: (i64, Uuid), limit: i64) -> Result<Vec<PackRow>, DbError> {
    tx.query(&PACK_PAGE, args![before.0, before.1, limit, kind])?.iter().map(pack).collect()
}

/// Packs that are not made yet, those first that were asked for first.
pub fn waiting(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<PackRow>, DbError> {
    tx.query(&PACK_WAITING, args![limit])?.iter().map(pack).collect()
}

/// Begins a pack, anew where somebody had begun it and did not end.
pub fn begin(tx: &mut Tx<'_>, id: EvidencePackId) -> Result<(), DbError> {
    tx.later(&PACK_PARTS_FORGET, args![id])?;
    tx.later(&PACK_BEGIN, args![id])
}

/// Notes how far a pack is.
pub fn progress(tx: &mut Tx<'_>, id: EvidencePackId, done: i64, total: i64) -> Result<(), DbError> {
    tx.later(&PACK_PROGRESS, args![id, done, total])
}

/// Keeps one part of a pack.
pub fn part(tx: &mut Tx<'_>, id: EvidencePackId, no: i64, content: Vec<u8>) -> Result<(), DbError> {
    tx.later(&PACK_PART, args![id, no, content])
}

/// Notes that a pack is made.
pub fn ready(tx: &mut Tx<'_>, id: EvidencePackId, bytes: i64, sha256: Vec<u8>, at: i64) -> Result<(), DbError> {
    tx.later(&PACK_READY, args![id, bytes, sha256, at])
}

/// Notes that a pack could not be made.
pub fn failed(tx: &mut Tx<'_>, id: EvidencePackId, at: i64) -> Result<(), DbError> {
    tx.later(&PACK_FAILED, args![id, at])
}

/// One part of a pack, counted from 0.
pub fn content(tx: &mut Tx<'_>, id: EvidencePackId, no: i64) -> Result<Option<Vec<u8>>, DbError> {
    tx.query_opt(&PACK_CONTENT, args![id, no])?.map(|row| row.get(0)).transpose()
}

/// Forgets packs that were asked for before an instant (Unix ms).
pub fn forget(tx: &mut Tx<'_>, before: i64) -> Result<(), DbError> {
    tx.later(&PACK_FORGET, args![before])
}

/// A conversation as a pack needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackConversation {
    /// Its identity.
    pub id: ConversationId,
    /// The customer's address in it.
    pub address: String,
    /// Our number.
    pub our_address: String,
    /// How many items it has.
    pub last_seq: i64,
    /// Since when (Unix ms) a complaint is open in it, and what said so.
    pub complaint: Option<(i64, String)>,
}

/// Every conversation with a customer, those first that rest longest.
pub fn conversations(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<PackConversation>, DbError> {
    tx.query(&PACK_CONVERSATIONS, args![customer])?
        .iter()
        .map(|row| {
            Ok(PackConversation {
                id: row.get(0)?,
                address: row.get(1)?,
                our_address: row.get(2)?,
                last_seq: row.get(3)?,
                complaint: row.get::<Option<i64>>(4)?.zip(row.get(5)?),
            })
        })
        .collect()
}
