//! Customers and the addresses they are known by.

use crate::args;
use crate::db::{DbError, Row, Tx, statements};
use domain::id::CustomerId;

statements! {
    tenant CUSTOMER_INSERT = "insert into customers (ws, id, name, last_at, created_at) values ($1, $2, $3, $4, $4)";
    tenant CUSTOMER_DELETE = "delete from customers where ws = $1 and id = $2";
    tenant CUSTOMER_TOUCH = "update customers set last_at = $3 where ws = $1 and id = $2 and last_at < $3";
    tenant CUSTOMER_UPDATE = "update customers set name = $3, notes = $4 where ws = $1 and id = $2";
    tenant CUSTOMER_GET = "select id, name, notes, last_at, created_at from customers where ws = $1 and id = $2";
    tenant CUSTOMER_PAGE = "select id, name, notes, last_at, created_at from customers
        where ws = $1 and (last_at, id) < ($2, $3) order by last_at desc, id desc limit $4";
    tenant CUSTOMER_FIND = "select id, name, notes, last_at, created_at from customers
        where ws = $1 and (lower(name) like $2 or id in
            (select customer_id from identities where ws = $1 and address like $3))
        order by last_at desc, id desc limit $4";
    tenant IDENTITY_INSERT = "insert into identities (ws, address, kind, customer_id, created_at)
        values ($1, $2, $3, $4, $5) on conflict do nothing";
    tenant IDENTITY_CUSTOMER = "select customer_id from identities where ws = $1 and address = $2";
    tenant IDENTITY_LIST = "select address from identities where ws = $1 and customer_id = $2 order by created_at, address";
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
}

fn customer(row: &Row) -> Result<CustomerRow, DbError> {
    Ok(CustomerRow {
        id: row.get(0)?,
        name: row.get(1)?,
        notes: row.get(2)?,
        last_at: row.get(3)?,
        created_at: row.get(4)?,
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
        return Ok(fresh);
    }
    tx.exec(&CUSTOMER_DELETE, args![fresh])?;
    by_address(tx, address)?.ok_or(DbError::NoRow { statement: "IDENTITY_CUSTOMER" })
}

/// The customer known by an address.
pub fn by_address(tx: &mut Tx<'_>, address: &str) -> Result<Option<CustomerId>, DbError> {
    tx.query_opt(&IDENTITY_CUSTOMER, args![address])?.map(|row| row.get(0)).transpose()
}

/// One customer.
pub fn get(tx: &mut Tx<'_>, id: CustomerId) -> Result<Option<CustomerRow>, DbError> {
    tx.query_opt(&CUSTOMER_GET, args![id])?.as_ref().map(customer).transpose()
}

/// A customer's addresses, oldest first.
pub fn addresses(tx: &mut Tx<'_>, id: CustomerId) -> Result<Vec<String>, DbError> {
    tx.query(&IDENTITY_LIST, args![id])?.iter().map(|row| row.get(0)).collect()
}

/// Sets name and notes. False when there is no such customer.
pub fn update(tx: &mut Tx<'_>, id: CustomerId, name: &str, notes: &str) -> Result<bool, DbError> {
    Ok(tx.exec(&CUSTOMER_UPDATE, args![id, name, notes])? > 0)
}

/// A page of customers, latest first, before the given place.
pub fn page(tx: &mut Tx<'_>, before: (i64, CustomerId), limit: i64) -> Result<Vec<CustomerRow>, DbError> {
    tx.query(&CUSTOMER_PAGE, args![before.0, before.1, limit])?.iter().map(customer).collect()
}

/// Customers whose name or address holds the words.
pub fn find(tx: &mut Tx<'_>, words: &str, limit: i64) -> Result<Vec<CustomerRow>, DbError> {
    let name = format!("%{}%", words.to_lowercase().replace(['%', '_', '\\', '\0'], ""));
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    // Three digits and more look like a number; fewer would match everybody.
    let address = if digits.len() >= 3 { format!("%{digits}%") } else { "-".to_owned() };
    tx.query(&CUSTOMER_FIND, args![name, address, limit])?.iter().map(customer).collect()
}
