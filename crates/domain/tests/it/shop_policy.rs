//! The shop's own caps and courtesy: what they hold, until when, and what they never touch.

use crate::rows::local;
use domain::address::Address;
use domain::gate::{
    Caps, Consent, Courtesy, Decision, Facts, Inputs, OpenTalk, Outlet, Priority, Reclassify, SendingPolicy, ShopFacts,
    Stops, Talk, Verdict, Wish, decide,
};
use domain::limits::{COURTESY_AGAIN_MS, DAY_MS, PRIORITY_AGAIN_MS};
use domain::message::{Channel, Origin, Purpose};
use domain::rule_pack::{ConsentKind, DEFAULT};
use domain::zones::candidates;
use proptest::prelude::*;

const HOUR: i64 = 3_600_000;
const EAST: &str = "America/New_York";
const AGREED: &[Consent] =
    &[Consent { channel: Channel::Sms, purpose: None, granted: true, kind: ConsentKind::Written, at: 0, entry: None }];
const SALE: &str = "Acme: your boots. STOP to end";

/// A marketing text to New York at an instant, with what is known around it.
#[derive(Debug, Clone)]
struct Asked<'a> {
    now: i64,
    origin: Origin,
    purpose: Purpose,
    body: &'a str,
    policy: SendingPolicy,
    sent: Vec<i64>,
    talks: Vec<OpenTalk>,
    due: Vec<Origin>,
    wrote_at: Option<i64>,
    valid_until: Option<i64>,
    reclassify: Reclassify,
}

impl Default for Asked<'_> {
    fn default() -> Self {
        Self {
            now: noon(),
            origin: Origin::Campaign,
            purpose: Purpose::Marketing,
            body: SALE,
            policy: SendingPolicy::default(),
            sent: Vec::new(),
            talks: Vec::new(),
            due: Vec::new(),
            wrote_at: None,
            valid_until: None,
            reclassify: Reclassify::default(),
        }
    }
}

impl Asked<'_> {
    fn decide(&self) -> Decision {
        let to = Address::parse("+12125550101");
        let candidates = candidates(&to);
        decide(&Inputs {
            now: self.now,
            clock_in_doubt: false,
            origin: self.origin,
            purpose: self.purpose,
            to: &to,
            body: self.body,
            media: 0,
            stops: Stops::default(),
            outlet: Outlet::OPEN,
            wish: Wish::default(),
            talk: Talk { last_inbound_at: self.wrote_at, ..Talk::default() },
            candidates: &candidates,
            pack: &DEFAULT,
            facts: Facts {
                consents: AGREED,
                marketing_sent: &self.sent,
                reclassify: self.reclassify,
                shop: ShopFacts { policy: Some(&self.policy), talks: &self.talks, due: &self.due },
                ..Facts::default()
            },
            send_after: None,
            valid_until: self.valid_until,
        })
    }

    fn says(&self) -> (Verdict, String) {
        let decision = self.decide();
        (decision.verdict, decision.code)
    }
}

fn noon() -> i64 {
    local(EAST, "2026-12-08T12:00")
}

fn held(code: &str, until: i64) -> (Verdict, String) {
    (Verdict::Hold { until }, code.to_owned())
}

fn sends() -> (Verdict, String) {
    (Verdict::Send, "clear".to_owned())
}

const WAITS: OpenTalk = OpenTalk { waits: true, wrote_at: None, complaint_since: None };

fn answered(wrote_at: i64) -> OpenTalk {
    OpenTalk { waits: false, wrote_at: Some(wrote_at), complaint_since: None }
}

fn caps(day: Option<u32>, week: Option<u32>, month: Option<u32>) -> SendingPolicy {
    SendingPolicy { caps: Caps { day, week, month }, ..SendingPolicy::default() }
}

