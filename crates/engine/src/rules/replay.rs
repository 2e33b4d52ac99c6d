//! One text, judged once more by the rules that hold and by those that are tried.
//!
//! What packs say about is hours, closed days, caps and words, and all of that can be asked again:
//! the number, the words, the instant and the earlier marketing texts are on record. The customer's
//! places and the shop's own caps are asked for as they are now, by both alike. Opt-outs, the need of
//! consent, stop switches and the like stand in every pack alike, so they are not asked: what they
//! refused stays refused, whatever is tried. Nor is courtesy: nobody keeps how a talk stood then.

use domain::address::Address;
use domain::gate::{Consent, Decision, Facts, Inputs, Outlet, ShopFacts, Stops, Talk, Verdict, Wish, decide};
use domain::id::MessageId;
use domain::message::{Channel, Origin, Purpose};
use domain::rule_pack::{ConsentKind, RulePack};
use domain::zones::{self, Place};
use serde::{Deserialize, Serialize};
use store::dry_run::{Change, Text};
use store::workspace::WorkspaceRow;

/// What came of the texts of a dry run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Texts judged by both.
    pub judged: i64,
    /// Of those, what fared alike.
    pub same: i64,
    /// Texts that were refused by what no pack says, such as an opt-out.
    pub elsewhere: i64,
    /// Texts without a verdict on record that can be read, or whose purpose or origin is not known.
    pub unjudged: i64,
    /// Of those judged, texts on which the rules that hold say otherwise now than what is on record: other
    /// rules held then, or something stood against them that is not kept.
    pub drifted: i64,
    /// Sent, would be held.
    pub send_hold: i64,
    /// Sent, would be refused.
    pub send_refuse: i64,
    /// Held, would be sent.
    pub hold_send: i64,
    /// Held, would be held until another instant.
    pub hold_hold: i64,
    /// Held, would be refused.
    pub hold_refuse: i64,
    /// Refused, would be sent.
    pub refuse_send: i64,
    /// Refused, would be held.
    pub refuse_hold: i64,
}

/// What is known of whom a text went to.
#[derive(Debug, Default)]
pub(super) struct Customer {
    /// Marketing texts that went to them, and when, Unix ms.
    pub(super) sold: Vec<(MessageId, i64)>,
    /// Where they are, beside what their number tells.
    pub(super) places: Vec<Place>,
}

/// The rules that hold, and those that are tried.
pub(super) struct Both<'a> {
    pub(super) holds: &'a RulePack,
    pub(super) tried: &'a RulePack,
    /// What the workspace says about its texts, now as then.
    pub(super) workspace: &'a WorkspaceRow,
}

