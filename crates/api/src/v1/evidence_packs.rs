//! Packs of evidence: all about one address in one signed file.

use axum::Json;
use axum::body::Body as Stream;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::address::Address;
use domain::id::EvidencePackId as Id;
use engine::evidence::{EVIDENCE, KEPT_MS, PackError, PackRow};
use engine::names::Names;
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

use super::page::{Page, PageQuery, cursor, cursor_text, cut, limit};
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path, Query};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::wire::EvidencePackId;

/// Where a pack stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvidencePackState {
    /// It is being made.
    Making,
    /// It can be fetched.
    Ready,
    /// It could not be made: ask for another.
    Failed,
}

/// A pack of evidence.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidencePack {
    /// Its id.
    pub id: EvidencePackId,
    /// The address it is about.
    #[schema(example = "+12125550123")]
    pub address: String,
    /// Where it stands.
    pub state: EvidencePackState,
    /// Items of conversations looked at so far.
    pub done: i64,
    /// Items of conversations in all.
    pub total: i64,
    /// Its size in bytes, once it is ready.
    pub bytes: Option<i64>,
    /// Its SHA-256 in hexadecimal, once it is ready.
    pub sha256: Option<String>,
    /// What kind of actor asked for it: `member`, `api_key` or `cli`.
    pub actor_kind: String,
    /// The actor's id, where there is one.
    pub actor_id: Option<String>,
    /// The actor's name, where known.
    pub actor_name: Option<String>,
    /// When it was asked for, Unix ms.
    pub created_at: i64,
    /// When it was ready or given up, Unix ms.
    pub finished_at: Option<i64>,
    /// When it is forgotten, Unix ms.
    pub expires_at: i64,
}

/// A pack to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidencePackNew {
    /// The address: a phone number in international form.
    #[schema(example = "+12125550123", min_length = 1, max_length = 40)]
    pub address: String,
}

impl Checked for EvidencePackNew {
    fn check(&self, faults: &mut Faults) {
        faults.text("address", &self.address, 1, 40);
    }
}

/// What verifies this server's packs and signed heads.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceKey {
    /// The Ed25519 public key in hexadecimal: publish it where the server cannot write. Null where there is none.
    pub public_key: Option<String>,
    /// The last entry of this workspace's chain whose head is signed; null before the first.
    pub signed_seq: Option<i64>,
    /// When it was signed, Unix ms.
    pub signed_at: Option<i64>,
    /// Its hash in hexadecimal.
    pub signed_hash: Option<String>,
}

/// Packs that are being made or kept.
#[utoipa::path(get, path = "/evidence-packs", tag = "operate", params(PageQuery), responses((status = 200, description = "Newest first", body = Page<EvidencePack>)))]
pub async fn evidence_pack_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<EvidencePack>>> {
    let limit = limit(query.limit)?;
    let before = cursor::<Id>(query.cursor.as_deref())?.map(|(at, id)| (at, domain::id::Id::uuid(id)));
    let mut rows = api.engine.pack_page(caller.ws, before, i64::from(limit) + 1).await?;
    let more = cut(&mut rows, limit);
    let last = rows.last().filter(|_| more);
    let next_cursor = last.map(|row| cursor_text(row.created_at, domain::id::Id::uuid(row.id)));
    let names = api.engine.names(caller.ws).await?;
    let items = rows.into_iter().map(|row| EvidencePack::of(row, &names)).collect();
    Ok(Json(Page { items, next_cursor }))
}

/// Makes a pack: consent with the words shown, every text with the gate's
/// decisions, opt-outs, the audit log, and the proof that nothing was changed since.
///
/// It is kept for a day. `hark verify-evidence` verifies it on any computer.
#[utoipa::path(post, path = "/evidence-packs", tag = "operate", request_body = EvidencePackNew, responses((status = 202, description = "Begun", body = EvidencePack)))]
pub async fn evidence_pack_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<EvidencePackNew>,
) -> Answer<(StatusCode, Json<EvidencePack>)> {
    let address = Address::parse(new.address.trim());
    let names = Arc::new(api.engine.names(caller.ws).await?);
    let shown = move |row: &PackRow| EvidencePack::of(row.clone(), &names);
    let keep = ticket.keep(StatusCode::ACCEPTED, shown.clone());
    let row = api.engine.pack_wish(caller.ws, caller.actor(), address, keep).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&row))))
}

