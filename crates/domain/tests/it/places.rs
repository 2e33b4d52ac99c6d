use domain::address::Address;
use domain::zones::{Candidates, Certainty, candidates, nanp_country, time_zone};
use proptest::prelude::*;

fn of(area: &str) -> Candidates {
    candidates(&Address::parse(&format!("+1{area}5550100")))
}

#[test]
fn area_codes_over_two_clocks_give_both() {
    // The 25 codes that the public map splits, with a zone each side.
    let split = [
        ("208", "America/Boise", "America/Los_Angeles", "ID"),
        ("219", "America/Chicago", "America/New_York", "IN"),
        ("250", "America/Edmonton", "America/Vancouver", ""),
        ("270", "America/Chicago", "America/New_York", "KY"),
        ("308", "America/Chicago", "America/Denver", "NE"),
        ("418", "America/Halifax", "America/Toronto", ""),
        ("423", "America/Chicago", "America/New_York", "TN"),
        ("541", "America/Denver", "America/Los_Angeles", "OR"),
        ("574", "America/Chicago", "America/New_York", "IN"),
        ("605", "America/Chicago", "America/Denver", "SD"),
        ("606", "America/Chicago", "America/New_York", "KY"),
        ("620", "America/Chicago", "America/Denver", "KS"),
        ("701", "America/Chicago", "America/Denver", "ND"),
        ("709", "America/Halifax", "America/St_Johns", ""),
        ("775", "America/Denver", "America/Los_Angeles", "NV"),
        ("785", "America/Chicago", "America/Denver", "KS"),
        ("807", "America/Toronto", "America/Winnipeg", ""),
        ("812", "America/Chicago", "America/New_York", "IN"),
        ("850", "America/Chicago", "America/New_York", "FL"),
        ("867", "America/Edmonton", "America/Vancouver", ""),
        ("879", "America/Puerto_Rico", "America/St_Johns", ""),
        ("906", "America/Chicago", "America/New_York", "MI"),
        ("907", "America/Adak", "America/Anchorage", "AK"),
        ("928", "America/Denver", "America/Phoenix", "AZ"),
        ("986", "America/Boise", "America/Los_Angeles", "ID"),
    ];
    for (area, one, other, state) in split {
        let found = of(area);
        assert!(found.zones.contains(&one) && found.zones.contains(&other), "{area}: {:?}", found.zones);
        assert_eq!(found.states.first().copied().unwrap_or(""), state, "{area}");
        assert_eq!(found.certainty, Certainty::AreaCode);
    }
}

#[test]
fn an_overlay_serves_the_places_of_its_complex() {
    for (parent, overlays) in [
        ("850", &["448"][..]),
        ("270", &["364"]),
        ("812", &["930"]),
        ("541", &["458"]),
        ("423", &["729"]),
        ("208", &["986"]),
        ("418", &["367", "581"]),
        ("250", &["236", "257", "672", "778"]),
        ("709", &["879"]),
        ("334", &["483"]),
        ("530", &["837"]),
        ("559", &["357"]),
        ("309", &["861"]),
        ("318", &["457"]),
        ("313", &["679"]),
        ("662", &["471"]),
        ("716", &["624"]),
        ("440", &["436"]),
        ("713", &["621", "281", "346"]),
    ] {
        for overlay in overlays {
            assert_eq!(of(overlay), of(parent), "{overlay} and {parent}");
        }
    }
    assert_eq!(of("448").zones, ["America/Chicago", "America/New_York"]);
    assert_eq!(of("448").states, ["FL"]);
}

#[test]
fn a_code_of_no_list_is_somewhere_on_the_continent() {
    let found = of("999");
    assert_eq!(found.certainty, Certainty::UnknownAreaCode);
    assert_eq!(
        found.zones,
        ["America/Chicago", "America/Denver", "America/Los_Angeles", "America/New_York", "America/Phoenix"]
    );
    assert_eq!(found.states.len(), 49);
    assert!(!found.states.contains(&"AK") && !found.states.contains(&"HI") && found.states.contains(&"DC"));
}

