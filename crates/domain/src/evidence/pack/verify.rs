//! Whether a pack is what was made, and where it is not.

use super::manifest::{fields, sha256_hex};
use super::{
    DOCUMENT_FILE, EVIDENCE_FILE, FORMAT, Fault, Head, Item, Listed, MANIFEST_FILE, Manifest, Report, SIGNATURE_FILE,
    Signature, chain,
};
use crate::evidence::manifest_message;
use std::collections::{HashMap, HashSet};

/// A file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// Whether an Ed25519 signature holds: the key, the message, the signature.
pub type SignatureCheck = dyn Fn(&[u8], &[u8], &[u8]) -> bool;

/// What an auditor brings along.
pub struct Trust<'a> {
    /// The shop's public keys, in hexadecimal.
    pub keys: &'a [String],
    /// Signed heads that were carried away.
    pub heads: &'a [Head],
    /// Checks a signature.
    pub check: &'a SignatureCheck,
}

impl Trust<'_> {
    pub(super) fn knows(&self, key: &str) -> bool {
        self.keys.iter().any(|known| known.trim().eq_ignore_ascii_case(key))
    }
}

/// A line that was read.
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    pub(super) item: Item,
}

/// Verifies a pack from its files.
#[must_use]
pub fn verify(files: &[PackFile], trust: &Trust<'_>) -> Report {
    let mut report = Report::default();
    let mut by_name: HashMap<&str, &[u8]> = HashMap::new();
    for file in files {
        if by_name.insert(&file.name, &file.content).is_some() {
            report.add(Fault::Doubled, "file", &file.name, "The pack has two files of this name.");
        }
    }
    let manifest = check_manifest(&mut report, &by_name, trust);
    let text = by_name.get(EVIDENCE_FILE).map(|content| String::from_utf8_lossy(content)).unwrap_or_default();
    let lines = read_lines(&mut report, &text);
    if let Some(manifest) = &manifest {
        let before = report.findings.len();
        check_items(&mut report, manifest, &lines);
        check_files(&mut report, manifest, &by_name, before);
    }
    check_about(&mut report, manifest.as_ref(), &lines);
    let workspace = report.workspace.clone();
    check_references(&mut report, &lines);
    chain::check(&mut report, &workspace, &lines, trust);
    report.items = lines.len();
    say(&mut report, &lines);
    report
}

fn check_manifest(report: &mut Report, files: &HashMap<&str, &[u8]>, trust: &Trust<'_>) -> Option<Manifest> {
    let Some(bytes) = files.get(MANIFEST_FILE) else {
        report.add(Fault::Missing, "file", MANIFEST_FILE, "The list of what the pack holds is not there.");
        return None;
    };
    match files.get(SIGNATURE_FILE).map(|bytes| serde_json::from_slice::<Signature>(bytes)) {
        None => report.add(Fault::Missing, "file", SIGNATURE_FILE, "The signature of the list is not there."),
        Some(Err(_)) => report.add(Fault::Unreadable, "file", SIGNATURE_FILE, "The signature cannot be read."),
        Some(Ok(signature)) => {
            report.public_key = signature.public_key.to_ascii_lowercase();
            let parts = hex::decode(&signature.public_key).ok().zip(hex::decode(&signature.signature).ok());
            let holds = parts.is_some_and(|(key, signed)| (trust.check)(&key, &manifest_message(bytes), &signed));
            if !trust.knows(&signature.public_key) {
                let detail = "The list is signed with a key that is not the shop's.";
                report.add(Fault::Stranger, "file", SIGNATURE_FILE, detail);
            }
            if !holds {
                report.add(Fault::Forged, "file", MANIFEST_FILE, "The signature does not belong to the list.");
            }
        }
    }
    let Ok(manifest) = serde_json::from_slice::<Manifest>(bytes) else {
        report.add(Fault::Unreadable, "file", MANIFEST_FILE, "The list cannot be read.");
        return None;
    };
    if manifest.format != FORMAT {
        report.add(Fault::Unreadable, "file", MANIFEST_FILE, "The pack has a format that this version does not know.");
    }
    report.pack.clone_from(&manifest.pack);
    report.workspace.clone_from(&manifest.workspace);
    report.address.clone_from(&manifest.address);
    report.made_at = manifest.made_at;
    Some(manifest)
}

fn read_lines<'a>(report: &mut Report, text: &'a str) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let (mut opened, mut closed) = (false, false);
    for (number, text) in (1..).zip(text.lines()) {
        match text {
            "[" if !opened => opened = true,
            "]" if opened && !closed => closed = true,
            _ => {
                let text = text.strip_suffix(',').unwrap_or(text);
                match serde_json::from_str::<Item>(text) {
                    Ok(item) => lines.push(Line { text, item }),
                    Err(error) => {
                        report.add(Fault::Unreadable, "line", number.to_string(), &format!("Not an item: {error}."));
                    }
                }
            }
        }
    }
    if !opened || !closed {
        report.add(Fault::Unreadable, "file", EVIDENCE_FILE, "It is not a whole list of items.");
    }
    lines
}

