//! How long each category of rows is kept.

use axum::Json;
use axum::extract::State;
use engine::retention::{Kept, RetentionError};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::page::Items;
use crate::caller::Caller;
use crate::extract::{Body, Checked, Path, Query};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::RetentionCategory;

/// How a category of rows is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct Retention {
    /// The category.
    pub category: RetentionCategory,
    /// How many days a row is kept; null: for good.
    pub days: Option<i64>,
    /// Fewer days than that cannot be set.
    pub days_min: i64,
    /// How many rows the next run would remove.
    pub due: i64,
    /// Of when the oldest of them is, Unix ms.
    pub oldest_at: Option<i64>,
    /// When rows were last removed, Unix ms; once a day.
    pub run_at: Option<i64>,
    /// How many went with that.
    pub gone: i64,
}

/// A term.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionChange {
    /// How many days a row is kept; null: for good.
    #[schema(minimum = 1, maximum = 36_525)]
    pub days: Option<i64>,
}

/// A term that is thought of.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RetentionDueQuery {
    /// How many days a row would be kept.
    #[param(minimum = 1, maximum = 36_525)]
    pub days: i64,
}

/// What a run would remove.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionDue {
    /// How many rows.
    pub due: i64,
    /// Of when the oldest of them is, Unix ms.
    pub oldest_at: Option<i64>,
}

impl Checked for RetentionChange {}

impl Retention {
    fn of(kept: Kept) -> Self {
        let Kept { row, due, oldest_at } = kept;
        Self {
            category: row.category.into(),
            days: row.days,
            days_min: row.category.days_min(),
            due,
            oldest_at,
            run_at: row.run_at,
            gone: row.gone,
        }
    }
}

/// How long each category of rows is kept, and what the next run would remove.
#[utoipa::path(get, path = "/retention", tag = "workspace", responses((status = 200, description = "Every category", body = Items<Retention>)))]
pub async fn retention_list(State(api): State<Api>, caller: Caller) -> Answer<Json<Items<Retention>>> {
    let kept = api.engine.retention_list(caller.ws).await?;
    Ok(Json(Items { items: kept.into_iter().map(Retention::of).collect() }))
}

/// What a run now would remove if a category were kept so many days. It changes nothing:
/// ask before a term is set, since what is removed is gone.
#[utoipa::path(get, path = "/retention/{category}/due", tag = "workspace", params(("category" = RetentionCategory, Path, description = "The category"), RetentionDueQuery), responses((status = 200, description = "How much", body = RetentionDue)))]
pub async fn retention_due(
    State(api): State<Api>,
    caller: Caller,
    Path(category): Path<RetentionCategory>,
    Query(query): Query<RetentionDueQuery>,
) -> Answer<Json<RetentionDue>> {
    let (due, oldest_at) = api.engine.retention_due(caller.ws, category.0, query.days).await?;
    Ok(Json(RetentionDue { due, oldest_at }))
}

/// Sets how long a category of rows is kept. It is carried out within a day; look before
/// what it would remove, since what is removed is gone.
#[utoipa::path(put, path = "/retention/{category}", tag = "workspace", params(("category" = RetentionCategory, Path, description = "The category")), request_body = RetentionChange, responses((status = 200, description = "Every category", body = Items<Retention>)))]
pub async fn retention_set(
    State(api): State<Api>,
    caller: Caller,
    Path(category): Path<RetentionCategory>,
    Body(change): Body<RetentionChange>,
) -> Answer<Json<Items<Retention>>> {
    api.engine.retention_set(caller.ws, caller.actor(), category.0, change.days).await?;
    retention_list(State(api), caller).await
}

impl From<RetentionError> for Problem {
    fn from(error: RetentionError) -> Self {
        match error {
            RetentionError::Days(_) => Self::field("days", "out_of_range", error.to_string()),
            RetentionError::Store(error) => error.into(),
        }
    }
}
