//! What must hold of every verdict, judged by the slow oracle and by the customers' own
//! records, which the engine never sees.

use super::law::{DAY, Naive, QUARTER, counts, needed};
use crate::sim::check::Person;
use domain::address::{Address, E164};
use domain::gate::{Decision, Verdict};
use domain::id::MessageId;
use domain::message::{Origin, Purpose};
use domain::rule_pack::{self, ConsentKind};
use domain::send::OutboundText;
use domain::zones::Candidates;

/// A customer, with what only they know.
pub(super) struct Customer {
    pub to: Address,
    pub places: Candidates,
    pub country: &'static str,
    /// Whether a number like theirs can be texted at all.
    pub textable: bool,
    pub person: Person,
    /// When they wrote last, Unix ms.
    pub wrote_at: Option<i64>,
    /// What they agreed to, and when, Unix ms.
    pub agreed: Vec<(ConsentKind, i64)>,
    /// Marketing on the wire to them in the last day, by when it was claimed.
    pub sold: Vec<(MessageId, i64)>,
    /// The same where the node died or was late: nobody knows, or it went back.
    pub lost: Vec<i64>,
    /// All texts that were asked for to them.
    pub texts: Vec<MessageId>,
}

/// What a text was asked for as.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    /// The customer's place in the list.
    pub to: usize,
    pub origin: Origin,
    pub purpose: Purpose,
    /// Whether the customer opted out of it after it was accepted.
    pub overtaken: bool,
}

