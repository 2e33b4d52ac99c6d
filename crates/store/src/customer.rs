//! Customers and the addresses they are known by.

use crate::args;
use crate::customer_find;
use crate::db::{DbError, Row, Tx, inserts, statements};
use domain::id::CustomerId;
use std::collections::HashMap;

statements! {
    tenant CUSTOMER_INSERT = "insert into customers (ws, id, name, last_at, created_at) values ($1, $2, $3, $4, $4)";
    tenant CUSTOMER_DELETE = "delete from customers where ws = $1 and id = $2";
    tenant CUSTOMER_TOUCH = "update customers set last_at = $3 where ws = $1 and id = $2 and last_at < $3";
    tenant CUSTOMER_UPDATE = "update customers set name = $3, notes = $4 where ws = $1 and id = $2";
    tenant CUSTOMER_GET = "select id, name, notes, last_at, created_at, merged_into from customers
        where ws = $1 and id = $2";
    tenant CUSTOMER_PAGE = "select id, name, notes, last_at, created_at, merged_into from customers
        where ws = $1 and (last_at, id) < ($2, $3) and merged_into is null order by last_at desc, id desc limit $4";
    tenant CUSTOMER_NAMES_OF = "select id, name from customers where ws = $1 and id {any:$2}";
    tenant IDENTITY_INSERT = "insert into identities (ws, address, kind, customer_id, created_at)
        values ($1, $2, $3, $4, $5) on conflict do nothing";
    tenant IDENTITY_CUSTOMER = "select customer_id from identities where ws = $1 and address = $2";
    tenant IDENTITY_CUSTOMERS = "select address, customer_id from identities where ws = $1 and address {any:$2}";
    tenant CUSTOMER_TOUCH_MANY = "update customers set last_at = $3 where ws = $1 and id {any:$2} and last_at < $3";
    tenant CUSTOMER_DELETE_MANY = "delete from customers where ws = $1 and id {any:$2}";
    tenant IDENTITY_KIN = "select k.address from identities i
        {sqlite:cross }join identities k on k.ws = i.ws and k.customer_id = i.customer_id and k.address <> i.address
        where i.ws = $1 and i.address = $2";
    tenant IDENTITY_KIN_MANY = "select i.address, k.address from identities i
        {sqlite:cross }join identities k on k.ws = i.ws and k.customer_id = i.customer_id and k.address <> i.address
        where i.ws = $1 and i.address {any:$2}";
    tenant IDENTITY_PAGE = "select address from identities where ws = $1 and address > $2 order by address limit $3";
    tenant IDENTITY_LIST_MANY = "select customer_id, created_at, address from identities
        where ws = $1 and customer_id {any:$2}";
    tenant IDENTITY_LIST = "select address from identities where ws = $1 and customer_id = $2 order by created_at, address";
}

inserts! {
    CUSTOMER_INSERT_MANY = "customers" [("id", Uuid), ("name", Text), ("last_at", Int), ("created_at", Int)] "";
    IDENTITY_INSERT_MANY = "identities" [
        ("address", Text), ("kind", Text), ("customer_id", Uuid), ("created_at", Int)
    ] "on conflict do nothing";
}

/// The person who texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerRow {
    /// Their identity.
    pub id: CustomerId,
    /// Empty until somebody learns it.
    pub name: String,
    /// What members noted about them.
    pub notes: String,
    /// When anything last happened with them, Unix ms.
    pub last_at: i64,
    /// Unix ms.
    pub created_at: i64,
    /// Whom they were merged into: what was theirs is there.
    pub merged_into: Option<CustomerId>,
}

pub(crate) fn read(row: &Row) -> Result<CustomerRow, DbError> {
    Ok(CustomerRow {
        id: row.get(0)?,
        name: row.get(1)?,
        notes: row.get(2)?,
        last_at: row.get(3)?,
        created_at: row.get(4)?,
        merged_into: row.get(5)?,
    })
}

/// The customer of an address, made under the given id when nobody has it yet.
///
/// Two nodes may meet a new number at once: the one that comes second waits on
/// the identity's key, drops its own customer and takes the first one's.
pub fn resolve(
    tx: &mut Tx<'_>,
    address: &str,
    kind: &str,
    name: &str,
    fresh: CustomerId,
    now: i64,
) -> Result<CustomerId, DbError> {
    if let Some(known) = by_address(tx, address)? {
        tx.later(&CUSTOMER_TOUCH, args![known, now])?;
        return Ok(known);
    }
    tx.exec(&CUSTOMER_INSERT, args![fresh, name, now])?;
    if tx.exec(&IDENTITY_INSERT, args![address, kind, fresh, now])? > 0 {
        customer_find::add(tx, [(fresh, name)])?;
        return Ok(fresh);
    }
    tx.exec(&CUSTOMER_DELETE, args![fresh])?;
    by_address(tx, address)?.ok_or(DbError::NoRow { statement: "IDENTITY_CUSTOMER" })
}

/// Somebody who may be new.
#[derive(Debug, Clone, Copy)]
pub struct Newcomer<'a> {
    /// Their address, canonical.
    pub address: &'a str,
    /// What kind of address it is.
    pub kind: &'a str,
    /// Their name, or nothing.
    pub name: &'a str,
    /// The customer's identity, if nobody has the address.
    pub fresh: CustomerId,
}

