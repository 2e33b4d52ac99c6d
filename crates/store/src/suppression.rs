//! Suppressions, and the address rows that order them against claims.

use crate::args;
use crate::db::{DbError, Tx, inserts, statements, updates};
use domain::id::MessageId;
use std::collections::HashMap;

/// The scope that covers every purpose.
pub const ALL_TEXTS: &str = "all";

/// The scope of what rests until a member says whether a text asked to stop: marketing.
pub const UNSURE: &str = "unsure";

statements! {
    tenant SUPPRESSION_ADD = "insert into suppressions (ws, brand, address, scope, since, source, message_id)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (ws, brand, address, scope) do update
        set since = excluded.since, source = excluded.source, message_id = excluded.message_id, lifted_at = null
        where suppressions.lifted_at is not null";
    tenant SUPPRESSION_RENEW = "update suppressions set since = $5
        where ws = $1 and brand = $2 and address = $3 and scope = $4 and lifted_at is null and since < $5";
    tenant SUPPRESSION_LIFT = "update suppressions set lifted_at = $5
        where ws = $1 and brand = $2 and address = $3 and scope = $4 and lifted_at is null";
    tenant SUPPRESSION_LIFT_EVERY = "update suppressions set lifted_at = $4
        where ws = $1 and brand = $2 and address = $3 and lifted_at is null";
    tenant SUPPRESSION_OF = "select address, scope, since from suppressions
        where ws = $1 and brand = $2 and lifted_at is null and address {any:$3}";
    tenant SUPPRESSION_HEARD = "select address, scope, since from suppressions
        where ws = $1 and brand = $2 and lifted_at is null and address {any:$3}
        union all select hash, '', since from erased_addresses where ws = $1 and hash {any:$4}";
    tenant SUPPRESSION_PAGE = "select address, scope, since, source from suppressions
        where ws = $1 and lifted_at is null and scope <> 'unsure' and (since, address, scope) < ($2, $3, $4)
        order by since desc, address desc, scope desc limit $5";
    tenant SUPPRESSION_ADDRESSES = "select distinct address from suppressions
        where ws = $1 and brand = $2 and address > $3 order by address limit $4";
    tenant SUPPRESSION_STORY = "select scope, since, source, message_id, lifted_at from suppressions
        where ws = $1 and brand = $2 and address = $3";
    tenant LOCK_TAKE = "insert into address_locks (ws, address) values ($1, $2)
        on conflict (ws, address) do update set address = excluded.address
        returning automatic_at, last_out_hash";
    tenant LOCK_READ = "select address, automatic_at, last_out_hash from address_locks
        where ws = $1 and address {any:$2} order by address {skip_locked}";
    tenant LOCK_TAKE_MANY = "select address, automatic_at, last_out_hash from address_locks
        where ws = $1 and address {any:$2} order by address {for_update}";
}

inserts! {
    LOCK_ENSURE = "address_locks" [("address", Text)] "on conflict do nothing";
    SUPPRESSION_ADD_MANY = "suppressions" [
        ("brand", Text), ("address", Text), ("scope", Text), ("since", Int), ("source", Text)
    ] "on conflict (ws, brand, address, scope) do update
        set since = excluded.since, source = excluded.source, message_id = null, lifted_at = null
        where suppressions.lifted_at is not null";
}

updates! {
    LOCK_NOTE_AUTOMATIC [("address", Text), ("times", Text), ("hash", Blob)] =
        "update address_locks set automatic_at = {times}, last_out_hash = {hash} {given}
        where ws = $1 and address = {address}";
    LOCK_NOTE_PERSON [("address", Text), ("at", Int), ("hash", Blob)] =
        "update address_locks set automatic_at = '[]', last_out_hash = {hash}, last_person_at = {at} {given}
        where ws = $1 and address = {address}";
}

/// What is kept beside an address to stop machines from talking to each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressFacts {
    /// When automatic texts were accepted since a person last wrote, Unix ms.
    pub automatic_at: Vec<i64>,
    /// SHA-256 of our last text to it.
    pub last_out_hash: Option<Vec<u8>>,
}

fn times(json: &str) -> Vec<i64> {
    // Only this file writes the column; anything unreadable counts as nothing sent.
    serde_json::from_str(json).unwrap_or_default()
}

