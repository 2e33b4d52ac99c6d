//! The gate's inputs, read inside the transaction that acts on its verdict.

use crate::directory::Accounts;
use channels::channel::Capabilities;
use domain::address::Address;
use domain::gate::{Decision, Facts, Inputs, Outlet, SENDING_STOPPED, Stops, Talk, Wish};
use domain::limits::{CARRIAGE_MS, HAND_OVER_MS};
use domain::message::{Origin, Purpose};
use domain::rule_pack::RulePack;
use domain::zones::Candidates;
use std::sync::Arc;
use store::outbox;
use store::sending::InboxFacts;
use store::suppression::AddressFacts;

/// The key of a workspace's one brand in suppressions. The brand's name may
/// change; what its customers decided must not change with it.
pub(crate) const BRAND: &str = "main";

/// The capabilities of an account whose channel is not compiled in: none.
static NOTHING: Outlet =
    Outlet { usable: false, real: true, mms: false, parts_max: 0, live: false, test_number: false, lead_ms: 0 };

/// What a text is, as far as the gate cares.
pub(crate) struct Subject<'a> {
    pub now: i64,
    pub origin: Origin,
    pub purpose: Purpose,
    pub to: &'a Address,
    pub body: &'a str,
    pub media: usize,
    pub send_after: Option<i64>,
    pub valid_until: Option<i64>,
    /// When it was accepted, Unix ms.
    pub accepted_at: i64,
}

/// What the store says around it.
pub(crate) struct Surroundings<'a> {
    pub inbox: &'a InboxFacts,
    pub capabilities: Option<&'static Capabilities>,
    pub opted_out_since: Option<i64>,
    /// Whether the recipient opted out after the text was accepted.
    pub overtaken: bool,
    pub last_inbound_at: Option<i64>,
    pub address: &'a AddressFacts,
    /// SHA-256 of the text being answered, where one is.
    pub answers: Option<&'a [u8]>,
    /// Whether the text was accepted before: then it is among the counted automatic ones.
    pub accepted: bool,
    pub candidates: &'a Candidates,
    /// The rules of the workspace.
    pub pack: &'a RulePack,
    /// What the ledger says about the recipient.
    pub facts: Facts<'a>,
}

/// Puts the two together.
pub(crate) fn inputs<'a>(subject: &Subject<'a>, around: &Surroundings<'a>) -> Inputs<'a> {
    let outlet = around.capabilities.map_or(NOTHING, |can| Outlet {
        usable: true,
        real: can.real,
        mms: can.mms,
        parts_max: can.max_parts,
        live: around.inbox.live,
        test_number: around.inbox.test_numbers.iter().any(|number| number == subject.to.as_str()),
        lead_ms: lead_ms(can),
    });
    let since = subject.now - domain::limits::AUTOMATIC_WINDOW_MS;
    let recent = around.address.automatic_at.iter().filter(|at| **at > since).count();
    // At claim the text was already counted when it was accepted.
    let recent = recent.saturating_sub(usize::from(around.accepted && subject.origin.automatic()));
    Inputs {
        now: subject.now,
        // Asked where the text would leave: a doubt of this moment says nothing of that one.
        clock_in_doubt: false,
        origin: subject.origin,
        purpose: subject.purpose,
        to: subject.to,
        body: subject.body,
        media: subject.media,
        stops: Stops { waits: around.accepted, ..around.inbox.stops },
        outlet,
        wish: Wish {
            opted_out_since: around.opted_out_since,
            wrote_since: match (around.opted_out_since, around.last_inbound_at) {
                // The STOP itself carries the instant of the opt-out.
                (Some(since), Some(wrote)) => wrote > since,
                _ => false,
            },
            overtaken: around.overtaken,
        },
        talk: Talk {
            last_inbound_at: around.last_inbound_at,
            automatic_recent: u32::try_from(recent).unwrap_or(u32::MAX),
            echo: around.answers.is_some() && around.answers == around.address.last_out_hash.as_deref(),
            // It was written in the transaction that took the form.
            form_sent_at: (subject.origin == Origin::SignUpRequest).then_some(subject.accepted_at),
        },
        candidates: around.candidates,
        pack: around.pack,
        facts: around.facts,
        send_after: subject.send_after,
        valid_until: subject.valid_until,
    }
}

/// How long before it dies a text must pass the gate for its provider to take it.
const fn lead_ms(can: &Capabilities) -> i64 {
    if !can.validity_period {
        return CARRIAGE_MS;
    }
    // At its very end a text may not arrive any more, and so it dies a moment before.
    if can.validity_min_ms == 0 { 0 } else { can.validity_min_ms + HAND_OVER_MS + 1 }
}

/// Until when a held text is held, as it is shown, and when it is due in the outbox.
pub(crate) fn held(decision: &Decision, until: i64) -> (Option<i64>, i64) {
    if decision.code == SENDING_STOPPED { (None, outbox::WHEN_LIFTED) } else { (Some(until), until) }
}

/// The fingerprint of a body: how our own words are known again without keeping them twice.
pub(crate) fn body_hash(body: &str) -> Vec<u8> {
    channels::channel::body_hash(body).to_vec()
}

/// Writes into a decision which words it is about, so that they can be shown to be the same later.
pub(crate) fn note_body(decision: &mut Decision, hash: &[u8]) {
    decision.basis.body_sha256 = Some(hex::encode(hash));
}

/// What the account of an inbox can do.
pub(crate) fn capabilities(accounts: &Accounts, inbox: &InboxFacts) -> Option<&'static Capabilities> {
    accounts.get(&inbox.account).filter(|facts| !facts.disabled).map(|facts| Arc::as_ref(facts).capabilities)
}

#[cfg(test)]
mod tests {
    use super::*;
    use channels::http::{HttpClient, Reach};
    use channels::registry::Registry;
    use channels::simulator::SimulatorCarrier;

    #[test]
    fn who_cannot_let_a_text_die_gets_it_a_minute_before() -> Result<(), channels::http::HttpSetUpError> {
        let registry = Registry::new(HttpClient::new(Reach::Anywhere)?, Arc::new(SimulatorCarrier::new(1)));
        for channel in registry.iter() {
            let can = channel.capabilities();
            let expected = match (can.validity_period, can.validity_min_ms) {
                (false, _) => CARRIAGE_MS,
                (true, 0) => 0,
                (true, least) => least + HAND_OVER_MS + 1,
            };
            assert_eq!(lead_ms(can), expected, "{}", channel.provider());
        }
        Ok(())
    }
}
