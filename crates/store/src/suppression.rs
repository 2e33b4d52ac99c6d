//! Suppressions, and the address rows that order them against claims.

use crate::args;
use crate::db::{DbError, Tx, inserts, statements};
use domain::id::MessageId;

/// The scope that covers every purpose.
pub const ALL_TEXTS: &str = "all";

statements! {
    tenant SUPPRESSION_ADD = "insert into suppressions (ws, brand, address, scope, since, source, message_id)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (ws, brand, address, scope) do update
        set since = excluded.since, source = excluded.source, message_id = excluded.message_id, lifted_at = null
        where suppressions.lifted_at is not null";
    tenant SUPPRESSION_RENEW = "update suppressions set since = $5
        where ws = $1 and brand = $2 and address = $3 and scope = $4 and lifted_at is null and since < $5";
    tenant SUPPRESSION_LIFT = "update suppressions set lifted_at = $5
        where ws = $1 and brand = $2 and address = $3 and scope = $4 and lifted_at is null";
    tenant SUPPRESSION_OF = "select address, since from suppressions
        where ws = $1 and brand = $2 and lifted_at is null and address {any:$3}";
    tenant SUPPRESSION_PAGE = "select address, since, source from suppressions
        where ws = $1 and lifted_at is null and (since, address) < ($2, $3) order by since desc, address desc limit $4";
    tenant LOCK_TAKE = "insert into address_locks (ws, address) values ($1, $2)
        on conflict (ws, address) do update set address = excluded.address
        returning automatic_at, last_out_hash, last_person_at, confirmed_opt_out_at";
    tenant LOCK_NOTE_AUTOMATIC = "update address_locks set automatic_at = $3, last_out_hash = $4 where ws = $1 and address = $2";
    tenant LOCK_NOTE_PERSON = "update address_locks set automatic_at = '[]', last_out_hash = $4, last_person_at = $3
        where ws = $1 and address = $2";
    tenant LOCK_READ = "select address, automatic_at, last_out_hash from address_locks
        where ws = $1 and address {any:$2} order by address {skip_locked}";
}

inserts! {
    LOCK_ENSURE = "address_locks" [("address", Text)] "on conflict do nothing";
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

/// Makes sure the rows of many addresses exist.
pub fn ensure_many(tx: &mut Tx<'_>, mut addresses: Vec<String>) -> Result<(), DbError> {
    addresses.sort_unstable();
    addresses.dedup();
    tx.insert_many(&LOCK_ENSURE, addresses.iter().map(|address| args![address].to_vec()).collect())?;
    Ok(())
}

/// Notes an automatic text.
pub fn note_automatic(tx: &mut Tx<'_>, address: &str, times: &[i64], hash: Vec<u8>) -> Result<(), DbError> {
    let times = serde_json::to_string(times).unwrap_or_else(|_| "[]".to_owned());
    tx.later(&LOCK_NOTE_AUTOMATIC, args![address, times, hash])
}

/// Notes a person's text: automatic texts count from zero again.
pub fn note_person(tx: &mut Tx<'_>, address: &str, at: i64, hash: Vec<u8>) -> Result<(), DbError> {
    tx.later(&LOCK_NOTE_PERSON, args![address, at, hash])
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

/// Notes that a suppressed address asked again to be left alone: what it wrote
/// between the two no longer invites an answer.
pub fn renew(tx: &mut Tx<'_>, brand: &str, address: &str, scope: &str, since: i64) -> Result<(), DbError> {
    tx.later(&SUPPRESSION_RENEW, args![brand, address, scope, since])
}

/// Lifts a suppression. False when there was none.
pub fn lift(tx: &mut Tx<'_>, brand: &str, address: &str, scope: &str, at: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&SUPPRESSION_LIFT, args![brand, address, scope, at])? > 0)
}

/// Since when (Unix ms) each of some addresses is suppressed, any scope.
pub fn of(tx: &mut Tx<'_>, brand: &str, addresses: Vec<String>) -> Result<Vec<(String, i64)>, DbError> {
    tx.query(&SUPPRESSION_OF, args![brand, addresses])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// A page of suppressed addresses, latest first: address, since, source.
pub fn page(tx: &mut Tx<'_>, before: (i64, &str), limit: i64) -> Result<Vec<(String, i64, String)>, DbError> {
    tx.query(&SUPPRESSION_PAGE, args![before.0, before.1, limit])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .collect()
}
