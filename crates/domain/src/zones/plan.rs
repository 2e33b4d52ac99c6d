//! The numbering plan's places, read once from the data files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::rule_pack::Regions;

/// Area codes that serve the same places.
pub(super) struct Complex {
    /// ISO 3166 code.
    pub country: &'static str,
    /// Postal code of a US state or territory.
    pub state: Option<&'static str>,
    /// The zones of all its codes, sorted.
    pub zones: Vec<&'static str>,
    /// Whose law its customers have.
    pub regions: Regions,
}

struct Plan {
    complexes: Vec<Complex>,
    /// For each area code the place of its complex, plus one; 0 is none.
    by_area: Vec<u16>,
    /// Prefixes outside North America with their zones, sorted by prefix.
    prefixes: Vec<(&'static str, Vec<&'static str>)>,
    /// The fifty states and the District of Columbia.
    states: BTreeSet<&'static str>,
    /// Their law.
    law: Regions,
    /// The zones of each state, territory and province.
    zones_by_state: BTreeMap<&'static str, (&'static str, BTreeSet<&'static str>)>,
}

/// The complex of an area code.
pub(super) fn area(code: &str) -> Option<&'static Complex> {
    let plan = plan();
    let place = *plan.by_area.get(code.parse::<usize>().ok()?)?;
    plan.complexes.get(usize::from(place.checked_sub(1)?))
}

/// The zones of the longest known start of an international number.
pub(super) fn prefix(digits: &str) -> Option<&'static [&'static str]> {
    let prefixes = &plan().prefixes;
    (1..=digits.len().min(LONGEST_PREFIX)).rev().find_map(|length| {
        let start = digits.get(..length)?;
        let place = prefixes.binary_search_by(|(prefix, _)| (*prefix).cmp(start)).ok()?;
        Some(prefixes[place].1.as_slice())
    })
}

/// The fifty states and the District of Columbia.
pub(super) fn states() -> impl Iterator<Item = &'static str> {
    plan().states.iter().copied()
}

/// The law of all of them.
pub(super) fn all_states() -> Regions {
    plan().law
}

/// A US state, territory or Canadian province by its postal code: the code as
/// it is kept, its country and its zones.
pub(super) fn state(code: &str) -> Option<(&'static str, &'static str, &'static BTreeSet<&'static str>)> {
    let code = code.to_ascii_uppercase();
    let (state, (country, zones)) = plan().zones_by_state.get_key_value(code.as_str())?;
    Some((*state, *country, zones))
}

/// Every area code's complex of a country of the North American plan.
pub(super) fn of_country(country: &str) -> impl Iterator<Item = &'static Complex> {
    plan().complexes.iter().filter(move |complex| complex.country == country)
}

/// Codes that belong to no place: toll-free, personal, carriers', government.
pub(super) fn without_place(code: &str) -> bool {
    let code = code.as_bytes();
    let &[first, second, third] = code else {
        return false;
    };
    let toll_free = first == b'8' && (matches!(second, b'0' | b'2' | b'3'..=b'7') && second == third || second == b'8');
    let toll_free = toll_free || code == b"800";
    let personal = first == b'5' && second == third || personal_range(code);
    let service = matches!(code, b"456" | b"600" | b"700" | b"710" | b"900");
    let canadian = first == b'6' && second == third && b"2345678".contains(&second);
    toll_free || personal || service || canadian
}

/// The codes of the 5XX personal service that are not of the form 5XX with
/// equal last digits.
fn personal_range(code: &[u8]) -> bool {
    matches!(
        code,
        [b'5', b'2', b'1'..=b'9']
            | [b'5', b'3', b'2' | b'3' | b'5' | b'8']
            | [b'5', b'4', b'2'..=b'7' | b'9']
            | [b'5', b'5', b'0' | b'2'..=b'4' | b'6' | b'8']
            | [b'5', b'6', b'9']
            | [b'5', b'7', b'8']
            | [b'5', b'8', b'9']
    )
}

/// The longest prefix in the data, in digits.
const LONGEST_PREFIX: usize = 9;

fn plan() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(read)
}

fn read() -> Plan {
    let mut zones_by_area: Vec<Vec<&'static str>> = vec![Vec::new(); 1000];
    let mut prefixes = Vec::new();
    for (prefix, zones) in rows(include_str!("../../data/timezones.txt")) {
        let zones = zones.split('&').collect();
        match prefix.strip_prefix('1').map(str::parse::<usize>) {
            Some(Ok(area)) if area < 1000 => zones_by_area[area] = zones,
            Some(_) => {}
            None => prefixes.push((prefix, zones)),
        }
    }
    prefixes.sort_unstable_by_key(|&(prefix, _)| prefix);

    let mut plan = Plan {
        complexes: Vec::new(),
        by_area: vec![0; 1000],
        prefixes,
        states: BTreeSet::new(),
        law: Regions::us(),
        zones_by_state: BTreeMap::new(),
    };
    for (country, rest) in rows(include_str!("../../data/area_codes.txt")) {
        let (place, codes) = rest.split_once('|').unwrap_or(("", rest));
        let codes = || codes.split(' ').filter_map(|code| code.parse::<usize>().ok()).filter(|code| *code < 1000);
        let zones: BTreeSet<&str> = codes().flat_map(|code| zones_by_area[code].iter().copied()).collect();
        let state = (!place.is_empty() && country != "CA").then_some(place);
        let regions = match state {
            Some(state) => Regions::state(state),
            None => Regions::country(country),
        };
        if country == "US" {
            plan.states.extend(state);
            plan.law = plan.law.or(regions);
        }
        if !place.is_empty() {
            let known = plan.zones_by_state.entry(place).or_insert((country, BTreeSet::new()));
            known.1.extend(&zones);
        }
        plan.complexes.push(Complex { country, state, zones: zones.into_iter().collect(), regions });
        for code in codes() {
            plan.by_area[code] = u16::try_from(plan.complexes.len()).unwrap_or(0);
        }
    }
    plan
}

fn rows(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('|'))
}
