//! The gate, rule by rule.

use domain::address::Address;
use domain::gate::{Consent, Facts, Inputs, Outlet, Stops, Talk, Verdict, Wish, clear, decide};
use domain::id::{AccountId, AttemptId, MessageId, WorkspaceId};
use domain::limits::SIGN_UP_ANSWER_MS;
use domain::message::{Channel, Origin, Purpose};
use domain::rule_pack::{ConsentKind, DEFAULT, US_FEDERAL_0};
use domain::zones::{Candidates, candidates};
use proptest::prelude::*;

/// Tuesday, 2026-11-24 18:00 UTC: one in the afternoon in New York.
const NOON: i64 = 1_795_543_200_000;
const HOUR: i64 = 3_600_000;

/// They agreed to marketing, once and for all.
const AGREED: &[Consent] = &[Consent {
    channel: Channel::Sms,
    purpose: Some(Purpose::Marketing),
    granted: true,
    kind: ConsentKind::Written,
    at: 0,
    entry: None,
}];

fn agreed() -> Facts<'static> {
    Facts { consents: AGREED, ..Facts::default() }
}

/// A case: a change of an innocent text, and what the gate says to it.
struct Case {
    name: &'static str,
    change: fn(&mut Inputs<'_>),
    verdict: &'static str,
    code: &'static str,
}

fn check(to: &str, cases: &[Case]) {
    let to = Address::parse(to);
    let zones = candidates(&to);
    for case in cases {
        let mut inputs = Inputs {
            now: NOON,
            clock_in_doubt: false,
            origin: Origin::Person,
            purpose: Purpose::Conversational,
            to: &to,
            body: "It left today.",
            media: 0,
            stops: Stops::default(),
            outlet: Outlet::OPEN,
            wish: Wish::default(),
            talk: Talk { last_inbound_at: Some(NOON - HOUR), ..Talk::default() },
            candidates: &zones,
            pack: &US_FEDERAL_0,
            facts: agreed(),
            send_after: None,
            valid_until: None,
        };
        (case.change)(&mut inputs);
        let decision = decide(&inputs);
        assert_eq!((decision.verdict.word(), decision.code.as_str()), (case.verdict, case.code), "{}", case.name);
        let sealed = clear(&inputs, (), inputs.now + 250);
        assert_eq!(sealed.is_ok(), decision.verdict == Verdict::Send, "{}: only a send is sealed", case.name);
    }
}

macro_rules! case {
    ($name:literal, |$inputs:ident| $change:expr, $verdict:literal, $code:literal) => {
        Case { name: $name, change: |$inputs| $change, verdict: $verdict, code: $code }
    };
}

#[test]
fn each_rule_has_its_say() {
    check(
        "+12125550101",
        &[
            case!("an innocent answer", |_i| (), "send", "clear"),
            case!("server stopped", |i| i.stops.server = true, "refuse", "sending_stopped"),
            case!("workspace stopped", |i| i.stops.workspace = true, "refuse", "sending_stopped"),
            case!("inbox stopped", |i| i.stops.inbox = true, "refuse", "sending_stopped"),
            case!(
                "stopped while it waited",
                |i| {
                    i.stops.inbox = true;
                    i.stops.waits = true
                },
                "hold",
                "sending_stopped"
            ),
            case!("waited, and nothing is stopped", |i| i.stops.waits = true, "send", "clear"),
            case!(
                "stopped while it waited, and its time ran out",
                |i| {
                    i.stops.server = true;
                    i.stops.waits = true;
                    i.valid_until = Some(NOON)
                },
                "refuse",
                "expired"
            ),
            case!(
                "stopped while it waited, and its time has not run out",
                |i| {
                    i.stops.server = true;
                    i.stops.waits = true;
                    i.valid_until = Some(NOON + 1)
                },
                "hold",
                "sending_stopped"
            ),
            case!(
                "stopped while it waited for an hour of its own",
                |i| {
                    i.stops.workspace = true;
                    i.stops.waits = true;
                    i.send_after = Some(NOON + HOUR)
                },
                "hold",
                "send_later"
            ),
            case!(
                "an answer that Hark owes",
                |i| {
                    i.stops.workspace = true;
                    i.origin = Origin::HelpAnswer
                },
                "hold",
                "sending_stopped"
            ),
            case!("account off", |i| i.outlet.usable = false, "refuse", "no_route"),
            case!("nothing to say", |i| i.body = " \n", "refuse", "empty_text"),
            case!(
                "a picture alone",
                |i| {
                    i.body = "";
                    i.media = 1
                },
                "send",
                "clear"
            ),
            case!(
                "a picture without MMS",
                |i| {
                    i.media = 1;
                    i.outlet.mms = false
                },
                "refuse",
                "media_unsupported"
            ),
            case!("eleven pictures", |i| i.media = 11, "refuse", "too_many_media"),
            case!("too many parts", |i| i.outlet.parts_max = 0, "refuse", "too_long"),
            case!("not live", |i| i.outlet.live = false, "refuse", "inbox_not_live"),
            case!(
                "not live, a test number",
                |i| {
                    i.outlet.live = false;
                    i.outlet.test_number = true
                },
                "send",
                "clear"
            ),
            case!(
                "not live, simulated",
                |i| {
                    i.outlet.live = false;
                    i.outlet.real = false
                },
                "send",
                "clear"
            ),
            case!(
                "marketing on a real network",
                |i| {
                    i.purpose = Purpose::Marketing;
                    i.origin = Origin::Campaign
                },
                "send",
                "clear"
            ),
            case!(
                "marketing that nobody agreed to, even in the simulator",
                |i| {
                    i.purpose = Purpose::Marketing;
                    i.outlet.real = false;
                    i.facts = Facts::default()
                },
                "refuse",
                "consent_missing"
            ),
            case!(
                "marketing in the simulator",
                |i| {
                    i.purpose = Purpose::Marketing;
                    i.outlet.real = false
                },
                "send",
                "clear"
            ),
            case!("expired", |i| i.valid_until = Some(NOON), "refuse", "expired"),
            case!("later", |i| i.send_after = Some(NOON + HOUR), "hold", "send_later"),
            case!(
                "later than it lives",
                |i| {
                    i.send_after = Some(NOON + HOUR);
                    i.valid_until = Some(NOON + 1)
                },
                "refuse",
                "expires_while_held"
            ),
        ],
    );
}

#[test]
fn an_opt_out_stops_all_but_its_confirmation_and_a_persons_answer() {
    fn out(inputs: &mut Inputs<'_>) {
        inputs.wish = Wish { opted_out_since: Some(NOON - 2 * HOUR), wrote_since: false, ..Wish::default() };
    }
    fn wrote(inputs: &mut Inputs<'_>) {
        inputs.wish = Wish { opted_out_since: Some(NOON - 2 * HOUR), wrote_since: true, ..Wish::default() };
    }
    check(
        "+12125550101",
        &[
            case!("a person", |i| out(i), "refuse", "opted_out"),
            case!(
                "a program",
                |i| {
                    out(i);
                    i.origin = Origin::Api
                },
                "refuse",
                "opted_out"
            ),
            case!(
                "a code",
                |i| {
                    out(i);
                    i.origin = Origin::Api;
                    i.purpose = Purpose::Otp
                },
                "refuse",
                "opted_out"
            ),
            case!(
                "the confirmation",
                |i| {
                    out(i);
                    i.origin = Origin::OptOutConfirmation
                },
                "send",
                "clear"
            ),
            case!("accepted before, though they are back", |i| i.wish.overtaken = true, "refuse", "opted_out"),
            case!(
                "accepted before, though they wrote again",
                |i| {
                    wrote(i);
                    i.wish.overtaken = true
                },
                "refuse",
                "opted_out"
            ),
            case!(
                "the confirmation, though they opted out once more",
                |i| {
                    out(i);
                    i.wish.overtaken = true;
                    i.origin = Origin::OptOutConfirmation
                },
                "send",
                "clear"
            ),
            case!("a person, after they wrote", |i| wrote(i), "send", "clear"),
            case!(
                "a bot, after they wrote",
                |i| {
                    wrote(i);
                    i.origin = Origin::Bot
                },
                "refuse",
                "opted_out"
            ),
            case!(
                "marketing by a person, after they wrote",
                |i| {
                    wrote(i);
                    i.purpose = Purpose::Marketing
                },
                "refuse",
                "opted_out"
            ),
            case!(
                "a person, long after they wrote",
                |i| {
                    wrote(i);
                    i.talk.last_inbound_at = Some(NOON - 25 * HOUR)
                },
                "refuse",
                "opted_out"
            ),
            case!(
                "help they asked for",
                |i| {
                    wrote(i);
                    i.origin = Origin::HelpAnswer
                },
                "send",
                "clear"
            ),
            case!(
                "help they asked for a day and more ago",
                |i| {
                    wrote(i);
                    i.origin = Origin::HelpAnswer;
                    i.talk.last_inbound_at = Some(NOON - 25 * HOUR)
                },
                "refuse",
                "opted_out"
            ),
            case!(
                "the answer to a form, though they wrote",
                |i| {
                    wrote(i);
                    i.origin = Origin::SignUpRequest;
                    i.talk.form_sent_at = Some(NOON)
                },
                "refuse",
                "opted_out"
            ),
            case!(
                "the confirmation while all is stopped",
                |i| {
                    out(i);
                    i.origin = Origin::OptOutConfirmation;
                    i.stops.server = true
                },
                // It is owed for five minutes, whether or not sending is stopped just then.
                "hold",
                "sending_stopped"
            ),
        ],
    );
}

#[test]
fn machines_are_held_back() {
    check(
        "+12125550101",
        &[
            case!(
                "one automatic text before",
                |i| {
                    i.origin = Origin::Bot;
                    i.talk.automatic_recent = 1
                },
                "send",
                "clear"
            ),
            case!(
                "two automatic texts before",
                |i| {
                    i.origin = Origin::Bot;
                    i.talk.automatic_recent = 2
                },
                "refuse",
                "automatic_limit"
            ),
            case!("a person after two automatic texts", |i| i.talk.automatic_recent = 2, "send", "clear"),
            case!(
                "our own words back",
                |i| {
                    i.origin = Origin::HelpAnswer;
                    i.talk.echo = true
                },
                "refuse",
                "answers_own_text"
            ),
            case!(
                "the confirmation is owed",
                |i| {
                    i.origin = Origin::OptOutConfirmation;
                    i.talk.automatic_recent = 9;
                    i.talk.echo = true
                },
                "send",
                "clear"
            ),
        ],
    );
}

#[test]
fn quiet_hours_hold_what_nobody_asked_for() {
    fn night(inputs: &mut Inputs<'_>) {
        // 11 pm in New York.
        inputs.now = NOON + 10 * HOUR;
        inputs.talk.last_inbound_at = Some(NOON);
    }
    check(
        "+12125550101",
        &[
            case!("an answer at night", |i| night(i), "send", "clear"),
            case!(
                "an answer a day late at night",
                |i| {
                    night(i);
                    i.talk.last_inbound_at = Some(NOON - 30 * HOUR)
                },
                "hold",
                "quiet_hours"
            ),
            case!(
                "a shipping update at night",
                |i| {
                    night(i);
                    i.origin = Origin::Api;
                    i.purpose = Purpose::Transactional
                },
                "hold",
                "quiet_hours"
            ),
            case!(
                "marketing at night",
                |i| {
                    night(i);
                    i.purpose = Purpose::Marketing;
                    i.outlet.real = false
                },
                "hold",
                "quiet_hours"
            ),
            case!(
                "a code at night",
                |i| {
                    night(i);
                    i.purpose = Purpose::Otp;
                    i.origin = Origin::Api
                },
                "send",
                "clear"
            ),
            case!(
                "the confirmation at night",
                |i| {
                    night(i);
                    i.origin = Origin::OptOutConfirmation
                },
                "send",
                "clear"
            ),
            case!(
                "marketing that dies before morning",
                |i| {
                    night(i);
                    i.purpose = Purpose::Marketing;
                    i.outlet.real = false;
                    i.valid_until = Some(i.now + HOUR)
                },
                "refuse",
                "expires_while_held"
            ),
        ],
    );
}

#[test]
fn marketing_waits_for_a_clock_that_can_be_believed() {
    check(
        "+12125550101",
        &[
            case!(
                "marketing is held",
                |i| {
                    i.purpose = Purpose::Marketing;
                    i.outlet.real = false;
                    i.clock_in_doubt = true
                },
                "hold",
                "clock_in_doubt"
            ),
            case!(
                "marketing that dies meanwhile is refused at once",
                |i| {
                    i.purpose = Purpose::Marketing;
                    i.outlet.real = false;
                    i.clock_in_doubt = true;
                    i.valid_until = Some(i.now + 1_000)
                },
                "refuse",
                "expires_while_held"
            ),
            case!("a person's answer is not", |i| i.clock_in_doubt = true, "send", "clear"),
            case!(
                "a code is not",
                |i| {
                    i.purpose = Purpose::Otp;
                    i.origin = Origin::Api;
                    i.clock_in_doubt = true
                },
                "send",
                "clear"
            ),
            case!(
                "the confirmation of an opt-out is not",
                |i| {
                    i.origin = Origin::OptOutConfirmation;
                    i.wish.opted_out_since = Some(i.now);
                    i.clock_in_doubt = true
                },
                "send",
                "clear"
            ),
            case!(
                "an opt-out outweighs it",
                |i| {
                    i.purpose = Purpose::Marketing;
                    i.outlet.real = false;
                    i.wish.opted_out_since = Some(i.now);
                    i.clock_in_doubt = true
                },
                "refuse",
                "opted_out"
            ),
        ],
    );
}

#[test]
fn a_text_in_the_window_dies_when_the_first_zone_closes() {
    let to = Address::parse("+12125550101");
    let zones = candidates(&to);
    let inputs = Inputs {
        now: NOON,
        clock_in_doubt: false,
        origin: Origin::Api,
        purpose: Purpose::Transactional,
        to: &to,
        body: "Your order shipped",
        media: 0,
        stops: Stops::default(),
        outlet: Outlet::OPEN,
        wish: Wish::default(),
        talk: Talk::default(),
        candidates: &zones,
        pack: &US_FEDERAL_0,
        facts: Facts::default(),
        send_after: None,
        valid_until: None,
    };
    // 9 pm Eastern is 02:00 UTC.
    assert_eq!(decide(&inputs).valid_until, Some(NOON + 8 * HOUR));
    // And the provider is told so, unless the text is worthless before: the last
    // instant at which it may arrive is the one before.
    for (own, dies) in [(None, 8 * HOUR - 1), (Some(NOON + 9 * HOUR), 8 * HOUR - 1), (Some(NOON + HOUR), HOUR)] {
        let sealed = clear(&inputs, outbound(&to, own), NOON + 250);
        assert_eq!(sealed.map(|(cleared, _)| cleared.item().valid_until).ok(), Some(Some(NOON + dies)));
    }
}

fn outbound(to: &Address, valid_until: Option<i64>) -> domain::send::OutboundText {
    let nil = uuid::Uuid::nil();
    domain::send::OutboundText {
        workspace: WorkspaceId::new(nil),
        account: AccountId::new(nil),
        message: MessageId::new(nil),
        attempt: AttemptId::new(nil),
        from: Address::parse("+12125550100"),
        to: to.clone(),
        body: "Your order shipped".to_owned(),
        media: Vec::new(),
        valid_until,
    }
}

/// A text to somebody who agreed and never wrote, at an instant.
fn text<'a>(to: &'a Address, candidates: &'a Candidates, purpose: Purpose, now: i64) -> Inputs<'a> {
    Inputs {
        now,
        clock_in_doubt: false,
        origin: Origin::Campaign,
        purpose,
        to,
        body: "It left today.",
        media: 0,
        stops: Stops::default(),
        outlet: Outlet { lead_ms: LEAD, ..Outlet::OPEN },
        wish: Wish::default(),
        talk: Talk::default(),
        candidates,
        pack: &DEFAULT,
        facts: agreed(),
        send_after: None,
        valid_until: None,
    }
}

/// A second at the provider, and what a hand-over takes.
const LEAD: i64 = 1_251;

#[test]
fn the_answer_to_a_form_leaves_at_any_hour_for_ten_minutes_and_says_why() {
    let to = Address::parse("+12125550101");
    let zones = candidates(&to);
    let night = NOON + 10 * HOUR;
    let ask = |sent: Option<i64>| {
        let mut inputs = text(&to, &zones, Purpose::Conversational, night);
        inputs.origin = Origin::SignUpRequest;
        inputs.talk.form_sent_at = sent;
        let decision = decide(&inputs);
        let why: Vec<String> = decision.findings.iter().map(|found| found.code.clone()).collect();
        (decision.verdict.word(), why)
    };
    let says = |verdict: &'static str, code: &str| (verdict, vec![code.to_owned()]);
    assert_eq!(ask(Some(night)), says("send", "answers_sign_up"));
    assert_eq!(ask(Some(night - SIGN_UP_ANSWER_MS)), says("send", "answers_sign_up"));
    assert_eq!(ask(Some(night - SIGN_UP_ANSWER_MS - 1)), says("hold", "quiet_hours"));
    assert_eq!(ask(Some(night + HOUR)), says("hold", "quiet_hours"), "a form that was not sent yet");
    assert_eq!(ask(None), says("hold", "quiet_hours"));
    // By day it needs no exemption once its minutes are over.
    let mut late = text(&to, &zones, Purpose::Conversational, NOON);
    late.origin = Origin::SignUpRequest;
    late.talk.form_sent_at = Some(NOON - HOUR);
    assert_eq!((decide(&late).verdict, decide(&late).findings.len()), (Verdict::Send, 0));
}

#[test]
fn the_last_moment_of_a_window_is_too_late_for_a_provider() {
    let to = Address::parse("+12125550101");
    let zones = candidates(&to);
    let at = |now: i64| decide(&text(&to, &zones, Purpose::Transactional, now));
    let closes = at(NOON).valid_until.unwrap();
    let enough = at(closes - LEAD);
    assert_eq!((enough.verdict, enough.valid_until), (Verdict::Send, Some(closes)));
    let opens = closes + 11 * HOUR;
    for now in [closes - LEAD + 1, closes - 1, closes, opens - 1] {
        let held = at(now);
        assert_eq!((held.verdict, held.code.as_str()), (Verdict::Hold { until: opens }, "quiet_hours"), "{now}");
        let closing = held.detail == "The hours end too soon for the provider to deliver it in time.";
        assert_eq!(closing, now < closes, "{}", held.detail);
    }
    // Whoever needs no time has the last moment, too.
    let mut any = text(&to, &zones, Purpose::Transactional, closes - 1);
    any.outlet.lead_ms = 0;
    assert_eq!(decide(&any).verdict, Verdict::Send);
    // The sender's own word ends it, now or before it may leave, and is what is told.
    for (now, until, code) in [
        (NOON, NOON + LEAD, "expired"),
        (closes - 1, closes + HOUR, "expires_while_held"),
        (closes - 1, opens + LEAD, "expires_while_held"),
    ] {
        let mut own = text(&to, &zones, Purpose::Transactional, now);
        own.valid_until = Some(until);
        let ended = decide(&own);
        assert_eq!((ended.verdict, ended.code.as_str()), (Verdict::Refuse, code));
    }
}

#[test]
fn what_was_accepted_waits_also_where_no_hour_is_in_sight() {
    let to = Address::parse("+12125550101");
    // A place without a clock is never open.
    let nowhere = Candidates { zones: Vec::new(), ..candidates(&to) };
    let mut inputs = text(&to, &nowhere, Purpose::Marketing, NOON);
    let new = decide(&inputs);
    assert_eq!((new.verdict, new.code.as_str()), (Verdict::Refuse, "no_legal_window"), "its asker learns it");
    inputs.stops.waits = true;
    let waits = decide(&inputs);
    assert_eq!((waits.verdict, waits.code.as_str()), (Verdict::Hold { until: NOON + 24 * HOUR }, "no_legal_window"));
    inputs.valid_until = Some(NOON + 2 * HOUR);
    assert_eq!(decide(&inputs).code, "expires_while_held", "but for its sender's own word");
}

proptest! {
    #[test]
    fn no_instant_lets_marketing_out_at_night_or_to_someone_who_opted_out(
        at in 1_700_000_000_000_i64..1_900_000_000_000,
        number in prop::sample::select(vec!["+12125550101", "+18085550101", "+18005550101", "+18505550101", "+447700900123", "12345"]),
        opted_out in any::<bool>(),
        wrote_since in any::<bool>(),
    ) {
        let to = Address::parse(number);
        let zones = candidates(&to);
        let inputs = Inputs {
            now: at,
            clock_in_doubt: false,
            origin: Origin::Campaign,
            purpose: Purpose::Marketing,
            to: &to,
            body: "Sale",
            media: 0,
            stops: Stops::default(),
            outlet: Outlet { real: false, live: false, ..Outlet::OPEN },
            wish: Wish { opted_out_since: opted_out.then_some(at - HOUR), wrote_since, ..Wish::default() },
            talk: Talk { last_inbound_at: Some(at - 1), ..Talk::default() },
            candidates: &zones,
            pack: &US_FEDERAL_0,
            facts: agreed(),
            send_after: None,
            valid_until: None,
        };
        if decide(&inputs).verdict == Verdict::Send {
            prop_assert!(!opted_out);
            let instant = jiff::Timestamp::from_millisecond(at).map_err(|error| TestCaseError::fail(error.to_string()))?;
            for zone in &zones.zones {
                let clock = domain::zones::time_zone(zone).map(|zone| zone.to_datetime(instant));
                prop_assert!(clock.is_some_and(|clock| (8..21).contains(&clock.hour())), "{zone}: {clock:?}");
            }
        }
    }

    /// From whatever instant, a text that waits comes to an hour at which it leaves, and has time to arrive.
    #[test]
    fn a_hold_never_becomes_a_drop(
        at in 1_780_000_000_000_i64..1_812_000_000_000,
        number in prop::sample::select(vec![
            "+12125550101", "+14015550101", "+15045550101", "+18085550101", "+18005550101", "+16045550101",
            "+33612345678", "+447700900123", "12345",
        ]),
        marketing in any::<bool>(),
        sent in prop::collection::vec(0_i64..24 * HOUR, 0..4),
    ) {
        let to = Address::parse(number);
        let zones = candidates(&to);
        let purpose = if marketing { Purpose::Marketing } else { Purpose::Transactional };
        let sent: Vec<i64> = sent.into_iter().map(|ago| at - ago).collect();
        let mut now = at;
        for _ in 0..8 {
            let mut inputs = text(&to, &zones, purpose, now);
            inputs.facts.marketing_sent = &sent;
            inputs.stops.waits = now > at;
            let decision = decide(&inputs);
            match decision.verdict {
                Verdict::Send => {
                    let dies = decision.valid_until.ok_or_else(|| TestCaseError::fail("it would live on"))?;
                    prop_assert!(dies - now >= LEAD, "{number} at {now}: {} ms are left", dies - now);
                    return Ok(());
                }
                Verdict::Hold { until } => {
                    prop_assert!(until > now, "{number}: held until {until} at {now}");
                    now = until;
                }
                Verdict::Refuse => prop_assert!(false, "{number} at {now}: {} {}", decision.code, decision.detail),
            }
        }
        prop_assert!(false, "{number} never leaves");
    }
}
