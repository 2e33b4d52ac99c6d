//! The law of hours once more, written down by hand and asked the slow way:
//! every quarter of an hour, every clock, every rule. It shares nothing with
//! the gate but the names of places and the time zone database.

#![expect(clippy::panic, reason = "a case that cannot be set up should stop the test")]

use domain::address::Address;
use domain::rule_pack::RulePack;
use domain::windows::window_check;
use domain::zones::{Candidates, Evidence, candidates_with, time_zone};
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

/// The slow oracle, with its zones looked up once.
#[derive(Default)]
pub struct Naive {
    zones: HashMap<&'static str, TimeZone>,
}

impl Naive {
    fn local(&mut self, zone: &'static str, at: i64) -> DateTime {
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

    /// The first legal instant from `at` on, and the first illegal one after it.
    fn next(&mut self, at: i64, places: &Candidates, country: &str) -> Option<(i64, i64)> {
        let end = at + 8 * DAY;
        let mut opens = at;
        while !self.legal(opens, places, country) {
            opens = (opens.div_euclid(QUARTER) + 1) * QUARTER;
            if opens > end {
                return None;
            }
        }
        let mut closes = opens;
        while self.legal(closes, places, country) {
            closes = (closes.div_euclid(QUARTER) + 1) * QUARTER;
        }
        Some((opens, closes))
    }
}

/// Numbers without a pattern, the same for the same seed (splitmix64).
#[derive(Clone)]
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    pub fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let place = usize::try_from(self.below(list.len() as u64)).unwrap_or(0);
        &list[place]
    }
}

/// How many cases: a slice of `full` in every run, all of them where
/// `HARK_GATE=full` asks for it.
pub fn cases(slice: u64, full: u64) -> u64 {
    if std::env::var("HARK_GATE").is_ok_and(|wish| wish == "full") { full } else { slice }
}

/// Runs a share of the cases on each processor.
pub fn spread(count: u64, run: impl Fn(u64, u64) + Sync) {
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let run = &run;
            scope.spawn(move || run(thread, count / threads + u64::from(thread < count % threads)));
        }
    });
}

/// An instant of a leap year, often beside a change of hours or of clocks.
pub fn instant(chance: &mut Chance) -> i64 {
    const LEAP_2024: i64 = 1_704_067_200_000;
    const LEAP_2028: i64 = 1_830_297_600_000;
    // The nights in which North America and Europe change their clocks.
    const CHANGES: [i64; 8] = [
        1_710_028_800_000,
        1_711_843_200_000,
        1_730_505_600_000,
        1_729_987_200_000,
        1_836_259_200_000,
        1_837_468_800_000,
        1_856_217_600_000,
        1_856_822_400_000,
    ];
    let at = match chance.below(4) {
        0 => *chance.of(&CHANGES) + i64::try_from(chance.below(3 * DAY as u64)).unwrap_or(0) - DAY,
        1 => LEAP_2024 + i64::try_from(chance.below(366 * DAY as u64)).unwrap_or(0),
        _ => LEAP_2028 + i64::try_from(chance.below(366 * DAY as u64)).unwrap_or(0),
    };
    if chance.one_in(2) {
        let quarter = at.div_euclid(QUARTER) * QUARTER;
        quarter + *chance.of(&[-1000, -1, 0, 1])
    } else {
        at
    }
}

const ABROAD: &[&str] = &[
    "+447400123456",
    "+33612345678",
    "+33145678901",
    "+4915112345678",
    "+61255501234",
    "+819012345678",
    "+79161234567",
    "+9779812345678",
    "+6421123456",
    "+351912345678",
    "+34612345678",
    "+552112345678",
    "+919812345678",
    "24365",
];

/// A customer's number and addresses, with the country whose law its number has.
pub fn places(chance: &mut Chance) -> (Address, Candidates, &'static str) {
    let abroad = chance.one_in(8);
    let number = if abroad {
        (*chance.of(ABROAD)).to_owned()
    } else {
        format!("+1{}55501{:02}", 200 + chance.below(800), chance.below(100))
    };
    let to = Address::parse(&number);
    // The oracle does not mix the laws of two countries: numbers abroad come without
    // addresses here, and no mail goes to the countries that share our ZIP codes.
    let zip = format!("{:05}", 500 + chance.below(99_500));
    let shared = ("96930".."96980").contains(&zip.as_str()) && !zip.starts_with("9695");
    let zips: &[&str] = if chance.one_in(4) && !abroad && !shared { &[&zip] } else { &[] };
    let states: &[&str] = if chance.one_in(8) && !abroad {
        std::slice::from_ref(chance.of(&["FL", "TX", "KY", "RI", "HI", "AZ", "LA"]))
    } else {
        &[]
    };
    let declared_zone = chance
        .one_in(8)
        .then(|| *chance.of(&["America/Chicago", "America/Phoenix", "Pacific/Honolulu", "Europe/London"]));
    let evidence = Evidence { zips, states, declared_zone };
    let found = candidates_with(&to, &evidence).unwrap_or_else(|error| panic!("{number} {zip}: {error}"));
    let country = to.country_hint().unwrap_or("US");
    (to, found, country)
}

#[test]
fn the_slow_way_agrees_on_every_case() {
    let Some(pack) = RulePack::find("default") else { panic!("no default pack") };
    spread(cases(3_000, 1_000_000), |thread, count| {
        let mut naive = Naive::default();
        let mut chance = Chance(0x5eed + thread);
        for case in 0..count {
            let seed = chance.0;
            let (to, places, country) = places(&mut chance);
            let at = instant(&mut chance);
            // A customer abroad with an address here has both laws, which the
            // oracle does not mix; numbers abroad come without addresses.
            if !matches!(country, "US" | "CA") && !places.states.is_empty() {
                continue;
            }
            let window = window_check(at, &places, pack, 0);
            let found = window.next_open_at.zip(window.closes_at);
            let slow = naive.next(at, &places, country);
            assert_eq!(
                found,
                slow,
                "case {case} of seed {seed:#x}: {} of {country} at {at}, {:?} {:?}",
                to.last_four(),
                places.zones,
                places.states
            );
            assert_eq!(window.open, naive.legal(at, &places, country), "case {case} of seed {seed:#x}");
        }
    });
}
