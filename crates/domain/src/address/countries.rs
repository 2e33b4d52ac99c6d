//! Countries, their calling codes and how long their numbers are.

use std::sync::OnceLock;

/// One row of `data/countries.txt`.
#[derive(Debug)]
pub(super) struct Country {
    /// ISO 3166 code.
    pub iso: &'static str,
    /// Calling code without `+`.
    pub calling: &'static str,
    /// What is dialled before a national number and dropped behind the calling
    /// code; empty where there is none.
    pub trunk: &'static str,
    /// Fewest digits of a national number.
    pub shortest: usize,
    /// Most digits of a national number.
    pub longest: usize,
    /// Whether it is the main country of its calling code.
    pub main: bool,
}

/// The calling code of a country, without `+`.
#[must_use]
pub fn calling_code(iso: &str) -> Option<&'static str> {
    by_iso(iso).map(|country| country.calling)
}

pub(super) fn by_iso(iso: &str) -> Option<&'static Country> {
    table().iter().find(|country| country.iso.eq_ignore_ascii_case(iso))
}

/// The main country of the calling code that international digits start with.
/// Calling codes are prefix-free, so the first match is the only one.
pub(super) fn by_prefix(digits: &str) -> Option<&'static Country> {
    table().iter().find(|country| country.main && digits.starts_with(country.calling))
}

fn table() -> &'static [Country] {
    static TABLE: OnceLock<Vec<Country>> = OnceLock::new();
    TABLE.get_or_init(|| include_str!("../../data/countries.txt").lines().filter_map(row).collect())
}

fn row(line: &'static str) -> Option<Country> {
    if line.starts_with('#') {
        return None;
    }
    let mut cells = line.split('|');
    Some(Country {
        iso: cells.next()?,
        calling: cells.next()?,
        trunk: cells.next()?,
        shortest: cells.next()?.parse().ok()?,
        longest: cells.next()?.parse().ok()?,
        main: cells.next()? == "1",
    })
}
