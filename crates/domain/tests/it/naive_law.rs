//! The law of hours once more, written down by hand and asked the slow way:
//! every clock, every rule. It shares nothing with the gate but the names of places
//! and the time zone database. The simulation of a year judges by it, too.

#![expect(clippy::panic, reason = "a year without an almanac should stop whoever asks")]

use domain::rule_pack::ConsentKind;
use domain::zones::{Candidates, time_zone};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use std::collections::HashMap;

pub const QUARTER: i64 = 15 * 60_000;
pub const DAY: i64 = 24 * 60 * 60_000;

/// A place's hours, as a person would say them.
struct Law {
    weekdays: (u16, u16),
    saturday: (u16, u16),
    sunday: (u16, u16),
    closed: fn(Date) -> bool,
    central: bool,
}

const SHUT: (u16, u16) = (0, 0);

fn daily(opens: u16, closes: u16) -> Law {
    let hours = (opens * 60, closes * 60);
    Law { weekdays: hours, saturday: hours, sunday: hours, closed: |_| false, central: false }
}

/// The law of a state beyond the federal hours.
fn state_law(state: &str) -> Law {
    match state {
        "AL" => Law { sunday: SHUT, closed: |day| federal(day) || alabama(day), ..daily(8, 20) },
        "CT" | "NV" => daily(9, 20),
        "CA" | "MI" | "MN" | "NM" => daily(9, 21),
        "FL" | "MA" | "MD" | "OK" | "OR" | "WA" => daily(8, 20),
        "KY" => daily(10, 21),
        "LA" => Law { sunday: SHUT, closed: |day| federal(day) || louisiana(day), ..daily(8, 20) },
        "MS" => Law { sunday: SHUT, central: true, ..daily(8, 20) },
        "PA" => Law { closed: |day| federal(day) || day == shifted(easter(day.year()), -2), ..daily(8, 21) },
        "RI" => Law {
            saturday: (600, 1020),
            sunday: SHUT,
            closed: |day| federal(day) || nth(day, 2, Weekday::Monday, 8) || election(day),
            ..daily(9, 18)
        },
        "TX" => Law { sunday: (720, 1260), central: true, ..daily(9, 21) },
        "UT" => Law { sunday: SHUT, closed: |day| federal(day) || observed(day, 7, 24), ..daily(8, 21) },
        _ => daily(8, 21),
    }
}

fn country_law(country: &str) -> Vec<Law> {
    match country {
        "CA" => vec![
            daily(8, 21),
            Law { weekdays: (540, 1290), saturday: (600, 1080), sunday: (600, 1080), ..daily(9, 21) },
        ],
        "FR" => vec![Law { sunday: SHUT, closed: french, ..daily(8, 22) }],
        _ => vec![daily(8, 21)],
    }
}

fn shifted(day: Date, by: i32) -> Date {
    day.checked_add(jiff::Span::new().days(by)).unwrap_or(day)
}

fn nth(day: Date, which: i8, weekday: Weekday, month: i8) -> bool {
    day.month() == month && day.weekday() == weekday && (day.day() - 1) / 7 + 1 == which
}

/// The day itself, or the weekday on which offices make up for it.
fn observed(day: Date, month: i8, of_month: i8) -> bool {
    let is = |day: Date| (day.month(), day.day()) == (month, of_month);
    is(day)
        || day.weekday() == Weekday::Friday && is(shifted(day, 1))
        || day.weekday() == Weekday::Monday && is(shifted(day, -1))
}

fn federal(day: Date) -> bool {
    let last_monday_of_may = day.month() == 5 && day.weekday() == Weekday::Monday && shifted(day, 7).month() == 6;
    observed(day, 1, 1)
        || nth(day, 3, Weekday::Monday, 1)
        || nth(day, 3, Weekday::Monday, 2)
        || last_monday_of_may
        || observed(day, 6, 19)
        || observed(day, 7, 4)
        || nth(day, 1, Weekday::Monday, 9)
        || nth(day, 2, Weekday::Monday, 10)
        || observed(day, 11, 11)
        || nth(day, 4, Weekday::Thursday, 11)
        || observed(day, 12, 25)
}

fn alabama(day: Date) -> bool {
    day == shifted(easter(day.year()), -47) || nth(day, 4, Weekday::Monday, 4) || nth(day, 1, Weekday::Monday, 6)
}

fn louisiana(day: Date) -> bool {
    let easter = easter(day.year());
    day == shifted(easter, -47)
        || day == shifted(easter, -2)
        || (day.month(), day.day()) == (11, 1)
        || election(day)
        || nth(shifted(day, -1), 4, Weekday::Thursday, 11)
}

fn election(day: Date) -> bool {
    day.year() % 2 == 0 && nth(shifted(day, -1), 1, Weekday::Monday, 11) && day.month() == 11
}

fn french(day: Date) -> bool {
    let fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
    let moving = [1, 39, 50].map(|by| shifted(easter(day.year()), by));
    fixed.contains(&(day.month(), day.day())) || moving.contains(&day)
}

/// Easter Sundays of the years the cases lie in, from an almanac.
fn easter(year: i16) -> Date {
    let (month, day) = match year {
        2023 => (4, 9),
        2024 => (3, 31),
        2025 => (4, 20),
        2026 => (4, 5),
        2027 => (3, 28),
        2028 => (4, 16),
        2029 => (4, 1),
        _ => panic!("no Easter for {year}"),
    };
    jiff::civil::date(year, month, day)
}

fn allows(law: &Law, local: DateTime) -> bool {
    let (opens, closes) = match local.weekday() {
        Weekday::Saturday => law.saturday,
        Weekday::Sunday => law.sunday,
        _ => law.weekdays,
    };
    let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
    minute >= opens && minute < closes && !(law.closed)(local.date())
}

/// The kind of consent that marketing to a number of a country needs at the least.
pub fn needed(country: &str, places: &Candidates) -> ConsentKind {
    let abroad = places.states.is_empty() && country != "US";
    match country {
        "CA" | "GB" | "FR" | "DE" | "AU" | "PT" | "ES" if abroad => ConsentKind::Express,
        _ => ConsentKind::Written,
    }
}

/// Whether a state counts marketing texts: three in 24 hours.
pub fn counts(places: &Candidates) -> bool {
    places.states.iter().any(|state| matches!(*state, "FL" | "MD" | "NJ" | "OK" | "OR"))
}

/// The slow oracle, with its zones looked up once.
#[derive(Default)]
pub struct Naive {
    zones: HashMap<&'static str, TimeZone>,
}

impl Naive {
    /// What a clock in a zone shows at an instant (Unix ms).
    pub fn local(&mut self, zone: &'static str, at: i64) -> DateTime {
        let zone = self.zones.entry(zone).or_insert_with(|| time_zone(zone).unwrap_or(TimeZone::UTC));
        zone.to_datetime(Timestamp::from_millisecond(at).unwrap_or_default())
    }

    /// Whether marketing is legal at an instant in each place, by each law.
    pub fn legal(&mut self, at: i64, places: &Candidates, country: &str) -> bool {
        let mut laws = if places.states.is_empty() || country == "CA" { country_law(country) } else { Vec::new() };
        if !places.states.is_empty() {
            laws.push(daily(8, 21));
        }
        laws.extend(places.states.iter().map(|state| state_law(state)));
        let mut zones = places.zones.clone();
        if laws.iter().any(|law| law.central) {
            zones.push("America/Chicago");
        }
        zones.into_iter().all(|zone| {
            let local = self.local(zone, at);
            laws.iter().all(|law| allows(law, local))
        })
    }
}
