//! Inboxes: the addresses customers write to.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Items;
use crate::problem::Problem;
use crate::wire::{AccountId, InboxId};

/// An address customers write to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Inbox {
    /// Its id.
    pub id: InboxId,
    /// The account that carries it.
    pub account_id: AccountId,
    /// Its provider's stable name.
    pub provider: String,
    /// Whether it never reaches a real network.
    pub simulated: bool,
    /// What members call it.
    pub name: String,
    /// Its number.
    #[schema(example = "+18885550100")]
    pub address: String,
    /// Whether it may text anyone; before, only its test numbers.
    pub live: bool,
    /// Since when, Unix ms.
    pub live_at: Option<i64>,
    /// Numbers it may text before it is live.
    pub test_numbers: Vec<String>,
    /// Whether sending from it is stopped.
    pub stopped: bool,
    /// When it was added, Unix ms.
    pub created_at: i64,
}

/// An inbox to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InboxNew {
    /// The account that carries it.
    pub account_id: AccountId,
    /// What to call it.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Its number.
    #[schema(example = "+18885550100")]
    pub address: String,
    /// Numbers it may text before it is live.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub test_numbers: Vec<String>,
}

/// Changes to an inbox. Absent fields stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InboxChange {
    /// A new name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// The whole new list of numbers it may text before it is live.
    #[schema(max_items = 50)]
    pub test_numbers: Option<Vec<String>>,
}

/// Whether an inbox may text anyone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InboxLive {
    /// True declares it live.
    pub live: bool,
}

/// The inboxes of this workspace.
#[utoipa::path(get, path = "/inboxes", tag = "inboxes", responses((status = 200, description = "Oldest first", body = Items<Inbox>)))]
pub async fn inbox_list() -> Problem {
    Problem::pending()
}

/// Adds an inbox. 409 `address_taken` where the account has it already.
#[utoipa::path(post, path = "/inboxes", tag = "inboxes", request_body = InboxNew, responses((status = 201, description = "Added", body = Inbox)))]
pub async fn inbox_create() -> Problem {
    Problem::pending()
}

/// One inbox.
#[utoipa::path(get, path = "/inboxes/{id}", tag = "inboxes", params(("id" = InboxId, Path, description = "The inbox")), responses((status = 200, description = "The inbox", body = Inbox)))]
pub async fn inbox_get() -> Problem {
    Problem::pending()
}

/// Changes an inbox.
#[utoipa::path(patch, path = "/inboxes/{id}", tag = "inboxes", params(("id" = InboxId, Path, description = "The inbox")), request_body = InboxChange, responses((status = 200, description = "Changed", body = Inbox)))]
pub async fn inbox_update() -> Problem {
    Problem::pending()
}

/// Declares an inbox live, or takes that back.
#[utoipa::path(post, path = "/inboxes/{id}/live", tag = "inboxes", params(("id" = InboxId, Path, description = "The inbox")), request_body = InboxLive, responses((status = 200, description = "Changed", body = Inbox)))]
pub async fn inbox_live_set() -> Problem {
    Problem::pending()
}
