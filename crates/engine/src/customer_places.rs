//! Where customers are, beside what their numbers tell: kept here, and read by the
//! gate with what else it asks about a recipient. A change takes hold at the next
//! claim, where each text is judged anew.

use crate::Engine;
use crate::audit::Actor;
use domain::id::{CustomerId, WorkspaceId};
use domain::zones::{Place, PlaceError, PlaceKind, PlaceSource};
use serde_json::json;
use store::customer_place::{self, PlaceRow};
use store::{DbError, Tx, audit, customer, customer_merge};

/// Why a place is not kept.
#[derive(Debug, thiserror::Error)]
pub enum CustomerPlaceError {
    /// There is no such customer.
    #[error("there is no such customer")]
    NotFound,
    /// They were merged into another, at last into this one.
    #[error("this customer was merged into {0}")]
    Merged(CustomerId),
    /// It cannot be read.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Engine {
    /// Keeps where a customer is, in the stead of what was known of its kind. Unless somebody
    /// says who it is known from, it is from the member who writes it down, or from the shop.
    ///
    /// # Errors
    /// [`CustomerPlaceError`].
    pub async fn customer_place_set(
        &self,
        ws: WorkspaceId,
        by: Actor,
        id: CustomerId,
        place: Place,
        source: Option<PlaceSource>,
    ) -> Result<(), CustomerPlaceError> {
        let place = place.checked()?;
        let by_hand = if by.member().is_some() { PlaceSource::Member } else { PlaceSource::Shop };
        let row = PlaceRow { source: source.unwrap_or(by_hand), known_at: self.now(), place };
        // Which kind, not where: the log outlives an erasure.
        let detail = json!({ "kind": row.place.kind.word(), "source": row.source.word() });
        let entry = self.audit_entry(by, "customer.place_set", id.to_string(), &detail);
        self.workspace(ws)
            .write(move |tx| {
                standing(tx, id)?;
                customer_place::put(tx, id, &row)?;
                audit::insert(tx, &entry)?;
                crate::customers::event(tx, id, row.known_at);
                Ok(())
            })
            .await
    }

    /// Forgets where a customer is. What was not known is forgotten already.
    ///
    /// # Errors
    /// [`CustomerPlaceError`].
    pub async fn customer_place_delete(
        &self,
        ws: WorkspaceId,
        by: Actor,
        id: CustomerId,
        kind: PlaceKind,
    ) -> Result<(), CustomerPlaceError> {
        let now = self.now();
        let entry = self.audit_entry(by, "customer.place_delete", id.to_string(), &json!({ "kind": kind.word() }));
        self.workspace(ws)
            .write(move |tx| {
                standing(tx, id)?;
                if customer_place::delete(tx, id, kind)? {
                    audit::insert(tx, &entry)?;
                    crate::customers::event(tx, id, now);
                }
                Ok(())
            })
            .await
    }
}

/// Whether there is such a customer who was not merged into another: where those are is said of whoever was kept.
fn standing(tx: &mut Tx<'_>, id: CustomerId) -> Result<(), CustomerPlaceError> {
    let row = customer::get(tx, id)?.ok_or(CustomerPlaceError::NotFound)?;
    match row.merged_into {
        Some(_) => Err(CustomerPlaceError::Merged(customer_merge::root(tx, id)?.unwrap_or(id))),
        None => Ok(()),
    }
}
