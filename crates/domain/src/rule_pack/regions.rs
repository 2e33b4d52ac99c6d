//! Where a row holds, as a set that is asked in one instruction.

use serde::{Serialize, Serializer};

/// A set of states and countries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Regions(u128);

/// Every place that rows can name, by the bit it has. Never reordered.
const NAMES: &[&str] = &[
    "US-AL",
    "US-AK",
    "US-AZ",
    "US-AR",
    "US-CA",
    "US-CO",
    "US-CT",
    "US-DE",
    "US-DC",
    "US-FL",
    "US-GA",
    "US-HI",
    "US-ID",
    "US-IL",
    "US-IN",
    "US-IA",
    "US-KS",
    "US-KY",
    "US-LA",
    "US-ME",
    "US-MD",
    "US-MA",
    "US-MI",
    "US-MN",
    "US-MS",
    "US-MO",
    "US-MT",
    "US-NE",
    "US-NV",
    "US-NH",
    "US-NJ",
    "US-NM",
    "US-NY",
    "US-NC",
    "US-ND",
    "US-OH",
    "US-OK",
    "US-OR",
    "US-PA",
    "US-RI",
    "US-SC",
    "US-SD",
    "US-TN",
    "US-TX",
    "US-UT",
    "US-VT",
    "US-VA",
    "US-WA",
    "US-WV",
    "US-WI",
    "US-WY",
    "US-PR",
    "US-VI",
    "US-GU",
    "US-AS",
    "US-MP",
    "US",
    "elsewhere",
    "CA",
    "GB",
    "AU",
    "FR",
    "AT",
    "BE",
    "BG",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "GR",
    "HR",
    "HU",
    "IE",
    "IS",
    "IT",
    "LI",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "NO",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
];

/// The bit of the first country of the European Union and Economic Area.
const EUROPE: usize = 61;

/// Places that have the law of another.
const UNDER: &[(&str, &str)] = &[
    ("AX", "FI"),
    ("BL", "FR"),
    ("CC", "AU"),
    ("CX", "AU"),
    ("GF", "FR"),
    ("GG", "GB"),
    ("GP", "FR"),
    ("IM", "GB"),
    ("JE", "GB"),
    ("MF", "FR"),
    ("MQ", "FR"),
    ("NF", "AU"),
    ("PM", "FR"),
    ("RE", "FR"),
    ("SJ", "NO"),
    ("YT", "FR"),
];

impl Regions {
    /// None.
    pub const NONE: Self = Self(0);
    /// Everywhere.
    pub const EVERYWHERE: Self = Self(u128::MAX);

    /// A place as rows name it: `US-FL`, `GB`, `EU`, `US`, `elsewhere`, `everywhere`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "everywhere" => Some(Self::EVERYWHERE),
            "EU" => Some((EUROPE..NAMES.len()).fold(Self::NONE, |all, bit| all.or(Self(1 << bit)))),
            _ => NAMES.iter().position(|known| *known == name).map(|bit| Self(1 << bit)),
        }
    }

    /// A US state, district or territory by its postal code, and the United States.
    #[must_use]
    pub fn state(code: &str) -> Self {
        let bit = NAMES.iter().position(|name| name.strip_prefix("US-") == Some(code));
        bit.map_or(Self::NONE, |bit| Self(1 << bit)).or(Self::us())
    }

    /// A country by its ISO 3166 code; one without rows of its own is `elsewhere`.
    #[must_use]
    pub fn country(code: &str) -> Self {
        let code = UNDER.iter().find(|(place, _)| *place == code).map_or(code, |(_, law)| *law);
        if code.len() != 2 {
            return Self::elsewhere();
        }
        Self::named(code).filter(|_| code != "EU").unwrap_or_else(Self::elsewhere)
    }

    /// The United States.
    #[must_use]
    pub const fn us() -> Self {
        Self(1 << 56)
    }

    /// Countries without rows of their own.
    #[must_use]
    pub const fn elsewhere() -> Self {
        Self(1 << 57)
    }

    /// Both sets.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set without the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the sets share a place.
    #[must_use]
    pub const fn meet(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The names of its places.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.iter().enumerate().filter(move |(bit, _)| self.0 >> bit & 1 == 1).map(|(_, name)| *name)
    }
}

impl std::fmt::Debug for Regions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl Serialize for Regions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_bits_are_where_they_are_said_to_be() {
        assert_eq!(Regions::us().names().collect::<Vec<_>>(), ["US"]);
        assert_eq!(Regions::elsewhere().names().collect::<Vec<_>>(), ["elsewhere"]);
        assert_eq!(Regions::named("EU").map(|eu| eu.names().count()), Some(30));
        assert_eq!(Regions::country("GP"), Regions::country("FR"));
        assert_eq!(Regions::country("JP"), Regions::elsewhere());
        assert_eq!(Regions::state("FL").names().collect::<Vec<_>>(), ["US-FL", "US"]);
        assert_eq!(Regions::named("XX"), None);
        assert!(NAMES.len() <= 128);
    }
}
