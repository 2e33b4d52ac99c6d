//! The shop's own policy: caps over everything it sells, and courtesy. It only ever holds; the law and the
//! customer's wish are asked first and refuse whatever the shop would let pass.

use super::caps::{latest_first, reopens};
use super::policy::{OpenTalk, SendingPolicy};
use super::rules::is_direct;
use super::{Decision, Inputs};
use crate::limits::{COURTESY_AGAIN_MS, COURTESY_RECENT_MS, DAY_MS, PRIORITY_AGAIN_MS};
use crate::message::Purpose;
use crate::windows::{self, Clocks};

/// The policy, where it speaks about this text: marketing, whatever it was sent as, bar what answers the
/// customer in their talk. That is what they asked for, even with an offer in it.
fn policy<'a>(inputs: &Inputs<'a>, decision: &Decision) -> Option<&'a SendingPolicy> {
    let talk = decision.basis.declared.as_deref() == Some(Purpose::Conversational.word());
    if inputs.purpose != Purpose::Marketing || talk && is_direct(inputs) {
        return None;
    }
    inputs.facts.shop.policy
}

/// Rolling caps over all marketing of the brand. Where a place is left, it is for the text of the highest
/// priority that is due: the others are asked again soon, when that one has left or been stopped.
pub(super) fn cap(inputs: &Inputs<'_>, decision: &mut Decision) {
    let Some(policy) = policy(inputs, decision) else { return };
    let latest = latest_first(inputs.facts.marketing_sent);
    let rank = policy.priority.rank(inputs.origin);
    let before = inputs.facts.shop.due.iter().copied().filter(|origin| policy.priority.rank(*origin) < rank);
    let first = before.clone().min_by_key(|origin| policy.priority.rank(*origin));
    let before = before.count();
    for (most, span_ms, span) in policy.caps.set() {
        if let Some(reopens) = reopens(&latest, most, span_ms, inputs.now) {
            let detail = format!("{most} marketing texts went to them within {span}, which is the shop's own limit.");
            decision.hold("shop_cap", reopens, "shop_cap", detail);
            decision.fix("Let it wait, or raise the limit in the sending policy.");
            decision.given("count", most);
            decision.given("days", span_ms / DAY_MS);
            continue;
        }
        let since = inputs.now.saturating_sub(span_ms);
        let left = most.saturating_sub(latest.iter().take_while(|at| **at > since).count());
        if let Some(first) = first
            && before >= left
        {
            let detail = format!(
                "{left} of {most} marketing texts within {span} are left for them, and a text of a higher priority \
                 ({first}) is due. It is asked about again in a few minutes."
            );
            let until = before_its_end(inputs, inputs.now.saturating_add(PRIORITY_AGAIN_MS));
            decision.hold("shop_priority", until, "shop_priority", detail);
            decision.fix("Let it wait, or change the order in the sending policy.");
            decision.given("left", left);
            decision.given("days", span_ms / DAY_MS);
            decision.given("first", first.word());
        }
    }
}

/// Why marketing would be rude now, and until when as far as anybody knows.
struct Rude {
    rule: &'static str,
    until: i64,
    detail: String,
    fix: &'static str,
    /// Which of several reasons of one code it is.
    why: Option<&'static str>,
}

/// No marketing into a talk about something else, and none while a complaint is open.
///
/// Asked after the hours, because nobody knows when most of these end: what ends one asks about the text at
/// once, and else it is looked at again a day later, at an hour that would be legal. So the reason shown is
/// the talk, and not the night in which that later look may fall.
pub(super) fn courtesy(inputs: &Inputs<'_>, decision: &mut Decision) {
    let Some(policy) = policy(inputs, decision) else { return };
    let talks = inputs.facts.shop.talks;
    let complaint = talks.iter().filter(|_| policy.courtesy.complaints).find_map(|talk| complaint(talk, inputs.now));
    let talk = talks.iter().filter(|_| policy.courtesy.open_conversations);
    let talk = talk.filter_map(|talk| open(talk, inputs.now)).max_by_key(|rude| rude.until);
    for rude in talk.into_iter().chain(complaint) {
        let until = looked_at(inputs, decision, rude.until);
        decision.hold(rude.rule, until, rude.rule, rude.detail);
        decision.fix(rude.fix);
        if let Some(why) = rude.why {
            decision.given("why", why);
        }
    }
}

fn complaint(talk: &OpenTalk, now: i64) -> Option<Rude> {
    talk.complaint_since.map(|_| Rude {
        rule: "complaint_open",
        until: now.saturating_add(COURTESY_AGAIN_MS),
        detail: "They are angry or complained, and that is not settled. Marketing waits until it is.".to_owned(),
        fix: "Settle it and say so in the conversation, or close the conversation.",
        why: None,
    })
}

/// A conversation that is not closed and in which the customer waits for an answer or wrote within a day.
fn open(talk: &OpenTalk, now: i64) -> Option<Rude> {
    if talk.waits {
        return Some(Rude {
            rule: "open_conversation",
            until: now.saturating_add(COURTESY_AGAIN_MS),
            detail: "They wait for an answer in an open conversation. Marketing waits until they have it.".to_owned(),
            fix: "Answer them, or close the conversation.",
            why: Some("waits"),
        });
    }
    let until = talk.wrote_at?.saturating_add(COURTESY_RECENT_MS);
    (until > now).then(|| Rude {
        rule: "open_conversation",
        until,
        detail: "They wrote within the last 24 hours in a conversation that is still open.".to_owned(),
        fix: "Close the conversation when it is over, or let it wait.",
        why: Some("lately"),
    })
}

/// When the text is looked at again that waits until `until` at the latest. Where nothing else holds it
/// longer, that is at a legal hour. One with an end of its own is looked at just before, so that it is held
/// as long as there is hope, and refused in words when there is none.
fn looked_at(inputs: &Inputs<'_>, decision: &Decision, until: i64) -> i64 {
    if until < decision.not_before(inputs.now) {
        return until;
    }
    let lead = inputs.outlet.lead_ms;
    let clocks = Clocks::of(inputs.candidates);
    let opening = windows::opening(until, inputs.candidates, &clocks, inputs.pack, inputs.purpose, lead);
    before_its_end(inputs, opening.map_or(until, |found| found.opens))
}

/// An instant, or the last at which the text can still leave where that comes first: a look that nothing but
/// our own patience put off must not outlast it.
fn before_its_end(inputs: &Inputs<'_>, until: i64) -> i64 {
    let lead = inputs.outlet.lead_ms;
    let last = inputs.valid_until.map(|worthless| worthless.saturating_sub(lead).saturating_sub(1));
    last.filter(|last| *last > inputs.now).map_or(until, |last| until.min(last))
}
