//! Where a customer may be, as far as their number tells.
//!
//! A number is a weak witness: people move and keep it. What follows from it
//! is therefore a set of candidate time zones, and a rule about local time has
//! to hold in all of them. Where the public data is thin, the set is widened,
//! never narrowed: an overlay code gets the zones of its whole complex, a code
//! nobody lists gets the continental zones, and a number without a place gets
//! every zone of the fifty states.

mod clock;
mod database;
mod known;
mod places;
mod plan;
mod witness;

use serde::Serialize;

use crate::address::Address;
use crate::rule_pack::Regions;

pub use clock::{Clock, Stretch};
pub use database::{clock, time_zone, tz_db_version, zone_id};
pub use known::{Place, PlaceKind, PlaceSource, candidates_at};
pub use places::{Evidence, PlaceError, candidates_with};
pub use witness::Witnesses;

/// How the candidates were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// A known area code of the North American plan.
    AreaCode,
    /// The start of a number of another country.
    Prefix,
    /// An area code that no list has: somewhere on the continent.
    UnknownAreaCode,
    /// A toll-free or other number without a place.
    NotGeographic,
    /// Not a phone number, or of no known country.
    Unknown,
    /// An address: the number itself has no place.
    Address,
}

impl Certainty {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AreaCode => "area_code",
            Self::Prefix => "prefix",
            Self::UnknownAreaCode => "unknown_area_code",
            Self::NotGeographic => "not_geographic",
            Self::Unknown => "unknown",
            Self::Address => "address",
        }
    }
}

/// Every place a customer may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidates {
    /// Time zone ids, sorted and without doubles; never empty.
    pub zones: Vec<&'static str>,
    /// US states, the District of Columbia and territories by their postal
    /// codes, sorted; empty for a number of another country.
    pub states: Vec<&'static str>,
    /// The places whose law may apply.
    #[serde(skip)]
    pub regions: Regions,
    /// How they were found.
    pub certainty: Certainty,
    /// What told of them.
    #[serde(skip)]
    pub told_by: Witnesses,
    /// What was to tell of them and could not be read, or not all of it.
    #[serde(skip)]
    pub unread: Witnesses,
}

impl Candidates {
    /// Zones alone, under the law of the United States without a state.
    #[must_use]
    pub fn of_zones(zones: &[&'static str]) -> Self {
        let mut zones = zones.to_vec();
        zones.sort_unstable();
        Self {
            zones,
            states: Vec::new(),
            regions: Regions::us(),
            certainty: Certainty::Prefix,
            told_by: Witnesses::NUMBER,
            unread: Witnesses::NONE,
        }
    }
}

/// The zones of the contiguous states, one per distinct clock.
const CONTINENTAL: &[&str] =
    &["America/Chicago", "America/Denver", "America/Los_Angeles", "America/New_York", "America/Phoenix"];

/// The zones of the fifty states.
const ALL_STATES: &[&str] = &[
    "America/Adak",
    "America/Anchorage",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/New_York",
    "America/Phoenix",
    "Pacific/Honolulu",
];

/// The candidate zones and states of an address.
#[must_use]
pub fn candidates(address: &Address) -> Candidates {
    let Some(number) = address.phone() else {
        return anywhere(Certainty::Unknown);
    };
    let digits = number.digits();
    if let Some(national) = digits.strip_prefix('1') {
        let Some(area) = national.get(..3) else {
            return anywhere(Certainty::Unknown);
        };
        return match plan::area(area) {
            Some(complex) => Candidates {
                zones: complex.zones.clone(),
                states: complex.state.into_iter().collect(),
                regions: complex.regions,
                certainty: Certainty::AreaCode,
                told_by: Witnesses::NUMBER,
                unread: Witnesses::NONE,
            },
            None if plan::without_place(area) => anywhere(Certainty::NotGeographic),
            None => {
                let states = || plan::states().filter(|state| !matches!(*state, "AK" | "HI"));
                Candidates {
                    zones: CONTINENTAL.to_vec(),
                    states: states().collect(),
                    regions: states().fold(Regions::us(), |all, state| all.or(Regions::state(state))),
                    certainty: Certainty::UnknownAreaCode,
                    told_by: Witnesses::NUMBER,
                    unread: Witnesses::NONE,
                }
            }
        };
    }
    match plan::prefix(digits) {
        Some(zones) => {
            let mut zones = zones.to_vec();
            zones.sort_unstable();
            let regions = address.country_hint().map_or(Regions::elsewhere(), Regions::country);
            Candidates {
                zones,
                states: Vec::new(),
                regions,
                certainty: Certainty::Prefix,
                told_by: Witnesses::NUMBER,
                unread: Witnesses::NONE,
            }
        }
        None => anywhere(Certainty::Unknown),
    }
}

/// Each of the fifty states and the District of Columbia, with every zone a customer there may be in.
pub fn us_states() -> impl Iterator<Item = Candidates> {
    plan::states().filter_map(plan::state).map(|(state, _, zones)| Candidates {
        zones: zones.iter().copied().collect(),
        states: vec![state],
        regions: Regions::state(state),
        certainty: Certainty::Address,
        told_by: Witnesses::NONE,
        unread: Witnesses::NONE,
    })
}

/// The ISO 3166 country of a North American area code; `None` for toll-free
/// and unlisted codes.
#[must_use]
pub fn nanp_country(area: &str) -> Option<&'static str> {
    plan::area(area).map(|complex| complex.country)
}

/// Every zone and state of the country whose rules we keep.
fn anywhere(certainty: Certainty) -> Candidates {
    Candidates {
        zones: ALL_STATES.to_vec(),
        states: plan::states().collect(),
        regions: plan::all_states(),
        certainty,
        told_by: Witnesses::NUMBER,
        unread: Witnesses::NONE,
    }
}

/// No place yet, under some law: where a number without a place is once its addresses are known.
fn nowhere(regions: Regions) -> Candidates {
    Candidates {
        zones: Vec::new(),
        states: Vec::new(),
        regions,
        certainty: Certainty::Address,
        told_by: Witnesses::NONE,
        unread: Witnesses::NONE,
    }
}
