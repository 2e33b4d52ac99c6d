//! The simulated network, its faults, and what follows from its receipts.

use crate::channel_contract;
use crate::cleared::{CUSTOMER, OURS, account, attempt, text};
use crate::contract::Member;
use channels::channel::{Account, Channel, Secrets, Submission};
use channels::http::HttpClient;
use channels::simulator::{CarrierEvent, Faults, OPTED_OUT_CODE, PhoneText, Simulator, SimulatorCarrier};
use domain::address::Address;
use domain::id::{AccountId, AttemptId, WorkspaceId};
use domain::keyword::Class;
use domain::outcome::ErrorClass;
use domain::receipt::{Progress, ReceiptState};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

struct SimulatorMember;

channel_contract!(SimulatorMember);

impl Member for SimulatorMember {
    const FIXTURES: &'static str = "simulator";

    fn channel(_http: HttpClient) -> Box<dyn Channel> {
        Box::new(Simulator::new(Arc::new(SimulatorCarrier::new(1))))
    }

    fn account(_base_url: &str) -> Account {
        account(json!({}), Secrets::default())
    }

    fn wrong_accounts() -> Vec<(Account, &'static str)> {
        vec![(account(json!({ "api_base_url": "https://x.example" }), Secrets::default()), "settings")]
    }
}

const ACCOUNT: AccountId = AccountId::new(Uuid::from_u128(2));

fn carrier(seed: u64, faults: Faults) -> SimulatorCarrier {
    let carrier = SimulatorCarrier::new(seed);
    carrier.set_faults(ACCOUNT, faults);
    carrier
}

fn delivered(events: &[CarrierEvent]) -> Vec<AttemptId> {
    events
        .iter()
        .filter_map(|event| match event {
            CarrierEvent::Delivered(text) => text.message.map(|(_, attempt)| attempt),
            _ => None,
        })
        .collect()
}

fn receipts(events: &[CarrierEvent]) -> Vec<(AttemptId, u16, ReceiptState)> {
    events
        .iter()
        .filter_map(|event| match event {
            CarrierEvent::Receipt { receipt, .. } => Some((receipt.attempt?, receipt.part, receipt.state?)),
            _ => None,
        })
        .collect()
}

fn phone_text(id: &str, body: &str) -> PhoneText {
    PhoneText {
        workspace: WorkspaceId::new(Uuid::from_u128(1)),
        account: ACCOUNT,
        provider_id: id.to_owned(),
        from: Address::parse(CUSTOMER),
        to: Address::parse(OURS),
        body: body.to_owned(),
        media: Vec::new(),
    }
}

