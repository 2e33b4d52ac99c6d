//! Consent, topics, exemptions, places and overrides.

use crate::rows::{ASK, Ask, local};
use domain::address::Address;
use domain::gate::{Consent, Decision, Facts, Inputs, OptOut, Outlet, Stops, Talk, Verdict, Wish, decide};
use domain::message::{Channel, Origin, Purpose};
use domain::rule_pack::{Change, ConsentKind, DEFAULT, Override, RulePack};
use domain::zones::{Certainty, Evidence, candidates, candidates_with};

const EAST: &str = "America/New_York";
const HOUR: i64 = 3_600_000;

fn entry(purpose: Option<Purpose>, granted: bool, kind: ConsentKind, at: i64) -> Consent {
    Consent { channel: Channel::Sms, purpose, granted, kind, at, entry: None }
}

/// Asks about a text to Colorado at noon, with these records.
fn asked(
    purpose: Purpose,
    consents: &[Consent],
    opt_outs: &[OptOut<'_>],
    change: impl Fn(&mut Inputs<'_>),
) -> (String, String) {
    let decision = decided(purpose, consents, opt_outs, change);
    (decision.verdict.word().to_owned(), decision.code)
}

fn decided(
    purpose: Purpose,
    consents: &[Consent],
    opt_outs: &[OptOut<'_>],
    change: impl Fn(&mut Inputs<'_>),
) -> Decision {
    let to = Address::parse("+13035550100");
    let places = candidates(&to);
    let now = noon();
    let mut inputs = Inputs {
        clock_in_doubt: false,
        now,
        origin: Origin::Api,
        purpose,
        to: &to,
        body: "Acme: your boots. STOP to end",
        media: 0,
        stops: Stops::default(),
        outlet: Outlet::OPEN,
        wish: Wish::default(),
        talk: Talk::default(),
        candidates: &places,
        pack: &DEFAULT,
        facts: Facts { consents, opt_outs, ..Facts::default() },
        send_after: None,
        valid_until: None,
    };
    change(&mut inputs);
    decide(&inputs)
}

fn noon() -> i64 {
    local("America/Denver", "2026-12-08T12:00")
}

fn says(verdict: &str, code: &str) -> (String, String) {
    (verdict.to_owned(), code.to_owned())
}

#[test]
fn consent_is_what_stands_after_the_last_word() {
    use ConsentKind::{Express, Inbound, Written};
    let marketing = Some(Purpose::Marketing);
    let now = noon();
    for (name, list, want) in [
        ("none", vec![], says("refuse", "consent_missing")),
        ("written", vec![entry(marketing, true, Written, 1)], says("send", "clear")),
        ("written for everything", vec![entry(None, true, Written, 1)], says("send", "clear")),
        ("express", vec![entry(marketing, true, Express, 1)], says("refuse", "consent_too_weak")),
        ("wrote first", vec![entry(marketing, true, Inbound, 1)], says("refuse", "consent_too_weak")),
        (
            "another purpose",
            vec![entry(Some(Purpose::Transactional), true, Written, 1)],
            says("refuse", "consent_missing"),
        ),
        ("of tomorrow", vec![entry(marketing, true, Written, now + 1)], says("refuse", "consent_missing")),
        (
            "taken back",
            vec![entry(marketing, false, Inbound, 2), entry(marketing, true, Written, 1)],
            says("refuse", "consent_revoked"),
        ),
        (
            "given again",
            vec![entry(marketing, true, Written, 3), entry(marketing, false, Inbound, 2)],
            says("send", "clear"),
        ),
        (
            "given again, less",
            vec![
                entry(marketing, true, Written, 1),
                entry(marketing, false, Inbound, 2),
                entry(marketing, true, Express, 3),
            ],
            says("refuse", "consent_too_weak"),
        ),
        (
            "a tie is a no",
            vec![entry(marketing, true, Written, 2), entry(marketing, false, Inbound, 2)],
            says("refuse", "consent_revoked"),
        ),
        (
            "everything taken back",
            vec![entry(marketing, true, Written, 1), entry(None, false, Inbound, 2)],
            says("refuse", "consent_revoked"),
        ),
        (
            "written, then express",
            vec![entry(marketing, true, Written, 1), entry(marketing, true, Express, 2)],
            says("send", "clear"),
        ),
        (
            "by e-mail",
            vec![Consent { channel: Channel::Email, ..entry(marketing, true, Written, 1) }],
            says("refuse", "consent_missing"),
        ),
    ] {
        assert_eq!(asked(Purpose::Marketing, &list, &[], |_| ()), want, "{name}");
    }
    let back = [entry(Some(Purpose::Transactional), false, Inbound, 2)];
    assert_eq!(asked(Purpose::Transactional, &back, &[], |_| ()), says("refuse", "consent_revoked"));
    assert_eq!(asked(Purpose::Transactional, &[], &[], |_| ()), says("send", "clear"));
}

#[test]
fn a_topic_ends_marketing_and_an_order_topic_ends_more() {
    let agreed = [entry(Some(Purpose::Marketing), true, ConsentKind::Written, 1)];
    for (scope, purpose, want) in [
        ("marketing", Purpose::Marketing, says("refuse", "opted_out_topic")),
        ("boots", Purpose::Marketing, says("refuse", "opted_out_topic")),
        ("transactional", Purpose::Marketing, says("refuse", "opted_out_topic")),
        ("transactional", Purpose::Transactional, says("refuse", "opted_out_topic")),
        ("transactional", Purpose::Conversational, says("refuse", "opted_out_topic")),
        ("transactional", Purpose::Otp, says("send", "clear")),
        ("otp", Purpose::Otp, says("refuse", "opted_out_topic")),
        ("marketing", Purpose::Transactional, says("send", "clear")),
        ("boots", Purpose::Transactional, says("send", "clear")),
    ] {
        let opt_outs = [OptOut { scope, at: 5 }];
        assert_eq!(asked(purpose, &agreed, &opt_outs, |_| ()), want, "{scope} {purpose}");
    }
    let opt_outs = [OptOut { scope: "returns", at: 5 }];
    let own = asked(Purpose::Transactional, &[], &opt_outs, |inputs| inputs.facts.topic = Some("returns"));
    assert_eq!(own, says("refuse", "opted_out_topic"));
    // An answer to their own text is no message of a topic.
    let answer = asked(Purpose::Conversational, &[], &[OptOut { scope: "transactional", at: 5 }], |inputs| {
        inputs.talk.last_inbound_at = Some(inputs.now - HOUR);
    });
    assert_eq!(answer, says("send", "clear"));
}

#[test]
fn marketing_is_for_the_whole_customer() {
    let agreed = [entry(Some(Purpose::Marketing), true, ConsentKind::Written, 1)];
    let elsewhere = |inputs: &mut Inputs<'_>| inputs.facts.opted_out_elsewhere_since = Some(5);
    let unsure = |inputs: &mut Inputs<'_>| inputs.facts.unsure_since = Some(5);
    assert_eq!(asked(Purpose::Marketing, &agreed, &[], elsewhere), says("refuse", "opted_out_elsewhere"));
    assert_eq!(asked(Purpose::Marketing, &agreed, &[], unsure), says("refuse", "opt_out_unsure"));
    for purpose in [Purpose::Transactional, Purpose::Conversational, Purpose::Otp] {
        assert_eq!(asked(purpose, &[], &[], elsewhere), says("send", "clear"), "{purpose}");
        assert_eq!(asked(purpose, &[], &[], unsure), says("send", "clear"), "{purpose}");
    }
}

#[test]
fn a_return_ends_what_a_revocation_says_of_other_purposes() {
    let revoked = [entry(Some(Purpose::Marketing), false, ConsentKind::Express, 5)];
    let later = |inputs: &mut Inputs<'_>| inputs.now = local("America/Denver", "2027-02-02T12:00");
    assert_eq!(asked(Purpose::Transactional, &revoked, &[], later), says("refuse", "revoke_all"));
    for (resumed, want) in [(4, says("refuse", "revoke_all")), (5, says("send", "clear")), (6, says("send", "clear"))] {
        let back = |inputs: &mut Inputs<'_>| {
            later(inputs);
            inputs.facts.resumed_at = Some(resumed);
        };
        assert_eq!(asked(Purpose::Transactional, &revoked, &[], back), want, "{resumed}");
        assert_eq!(asked(Purpose::Marketing, &revoked, &[], back), says("refuse", "consent_revoked"), "{resumed}");
    }
}

#[test]
fn what_they_kept_when_asked_is_not_taken_back_by_an_opt_out_of_something_else() {
    let later = |inputs: &mut Inputs<'_>| inputs.now = local("America/Denver", "2027-02-02T12:00");
    let marketing = [OptOut { scope: "marketing", at: 5 }];
    assert_eq!(asked(Purpose::Transactional, &[], &marketing, later), says("refuse", "revoke_all"));
    for (resumed, want) in [(4, says("refuse", "revoke_all")), (5, says("send", "clear")), (6, says("send", "clear"))] {
        let kept = |inputs: &mut Inputs<'_>| {
            later(inputs);
            inputs.facts.resumed_at = Some(resumed);
        };
        assert_eq!(asked(Purpose::Transactional, &[], &marketing, kept), want, "{resumed}");
        // For its own purpose, and for all that is sold, it counts whenever it was.
        assert_eq!(asked(Purpose::Marketing, &[], &marketing, kept), says("refuse", "opted_out_topic"), "{resumed}");
    }
}

#[test]
fn the_entry_that_permits_is_recorded() {
    let id = domain::id::ConsentId::new(uuid::Uuid::from_u128(7));
    let agreed = Consent { entry: Some(id), ..entry(Some(Purpose::Marketing), true, ConsentKind::Written, 1) };
    assert_eq!(decided(Purpose::Marketing, &[agreed], &[], |_| ()).basis.consent, Some(id.to_string()));
    assert_eq!(decided(Purpose::Transactional, &[agreed], &[], |_| ()).basis.consent, None);
}

#[test]
fn what_the_customer_waits_for_is_exempt_and_says_why() {
    let night = local("America/Denver", "2026-12-08T23:00");
    let at_night = |purpose, origin, wrote: Option<i64>| {
        asked(purpose, &[], &[], move |inputs| {
            inputs.now = night;
            inputs.origin = origin;
            inputs.talk.last_inbound_at = wrote;
        })
    };
    assert_eq!(at_night(Purpose::Otp, Origin::Api, None), says("send", "clear"));
    assert_eq!(at_night(Purpose::Conversational, Origin::Person, Some(night - HOUR)), says("send", "clear"));
    assert_eq!(at_night(Purpose::Conversational, Origin::Person, Some(night - 25 * HOUR)), says("hold", "quiet_hours"));
    let of_tomorrow = at_night(Purpose::Conversational, Origin::Person, Some(night + HOUR));
    assert_eq!(of_tomorrow, says("hold", "quiet_hours"), "a text that has not come cannot be answered");
    assert_eq!(at_night(Purpose::Transactional, Origin::Api, Some(night - HOUR)), says("hold", "quiet_hours"));
    assert_eq!(at_night(Purpose::Transactional, Origin::HelpAnswer, None), says("send", "clear"));
    let code = Ask { purpose: Purpose::Otp, ..ASK }.at(night);
    assert_eq!(code.findings.iter().map(|found| found.code.as_str()).collect::<Vec<_>>(), ["one_time_password"]);
}

#[test]
fn every_number_falls_back_to_the_strictest_place_it_may_be() {
    // Toll-free in winter: Kentucky opens at ten in Hawaii, Rhode Island closes at six in the East.
    for to in ["+18005550100", "+18885550100", "24365"] {
        let ask = Ask { to, ..ASK };
        let opens = local("Pacific/Honolulu", "2026-12-08T10:00");
        assert_eq!(ask.at(opens - 1).verdict, Verdict::Hold { until: opens }, "{to}");
        assert_eq!(
            (ask.at(opens).verdict, ask.at(opens).valid_until),
            (Verdict::Send, Some(local(EAST, "2026-12-08T18:00")))
        );
        assert_eq!(
            ask.at(local(EAST, "2026-12-12T17:00")).verdict,
            Verdict::Hold { until: local("Pacific/Honolulu", "2026-12-14T10:00") }
        );
    }
    // A code of no list: somewhere on the continent.
    let unknown = Ask { to: "+19995550100", ..ASK };
    let opens = local("America/Los_Angeles", "2026-12-08T10:00");
    assert_eq!(unknown.at(opens - 1).verdict, Verdict::Hold { until: opens });
    assert_eq!(unknown.at(opens).valid_until, Some(local(EAST, "2026-12-08T18:00")));
    // The Caribbean keeps the federal hours on its own clock.
    let bahamas = Ask { to: "+12425550100", ..ASK };
    let opens = local("America/Nassau", "2026-12-06T08:00");
    assert_eq!((bahamas.at(opens - 1).verdict.word(), bahamas.at(opens).verdict.word()), ("hold", "send"));
    assert_eq!(bahamas.at(opens).valid_until, Some(local("America/Nassau", "2026-12-06T21:00")));
    let puerto_rico = Ask { to: "+17875550100", ..ASK }.at(local("America/Puerto_Rico", "2026-12-06T08:00"));
    assert_eq!((puerto_rico.verdict.word(), puerto_rico.basis.states.as_str()), ("send", "PR"));
    // British Columbia lies on two clocks; Canada closes earlier on weekends.
    let canada = Ask { to: "+12505550100", ..ASK };
    assert_eq!(
        canada.at(local("America/Vancouver", "2026-12-06T09:59")).verdict,
        Verdict::Hold { until: local("America/Vancouver", "2026-12-06T10:00") }
    );
    assert_eq!(
        canada.at(local("America/Vancouver", "2026-12-06T10:00")).valid_until,
        Some(local("America/Edmonton", "2026-12-06T18:00"))
    );
    // Japan has no rows: federal hours on its clock, and the consent of the strictest.
    let japan = Ask { to: "+819012345678", ..ASK };
    assert_eq!(
        japan.at(local("Asia/Tokyo", "2026-12-08T07:59")).verdict,
        Verdict::Hold { until: local("Asia/Tokyo", "2026-12-08T08:00") }
    );
    let weak = Ask { consent: Some(ConsentKind::Express), ..japan }.at(local("Asia/Tokyo", "2026-12-08T12:00"));
    assert_eq!(weak.code, "consent_too_weak");
    for to in ["SHOP", "911", "+19005550100"] {
        assert_eq!(Ask { to, ..ASK }.at(noon()).verdict, Verdict::Refuse, "{to}");
    }
}

#[test]
fn addresses_add_places_and_give_a_toll_free_number_one() {
    let found = |to: &str, zips: &[&str], states: &[&str], declared_zone: Option<&str>| {
        candidates_with(&Address::parse(to), &Evidence { zips, states, declared_zone })
    };
    let places = |to: &str, zips: &[&str], states: &[&str], zone: Option<&str>| {
        found(to, zips, states, zone).map(|found| (found.zones.join(" "), found.states.join(" ")))
    };
    let ok = |zones: &str, states: &str| Ok((zones.to_owned(), states.to_owned()));
    assert_eq!(places("+12125550100", &["80202"], &[], None), ok("America/Denver America/New_York", "CO NY"));
    assert_eq!(
        places("+12125550100", &["32401-1234", "801234567"], &[], None),
        ok("America/Chicago America/Denver America/New_York", "CO FL NY")
    );
    assert_eq!(places("+12125550100", &["06390"], &[], None), ok("America/New_York", "CT NY"));
    assert_eq!(places("+12125550100", &[], &["fl"], None), ok("America/Chicago America/New_York", "FL NY"));
    assert_eq!(places("+12125550100", &["33101"], &["US-FL"], None), ok("America/New_York", "FL NY"));
    assert_eq!(
        places("+12125550100", &["V6B 1A1"], &[], None),
        ok("America/Edmonton America/Fort_Nelson America/New_York America/Vancouver", "NY")
    );
    assert_eq!(
        places("+12125550100", &["09012"], &[], None),
        ok("America/New_York", "NY"),
        "the army's mail is no place"
    );
    assert_eq!(places("+12125550100", &[], &[], Some("Asia/Tokyo")), ok("America/New_York Asia/Tokyo", "NY"));
    assert_eq!(places("+18005550100", &["33101"], &[], None), ok("America/New_York", "FL"));
    assert_eq!(places("+18005550100", &[], &["HI"], None), ok("Pacific/Honolulu", "HI"));
    assert_eq!(
        found("+18005550100", &[], &[], Some(EAST)).map(|found| found.zones.len()),
        Ok(8),
        "a zone is no address"
    );
    assert_eq!(found("+18005550100", &["96799"], &[], None).map(|found| found.certainty), Ok(Certainty::Address));
    let palau = found("+18005550100", &["96940"], &[], None).map(|found| found.regions);
    assert_eq!(palau.map(|regions| regions.names().collect::<Vec<_>>()), Ok(vec!["elsewhere"]));
    assert_eq!(found("+12125550100", &["00012"], &[], None).map(|found| found.states.len()), Ok(51), "never assigned");
    for (zips, states, zone, code) in [
        (&["1234"][..], &[][..], None, "zip_invalid"),
        (&["12a45"], &[], None, "zip_invalid"),
        (&["Z1A 1A1"], &[], None, "zip_invalid"),
        (&["12345-67"], &[], None, "zip_invalid"),
        (&["１２３４５"], &[], None, "zip_invalid"),
        (&[], &["ZZ"], None, "state_unknown"),
        (&[], &["Florida"], None, "state_unknown"),
        (&[], &[], Some("Mars/Olympus"), "zone_unknown"),
    ] {
        assert_eq!(
            found("+12125550100", zips, states, zone).map_err(|error| error.code()).err(),
            Some(code),
            "{zips:?} {states:?}"
        );
    }
}

fn over(row: &str, change: Change) -> Override {
    Override {
        row: row.to_owned(),
        change,
        reason: "Counsel's letter of 3 May".to_owned(),
        by: "Dana".to_owned(),
        at: 7,
        from: None,
        until: None,
    }
}

#[test]
fn an_override_changes_the_law_and_stays_on_record() {
    let now = local(EAST, "2026-12-08T20:30");
    let Some(default) = RulePack::find("default") else { panic!("no default") };
    let decide_under = |pack: &RulePack, at: i64| {
        let to = Address::parse("+13055550100");
        let places = candidates(&to);
        let window = domain::windows::window_check(at, &places, pack, 0);
        (window.open, window.next_open_at)
    };
    assert!(!decide_under(default, now).0);
    for change in [Change::Off, Change::Hours { hours: "daily 08:00-20:31".to_owned() }] {
        let loosened = default.with_overrides(&[over("us_fl_hours", change)]);
        assert_eq!(loosened.map(|pack| (decide_under(&pack, now).0, pack.id)), Ok((true, "default_2".to_owned())));
    }
    // Louisiana declares an emergency of twelve days, longer than any search looks ahead.
    let (from, until) = (local("America/Chicago", "2026-12-07T00:00"), local("America/Chicago", "2026-12-19T06:00"));
    let storm = over("la_storm", Change::Close { place: "US-LA".to_owned() });
    let storm = Override { from: Some(from), until: Some(until), ..storm };
    let closed = default.with_overrides(std::slice::from_ref(&storm));
    let Ok(closed) = closed else { panic!("{closed:?}") };
    let to = Address::parse("+15045550100");
    let window = domain::windows::window_check(noon(), &candidates(&to), &closed, 0);
    assert_eq!(window.next_open_at, Some(local("America/Chicago", "2026-12-19T08:00")));
    let before = domain::windows::window_check(from - 6 * 24 * HOUR - HOUR * 9, &candidates(&to), &closed, 0);
    assert!(before.open || before.next_open_at.is_some());
    // And every decision it touches names it.
    let consents = [entry(None, true, ConsentKind::Written, 1)];
    let places = candidates(&to);
    let decision = decide(&Inputs {
        clock_in_doubt: false,
        now: noon(),
        origin: Origin::Campaign,
        purpose: Purpose::Marketing,
        to: &to,
        body: "Acme. STOP to end",
        media: 0,
        stops: Stops::default(),
        outlet: Outlet::OPEN,
        wish: Wish::default(),
        talk: Talk::default(),
        candidates: &places,
        pack: &closed,
        facts: Facts { consents: &consents, ..Facts::default() },
        send_after: None,
        valid_until: None,
    });
    assert_eq!(decision.verdict, Verdict::Hold { until: local("America/Chicago", "2026-12-19T08:00") });
    let noted: Vec<_> = decision.findings.iter().filter(|found| found.code == "rule_overridden").collect();
    assert_eq!(noted.len(), 1);
    assert!(noted[0].detail.contains("Dana") && noted[0].detail.contains("la_storm"));
    for (change, code) in [
        (over("us_zz_hours", Change::Off), "override_row_unknown"),
        (over("us_fl_cap", Change::Hours { hours: "daily 08:00-20:00".to_owned() }), "override_kind_mismatch"),
        (over("us_fl_hours", Change::Hours { hours: "always".to_owned() }), "override_unreadable"),
        (over("us_fl_cap", Change::Cap { cap: "0 in 24 h".to_owned() }), "override_unreadable"),
        (over("x", Change::Close { place: "US-LA".to_owned() }), "override_unreadable"),
        (Override { until: Some(1), ..over("x", Change::Close { place: "Narnia".to_owned() }) }, "override_unreadable"),
        (Override { from: Some(2), until: Some(2), ..over("us_fl_hours", Change::Off) }, "override_unreadable"),
        (over("us_federal_revoke_all", Change::Off), "override_floor"),
        (over("us_federal_consent", Change::Off), "override_floor"),
        (over("us_federal_hours", Change::Hours { hours: "daily 08:00-21:01".to_owned() }), "override_floor"),
        (Override { reason: " ".to_owned(), ..over("us_fl_hours", Change::Off) }, "override_unexplained"),
    ] {
        assert_eq!(default.with_overrides(&[change]).map_err(|error| error.code()).err(), Some(code));
    }
}

#[test]
fn a_broken_file_says_where() {
    for (file, code) in [
        ("nonsense", "pack_line_invalid"),
        ("id = \"a\"\npublished = \"2026-01-01\"\n[x]\nhours = \"daily 08:00-20:00\"\n", "pack_key_missing"),
        ("id = \"a\"\n", "pack_key_missing"),
        ("id = \"a\"\npublished = \"tomorrow\"\n", "pack_value_invalid"),
        ("id = \"a\"\npublished = \"2026-01-01\"\n[x]\nwher = \"US\"\n", "pack_key_unknown"),
        (
            "id = \"a\"\npublished = \"2026-01-01\"\n[x]\nwhere = \"US\"\nhours = \"daily 21:00-08:00\"\nlaw = \"l\"\nsource = \"s\"\nconfidence = \"high\"\n",
            "pack_value_invalid",
        ),
    ] {
        assert_eq!(RulePack::read("a", file).map_err(|error| error.code()).err(), Some(code), "{file}");
    }
}
