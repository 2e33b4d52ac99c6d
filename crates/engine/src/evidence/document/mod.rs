//! `evidence.pdf`: a pack for people.

pub(crate) mod font;
pub(crate) mod sheet;
mod texts;

use domain::evidence::pack::{About, Audit, Consent, Disclosure, Item, OptOut, Standing};
use serde_json::Value;
use sheet::{AMBER, BLACK, BODY, GREEN, GREY, Ink, RED, SMALL, STRONG, Sheet};
use std::collections::HashMap;
use uuid::Uuid;

/// Names of members and keys, by identity.
pub(super) type Names = HashMap<Uuid, String>;

/// What the document says of the pack it lies in.
pub(super) struct Colophon<'a> {
    /// SHA-256 of `evidence.json`.
    pub(super) evidence_sha256: &'a str,
    /// The public key that signs the pack.
    pub(super) key: &'a str,
}

/// Draws items.
pub(super) fn draw(items: &[Item], names: &Names, colophon: &Colophon<'_>) -> Vec<u8> {
    let mut sheet = Sheet::new();
    let Some(Item::About(about)) = items.first() else { return sheet.finish("Evidence", "") };
    front(&mut sheet, about, items, colophon);
    ledger(&mut sheet, items, names);
    texts::draw(&mut sheet, items, names);
    audit(&mut sheet, items, names);
    chain(&mut sheet, items);
    let title = format!("Evidence about {}", about.address);
    let foot = format!("{}  ·  {}  ·  {}", about.address, about.brand, about.pack);
    sheet.finish(&title, &foot)
}

/// An instant for people, to the second.
fn time(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map_or_else(|_| at.to_string(), |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// A word of the ledger as people read it.
fn plain(word: &str) -> String {
    word.replace('_', " ")
}

/// Who did something, by name where it is known.
fn who(kind: &str, id: Option<&String>, names: &Names) -> String {
    let name = id.and_then(|id| Uuid::try_parse(id).ok()).and_then(|id| names.get(&id));
    let kind = match kind {
        "api" | "api_key" => "API key",
        "cli" => "the command line",
        "system" => "Hark itself",
        other => other,
    };
    match (name, id) {
        (Some(name), _) => format!("{name} ({kind})"),
        (None, Some(id)) => format!("{kind} {id}"),
        (None, None) => kind.to_owned(),
    }
}

/// Under which entry of the chain a row hangs.
fn hung(item: &Item) -> Option<String> {
    item.way().map(|way| match way {
        Some(way) => format!("entry {} of the chain", way.entry),
        None => "older than the chain".to_owned(),
    })
}

fn front(sheet: &mut Sheet, about: &About, items: &[Item], colophon: &Colophon<'_>) {
    let count = |kind: &str| items.iter().filter(|item| item.kind() == kind).count();
    sheet.title("EVIDENCE", &about.address);
    sheet.words(BODY.ink(GREY), &format!("What {} knows about this address, and what it did.", about.brand));
    sheet.gap(8.0);
    sheet.pair("Shop", &format!("{} (workspace {}, {})", about.brand, about.workspace_name, about.workspace));
    if let Some(id) = &about.customer {
        let name = if about.customer_name.is_empty() { "no name known" } else { &about.customer_name };
        sheet.pair("Customer", &format!("{name} ({id})"));
    }
    let by = if about.made_by_name.is_empty() {
        who(&about.made_by_kind, about.made_by.as_ref(), &Names::new())
    } else {
        format!("{} ({})", about.made_by_name, plain(&about.made_by_kind))
    };
    sheet.pair("Made", &format!("{} for {by}, by Hark {}", time(about.made_at), about.hark));
    sheet.pair("Pack", &about.pack);
    sheet.pair(
        "Holds",
        &format!(
            "consent ledger: {}, wordings: {}, texts: {}, verdicts of the gate: {}, audit log: {}",
            count("consent"),
            count("disclosure"),
            count("message"),
            count("decision"),
            count("audit")
        ),
    );
    sheet.heading("How it stands");
    let mut nothing = true;
    for item in items {
        if let Item::OptOut(row) = item {
            opt_out(sheet, row);
            nothing = false;
        } else if let Item::Standing(row) = item {
            standing(sheet, row);
            nothing = false;
        }
    }
    if nothing {
        sheet.words(BODY, "Nothing was ever permitted for this address, and nothing withdrawn.");
    }
    sheet.heading("How to verify it");
    sheet.words(
        BODY,
        "This document is for reading. What is verified is the whole pack it came in: evidence.json holds \
         everything that stands here, exactly and in full; manifest.json lists each item and file, this one too, \
         with its SHA-256; manifest.sig signs the list. On any computer, without the shop's server:",
    );
    sheet.panel(GREY, "hark verify-evidence FILE --key PUBLIC");
    sheet.words(
        BODY,
        "Take the public key from where the shop published it before there was a dispute, not from this page. \
         The pack says it was signed with:",
    );
    sheet.gap(3.0);
    sheet.pair_in(SMALL.ink(BLACK), "public key", colophon.key);
    sheet.pair_in(SMALL.ink(BLACK), "evidence.json", &format!("SHA-256 {}", colophon.evidence_sha256));
    sheet.gap(4.0);
    sheet.words(
        SMALL,
        "All times are UTC. Letters that the font of this document lacks, such as emoji, are written as their \
         Unicode number in brackets: [U+1F44D]. The exact words are in evidence.json.",
    );
}

fn opt_out(sheet: &mut Sheet, row: &OptOut) {
    match row.lifted_at {
        None => {
            let line = format!("Opted out of {} texts since {}.", row.scope, time(row.since));
            sheet.words(STRONG.ink(RED), &line);
        }
        Some(at) => {
            let line = format!("Was opted out of {} texts from {} until {}.", row.scope, time(row.since), time(at));
            sheet.words(STRONG, &line);
        }
    }
    if !row.words.is_empty() {
        sheet.panel(RED, &row.words);
    }
    let by = row.source.split(':').next().unwrap_or_default();
    let entry = row.consent.as_ref().map(|id| format!(", ledger entry {id}")).unwrap_or_default();
    sheet.words(SMALL, &format!("Learnt by {}{entry}.", plain(by)));
    sheet.gap(3.0);
}

fn standing(sheet: &mut Sheet, row: &Standing) {
    let topic = if row.topic.is_empty() { String::new() } else { format!(", topic {}", row.topic) };
    let ink = match row.status.as_str() {
        "granted" => GREEN,
        "revoked" => RED,
        _ => AMBER,
    };
    let left = format!("{}, {} texts{topic}", plain(&row.channel).to_uppercase(), plain(&row.permits));
    sheet.split(BODY, &left, STRONG.ink(ink), &plain(&row.status));
    sheet.words(
        SMALL,
        &format!("since {}, proof: {}, ledger entry {}", time(row.since), plain(&row.proof), row.consent),
    );
    sheet.gap(5.0);
}

fn ledger(sheet: &mut Sheet, items: &[Item], names: &Names) {
    sheet.heading("Consent ledger");
    let wordings: HashMap<&str, (&Disclosure, &Item)> = items
        .iter()
        .filter_map(|item| {
            let Item::Disclosure(row) = item else { return None };
            Some((row.id.as_str(), (row, item)))
        })
        .collect();
    let mut first = true;
    for item in items {
        let Item::Consent(row) = item else { continue };
        if !first {
            sheet.rule();
        }
        first = false;
        consent(sheet, item, row, &wordings, names);
    }
    if first {
        sheet.words(BODY, "It has no entry for this address.");
    }
}

fn consent(
    sheet: &mut Sheet,
    item: &Item,
    row: &Consent,
    wordings: &HashMap<&str, (&Disclosure, &Item)>,
    names: &Names,
) {
    let ink: Ink = match row.action.as_str() {
        "revoke" | "expire" => RED,
        "grant" | "confirm" => GREEN,
        _ => BLACK,
    };
    let what = format!("{}: {} {}", plain(&row.action), plain(&row.channel).to_uppercase(), plain(&row.permits));
    let topic = if row.topic.is_empty() { String::new() } else { format!(", topic {}", row.topic) };
    sheet.split(STRONG.ink(ink), &format!("{what}{topic}"), SMALL, &time(row.occurred_at));
    sheet.pair("by way of", &format!("{}; proof: {}", plain(&row.method), plain(&row.proof)));
    let actor = who(&row.actor_kind, row.actor.as_ref(), names);
    sheet.pair("written down", &format!("{} by {actor}", time(row.recorded_at)));
    for (name, value) in object(&row.evidence) {
        sheet.pair(&plain(&name), &value);
    }
    if let Some((words, hanging)) = row.disclosure.as_deref().and_then(|id| wordings.get(id)) {
        sheet.pair("words shown", &format!("{}, version {}", words.locale, words.id));
        sheet.panel(GREY, &words.text);
        let place = hung(hanging).unwrap_or_default();
        sheet.words(SMALL, &format!("kept since {}, SHA-256 {}, {place}", time(words.created_at), words.text_sha256));
    }
    sheet.gap(2.0);
    sheet.words(SMALL, &format!("{}, {}", row.id, hung(item).unwrap_or_default()));
}

/// The fields of a JSON object as people read them.
fn object(json: &str) -> Vec<(String, String)> {
    let value: Value = serde_json::from_str(json).unwrap_or_default();
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let fields = value.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.clone(), word(value))).filter(|(_, value)| !value.is_empty()).collect()
}