#[test]
fn a_number_without_a_place_is_in_every_state_and_in_no_other_land() {
    let toll_free = ["800", "822", "833", "844", "855", "866", "877", "880", "888", "889", "500", "521", "700", "710"];
    for area in toll_free {
        let found = of(area);
        assert_eq!(found.certainty, Certainty::NotGeographic, "{area}");
        assert_eq!(found.states.len(), 51, "{area}");
        // The public map falls back to 42 zones from Guam to Newfoundland,
        // open together for two and a half hours. The fifty states have eight.
        assert_eq!(found.zones.len(), 8, "{area}");
        for zone in ["Pacific/Honolulu", "America/Anchorage", "America/New_York"] {
            assert!(found.zones.contains(&zone), "{area}");
        }
    }
    for text in ["24365", "AMAZON", "somebody", "+9991234567", "+1415"] {
        let found = candidates(&Address::parse(text));
        assert_eq!((found.certainty, found.zones.len()), (Certainty::Unknown, 8), "{text}");
    }
}

#[test]
fn other_countries_are_read_by_their_longest_prefix() {
    for (number, zones) in [
        ("+442079460000", &["Europe/Guernsey", "Europe/Isle_of_Man", "Europe/Jersey", "Europe/London"][..]),
        ("+33612345678", &["Europe/Paris"]),
        ("+61412345678", &["Australia/Sydney"]),
        ("+819012345678", &["Asia/Tokyo"]),
        ("+12425550100", &["America/Nassau"]),
        ("+17875550100", &["America/Puerto_Rico"]),
    ] {
        let found = candidates(&Address::parse(number));
        for zone in &found.zones {
            assert!(zones.contains(zone), "{number}: {zone}");
        }
        assert!(!found.zones.is_empty());
    }
    assert_eq!(candidates(&Address::parse("+17875550100")).states, ["PR"]);
    assert!(candidates(&Address::parse("+33612345678")).states.is_empty());
}

#[test]
fn every_country_hint_comes_from_the_plan() {
    for (number, country) in [
        ("+14155550100", Some("US")),
        ("+14165550100", Some("CA")),
        ("+12425550100", Some("BS")),
        ("+18005550100", Some("US")),
        ("+17875550100", Some("PR")),
        ("+447700900123", Some("GB")),
        ("+79161234567", Some("RU")),
        ("+9991234567", None),
        ("24365", None),
    ] {
        assert_eq!(Address::parse(number).country_hint(), country, "{number}");
    }
    assert_eq!(nanp_country("800"), None);
    assert_eq!(domain::address::calling_code("de"), Some("49"));
}

#[test]
fn the_data_names_each_code_once_and_only_zones_that_exist() {
    let mut seen = std::collections::BTreeSet::new();
    let codes = include_str!("../../data/area_codes.txt");
    for row in codes.lines().filter(|row| !row.starts_with('#')) {
        for code in row.rsplit('|').next().unwrap_or("").split(' ') {
            assert!(code.len() == 3 && seen.insert(code), "{row}");
            assert!(!of(code).zones.is_empty(), "{code}");
        }
    }
    let zones = include_str!("../../data/timezones.txt");
    for row in zones.lines().filter(|row| !row.starts_with('#')) {
        let (prefix, zones) = row.split_once('|').unwrap_or((row, ""));
        for zone in zones.split('&') {
            assert!(time_zone(zone).is_some(), "{zone}");
        }
        if let Some(area) = prefix.strip_prefix('1') {
            assert!(seen.contains(area), "{area} has zones but no place");
        }
    }
    // No code of a place is also one without a place.
    for code in seen {
        assert_eq!(of(code).certainty, Certainty::AreaCode, "{code}");
    }
}

proptest! {
    #[test]
    fn every_address_has_sorted_known_zones(text in "(\\+[0-9]{1,17}|.{0,30})") {
        let found = candidates(&Address::parse(&text));
        prop_assert!(!found.zones.is_empty());
        prop_assert!(found.zones.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", found.zones);
        prop_assert!(found.states.windows(2).all(|pair| pair[0] < pair[1]));
        for zone in found.zones {
            prop_assert!(time_zone(zone).is_some());
        }
    }
}
