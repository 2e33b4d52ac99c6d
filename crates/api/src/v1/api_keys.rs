//! Keys with which programs call the API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Items;
use crate::access::Scope;
use axum::Json;
use axum::extract::State;
use engine::ApiKeyRow;
use engine::auth::{ApiKeyError, NewApiKey};
use http::StatusCode;

use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Problem};
use crate::state::Api;
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
pub async fn api_key_list(State(api): State<Api>, caller: Caller) -> Answer<Json<Items<ApiKey>>> {
    let rows = api.engine.api_key_list(caller.ws).await?;
    Ok(Json(Items { items: rows.iter().map(ApiKey::from).collect() }))
}

/// Makes a key. Its secret is shown once.
#[utoipa::path(post, path = "/api-keys", tag = "api keys", request_body = ApiKeyNew, responses((status = 201, description = "Made", body = ApiKeyMade)))]
pub async fn api_key_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<ApiKeyNew>,
) -> Answer<(StatusCode, Json<ApiKeyMade>)> {
    let scopes: std::collections::BTreeSet<&str> = new.scopes.iter().map(|scope| scope.word()).collect();
    let key = NewApiKey {
        name: new.name,
        scopes: scopes.into_iter().collect::<Vec<_>>().join(" "),
        purpose: new.purpose.map(|purpose| purpose.0),
        inbox: new.inbox_id.map(|inbox| inbox.0),
    };
    let keep = ticket.keep(StatusCode::CREATED, |row: &ApiKeyRow| ApiKeyMade { key: row.into(), secret: None });
    let (row, secret) = api.engine.api_key_create(caller.ws, caller.actor(), key, keep).await?;
    Ok((StatusCode::CREATED, Json(ApiKeyMade { key: (&row).into(), secret: Some(secret) })))
}

/// Revokes a key at once.
#[utoipa::path(delete, path = "/api-keys/{id}", tag = "api keys", params(("id" = ApiKeyId, Path, description = "The key")), responses((status = 204, description = "Revoked")))]
pub async fn api_key_delete(State(api): State<Api>, caller: Caller, Path(id): Path<ApiKeyId>) -> Answer<StatusCode> {
    if api.engine.api_key_revoke(caller.ws, caller.actor(), id.0).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("key"))
    }
}

impl Checked for ApiKeyNew {
    fn check(&self, faults: &mut Faults) {
        faults.text("name", &self.name, 1, 100);
        faults.items("scopes", self.scopes.len(), 1, 20);
    }
}

impl From<&ApiKeyRow> for ApiKey {
    fn from(row: &ApiKeyRow) -> Self {
        Self {
            id: row.id.into(),
            name: row.name.clone(),
            scopes: row.scopes.split_whitespace().filter_map(Scope::from_word).collect(),
            purpose: row.purpose.map(Into::into),
            inbox_id: row.inbox.map(Into::into),
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        }
    }
}

impl From<ApiKeyError> for Problem {
    fn from(error: ApiKeyError) -> Self {
        match error {
            ApiKeyError::NoInbox => Self::field("inbox_id", "unknown", error.to_string()),
            ApiKeyError::Crypto(error) => Self::internal(&error),
            ApiKeyError::Store(error) => error.into(),
        }
    }
}
