#![expect(clippy::expect_used, reason = "the table's own times are valid, and a wrong one should stop the test")]

use domain::address::Address;
use domain::rule_pack::{DEFAULT, RulePack, US_FEDERAL_0};
use domain::windows::{HORIZON_DAYS, by_state, next_legal, window_check};
use domain::zones::{Candidates, candidates, time_zone};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

const MINUTE: i64 = 60_000;

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().expect("a timestamp").as_millisecond()
}

fn shown(ms: Option<i64>) -> String {
    ms.map_or_else(|| "never".into(), |ms| Timestamp::from_millisecond(ms).expect("in range").to_string())
}

fn of(number: &str) -> Candidates {
    candidates(&Address::parse(number))
}

fn zones(zones: &[&'static str]) -> Candidates {
    Candidates::of_zones(zones)
}

#[test]
fn the_map_has_every_state_with_its_own_hours_and_all_of_its_zones() {
    // A Wednesday, half past eight in New York and half past five in Los Angeles.
    let map = by_state(at("2026-07-01T12:30:00Z"), &DEFAULT);
    assert_eq!(map.len(), 51, "fifty states and the District of Columbia");
    let of = |code: &str| map.iter().find(|(state, _)| *state == code).map(|(_, window)| window).expect("a state");
    assert!(of("NY").open);
    assert_eq!(shown(of("FL").closes_at), "2026-07-02T00:00:00Z", "Florida closes at eight");
    assert!(!of("CA").open);
    assert_eq!(shown(of("CA").next_open_at), "2026-07-01T16:00:00Z", "California opens at nine");
    let tennessee: Vec<_> = of("TN").local_times.iter().map(|(zone, _)| *zone).collect();
    assert_eq!(tennessee, ["America/Chicago", "America/New_York"]);
    assert!(!of("TN").open, "it is half past seven in its west");
}

#[test]
fn hawaii_opens_the_day_of_a_toll_free_number_and_the_east_closes_it() {
    // 13:00 to 21:00 Eastern in winter, 14:00 to 21:00 in summer.
    let toll_free = of("+18005550100");
    for (now, opens, closes) in [
        ("2026-01-15T06:00:00Z", "2026-01-15T18:00:00Z", "2026-01-16T02:00:00Z"),
        ("2026-07-15T06:00:00Z", "2026-07-15T18:00:00Z", "2026-07-16T01:00:00Z"),
    ] {
        let window = window_check(at(now), &toll_free, &US_FEDERAL_0, 0);
        assert!(!window.open);
        assert_eq!((shown(window.next_open_at), shown(window.closes_at)), (opens.into(), closes.into()));
    }
}

#[test]
fn the_panhandle_waits_for_its_western_clock() {
    // 08:00 Eastern is 07:00 in the west of area code 850, so in its overlay.
    for number in ["+14485550100", "+18505550100"] {
        let early = window_check(at("2026-11-23T13:00:00Z"), &of(number), &US_FEDERAL_0, 0);
        assert!(!early.open, "{number}");
        assert_eq!(shown(early.next_open_at), "2026-11-23T14:00:00Z");
        assert_eq!(
            early.local_times,
            [("America/Chicago", "2026-11-23T07:00".into()), ("America/New_York", "2026-11-23T08:00".into())]
        );
        let later = window_check(at("2026-11-23T14:00:00Z"), &of(number), &US_FEDERAL_0, 0);
        assert!(later.open);
        assert_eq!((later.pack.as_str(), later.tz_db.len()), ("us_federal_0", 5));
    }
}

#[test]
fn the_edges_belong_as_the_rule_says() {
    let east = zones(&["America/New_York"]);
    for (now, open) in [
        ("2026-11-23T12:59:59.999Z", false),
        ("2026-11-23T13:00:00Z", true),
        ("2026-11-24T01:59:59.999Z", true),
        ("2026-11-24T02:00:00Z", false),
    ] {
        assert_eq!(window_check(at(now), &east, &US_FEDERAL_0, 0).open, open, "{now}");
    }
    let closing = window_check(at("2026-11-24T01:30:00Z"), &east, &US_FEDERAL_0, 0);
    assert_eq!(shown(closing.closes_at), "2026-11-24T02:00:00Z");
}

#[test]
fn a_text_needs_its_time_before_the_close() {
    let east = zones(&["America/New_York"]);
    let now = at("2026-11-24T01:30:00Z");
    assert!(window_check(now, &east, &US_FEDERAL_0, 30).open);
    let tight = window_check(now, &east, &US_FEDERAL_0, 31);
    assert!(!tight.open);
    assert_eq!(shown(tight.next_open_at), "2026-11-24T13:00:00Z");
    // Longer than any day is open: never, and said so.
    assert_eq!(next_legal(now, &east, &US_FEDERAL_0, 13 * 60 + 1), None);
    assert_eq!(next_legal(now, &east, &US_FEDERAL_0, u32::MAX), None);
}

#[test]
fn days_of_a_clock_change_keep_their_local_hours() {
    let east = zones(&["America/New_York"]);
    for (now, opens, closes) in [
        // Forward on 8 March, back on 1 November 2026.
        ("2026-03-08T05:00:00Z", "2026-03-08T12:00:00Z", "2026-03-09T01:00:00Z"),
        ("2026-03-07T14:00:00Z", "2026-03-07T14:00:00Z", "2026-03-08T02:00:00Z"),
        ("2026-11-01T04:30:00Z", "2026-11-01T13:00:00Z", "2026-11-02T02:00:00Z"),
    ] {
        let window = window_check(at(now), &east, &US_FEDERAL_0, 0);
        assert_eq!((shown(window.next_open_at), shown(window.closes_at)), (opens.into(), closes.into()), "{now}");
    }
    // Arizona does not change its clock, the Navajo Nation in it does.
    let arizona = of("+19285550100");
    let summer = window_check(at("2026-07-01T10:00:00Z"), &arizona, &US_FEDERAL_0, 0);
    assert_eq!(shown(summer.next_open_at), "2026-07-01T15:00:00Z");
    assert_eq!(shown(summer.closes_at), "2026-07-02T03:00:00Z");
}

#[test]
fn clocks_that_are_never_open_together_say_never() {
    let apart = zones(&["America/Anchorage", "Europe/London", "Pacific/Guam"]);
    let window = window_check(at("2026-11-23T12:00:00Z"), &apart, &US_FEDERAL_0, 0);
    assert_eq!((window.open, window.next_open_at, window.closes_at), (false, None, None));
    assert_eq!(window.local_times.len(), 3);
}

#[test]
fn what_is_not_known_is_closed() {
    let now = at("2026-11-23T15:00:00Z");
    assert!(!window_check(now, &zones(&[]), &US_FEDERAL_0, 0).open);
    assert!(!window_check(now, &zones(&["Mars/Olympus"]), &US_FEDERAL_0, 0).open);
    assert!(RulePack::find("us_federal_0").is_some_and(|pack| *pack == *US_FEDERAL_0));
    assert_eq!(RulePack::find("us_federal_9"), None);
}

#[test]
fn a_pack_may_keep_the_whole_day_open() {
    let file = "id = \"always\"\npublished = \"2026-01-01\"\n[always]\nwhere = \"everywhere\"\nhours = \"daily 00:00-24:00\"\nlaw = \"none\"\nsource = \"none\"\nconfidence = \"high\"\n";
    let always = RulePack::read("always", file).expect("a pack");
    let window = window_check(at("2026-11-23T15:00:00Z"), &zones(&["UTC"]), &always, 60);
    assert!(window.open);
}

/// The rule itself, read off the clock on the wall.
fn legal(now: i64, candidates: &Candidates) -> bool {
    candidates.zones.iter().all(|zone| {
        let zone = time_zone(zone).unwrap_or(TimeZone::UTC);
        let local = zone.to_datetime(Timestamp::from_millisecond(now).expect("in range"));
        (8..21).contains(&local.hour())
    })
}

fn sets() -> impl Strategy<Value = Candidates> {
    let numbers = prop_oneof![
        (200_u32..1000).prop_map(|area| format!("+1{area}5550100")),
        (2_u32..10_000).prop_map(|prefix| format!("+{prefix}55501001")),
    ];
    let changing = proptest::sample::subsequence(
        vec![
            "America/New_York",
            "America/St_Johns",
            "Australia/Lord_Howe",
            "Europe/London",
            "Asia/Katmandu",
            "America/Sao_Paulo",
            "Africa/Cairo",
            "Pacific/Chatham",
            "America/Adak",
            "Asia/Gaza",
            "Africa/Casablanca",
        ],
        1..3,
    );
    prop_oneof![
        numbers.prop_map(|number| of(&number)),
        changing.prop_map(|list| {
            let mut list = list;
            list.sort_unstable();
            zones(&list)
        })
    ]
}

proptest! {
    #[test]
    fn the_next_opening_is_open_and_the_first(
        candidates in sets(),
        minute in 28_000_000_i64..32_000_000,
        needed in prop_oneof![Just(0_u32), 0_u32..800],
    ) {
        let now = minute * MINUTE + 17;
        let window = window_check(now, &candidates, &US_FEDERAL_0, needed);
        prop_assert_eq!(window.local_times.len(), candidates.zones.len());
        let until = window.next_open_at.unwrap_or(now + HORIZON_DAYS * 24 * 60 * MINUTE);
        // Before it no minute is legal for as long as the text needs.
        let mut run = 0_i64;
        let mut sample = now;
        while sample < until + i64::from(needed) * MINUTE {
            run = if legal(sample, &candidates) { run + 1 } else { 0 };
            let started = sample - (run - 1) * MINUTE;
            // Samples lie some ms into their minutes, so that the last of the needed ones says
            // nothing of its end.
            let enough = run >= i64::from(needed.max(1))
                && (needed == 0 || legal(started + i64::from(needed) * MINUTE - 1, &candidates));
            prop_assert!(
                !enough || started + MINUTE > until,
                "legal from {} but told {}", shown(Some(started)), shown(Some(until))
            );
            sample += MINUTE;
        }
        if let (Some(opens), Some(closes)) = (window.next_open_at, window.closes_at) {
            prop_assert!(opens >= now && closes - opens >= i64::from(needed) * MINUTE && closes > opens);
            prop_assert_eq!(window.open, opens == now);
            let mut sample = opens;
            while sample < closes {
                prop_assert!(legal(sample, &candidates), "{}", shown(Some(sample)));
                sample += MINUTE;
            }
            prop_assert!(legal(closes - 1, &candidates) && !legal(closes, &candidates));
        }
        prop_assert_eq!(next_legal(now, &candidates, &US_FEDERAL_0, needed), window.next_open_at);
    }

    #[test]
    fn no_instant_makes_it_panic(now in any::<i64>(), candidates in sets(), needed in any::<u32>()) {
        let window = window_check(now, &candidates, &US_FEDERAL_0, needed);
        prop_assert!(!window.open || window.next_open_at == Some(now));
    }

    #[test]
    fn an_hour_before_and_after_each_clock_change_agrees_with_the_wall(
        candidates in sets(), year in 2024_i16..2032, day in 0_i64..366, quarter in 0_i64..96,
    ) {
        let start = TimeZone::UTC.to_timestamp(date(year, 1, 1).at(0, 0, 0, 0)).expect("a date").as_millisecond();
        let now = start + day * 24 * 60 * MINUTE + quarter * 15 * MINUTE;
        prop_assert_eq!(window_check(now, &candidates, &US_FEDERAL_0, 0).open, legal(now, &candidates));
    }
}

#[test]
fn the_ends_of_time_are_closed() {
    for now in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX, 253_402_207_200_000, -377_705_023_201_000] {
        for candidates in [of("+18005550100"), of("+14155550100")] {
            let window = window_check(now, &candidates, &US_FEDERAL_0, 5);
            assert!(window.next_open_at.is_none_or(|opens| opens >= now));
        }
    }
}
