//! Keys with which programs call the API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Items;
use crate::access::Scope;
use crate::problem::Problem;
use crate::wire::{ApiKeyId, InboxId, Purpose};

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The purpose of texts that do not say their own.
    pub purpose: Option<Purpose>,
    /// The inbox of texts that do not say their own.
    pub inbox_id: Option<InboxId>,
    /// When it was made, Unix ms.
    pub created_at: i64,
    /// When it was last used, Unix ms, to the minute.
    pub last_used_at: Option<i64>,
}

/// A key to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyNew {
    /// What to call it.
    #[schema(min_length = 1, max_length = 100, example = "Order robot")]
    pub name: String,
    /// What it may do.
    #[schema(min_items = 1)]
    pub scopes: Vec<Scope>,
    /// The purpose of texts that do not say their own; without it such texts are refused.
    pub purpose: Option<Purpose>,
    /// The inbox of texts that do not say their own; without it such texts are refused.
    pub inbox_id: Option<InboxId>,
}

/// A key just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyMade {
    /// The key, as lists show it.
    pub key: ApiKey,
    /// `hk_<id>_<secret>`, shown this once; null when this answer is a repeat of
    /// an earlier one.
    pub secret: Option<String>,
}

/// The keys of this workspace.
#[utoipa::path(get, path = "/api-keys", tag = "api keys", responses((status = 200, description = "Newest first", body = Items<ApiKey>)))]
pub async fn api_key_list() -> Problem {
    Problem::pending()
}

/// Makes a key. Its secret is shown once.
#[utoipa::path(post, path = "/api-keys", tag = "api keys", request_body = ApiKeyNew, responses((status = 201, description = "Made", body = ApiKeyMade)))]
pub async fn api_key_create() -> Problem {
    Problem::pending()
}

/// Revokes a key at once.
#[utoipa::path(delete, path = "/api-keys/{id}", tag = "api keys", params(("id" = ApiKeyId, Path, description = "The key")), responses((status = 204, description = "Revoked")))]
pub async fn api_key_delete() -> Problem {
    Problem::pending()
}
