//! Operators' overrides: what they name changes, and nothing else does.

use domain::address::Address;
use domain::gate::{Consent, Facts, Inputs, Outlet, Stops, Talk, Verdict, Wish, decide};
use domain::message::{Channel, Origin, Purpose};
use domain::rule_pack::{Change, ConsentKind, DEFAULT, Effect, Override, PACKS, PRESETS, Row, RulePack};
use domain::zones::candidates;
use proptest::prelude::*;
use std::collections::BTreeSet;

const HOUR: i64 = 3_600_000;
/// 2026-12-01T00:00Z, and a leap year and more from there.
const BEGINS: i64 = 1_796_083_200_000;
const YEAR: i64 = 400 * 24 * HOUR;
const NUMBERS: &[&str] = &[
    "+13055550100",
    "+15125550100",
    "+15045550100",
    "+14155550100",
    "+18005550100",
    "+14165550100",
    "+442079460018",
    "+33612345678",
];

fn over(row: &str, change: Change) -> Override {
    let (reason, by) = ("Counsel's letter of 3 May".to_owned(), "Dana".to_owned());
    Override { row: row.to_owned(), change, reason, by, at: BEGINS, from: None, until: None }
}

/// The rules that stand against a marketing text with consent in writing at an instant.
fn against(pack: &RulePack, number: &str, now: i64, sent: &[i64]) -> (Verdict, BTreeSet<String>, Option<String>) {
    let to = Address::parse(number);
    let places = candidates(&to);
    let consents = [Consent {
        channel: Channel::Sms,
        purpose: None,
        granted: true,
        kind: ConsentKind::Written,
        at: 1,
        entry: None,
    }];
    let decision = decide(&Inputs {
        clock_in_doubt: false,
        now,
        origin: Origin::Campaign,
        purpose: Purpose::Marketing,
        to: &to,
        body: "Acme: your boots. Reply STOP to end",
        media: 0,
        stops: Stops::default(),
        outlet: Outlet::OPEN,
        wish: Wish::default(),
        talk: Talk::default(),
        candidates: &places,
        pack,
        facts: Facts { consents: &consents, marketing_sent: sent, ..Facts::default() },
        send_after: None,
        valid_until: None,
    });
    let stops = decision.findings.iter().filter(|found| found.verdict != Verdict::Send);
    (decision.verdict, stops.map(|found| found.rule.clone()).collect(), decision.basis.overrides)
}

fn limits() -> Vec<&'static Row> {
    DEFAULT.rows().iter().filter(|row| matches!(row.effect, Effect::Hours(_) | Effect::Cap { .. })).collect()
}

