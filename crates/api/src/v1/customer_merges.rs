//! Two customers who are one person: made one, and parted again.

use super::customers::{Customer, customer_of};
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path};
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::wire::{CustomerId, MergeId};
use axum::Json;
use axum::extract::State;
use domain::limits::CUSTOMER_NOTES_MAX;
use engine::customer_merges::{MergeError, NewMerge};
use engine::customers::Merged;
use engine::names::Names;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A merge of two customers.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerMerge {
    /// Its id, by which it is undone.
    pub id: MergeId,
    /// Who was kept.
    pub customer_id: CustomerId,
    /// Their name by now; empty when not known.
    pub name: String,
    /// Who was merged into them.
    pub other_id: CustomerId,
    /// Their name; empty when not known.
    pub other_name: String,
    /// The numbers the other brought along.
    pub addresses: Vec<String>,
    /// When, Unix ms.
    pub merged_at: i64,
    /// Who did it, where known.
    pub merged_by: Option<String>,
    /// When it was undone, Unix ms; null while they are one.
    pub unmerged_at: Option<i64>,
    /// Who undid it, where known.
    pub unmerged_by: Option<String>,
    /// To how many numbers marketing stays refused since it was undone, because the other one's opted out
    /// while they were one.
    pub marketing_refused: i64,
}

/// Who is merged into a customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerMergeNew {
    /// Who is merged: their numbers, conversations and orders become the kept customer's.
    pub customer_id: CustomerId,
    /// The kept customer's name from then on. Absent: their own, or the other's where they have none.
    #[schema(max_length = 100)]
    pub name: Option<String>,
    /// The kept customer's notes from then on. Absent: both, one below the other.
    #[schema(max_length = 5000)]
    pub notes: Option<String>,
}

/// Which merge is undone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerUnmerge {
    /// The merge.
    pub merge_id: MergeId,
}

/// Merges another customer into this one. Opt-outs and consent stay with their numbers; from this answer on,
/// marketing is refused to all of them where any has opted out. The other customer's id goes on answering, and
/// names in `merged_into` whom it leads to. Asked again, it changes nothing. 409 `customer_merged`,
/// `merge_itself`, `merge_demo`, `customer_erasing`, `merge_open_conversations`, `merge_notes_too_long`.
#[utoipa::path(post, path = "/customers/{id}/merge", tag = "customers", params(("id" = CustomerId, Path, description = "The customer who is kept")), request_body = CustomerMergeNew, responses((status = 200, description = "The kept customer", body = Customer)))]
pub async fn customer_merge(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<CustomerId>,
    Body(new): Body<CustomerMergeNew>,
) -> Answer<Json<Customer>> {
    let new = NewMerge { other: new.customer_id.0, name: new.name, notes: new.notes };
    let kept = api.engine.customer_merge(caller.ws, caller.actor(), id.0, new).await?;
    Ok(Json(customer_of(kept, &api.engine.names(caller.ws).await?)))
}

/// Undoes a merge: each has again what was theirs, and what has come in by their numbers since. An opt-out that
/// came while they were one keeps marketing refused to both; `marketing_refused` of the merge says to how many
/// numbers more. Asked again, it changes nothing. 409 `customer_merged` where the kept customer was merged on,
/// `customer_erasing`, `merge_unsure_text`.
#[utoipa::path(post, path = "/customers/{id}/unmerge", tag = "customers", params(("id" = CustomerId, Path, description = "The customer who was kept")), request_body = CustomerUnmerge, responses((status = 200, description = "The customer who was kept", body = Customer)))]
pub async fn customer_unmerge(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<CustomerId>,
    Body(wish): Body<CustomerUnmerge>,
) -> Answer<Json<Customer>> {
    let kept = api.engine.customer_unmerge(caller.ws, caller.actor(), id.0, wish.merge_id.0).await?;
    Ok(Json(customer_of(kept, &api.engine.names(caller.ws).await?)))
}

impl CustomerMerge {
    pub(super) fn of(merged: Merged, names: &Names) -> Self {
        let Merged { row, name, other_name } = merged;
        let who = |kind: Option<&str>, id| kind.and_then(|kind| names.actor(kind, id).1);
        Self {
            id: row.id.into(),
            customer_id: row.customer.into(),
            name,
            other_id: row.other.into(),
            other_name,
            addresses: row.moved.addresses.into_iter().map(|moved| moved.address).collect(),
            merged_at: row.merged_at,
            merged_by: who(Some(&row.actor_kind), row.actor_id),
            unmerged_at: row.unmerged_at,
            unmerged_by: who(row.unmerged_kind.as_deref(), row.unmerged_by),
            marketing_refused: row.refused,
        }
    }
}

impl Checked for CustomerMergeNew {
    fn check(&self, faults: &mut Faults) {
        faults.text_opt("name", self.name.as_deref(), 0, 100);
        faults.text_opt("notes", self.notes.as_deref(), 0, CUSTOMER_NOTES_MAX);
    }
}

impl Checked for CustomerUnmerge {
    fn check(&self, _: &mut Faults) {}
}

impl From<MergeError> for Problem {
    fn from(error: MergeError) -> Self {
        let code = match error {
            MergeError::Store(error) => return error.into(),
            MergeError::NotFound => return Self::not_found("customer"),
            MergeError::NoMerge => return Self::not_found("merge"),
            MergeError::Itself => Code::MergeItself,
            MergeError::Merged { .. } => Code::CustomerMerged,
            MergeError::Demo => Code::MergeDemo,
            MergeError::Erasing => Code::CustomerErasing,
            MergeError::OpenTalks => Code::MergeOpenConversations,
            MergeError::NotesTooLong => Code::MergeNotesTooLong,
            MergeError::Unsure => Code::MergeUnsureText,
        };
        Self::new(code, format!("{error}."))
    }
}
