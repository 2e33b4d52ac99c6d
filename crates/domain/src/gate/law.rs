//! What the rows of the pack say: topics, consent, caps and hours.

use super::caps::{latest_first, reopens};
use super::rules::is_direct;
use super::{Consent, Decision, Inputs, LocalTime, Verdict};
use crate::id::ConsentId;
use crate::limits::{CLOCK_SKEW_MS, LAW_AGAIN_MS, SIGN_UP_ANSWER_MS};
use crate::message::{LegalBasis, Origin, Purpose};
use crate::rule_pack::{ConsentKind, Effect, Kind, Row, Schedule, holiday_names};
use crate::windows::{self, Clocks};
use crate::zones;

/// Texts that answer the customer, and so need no consent but their question.
fn answers(inputs: &Inputs<'_>) -> bool {
    inputs.origin.answers_keyword()
        || inputs.origin == Origin::SignUpRequest
        || inputs.purpose == Purpose::Conversational && is_direct(inputs)
}

fn rows<'a>(inputs: &Inputs<'a>, kind: Kind) -> impl Iterator<Item = &'a Row> {
    inputs.pack.rows_for(kind, inputs.now, inputs.candidates.regions, inputs.purpose)
}

/// No text about what the customer opted out of. An opt-out of any topic ends
/// marketing; one of order texts ends everything but answers and one-time codes
/// (FCC 24-24); from the day of the row on, one of any topic does (47 CFR
/// 64.1200(a)(10)). What they opted out of before they asked for texts again, or before they said, asked
/// which texts they meant, that others go on ((a)(12)), counts for its own topic alone.
pub(super) fn topic(inputs: &Inputs<'_>, decision: &mut Decision) {
    let facts = &inputs.facts;
    if facts.opt_outs.is_empty() || answers(inputs) {
        return;
    }
    for opt_out in facts.opt_outs {
        let scope = opt_out.scope;
        let own = scope == inputs.purpose.word() || facts.topic == Some(scope);
        let order_texts = scope == Purpose::Transactional.word() && inputs.purpose != Purpose::Otp;
        if inputs.purpose == Purpose::Marketing || own || order_texts {
            decision.refuse("topic_opt_out", "opted_out_topic", format!("They opted out of {scope}."));
        } else if facts.resumed_at.is_none_or(|resumed| opt_out.at > resumed)
            && let Some(row) = rows(inputs, Kind::RevokeAll).next()
        {
            let detail = format!("They opted out of {scope}, which counts for every topic. {}", row.law);
            decision.by_row(row, Verdict::Refuse, "revoke_all", detail);
        } else {
            decision.pass(
                "topic_opt_out",
                "other_topic",
                format!("They opted out of {scope}, which is another topic."),
            );
        }
        decision.given("scope", scope);
    }
}

/// Marketing needs consent of the kind the strictest row asks for, on record.
pub(super) fn consent(inputs: &Inputs<'_>, decision: &mut Decision) {
    let list = inputs.facts.consents;
    if inputs.purpose != Purpose::Marketing {
        revoked(inputs, list, decision);
        return;
    }
    let mut needed = ConsentKind::Express;
    let mut by = None;
    for row in rows(inputs, Kind::Consent) {
        if let Effect::Consent(kind) = row.effect
            && (by.is_none() || kind > needed)
        {
            needed = kind.max(ConsentKind::Express);
            by = Some(row);
        }
    }
    let standing = standing(list, Purpose::Marketing, inputs.now);
    let (verdict, code, detail) = match standing {
        Standing::Granted(kind, at, entry) if kind >= needed => {
            decision.basis.consent = entry.map(|entry| entry.to_string());
            (Verdict::Send, "consent", format!("They gave {} consent at {}.", word(kind), instant(at)))
        }
        Standing::Granted(kind, ..) => (
            Verdict::Refuse,
            "consent_too_weak",
            format!("Marketing needs {} consent; {} is on record.", word(needed), word(kind)),
        ),
        Standing::Revoked(at) => {
            (Verdict::Refuse, "consent_revoked", format!("They took their consent back at {}.", instant(at)))
        }
        Standing::None => (
            Verdict::Refuse,
            "consent_missing",
            format!("Marketing needs {} consent; none is on record.", word(needed)),
        ),
    };
    match by {
        Some(row) => decision.by_row(row, verdict, code, detail),
        None if verdict == Verdict::Send => decision.pass("consent", code, detail),
        None => decision.refuse("consent", code, detail),
    }
    // Who agreed stands in the basis; only what is wrong is spelt out.
    match standing {
        Standing::Granted(kind, ..) if kind >= needed => {}
        Standing::Granted(kind, ..) => {
            decision.given("needed", word(needed));
            decision.given("known", word(kind));
        }
        Standing::Revoked(at) => decision.given("at", at),
        Standing::None => decision.given("needed", word(needed)),
    }
}

