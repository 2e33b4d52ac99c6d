//! The chain of a workspace, and what its verification reads.
//!
//! Entries are written by the lanes, just before each commit.

use crate::args;
use crate::audit::{self, AuditRow};
use crate::db::{DbError, NewSeal, Row, ServerTx, Tx, statements};
use crate::{consent, decision};
use domain::evidence::{Digest, Kind, Sealed};
use domain::id::{AccountId, Id, WorkspaceId};
use std::collections::HashMap;
use uuid::Uuid;

statements! {
    tenant CHAIN_PAGE = "select seq, at, items, hash from chain where ws = $1 and seq > $2 order by seq limit $3";
    tenant CHAIN_AT = "select at from chain where ws = $1 and seq = $2";
    tenant CHAIN_HEAD_GET = "select seq, hash from chain_heads where ws = $1";
    tenant CHAIN_SIGNATURES = "select seq, hash, at, public_key, signature from chain_signatures
        where ws = $1 order by seq, at";
    tenant CHAIN_SIGNATURES_OF_HEAD = "select public_key from chain_signatures where ws = $1 and seq = $2 and hash = $3";
    tenant CHAIN_SIGNATURE_LAST = "select seq, hash, at, public_key, signature from chain_signatures
        where ws = $1 order by seq desc, at desc limit 1";
    tenant CHAIN_SIGN = "insert into chain_signatures (ws, seq, hash, at, public_key, signature)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    tenant CHAIN_KEYS_CONSENT = "select id, recorded_at from consents where ws = $1 and id > $2 order by id limit $3";
    tenant CHAIN_KEYS_DISCLOSURE = "select id, created_at from disclosures where ws = $1 and id > $2 order by id limit $3";
    tenant CHAIN_KEYS_AUDIT = "select id, at from audit where ws = $1 and id > $2 order by id limit $3";
    tenant CHAIN_KEYS_DECISION = "select message_id, no, at from decisions where ws = $1 and (message_id, no) > ($2, $3)
        order by message_id, no limit $4";
    tenant CHAIN_VERDICTS_OF_CUSTOMERS = "select d.message_id, d.no from conversations c
        {sqlite:cross }join messages m on m.ws = c.ws and m.conversation_id = c.id
        {sqlite:cross }join decisions d on d.ws = m.ws and d.message_id = m.id
        where c.ws = $1 and c.customer_id {any:$2}";
    tenant CHAIN_VERDICTS_OF_ACCOUNT = "select d.message_id, d.no from inboxes i
        join conversations c on c.ws = i.ws and c.inbox_id = i.id
        join messages m on m.ws = c.ws and m.conversation_id = c.id
        join decisions d on d.ws = m.ws and d.message_id = m.id
        where i.ws = $1 and i.account_id = $2",
        cold "an account is taken out with all it ever sent";
    server CHAIN_BEGAN = "select applied_at from schema_migrations where version = 3",
        cold "a few rows, read once for a verification";
    server CHAIN_HEADS = "select h.ws, h.seq, h.hash from chain_heads h join workspaces w on w.id = h.ws
        where w.deleted_at is null order by h.ws";
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainRow {
    /// Its number, from 1, without gaps.
    pub seq: i64,
    /// Unix ms.
    pub at: i64,
    /// Its rows, encoded.
    pub items: Vec<u8>,
    /// Its hash, over the one before it.
    pub hash: Vec<u8>,
}

/// A signed head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureRow {
    /// The number of the head's entry.
    pub seq: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// When it was signed, Unix ms.
    pub at: i64,
    /// The Ed25519 key that verifies it.
    pub public_key: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

/// Entries after a number, in order.
pub fn since(tx: &mut Tx<'_>, seq: i64, limit: i64) -> Result<Vec<ChainRow>, DbError> {
    tx.query(&CHAIN_PAGE, args![seq, limit])?
        .iter()
        .map(|row| Ok(ChainRow { seq: row.get(0)?, at: row.get(1)?, items: row.get(2)?, hash: row.get(3)? }))
        .collect()
}

/// When an entry was written, Unix ms.
pub fn at(tx: &mut Tx<'_>, seq: i64) -> Result<Option<i64>, DbError> {
    tx.query_opt(&CHAIN_AT, args![seq])?.map(|row| row.get(0)).transpose()
}

/// The head: number and hash of the last entry, as the next one will link to it.
pub fn head(tx: &mut Tx<'_>) -> Result<Option<(i64, Vec<u8>)>, DbError> {
    tx.query_opt(&CHAIN_HEAD_GET, args![])?.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// When rows of this database began to be sealed, Unix ms.
pub fn began(tx: &mut ServerTx<'_>) -> Result<Option<i64>, DbError> {
    tx.query_opt(&CHAIN_BEGAN, args![])?.map(|row| row.get(0)).transpose()
}

/// The heads of all workspaces.
pub fn heads(tx: &mut ServerTx<'_>) -> Result<Vec<(WorkspaceId, i64, Vec<u8>)>, DbError> {
    tx.query(&CHAIN_HEADS, args![])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

fn signature(row: &Row) -> Result<SignatureRow, DbError> {
    Ok(SignatureRow {
        seq: row.get(0)?,
        hash: row.get(1)?,
        at: row.get(2)?,
        public_key: row.get(3)?,
        signature: row.get(4)?,
    })
}

/// The keys that have signed a head.
pub fn signers(tx: &mut Tx<'_>, seq: i64, hash: &[u8]) -> Result<Vec<Vec<u8>>, DbError> {
    tx.query(&CHAIN_SIGNATURES_OF_HEAD, args![seq, hash.to_vec()])?.iter().map(|row| row.get(0)).collect()
}

/// Signed heads, oldest first.
pub fn signatures(tx: &mut Tx<'_>) -> Result<Vec<SignatureRow>, DbError> {
    tx.query(&CHAIN_SIGNATURES, args![])?.iter().map(signature).collect()
}

/// The head that was signed last.
pub fn signature_last(tx: &mut Tx<'_>) -> Result<Option<SignatureRow>, DbError> {
    tx.query_opt(&CHAIN_SIGNATURE_LAST, args![])?.as_ref().map(signature).transpose()
}

/// Keeps a signed head.
pub fn sign(tx: &mut Tx<'_>, new: &SignatureRow) -> Result<(), DbError> {
    tx.later(&CHAIN_SIGN, args![new.seq, new.hash.clone(), new.at, new.public_key.clone(), new.signature.clone()])
}

/// Notes that a sealed row was erased on purpose.
pub fn erased(tx: &mut Tx<'_>, kind: Kind, key: &[u8], at: i64) {
    let key = std::iter::once(kind.tag()).chain(key.iter().copied()).collect();
    tx.seal(NewSeal { row: Sealed { kind: Kind::Erased, key, digest: [0; 32] }, at });
}

/// Notes that the verdicts on all texts of some customers are about to be erased with them.
pub fn verdicts_of_customers_erased(tx: &mut Tx<'_>, customers: Vec<Uuid>, at: i64) -> Result<(), DbError> {
    let gone = tx.query(&CHAIN_VERDICTS_OF_CUSTOMERS, args![customers])?;
    verdicts_erased(tx, &gone, at)
}

/// Notes that the verdicts on all texts of an account are about to be erased with it.
pub fn verdicts_of_account_erased(tx: &mut Tx<'_>, account: AccountId, at: i64) -> Result<(), DbError> {
    let gone = tx.query(&CHAIN_VERDICTS_OF_ACCOUNT, args![account])?;
    verdicts_erased(tx, &gone, at)
}

fn verdicts_erased(tx: &mut Tx<'_>, gone: &[Row], at: i64) -> Result<(), DbError> {
    for row in gone {
        let key = decision::key(row.get(0)?, row.get(1)?);
        erased(tx, Kind::Decision, &key, at);
    }
    Ok(())
}

/// The digests of the rows of a kind as they are now, by key; those that are not there are left out.
pub fn digests(tx: &mut Tx<'_>, kind: Kind, keys: &[Vec<u8>]) -> Result<HashMap<Vec<u8>, Digest>, DbError> {
    let ids: Vec<Uuid> = keys.iter().filter_map(|key| Uuid::from_slice(key).ok()).collect();
    let key = |id: Uuid| id.as_bytes().to_vec();
    Ok(match kind {
        Kind::Consent => consent::by_ids(tx, ids)?.iter().map(|row| (key(Id::uuid(row.id)), row.digest())).collect(),
        Kind::Disclosure => {
            consent::disclosures(tx, ids)?.iter().map(|row| (key(Id::uuid(row.id)), row.digest())).collect()
        }
        Kind::Audit => {
            audit::by_ids(tx, ids)?.iter().map(|row| (key(Id::uuid(row.id)), AuditRow::digest(row))).collect()
        }
        Kind::Decision => decision::digests(tx, keys)?,
        Kind::Erased => HashMap::new(),
    })
}

/// Keys of the rows of a kind after a key, in order, with their instants (Unix ms).
pub fn keys(tx: &mut Tx<'_>, kind: Kind, after: &[u8], limit: i64) -> Result<Vec<(Vec<u8>, i64)>, DbError> {
    let id = |bytes: &[u8]| bytes.get(..16).and_then(|id| Uuid::from_slice(id).ok()).unwrap_or(Uuid::nil());
    let sql = match kind {
        Kind::Consent => &CHAIN_KEYS_CONSENT,
        Kind::Disclosure => &CHAIN_KEYS_DISCLOSURE,
        Kind::Audit => &CHAIN_KEYS_AUDIT,
        Kind::Decision => {
            let no = decision::read_key(after).map_or(i64::MIN, |(_, no)| no);
            return tx
                .query(&CHAIN_KEYS_DECISION, args![id(after), no, limit])?
                .iter()
                .map(|row| Ok((decision::key(row.get(0)?, row.get(1)?), row.get(2)?)))
                .collect();
        }
        Kind::Erased => return Ok(Vec::new()),
    };
    tx.query(sql, args![id(after), limit])?
        .iter()
        .map(|row| Ok((row.get::<Uuid>(0)?.as_bytes().to_vec(), row.get(1)?)))
        .collect()
}