#[test]
fn a_text_arrives_after_its_delay_and_is_reported_in_order() {
    let carrier = carrier(1, Faults { delay_ms: 100, receipt_delay_ms: 30, ..Faults::none() });
    let answer = carrier.submit(ACCOUNT, text(1, "hello", &[]), 1_000);
    assert!(matches!(&answer, Submission::Taken { parts: Some(1), .. }), "{answer:?}");
    assert_eq!(carrier.next_due(), Some(1_030));
    assert!(carrier.due(1_029).is_empty());
    assert_eq!(receipts(&carrier.due(1_030)), vec![(attempt(1), 0, ReceiptState::Sent)]);
    let events = carrier.due(1_100);
    let [CarrierEvent::Delivered(arrived)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(
        (arrived.body.as_str(), arrived.number.as_str(), arrived.our_address.as_str()),
        ("hello", CUSTOMER, OURS)
    );
    assert_eq!(receipts(&carrier.due(i64::MAX)), vec![(attempt(1), 0, ReceiptState::Delivered)]);
    assert_eq!((carrier.next_due(), carrier.pending()), (None, 0));
}

#[test]
fn what_comes_twice_is_the_same_text_a_moment_later() {
    let carrier = carrier(1, Faults { double_pct: 100, ..Faults::none() });
    let _ = carrier.submit(ACCOUNT, text(1, "hello", &[]), 0);
    carrier.phone_writes(phone_text("in-1", "hi"), 0);
    let inbound = |events: &[CarrierEvent]| {
        let ids = events.iter().filter_map(|event| match event {
            CarrierEvent::Inbound { text, .. } => Some((text.provider_id.clone(), text.body.clone())),
            _ => None,
        });
        ids.collect::<Vec<_>>()
    };
    let (first, second) = (carrier.due(0), carrier.due(250));
    for events in [&first, &second] {
        assert_eq!(delivered(events), [attempt(1)]);
        assert_eq!(inbound(events), [("in-1".to_owned(), "hi".to_owned())]);
        let reported = receipts(events).into_iter().map(|(_, _, state)| state).collect::<Vec<_>>();
        assert_eq!(reported, [ReceiptState::Sent, ReceiptState::Delivered]);
    }
    assert_eq!(carrier.pending(), 0);
    // A line that doubles nothing, and one that doubles some.
    let some = |percent: u8| {
        let carrier = self::carrier(1, Faults { double_pct: percent, ..Faults::none() });
        for number in 0..200 {
            carrier.phone_writes(phone_text(&format!("in-{number}"), "hi"), 0);
        }
        inbound(&carrier.due(i64::MAX)).len()
    };
    assert_eq!(some(0), 200);
    assert!((220..280).contains(&some(25)), "{}", some(25));
}

#[test]
fn fates_follow_from_the_seed_and_not_from_the_order() {
    let faults = || Faults { loss_pct: 30, fail_pct: 20, ambiguous_pct: 10, disorder_pct: 20, ..Faults::default() };
    let run = |seed: u64, order: &mut dyn Iterator<Item = u128>| {
        let carrier = carrier(seed, faults());
        let answers: BTreeMap<_, _> = order
            .map(|number| (attempt(number), format!("{:?}", carrier.submit(ACCOUNT, text(number, "x", &[]), 0))))
            .collect();
        let mut arrived = delivered(&carrier.due(i64::MAX));
        arrived.sort_unstable();
        (answers, arrived)
    };
    let forward = run(7, &mut (0..300));
    assert_eq!(forward, run(7, &mut (0..300).rev()));
    assert_ne!(forward, run(8, &mut (0..300)));
    assert!((120..220).contains(&forward.1.len()), "about 56 % of 300 arrive: {}", forward.1.len());
}

#[test]
fn what_is_refused_never_arrives() {
    let refused = carrier(1, Faults { reject_code: Some("carrier_filtered".to_owned()), ..Faults::none() });
    let answer = refused.submit(ACCOUNT, text(1, "x", &[]), 0);
    assert!(matches!(answer, Submission::NotTaken { class: ErrorClass::CarrierFiltered, .. }), "{answer:?}");
    assert!(refused.due(i64::MAX).is_empty());

    let throttled = carrier(1, Faults { throttle_per_second: Some(3), ..Faults::none() });
    let answers: Vec<_> = (0..5).map(|number| throttled.submit(ACCOUNT, text(number, "x", &[]), 1_400)).collect();
    assert!(answers[..3].iter().all(|answer| matches!(answer, Submission::Taken { .. })));
    for answer in &answers[3..] {
        assert!(
            matches!(answer, Submission::NotTaken { class: ErrorClass::RateLimited, retry_after_ms: Some(600), .. }),
            "{answer:?}"
        );
    }
    assert!(matches!(throttled.submit(ACCOUNT, text(9, "x", &[]), 2_000), Submission::Taken { .. }));
    assert_eq!(delivered(&throttled.due(i64::MAX)).len(), 4);
}

#[test]
fn a_lost_answer_is_a_text_that_arrived() {
    let carrier = carrier(1, Faults { ambiguous_pct: 100, ..Faults::none() });
    assert!(matches!(carrier.submit(ACCOUNT, text(1, "x", &[]), 0), Submission::Unknown { .. }));
    let events = carrier.due(i64::MAX);
    assert_eq!(delivered(&events), vec![attempt(1)]);
    assert_eq!(receipts(&events).len(), 2, "its receipts carry the attempt, which settles it");
}

#[test]
fn an_early_receipt_is_there_before_the_answer_is_read() {
    let faults = Faults { early_receipt_pct: 100, receipt_delay_ms: 5_000, ..Faults::none() };
    let carrier = carrier(1, faults);
    let _answer = carrier.submit(ACCOUNT, text(1, "x", &[]), 50);
    assert_eq!(
        receipts(&carrier.due(50)),
        vec![(attempt(1), 0, ReceiptState::Sent), (attempt(1), 0, ReceiptState::Delivered)]
    );
}

#[test]
fn a_carrier_that_acts_on_stop_confirms_once_and_refuses_until_start() {
    let carrier = carrier(1, Faults { carrier_opt_out: true, ..Faults::none() });
    for id in ["p1", "p2"] {
        carrier.phone_writes(phone_text(id, " stop "), 0);
    }
    let events = carrier.due(0);
    let confirmations =
        events.iter().filter(|event| matches!(event, CarrierEvent::Delivered(text) if text.message.is_none()));
    assert_eq!(confirmations.count(), 1, "a second STOP is not confirmed again");
    let told: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            CarrierEvent::Inbound { text, .. } => Some((text.took_for, text.answered)),
            _ => None,
        })
        .collect();
    assert_eq!(told, [(Some(Class::OptOut), true), (Some(Class::OptOut), false)]);
    let refused = carrier.submit(ACCOUNT, text(1, "x", &[]), 1);
    assert!(
        matches!(&refused, Submission::NotTaken { class: ErrorClass::OptedOut, code, .. } if code == OPTED_OUT_CODE),
        "{refused:?}"
    );
    carrier.phone_writes(phone_text("p3", "START"), 2);
    assert!(matches!(carrier.submit(ACCOUNT, text(2, "x", &[]), 3), Submission::Taken { .. }));
    assert_eq!(delivered(&carrier.due(i64::MAX)), vec![attempt(2)]);
}

