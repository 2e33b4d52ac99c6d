//! Where a customer may be by what is known of them, and that knowing more never
//! lets a text out that the law holds somewhere they may be.

use crate::rows::{ASK, Ask, local};
use domain::address::{Address, calling_code};
use domain::gate::Decision;
use domain::gate::Verdict::{Hold, Refuse, Send};
use domain::rule_pack::{DEFAULT, Regions};
use domain::windows::window_check;
use domain::zones::{Candidates, Certainty, Place, PlaceKind, candidates, candidates_at};
use proptest::prelude::*;

const NEW_YORK: &str = "+12125550100";
const TOLL_FREE: &str = "+18005550100";

fn place(kind: PlaceKind, country: &str, region: &str, postal_code: &str, time_zone: &str) -> Place {
    let [country, region, postal_code, time_zone] = [country, region, postal_code, time_zone].map(str::to_owned);
    Place { kind, country, region, postal_code, time_zone }
}

fn shipping(country: &str, region: &str, postal_code: &str) -> Place {
    place(PlaceKind::Shipping, country, region, postal_code, "")
}

fn billing(country: &str, region: &str, postal_code: &str) -> Place {
    place(PlaceKind::Billing, country, region, postal_code, "")
}

fn declared(time_zone: &str) -> Place {
    place(PlaceKind::Declared, "", "", "", time_zone)
}

fn at(to: &str, known: &[Place]) -> Candidates {
    candidates_at(&Address::parse(to), known)
}

/// Zones, states, what told and what could not be read.
fn found(to: &str, known: &[Place]) -> [String; 4] {
    let found = at(to, known);
    let words = |list: Vec<&str>| list.join(" ");
    let (told, unread) = (found.told_by.words().collect(), found.unread.words().collect());
    [words(found.zones), words(found.states), words(told), words(unread)]
}

/// Asks about marketing to whom written consent allows it.
fn asked(to: &str, known: &[Place], now: i64) -> Decision {
    Ask { to, ..ASK }.with(known, now)
}

#[test]
fn each_place_adds_where_it_is() {
    for (known, expected) in [
        (vec![], ["America/New_York", "NY", "number", ""]),
        (vec![shipping("US", "CA", "90012")], ["America/Los_Angeles America/New_York", "CA NY", "number shipping", ""]),
        (
            vec![shipping("US", "CA", "90012"), billing("US", "", "80202"), declared("America/Phoenix")],
            [
                "America/Denver America/Los_Angeles America/New_York America/Phoenix",
                "CA CO NY",
                "number shipping billing declared",
                "",
            ],
        ),
        // A state lies on each of its clocks; a ZIP code of it says on which.
        (vec![shipping("US", "FL", "")], ["America/Chicago America/New_York", "FL NY", "number shipping", ""]),
        (vec![shipping("US", "FL", "33101")], ["America/New_York", "FL NY", "number shipping", ""]),
        // What one address leaves open, another does not answer.
        (
            vec![shipping("US", "FL", ""), billing("US", "FL", "33101")],
            ["America/Chicago America/New_York", "FL NY", "number shipping billing", ""],
        ),
        // A ZIP code and a state that contradict each other are both believed.
        (
            vec![shipping("US", "HI", "80202")],
            ["America/Denver America/New_York Pacific/Honolulu", "CO HI NY", "number shipping", ""],
        ),
        (
            vec![place(PlaceKind::Declared, "US", "AZ", "", "")],
            ["America/Denver America/New_York America/Phoenix", "AZ NY", "number declared", ""],
        ),
        (
            vec![shipping("CA", "BC", "V6B 1A1")],
            ["America/Edmonton America/Fort_Nelson America/New_York America/Vancouver", "NY", "number shipping", ""],
        ),
        (
            vec![shipping("PR", "San Juan", "00901")],
            ["America/New_York America/Puerto_Rico", "NY PR", "number shipping", ""],
        ),
        (vec![shipping("FR", "Paris", "75001")], ["America/New_York Europe/Paris", "NY", "number shipping", ""]),
        (vec![shipping("JM", "", "")], ["America/Jamaica America/New_York", "NY", "number shipping", ""]),
        // The mail of the armed forces says nothing of the clock.
        (vec![shipping("US", "AE", "09012")], ["America/New_York", "NY", "number", ""]),
    ] {
        assert_eq!(found(NEW_YORK, &known), expected, "{known:?}");
    }
    assert!(at(NEW_YORK, &[shipping("FR", "", "")]).regions.meet(Regions::country("FR")));
    assert!(at(NEW_YORK, &[shipping("US", "FL", "")]).regions.meet(Regions::state("FL").without(Regions::us())));
}