/// What permits such a text, where something does.
pub(super) fn basis(inputs: &Inputs<'_>) -> Option<LegalBasis> {
    if inputs.origin.answers_keyword() {
        return Some(LegalBasis::Keyword);
    }
    if inputs.origin == Origin::SignUpRequest {
        return Some(LegalBasis::SignUp);
    }
    match (inputs.purpose, inputs.facts.consents) {
        (Purpose::Marketing, list) => match standing(list, Purpose::Marketing, inputs.now) {
            Standing::Granted(ConsentKind::Written, ..) => Some(LegalBasis::WrittenConsent),
            Standing::Granted(ConsentKind::Express, ..) => Some(LegalBasis::ExpressConsent),
            Standing::Granted(ConsentKind::Inbound, ..) | Standing::Revoked(_) | Standing::None => None,
        },
        (Purpose::Transactional, _) => Some(LegalBasis::Order),
        (Purpose::Otp, _) => Some(LegalBasis::CodeAsked),
        (Purpose::Conversational, _) if is_direct(inputs) => Some(LegalBasis::Inquiry),
        (Purpose::Conversational, _) => Some(LegalBasis::Relationship),
    }
}

/// What consent was taken back stops its texts, whatever else allows them.
fn revoked(inputs: &Inputs<'_>, list: &[Consent], decision: &mut Decision) {
    if answers(inputs) {
        return;
    }
    if let Standing::Revoked(at) = standing(list, inputs.purpose, inputs.now) {
        let detail = format!("They took their consent to {} texts back at {}.", inputs.purpose, instant(at));
        decision.refuse("consent", "consent_revoked", detail);
        decision.given("purpose", inputs.purpose.word());
        decision.given("at", at);
        return;
    }
    let elsewhere = Purpose::ALL.iter().filter(|purpose| **purpose != inputs.purpose);
    for purpose in elsewhere {
        if let Standing::Revoked(at) = standing(list, *purpose, inputs.now)
            && inputs.facts.resumed_at.is_none_or(|resumed| at > resumed)
            && let Some(row) = rows(inputs, Kind::RevokeAll).next()
        {
            let detail =
                format!("They took back consent at {}, which counts for every topic. {}", instant(at), row.law);
            decision.by_row(row, Verdict::Refuse, "revoke_all", detail);
            decision.given("at", at);
            return;
        }
    }
}

/// Where a customer stands on a purpose.
enum Standing {
    Granted(ConsentKind, i64, Option<ConsentId>),
    Revoked(i64),
    None,
}

/// The strongest grant since the last revocation. A grant of a later instant
/// than now is none yet; a revocation counts at once, and wins a tie.
fn standing(list: &[Consent], purpose: Purpose, now: i64) -> Standing {
    let about = || {
        list.iter().filter(|entry| entry.channel.is_text() && entry.purpose.is_none_or(|covered| covered == purpose))
    };
    let revoked = about().filter(|entry| !entry.granted).map(|entry| entry.at).max();
    let granted = about()
        .filter(|entry| entry.granted && entry.at <= now && revoked.is_none_or(|revoked| entry.at > revoked))
        .max_by_key(|entry| (entry.kind, entry.at));
    match (granted, revoked) {
        (Some(entry), _) => Standing::Granted(entry.kind, entry.at, entry.entry),
        (None, Some(at)) => Standing::Revoked(at),
        (None, None) => Standing::None,
    }
}

const fn word(kind: ConsentKind) -> &'static str {
    match kind {
        ConsentKind::Inbound => "inbound",
        ConsentKind::Express => "express",
        ConsentKind::Written => "written",
    }
}

/// Records what the operator changed in the law that speaks about this text, at any instant
/// from now to when it may leave.
pub(super) fn overrides(inputs: &Inputs<'_>, decision: &mut Decision) {
    let leaves = decision.not_before(inputs.now);
    for over in inputs.pack.overridden() {
        if over.regions.meet(inputs.candidates.regions)
            && over.purposes.contain(inputs.purpose)
            && over.change.holds(inputs.now, leaves)
        {
            let change = &over.change;
            let detail = format!("{} changed {}: {}", change.by, change.row, change.reason);
            decision.pass("override", "rule_overridden", detail);
            decision.given("by", change.by.as_str());
            decision.given("row", change.row.as_str());
            decision.given("reason", change.reason.as_str());
        }
    }
}

