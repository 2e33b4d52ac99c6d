//! Customers: the people who text.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::conversations::ConversationRow;
use super::customer_merges::CustomerMerge;
use super::customer_places::{CustomerPlace, Whereabouts};
use super::page::Page;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::address::Address;
use domain::limits::CUSTOMER_NOTES_MAX;
use domain::zones::Certainty;
use engine::OrderRow;
use engine::customers::{CustomerError, NewCustomer, Profile};
use engine::names::Names;
use http::StatusCode;

use super::conversations::start::outbound_address;
use super::page::{cursor, cursor_text, cut, limit};
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path, Query};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::wire::{CustomerId, OrderId};

/// Where a customer can be texted.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerAddress {
    /// The number.
    #[schema(example = "+12125550123")]
    pub address: String,
    /// Whether it opted out of this brand's texts.
    pub opted_out: bool,
    /// The time zone its number suggests, where one does.
    pub zone_guess: Option<String>,
}

/// An amount of money.
#[derive(Debug, Serialize, ToSchema)]
pub struct Money {
    /// In the currency's smallest unit.
    pub minor: i64,
    /// The ISO 4217 code.
    #[schema(example = "USD")]
    pub currency: String,
}

/// One line of an order.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct OrderItem {
    /// What was bought.
    pub title: String,
    /// How many.
    pub quantity: i64,
}

/// An order in the shop.
#[derive(Debug, Serialize, ToSchema)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Its number, as the shop writes it.
    #[schema(example = "#1042")]
    pub number: String,
    /// What it came to.
    pub total: Money,
    /// Where it stands.
    #[schema(example = "shipped")]
    pub status: String,
    /// What was bought.
    pub items: Vec<OrderItem>,
    /// The parcel's number or link, where there is one.
    pub tracking: Option<String>,
    /// When it was placed, Unix ms.
    pub placed_at: i64,
}

/// A customer as lists show them.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerRow {
    /// Their id.
    pub id: CustomerId,
    /// Their name; empty when not known.
    pub name: String,
    /// Their addresses.
    pub addresses: Vec<CustomerAddress>,
    /// When something last happened, Unix ms.
    pub last_at: i64,
    /// When they were first seen, Unix ms.
    pub created_at: i64,
    /// Whom they were merged into: what was theirs is there. Null where they were not; lists hold no others.
    pub merged_into: Option<CustomerId>,
}

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Customer {
    /// What lists show.
    #[serde(flatten)]
    pub row: CustomerRow,
    /// What members wrote down about them.
    pub notes: String,
    /// Where they are, as far as anybody knows.
    pub places: Vec<CustomerPlace>,
    /// Where they may be by all of that: one for each of their addresses.
    pub whereabouts: Vec<Whereabouts>,
    /// Their orders, newest first, at most 20.
    pub orders: Vec<Order>,
    /// Their conversations, newest first, at most 20.
    pub conversations: Vec<ConversationRow>,
    /// The merges they were part of, newest first, undone or not.
    pub merges: Vec<CustomerMerge>,
}

/// A customer to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerNew {
    /// Their name.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub name: String,
    /// Their number.
    #[schema(example = "+12125550123")]
    pub address: String,
    /// What to write down about them.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub notes: String,
}

/// Changes to a customer. Absent fields stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerChange {
    /// A new name.
    #[schema(max_length = 100)]
    pub name: Option<String>,
    /// New notes.
    #[schema(max_length = 5000)]
    pub notes: Option<String>,
}

/// Which customers, which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomerQuery {
    /// The start of a name, or a number or its end.
    pub q: Option<String>,
    /// Most items of the page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A page of customers.
#[utoipa::path(get, path = "/customers", tag = "customers", params(CustomerQuery), responses((status = 200, description = "Latest first", body = Page<CustomerRow>)))]
pub async fn customer_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<CustomerQuery>,
) -> Answer<Json<Page<CustomerRow>>> {
    let limit = limit(query.limit)?;
    let after = cursor::<domain::id::CustomerId>(query.cursor.as_deref())?;
    // Words are looked up among all customers; only the plain list has pages.
    let searched = query.q.as_deref().is_some_and(|words| !words.trim().is_empty());
    let mut rows = api.engine.customer_page(caller.ws, query.q, after, i64::from(limit) + 1).await?;
    let more = cut(&mut rows, limit) && !searched;
    let next_cursor = rows.last().filter(|_| more).map(|(row, _)| cursor_text(row.last_at, row.id.uuid()));
    Ok(Json(Page { items: customer_rows(&api, caller.ws, rows).await?, next_cursor }))
}

/// Customers with their addresses, as lists show them.
pub(super) async fn customer_rows(
    api: &Api,
    ws: domain::id::WorkspaceId,
    rows: Vec<(engine::CustomerRow, Vec<String>)>,
) -> Answer<Vec<CustomerRow>> {
    let all: Vec<String> = rows.iter().flat_map(|(_, addresses)| addresses.clone()).collect();
    let opted_out = if all.is_empty() { Vec::new() } else { api.engine.opted_out_among(ws, all).await? };
    let shown = rows.into_iter().map(|(row, addresses)| CustomerRow {
        id: row.id.into(),
        name: row.name,
        addresses: addresses.into_iter().map(|address| customer_address(&opted_out, address)).collect(),
        last_at: row.last_at,
        created_at: row.created_at,
        merged_into: row.merged_into.map(Into::into),
    });
    Ok(shown.collect())
}

