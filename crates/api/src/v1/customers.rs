//! Customers: the people who text.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::conversations::ConversationRow;
use super::page::Page;
use crate::problem::Problem;
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
#[derive(Debug, Serialize, ToSchema)]
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
}

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Customer {
    /// What lists show.
    #[serde(flatten)]
    pub row: CustomerRow,
    /// What members wrote down about them.
    pub notes: String,
    /// Their orders, newest first, at most 20.
    pub orders: Vec<Order>,
    /// Their conversations, newest first, at most 20.
    pub conversations: Vec<ConversationRow>,
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
pub async fn customer_list() -> Problem {
    Problem::pending()
}

/// Adds a customer. 409 `address_taken` where the number is another's.
#[utoipa::path(post, path = "/customers", tag = "customers", request_body = CustomerNew, responses((status = 201, description = "Added", body = Customer)))]
pub async fn customer_create() -> Problem {
    Problem::pending()
}

/// One customer.
#[utoipa::path(get, path = "/customers/{id}", tag = "customers", params(("id" = CustomerId, Path, description = "The customer")), responses((status = 200, description = "The customer", body = Customer)))]
pub async fn customer_get() -> Problem {
    Problem::pending()
}

/// Changes a customer.
#[utoipa::path(patch, path = "/customers/{id}", tag = "customers", params(("id" = CustomerId, Path, description = "The customer")), request_body = CustomerChange, responses((status = 200, description = "Changed", body = Customer)))]
pub async fn customer_update() -> Problem {
    Problem::pending()
}
