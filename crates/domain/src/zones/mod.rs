//! Where a customer may be, as far as their number tells.
//!
//! A number is a weak witness: people move and keep it. What follows from it
//! is therefore a set of candidate time zones, and a rule about local time has
//! to hold in all of them. Where the public data is thin, the set is widened,
//! never narrowed: an overlay code gets the zones of its whole complex, a code
//! nobody lists gets the continental zones, and a number without a place gets
//! every zone of the fifty states.

mod database;
mod plan;

use serde::Serialize;

use crate::address::Address;

pub use database::{time_zone, tz_db_version};

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
    /// How they were found.
    pub certainty: Certainty,
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
                certainty: Certainty::AreaCode,
            },
            None if plan::without_place(area) => anywhere(Certainty::NotGeographic),
            None => Candidates {
                zones: CONTINENTAL.to_vec(),
                states: plan::states().filter(|state| !matches!(*state, "AK" | "HI")).collect(),
                certainty: Certainty::UnknownAreaCode,
            },
        };
    }
    match plan::prefix(digits) {
        Some(zones) => {
            let mut zones = zones.to_vec();
            zones.sort_unstable();
            Candidates { zones, states: Vec::new(), certainty: Certainty::Prefix }
        }
        None => anywhere(Certainty::Unknown),
    }
}

/// The ISO 3166 country of a North American area code; `None` for toll-free
/// and unlisted codes.
#[must_use]
pub fn nanp_country(area: &str) -> Option<&'static str> {
    plan::area(area).map(|complex| complex.country)
}

/// Every zone and state of the country whose rules we keep.
fn anywhere(certainty: Certainty) -> Candidates {
    Candidates { zones: ALL_STATES.to_vec(), states: plan::states().collect(), certainty }
}
