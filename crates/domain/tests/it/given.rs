//! What the sentence of a finding names stands beside it, so that it can be said in any language.

use domain::address::Address;
use domain::gate::{
    Caps, Consent, Facts, Given, Inputs, OpenTalk, OptOut, Outlet, SendingPolicy, ShopFacts, Stops, Talk, Wish, decide,
};
use domain::message::{Channel, Origin, Purpose};
use domain::rule_pack::{ConsentKind, DEFAULT};
use domain::zones::candidates;

/// Tuesday, 2026-11-24 18:00 UTC: one in the afternoon in New York.
const NOON: i64 = 1_795_543_200_000;
const HOUR: i64 = 3_600_000;

const fn consent(granted: bool, kind: ConsentKind, at: i64) -> Consent {
    Consent { channel: Channel::Sms, purpose: Some(Purpose::Marketing), granted, kind, at, entry: None }
}

const WRITTEN: &[Consent] = &[consent(true, ConsentKind::Written, 0)];
const EXPRESS: &[Consent] = &[consent(true, ConsentKind::Express, 0)];
const REVOKED: &[Consent] = &[consent(false, ConsentKind::Written, 1_700_000_000_000)];
const TOPIC: &[OptOut<'static>] = &[OptOut { scope: "sale_alerts", at: 1 }];
const SENT: &[i64] = &[NOON - HOUR, NOON - 2 * HOUR, NOON - 3 * HOUR];

fn number(is: i64) -> Given {
    Given::Number(is)
}

fn word(is: &str) -> Given {
    Given::Word(is.to_owned())
}

/// What the gate's finding of a code gives for an innocent text to Miami that was changed.
fn given(code: &str, change: impl FnOnce(&mut Inputs<'_>)) -> Vec<(String, Given)> {
    let to = Address::parse("+13055550101");
    let zones = candidates(&to);
    let mut inputs = Inputs {
        now: NOON,
        clock_in_doubt: false,
        origin: Origin::Person,
        purpose: Purpose::Conversational,
        to: &to,
        body: "It left today.",
        media: 0,
        stops: Stops::default(),
        outlet: Outlet { parts_max: 5, ..Outlet::OPEN },
        wish: Wish::default(),
        talk: Talk { last_inbound_at: Some(NOON - HOUR), ..Talk::default() },
        candidates: &zones,
        pack: &DEFAULT,
        facts: Facts { consents: WRITTEN, ..Facts::default() },
        send_after: None,
        valid_until: None,
    };
    change(&mut inputs);
    let decision = decide(&inputs);
    let found = decision.findings.iter().find(|found| found.code == code);
    assert!(found.is_some(), "no {code}: {decision:?}");
    found.into_iter().flat_map(|found| &found.given).map(|(name, is)| (name.clone(), is.clone())).collect()
}

fn sells(inputs: &mut Inputs<'_>) {
    inputs.purpose = Purpose::Marketing;
    inputs.origin = Origin::Campaign;
    inputs.body = "Fern: half price today. Reply STOP to end.";
}

fn names(all: &[(&str, Given)]) -> Vec<(String, Given)> {
    all.iter().map(|(name, is)| ((*name).to_owned(), is.clone())).collect()
}

#[test]
fn refusals_give_what_they_name() {
    assert_eq!(given("sending_stopped", |i| i.stops.workspace = true), names(&[("place", word("workspace"))]));
    assert_eq!(given("too_many_media", |i| i.media = 11), names(&[("most", number(10))]));
    let long: &'static str = Box::leak("x".repeat(1_200).into_boxed_str());
    let said = given("too_long", |i| i.body = long);
    assert_eq!(said, names(&[("most", number(5)), ("parts", number(8))]));
    let automatic = given("automatic_limit", |i| {
        i.origin = Origin::Bot;
        i.talk.automatic_recent = 2;
    });
    assert_eq!(automatic, names(&[("count", number(2))]));
    // What names nothing gives nothing, and is kept as it was before.
    assert_eq!(given("no_route", |i| i.outlet.usable = false), []);
}

#[test]
fn the_law_gives_what_it_names() {
    let consents = |list: &'static [Consent]| {
        move |i: &mut Inputs<'_>| {
            sells(i);
            i.facts.consents = list;
        }
    };
    assert_eq!(given("consent_missing", consents(&[])), names(&[("needed", word("written"))]));
    let weak = names(&[("known", word("express")), ("needed", word("written"))]);
    assert_eq!(given("consent_too_weak", consents(EXPRESS)), weak);
    assert_eq!(given("consent_revoked", consents(REVOKED)), names(&[("at", number(1_700_000_000_000))]));
    let topic = given("opted_out_topic", |i| {
        sells(i);
        i.facts.opt_outs = TOPIC;
    });
    assert_eq!(topic, names(&[("scope", word("sale_alerts"))]));
    let cap = given("frequency_cap", |i| {
        sells(i);
        i.facts.marketing_sent = SENT;
    });
    assert_eq!(cap, names(&[("count", number(3)), ("hours", number(24))]));
    let night = given("quiet_hours", |i| {
        sells(i);
        i.now = NOON + 14 * HOUR;
    });
    let hours = [("closes", number(1_260)), ("opens", number(480)), ("time", word("03:00"))];
    assert_eq!(night[..3], names(&hours));
    assert!(night.contains(&("zone".to_owned(), word("America/New_York"))), "{night:?}");
}

#[test]
fn the_shops_own_policy_gives_what_it_names() {
    let policy = SendingPolicy { caps: Caps { week: Some(3), ..Caps::NONE }, ..SendingPolicy::default() };
    let policy: &'static SendingPolicy = Box::leak(Box::new(policy));
    const WAITS: &[OpenTalk] = &[OpenTalk { waits: true, wrote_at: None, complaint_since: None }];
    const LATELY: &[OpenTalk] = &[OpenTalk { waits: false, wrote_at: Some(NOON - HOUR), complaint_since: Some(1) }];
    let shop = |sent: &'static [i64], talks: &'static [OpenTalk], due: &'static [Origin]| {
        move |i: &mut Inputs<'_>| {
            sells(i);
            i.facts.marketing_sent = sent;
            i.facts.shop = ShopFacts { policy: Some(policy), talks, due };
        }
    };
    assert_eq!(given("shop_cap", shop(SENT, &[], &[])), names(&[("count", number(3)), ("days", number(7))]));
    let first = [("days", number(7)), ("first", word("flow")), ("left", number(1))];
    assert_eq!(given("shop_priority", shop(&SENT[..2], &[], &[Origin::Flow])), names(&first));
    assert_eq!(given("open_conversation", shop(&[], WAITS, &[])), names(&[("why", word("waits"))]));
    assert_eq!(given("open_conversation", shop(&[], LATELY, &[])), names(&[("why", word("lately"))]));
    assert_eq!(given("complaint_open", shop(&[], LATELY, &[])), []);
}

#[test]
fn rules_about_words_give_what_they_found() {
    let link = given("link_shortener", |i| i.body = "See https://bit.ly/abc for it");
    assert_eq!(link, names(&[("host", word("bit.ly"))]));
    let offer = given("marketing_words", |i| {
        i.purpose = Purpose::Transactional;
        i.origin = Origin::Api;
        i.body = "Your order left. 20% off your next one!";
    });
    assert!(offer.iter().any(|(name, _)| name == "phrase"), "{offer:?}");
    let unnamed = given("sender_not_named", |i| {
        sells(i);
        i.body = "Half price today. Reply STOP to end.";
        i.facts.brand = Some("Fern");
    });
    assert_eq!(unnamed, names(&[("brand", word("Fern"))]));
}