impl Customer {
    pub(super) fn new(number: &str) -> Self {
        let to = Address::parse(number);
        let places = domain::zones::candidates(&to);
        let country = to.country_hint().unwrap_or("US");
        let textable = to.answerable() && to.phone().and_then(E164::area_code) != Some("900");
        Self {
            to,
            places,
            country,
            textable,
            person: Person::default(),
            wrote_at: None,
            agreed: Vec::new(),
            sold: Vec::new(),
            lost: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// Whether anything may be sold to them, at whatever hour.
    fn buys(&self) -> bool {
        let needed = needed(self.country, &self.places);
        let since = self.person.revoked_at.unwrap_or(i64::MIN);
        let agreed = self.agreed.iter().any(|(kind, at)| *kind >= needed && *at > since);
        self.textable && agreed && self.person.may_be_sold_to()
    }

    /// Whether they gave a weaker permission, which may be the one on record.
    fn weaker(&self) -> bool {
        self.agreed.iter().any(|(kind, _)| *kind < needed(self.country, &self.places))
    }

    fn capped(&self, now: i64, but: Option<MessageId>, lost: bool) -> bool {
        let sold = self.sold.iter().filter(|(id, at)| Some(*id) != but && *at > now - DAY).count();
        let lost = if lost { self.lost.iter().filter(|at| **at > now - DAY).count() } else { 0 };
        counts(&self.places) && sold + lost >= 3
    }

    /// Whether a person's own answer may still reach them after an opt-out.
    fn answered(&self, origin: Origin, now: i64) -> bool {
        let fresh = self.wrote_at.is_some_and(|at| now - at <= DAY);
        self.person.wrote_since && matches!(origin, Origin::Person | Origin::HelpAnswer) && fresh
    }

    /// Forgets what no rule asks about any more.
    pub(super) fn forget(&mut self, now: i64) {
        self.sold.retain(|(_, at)| *at > now - 2 * DAY);
        self.lost.retain(|at| *at > now - 2 * DAY);
    }
}

/// The oracle, and how far its clock is ahead of the engine's, in ms: not at all, unless
/// somebody wants to see it object.
#[derive(Default)]
pub(super) struct Judge {
    pub naive: Naive,
    pub ahead: i64,
}

impl Judge {
    pub(super) fn legal(&mut self, at: i64, to: &Customer) -> bool {
        self.naive.legal(at + self.ahead, &to.places, to.country)
    }

    /// The gate's word on a new text, both ways: what it lets out, what it holds, what it refuses.
    pub(super) fn accepted(
        &mut self,
        to: &Customer,
        sent: Sent,
        now: i64,
        decision: &Decision,
        deep: bool,
    ) -> Result<(), String> {
        let refused = decision.verdict == Verdict::Refuse;
        if to.person.opted_out && !refused && !to.answered(sent.origin, now) {
            return Err(format!("a {} text is accepted after an opt-out", sent.origin));
        }
        if sent.purpose != Purpose::Marketing {
            return Ok(());
        }
        let legal = self.legal(now, to);
        match decision.verdict {
            Verdict::Send if !to.buys() => Err("marketing is accepted without standing consent".to_owned()),
            Verdict::Send if !legal => Err("marketing is due although it is night".to_owned()),
            Verdict::Send if to.capped(now, None, false) => Err("marketing is due above the cap".to_owned()),
            Verdict::Hold { .. } if !to.buys() => Err("marketing is held without standing consent".to_owned()),
            Verdict::Hold { .. } if legal && !to.capped(now, None, true) => Err("it is held for nothing".to_owned()),
            Verdict::Hold { until } if deep && decision.code == "quiet_hours" => {
                if self.legal(until, to) && !self.legal(until - 1, to) && until > now {
                    return Ok(());
                }
                Err(format!("it is held until {until}, which is no opening"))
            }
            Verdict::Refuse if to.buys() && decision.code != "no_legal_window" => {
                let weak = decision.code == "consent_too_weak" && to.weaker();
                if weak { Ok(()) } else { Err(format!("it is refused for nothing: {}", decision.code)) }
            }
            Verdict::Send | Verdict::Hold { .. } | Verdict::Refuse => Ok(()),
        }
    }

    /// A text that has passed the gate and is in hand: invariants 1 and 2.
    pub(super) fn cleared(
        &mut self,
        to: &Customer,
        sent: Sent,
        text: &OutboundText,
        now: i64,
        deep: bool,
    ) -> Result<(), String> {
        if sent.overtaken {
            return Err("it passes the gate although an opt-out came after it was accepted".to_owned());
        }
        if to.person.opted_out && sent.origin != Origin::OptOutConfirmation && !to.answered(sent.origin, now) {
            return Err(format!("a {} text passes the gate after an opt-out", sent.origin));
        }
        if sent.purpose != Purpose::Marketing {
            return Ok(());
        }
        if !to.buys() {
            return Err("marketing passes the gate without standing consent".to_owned());
        }
        if !self.legal(now, to) {
            return Err("marketing passes the gate at night".to_owned());
        }
        if to.capped(now, Some(text.message), false) {
            return Err("marketing passes the gate above the cap".to_owned());
        }
        let dies = text.valid_until.ok_or("it would live on into the night")?;
        if dies < now || !self.legal(dies, to) {
            return Err(format!("it lives until {dies}, which is night"));
        }
        // No night lies between: every quarter of an hour until then.
        let mut at = (now.div_euclid(QUARTER) + 1) * QUARTER;
        while deep && at <= dies {
            if !self.legal(at, to) {
                return Err(format!("it lives until {dies}, beyond the closing at {at}"));
            }
            at += QUARTER;
        }
        Ok(())
    }

    /// Invariant 6: a verdict can be explained from what was kept of it.
    pub(super) fn explained(&mut self, to: &Customer, sent: Sent, decision: &Decision, at: i64) -> Result<(), String> {
        let found = decision.findings.iter().find(|found| found.code == decision.code);
        if decision.verdict != Verdict::Send && found.is_none_or(|found| found.rule.is_empty()) {
            return Err(format!("no rule stands behind {}", decision.code));
        }
        if decision.pack != rule_pack::DEFAULT.id || decision.tz_db != domain::zones::tz_db_version() {
            return Err("it does not say by which rules".to_owned());
        }
        let basis = &decision.basis;
        if basis.at != at || basis.origin != sent.origin.word() || basis.purpose != sent.purpose.word() {
            return Err(format!("its basis is another: {basis:?} instead of {sent:?} at {at}"));
        }
        // What ended while it waited was ended by the opt-out itself; no rule was asked.
        let asked = !basis.certainty.is_empty();
        if sent.purpose != Purpose::Marketing || !asked {
            return Ok(());
        }
        if decision.local_times.len() != to.places.zones.len() {
            return Err("it does not say what time it was there".to_owned());
        }
        for (zone, kept) in to.places.zones.iter().zip(&decision.local_times) {
            let clock = self.naive.local(zone, at + self.ahead);
            let minute = clock.strftime("%Y-%m-%dT%H:%M").to_string();
            if kept.zone != *zone || !kept.time.starts_with(&minute) {
                return Err(format!("it says {} in {}, where it was {minute}", kept.time, kept.zone));
            }
        }
        if decision.verdict == Verdict::Send {
            let consent = decision.findings.iter().any(|found| found.code == "consent" && found.version.is_some());
            if !consent || basis.consent.is_none() || basis.body_sha256.is_none() {
                return Err("it does not say whose permission let it out, or which words".to_owned());
            }
        }
        Ok(())
    }
}