/// How far a pack is.
#[utoipa::path(get, path = "/evidence-packs/{id}", tag = "operate", params(("id" = EvidencePackId, Path, description = "The pack")), responses((status = 200, description = "The pack", body = EvidencePack)))]
pub async fn evidence_pack_get(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<EvidencePackId>,
) -> Answer<Json<EvidencePack>> {
    let row = api.engine.pack_get(caller.ws, id.0).await?.filter(|row| row.kind == EVIDENCE);
    let row = row.ok_or_else(|| Problem::not_found("pack"))?;
    let names = api.engine.names(caller.ws).await?;
    Ok(Json(EvidencePack::of(row, &names)))
}

/// The pack's file.
#[utoipa::path(get, path = "/evidence-packs/{id}/file", tag = "operate", params(("id" = EvidencePackId, Path, description = "The pack")), responses((status = 200, description = "The file", content((Vec<u8> = "application/zip")))))]
pub async fn evidence_pack_file(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<EvidencePackId>,
) -> Answer<Response> {
    let row = api.engine.pack_get(caller.ws, id.0).await?.filter(|row| row.kind == EVIDENCE);
    let row = row.filter(|row| row.state == "ready").ok_or_else(|| Problem::not_found("pack"))?;
    Ok(pack_file(&api, &caller, &row, format!("evidence-{}.zip", row.id)))
}

/// The bytes of a pack, under a name.
pub(super) fn pack_file(api: &Api, caller: &Caller, row: &PackRow, name: String) -> Response {
    let id = row.id;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_LENGTH, row.bytes.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    let (engine, ws) = (api.engine.clone(), caller.ws);
    // Each part is read when the client has taken the one before.
    let parts = futures::stream::unfold(Some(0_i64), move |place| {
        let engine = engine.clone();
        async move {
            let no = place?;
            match engine.pack_part(ws, id, no).await {
                Ok(Some(part)) => Some((Ok(Bytes::from(part)), Some(no + 1))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        }
    });
    (headers, Stream::from_stream(parts)).into_response()
}

/// What verifies packs and signed heads.
#[utoipa::path(get, path = "/evidence-key", tag = "operate", responses((status = 200, description = "The key", body = EvidenceKey)))]
pub async fn evidence_key_get(State(api): State<Api>, caller: Caller) -> Answer<Json<EvidenceKey>> {
    let public_key = api.engine.heads_key().map_err(PackError::from)?;
    let last = api.engine.heads_signed_last(caller.ws).await?;
    Ok(Json(EvidenceKey {
        public_key,
        signed_seq: last.as_ref().map(|head| head.seq),
        signed_at: last.as_ref().map(|head| head.at),
        signed_hash: last.map(|head| head.hash),
    }))
}

impl EvidencePackState {
    pub(super) fn of(row: &PackRow) -> Self {
        match row.state.as_str() {
            "making" => Self::Making,
            "ready" => Self::Ready,
            _ => Self::Failed,
        }
    }
}

impl EvidencePack {
    fn of(row: PackRow, names: &Names) -> Self {
        let (actor_id, actor_name) = names.actor(&row.actor_kind, row.actor_id);
        let state = EvidencePackState::of(&row);
        let ready = state == EvidencePackState::Ready;
        Self {
            id: row.id.into(),
            address: row.address,
            state,
            done: row.done,
            total: row.total,
            bytes: ready.then_some(row.bytes),
            sha256: row.sha256.filter(|_| ready).map(hex::encode),
            actor_kind: row.actor_kind,
            actor_id,
            actor_name,
            created_at: row.created_at,
            finished_at: row.finished_at,
            expires_at: row.created_at + KEPT_MS,
        }
    }
}

impl From<PackError> for Problem {
    fn from(error: PackError) -> Self {
        match error {
            PackError::NotFound => Self::not_found("pack"),
            PackError::Busy => Self::new(Code::Busy, "Other packs are being made. Ask again when one is ready."),
            PackError::NoKey
            | PackError::Key(_)
            | PackError::Heads(_)
            | PackError::TooLarge(_)
            | PackError::BrokenOff
            | PackError::Failed => {
                tracing::error!(%error, "a pack of evidence cannot be made");
                Self::new(Code::Internal, "The pack cannot be made. The server's log says why.")
            }
            PackError::Store(error) => error.into(),
        }
    }
}
