//! Where customers are, beside what their numbers tell.

use super::customers::{Customer, customer};
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path};
use crate::problem::{Answer, Code, FieldError, Problem};
use crate::state::Api;
use crate::wire::{CustomerId, PlaceKind, PlaceSource};
use axum::Json;
use axum::extract::State;
use domain::address::Address;
use domain::limits::{PLACE_POSTAL_CODE_MAX, PLACE_REGION_MAX, PLACE_TIME_ZONE_MAX};
use domain::zones::{Place, PlaceError, candidates_at};
use engine::PlaceRow;
use engine::customer_places::CustomerPlaceError;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A place of a customer. What is not known is empty.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerPlace {
    /// What kind of place it is; a customer has one of each at most.
    pub kind: PlaceKind,
    /// The ISO 3166 code of its country.
    #[schema(example = "US")]
    pub country: String,
    /// Its state or province, in the United States and Canada by its postal code.
    #[schema(example = "CA")]
    pub region: String,
    /// Its ZIP or postal code.
    #[schema(example = "90012")]
    pub postal_code: String,
    /// Its IANA time zone; of a declared place alone.
    #[schema(example = "")]
    pub time_zone: String,
    /// Who it is known from.
    pub source: PlaceSource,
    /// Since when it is known, Unix ms.
    pub known_at: i64,
}

/// Where a customer may be who is known by one address, and what tells.
#[derive(Debug, Serialize, ToSchema)]
pub struct Whereabouts {
    /// The address.
    #[schema(example = "+12125550123")]
    pub address: String,
    /// Every IANA time zone they may be in; marketing waits until its hours are legal in all of them.
    pub zones: Vec<String>,
    /// Every state of the United States they may be in, by its postal code.
    pub states: Vec<String>,
    /// What tells: `number`, `shipping`, `billing`, `declared`.
    pub told_by: Vec<String>,
    /// Places that cannot be read, or not whole. They allow nothing.
    pub unread: Vec<String>,
}

/// Where a customer is. Say what is known, and leave the rest out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerPlaceSet {
    /// The ISO 3166 code of the country; an address needs one.
    #[serde(default)]
    #[schema(max_length = 2, example = "US")]
    pub country: String,
    /// The state or province: in the United States and Canada its postal code.
    #[serde(default)]
    #[schema(max_length = 100, example = "CA")]
    pub region: String,
    /// The ZIP or postal code.
    #[serde(default)]
    #[schema(max_length = 20, example = "90012")]
    pub postal_code: String,
    /// The IANA time zone, of a declared place alone.
    #[serde(default)]
    #[schema(max_length = 64, example = "")]
    pub time_zone: String,
    /// Who it is known from. Absent: the member who writes it down, or the shop whose program does.
    pub source: Option<PlaceSource>,
}

/// Says where a customer is. It stands in the stead of what was known of the same kind, and counts
/// for every text that has not left yet. What cannot be read is refused with `country_unknown`,
/// `state_unknown`, `zip_invalid`, `zone_unknown`, `zone_of_address` or `place_empty`.
#[utoipa::path(put, path = "/customers/{id}/places/{kind}", tag = "customers", params(("id" = CustomerId, Path, description = "The customer"), ("kind" = PlaceKind, Path, description = "The kind of place")), request_body = CustomerPlaceSet, responses((status = 200, description = "The customer with the place", body = Customer)))]
pub async fn customer_place_set(
    State(api): State<Api>,
    caller: Caller,
    Path((id, kind)): Path<(CustomerId, PlaceKind)>,
    Body(new): Body<CustomerPlaceSet>,
) -> Answer<Json<Customer>> {
    let place = Place {
        kind: kind.0,
        country: new.country,
        region: new.region,
        postal_code: new.postal_code,
        time_zone: new.time_zone,
    };
    let source = new.source.map(|source| source.0);
    api.engine.customer_place_set(caller.ws, caller.actor(), id.0, place, source).await?;
    Ok(Json(customer(&api, &caller, id.0).await?))
}

/// Forgets where a customer is.
#[utoipa::path(delete, path = "/customers/{id}/places/{kind}", tag = "customers", params(("id" = CustomerId, Path, description = "The customer"), ("kind" = PlaceKind, Path, description = "The kind of place")), responses((status = 204, description = "Forgotten")))]
pub async fn customer_place_delete(
    State(api): State<Api>,
    caller: Caller,
    Path((id, kind)): Path<(CustomerId, PlaceKind)>,
) -> Answer<StatusCode> {
    api.engine.customer_place_delete(caller.ws, caller.actor(), id.0, kind.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Whereabouts {
    /// Where the customer of an address may be who has these places.
    pub(super) fn of(address: &str, rows: &[PlaceRow]) -> Self {
        let places: Vec<Place> = rows.iter().map(|row| row.place.clone()).collect();
        let found = candidates_at(&Address::parse(address), &places);
        let owned = |list: &[&str]| list.iter().map(|&one| one.to_owned()).collect();
        Self {
            address: address.to_owned(),
            zones: owned(&found.zones),
            states: owned(&found.states),
            told_by: found.told_by.words().map(str::to_owned).collect(),
            unread: found.unread.words().map(str::to_owned).collect(),
        }
    }
}

impl Checked for CustomerPlaceSet {
    fn check(&self, faults: &mut Faults) {
        faults.text("country", &self.country, 0, 2);
        faults.text("region", &self.region, 0, PLACE_REGION_MAX);
        faults.text("postal_code", &self.postal_code, 0, PLACE_POSTAL_CODE_MAX);
        faults.text("time_zone", &self.time_zone, 0, PLACE_TIME_ZONE_MAX);
    }
}

impl From<PlaceRow> for CustomerPlace {
    fn from(row: PlaceRow) -> Self {
        let PlaceRow { place, source, known_at } = row;
        Self {
            kind: place.kind.into(),
            country: place.country,
            region: place.region,
            postal_code: place.postal_code,
            time_zone: place.time_zone,
            source: source.into(),
            known_at,
        }
    }
}

impl From<CustomerPlaceError> for Problem {
    fn from(error: CustomerPlaceError) -> Self {
        match error {
            CustomerPlaceError::NotFound => Self::not_found("customer"),
            CustomerPlaceError::Place(error) => {
                let field = match error {
                    PlaceError::Zip(_) => "postal_code",
                    PlaceError::State(_) => "region",
                    PlaceError::Zone(_) | PlaceError::ZoneOfAddress => "time_zone",
                    PlaceError::Country(_) | PlaceError::Empty => "country",
                };
                let (field, code) = (field.to_owned(), error.code().to_owned());
                Self::invalid(vec![FieldError { field, code, detail: error.to_string() }])
            }
            CustomerPlaceError::Merged(_) => Self::new(Code::CustomerMerged, format!("{error}.")),
            CustomerPlaceError::Store(error) => error.into(),
        }
    }
}