#[test]
fn what_cannot_be_read_allows_nothing_and_is_told() {
    // A ZIP code that means nothing leaves the state, and a state that means nothing the country.
    assert_eq!(
        found(NEW_YORK, &[shipping("US", "FL", "1234")]),
        ["America/Chicago America/New_York", "FL NY", "number shipping", "shipping"]
    );
    let anywhere = at(NEW_YORK, &[shipping("US", "Florida", "")]);
    assert!(anywhere.zones.contains(&"Pacific/Honolulu") && anywhere.states.len() == 51, "{anywhere:?}");
    assert_eq!(
        found(NEW_YORK, &[shipping("ZZ", "", ""), declared("Mars/Olympus")]),
        ["America/New_York", "NY", "number", "shipping declared"]
    );
    assert_eq!(found(NEW_YORK, &[shipping("", "FL", "33101")]), ["America/New_York", "NY", "number", "shipping"]);
}

#[test]
fn a_number_without_a_place_is_where_its_addresses_are_if_all_can_be_read() {
    let miami = shipping("US", "FL", "33101");
    assert_eq!(found(TOLL_FREE, std::slice::from_ref(&miami)), ["America/New_York", "FL", "shipping", ""]);
    let abroad = at(TOLL_FREE, &[billing("GB", "", "SW1A 1AA")]);
    assert_eq!((abroad.certainty, abroad.states.len()), (Certainty::Address, 0));
    assert!(abroad.regions.meet(Regions::us()), "nothing says that it is no American's");
    let everywhere = at(TOLL_FREE, &[]).zones;
    for known in [
        vec![miami.clone(), billing("US", "", "1234")],
        vec![miami, declared("Mars/Olympus")],
        vec![declared("America/New_York")],
        vec![place(PlaceKind::Declared, "US", "FL", "33101", "")],
        vec![shipping("US", "AE", "09012")],
    ] {
        let found = at(TOLL_FREE, &known);
        assert!(everywhere.iter().all(|zone| found.zones.contains(zone)), "{known:?}: {:?}", found.zones);
        assert!(found.told_by.words().any(|word| word == "number"), "{known:?}");
    }
}

#[test]
fn only_what_can_be_read_is_kept_and_in_one_spelling() {
    for (given, code) in [
        (shipping("", "", ""), "place_empty"),
        (declared(" "), "place_empty"),
        (shipping("", "FL", ""), "country_unknown"),
        (shipping("", "", "33101"), "country_unknown"),
        (shipping("ZZ", "", ""), "country_unknown"),
        (shipping("US", "Florida", ""), "state_unknown"),
        (shipping("US", "BC", ""), "state_unknown"),
        (shipping("CA", "FL", ""), "state_unknown"),
        (shipping("CA", "AE", ""), "state_unknown"),
        (shipping("US", "", "1234"), "zip_invalid"),
        (shipping("US", "", "V6B 1A1"), "zip_invalid"),
        (shipping("CA", "", "33101"), "zip_invalid"),
        (place(PlaceKind::Billing, "US", "FL", "", "America/New_York"), "zone_of_address"),
        (declared("Eastern"), "zone_unknown"),
    ] {
        assert_eq!(given.clone().checked().map_err(|error| error.code()), Err(code), "{given:?}");
    }
    assert_eq!(shipping(" us", "us-fl ", "33101 ").checked(), Ok(shipping("US", "FL", "33101")));
    assert_eq!(shipping("ca", "CA-BC", "v6b 1a1").checked(), Ok(shipping("CA", "BC", "V6B 1A1")));
    assert_eq!(shipping("gb", " Kent ", "me1 1aa").checked(), Ok(shipping("GB", "Kent", "ME1 1AA")));
    assert_eq!(shipping("US", "ae", "09012").checked(), Ok(shipping("US", "AE", "09012")));
    assert_eq!(declared(" America/Denver ").checked(), Ok(declared("America/Denver")));
    // Wherever we know how people are called, we know their clock.
    for pair in (b'A'..=b'Z').flat_map(|one| (b'A'..=b'Z').map(move |other| [one, other])) {
        let country = String::from_utf8_lossy(&pair).into_owned();
        assert_eq!(calling_code(&country).is_some(), shipping(&country, "", "").checked().is_ok(), "{country}");
    }
}

#[test]
fn a_new_york_number_with_parcels_to_los_angeles_waits_for_both_mornings() {
    let morning = asked(NEW_YORK, &[shipping("US", "CA", "90012")], local("America/New_York", "2026-12-08T08:30"));
    // California from 9 by the strictest reading.
    assert_eq!(morning.verdict, Hold { until: local("America/Los_Angeles", "2026-12-08T09:00") });
    assert_eq!((morning.basis.told_by.as_str(), morning.basis.unread.as_str()), ("number shipping", ""));
    assert_eq!(morning.local_times.len(), 2);
    let alone = asked(NEW_YORK, &[], local("America/New_York", "2026-12-08T09:30"));
    assert_eq!((alone.told_by(), alone.basis.told_by.as_str()), (vec!["number"], ""), "most records need not say it");
}