fn check_items(report: &mut Report, manifest: &Manifest, lines: &[Line<'_>]) {
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for (place, one) in manifest.items.iter().enumerate() {
        places.entry((&one.kind, &one.key)).or_insert(place);
    }
    let mut order = Vec::with_capacity(lines.len());
    let mut seen = HashSet::new();
    for line in lines {
        let (kind, key) = (line.item.kind(), line.item.key());
        let Some(place) = places.get(&(kind, key.as_str())).copied() else {
            report.add(Fault::Added, kind, key, "The list of what was put into the pack does not name it.");
            continue;
        };
        if !seen.insert(place) {
            report.add(Fault::Doubled, kind, key, "It stands in the pack twice.");
            continue;
        }
        order.push(place);
        if let Some(listed) = manifest.items.get(place)
            && sha256_hex(line.text.as_bytes()) != listed.sha256
        {
            let detail = "It is not what was put into the pack.";
            report.add_fields(Fault::Altered, kind, key, changed(line.text, listed), detail);
        }
    }
    for place in out_of_place(&order) {
        if let Some(one) = manifest.items.get(place) {
            report.add(Fault::Reordered, &one.kind, &one.key, "It does not stand where it was put.");
        }
    }
    for (place, one) in manifest.items.iter().enumerate() {
        if !seen.contains(&place) {
            report.add(Fault::Missing, &one.kind, &one.key, "It was put into the pack and is not there.");
        }
    }
}

/// The fields of a line that differ from the list.
fn changed(line: &str, listed: &Listed) -> Vec<String> {
    let now = fields(line).unwrap_or_default();
    let names: std::collections::BTreeSet<&String> = now.keys().chain(listed.fields.keys()).collect();
    names.into_iter().filter(|name| now.get(*name) != listed.fields.get(*name)).cloned().collect()
}

/// The fewest numbers that, taken out, leave the others rising.
fn out_of_place(order: &[usize]) -> Vec<usize> {
    // The longest rising sequence: the last of each length so far, and who comes before whom.
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(order.len());
    for (at, value) in order.iter().enumerate() {
        let length = tails.partition_point(|tail| order.get(*tail).is_some_and(|last| last < value));
        before.push(length.checked_sub(1).and_then(|shorter| tails.get(shorter).copied()));
        match tails.get_mut(length) {
            Some(tail) => *tail = at,
            None => tails.push(at),
        }
    }
    let mut rising = HashSet::new();
    let mut at = tails.last().copied();
    while let Some(place) = at {
        rising.insert(place);
        at = before.get(place).copied().flatten();
    }
    order.iter().enumerate().filter(|(at, _)| !rising.contains(at)).map(|(_, value)| *value).collect()
}

fn check_files(report: &mut Report, manifest: &Manifest, files: &HashMap<&str, &[u8]>, before: usize) {
    let located = report.findings.len() > before || report.findings.iter().any(|one| one.of == "line");
    for listed in &manifest.files {
        match files.get(listed.name.as_str()) {
            None => report.add(Fault::Missing, "file", &listed.name, "It was put into the pack and is not there."),
            Some(content) if sha256_hex(content) == listed.sha256 => {}
            // What changed in the items is named item by item.
            Some(_) if listed.name == EVIDENCE_FILE && located => {}
            Some(_) => report.add(Fault::Altered, "file", &listed.name, "It is not the file that was put there."),
        }
    }
    let known = |name: &str| {
        name == MANIFEST_FILE || name == SIGNATURE_FILE || manifest.files.iter().any(|file| file.name == name)
    };
    let mut strangers: Vec<&str> = files.keys().copied().filter(|name| !known(name)).collect();
    strangers.sort_unstable();
    for name in strangers {
        report.add(Fault::Added, "file", name, "The list of what was put into the pack does not name it.");
    }
    for name in [EVIDENCE_FILE, DOCUMENT_FILE] {
        if !manifest.files.iter().any(|file| file.name == name) {
            report.add(Fault::Missing, "file", name, "The list does not name it.");
        }
    }
}

fn check_about(report: &mut Report, manifest: Option<&Manifest>, lines: &[Line<'_>]) {
    let Some(Item::About(about)) = lines.first().map(|line| &line.item) else {
        report.add(Fault::Missing, "about", "", "The pack does not say what it is about.");
        return;
    };
    match manifest {
        Some(list) => {
            let same = [
                ("pack", list.pack == about.pack),
                ("workspace", list.workspace == about.workspace),
                ("address", list.address == about.address),
                ("made_at", list.made_at == about.made_at),
                ("format", list.format == about.format),
            ];
            let fields: Vec<String> =
                same.iter().filter(|(_, same)| !same).map(|(name, _)| (*name).to_owned()).collect();
            if !fields.is_empty() {
                report.add_fields(Fault::Foreign, "about", &about.pack, fields, "List and items are of two packs.");
            }
        }
        None => {
            report.pack.clone_from(&about.pack);
            report.workspace.clone_from(&about.workspace);
            report.address.clone_from(&about.address);
            report.made_at = about.made_at;
        }
    }
}

fn check_references(report: &mut Report, lines: &[Line<'_>]) {
    let address = report.address.clone();
    let mut bodies: HashMap<&str, &str> = HashMap::new();
    let mut known: HashSet<(&str, &str)> = HashSet::new();
    for line in lines {
        if let Item::Message(row) = &line.item {
            bodies.insert(&row.id, &row.body);
        }
        let id = match &line.item {
            Item::Consent(row) => &row.id,
            Item::Disclosure(row) => &row.id,
            Item::About(_)
            | Item::Standing(_)
            | Item::OptOut(_)
            | Item::Message(_)
            | Item::Decision(_)
            | Item::Audit(_)
            | Item::Span(_)
            | Item::Head(_) => continue,
        };
        known.insert((line.item.kind(), id));
    }
    for Line { item, .. } in lines {
        let lacks =
            |kind: &'static str, id: Option<&String>| id.is_some_and(|id| !known.contains(&(kind, id.as_str())));
        let (kind, key) = (item.kind(), item.key());
        match item {
            Item::Consent(row) => {
                if row.address != address {
                    report.add(Fault::Foreign, kind, &key, "It is about another address.");
                }
                if lacks("disclosure", row.disclosure.as_ref()) {
                    report.add(Fault::Unfounded, kind, &key, "The words it refers to are not in the pack.");
                }
            }
            Item::Standing(row) if lacks("consent", Some(&row.consent)) => {
                report.add(Fault::Unfounded, kind, &key, "The entry that made it so is not in the pack.");
            }
            Item::OptOut(row) if lacks("consent", row.consent.as_ref()) => {
                report.add(Fault::Unfounded, kind, &key, "The entry that tells of it is not in the pack.");
            }
            Item::Disclosure(row) if sha256_hex(row.text.as_bytes()) != row.text_sha256 => {
                let fields = vec!["text".to_owned()];
                report.add_fields(Fault::Unfounded, kind, &key, fields, "The words are not those of their digest.");
            }
            Item::Message(row) => {
                if row.address != address {
                    report.add(Fault::Foreign, kind, &key, "It is of another address.");
                }
                if sha256_hex(row.body.as_bytes()) != row.body_sha256 {
                    let fields = vec!["body".to_owned()];
                    report.add_fields(Fault::Unfounded, kind, &key, fields, "The words are not those of their digest.");
                }
            }
            Item::Decision(row) => check_decision(report, row, &key, bodies.get(row.message.as_str()).copied()),
            Item::Standing(_)
            | Item::OptOut(_)
            | Item::Disclosure(_)
            | Item::About(_)
            | Item::Audit(_)
            | Item::Span(_)
            | Item::Head(_) => {}
        }
    }
}

fn check_decision(report: &mut Report, row: &super::Decision, key: &str, body: Option<&str>) {
    let Some(body) = body else {
        report.add(Fault::Unfounded, "decision", key, "The text it is about is not in the pack.");
        return;
    };
    let record: serde_json::Value = serde_json::from_str(&row.record).unwrap_or_default();
    let told = |name: &str, word: &str| record.get(name).and_then(serde_json::Value::as_str) == Some(word);
    let fields: Vec<String> = [("verdict", &row.verdict), ("code", &row.code)]
        .iter()
        .filter(|(name, word)| !told(name, word))
        .map(|(name, _)| (*name).to_owned())
        .collect();
    if !fields.is_empty() {
        report.add_fields(Fault::Unfounded, "decision", key, fields, "It is not what its own record says.");
    }
    let judged = record.pointer("/basis/body_sha256").and_then(serde_json::Value::as_str);
    // What the gate judges is the words without space around them.
    if judged.is_some_and(|judged| judged != sha256_hex(body.trim().as_bytes())) {
        report.add(Fault::Unfounded, "message", &row.message, "The gate judged other words than stand here.");
    }
}

/// What holds, in sentences.
fn say(report: &mut Report, lines: &[Line<'_>]) {
    let wrong = |of: &str| report.findings.iter().any(|one| one.of == of);
    let mut holds = Vec::new();
    let signed = !report.findings.iter().any(|one| one.which == MANIFEST_FILE || one.which == SIGNATURE_FILE);
    if signed && !report.public_key.is_empty() {
        holds.push(format!("The list of contents is signed with the shop's key {}.", report.public_key));
    }
    if signed && !wrong("file") {
        holds.push("Every file is the one that was put into the pack.".to_owned());
    }
    for kind in ["consent", "disclosure", "message", "decision", "opt_out", "standing", "audit"] {
        let count = lines.iter().filter(|line| line.item.kind() == kind).count();
        if count > 0 && !wrong(kind) {
            holds.push(format!("All {count} of kind {kind} are as they were put there."));
        }
    }
    if report.sealed > 0 {
        let (rows, heads) = (report.sealed, report.heads);
        holds.push(format!("{rows} rows hang in the workspace's chain below {heads} signed heads."));
    }
    report.holds = holds;
}
