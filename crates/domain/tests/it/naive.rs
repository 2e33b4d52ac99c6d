//! The gate's windows against the slow way of `naive_law`: every quarter of an hour.

#![expect(clippy::panic, reason = "a case that cannot be set up should stop the test")]

pub use crate::naive_law::{DAY, Naive, QUARTER};

use domain::address::Address;
use domain::rule_pack::RulePack;
use domain::windows::window_check;
use domain::zones::{Candidates, Evidence, candidates_with};

impl Naive {
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
    // The territories are states of the United States to the law.
    let country = match to.country_hint() {
        None | Some("PR" | "VI" | "GU" | "AS" | "MP") => "US",
        Some(country) => country,
    };
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