/// As [`resolve`], of many addresses at once, each named once.
pub fn resolve_many(
    tx: &mut Tx<'_>,
    mut all: Vec<Newcomer<'_>>,
    now: i64,
) -> Result<HashMap<String, CustomerId>, DbError> {
    // Two nodes with overlapping lists must not wait for each other crosswise.
    all.sort_unstable_by_key(|one| one.address);
    let addresses = |of: &[Newcomer<'_>]| of.iter().map(|one| one.address.to_owned()).collect();
    let mut known = by_addresses(tx, addresses(&all))?;
    if !known.is_empty() {
        let mut ids: Vec<CustomerId> = known.values().copied().collect();
        ids.sort_unstable();
        tx.later(&CUSTOMER_TOUCH_MANY, args![ids, now])?;
    }
    all.retain(|one| !known.contains_key(one.address));
    if all.is_empty() {
        return Ok(known);
    }
    let customers = all.iter().map(|one| args![one.fresh, one.name, now, now].to_vec()).collect();
    tx.insert_many_later(&CUSTOMER_INSERT_MANY, customers)?;
    let identities = all.iter().map(|one| args![one.address, one.kind, one.fresh, now].to_vec()).collect();
    let made = tx.insert_many(&IDENTITY_INSERT_MANY, identities)?;
    if made == u64::try_from(all.len()).unwrap_or(u64::MAX) {
        customer_find::add(tx, all.iter().map(|one| (one.fresh, one.name)))?;
        known.extend(all.iter().map(|one| (one.address.to_owned(), one.fresh)));
        return Ok(known);
    }
    let theirs = by_addresses(tx, addresses(&all))?;
    let lost: Vec<CustomerId> =
        all.iter().filter(|one| theirs.get(one.address) != Some(&one.fresh)).map(|one| one.fresh).collect();
    let kept = all.iter().filter(|one| theirs.get(one.address) == Some(&one.fresh));
    customer_find::add(tx, kept.map(|one| (one.fresh, one.name)))?;
    tx.later(&CUSTOMER_DELETE_MANY, args![lost])?;
    known.extend(theirs);
    Ok(known)
}

/// The customers known by some addresses.
pub fn by_addresses(tx: &mut Tx<'_>, addresses: Vec<String>) -> Result<HashMap<String, CustomerId>, DbError> {
    tx.query(&IDENTITY_CUSTOMERS, args![addresses])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The customer known by an address.
pub fn by_address(tx: &mut Tx<'_>, address: &str) -> Result<Option<CustomerId>, DbError> {
    tx.query_opt(&IDENTITY_CUSTOMER, args![address])?.map(|row| row.get(0)).transpose()
}

/// One customer.
pub fn get(tx: &mut Tx<'_>, id: CustomerId) -> Result<Option<CustomerRow>, DbError> {
    tx.query_opt(&CUSTOMER_GET, args![id])?.as_ref().map(read).transpose()
}

/// The names of some customers.
pub fn names_of(tx: &mut Tx<'_>, ids: &[CustomerId]) -> Result<HashMap<CustomerId, String>, DbError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    tx.query(&CUSTOMER_NAMES_OF, args![ids])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// A customer's addresses, oldest first.
pub fn addresses(tx: &mut Tx<'_>, id: CustomerId) -> Result<Vec<String>, DbError> {
    tx.query(&IDENTITY_LIST, args![id])?.iter().map(|row| row.get(0)).collect()
}

/// The addresses of many customers, of each the oldest first.
pub fn addresses_many(tx: &mut Tx<'_>, ids: &[CustomerId]) -> Result<HashMap<CustomerId, Vec<String>>, DbError> {
    let mut all: HashMap<CustomerId, Vec<String>> = HashMap::with_capacity(ids.len());
    if ids.is_empty() {
        return Ok(all);
    }
    let rows = tx.query(&IDENTITY_LIST_MANY, args![ids])?;
    let mut known: Vec<(i64, String, CustomerId)> =
        rows.iter().map(|row| Ok((row.get(1)?, row.get(2)?, row.get(0)?))).collect::<Result<_, DbError>>()?;
    known.sort_unstable();
    for (_, address, id) in known {
        all.entry(id).or_default().push(address);
    }
    Ok(all)
}

/// Addresses after one in order.
pub fn addresses_after(tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<String>, DbError> {
    tx.query(&IDENTITY_PAGE, args![after, limit])?.iter().map(|row| row.get(0)).collect()
}

/// The other addresses of the customer known by one.
pub fn other_addresses(tx: &mut Tx<'_>, address: &str) -> Result<Vec<String>, DbError> {
    tx.query(&IDENTITY_KIN, args![address])?.iter().map(|row| row.get(0)).collect()
}

/// As [`other_addresses`], of many: each address that has others, with one of them.
pub fn other_addresses_many(tx: &mut Tx<'_>, addresses: &[String]) -> Result<Vec<(String, String)>, DbError> {
    tx.query(&IDENTITY_KIN_MANY, args![addresses])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Notes that something happened with a customer, at an instant (Unix ms).
pub fn touch(tx: &mut Tx<'_>, id: CustomerId, at: i64) -> Result<(), DbError> {
    tx.later(&CUSTOMER_TOUCH, args![id, at])
}

/// Sets name and notes. False when there is no such customer.
pub fn update(tx: &mut Tx<'_>, id: CustomerId, name: &str, notes: &str) -> Result<bool, DbError> {
    if tx.exec(&CUSTOMER_UPDATE, args![id, name, notes])? == 0 {
        return Ok(false);
    }
    customer_find::forget(tx, id)?;
    customer_find::add(tx, [(id, name)])?;
    Ok(true)
}

/// A page of customers, latest first, before the given place.
pub fn page(tx: &mut Tx<'_>, before: (i64, CustomerId), limit: i64) -> Result<Vec<CustomerRow>, DbError> {
    tx.query(&CUSTOMER_PAGE, args![before.0, before.1, limit])?.iter().map(read).collect()
}
