//! The texts of a document, each with the gate's verdicts.

use super::sheet::{AMBER, BLACK, BODY, GREEN, GREY, RED, SMALL, STRONG, Sheet};
use super::{Names, hung, plain, time, who};
use domain::evidence::pack::{Decision, Item, Message};
use domain::gate::Decision as Record;

pub(super) fn draw(sheet: &mut Sheet, items: &[Item], names: &Names) {
    sheet.heading("Texts");
    let (mut conversation, mut first) = ("", true);
    for item in items {
        if let Item::Decision(row) = item {
            decision(sheet, item, row);
        }
        let Item::Message(row) = item else { continue };
        sheet.indent = 0.0;
        if row.conversation == conversation {
            sheet.rule();
        } else {
            conversation = &row.conversation;
            sheet.gap(if first { 0.0 } else { 10.0 });
            sheet.words(SMALL, &format!("With {}, conversation {}", row.our_address, row.conversation));
            sheet.gap(4.0);
        }
        first = false;
        message(sheet, row, names);
    }
    sheet.indent = 0.0;
    if first {
        sheet.words(BODY, "There was none with this address.");
    }
}

fn message(sheet: &mut Sheet, row: &Message, names: &Names) {
    let inbound = row.direction == "inbound";
    let from = match (inbound, &row.author_kind) {
        (true, _) => "From the customer".to_owned(),
        (false, Some(kind)) => format!("To the customer, by {}", who(kind, row.author.as_ref(), names)),
        (false, None) => "To the customer".to_owned(),
    };
    sheet.split(STRONG, &from, SMALL, &time(row.created_at));
    sheet.panel(if inbound { GREY } else { GREEN }, if row.body.is_empty() { "(no words)" } else { &row.body });
    let mut told = vec![format!("{} since {}", plain(&row.state), time(row.state_at))];
    told.extend(row.purpose.as_ref().map(|purpose| format!("purpose {}", plain(purpose))));
    told.extend(row.origin.as_ref().map(|origin| format!("asked for by {}", plain(origin))));
    if row.parts > 0 {
        told.push(format!("parts: {}", row.parts));
    }
    told.extend(row.valid_until.map(|at| format!("worthless after {}", time(at))));
    if row.in_flight_at_opt_out {
        told.push("already on its way when the customer opted out".to_owned());
    }
    told.extend(row.reason_code.as_ref().map(|code| format!("reason {code}")));
    sheet.words(SMALL, &told.join(", "));
    for one in &row.media {
        let digest = one.sha256.as_deref().unwrap_or("never fetched");
        sheet.words(SMALL, &format!("picture {}, {} bytes, SHA-256 {digest}", one.content_type, one.bytes));
    }
    for one in &row.attempts {
        let id = one.provider_id.as_ref().map(|id| format!(", the provider's id {id}")).unwrap_or_default();
        let error = one.error_code.as_ref().or(one.error_class.as_ref());
        let error = error.map(|error| format!(", error {error}")).unwrap_or_default();
        sheet.words(SMALL, &format!("handed over {}: {}{id}{error}", time(one.created_at), plain(&one.state)));
    }
    sheet.words(SMALL, &row.id);
}

fn decision(sheet: &mut Sheet, item: &Item, row: &Decision) {
    sheet.indent = 16.0;
    let ink = match row.verdict.as_str() {
        "send" => GREEN,
        "hold" => AMBER,
        _ => RED,
    };
    // Numbers are even as a text is accepted and odd as it is claimed.
    let pass = if row.no.rem_euclid(2) == 0 { "as it was accepted" } else { "before it was handed over" };
    sheet.gap(5.0);
    sheet.split(STRONG.ink(ink), &format!("Gate: {} ({})", row.verdict, row.code), SMALL, &time(row.at));
    match serde_json::from_str::<Record>(&row.record) {
        Ok(record) => explained(sheet, &record),
        Err(_) => sheet.words(BODY, &row.record),
    }
    sheet.words(SMALL, &format!("{pass}, {}", hung(item).unwrap_or_default()));
    sheet.indent = 0.0;
}

fn explained(sheet: &mut Sheet, record: &Record) {
    sheet.words(BODY, &record.detail);
    let small = SMALL.ink(BLACK);
    for one in record.findings.iter().filter(|one| one.code != record.code) {
        sheet.pair_in(small, &plain(&one.rule), &format!("{}: {}", one.verdict.word(), one.detail));
    }
    if !record.local_times.is_empty() {
        let times: Vec<String> =
            record.local_times.iter().map(|local| format!("{} {}", local.time, local.zone)).collect();
        sheet.pair_in(small, "local time", &times.join(", "));
    }
    let basis = &record.basis;
    let mut told = vec![format!("asked for by {}, purpose {}", plain(&basis.origin), plain(&basis.purpose))];
    told.push(match basis.opted_out_since {
        Some(at) => format!("opted out since {}", time(at)),
        None => "not opted out".to_owned(),
    });
    told.extend(basis.last_inbound_at.map(|at| format!("customer last wrote {}", time(at))));
    if !basis.states.is_empty() {
        told.push(format!("may be in {}", basis.states));
    }
    if !basis.live {
        told.push("inbox not live".to_owned());
    }
    sheet.pair_in(small, "based on", &told.join("; "));
    let mut versions = format!("rule pack {}, time zone database {}", record.pack, record.tz_db);
    if let Some(until) = record.valid_until {
        versions.push_str(&format!("; the provider lets it die at {}", time(until)));
    }
    sheet.pair_in(small, "under", &versions);
}
