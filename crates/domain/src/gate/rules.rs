//! The rules the gate asks, one function each.
//!
//! A rule reads the inputs and adds findings; it never removes one, so their
//! order only decides which refusal is named first.

use super::{Decision, Inputs, LocalTime};
use crate::encoding;
use crate::limits::{AUTOMATIC_MAX, BODY_UNITS_MAX, DIRECT_REPLY_MS, MEDIA_MAX};
use crate::message::{Origin, Purpose};
use crate::windows;

type Rule = fn(&Inputs<'_>, &mut Decision);

/// Every rule, in the order in which refusals are named.
pub(super) const ALL: &[Rule] =
    &[stop_switch, outlet, expiry, address, content, opt_out, go_live, marketing, automatic, send_later, window];

/// One switch per server, workspace and inbox stops all sending.
fn stop_switch(inputs: &Inputs<'_>, decision: &mut Decision) {
    let by = match inputs.stops {
        stops if stops.server => "on this server",
        stops if stops.workspace => "in this workspace",
        stops if stops.inbox => "in this inbox",
        _ => return,
    };
    decision.refuse("stop_switch", "sending_stopped", format!("All sending is stopped {by}."));
}

fn outlet(inputs: &Inputs<'_>, decision: &mut Decision) {
    if !inputs.outlet.usable {
        decision.refuse("outlet", "no_route", "The account of this inbox is switched off.");
    }
}

fn expiry(inputs: &Inputs<'_>, decision: &mut Decision) {
    if inputs.valid_until.is_some_and(|until| until <= inputs.now) {
        decision.refuse("expiry", "expired", "Its time ran out before it could leave.");
    }
}

fn address(inputs: &Inputs<'_>, decision: &mut Decision) {
    if !inputs.to.answerable() {
        decision.refuse("address", "not_textable", "This address cannot receive texts.");
    }
}

fn content(inputs: &Inputs<'_>, decision: &mut Decision) {
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
    }
    let measure = encoding::measure(inputs.body);
    if measure.parts > inputs.outlet.parts_max || inputs.body.encode_utf16().count() > BODY_UNITS_MAX {
        decision.refuse(
            "content",
            "too_long",
            format!("It has {} parts; this number takes {}.", measure.parts, inputs.outlet.parts_max),
        );
    }
}

/// No text to someone who opted out, bar the single confirmation (47 CFR
/// 64.1200(a)(10) and (12)) and, where they wrote again, a person's own answer.
fn opt_out(inputs: &Inputs<'_>, decision: &mut Decision) {
    if inputs.wish.opted_out_since.is_none() {
        return;
    }
    let rule = "opt_out";
    match inputs.origin {
        Origin::OptOutConfirmation => {
            decision.pass(rule, "opt_out_confirmation", "The one confirmation of an opt-out may pass.");
        }
        Origin::HelpAnswer if inputs.wish.wrote_since => {
            decision.pass(rule, "help_answer", "They asked for help after opting out.");
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
        | Origin::HelpAnswer => {
            decision.refuse(rule, "opted_out", "They opted out. Nothing may be sent unless they text START.");
        }
    }
}

/// Until an inbox is declared live, a real provider reaches listed test numbers only.
fn go_live(inputs: &Inputs<'_>, decision: &mut Decision) {
    if inputs.outlet.real && !inputs.outlet.live && !inputs.outlet.test_number {
        decision.refuse("go_live", "inbox_not_live", "This inbox is not live; it sends to its test numbers only.");
    }
}

/// Marketing needs a consent ledger; until there is one, no real network carries it.
fn marketing(inputs: &Inputs<'_>, decision: &mut Decision) {
    if inputs.purpose == Purpose::Marketing && inputs.outlet.real {
        decision.refuse(
            "marketing",
            "marketing_not_ready",
            "Marketing texts need recorded consent, which is not kept yet.",
        );
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
    }
}

fn send_later(inputs: &Inputs<'_>, decision: &mut Decision) {
    if let Some(after) = inputs.send_after.filter(|after| *after > inputs.now) {
        decision.hold("send_later", after, "send_later", "It was asked to leave later.");
    }
}

/// Quiet hours: 8 am to 9 pm in every zone the recipient may be in (47 CFR
/// 64.1200(c)(1)); the provider lets the text die when the first zone closes.
fn window(inputs: &Inputs<'_>, decision: &mut Decision) {
    let rule = "quiet_hours";
    let exempt = match (inputs.purpose, inputs.origin) {
        (Purpose::Marketing, _) => None,
        (_, Origin::OptOutConfirmation | Origin::OptInConfirmation | Origin::HelpAnswer) => {
            Some(("answers_keyword", "It answers the customer's own keyword."))
        }
        (Purpose::Otp, _) => Some(("one_time_password", "The customer is waiting for this code.")),
        (Purpose::Conversational, _) if is_direct(inputs) => {
            Some(("direct_reply", "It answers a text of the last 24 hours."))
        }
        (Purpose::Conversational | Purpose::Transactional, _) => None,
    };
    if let Some((code, detail)) = exempt {
        decision.pass(rule, code, detail);
        return;
    }
    let window = windows::window_check(inputs.now, inputs.candidates, inputs.pack, 0);
    decision.tz_db = window.tz_db.to_owned();
    decision.local_times = window
        .local_times
        .iter()
        .map(|(zone, time)| LocalTime { zone: (*zone).to_owned(), time: time.clone() })
        .collect();
    if window.open {
        if let Some(closes) = window.closes_at {
            decision.expire_at(closes);
        }
    } else if let Some(opens) = window.next_open_at {
        decision.hold(rule, opens, "quiet_hours", "It is outside 8 am to 9 pm somewhere they may be.");
    } else {
        decision.refuse(
            rule,
            "no_legal_window",
            "No instant of the next eight days is within legal hours everywhere they may be.",
        );
    }
}

fn is_direct(inputs: &Inputs<'_>) -> bool {
    inputs.talk.last_inbound_at.is_some_and(|at| inputs.now.saturating_sub(at) <= DIRECT_REPLY_MS)
}