#[test]
fn a_cap_holds_until_the_oldest_that_counts_is_out_of_its_span() {
    let now = noon();
    let ago = |hours: &[i64]| hours.iter().map(|hours| now - hours * HOUR).collect::<Vec<_>>();
    for (name, policy, sent, want) in [
        ("none sent", caps(Some(1), None, None), vec![], sends()),
        ("one of one", caps(Some(1), None, None), ago(&[2]), held("shop_cap", now + 22 * HOUR)),
        ("at the very instant it is open", caps(Some(1), None, None), ago(&[24]), sends()),
        ("the second but one counts", caps(Some(2), None, None), ago(&[20, 1, 23]), held("shop_cap", now + 4 * HOUR)),
        ("below", caps(Some(3), None, None), ago(&[20, 23]), sends()),
        ("no cap", caps(None, None, None), ago(&[1, 2, 3]), sends()),
        ("a week", caps(None, Some(2), None), ago(&[24, 48]), held("shop_cap", now + 120 * HOUR)),
        ("thirty days", caps(None, None, Some(1)), ago(&[24]), held("shop_cap", now + 29 * DAY_MS)),
        ("the latest of several", caps(Some(1), Some(1), None), ago(&[2]), held("shop_cap", now + 166 * HOUR)),
        // Noon and ten hours is night in New York: the hours then decide when, and the cap is told as well.
        ("into the night", caps(Some(1), None, None), ago(&[14]), held("quiet_hours", now + 20 * HOUR)),
    ] {
        let decision = Asked { policy, sent, ..Asked::default() }.decide();
        assert_eq!((decision.verdict, decision.code.clone()), want, "{name}");
        let capped = decision.findings.iter().find(|found| found.code == "shop_cap");
        assert_eq!(capped.is_some(), want.0 != Verdict::Send, "{name}");
        assert!(capped.is_none_or(|found| found.fix.is_some() && found.rule == "shop_cap"), "{name}");
    }
}

#[test]
fn the_cap_is_for_marketing_whoever_sends_it() {
    let policy = caps(Some(1), None, None);
    let sent = vec![noon() - HOUR];
    for origin in [Origin::Person, Origin::Bot, Origin::Flow, Origin::Campaign, Origin::Api] {
        let asked = Asked { policy, origin, sent: sent.clone(), ..Asked::default() };
        assert_eq!(asked.says().1, "shop_cap", "{origin}");
    }
    for purpose in [Purpose::Transactional, Purpose::Conversational, Purpose::Otp] {
        let asked = Asked { policy, purpose, body: "It left today.", sent: sent.clone(), ..Asked::default() };
        assert_eq!(asked.says(), sends(), "{purpose}");
    }
    // An order text with an offer is marketing, to the shop as to the law.
    let order = Asked {
        purpose: Purpose::Transactional,
        body: "It left. 20% off your next. STOP to end",
        policy,
        sent,
        ..Asked::default()
    };
    assert_eq!(order.says().1, "shop_cap");
}

#[test]
fn what_would_be_worthless_when_a_cap_reopens_is_refused_at_once() {
    let now = noon();
    let asked = |valid_until| Asked {
        policy: caps(Some(1), None, None),
        sent: vec![now - HOUR],
        valid_until: Some(valid_until),
        ..Asked::default()
    };
    assert_eq!(asked(now + 23 * HOUR).says(), (Verdict::Refuse, "expires_while_held".to_owned()));
    assert_eq!(asked(now + 23 * HOUR + 1).says(), held("shop_cap", now + 23 * HOUR));
}

#[test]
fn of_one_place_left_the_higher_priority_has_it() {
    let now = noon();
    let policy = caps(Some(2), None, None);
    let one_left = vec![now - HOUR];
    let waits = || held("shop_priority", now + PRIORITY_AGAIN_MS);
    for (name, origin, sent, due, want) in [
        ("nobody else", Origin::Campaign, one_left.clone(), vec![], sends()),
        ("a flow is due", Origin::Campaign, one_left.clone(), vec![Origin::Flow], waits()),
        ("a program is due", Origin::Campaign, one_left.clone(), vec![Origin::Api], sends()),
        ("another campaign is due", Origin::Campaign, one_left.clone(), vec![Origin::Campaign], sends()),
        ("a flow itself", Origin::Flow, one_left.clone(), vec![Origin::Campaign, Origin::Api], sends()),
        ("two places", Origin::Campaign, vec![], vec![Origin::Flow], sends()),
        ("two places, two before", Origin::Campaign, vec![], vec![Origin::Flow, Origin::Person], waits()),
        ("no place", Origin::Campaign, vec![now - HOUR; 2], vec![Origin::Flow], held("shop_cap", now + 23 * HOUR)),
    ] {
        assert_eq!(Asked { policy, origin, sent, due, ..Asked::default() }.says(), want, "{name}");
    }
    // The order is the shop's.
    let order = [Origin::Campaign, Origin::Flow, Origin::Bot, Origin::Person, Origin::Api];
    let policy = SendingPolicy { priority: Priority::of(&order).unwrap_or_default(), ..policy };
    let asked = |origin, due| Asked { policy, origin, sent: one_left.clone(), due, ..Asked::default() };
    assert_eq!(asked(Origin::Campaign, vec![Origin::Person]).says(), sends());
    assert_eq!(asked(Origin::Person, vec![Origin::Campaign]).says(), waits());
    // Who waits for another does not wait past its own end.
    let ends = |in_ms| Asked { valid_until: Some(now + in_ms), ..asked(Origin::Person, vec![Origin::Campaign]) };
    assert_eq!(ends(PRIORITY_AGAIN_MS).says(), held("shop_priority", now + PRIORITY_AGAIN_MS - 1));
    assert_eq!(ends(1).says(), (Verdict::Refuse, "expires_while_held".to_owned()));
    // Where nothing is capped nobody need wait for anybody.
    let free = SendingPolicy { caps: Caps::NONE, ..policy };
    assert_eq!(Asked { policy: free, due: vec![Origin::Person], ..Asked::default() }.says(), sends());
}

