//! Erasures: what goes with a customer, step by step, and what outlives them.

use crate::args;
use crate::db::{DbError, NewSeal, Row, Tx, inserts, statements};
use crate::decision;
use domain::evidence::{Digest, Kind, Sealed};
use domain::id::{AuditId, CustomerId, ErasureId, MessageId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! columns {
    () => {
        "id, customer_id, state, actor_kind, actor_id, audit_id, key_id, hashes, gone, total, done, created_at, finished_at"
    };
}

/// The messages of a customer, joined so that SQLite reads them by conversation.
macro_rules! of_customer {
    ($what:literal) => {
        concat!(
            "select ",
            $what,
            " from conversations c {sqlite:cross }join messages m on m.ws = c.ws and m.conversation_id = c.id
            where c.ws = $1 and c.customer_id = $2"
        )
    };
}

statements! {
    tenant ERASURE_INSERT = "insert into erasures (ws, id, customer_id, state, actor_kind, actor_id, audit_id, key_id, hashes,
        gone, total, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    tenant ERASURE_GET = concat!("select ", columns!(), " from erasures where ws = $1 and id = $2");
    tenant ERASURE_PAGE = concat!("select ", columns!(), " from erasures
        where ws = $1 and (created_at, id) < ($2, $3) order by created_at desc, id desc limit $4");
    tenant ERASURE_OPEN = concat!("select ", columns!(), " from erasures
        where ws = $1 and finished_at is null order by created_at, id limit $2");
    tenant ERASURE_BEGUN = "update erasures set state = 'erasing' where ws = $1 and id = $2 and finished_at is null";
    tenant ERASURE_PROGRESS = "update erasures set done = done + $3 where ws = $1 and id = $2 and finished_at is null";
    tenant ERASURE_DONE = "update erasures set state = 'done', finished_at = $3
        where ws = $1 and id = $2 and finished_at is null";
    server ERASURE_KEYS = "select key_id, count(*) from erasures group by key_id order by key_id",
        cold "asked before a key is dropped";

    tenant ERASED_ADDRESS_KNOWN = "select hash, since from erased_addresses where ws = $1 and hash {any:$2}";
    tenant ERASED_ADDRESS_FORGET = "delete from erased_addresses where ws = $1 and hash {any:$2}";

    tenant ERASE_COUNT_MESSAGES = concat!(
        of_customer!("m.kind, count(*), cast(coalesce(sum(m.media), 0) as bigint)"), " group by m.kind");
    tenant ERASE_COUNT_CONVERSATIONS = "select count(*) from conversations where ws = $1 and customer_id = $2";
    tenant ERASE_COUNT_DRAFTS = "select count(*) from conversations c
        {sqlite:cross }join drafts d on d.ws = c.ws and d.conversation_id = c.id and d.body <> ''
        where c.ws = $1 and c.customer_id = $2";
    tenant ERASE_COUNT_ORDERS = "select count(*) from orders where ws = $1 and customer_id = $2";
    tenant ERASE_COUNT_WAITING = "select count(*) from outbox where ws = $1 and address {any:$2}";
    tenant ERASE_COUNT_CONSENTS = "select count(*) from consents where ws = $1 and address {any:$2}";

    tenant ERASE_CONVERSATIONS = "select id from conversations where ws = $1 and customer_id = $2";
    tenant ERASE_NEXT = concat!(of_customer!("m.id"), " limit $3");
    tenant ERASE_VERDICTS = "select message_id, no from decisions where ws = $1 and message_id {any:$2}";
    tenant ERASE_RECEIPTS = "delete from receipts where ws = $1 and (account_id, provider_id) in
        (select account_id, provider_id from attempts
            where ws = $1 and message_id {any:$2} and provider_id is not null)";
    tenant ERASE_MEDIA = "delete from media where ws = $1 and message_id {any:$2}";
    tenant ERASE_MESSAGES = "delete from messages where ws = $1 and id {any:$2}";
    tenant ERASE_CONSENTS = "delete from consents where ws = $1 and id {any:$2}";
    tenant ERASE_SUPPRESSIONS = "delete from suppressions where ws = $1 and brand = $2 and address {any:$3}";
    tenant ERASE_LOCKS = "delete from address_locks where ws = $1 and address {any:$2}";
    tenant ERASE_SIMULATED = "delete from simulator_texts where ws = $1 and number {any:$2}";
    tenant ERASE_PACKS = "delete from evidence_packs where ws = $1 and address {any:$2}";
    tenant ERASE_CUSTOMER = "delete from customers where ws = $1 and id = $2";

    tenant SEALED_CONSENT_OF = "select id, content from sealed_consents where ws = $1 and hash = $2
        order by recorded_at, id limit $3";
    tenant SEALED_CONSENT_DUE = "select count(*), min(drop_at) from sealed_consents where ws = $1 and drop_at < $2",
        cold "sealed entries are few, and looked through once a day";
    tenant SEALED_CONSENT_DROP = "delete from sealed_consents where ws = $1 and drop_at < $2",
        cold "sealed entries are few, and looked through once a day";
}

inserts! {
    ERASED_ADDRESS_INSERT_MANY = "erased_addresses" [
        ("hash", Text), ("erasure_id", Uuid), ("since", Int)
    ] "on conflict do nothing";
    SEALED_CONSENT_INSERT_MANY = "sealed_consents" [
        ("id", Uuid), ("hash", Text), ("content", Blob), ("recorded_at", Int), ("drop_at", Int)
    ] "on conflict do nothing";
}

/// An erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureRow {
    /// Its identity.
    pub id: ErasureId,
    /// Whom it erases.
    pub customer: CustomerId,
    /// `waiting`, `erasing` or `done`.
    pub state: String,
    /// The kind of who asked for it.
    pub actor_kind: String,
    /// Who, where there is somebody.
    pub actor_id: Option<Uuid>,
    /// The entry of the audit log that tells of it.
    pub audit: AuditId,
    /// The key its hashes are made with.
    pub key_id: String,
    /// Keyed hashes of the customer's addresses, in hexadecimal.
    pub hashes: Vec<String>,
    /// How many of each kind of row there were, as a JSON object.
    pub gone: String,
    /// Items of conversations there were.
    pub total: i64,
    /// Items erased so far.
    pub done: i64,
    /// When it was asked for, Unix ms.
    pub created_at: i64,
    /// When nothing was left, Unix ms.
    pub finished_at: Option<i64>,
}

fn erasure(row: &Row) -> Result<ErasureRow, DbError> {
    Ok(ErasureRow {
        id: row.get(0)?,
        customer: row.get(1)?,
        state: row.get(2)?,
        actor_kind: row.get(3)?,
        actor_id: row.get(4)?,
        audit: row.get(5)?,
        key_id: row.get(6)?,
        hashes: row.get::<String>(7)?.split_whitespace().map(str::to_owned).collect(),
        gone: row.get(8)?,
        total: row.get(9)?,
        done: row.get(10)?,
        created_at: row.get(11)?,
        finished_at: row.get(12)?,
    })
}

/// Notes the wish, and at once that the customer's numbers must not be texted.
pub fn insert(tx: &mut Tx<'_>, new: &ErasureRow) -> Result<(), DbError> {
    tx.exec(
        &ERASURE_INSERT,
        args![
            new.id,
            new.customer,
            &new.state,
            &new.actor_kind,
            new.actor_id,
            new.audit,
            &new.key_id,
            new.hashes.join(" "),
            &new.gone,
            new.total,
            new.created_at
        ],
    )?;
    remember(tx, new.id, &new.hashes, new.created_at)
}

/// Notes numbers that must not be texted, by their hashes.
pub fn remember(tx: &mut Tx<'_>, of: ErasureId, hashes: &[String], since: i64) -> Result<(), DbError> {
    let rows = hashes.iter().map(|hash| args![hash, of, since].to_vec()).collect();
    tx.insert_many(&ERASED_ADDRESS_INSERT_MANY, rows).map(|_| ())
}

/// One erasure.
pub fn get(tx: &mut Tx<'_>, id: ErasureId) -> Result<Option<ErasureRow>, DbError> {
    tx.query_opt(&ERASURE_GET, args![id])?.as_ref().map(erasure).transpose()
}

/// Erasures before a place, newest first.
pub fn page(tx: &mut Tx<'_>, before: (i64, Uuid), limit: i64) -> Result<Vec<ErasureRow>, DbError> {
    tx.query(&ERASURE_PAGE, args![before.0, before.1, limit])?.iter().map(erasure).collect()
}

/// Erasures that are not done, the oldest first.
pub fn open(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<ErasureRow>, DbError> {
    tx.query(&ERASURE_OPEN, args![limit])?.iter().map(erasure).collect()
}

/// Notes that an erasure is written down outside the database, and begins.
pub fn begun(tx: &mut Tx<'_>, id: ErasureId) -> Result<(), DbError> {
    tx.exec(&ERASURE_BEGUN, args![id]).map(|_| ())
}

/// Notes that nothing is left.
pub fn done(tx: &mut Tx<'_>, id: ErasureId, at: i64) -> Result<(), DbError> {
    tx.exec(&ERASURE_DONE, args![id, at]).map(|_| ())
}

/// The keys that hashes of erasures are made with, and how many erasures each.
pub fn keys(tx: &mut crate::ServerTx<'_>) -> Result<Vec<(String, i64)>, DbError> {
    tx.query(&ERASURE_KEYS, args![])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Since when (Unix ms) some erased numbers must not be texted, by their hashes.
pub fn known(tx: &mut Tx<'_>, hashes: Vec<String>) -> Result<Vec<(String, i64)>, DbError> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(&ERASED_ADDRESS_KNOWN, args![hashes])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Forgets hashes of numbers whose opt-outs stand under the numbers themselves again.
pub fn forget(tx: &mut Tx<'_>, hashes: Vec<String>) -> Result<(), DbError> {
    tx.exec(&ERASED_ADDRESS_FORGET, args![hashes]).map(|_| ())
}

/// How much there is of a customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Conversations.
    pub conversations: i64,
    /// Texts either way.
    pub texts: i64,
    /// Private notes, and lines of what happened.
    pub notes: i64,
    /// Pictures.
    pub media: i64,
    /// Drafts of members.
    pub drafts: i64,
    /// Orders.
    pub orders: i64,
    /// Texts that wait to be sent.
    pub waiting: i64,
    /// Entries of the consent ledger, which are sealed.
    pub consents: i64,
}

/// Counts what there is of a customer, known by some addresses.
pub fn count(tx: &mut Tx<'_>, customer: CustomerId, addresses: &[String]) -> Result<Counts, DbError> {
    let mut counts = Counts::default();
    for row in tx.query(&ERASE_COUNT_MESSAGES, args![customer])? {
        let (kind, rows, media): (String, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        match kind.as_str() {
            "inbound" | "outbound" => counts.texts += rows,
            _ => counts.notes += rows,
        }
        counts.media += media;
    }
    let mut one = |sql, args: &[crate::Val]| tx.query_one(sql, args)?.get::<i64>(0);
    counts.conversations = one(&ERASE_COUNT_CONVERSATIONS, args![customer])?;
    counts.drafts = one(&ERASE_COUNT_DRAFTS, args![customer])?;
    counts.orders = one(&ERASE_COUNT_ORDERS, args![customer])?;
    counts.waiting = one(&ERASE_COUNT_WAITING, args![addresses])?;
    counts.consents = one(&ERASE_COUNT_CONSENTS, args![addresses])?;
    Ok(counts)
}

/// The conversations with a customer.
pub fn conversations(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<Uuid>, DbError> {
    tx.query(&ERASE_CONVERSATIONS, args![customer])?.iter().map(|row| row.get(0)).collect()
}

/// Some messages of a customer that are still there.
pub fn next(tx: &mut Tx<'_>, customer: CustomerId, limit: i64) -> Result<Vec<MessageId>, DbError> {
    tx.query(&ERASE_NEXT, args![customer, limit])?.iter().map(|row| row.get(0)).collect()
}

/// Takes messages out with everything that hangs on them. `mark` is the deed's in
/// the chain, `at` is when (Unix ms).
pub fn messages(tx: &mut Tx<'_>, ids: &[MessageId], mark: Digest, at: i64) -> Result<(), DbError> {
    for row in tx.query(&ERASE_VERDICTS, args![ids])? {
        let key = decision::key(row.get(0)?, row.get(1)?);
        erased(tx, Kind::Decision, &key, mark, at);
    }
    tx.later(&ERASE_RECEIPTS, args![ids])?;
    tx.later(&ERASE_MEDIA, args![ids])?;
    tx.exec(&ERASE_MESSAGES, args![ids]).map(|_| ())
}

/// Notes that so many more items are gone.
pub fn progress(tx: &mut Tx<'_>, of: ErasureId, gone: i64) -> Result<(), DbError> {
    tx.later(&ERASURE_PROGRESS, args![of, gone])
}

/// An entry of the ledger, sealed away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedConsent {
    /// The entry's identity.
    pub id: Uuid,
    /// The keyed hash of its address.
    pub hash: String,
    /// The entry, sealed.
    pub content: Vec<u8>,
    /// When it was written down, Unix ms.
    pub recorded_at: i64,
    /// When its term ends, Unix ms.
    pub drop_at: i64,
}

/// Puts sealed entries in the place of those of the ledger.
pub fn consents(tx: &mut Tx<'_>, sealed: &[SealedConsent], mark: Digest, at: i64) -> Result<(), DbError> {
    let row =
        |one: &SealedConsent| args![one.id, &one.hash, one.content.clone(), one.recorded_at, one.drop_at].to_vec();
    tx.insert_many(&SEALED_CONSENT_INSERT_MANY, sealed.iter().map(row).collect())?;
    let ids: Vec<Uuid> = sealed.iter().map(|one| one.id).collect();
    for id in &ids {
        erased(tx, Kind::Consent, id.as_bytes(), mark, at);
    }
    tx.exec(&ERASE_CONSENTS, args![ids]).map(|_| ())
}

/// Takes out what is kept under addresses alone, and the packs made for a customer and them.
pub fn addresses(tx: &mut Tx<'_>, brand: &str, id: CustomerId, addresses: &[String]) -> Result<(), DbError> {
    crate::consent::standings_forget(tx, addresses)?;
    tx.later(&ERASE_SUPPRESSIONS, args![brand, addresses])?;
    tx.later(&ERASE_LOCKS, args![addresses])?;
    tx.later(&ERASE_SIMULATED, args![addresses])?;
    let packs: Vec<String> = addresses.iter().cloned().chain([id.to_string()]).collect();
    tx.exec(&ERASE_PACKS, args![packs]).map(|_| ())
}

/// Takes the customer out, with their conversations, drafts, orders and addresses.
pub fn customer(tx: &mut Tx<'_>, id: CustomerId) -> Result<(), DbError> {
    tx.exec(&ERASE_CUSTOMER, args![id]).map(|_| ())
}

/// Sealed entries about a number, oldest first, each with its identity.
pub fn sealed_of(tx: &mut Tx<'_>, hash: &str, limit: i64) -> Result<Vec<(Uuid, Vec<u8>)>, DbError> {
    tx.query(&SEALED_CONSENT_OF, args![hash, limit])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// How many sealed entries ended their term before an instant, and when the first did (Unix ms).
pub fn sealed_due(tx: &mut Tx<'_>, before: i64) -> Result<(i64, Option<i64>), DbError> {
    let row = tx.query_one(&SEALED_CONSENT_DUE, args![before])?;
    Ok((row.get(0)?, row.get(1)?))
}

/// Drops sealed entries whose term ended before an instant (Unix ms).
pub fn sealed_drop(tx: &mut Tx<'_>, before: i64) -> Result<u64, DbError> {
    tx.exec(&SEALED_CONSENT_DROP, args![before])
}

/// Notes in the chain that a row was erased, and by which erasure.
pub fn erased(tx: &mut Tx<'_>, kind: Kind, key: &[u8], mark: Digest, at: i64) {
    let key = std::iter::once(kind.tag()).chain(key.iter().copied()).collect();
    tx.seal(NewSeal { row: Sealed { kind: Kind::Erased, key, digest: mark }, at });
}
