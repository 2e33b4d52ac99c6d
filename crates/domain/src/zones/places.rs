//! Where a customer may be, by more than their number: where parcels and bills
//! go, and what they told us.

use std::sync::OnceLock;

use super::{Candidates, Certainty, anywhere, candidates, nowhere, plan, zone_id};
use crate::address::Address;
use crate::rule_pack::Regions;

/// What is known of a customer's place beside the number.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence<'a> {
    /// ZIP codes and Canadian postal codes of shipping and billing addresses.
    pub zips: &'a [&'a str],
    /// States and provinces of those addresses, by postal code.
    pub states: &'a [&'a str],
    /// The zone they said they are in.
    pub declared_zone: Option<&'a str>,
}

/// Why a piece of evidence cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// Neither a ZIP code nor a Canadian postal code.
    #[error("{0:?} is neither a ZIP code nor a Canadian postal code")]
    Zip(String),
    /// No state or province.
    #[error("{0:?} is no state or province; use its postal code, such as FL")]
    State(String),
    /// No zone of the time zone database.
    #[error("{0:?} is no time zone; use its IANA name, such as America/Chicago")]
    Zone(String),
    /// No country, or none where a state or a postal code needs one.
    #[error("{0:?} is no country; use its ISO 3166 code, such as US")]
    Country(String),
    /// An address with a clock of its own.
    #[error("an address has no time zone of its own; only a declared place has")]
    ZoneOfAddress,
    /// Nothing that says where it is.
    #[error("it says no place")]
    Empty,
}

impl PlaceError {
    /// A stable word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Zip(_) => "zip_invalid",
            Self::State(_) => "state_unknown",
            Self::Zone(_) => "zone_unknown",
            Self::Country(_) => "country_unknown",
            Self::ZoneOfAddress => "zone_of_address",
            Self::Empty => "place_empty",
        }
    }
}

/// The candidate zones and states of an address and of all that is known beside it.
///
/// Evidence adds places and takes none away, with one exception: a number
/// without a place, such as a toll-free one, is where its addresses are. A state
/// that a ZIP code of it explains adds no more zones than that ZIP code.
///
/// # Errors
/// [`PlaceError`] for evidence that means nothing.
pub fn candidates_with(address: &Address, evidence: &Evidence<'_>) -> Result<Candidates, PlaceError> {
    let mut found = candidates(address);
    let mut addresses = Places::default();
    for zip in evidence.zips {
        addresses.add_zip(zip)?;
    }
    for state in evidence.states {
        addresses.add_state(state)?;
    }
    if addresses.zones.is_empty() && evidence.declared_zone.is_none() {
        return Ok(found);
    }
    let placeless = matches!(found.certainty, Certainty::NotGeographic | Certainty::Unknown);
    if placeless && !addresses.zones.is_empty() {
        found = nowhere(Regions::NONE);
    }
    if let Some(declared) = evidence.declared_zone {
        addresses.add_zone(declared)?;
    }
    addresses.join(&mut found);
    Ok(found)
}

/// Places that evidence tells of.
#[derive(Default)]
pub(super) struct Places {
    pub(super) zones: Vec<&'static str>,
    states: Vec<&'static str>,
    regions: Regions,
}

impl Places {
    /// Adds them to where somebody may be.
    pub(super) fn join(mut self, found: &mut Candidates) {
        found.zones.append(&mut self.zones);
        found.states.append(&mut self.states);
        found.regions = found.regions.or(self.regions);
        found.zones.sort_unstable();
        found.zones.dedup();
        found.states.sort_unstable();
        found.states.dedup();
    }

    pub(super) fn add(&mut self, zones: &[&'static str], states: &[&'static str], regions: Regions) {
        self.zones.extend(zones);
        self.states.extend(states);
        self.regions = self.regions.or(regions);
    }

    pub(super) fn add_zip(&mut self, text: &str) -> Result<(), PlaceError> {
        let bad = || PlaceError::Zip(text.to_owned());
        let code = compact(text);
        if let Some(province) = canadian(&code) {
            let (_, zones) = province.ok_or_else(bad)?;
            self.add(zones, &[], Regions::country("CA"));
            return Ok(());
        }
        let digits = match code.as_slice() {
            [five @ .., b'-', _, _, _, _] if five.len() == 5 && code[6..].iter().all(u8::is_ascii_digit) => five,
            whole if whole.len() == 9 => &whole[..5],
            whole => whole,
        };
        if digits.len() != 5 || !code.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-') {
            return Err(bad());
        }
        let digits = std::str::from_utf8(digits).map_err(|_| bad())?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad());
        }
        match zip(digits) {
            // The mail of the armed forces says nothing of the clock.
            Some(place) if place.zones.is_empty() => {}
            Some(place) => self.add(&place.zones, &place.states, place.regions),
            // A code that is not assigned could be anywhere.
            None => {
                let all = anywhere(Certainty::Unknown);
                self.add(&all.zones, &all.states, all.regions);
            }
        }
        Ok(())
    }

    /// Adds a clock, which is no address.
    pub(super) fn add_zone(&mut self, text: &str) -> Result<(), PlaceError> {
        self.zones.push(zone_id(text).ok_or_else(|| PlaceError::Zone(text.to_owned()))?);
        Ok(())
    }

    pub(super) fn add_state(&mut self, text: &str) -> Result<(), PlaceError> {
        let code = text.trim();
        let code = code.strip_prefix("US-").or_else(|| code.strip_prefix("CA-")).unwrap_or(code);
        let (state, country, zones) = plan::state(code).ok_or_else(|| PlaceError::State(text.to_owned()))?;
        if country == "CA" {
            let zones: Vec<&str> = zones.iter().copied().collect();
            self.add(&zones, &[], Regions::country("CA"));
        } else if !self.states.contains(&state) {
            let zones: Vec<&str> = zones.iter().copied().collect();
            self.add(&zones, &[state], Regions::state(state));
        }
        Ok(())
    }
}