fn known() -> impl Strategy<Value = Vec<Place>> {
    let words = |list: &'static [&'static str]| prop::sample::select(list);
    let one = (
        words(&["", "US", "US", "US", "CA", "PR", "GB", "FR", "JM", "JP", "ZZ"]),
        words(&["", "", "CA", "FL", "HI", "AZ", "TX", "LA", "NY", "BC", "AE", "XX", "Kent"]),
        words(&["", "", "90012", "33101", "32401", "96813", "V6B 1A1", "09012", "00012", "12", "x"]),
        words(&["", "", "America/Denver", "Pacific/Honolulu", "Europe/London", "Asia/Tokyo", "Mars/Olympus"]),
    );
    prop::collection::vec(prop::option::of(one), 3).prop_map(|drawn| {
        let kinds = PlaceKind::ALL.iter().zip(drawn);
        kinds.filter_map(|(kind, drawn)| drawn.map(|(c, r, p, z)| place(*kind, c, r, p, z))).collect()
    })
}

fn number() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        NEW_YORK,
        TOLL_FREE,
        "+13055550100",
        "+18505550100",
        "+18085550100",
        "+14015550100",
        "+12995550100",
        "+16045550100",
        "+447700900123",
        "+33612345678",
        "12345",
    ])
}

fn placeless(to: &str) -> bool {
    matches!(candidates(&Address::parse(to)).certainty, Certainty::NotGeographic | Certainty::Unknown)
}

fn within(one: &Candidates, other: &Candidates) -> bool {
    one.zones.iter().all(|zone| other.zones.contains(zone))
        && one.states.iter().all(|state| other.states.contains(state))
        && one.regions.without(other.regions) == Regions::NONE
}

proptest! {
    /// All that is known adds up: nothing of a number with a place, and of no place, is ever taken away.
    #[test]
    fn knowing_more_takes_no_place_away(to in number(), known in known()) {
        let all = at(to, &known);
        for left_out in 0..known.len() {
            let mut fewer = known.clone();
            fewer.remove(left_out);
            let fewer = at(to, &fewer);
            prop_assert!(placeless(to) && fewer.told_by.words().any(|word| word == "number") || within(&fewer, &all));
        }
        for one in &known {
            let mut alone = at(TOLL_FREE, std::slice::from_ref(one));
            // It is the toll-free number that brings this law along.
            alone.regions = alone.regions.without(Regions::us());
            prop_assert!(alone.told_by.words().any(|word| word == "number") || within(&alone, &all), "{one:?}");
        }
        // A number gives way to addresses alone, and only where nothing was left unread.
        if !all.told_by.words().any(|word| word == "number") {
            prop_assert!(placeless(to) && all.unread.words().next().is_none());
            prop_assert!(all.told_by.words().any(|word| word != "declared"));
            prop_assert!(all.regions.meet(Regions::us()));
        }
        prop_assert!(!all.zones.is_empty());
        prop_assert!(all.zones.windows(2).all(|pair| pair[0] < pair[1]) && all.states.windows(2).all(|pair| pair[0] < pair[1]));
    }

    /// A text may leave where the law of every place allows it on every clock, and nowhere else.
    #[test]
    fn hours_are_those_of_every_clock_at_once(to in number(), known in known(), at_ms in 1_780_000_000_000_i64..1_812_000_000_000) {
        let all = at(to, &known);
        let open = window_check(at_ms, &all, &DEFAULT, 0).open;
        let each = all.zones.iter().all(|zone| {
            window_check(at_ms, &Candidates { zones: vec![zone], ..all.clone() }, &DEFAULT, 0).open
        });
        prop_assert_eq!(open, each);
        if open && !placeless(to) {
            prop_assert!(window_check(at_ms, &at(to, &[]), &DEFAULT, 0).open, "the number alone would not allow it");
        }
    }

    /// Whatever the gate lets out with all that is known of somebody, it lets out by their number alone.
    #[test]
    fn the_gate_lets_out_no_more_for_knowing_more(to in number(), known in known(), at_ms in 1_780_000_000_000_i64..1_812_000_000_000) {
        let (all, alone) = (asked(to, &known, at_ms), asked(to, &[], at_ms));
        if !placeless(to) {
            let stricter = match (alone.verdict, all.verdict) {
                (Send, _) | (Hold { .. }, Refuse) | (Refuse, Refuse) => true,
                (Hold { until }, Hold { until: later }) => until <= later,
                (Hold { .. } | Refuse, Send) | (Refuse, Hold { .. }) => false,
            };
            prop_assert!(stricter, "{:?} by the number, {:?} by all", alone.verdict, all.verdict);
        }
        prop_assert!(all.valid_until.is_none_or(|dies| dies > at_ms));
    }
}