#[test]
fn an_order_names_each_seller_once() {
    let all = *Priority::default().order().first_chunk::<5>().unwrap_or(&[Origin::Person; 5]);
    assert_eq!(Priority::of(&all), Some(Priority::default()));
    assert_eq!(Priority::of(&all[..4]), None);
    assert_eq!(Priority::of(&[Origin::Person; 5]), None);
    assert_eq!(Priority::of(&[all[0], all[1], all[2], all[3], Origin::HelpAnswer]), None);
    assert_eq!(Priority::default().rank(Origin::HelpAnswer), 5);
}

#[test]
fn marketing_stays_out_of_a_talk() {
    let now = noon();
    let again = now + COURTESY_AGAIN_MS;
    let complains = OpenTalk { complaint_since: Some(now - 90 * DAY_MS), ..answered(now - 90 * DAY_MS) };
    let off = |open_conversations, complaints| SendingPolicy {
        courtesy: Courtesy { open_conversations, complaints },
        ..SendingPolicy::default()
    };
    let on = SendingPolicy::default();
    for (name, policy, talks, want) in [
        ("no talk", on, vec![], sends()),
        ("they wait", on, vec![WAITS], held("open_conversation", again)),
        (
            "they wait for weeks",
            on,
            vec![OpenTalk { wrote_at: Some(now - 30 * DAY_MS), ..WAITS }],
            held("open_conversation", again),
        ),
        ("answered an hour ago", on, vec![answered(now - 3 * HOUR)], held("open_conversation", now + 21 * HOUR)),
        ("answered, and a day old", on, vec![answered(now - 24 * HOUR)], sends()),
        ("they never wrote", on, vec![OpenTalk { waits: false, ..WAITS }], sends()),
        ("one of two", on, vec![answered(now - 30 * HOUR), WAITS], held("open_conversation", again)),
        (
            "the later of two",
            on,
            vec![answered(now - 3 * HOUR), answered(now - 2 * HOUR)],
            held("open_conversation", now + 22 * HOUR),
        ),
        ("a complaint, however old", on, vec![complains], held("complaint_open", again)),
        ("a complaint beside a talk", on, vec![WAITS, complains], held("complaint_open", again)),
        ("talks do not count", off(false, true), vec![WAITS], sends()),
        ("complaints still do", off(false, true), vec![WAITS, complains], held("complaint_open", again)),
        ("complaints do not count", off(true, false), vec![complains], sends()),
        (
            "the talk still does",
            off(true, false),
            vec![OpenTalk { waits: true, ..complains }],
            held("open_conversation", again),
        ),
        ("nothing does", off(false, false), vec![OpenTalk { waits: true, ..complains }], sends()),
    ] {
        let decision = Asked { policy, talks, ..Asked::default() }.decide();
        assert_eq!((decision.verdict, decision.code.clone()), want, "{name}");
        let told = decision.findings.iter().filter(|found| found.code == decision.code);
        assert!(told.clone().all(|found| found.fix.is_some() && found.rule == found.code), "{name}");
    }
}

#[test]
fn answers_order_texts_and_codes_know_no_courtesy() {
    let rude = OpenTalk { complaint_since: Some(1), ..WAITS };
    for purpose in [Purpose::Transactional, Purpose::Conversational, Purpose::Otp] {
        let asked = Asked { purpose, body: "It left today.", talks: vec![rude], ..Asked::default() };
        assert_eq!(asked.says(), sends(), "{purpose}");
    }
    // Where a workspace takes every offer for marketing, an answer with one is still an answer.
    let answer = Asked {
        origin: Origin::Person,
        purpose: Purpose::Conversational,
        body: "Sure: 20% off with code A1. STOP to end",
        talks: vec![rude],
        sent: vec![noon() - HOUR; 3],
        wrote_at: Some(noon() - HOUR),
        reclassify: Reclassify::EveryText,
        ..Asked::default()
    };
    let decision = answer.decide();
    assert_eq!(decision.basis.purpose, "marketing");
    assert_eq!(decision.verdict, Verdict::Send, "{}", decision.detail);
    // A day later it answers nothing, and is what it says it is.
    let late = Asked { wrote_at: Some(noon() - 25 * HOUR), ..answer };
    assert_eq!(late.decide().code, "complaint_open");
}