/// Whether a postal code has the shape of a Canadian one.
pub(super) fn is_canadian(postal_code: &str) -> bool {
    canadian(&compact(postal_code)).is_some()
}

/// A postal code as the tables have it.
fn compact(text: &str) -> Vec<u8> {
    text.trim().bytes().filter(|byte| *byte != b' ').map(|byte| byte.to_ascii_uppercase()).collect()
}

struct ZipPlace {
    states: Vec<&'static str>,
    zones: Vec<&'static str>,
    regions: Regions,
}

/// The place of the longest known start of a ZIP code.
fn zip(digits: &str) -> Option<&'static ZipPlace> {
    let table = table();
    [5, 4, 3].into_iter().find_map(|length| {
        let start = digits.get(..length)?;
        let place = table.binary_search_by(|(known, _)| known.as_str().cmp(start)).ok()?;
        Some(&table[place].1)
    })
}

fn table() -> &'static [(String, ZipPlace)] {
    static TABLE: OnceLock<Vec<(String, ZipPlace)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Vec::new();
        for line in include_str!("../../data/zip_codes.txt").lines().filter(|line| !line.starts_with('#')) {
            let Some((starts, rest)) = line.split_once('|') else { continue };
            let (states, zones) = rest.split_once('|').unwrap_or((rest, ""));
            let words = |text: &'static str| text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>();
            let (first, last) = starts.split_once('-').unwrap_or((starts, starts));
            let (Ok(from), Ok(to)) = (first.parse::<u32>(), last.parse::<u32>()) else { continue };
            for start in from..=to {
                let states = words(states);
                // Mail of the United States also reaches Micronesia, the Marshall Islands and
                // Palau, which are countries of their own.
                let law = if states.is_empty() { Regions::elsewhere() } else { Regions::us() };
                let regions = states.iter().fold(law, |all, state| all.or(Regions::state(state)));
                let place = ZipPlace { states, zones: words(zones), regions };
                table.push((format!("{start:0width$}", width = first.len()), place));
            }
        }
        table.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        table
    })
}

type Province = (u8, &'static [&'static str]);

/// Canadian provinces by the first letter of their postal codes, with every
/// clock in them. Source: Canada Post's forward sortation areas; zones as for
/// the area codes of the provinces.
const PROVINCES: &[Province] = &[
    (b'A', &["America/Halifax", "America/St_Johns"]),
    (b'B', &["America/Halifax"]),
    (b'C', &["America/Halifax"]),
    (b'E', &["America/Halifax"]),
    (b'G', &["America/Halifax", "America/Puerto_Rico", "America/Toronto"]),
    (b'H', &["America/Toronto"]),
    (b'J', &["America/Toronto"]),
    (b'K', &["America/Toronto"]),
    (b'L', &["America/Toronto"]),
    (b'M', &["America/Toronto"]),
    (b'N', &["America/Toronto"]),
    (b'P', &["America/Toronto", "America/Winnipeg"]),
    (b'R', &["America/Winnipeg"]),
    (b'S', &["America/Edmonton", "America/Regina"]),
    (b'T', &["America/Edmonton"]),
    (b'V', &["America/Edmonton", "America/Fort_Nelson", "America/Vancouver"]),
    (b'X', &["America/Edmonton", "America/Regina", "America/Toronto", "America/Winnipeg"]),
    (b'Y', &["America/Whitehorse"]),
];

/// The province of a Canadian postal code, `K1A0B1` or its first half; `None`
/// where the text has no such shape, `Some(None)` where no province has it.
fn canadian(code: &[u8]) -> Option<Option<&'static Province>> {
    let shape = |code: &[u8], letters: [bool; 3]| {
        code.iter()
            .zip(letters)
            .all(|(byte, letter)| if letter { byte.is_ascii_uppercase() } else { byte.is_ascii_digit() })
    };
    let (first, second) = code.split_at_checked(3)?;
    let whole = second.is_empty() || second.len() == 3 && shape(second, [false, true, false]);
    if !shape(first, [true, false, true]) || !whole {
        return None;
    }
    Some(PROVINCES.iter().find(|(letter, _)| *letter == first[0]))
}