/// Takes an address's row until the end of the transaction.
///
/// Every accept, claim and opt-out of the address waits here for the others, so
/// none can pass between another's look and its commit.
pub fn lock(tx: &mut Tx<'_>, address: &str) -> Result<AddressFacts, DbError> {
    let row = tx.query_one(&LOCK_TAKE, args![address])?;
    Ok(AddressFacts { automatic_at: times(&row.get::<String>(0)?), last_out_hash: row.get(1)? })
}

/// Takes the rows of those addresses that nobody else holds right now, in address order.
///
/// An address that is held is left out: whoever holds it decides first, and its
/// texts stay due.
pub fn lock_free(tx: &mut Tx<'_>, mut addresses: Vec<String>) -> Result<Vec<(String, AddressFacts)>, DbError> {
    addresses.sort_unstable();
    addresses.dedup();
    tx.query(&LOCK_READ, args![addresses])?
        .iter()
        .map(|row| {
            Ok((row.get(0)?, AddressFacts { automatic_at: times(&row.get::<String>(1)?), last_out_hash: row.get(2)? }))
        })
        .collect()
}

/// Sees to it that addresses have rows to be taken: without one, nothing to them is ever claimed.
pub fn ensure(tx: &mut Tx<'_>, mut addresses: Vec<&str>) -> Result<(), DbError> {
    addresses.sort_unstable();
    addresses.dedup();
    tx.insert_many_later(&LOCK_ENSURE, addresses.into_iter().map(|address| args![address].to_vec()).collect())
}

/// Takes the rows of many addresses until the end of the transaction, in address
/// order, as [`lock`] takes one.
pub fn lock_many(tx: &mut Tx<'_>, addresses: &[&str]) -> Result<HashMap<String, AddressFacts>, DbError> {
    let mut sorted: Vec<String> = addresses.iter().map(|address| (*address).to_owned()).collect();
    sorted.sort_unstable();
    sorted.dedup();
    if let [only] = sorted.as_slice() {
        return Ok(HashMap::from([(only.clone(), lock(tx, only)?)]));
    }
    tx.insert_many_later(&LOCK_ENSURE, sorted.iter().map(|address| args![address].to_vec()).collect())?;
    let mut facts = HashMap::with_capacity(sorted.len());
    for row in tx.query(&LOCK_TAKE_MANY, args![sorted.as_slice()])? {
        facts.insert(
            row.get(0)?,
            AddressFacts { automatic_at: times(&row.get::<String>(1)?), last_out_hash: row.get(2)? },
        );
    }
    // A row may have gone between the two statements, with a demo shop, say.
    let gone: Vec<String> = sorted.into_iter().filter(|address| !facts.contains_key(address)).collect();
    for address in gone {
        let taken = lock(tx, &address)?;
        facts.insert(address, taken);
    }
    Ok(facts)
}

/// Notes the automatic texts of some addresses, each once: when (Unix ms) and
/// the SHA-256 of the last.
pub fn note_automatic(tx: &mut Tx<'_>, notes: &[(&str, &AddressFacts)]) -> Result<(), DbError> {
    let rows = notes.iter().map(|(address, facts)| {
        let times = serde_json::to_string(&facts.automatic_at).unwrap_or_else(|_| "[]".to_owned());
        args![*address, times, facts.last_out_hash.clone()].to_vec()
    });
    tx.update_many_later(&LOCK_NOTE_AUTOMATIC, rows.collect())
}

/// Notes persons' texts to some addresses, each once: automatic texts count
/// from zero again. `at` is when, Unix ms.
pub fn note_person(tx: &mut Tx<'_>, notes: &[(&str, &AddressFacts)], at: i64) -> Result<(), DbError> {
    let rows = notes.iter().map(|(address, facts)| args![*address, at, facts.last_out_hash.clone()].to_vec());
    tx.update_many_later(&LOCK_NOTE_PERSON, rows.collect())
}

/// Suppresses an address. False when it already was.
pub fn add(
    tx: &mut Tx<'_>,
    brand: &str,
    address: &str,
    scope: &str,
    since: i64,
    source: &str,
    message: Option<MessageId>,
) -> Result<bool, DbError> {
    Ok(tx.exec(&SUPPRESSION_ADD, args![brand, address, scope, since, source, message])? > 0)
}

/// Suppresses many addresses for scopes, each pair once. One that already is stays as it is.
pub fn add_many(tx: &mut Tx<'_>, brand: &str, rows: &[SuppressionRow]) -> Result<(), DbError> {
    let rows = rows.iter().map(|row| args![brand, &row.address, &row.scope, row.since, &row.source].to_vec());
    tx.insert_many_later(&SUPPRESSION_ADD_MANY, rows.collect())
}