fn audit(sheet: &mut Sheet, items: &[Item], names: &Names) {
    sheet.heading("Audit log");
    let mut nothing = true;
    for item in items {
        let Item::Audit(row) = item else { continue };
        nothing = false;
        entry(sheet, item, row, names);
    }
    if nothing {
        sheet.words(BODY, "It has no entry about this customer, their conversations or texts.");
    }
}

fn entry(sheet: &mut Sheet, item: &Item, row: &Audit, names: &Names) {
    let by = who(&row.actor_kind, row.actor.as_ref(), names);
    sheet.split(STRONG, &format!("{}  by {by}", row.action), SMALL, &time(row.at));
    let told: Vec<String> =
        object(&row.detail).into_iter().map(|(name, value)| format!("{}: {value}", plain(&name))).collect();
    let told = if told.is_empty() { String::new() } else { format!("{}; ", told.join(", ")) };
    sheet.words(SMALL, &format!("{told}{}, {}", row.subject, hung(item).unwrap_or_default()));
    sheet.gap(4.0);
}

fn chain(sheet: &mut Sheet, items: &[Item]) {
    sheet.heading("Chain");
    sheet.words(
        BODY,
        "Each row that proves something is sealed, as it is written, into an entry of the workspace's hash chain. \
         Heads of the chain are signed with a key outside the database. The rows above hang below these heads; \
         rows of other customers show in the proof as hashes alone.",
    );
    sheet.gap(4.0);
    for item in items {
        if let Item::Head(row) = item {
            let signed = format!("signed {} with {}…", time(row.at), row.public_key.get(..16).unwrap_or_default());
            sheet.pair_in(SMALL.ink(BLACK), &format!("entry {}", row.seq), &format!("{}\n{signed}", row.hash));
        }
    }
}
