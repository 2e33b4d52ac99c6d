//! The gate, asked as the road asks it about an order's text.

use domain::address::Address;
use domain::gate::{self, Decision, Facts, Inputs, Outlet, Stops, Talk, Wish};
use domain::message::{Origin, Purpose};
use domain::{rule_pack, zones};

/// What the gate says of one text by API at an instant, the look-up of the
/// recipient's places included.
pub(crate) fn decision(now_ms: i64, to: &Address, body: &str) -> Decision {
    let candidates = zones::candidates(to);
    gate::decide(&Inputs {
        clock_in_doubt: false,
        now: now_ms,
        origin: Origin::Api,
        purpose: Purpose::Transactional,
        to,
        body,
        media: 0,
        stops: Stops::default(),
        outlet: Outlet::OPEN,
        wish: Wish::default(),
        talk: Talk::default(),
        candidates: &candidates,
        pack: &rule_pack::DEFAULT,
        facts: Facts::default(),
        send_after: None,
        valid_until: None,
    })
}
