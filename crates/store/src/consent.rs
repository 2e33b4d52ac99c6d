//! The consent ledger: entries that are added and never changed, the disclosures
//! they refer to, and how consent stands after them.

use crate::args;
use crate::db::{DbError, NewSeal, Row, Tx, inserts, statements};
use domain::consent::{Action, Channel, Method, Permits, Proof, Standing, Status};
use domain::evidence::{ConsentSeal, Digest, DisclosureSeal, Kind, Sealed};
use domain::id::{ConsentId, CustomerId, DisclosureId, Id, MessageId};
use uuid::Uuid;

statements! {
    tenant DISCLOSURE_FIND = "select id from disclosures
        where ws = $1 and sha256 = $2 and channel = $3 and permits = $4 and locale = $5";
    tenant DISCLOSURE_INSERT = "insert into disclosures (ws, id, channel, permits, locale, text, sha256, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    tenant DISCLOSURE_GET = "select id, channel, permits, locale, text, sha256, created_at from disclosures
        where ws = $1 and id {any:$2}";
    tenant CONSENT_BY_ADDRESS = "select id, address, customer_id, channel, permits, topic, action, proof, method,
        disclosure_id, message_id, evidence, actor_kind, actor_id, occurred_at, recorded_at, salt from consents
        where ws = $1 and address = $2 and (recorded_at, id) < ($3, $4) order by recorded_at desc, id desc limit $5";
    tenant CONSENT_BY_CUSTOMER = "select id, address, customer_id, channel, permits, topic, action, proof, method,
        disclosure_id, message_id, evidence, actor_kind, actor_id, occurred_at, recorded_at, salt from consents
        where ws = $1 and customer_id = $2 and (recorded_at, id) < ($3, $4)
        order by recorded_at desc, id desc limit $5";
    tenant CONSENT_RECENT = "select id, address, customer_id, channel, permits, topic, action, proof, method,
        disclosure_id, message_id, evidence, actor_kind, actor_id, occurred_at, recorded_at, salt from consents
        where ws = $1 and (recorded_at, id) < ($2, $3) order by recorded_at desc, id desc limit $4";
    tenant CONSENT_GET = "select id, address, customer_id, channel, permits, topic, action, proof, method,
        disclosure_id, message_id, evidence, actor_kind, actor_id, occurred_at, recorded_at, salt from consents
        where ws = $1 and id {any:$2}";
    tenant CONSENT_IDS_OF_ADDRESSES = "select id from consents where ws = $1 and address {any:$2}";
    tenant CONSENT_FORGET = "delete from consents where ws = $1 and address {any:$2}";
    tenant STANDING_FORGET = "delete from standings where ws = $1 and address {any:$2}";
    tenant STANDING_OF = "select address, channel, permits, topic, status, proof, since, ended_at, consent_id
        from standings where ws = $1 and address {any:$2}";
    tenant STANDING_ADDRESSES = "select distinct address from standings
        where ws = $1 and address > $2 order by address limit $3";
}

inserts! {
    CONSENT_INSERT_MANY = "consents" [
        ("id", Uuid), ("address", Text), ("customer_id", Uuid), ("channel", Text), ("permits", Text), ("topic", Text),
        ("action", Text), ("proof", Text), ("method", Text), ("disclosure_id", Uuid), ("message_id", Uuid),
        ("evidence", Text), ("actor_kind", Text), ("actor_id", Uuid), ("occurred_at", Int), ("recorded_at", Int),
        ("salt", Blob)
    ] "";
    STANDING_PUT_MANY = "standings" [
        ("address", Text), ("channel", Text), ("permits", Text), ("topic", Text), ("status", Text), ("proof", Text),
        ("since", Int), ("ended_at", Int), ("consent_id", Uuid)
    ] "on conflict (ws, address, channel, permits, topic) do update set status = excluded.status,
        proof = excluded.proof, since = excluded.since, ended_at = excluded.ended_at, consent_id = excluded.consent_id";
}

/// The words shown when consent was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosureRow {
    /// Its identity.
    pub id: DisclosureId,
    /// The channel it is for.
    pub channel: Channel,
    /// What it is for.
    pub permits: Permits,
    /// A language tag, such as `en-US`.
    pub locale: String,
    /// The words, byte by byte.
    pub text: String,
    /// SHA-256 of the words.
    pub sha256: Vec<u8>,
    /// Unix ms.
    pub created_at: i64,
}

impl DisclosureRow {
    /// What the chain keeps of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        DisclosureSeal {
            id: Id::uuid(self.id),
            channel: self.channel.word(),
            permits: self.permits.word(),
            locale: &self.locale,
            text: &self.text,
            sha256: &self.sha256,
            created_at: self.created_at,
        }
        .digest()
    }
}