/// Adds a customer. 409 `address_taken` where the number is another's.
#[utoipa::path(post, path = "/customers", tag = "customers", request_body = CustomerNew, responses((status = 201, description = "Added", body = Customer)))]
pub async fn customer_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<CustomerNew>,
) -> Answer<(StatusCode, Json<Customer>)> {
    let address = outbound_address("address", &new.address)?.as_str().to_owned();
    let names = Arc::new(api.engine.names(caller.ws).await?);
    let shown = move |profile: &Profile| customer_of(profile.clone(), &names);
    let new = NewCustomer { name: new.name, address, notes: new.notes };
    let keep = ticket.keep(StatusCode::CREATED, shown.clone());
    let made = api.engine.customer_create(caller.ws, caller.actor(), new, keep).await?;
    Ok((StatusCode::CREATED, Json(shown(&made))))
}

/// One customer. Who was merged into another answers with `merged_into` and without numbers.
#[utoipa::path(get, path = "/customers/{id}", tag = "customers", params(("id" = CustomerId, Path, description = "The customer")), responses((status = 200, description = "The customer", body = Customer)))]
pub async fn customer_get(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<CustomerId>,
) -> Answer<Json<Customer>> {
    Ok(Json(customer(&api, &caller, id.0).await?))
}

/// Changes a customer. 409 `customer_merged` where they were merged into another.
#[utoipa::path(patch, path = "/customers/{id}", tag = "customers", params(("id" = CustomerId, Path, description = "The customer")), request_body = CustomerChange, responses((status = 200, description = "Changed", body = Customer)))]
pub async fn customer_update(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<CustomerId>,
    Body(new): Body<CustomerChange>,
) -> Answer<Json<Customer>> {
    if !api.engine.customer_update(caller.ws, caller.actor(), id.0, new.name, new.notes).await? {
        return Err(Problem::not_found("customer"));
    }
    Ok(Json(customer(&api, &caller, id.0).await?))
}

impl Checked for CustomerNew {
    fn check(&self, faults: &mut Faults) {
        faults.text("name", &self.name, 0, 100);
        faults.text("notes", &self.notes, 0, CUSTOMER_NOTES_MAX);
    }
}

impl Checked for CustomerChange {
    fn check(&self, faults: &mut Faults) {
        faults.text_opt("name", self.name.as_deref(), 0, 100);
        faults.text_opt("notes", self.notes.as_deref(), 0, CUSTOMER_NOTES_MAX);
    }
}

pub(super) async fn customer(api: &Api, caller: &Caller, id: domain::id::CustomerId) -> Answer<Customer> {
    let found = api.engine.customer_profile(caller.ws, id).await?;
    let profile = found.ok_or_else(|| Problem::not_found("customer"))?;
    let names = api.engine.names(caller.ws).await?;
    Ok(customer_of(profile, &names))
}

pub(super) fn customer_of(profile: Profile, names: &Names) -> Customer {
    let opted_out: Vec<String> =
        profile.addresses.iter().filter(|(_, since)| since.is_some()).map(|(address, _)| address.clone()).collect();
    let conversations = profile
        .conversations
        .iter()
        .map(|row| ConversationRow::with_marks(row, names, opted_out.contains(&row.address), false))
        .collect();
    let whereabouts = profile.addresses.iter().map(|(address, _)| Whereabouts::of(address, &profile.places)).collect();
    let addresses = profile.addresses.into_iter().map(|(address, _)| customer_address(&opted_out, address)).collect();
    Customer {
        row: CustomerRow {
            id: profile.row.id.into(),
            name: profile.row.name,
            addresses,
            last_at: profile.row.last_at,
            created_at: profile.row.created_at,
            merged_into: profile.merged_into.map(Into::into),
        },
        notes: profile.row.notes,
        places: profile.places.into_iter().map(CustomerPlace::from).collect(),
        whereabouts,
        orders: profile.orders.into_iter().map(Order::from).collect(),
        conversations,
        merges: profile.merges.into_iter().map(|merged| CustomerMerge::of(merged, names)).collect(),
    }
}

fn customer_address(opted_out: &[String], address: String) -> CustomerAddress {
    CustomerAddress { opted_out: opted_out.contains(&address), zone_guess: zone_guess(&address), address }
}

/// The zone of a number that lies in one alone.
fn zone_guess(address: &str) -> Option<String> {
    let found = domain::zones::candidates(&Address::parse(address));
    match (found.certainty, found.zones.as_slice()) {
        (Certainty::AreaCode | Certainty::Prefix, [zone]) => Some((*zone).to_owned()),
        _ => None,
    }
}

impl From<OrderRow> for Order {
    fn from(row: OrderRow) -> Self {
        Self {
            id: row.id.into(),
            number: row.number,
            total: Money { minor: row.total_minor, currency: row.currency },
            status: row.status,
            items: serde_json::from_str(&row.items).unwrap_or_default(),
            tracking: row.tracking,
            placed_at: row.placed_at,
        }
    }
}

impl From<CustomerError> for Problem {
    fn from(error: CustomerError) -> Self {
        match error {
            CustomerError::Taken(_) => Self::new(Code::AddressTaken, format!("{error}.")),
            CustomerError::Merged(_) => Self::new(Code::CustomerMerged, format!("{error}.")),
            CustomerError::Store(error) => error.into(),
        }
    }
}
