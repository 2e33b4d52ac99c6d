//! Everything about one customer in one file, as they may ask for by law.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use engine::evidence::{ACCESS, KEPT_MS, PackError, PackRow};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::evidence_packs::{EvidencePackState, pack_file};
use crate::caller::Caller;
use crate::extract::Path;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::{CustomerId, EvidencePackId};

/// A file with everything about one customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerExport {
    /// Its id.
    pub id: EvidencePackId,
    /// Whom it is about.
    pub customer_id: CustomerId,
    /// Where it stands.
    pub state: EvidencePackState,
    /// Items of conversations looked at so far.
    pub done: i64,
    /// Items of conversations in all.
    pub total: i64,
    /// Its size in bytes, once it is ready.
    pub bytes: Option<i64>,
    /// When it was asked for, Unix ms.
    pub created_at: i64,
    /// When it was ready or given up, Unix ms.
    pub finished_at: Option<i64>,
    /// When it is forgotten, Unix ms.
    pub expires_at: i64,
}

/// Makes a file with everything about a customer: texts and notes, pictures, consents with the
/// words that were shown, opt-outs, orders and name; tables for people, JSON for machines.
///
/// It is kept for a day.
#[utoipa::path(post, path = "/customers/{id}/export", tag = "customers", params(("id" = CustomerId, Path, description = "The customer")), responses((status = 202, description = "Begun", body = CustomerExport)))]
pub async fn customer_export_create(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<CustomerId>,
) -> Answer<(StatusCode, Json<CustomerExport>)> {
    let wished = api.engine.access_wish(caller.ws, caller.actor(), id.0).await;
    let row = wished.map_err(|error| match error {
        PackError::NotFound => Problem::not_found("customer"),
        other => other.into(),
    })?;
    Ok((StatusCode::ACCEPTED, Json(CustomerExport::of(&row)?)))
}

/// How far an export is.
#[utoipa::path(get, path = "/exports/{id}", tag = "customers", params(("id" = EvidencePackId, Path, description = "The export")), responses((status = 200, description = "The export", body = CustomerExport)))]
pub async fn export_get(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<EvidencePackId>,
) -> Answer<Json<CustomerExport>> {
    let row = api.engine.pack_get(caller.ws, id.0).await?.filter(|row| row.kind == ACCESS);
    Ok(Json(CustomerExport::of(&row.ok_or_else(|| Problem::not_found("export"))?)?))
}

/// The export's file.
#[utoipa::path(get, path = "/exports/{id}/file", tag = "customers", params(("id" = EvidencePackId, Path, description = "The export")), responses((status = 200, description = "The file", content((Vec<u8> = "application/zip")))))]
pub async fn export_file(State(api): State<Api>, caller: Caller, Path(id): Path<EvidencePackId>) -> Answer<Response> {
    let row = api.engine.pack_get(caller.ws, id.0).await?.filter(|row| row.kind == ACCESS && row.state == "ready");
    let row = row.ok_or_else(|| Problem::not_found("export"))?;
    Ok(pack_file(&api, &caller, &row, format!("customer-{}.zip", row.address)))
}

impl CustomerExport {
    fn of(row: &PackRow) -> Answer<Self> {
        // Only the engine writes the column.
        let customer: domain::id::CustomerId = row.address.parse().map_err(|_| Problem::not_found("export"))?;
        let state = EvidencePackState::of(row);
        Ok(Self {
            id: row.id.into(),
            customer_id: customer.into(),
            state,
            done: row.done,
            total: row.total,
            bytes: (state == EvidencePackState::Ready).then_some(row.bytes),
            created_at: row.created_at,
            finished_at: row.finished_at,
            expires_at: row.created_at + KEPT_MS,
        })
    }
}