#[test]
fn a_talk_is_named_also_at_night_and_looked_at_when_it_is_day() {
    let evening = local(EAST, "2026-12-08T22:00");
    let asked = Asked { now: evening, talks: vec![WAITS], ..Asked::default() };
    assert_eq!(asked.says(), held("open_conversation", local(EAST, "2026-12-10T08:00")));
    let night = asked.decide();
    assert!(night.findings.iter().any(|found| found.code == "quiet_hours"));
    // A talk that ends before the hours open leaves the word to them.
    let over = Asked { talks: vec![answered(evening - 20 * HOUR)], ..asked };
    assert_eq!(over.says(), held("quiet_hours", local(EAST, "2026-12-09T08:00")));
}

#[test]
fn what_has_an_end_is_held_to_the_last_and_then_refused_in_words() {
    let now = noon();
    let end = now + 5 * HOUR;
    let asked = Asked { talks: vec![WAITS], valid_until: Some(end), ..Asked::default() };
    assert_eq!(asked.says(), held("open_conversation", end - 1), "the talk may end before it does");
    let last = Asked { now: end - 1, ..asked };
    assert_eq!(last.says(), (Verdict::Refuse, "expires_while_held".to_owned()));
    let free = Asked { talks: vec![], ..last };
    assert_eq!(free.says(), sends());
}

/// Texts that wait, in hours: when each is asked for. Its hold is kept to the letter.
fn wishes() -> impl Strategy<Value = Vec<i64>> {
    proptest::collection::vec(0..20 * 24_i64, 1..40)
}

fn some_caps() -> impl Strategy<Value = SendingPolicy> {
    let cap = || proptest::option::of(1..6_u32);
    (cap(), cap(), cap()).prop_map(|(day, week, month)| caps(day, week, month))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_rolling_span_ever_holds_more_than_its_cap(mut wishes in wishes(), policy in some_caps()) {
        wishes.sort_unstable();
        // What waits, by when it is asked about.
        let mut waits: Vec<i64> = wishes.iter().map(|hours| noon() + hours * HOUR).collect();
        let mut sent: Vec<i64> = Vec::new();
        let mut asks = 0;
        while let Some(now) = waits.iter().copied().min() {
            waits.swap_remove(waits.iter().position(|at| *at == now).unwrap_or(0));
            asks += 1;
            prop_assert!(asks < 40 * 40, "it is asked about without end");
            match (Asked { now, policy, sent: sent.clone(), ..Asked::default() }).says() {
                (Verdict::Send, _) => sent.push(now),
                (Verdict::Hold { until }, _) => {
                    prop_assert!(until > now);
                    waits.push(until);
                }
                (Verdict::Refuse, code) => prop_assert!(false, "a hold became a drop: {}", code),
            }
        }
        prop_assert_eq!(sent.len(), wishes.len(), "each leaves some day");
        for (most, span) in [(policy.caps.day, 1), (policy.caps.week, 7), (policy.caps.month, 30)] {
            let Some(most) = most else { continue };
            for at in &sent {
                let within = sent.iter().filter(|other| **other > at - span * DAY_MS && **other <= *at).count();
                prop_assert!(within <= most as usize, "{within} of {most} in {span} days");
            }
        }
    }

    #[test]
    fn a_hold_ends_at_the_first_instant_that_is_allowed(
        sent in proptest::collection::vec(0..30 * 24 * 60_i64, 0..12),
        policy in some_caps(),
        wrote in proptest::option::of(0..30 * 60_i64),
        hour in 0..24_i64,
        between in 0..1_000_i64,
    ) {
        let now = noon() + hour * HOUR;
        let sent: Vec<i64> = sent.iter().map(|minutes| now - minutes * 60_000).collect();
        let talks: Vec<OpenTalk> = wrote.iter().map(|minutes| answered(now - minutes * 60_000)).collect();
        let asked = Asked { now, policy, sent, talks, ..Asked::default() };
        let (Verdict::Hold { until }, code) = asked.says() else { return Ok(()) };
        let at = |now| Asked { now, ..asked.clone() }.says().0;
        prop_assert_eq!(at(until), Verdict::Send, "{} until {}", code, until);
        for early in [until - 1, now + (until - 1 - now) * between / 1_000] {
            prop_assert_ne!(at(early), Verdict::Send, "{} until {}, and {} would do", code, until, early);
        }
    }
}
