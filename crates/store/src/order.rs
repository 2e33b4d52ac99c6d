//! Orders, as far as they stand beside a thread.

use crate::args;
use crate::db::{DbError, Tx, statements};
use domain::id::{CustomerId, OrderId};

statements! {
    tenant ORDER_OF_CUSTOMER = "select id, number, status, total_minor, currency, items, tracking, placed_at from orders
        where ws = $1 and customer_id = $2 order by placed_at desc, id desc limit $3";
}

/// An order in a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow {
    /// Its identity.
    pub id: OrderId,
    /// The number the customer knows.
    pub number: String,
    /// The shop's word for where it stands.
    pub status: String,
    /// Minor units of `currency`.
    pub total_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// What was ordered, as JSON: `[{title, quantity}]`.
    pub items: String,
    /// Where the parcel can be followed.
    pub tracking: Option<String>,
    /// Unix ms.
    pub placed_at: i64,
}

/// A customer's orders, latest first.
pub fn of_customer(tx: &mut Tx<'_>, customer: CustomerId, limit: i64) -> Result<Vec<OrderRow>, DbError> {
    tx.query(&ORDER_OF_CUSTOMER, args![customer, limit])?
        .iter()
        .map(|row| {
            Ok(OrderRow {
                id: row.get(0)?,
                number: row.get(1)?,
                status: row.get(2)?,
                total_minor: row.get(3)?,
                currency: row.get(4)?,
                items: row.get(5)?,
                tracking: row.get(6)?,
                placed_at: row.get(7)?,
            })
        })
        .collect()
}
