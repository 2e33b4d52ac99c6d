//! Accounts: our logins at providers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Items;
use crate::problem::Problem;
use crate::wire::AccountId;

/// What a provider can do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Capabilities {
    /// Takes pictures.
    pub media: bool,
    /// Brings texts of customers.
    pub receive: bool,
    /// Says what became of a text.
    pub receipts: bool,
    /// Takes a key with which the same text twice is one.
    pub idempotency_key: bool,
    /// Lets a text die rather than arrive late.
    pub validity_period: bool,
    /// Never reaches a real network.
    pub simulated: bool,
}

/// A provider Hark knows.
#[derive(Debug, Serialize, ToSchema)]
pub struct Provider {
    /// Its stable name.
    #[schema(example = "simulator")]
    pub provider: String,
    /// Its name for people.
    pub title: String,
    /// What it can do.
    pub capabilities: Capabilities,
    /// A JSON schema of an account's settings, from which forms are made.
    /// `writeOnly` marks secrets.
    #[schema(value_type = Object)]
    pub settings_schema: serde_json::Value,
}

/// Our login at a provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its provider's stable name.
    pub provider: String,
    /// What members call it.
    pub name: String,
    /// Its settings without secrets.
    #[schema(value_type = Object)]
    pub settings: serde_json::Value,
    /// Names of the secrets that are set.
    pub secrets_set: Vec<String>,
    /// Where the provider should post texts of customers; null where it brings none.
    pub inbound_url: Option<String>,
    /// Where the provider should post what became of texts.
    pub status_url: Option<String>,
    /// When it was added, Unix ms.
    pub created_at: i64,
    /// When it was switched off, Unix ms.
    pub disabled_at: Option<i64>,
}

/// An account to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountNew {
    /// The provider's stable name.
    pub provider: String,
    /// What to call it.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Settings after the provider's schema, secrets included.
    #[schema(value_type = Object)]
    pub settings: serde_json::Value,
}

/// Changes to an account. Absent fields stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// A new name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// New settings; secrets that are left out stay.
    #[schema(value_type = Option<Object>)]
    pub settings: Option<serde_json::Value>,
    /// Whether it is switched off.
    pub disabled: Option<bool>,
}

/// What a trial of the login came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountTest {
    /// Whether the provider took the login.
    pub ok: bool,
    /// A stable snake_case word.
    #[schema(example = "ok")]
    pub code: String,
    /// A sentence for people.
    pub detail: String,
}

/// The providers Hark knows.
#[utoipa::path(get, path = "/providers", tag = "accounts", responses((status = 200, description = "By title", body = Items<Provider>)))]
pub async fn provider_list() -> Problem {
    Problem::pending()
}

/// The accounts of this workspace.
#[utoipa::path(get, path = "/accounts", tag = "accounts", responses((status = 200, description = "Oldest first", body = Items<Account>)))]
pub async fn account_list() -> Problem {
    Problem::pending()
}

/// Adds an account. Its secrets are kept encrypted and never shown again.
#[utoipa::path(post, path = "/accounts", tag = "accounts", request_body = AccountNew, responses((status = 201, description = "Added", body = Account)))]
pub async fn account_create() -> Problem {
    Problem::pending()
}

/// Changes an account.
#[utoipa::path(patch, path = "/accounts/{id}", tag = "accounts", params(("id" = AccountId, Path, description = "The account")), request_body = AccountChange, responses((status = 200, description = "Changed", body = Account)))]
pub async fn account_update() -> Problem {
    Problem::pending()
}

/// Removes an account. 409 `in_use` while inboxes belong to it.
#[utoipa::path(delete, path = "/accounts/{id}", tag = "accounts", params(("id" = AccountId, Path, description = "The account")), responses((status = 204, description = "Removed")))]
pub async fn account_delete() -> Problem {
    Problem::pending()
}

/// Tries the login at the provider. No text is sent.
#[utoipa::path(post, path = "/accounts/{id}/test", tag = "accounts", params(("id" = AccountId, Path, description = "The account")), responses((status = 200, description = "What it came to", body = AccountTest)))]
pub async fn account_test() -> Problem {
    Problem::pending()
}
