//! Customers, their addresses, orders and talks.

use crate::Engine;
use crate::audit::Actor;
use crate::gate::BRAND;
use crate::idempotency::Keep;
use domain::address::Address;
use domain::id::{CustomerId, Id, WorkspaceId};
use serde_json::json;
use std::collections::BTreeMap;
use store::conversation::ConversationRow;
use store::customer::CustomerRow;
use store::customer_merge::{self, MergeRow};
use store::customer_place::{self, PlaceRow};
use store::order::OrderRow;
use store::suppression::SuppressionRow;
use store::{DbError, NewEvent, audit, conversation, customer, order, suppression};
use uuid::Uuid;

/// Merges shown with a customer, of each side.
const MERGES_SHOWN: i64 = 20;

/// A customer with everything shown beside a thread.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The customer.
    pub row: CustomerRow,
    /// Their addresses, and since when (Unix ms) each is opted out.
    pub addresses: Vec<(String, Option<i64>)>,
    /// Where they are, beside what their numbers tell.
    pub places: Vec<PlaceRow>,
    /// Their latest orders.
    pub orders: Vec<OrderRow>,
    /// Their latest conversations.
    pub conversations: Vec<ConversationRow>,
    /// Whom they were merged into at last.
    pub merged_into: Option<CustomerId>,
    /// The latest merges they were part of, undone or not.
    pub merges: Vec<Merged>,
}

/// A merge, and who the two are.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The merge.
    pub row: MergeRow,
    /// The name of who was kept.
    pub name: String,
    /// The name of who was merged into them.
    pub other_name: String,
}

/// A customer to add.
#[derive(Debug, Clone)]
pub struct NewCustomer {
    /// Their name.
    pub name: String,
    /// Their canonical address.
    pub address: String,
    /// What to write down about them.
    pub notes: String,
}

/// Why a customer is not added.
#[derive(Debug, thiserror::Error)]
pub enum CustomerError {
    /// The address is another's.
    #[error("this number belongs to {0}")]
    Taken(CustomerId),
    /// They were merged into another, at last into this one.
    #[error("this customer was merged into {0}")]
    Merged(CustomerId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
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
                    Some(words) => store::customer_find::find(tx, words, limit)?,
                    None => customer::page(tx, after.unwrap_or((i64::MAX, CustomerId::new(Uuid::max()))), limit)?,
                };
                with_addresses(tx, rows)
            })
            .await
    }

    /// A customer's profile.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn customer_profile(&self, ws: WorkspaceId, id: CustomerId) -> Result<Option<Profile>, DbError> {
        self.workspace(ws).read(move |tx| profile_of(tx, id)).await
    }

    /// The customer known by an address.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn customer_by_address(&self, ws: WorkspaceId, address: Address) -> Result<Option<CustomerId>, DbError> {
        self.workspace(ws).read(move |tx| customer::by_address(tx, address.as_str())).await
    }

    /// Adds a customer known by an address.
    ///
    /// # Errors
    /// [`CustomerError`].
    pub async fn customer_create(
        &self,
        ws: WorkspaceId,
        by: Actor,
        new: NewCustomer,
        keep: Keep<Profile>,
    ) -> Result<Profile, CustomerError> {
        let (fresh, now): (CustomerId, i64) = (self.new_id(), self.now());
        let entry = self.audit_entry(by, "customer.create", fresh.to_string(), &json!({}));
        let hash = hex::encode(self.address_hash(ws, &new.address));
        self.workspace(ws)
            .write(move |tx| {
                if let Some(known) = customer::by_address(tx, &new.address)? {
                    return Err(CustomerError::Taken(known));
                }
                let id = customer::resolve(tx, &new.address, "phone", &new.name, fresh, now)?;
                crate::erasure::recognise(tx, &BTreeMap::from([(hash.clone(), new.address.as_str())]))?;
                if !new.notes.is_empty() {
                    customer::update(tx, id, &new.name, &new.notes)?;
                }
                audit::insert(tx, &entry)?;
                event(tx, id, now);
                let profile = profile_of(tx, id)?.ok_or(DbError::NoRow { statement: "CUSTOMER_GET" })?;
                keep.keep(tx, &profile, now)?;
                Ok(profile)
            })
            .await
    }

    /// Sets a customer's name and notes. False when there is none.
    ///
    /// # Errors
    /// [`CustomerError`].
    pub async fn customer_update(
        &self,
        ws: WorkspaceId,
        by: Actor,
        id: CustomerId,
        name: Option<String>,
        notes: Option<String>,
    ) -> Result<bool, CustomerError> {
        let now = self.now();
        // Which fields, not what they say: the log outlives an erasure.
        let fields = json!({ "name": name.is_some(), "notes": notes.is_some() });
        let entry = self.audit_entry(by, "customer.change", id.to_string(), &fields);
        self.workspace(ws)
            .write(move |tx| {
                let Some(row) = customer::get(tx, id)? else { return Ok(false) };
                if row.merged_into.is_some() {
                    return Err(CustomerError::Merged(customer_merge::root(tx, id)?.unwrap_or(id)));
                }
                customer::update(tx, id, name.as_deref().unwrap_or(&row.name), notes.as_deref().unwrap_or(&row.notes))?;
                audit::insert(tx, &entry)?;
                event(tx, id, now);
                Ok(true)
            })
            .await
    }

    /// A page of opt-outs, latest first, before a place: since (Unix ms), address, scope.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn opt_out_page(
        &self,
        ws: WorkspaceId,
        after: Option<(i64, String, String)>,
        limit: i64,
    ) -> Result<Vec<SuppressionRow>, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let last = || "\u{10FFFF}".to_owned();
                let (since, address, scope) = after.clone().unwrap_or((i64::MAX, last(), last()));
                suppression::page(tx, (since, &address, &scope), limit)
            })
            .await
    }
}

