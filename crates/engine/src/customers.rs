//! Customers, their addresses, orders and talks.

use crate::Engine;
use crate::gate::BRAND;
use domain::id::{CustomerId, Id, WorkspaceId};
use store::conversation::ConversationRow;
use store::customer::CustomerRow;
use store::order::OrderRow;
use store::{DbError, NewEvent, conversation, customer, order, suppression};
use uuid::Uuid;

/// A customer with everything shown beside a thread.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The customer.
    pub row: CustomerRow,
    /// Their addresses, and since when (Unix ms) each is opted out.
    pub addresses: Vec<(String, Option<i64>)>,
    /// Their latest orders.
    pub orders: Vec<OrderRow>,
    /// Their latest conversations.
    pub conversations: Vec<ConversationRow>,
}

impl Engine {
    /// A page of customers, latest first, or those that match some words.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn customer_page(
        &self,
        ws: WorkspaceId,
        words: Option<String>,
        after: Option<(i64, CustomerId)>,
        limit: i64,
    ) -> Result<Vec<(CustomerRow, Vec<String>)>, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let rows = match words.as_deref().map(str::trim).filter(|words| !words.is_empty()) {
                    Some(words) => customer::find(tx, words, limit)?,
                    None => customer::page(tx, after.unwrap_or((i64::MAX, CustomerId::new(Uuid::max()))), limit)?,
                };
                rows.into_iter()
                    .map(|row| {
                        let addresses = customer::addresses(tx, row.id)?;
                        Ok((row, addresses))
                    })
                    .collect()
            })
            .await
    }

    /// A customer's profile.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn customer_profile(&self, ws: WorkspaceId, id: CustomerId) -> Result<Option<Profile>, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let Some(row) = customer::get(tx, id)? else { return Ok(None) };
                let addresses = customer::addresses(tx, id)?;
                let out = suppression::of(tx, BRAND, addresses.clone())?;
                let since = |address: &str| out.iter().find(|(one, _)| one == address).map(|(_, since)| *since);
                Ok(Some(Profile {
                    addresses: addresses.iter().map(|address| (address.clone(), since(address))).collect(),
                    orders: order::of_customer(tx, id, 20)?,
                    conversations: conversation::of_customer(tx, id, 20)?,
                    row,
                }))
            })
            .await
    }

    /// Adds a customer known by an address, or finds the one who has it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn customer_create(&self, ws: WorkspaceId, name: String, address: String) -> Result<CustomerId, DbError> {
        let (fresh, now) = (self.new_id(), self.now());
        self.workspace(ws)
            .write(move |tx| {
                let id = customer::resolve(tx, &address, "phone", &name, fresh, now)?;
                event(tx, id, now);
                Ok(id)
            })
            .await
    }

    /// Sets a customer's name and notes. False when there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn customer_update(
        &self,
        ws: WorkspaceId,
        id: CustomerId,
        name: Option<String>,
        notes: Option<String>,
    ) -> Result<bool, DbError> {
        let now = self.now();
        self.workspace(ws)
            .write(move |tx| {
                let Some(row) = customer::get(tx, id)? else { return Ok(false) };
                customer::update(tx, id, name.as_deref().unwrap_or(&row.name), notes.as_deref().unwrap_or(&row.notes))?;
                event(tx, id, now);
                Ok(true)
            })
            .await
    }

    /// A page of opted-out addresses, latest first: address, since (Unix ms), source.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn opt_out_page(
        &self,
        ws: WorkspaceId,
        after: Option<(i64, String)>,
        limit: i64,
    ) -> Result<Vec<(String, i64, String)>, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let after = after.unwrap_or((i64::MAX, "\u{10FFFF}".to_owned()));
                suppression::page(tx, (after.0, &after.1), limit)
            })
            .await
    }
}

fn event(tx: &mut store::Tx<'_>, id: CustomerId, at: i64) {
    tx.event(NewEvent {
        kind: "customer.changed",
        conversation: None,
        subject: Some(Id::uuid(id)),
        at,
        data: "{}".to_owned(),
    });
}
