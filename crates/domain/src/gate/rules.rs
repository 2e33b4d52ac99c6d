//! The rules the gate asks, one function each.
//!
//! A rule reads the inputs and adds findings; it never removes one, so their
//! order only decides which refusal is named first.

use super::{Decision, Inputs, SENDING_STOPPED, law, shop};
use crate::address::{Address, E164};
use crate::encoding;
use crate::limits::{AUTOMATIC_MAX, BODY_UNITS_MAX, CLOCK_SKEW_MS, DIRECT_REPLY_MS, MEDIA_MAX, PARTS_MAX};
use crate::message::{Origin, Purpose};
use crate::watch::clock::ASK_AGAIN_MS;

type Rule = fn(&Inputs<'_>, &mut Decision);

/// Every rule, in the order in which refusals are named.
pub(super) const ALL: &[Rule] = &[
    stop_switch,
    outlet,
    expiry,
    address,
    shape,
    opt_out,
    law::topic,
    whole_customer,
    go_live,
    law::consent,
    automatic,
    send_later,
    clock,
    // The law's cap after the shop's, so that of two of one instant the law's is named.
    shop::cap,
    law::cap,
    // After every other hold, because it looks for an instant after them.
    law::window,
    // After even that, because nobody knows its end: it must not move the hours, but be named.
    shop::courtesy,
    // Last, because what is changed until the text may leave counts as well.
    law::overrides,
];

/// One switch per server, workspace and inbox stops all sending. A new text is
/// refused, so that its asker learns it and nothing piles up behind the switch.
/// What was accepted before waits until it is lifted, and so does what Hark owes
/// by itself: nobody is there who would ask again.
fn stop_switch(inputs: &Inputs<'_>, decision: &mut Decision) {
    let (place, by) = match inputs.stops {
        stops if stops.server => ("server", "on this server"),
        stops if stops.workspace => ("workspace", "in this workspace"),
        stops if stops.inbox => ("inbox", "in this inbox"),
        _ => return,
    };
    let owed = match inputs.origin {
        Origin::OptOutConfirmation | Origin::OptInConfirmation | Origin::HelpAnswer | Origin::SignUpRequest => true,
        Origin::Person | Origin::Bot | Origin::Flow | Origin::Campaign | Origin::Api => false,
    };
    if inputs.stops.waits || owed {
        // Nobody knows when it is lifted: it may be at once.
        let detail = format!("All sending is stopped {by}. It waits until that is lifted.");
        decision.hold("stop_switch", inputs.now, SENDING_STOPPED, detail);
    } else {
        decision.refuse("stop_switch", SENDING_STOPPED, format!("All sending is stopped {by}."));
    }
    decision.given("place", place);
}

/// So many bytes of a body fit into one of several parts whatever they are: a
/// part holds 67 UTF-16 units, and no unit takes less than a byte; a pair of
/// units is never cut.
const PART_BYTES_SURE: usize = 66;

fn outlet(inputs: &Inputs<'_>, decision: &mut Decision) {
    if !inputs.outlet.usable {
        decision.refuse("outlet", "no_route", "The account of this inbox is switched off.");
    }
}

fn expiry(inputs: &Inputs<'_>, decision: &mut Decision) {
    // What a provider cannot take any more has no time left either.
    if inputs.valid_until.is_some_and(|until| until <= inputs.now.saturating_add(inputs.outlet.lead_ms)) {
        decision.refuse("expiry", "expired", "Its time ran out before it could leave.");
    }
}

fn address(inputs: &Inputs<'_>, decision: &mut Decision) {
    if !inputs.to.answerable() || emergency(inputs.to) {
        decision.refuse("address", "not_textable", "This address cannot receive texts.");
    } else if inputs.to.phone().and_then(E164::area_code) == Some("900") {
        decision.refuse("address", "premium_number", "Numbers of area code 900 cost their caller money.");
    }
}

/// Numbers of police, fire and ambulance where Hark is used.
fn emergency(to: &Address) -> bool {
    matches!(to, Address::ShortCode(code) if matches!(&**code, "911" | "112" | "999" | "000" | "988" | "933"))
}

fn shape(inputs: &Inputs<'_>, decision: &mut Decision) {
    if inputs.body.trim().is_empty() && inputs.media == 0 {
        decision.refuse("content", "empty_text", "There is nothing to send.");
    }
    if !inputs.outlet.usable {
        return;
    }
    if inputs.media > 0 && !inputs.outlet.mms {
        decision.refuse("content", "media_unsupported", "This number cannot send pictures.");
    }
    if inputs.media > MEDIA_MAX {
        decision.refuse("content", "too_many_media", format!("At most {MEDIA_MAX} pictures fit into one text."));
        decision.given("most", MEDIA_MAX);
    }
    // What fits into the parts by its bytes alone need not be measured.
    if inputs.body.len() <= PART_BYTES_SURE * inputs.outlet.parts_max.min(PARTS_MAX) as usize {
        return;
    }
    let measure = encoding::measure(inputs.body);
    if measure.parts > inputs.outlet.parts_max || inputs.body.encode_utf16().count() > BODY_UNITS_MAX {
        decision.refuse(
            "content",
            "too_long",
            format!("It has {} parts; this number takes {}.", measure.parts, inputs.outlet.parts_max),
        );
        decision.given("parts", measure.parts);
        decision.given("most", inputs.outlet.parts_max);
    }
}

/// No text to someone who opted out, bar the single confirmation (47 CFR
/// 64.1200(a)(10) and (12)) and, where they wrote again, a person's own answer, help, and the
/// question whether they want to join (ADR 11).
fn opt_out(inputs: &Inputs<'_>, decision: &mut Decision) {
    let rule = "opt_out";
    if inputs.wish.overtaken && inputs.origin != Origin::OptOutConfirmation {
        decision.refuse(rule, "opted_out", "They opted out after it was accepted, before it left.");
        return;
    }
    if inputs.wish.opted_out_since.is_none() {
        return;
    }
    match inputs.origin {
        Origin::OptOutConfirmation => {
            decision.pass(rule, "opt_out_confirmation", "The one confirmation of an opt-out may pass.");
        }
        Origin::HelpAnswer if inputs.wish.wrote_since && is_direct(inputs) => {
            decision.pass(rule, "help_answer", "They asked for help after opting out, within the last 24 hours.");
        }
        // A join keyword of theirs is answered with the question whether they mean it; they stay
        // opted out until they say so.
        Origin::OptInConfirmation if inputs.wish.wrote_since && is_direct(inputs) => {
            decision.pass(rule, "asked_to_join", "They texted a join keyword after opting out.");
        }
        Origin::Person if inputs.wish.wrote_since && inputs.purpose == Purpose::Conversational && is_direct(inputs) => {
            decision.pass(rule, "direct_answer", "They wrote again after opting out; a person may answer.");
        }
        Origin::Person
        | Origin::Bot
        | Origin::Flow
        | Origin::Campaign
        | Origin::Api
        | Origin::OptInConfirmation
        | Origin::SignUpRequest
        | Origin::HelpAnswer => {
            decision.refuse(rule, "opted_out", "They opted out. Nothing may be sent unless they text START.");
        }
    }
}

/// Marketing is for a person: whoever opted out with one of their addresses
/// gets none by another, nor while nobody has said whether they asked to stop.
fn whole_customer(inputs: &Inputs<'_>, decision: &mut Decision) {
    if inputs.purpose != Purpose::Marketing {
        return;
    }
    if inputs.facts.opted_out_elsewhere_since.is_some() {
        let detail = "They opted out with another of their addresses, which ends marketing to all of them.";
        decision.refuse("opt_out", "opted_out_elsewhere", detail);
    }
    if inputs.facts.unsure_since.is_some() {
        decision.refuse("opt_out", "opt_out_unsure", "They may have asked to stop, and nobody has said yet whether.");
        decision.fix("Read their text and say whether they asked to stop.");
    }
}

/// Until an inbox is declared live, a real provider reaches listed test numbers only.
fn go_live(inputs: &Inputs<'_>, decision: &mut Decision) {
    if inputs.outlet.real && !inputs.outlet.live && !inputs.outlet.test_number {
        decision.refuse("go_live", "inbox_not_live", "This inbox is not live; it sends to its test numbers only.");
    }
}

/// Two machines must never talk to each other without end.
fn automatic(inputs: &Inputs<'_>, decision: &mut Decision) {
    // The confirmation is owed once per opt-out, and there can be only one.
    if !inputs.origin.automatic() || inputs.origin == Origin::OptOutConfirmation {
        return;
    }
    if inputs.talk.echo {
        decision.refuse("automatic", "answers_own_text", "It would answer our own words sent back to us.");
    }
    if inputs.talk.automatic_recent >= AUTOMATIC_MAX {
        decision.refuse(
            "automatic",
            "automatic_limit",
            format!("{AUTOMATIC_MAX} automatic texts went to them within the hour; a person must write next."),
        );
        decision.given("count", AUTOMATIC_MAX);
    }
}

fn send_later(inputs: &Inputs<'_>, decision: &mut Decision) {
    if let Some(after) = inputs.send_after.filter(|after| *after > inputs.now) {
        decision.hold("send_later", after, "send_later", "It was asked to leave later.");
    }
}

/// Quiet hours are hours of a clock: marketing waits for one that can be believed.
fn clock(inputs: &Inputs<'_>, decision: &mut Decision) {
    if inputs.clock_in_doubt && inputs.purpose == Purpose::Marketing {
        let detail = "The server's clock is in doubt; marketing waits until it is right.";
        decision.hold("clock", inputs.now + ASK_AGAIN_MS, "clock_in_doubt", detail);
    }
}

/// Whether it answers a text of the customer's last 24 hours.
pub(super) fn is_direct(inputs: &Inputs<'_>) -> bool {
    let ago = inputs.talk.last_inbound_at.map(|at| inputs.now.saturating_sub(at));
    // Nodes may differ by moments; a text of a later hour is no text yet.
    ago.is_some_and(|ago| (-CLOCK_SKEW_MS..=DIRECT_REPLY_MS).contains(&ago))
}