/// Customers with their addresses, in the same order.
fn with_addresses(tx: &mut store::Tx<'_>, rows: Vec<CustomerRow>) -> Result<Vec<(CustomerRow, Vec<String>)>, DbError> {
    let mut addresses = customer::addresses_many(tx, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let known = rows.into_iter().map(|row| {
        let theirs = addresses.remove(&row.id).unwrap_or_default();
        (row, theirs)
    });
    Ok(known.collect())
}

pub(crate) fn profile_of(tx: &mut store::Tx<'_>, id: CustomerId) -> Result<Option<Profile>, DbError> {
    let Some(row) = customer::get(tx, id)? else { return Ok(None) };
    let addresses = customer::addresses(tx, id)?;
    let out = suppression::of(tx, BRAND, addresses.clone())?;
    let since = |address: &str| out.iter().find(|(one, _)| one == address).map(|(_, since)| *since);
    Ok(Some(Profile {
        addresses: addresses.iter().map(|address| (address.clone(), since(address))).collect(),
        places: customer_place::of_customer(tx, id)?,
        orders: order::of_customer(tx, id, 20)?,
        conversations: conversation::of_customer(tx, id, 20)?,
        merged_into: match row.merged_into {
            Some(_) => customer_merge::root(tx, id)?,
            None => None,
        },
        merges: merges_of(tx, id)?,
        row,
    }))
}

fn merges_of(tx: &mut store::Tx<'_>, id: CustomerId) -> Result<Vec<Merged>, DbError> {
    let mut rows = customer_merge::of_kept(tx, id, MERGES_SHOWN)?;
    rows.extend(customer_merge::of_other(tx, id, MERGES_SHOWN)?);
    rows.sort_unstable_by_key(|row| std::cmp::Reverse((row.merged_at, row.id)));
    let ids: Vec<CustomerId> = rows.iter().flat_map(|row| [row.customer, row.other]).collect();
    let names = customer::names_of(tx, &ids)?;
    let name = |id| names.get(&id).cloned().unwrap_or_default();
    Ok(rows.into_iter().map(|row| Merged { name: name(row.customer), other_name: name(row.other), row }).collect())
}

/// Tells the log that a customer is not as before.
pub(crate) fn event(tx: &mut store::Tx<'_>, id: CustomerId, at: i64) {
    tx.event(NewEvent {
        kind: "customer.changed",
        conversation: None,
        subject: Some(Id::uuid(id)),
        at,
        data: "{}".to_owned(),
    });
}