#[test]
fn without_that_fault_stop_is_a_text_like_any_other() {
    let carrier = carrier(1, Faults::none());
    carrier.phone_writes(phone_text("p1", "STOP"), 5);
    let events = carrier.due(5);
    let [CarrierEvent::Inbound { text: read, .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((read.body.as_str(), read.took_for, read.provider_id.as_str()), ("STOP", None, "p1"));
    assert!(matches!(carrier.submit(ACCOUNT, text(1, "x", &[]), 6), Submission::Taken { .. }));
}

#[test]
fn a_text_dies_rather_than_arrive_after_its_time() {
    let carrier = carrier(1, Faults { delay_ms: 1_000, ..Faults::none() });
    carrier.set_unix(0, 1_000_000);
    let mut late = text(1, "x", &[]);
    late.valid_until = Some(1_000_999);
    let mut in_time = text(2, "x", &[]);
    in_time.valid_until = Some(1_001_000);
    let _ = carrier.submit(ACCOUNT, late, 0);
    let _ = carrier.submit(ACCOUNT, in_time, 0);
    let events = carrier.due(i64::MAX);
    assert_eq!(delivered(&events), vec![attempt(2)]);
    let expired = events.iter().any(|event| {
        matches!(event, CarrierEvent::Receipt { receipt, .. }
            if receipt.attempt == Some(attempt(1)) && receipt.error_class == Some(ErrorClass::Expired))
    });
    assert!(expired);
}

#[test]
fn a_forgotten_line_is_silent() {
    let carrier = carrier(1, Faults::default());
    let _ = carrier.submit(ACCOUNT, text(1, "x", &[]), 0);
    carrier.forget(ACCOUNT);
    assert!(carrier.due(i64::MAX).is_empty());
    assert_eq!(carrier.faults(ACCOUNT), Faults::default());
}

#[test]
fn fault_switches_are_read_strictly_and_bounded() {
    let path = format!("{}/fixtures/simulator/faults.json", env!("CARGO_MANIFEST_DIR"));
    let cases: Vec<serde_json::Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for case in cases {
        let read = serde_json::from_value::<Faults>(case["faults"].clone());
        assert_eq!(read.is_ok(), case["accepted"] == true, "{case}");
        if let Ok(faults) = read {
            assert_eq!(faults.clone().bounded(), faults, "{case}");
        }
    }
    let wild = Faults { loss_pct: 200, delay_ms: -5, receipt_delay_ms: i64::MAX, ..Faults::default() }.bounded();
    assert_eq!((wild.loss_pct, wild.delay_ms), (100, 0));
    assert!(wild.receipt_delay_ms < i64::MAX / 4);
}

/// A blast must not wait for the simulator. The bound is loose, since it holds
/// for an unoptimised build on a busy machine; the rate is printed.
#[test]
#[expect(clippy::disallowed_methods, reason = "this test measures")]
fn it_is_quick() {
    let carrier = carrier(1, Faults { delay_ms: 50, ..Faults::none() });
    let begun = std::time::Instant::now();
    let texts = (0..20_000).map(|number| (i64::MAX, text(number, "Your order is on its way.", &[])));
    let answers = carrier.submit_all(ACCOUNT, texts, 0);
    let arrived = delivered(&carrier.due(i64::MAX)).len();
    let each = begun.elapsed() / 20_000;
    println!("{each:?} for each text");
    assert_eq!((answers.len(), arrived), (20_000, 20_000));
    assert!(each < std::time::Duration::from_micros(200), "{each:?} for each text");
}

fn faults() -> impl Strategy<Value = Faults> {
    let percents = (0..=60_u8, 0..=60_u8, 0..=60_u8, 0..=60_u8, 0..=60_u8, 0..=60_u8, 0..=60_u8);
    (percents, 0..5_000_i64, 0..5_000_i64, any::<bool>()).prop_map(
        |(p, delay_ms, receipt_delay_ms, per_part_receipts)| Faults {
            delay_ms,
            receipt_delay_ms,
            loss_pct: p.0,
            double_pct: p.1,
            disorder_pct: p.2,
            late_receipt_pct: p.3,
            early_receipt_pct: p.4,
            fail_pct: p.5,
            ambiguous_pct: p.6,
            per_part_receipts,
            ..Faults::default()
        },
    )
}

proptest! {
    /// Doubled, late, disordered, early and per-part receipts, and receipts for
    /// texts whose answer was lost, come to the right state, and on the way
    /// there never go backwards.
    #[test]
    fn receipts_come_to_the_right_state(faults in faults(), seed in any::<u64>(), long in any::<bool>()) {
        let carrier = carrier(seed, faults.clone());
        let body = if long { "Your order is on its way. ".repeat(14) } else { "short".to_owned() };
        let parts = domain::encoding::measure(&body).parts;
        for number in 0..20 {
            let _ = carrier.submit(ACCOUNT, text(number, &body, &[]), 0);
        }
        let events = carrier.due(i64::MAX);
        let arrived = delivered(&events);
        let mut known: BTreeMap<AttemptId, Progress> = BTreeMap::new();
        for (attempt, part, state) in receipts(&events) {
            let progress = known.entry(attempt).or_default();
            let before = progress.state(parts);
            progress.merge(part, state);
            // A part's failure outweighs what its siblings had come to.
            prop_assert!(progress.state(parts) >= before, "{before:?} then {:?}", progress.state(parts));
        }
        for number in 0..20 {
            let state = known.get(&attempt(number)).and_then(|progress| progress.state(parts));
            if arrived.contains(&attempt(number)) {
                prop_assert_eq!(state, Some(ReceiptState::Delivered));
            } else {
                prop_assert!(matches!(state, Some(ReceiptState::Sent | ReceiptState::Undelivered)), "{:?}", state);
            }
        }
    }

    /// Every text arrives at most once, and those that must do: without loss
    /// and failure, all that were taken, whatever else goes wrong.
    #[test]
    fn texts_arrive_once(mut faults in faults(), seed in any::<u64>()) {
        faults.loss_pct = 0;
        faults.fail_pct = 0;
        let doubles = faults.double_pct > 0;
        let carrier = carrier(seed, faults);
        for number in 0..30 {
            let _ = carrier.submit(ACCOUNT, text(number, "x", &[]), 0);
        }
        let mut arrived = delivered(&carrier.due(i64::MAX));
        arrived.sort_unstable();
        // What the network brings twice has one identity, by which a phone shows it once.
        let brought = arrived.len();
        arrived.dedup();
        prop_assert!(brought == arrived.len() || (doubles && brought <= 2 * arrived.len()), "{brought} of 30");
        prop_assert_eq!(arrived, (0..30).map(attempt).collect::<Vec<_>>());
    }
}