/// Notes that a suppressed address asked again to be left alone: what it wrote
/// between the two no longer invites an answer.
pub fn renew(tx: &mut Tx<'_>, brand: &str, address: &str, scope: &str, since: i64) -> Result<(), DbError> {
    tx.later(&SUPPRESSION_RENEW, args![brand, address, scope, since])
}

/// Lifts a suppression. False when there was none.
pub fn lift(tx: &mut Tx<'_>, brand: &str, address: &str, scope: &str, at: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&SUPPRESSION_LIFT, args![brand, address, scope, at])? > 0)
}

/// Lifts every suppression of an address. False when there was none.
pub fn lift_every(tx: &mut Tx<'_>, brand: &str, address: &str, at: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&SUPPRESSION_LIFT_EVERY, args![brand, address, at])? > 0)
}

/// Since when (Unix ms) each of some addresses is opted out of everything.
pub fn of(tx: &mut Tx<'_>, brand: &str, addresses: Vec<String>) -> Result<Vec<(String, i64)>, DbError> {
    let every = scopes_of(tx, brand, addresses)?.into_iter().filter(|(_, scope, _)| scope == ALL_TEXTS);
    Ok(every.map(|(address, _, since)| (address, since)).collect())
}

/// What some addresses are opted out of: address, scope, since when (Unix ms).
pub fn scopes_of(tx: &mut Tx<'_>, brand: &str, addresses: Vec<String>) -> Result<Vec<(String, String, i64)>, DbError> {
    tx.query(&SUPPRESSION_OF, args![brand, addresses])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .collect()
}

/// What addresses that write to us are opted out of, and which of them were erased:
/// scopes with their addresses, and hashes with since when (Unix ms).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// Address and scope.
    pub scopes: Vec<(String, String)>,
    /// Keyed hash, and since when it must not be texted.
    pub erased: Vec<(String, i64)>,
}

/// Reads that for some addresses and their keyed hashes.
pub fn heard(tx: &mut Tx<'_>, brand: &str, addresses: Vec<String>, hashes: Vec<String>) -> Result<Heard, DbError> {
    let mut heard = Heard::default();
    for row in tx.query(&SUPPRESSION_HEARD, args![brand, addresses, hashes])? {
        let (address, scope): (String, String) = (row.get(0)?, row.get(1)?);
        if scope.is_empty() { heard.erased.push((address, row.get(2)?)) } else { heard.scopes.push((address, scope)) }
    }
    Ok(heard)
}

/// A suppression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionRow {
    /// The address, canonical.
    pub address: String,
    /// What it covers.
    pub scope: String,
    /// Since when, Unix ms.
    pub since: i64,
    /// How it came about.
    pub source: String,
}

/// A page of suppressions, latest first, before a place: since, address, scope.
pub fn page(tx: &mut Tx<'_>, before: (i64, &str, &str), limit: i64) -> Result<Vec<SuppressionRow>, DbError> {
    tx.query(&SUPPRESSION_PAGE, args![before.0, before.1, before.2, limit])?
        .iter()
        .map(|row| {
            Ok(SuppressionRow { address: row.get(0)?, scope: row.get(1)?, since: row.get(2)?, source: row.get(3)? })
        })
        .collect()
}

/// Addresses after one in order that are or were opted out.
pub fn addresses_after(tx: &mut Tx<'_>, brand: &str, after: &str, limit: i64) -> Result<Vec<String>, DbError> {
    tx.query(&SUPPRESSION_ADDRESSES, args![brand, after, limit])?.iter().map(|row| row.get(0)).collect()
}

/// An opt-out as it is kept, also when it was lifted since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionStory {
    /// What it covers.
    pub scope: String,
    /// Since when, Unix ms.
    pub since: i64,
    /// How we learnt of it.
    pub source: String,
    /// The text that said so.
    pub message: Option<MessageId>,
    /// When it was lifted, Unix ms.
    pub lifted_at: Option<i64>,
}

/// The opt-outs of one address.
pub fn story(tx: &mut Tx<'_>, brand: &str, address: &str) -> Result<Vec<SuppressionStory>, DbError> {
    tx.query(&SUPPRESSION_STORY, args![brand, address])?
        .iter()
        .map(|row| {
            Ok(SuppressionStory {
                scope: row.get(0)?,
                since: row.get(1)?,
                source: row.get(2)?,
                message: row.get(3)?,
                lifted_at: row.get(4)?,
            })
        })
        .collect()
}