impl Both<'_> {
    /// How far back (ms) marketing texts count by either.
    pub(super) fn counted_ms(&self) -> i64 {
        self.holds.counted_ms().max(self.tried.counted_ms()).max(self.workspace.policy.caps.counted_ms())
    }

    /// Judges a text by both, and counts what comes of it.
    pub(super) fn judge(
        &self,
        text: &Text,
        recorded: Option<&Decision>,
        customer: &Customer,
        counts: &mut Counts,
    ) -> Option<Change> {
        let purpose = text.purpose.as_deref().and_then(Purpose::from_word);
        let origin = text.origin.as_deref().and_then(Origin::from_word);
        let (Some(recorded), Some(purpose), Some(origin)) = (recorded, purpose, origin) else {
            counts.unjudged += 1;
            return None;
        };
        let to = Address::parse(&text.address);
        let candidates = zones::candidates_at(&to, &customer.places);
        let at = recorded.basis.at;
        let earlier = customer.sold.iter().filter(|(message, sent)| *message != text.id && *sent < at);
        let earlier: Vec<i64> = earlier.map(|(_, sent)| *sent).collect();
        // Consent stands in every pack alike.
        let agreed = [Consent {
            channel: Channel::Sms,
            purpose: None,
            granted: true,
            kind: ConsentKind::Written,
            at: i64::MIN,
            entry: None,
        }];
        let under = |pack| {
            decide(&Inputs {
                now: at,
                clock_in_doubt: false,
                origin,
                purpose,
                to: &to,
                body: &text.body,
                media: usize::try_from(text.media).unwrap_or(0),
                stops: Stops::default(),
                outlet: Outlet { real: recorded.basis.real, parts_max: u32::MAX, ..Outlet::OPEN },
                wish: Wish::default(),
                talk: Talk {
                    last_inbound_at: recorded.basis.last_inbound_at,
                    form_sent_at: (origin == Origin::SignUpRequest).then_some(text.at),
                    ..Talk::default()
                },
                candidates: &candidates,
                pack,
                facts: Facts {
                    consents: &agreed,
                    marketing_sent: &earlier,
                    brand: crate::consent::brand(&self.workspace.brand),
                    age_gated: self.workspace.age_gated,
                    reclassify: self.workspace.reclassify,
                    shop: ShopFacts { policy: Some(&self.workspace.policy), ..ShopFacts::default() },
                    ..Facts::default()
                },
                send_after: None,
                valid_until: None,
            })
        };
        let (was, becomes) = (under(self.holds), under(self.tried));
        if recorded.verdict == Verdict::Refuse && !was.findings.iter().any(|found| found.code == recorded.code) {
            counts.elsewhere += 1;
            return None;
        }
        counts.judged += 1;
        counts.drifted += i64::from(was.verdict.word() != recorded.verdict.word());
        let Some(slot) = counts.slot(was.verdict, becomes.verdict) else {
            counts.same += 1;
            return None;
        };
        *slot += 1;
        let (decides, other) = if becomes.verdict == Verdict::Send { (&was, &becomes) } else { (&becomes, &was) };
        let deciding = || decides.findings.iter().filter(|found| found.verdict == decides.verdict);
        // What the other rules did not say is what makes the difference, where there is such.
        let new = |rule: &str| !other.findings.iter().any(|found| found.rule == rule && found.verdict != Verdict::Send);
        let found = deciding().find(|found| new(&found.rule)).or_else(|| deciding().next());
        let (rule, code, detail) = found.map_or_else(
            || (String::new(), decides.code.clone(), decides.detail.clone()),
            |found| (found.rule.clone(), found.code.clone(), found.detail.clone()),
        );
        Some(Change {
            message: text.id,
            text_at: text.at,
            was: was.verdict.word().to_owned(),
            was_until: until(was.verdict),
            becomes: becomes.verdict.word().to_owned(),
            becomes_until: until(becomes.verdict),
            rule,
            code,
            detail,
        })
    }
}

impl Counts {
    /// Where a change is counted; none where nothing changes.
    fn slot(&mut self, was: Verdict, becomes: Verdict) -> Option<&mut i64> {
        Some(match (was, becomes) {
            (Verdict::Send, Verdict::Hold { .. }) => &mut self.send_hold,
            (Verdict::Send, Verdict::Refuse) => &mut self.send_refuse,
            (Verdict::Hold { .. }, Verdict::Send) => &mut self.hold_send,
            (Verdict::Hold { .. }, Verdict::Refuse) => &mut self.hold_refuse,
            (Verdict::Hold { until }, Verdict::Hold { until: other }) if until != other => &mut self.hold_hold,
            (Verdict::Refuse, Verdict::Send) => &mut self.refuse_send,
            (Verdict::Refuse, Verdict::Hold { .. }) => &mut self.refuse_hold,
            (Verdict::Send, Verdict::Send)
            | (Verdict::Refuse, Verdict::Refuse)
            | (Verdict::Hold { .. }, Verdict::Hold { .. }) => return None,
        })
    }
}

const fn until(verdict: Verdict) -> Option<i64> {
    match verdict {
        Verdict::Hold { until } => Some(until),
        Verdict::Send | Verdict::Refuse => None,
    }
}