/// An entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRow {
    /// Its identity.
    pub id: ConsentId,
    /// The customer's address, canonical.
    pub address: String,
    /// The customer, where one was known.
    pub customer: Option<CustomerId>,
    /// The channel.
    pub channel: Channel,
    /// What it permits or withdraws.
    pub permits: Permits,
    /// The topic; empty for every topic.
    pub topic: String,
    /// What it does.
    pub action: Action,
    /// How good the permission is.
    pub proof: Proof,
    /// By which way.
    pub method: Method,
    /// The words shown.
    pub disclosure: Option<DisclosureId>,
    /// The customer's text, where one did it.
    pub message: Option<MessageId>,
    /// More, as a JSON object.
    pub evidence: String,
    /// Who wrote it down: `member`, `api_key`, `cli` or `system`.
    pub actor_kind: String,
    /// The actor, where there is one.
    pub actor_id: Option<Uuid>,
    /// When the customer acted, Unix ms.
    pub occurred_at: i64,
    /// When it was written down, Unix ms.
    pub recorded_at: i64,
    /// 16 random bytes.
    pub salt: Vec<u8>,
}

impl ConsentRow {
    /// What the chain keeps of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        ConsentSeal {
            salt: &self.salt,
            id: Id::uuid(self.id),
            address: &self.address,
            customer: self.customer.map(Id::uuid),
            channel: self.channel.word(),
            permits: self.permits.word(),
            topic: &self.topic,
            action: self.action.word(),
            proof: self.proof.word(),
            method: self.method.word(),
            disclosure: self.disclosure.map(Id::uuid),
            message: self.message.map(Id::uuid),
            evidence: &self.evidence,
            actor_kind: &self.actor_kind,
            actor_id: self.actor_id,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
        }
        .digest()
    }
}

/// How consent stands for one address, channel, purpose and topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingRow {
    /// The address, canonical.
    pub address: String,
    /// The channel.
    pub channel: Channel,
    /// The purpose.
    pub permits: Permits,
    /// The topic; empty for every topic.
    pub topic: String,
    /// How it stands.
    pub standing: Standing,
    /// The entry that made it so.
    pub consent: ConsentId,
}

pub(crate) fn word<T>(row: &Row, column: usize, read: fn(&str) -> Option<T>) -> Result<T, DbError> {
    read(&row.get::<String>(column)?).ok_or(DbError::Decode {
        statement: "consents",
        column,
        expected: "a word of the ledger",
        found: "another word",
    })
}

fn entry(row: &Row) -> Result<ConsentRow, DbError> {
    Ok(ConsentRow {
        id: row.get(0)?,
        address: row.get(1)?,
        customer: row.get(2)?,
        channel: word(row, 3, Channel::from_word)?,
        permits: word(row, 4, Permits::from_word)?,
        topic: row.get(5)?,
        action: word(row, 6, Action::from_word)?,
        proof: word(row, 7, Proof::from_word)?,
        method: word(row, 8, Method::from_word)?,
        disclosure: row.get(9)?,
        message: row.get(10)?,
        evidence: row.get(11)?,
        actor_kind: row.get(12)?,
        actor_id: row.get(13)?,
        occurred_at: row.get(14)?,
        recorded_at: row.get(15)?,
        salt: row.get(16)?,
    })
}

/// Keeps a wording, once. Answers the identity it is kept under.
pub fn disclosure_put(tx: &mut Tx<'_>, new: &DisclosureRow) -> Result<DisclosureId, DbError> {
    let key = args![new.sha256.clone(), new.channel.word(), new.permits.word(), &new.locale];
    if let Some(known) = tx.query_opt(&DISCLOSURE_FIND, key)? {
        return known.get(0);
    }
    tx.later(
        &DISCLOSURE_INSERT,
        args![
            new.id,
            new.channel.word(),
            new.permits.word(),
            &new.locale,
            &new.text,
            new.sha256.clone(),
            new.created_at
        ],
    )?;
    let row = Sealed { kind: Kind::Disclosure, key: Id::uuid(new.id).as_bytes().to_vec(), digest: new.digest() };
    tx.seal(NewSeal { row, at: new.created_at });
    Ok(new.id)
}

/// Some wordings.
pub fn disclosures(tx: &mut Tx<'_>, ids: Vec<Uuid>) -> Result<Vec<DisclosureRow>, DbError> {
    tx.query(&DISCLOSURE_GET, args![ids])?
        .iter()
        .map(|row| {
            Ok(DisclosureRow {
                id: row.get(0)?,
                channel: word(row, 1, Channel::from_word)?,
                permits: word(row, 2, Permits::from_word)?,
                locale: row.get(3)?,
                text: row.get(4)?,
                sha256: row.get(5)?,
                created_at: row.get(6)?,
            })
        })
        .collect()
}

