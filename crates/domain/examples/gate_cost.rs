//! What a decision costs: `gate_cost COUNT` decides so often on marketing to a
//! customer in three zones, and prints decisions per second. `scripts/gate-cost`
//! counts its instructions.

use domain::address::Address;
use domain::gate::{Consent, Facts, Inputs, Outlet, Stops, Talk, Verdict, Wish, decide};
use domain::message::{Channel, Origin, Purpose};
use domain::rule_pack::{ConsentKind, DEFAULT};
use domain::zones::{Evidence, candidates_with};
use std::time::Duration;

/// Tuesday, 2026-12-08 19:00 UTC: open on the whole continent.
const NOW: i64 = 1_796_756_400_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: u32 = std::env::args().nth(1).unwrap_or_else(|| "1000000".to_owned()).parse()?;
    // A Florida number over two clocks, a parcel to Denver.
    let to = Address::parse("+18505550100");
    let candidates = candidates_with(&to, &Evidence { zips: &["80202"], ..Evidence::default() })?;
    assert_eq!(candidates.zones.len(), 3);
    let consents = [Consent {
        channel: Channel::Sms,
        purpose: Some(Purpose::Marketing),
        granted: true,
        kind: ConsentKind::Written,
        at: NOW - 86_400_000,
        entry: None,
    }];
    let sent = [NOW - 3_600_000, NOW - 7_200_000];
    let mut inputs = Inputs {
        clock_in_doubt: false,
        now: NOW,
        origin: Origin::Campaign,
        purpose: Purpose::Marketing,
        to: &to,
        body: "Acme: the winter boots you asked about are back in your size. See shop.example/boots. Reply STOP to cancel.",
        media: 0,
        stops: Stops::default(),
        outlet: Outlet::OPEN,
        wish: Wish::default(),
        talk: Talk::default(),
        candidates: &candidates,
        pack: &DEFAULT,
        facts: Facts { consents: &consents, marketing_sent: &sent, ..Facts::default() },
        send_after: None,
        valid_until: None,
    };
    let begun = cpu_time();
    let mut sends = 0_u32;
    for turn in 0..count {
        // Four hours in steps of a second, so that no answer can be kept.
        inputs.now = NOW + i64::from(turn % 14_400) * 1000;
        sends += u32::from(decide(&inputs).verdict == Verdict::Send);
    }
    let spent = cpu_time().saturating_sub(begun);
    assert_eq!(sends, count);
    println!("{:.0} decisions per second of processor time", f64::from(count) / spent.as_secs_f64().max(1e-9));
    Ok(())
}

/// Processor time of this process so far, where the system tells it.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0);
    Duration::from_nanos(nanoseconds)
}