/// Rolling caps: held until the oldest of the counted texts is out of the span.
pub(super) fn cap(inputs: &Inputs<'_>, decision: &mut Decision) {
    let sent = inputs.facts.marketing_sent;
    if inputs.purpose != Purpose::Marketing || sent.is_empty() {
        return;
    }
    let mut latest: Vec<i64> = Vec::new();
    for row in rows(inputs, Kind::Cap) {
        let Effect::Cap { count, span_ms } = row.effect else { continue };
        if sent.len() < count {
            continue;
        }
        if latest.is_empty() {
            latest = latest_first(sent);
        }
        if let Some(reopens) = reopens(&latest, count, span_ms, inputs.now) {
            let detail =
                format!("{count} marketing texts went to them within {} hours. {}", span_ms / 3_600_000, row.law);
            decision.by_row(row, Verdict::Hold { until: reopens }, "frequency_cap", detail);
            decision.given("count", count);
            decision.given("hours", span_ms / 3_600_000);
        }
    }
}

/// Quiet hours and closed days: in every zone the recipient may be in, by every
/// row that may apply; the provider lets the text die when the first one closes.
pub(super) fn window(inputs: &Inputs<'_>, decision: &mut Decision) {
    let rule = "quiet_hours";
    let exempt = match (inputs.purpose, inputs.origin) {
        (Purpose::Marketing, _) => None,
        (_, origin) if origin.answers_keyword() => Some(("answers_keyword", "It answers the customer's own keyword.")),
        (_, Origin::SignUpRequest) if answers_form(inputs) => {
            Some(("answers_sign_up", "It answers a form with this number that was sent minutes ago."))
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
    let clocks = Clocks::of(inputs.candidates);
    decision.tz_db = zones::tz_db_version().to_owned();
    decision.local_times =
        clocks.local_times(inputs.now).map(|(zone, time)| LocalTime { zone: zone.to_owned(), time }).collect();
    let from = decision.not_before(inputs.now);
    // What leaves in the last moment of a window would be let die by its provider, or be taken for
    // longer than it may live.
    let lead = inputs.outlet.lead_ms;
    let found = windows::opening(from, inputs.candidates, &clocks, inputs.pack, inputs.purpose, lead);
    match found {
        Some(found) if found.opens == from => {
            if from == inputs.now {
                decision.expire_at(found.closes);
            }
        }
        Some(found) => name_closed_rows(inputs, &clocks, from, found.opens, decision),
        // What was accepted waits on, however long the law keeps it: whoever sent it is gone by now.
        None if inputs.stops.waits => {
            let detail = format!("{NEVER_OPEN} It is asked about again in a day.");
            decision.hold(rule, from.saturating_add(LAW_AGAIN_MS), "no_legal_window", detail);
        }
        None => decision.refuse(rule, "no_legal_window", NEVER_OPEN),
    }
}

const NEVER_OPEN: &str = "No instant of the next eight days is within legal hours everywhere they may be.";

/// Whether it answers a form that was just sent. Later, whoever sent it waits for it no more.
fn answers_form(inputs: &Inputs<'_>) -> bool {
    let ago = inputs.talk.form_sent_at.map(|at| inputs.now.saturating_sub(at));
    ago.is_some_and(|ago| (-CLOCK_SKEW_MS..=SIGN_UP_ANSWER_MS).contains(&ago))
}

/// Holds in the name of every row that is closed at `from`.
fn name_closed_rows(inputs: &Inputs<'_>, clocks: &Clocks, from: i64, until: i64, decision: &mut Decision) {
    let before = decision.findings.len();
    let rows = inputs.pack.rows_for(Kind::Hours, from, inputs.candidates.regions, inputs.purpose);
    for row in rows {
        let Effect::Hours(hours) = &row.effect else { continue };
        let Some(closed) = clocks.closed(&Schedule::of(hours), from) else { continue };
        let holiday = holiday_names(hours.closed, closed.day).first().copied();
        let named = holiday.map_or_else(String::new, |name| format!(" ({})", name.replace('_', " ")));
        let time = closed.local.get(11..).unwrap_or_default();
        // Penalties and amendments follow the citation after a semicolon.
        let law = row.law.split(';').next().unwrap_or_default();
        let detail =
            format!("It is {time} in {}, where {} is allowed that day{named}. {law}.", closed.zone, closed.span);
        decision.by_row(row, Verdict::Hold { until }, "quiet_hours", detail);
        decision.given("time", time);
        decision.given("zone", closed.zone);
        decision.given("opens", closed.span.opens);
        decision.given("closes", closed.span.closes);
        if let Some(holiday) = holiday {
            decision.given("holiday", holiday);
        }
    }
    if decision.findings.len() == before {
        let open = |needed| windows::opening(from, inputs.candidates, clocks, inputs.pack, inputs.purpose, needed);
        let closing = inputs.outlet.lead_ms > 0 && open(0).is_some_and(|found| found.opens == from);
        let (why, detail) = if closing {
            ("ends_soon", "The hours end too soon for the provider to deliver it in time.")
        } else {
            ("never_together", "No two of the places they may be are open at once before then.")
        };
        decision.hold("quiet_hours", until, "quiet_hours", detail);
        decision.given("why", why);
    }
}

fn instant(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |at| at.to_string())
}