/// Adds entries to the ledger and seals them.
pub fn insert_many(tx: &mut Tx<'_>, entries: &[ConsentRow]) -> Result<(), DbError> {
    let rows = entries
        .iter()
        .map(|new| {
            args![
                new.id,
                &new.address,
                new.customer,
                new.channel.word(),
                new.permits.word(),
                &new.topic,
                new.action.word(),
                new.proof.word(),
                new.method.word(),
                new.disclosure,
                new.message,
                &new.evidence,
                &new.actor_kind,
                new.actor_id,
                new.occurred_at,
                new.recorded_at,
                new.salt.clone()
            ]
            .to_vec()
        })
        .collect();
    tx.insert_many(&CONSENT_INSERT_MANY, rows)?;
    for new in entries {
        let row = Sealed { kind: Kind::Consent, key: Id::uuid(new.id).as_bytes().to_vec(), digest: new.digest() };
        tx.seal(NewSeal { row, at: new.recorded_at });
    }
    Ok(())
}

/// Whose entries a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// Everybody's.
    Everybody,
    /// One address's.
    Address(String),
    /// One customer's.
    Customer(CustomerId),
}

/// Entries before a place, newest first.
pub fn page(tx: &mut Tx<'_>, of: &Of, before: (i64, Uuid), limit: i64) -> Result<Vec<ConsentRow>, DbError> {
    let (at, id) = before;
    let rows = match of {
        Of::Everybody => tx.query(&CONSENT_RECENT, args![at, id, limit])?,
        Of::Address(address) => tx.query(&CONSENT_BY_ADDRESS, args![address, at, id, limit])?,
        Of::Customer(customer) => tx.query(&CONSENT_BY_CUSTOMER, args![*customer, at, id, limit])?,
    };
    rows.iter().map(entry).collect()
}

/// Some entries.
pub fn by_ids(tx: &mut Tx<'_>, ids: Vec<Uuid>) -> Result<Vec<ConsentRow>, DbError> {
    tx.query(&CONSENT_GET, args![ids])?.iter().map(entry).collect()
}

/// How consent stands for some addresses.
pub fn standings(tx: &mut Tx<'_>, addresses: Vec<String>) -> Result<Vec<StandingRow>, DbError> {
    tx.query(&STANDING_OF, args![addresses])?
        .iter()
        .map(|row| {
            Ok(StandingRow {
                address: row.get(0)?,
                channel: word(row, 1, Channel::from_word)?,
                permits: word(row, 2, Permits::from_word)?,
                topic: row.get(3)?,
                standing: Standing {
                    status: word(row, 4, Status::from_word)?,
                    proof: word(row, 5, Proof::from_word)?,
                    since: row.get(6)?,
                    ended_at: row.get(7)?,
                },
                consent: row.get(8)?,
            })
        })
        .collect()
}

/// Addresses after one in order for which anything stands.
pub fn standing_addresses(tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<String>, DbError> {
    tx.query(&STANDING_ADDRESSES, args![after, limit])?.iter().map(|row| row.get(0)).collect()
}

/// Notes how consent stands, once for each address, channel, purpose and topic.
pub fn standings_put(tx: &mut Tx<'_>, rows: &[StandingRow]) -> Result<(), DbError> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            args![
                &row.address,
                row.channel.word(),
                row.permits.word(),
                &row.topic,
                row.standing.status.word(),
                row.standing.proof.word(),
                row.standing.since,
                row.standing.ended_at,
                row.consent
            ]
            .to_vec()
        })
        .collect();
    tx.insert_many_later(&STANDING_PUT_MANY, rows)
}

/// Removes how consent stands for some addresses, with the last of the entries it follows from.
pub fn standings_forget(tx: &mut Tx<'_>, addresses: &[String]) -> Result<(), DbError> {
    tx.later(&STANDING_FORGET, args![addresses])
}

/// Removes every entry of some addresses, and notes in the chain that it was on purpose.
pub fn forget(tx: &mut Tx<'_>, addresses: &[String], at: i64) -> Result<(), DbError> {
    for row in tx.query(&CONSENT_IDS_OF_ADDRESSES, args![addresses])? {
        let id: Uuid = row.get(0)?;
        crate::chain::erased(tx, Kind::Consent, id.as_bytes(), at);
    }
    tx.later(&STANDING_FORGET, args![addresses])?;
    tx.later(&CONSENT_FORGET, args![addresses])
}