fn an_override() -> impl Strategy<Value = Override> {
    let span = proptest::option::of((0..YEAR, 1..60 * 24 * HOUR));
    let change = (0..limits().len(), 0..3_u8, 0..20_u16, 1..24_u16, 1..5_usize, 1..72_i64);
    (change, span).prop_map(|((place, kind, opens, length, count, hours), span)| {
        let row = limits()[place];
        let change = match (&row.effect, kind) {
            (_, 0) => Change::Off,
            (Effect::Cap { .. }, _) => Change::Cap { cap: format!("{count} in {hours} h") },
            _ => {
                let days = ["daily", "Mon-Fri", "Mon-Sat"][usize::from(length) % 3];
                Change::Hours { hours: format!("{days} {opens:02}:00-{:02}:00", (opens + length).min(24)) }
            }
        };
        let from = span.map(|(from, _)| BEGINS + from);
        let until = span.map(|(from, length)| BEGINS + from + length);
        Override { from, until, ..over(&row.id, change) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Whatever else stood against a text stands against it still, and nothing new but the row that was named.
    #[test]
    fn an_override_never_changes_what_it_does_not_name(
        over in an_override(), number in proptest::sample::select(NUMBERS), at in 0..YEAR,
    ) {
        let now = BEGINS + at;
        let Ok(pack) = DEFAULT.with_overrides(std::slice::from_ref(&over)) else {
            // The floor alone is refused here: every change the strategy makes can be read.
            let row = limits().into_iter().find(|row| row.id == over.row);
            prop_assert!(row.is_some_and(Row::floor) && DEFAULT.loosens(&over));
            return Ok(());
        };
        let (_, mut base, none) = against(&DEFAULT, number, now, &[]);
        let (verdict, mut changed, fingerprint) = against(&pack, number, now, &[]);
        prop_assert!(none.is_none() && fingerprint.is_some());
        if changed.contains("quiet_hours") {
            // Hours that never meet those of the other rows leave no instant: refused, by no row alone.
            prop_assert!(over.holds(now, now + 9 * 24 * HOUR) && verdict != Verdict::Send);
            return Ok(());
        }
        if over.holds(now, now) {
            base.remove(&over.row);
            changed.remove(&over.row);
        }
        prop_assert_eq!(base, changed);
    }

    /// A change that loosens nothing lets nothing leave that the pack holds, alone or with others.
    #[test]
    fn narrowing_is_monotone(
        overs in proptest::collection::vec(an_override(), 1..4), number in proptest::sample::select(NUMBERS),
        at in 0..YEAR, sent in proptest::collection::vec(1..30 * HOUR, 0..4),
    ) {
        let mut pack = DEFAULT.clone();
        for over in &overs {
            if pack.loosens(over) {
                continue;
            }
            let narrowed = pack.with_overrides(std::slice::from_ref(over));
            prop_assert!(narrowed.is_ok(), "what narrows is never refused: {narrowed:?}");
            pack = narrowed.unwrap_or(pack);
        }
        let now = BEGINS + at;
        let sent: Vec<i64> = sent.into_iter().map(|ago| now - ago).collect();
        let (narrow, ..) = against(&pack, number, now, &sent);
        let (wide, ..) = against(&DEFAULT, number, now, &sent);
        prop_assert!(narrow != Verdict::Send || wide == Verdict::Send);
    }

    /// The floor stands under whatever is laid over it.
    #[test]
    fn federal_hours_stand_whatever_is_laid_over(
        overs in proptest::collection::vec(an_override(), 0..5), at in 0..YEAR,
    ) {
        let (pack, _) = DEFAULT.with_what_fits(&overs);
        let Some(federal) = RulePack::find("federal") else { return Ok(()) };
        let now = BEGINS + at;
        let (loosened, ..) = against(&pack, NUMBERS[0], now, &[]);
        let (floor, ..) = against(federal, NUMBERS[0], now, &[]);
        prop_assert!(loosened != Verdict::Send || floor == Verdict::Send);
    }
}

#[test]
fn a_row_falls_silent_for_a_span_and_stands_again() {
    // Half past eight in the evening in Miami, where Florida closes at eight.
    let evening = |day: i64| BEGINS + day * 24 * HOUR + 25 * HOUR + HOUR / 2;
    let (from, until) = (BEGINS + 10 * 24 * HOUR, BEGINS + 20 * 24 * HOUR);
    let off = Override { from: Some(from), until: Some(until), ..over("us_fl_hours", Change::Off) };
    let pack = DEFAULT.with_overrides(&[off]).unwrap();
    for (day, open) in [(2, false), (8, false), (11, true), (18, true), (21, false), (90, false)] {
        let (verdict, ..) = against(&pack, NUMBERS[0], evening(day), &[]);
        assert_eq!(verdict == Verdict::Send, open, "day {day}: {verdict:?}");
    }
}

#[test]
fn it_is_told_on_what_it_touches_alone_and_while_it_holds() {
    let noon = BEGINS + 18 * HOUR;
    let noted = |pack: &RulePack, number: &str, now: i64| {
        let to = Address::parse(number);
        let places = candidates(&to);
        let decision = decide(&Inputs {
            clock_in_doubt: false,
            now,
            origin: Origin::Campaign,
            purpose: Purpose::Marketing,
            to: &to,
            body: "Acme",
            media: 0,
            stops: Stops::default(),
            outlet: Outlet::OPEN,
            wish: Wish::default(),
            talk: Talk::default(),
            candidates: &places,
            pack,
            facts: Facts::default(),
            send_after: None,
            valid_until: None,
        });
        decision.findings.iter().filter(|found| found.code == "rule_overridden").count()
    };
    let (from, until) = (Some(noon), Some(noon + 48 * HOUR));
    let off = Override { from, until, ..over("us_fl_hours", Change::Off) };
    let pack = DEFAULT.with_overrides(&[off]).unwrap();
    assert_eq!(noted(&pack, NUMBERS[0], noon), 1);
    assert_eq!(noted(&pack, NUMBERS[0], noon + 48 * HOUR), 0, "it is over");
    assert_eq!(noted(&pack, NUMBERS[0], noon - HOUR), 0, "it has not begun, and the text leaves before");
    assert_eq!(noted(&pack, NUMBERS[1], noon), 0, "Texas is not Florida");
}

#[test]
fn what_does_not_fit_another_pack_is_left_out_and_told() {
    let overs = [over("us_fl_hours", Change::Off), over("us_zz_hours", Change::Off)];
    let (pack, refused) = DEFAULT.with_what_fits(&overs);
    assert_eq!(refused.iter().map(|error| error.code()).collect::<Vec<_>>(), ["override_row_unknown"]);
    assert!(pack.rows().iter().all(|row| row.id != "us_fl_hours"));
    let alone = DEFAULT.with_overrides(&overs[..1]).unwrap();
    assert_eq!(pack.fingerprint(), alone.fingerprint(), "what was left out is not in force");
    assert_ne!(DEFAULT.fingerprint(), alone.fingerprint());
}

#[test]
fn each_preset_is_a_pack_and_the_floor_is_in_all_of_them() {
    for preset in PRESETS {
        let pack = RulePack::find(preset).unwrap();
        assert!(PACKS.iter().any(|(id, _)| *id == pack.id), "{preset}");
        for row in ["us_federal_hours", "us_federal_consent", "us_federal_revoke_all"] {
            assert!(pack.rows().iter().any(|known| known.id == row && known.floor()), "{preset} lacks {row}");
            let off = over(row, Change::Off);
            assert_eq!(pack.with_overrides(&[off]).map_err(|error| error.code()).err(), Some("override_floor"));
        }
    }
}
