//! Whether each row of a pack hangs in the chain below a signed head.

use super::item::uuid;
use super::verify::{Line, Trust};
use super::{Fault, Head, Item, Report, Span, Way};
use crate::evidence::{Digest, Sealed, encode, entry_digest_of, genesis, head_message, link, tree};
use std::collections::HashMap;

fn digest(text: &str) -> Option<Digest> {
    hex::decode(text).ok()?.try_into().ok()
}

/// Checks heads, stretches and every row's way, and counts what holds.
pub(super) fn check(report: &mut Report, workspace: &str, lines: &[Line<'_>], trust: &Trust<'_>) {
    let mut heads: HashMap<i64, Digest> = HashMap::new();
    for line in lines {
        if let Item::Head(head) = &line.item
            && let Some(hash) = check_head(report, workspace, head, trust)
        {
            heads.insert(head.seq, hash);
        }
    }
    report.heads = heads.len();
    let carried: HashMap<i64, Digest> = trust
        .heads
        .iter()
        .filter(|head| head.workspace == workspace && signed(head, trust))
        .filter_map(|head| Some((head.seq, digest(&head.hash)?)))
        .collect();
    for (seq, hash) in &heads {
        if carried.get(seq).is_some_and(|carried| carried != hash) {
            report.add(Fault::Rewritten, "head", seq.to_string(), "A head that was carried away has another hash.");
        }
    }
    let mut entries: HashMap<i64, Digest> = HashMap::new();
    for line in lines {
        if let Item::Span(span) = &line.item {
            check_span(report, workspace, (span, &line.item), &heads, &carried, &mut entries);
        }
    }
    for line in lines {
        match line.item.way() {
            None => {}
            Some(None) => report.older += 1,
            Some(Some(way)) => check_way(report, &line.item, way, &entries),
        }
    }
}

fn signed(head: &Head, trust: &Trust<'_>) -> bool {
    let read = || {
        let message = head_message(uuid(&head.workspace)?, head.seq, &digest(&head.hash)?, head.at);
        Some((hex::decode(&head.public_key).ok()?, message, hex::decode(&head.signature).ok()?))
    };
    trust.knows(&head.public_key)
        && read().is_some_and(|(key, message, signature)| (trust.check)(&key, &message, &signature))
}

fn check_head(report: &mut Report, workspace: &str, head: &Head, trust: &Trust<'_>) -> Option<Digest> {
    let which = format!("{} signed {}", head.seq, head.at);
    if head.workspace != workspace {
        report.add(Fault::Foreign, "head", which, "The head is of another workspace.");
    } else if !trust.knows(&head.public_key) {
        report.add(Fault::Stranger, "head", which, "The head is signed with a key that is not the shop's.");
    } else if !signed(head, trust) {
        report.add(Fault::Forged, "head", which, "The signature does not belong to the head.");
    } else {
        return digest(&head.hash);
    }
    None
}

fn check_span(
    report: &mut Report,
    workspace: &str,
    (span, item): (&Span, &Item),
    heads: &HashMap<i64, Digest>,
    carried: &HashMap<i64, Digest>,
    entries: &mut HashMap<i64, Digest>,
) {
    let from = if span.after == 0 { uuid(workspace).map(genesis) } else { heads.get(&span.after).copied() };
    let stated = digest(&span.hash);
    if stated.is_none() || from != stated {
        report.add(Fault::Broken, "span", item.key(), "It begins at no signed head and not where the chain begins.");
        return;
    }
    let (mut seq, mut hash) = (span.after, stated.unwrap_or_default());
    let mut walked = Vec::with_capacity(span.entries.len());
    for entry in &span.entries {
        let Some(entry) = digest(entry) else {
            report.add(Fault::Unreadable, "span", item.key(), "One of its entries is no digest.");
            return;
        };
        seq += 1;
        hash = link(&hash, &entry);
        walked.push((seq, entry));
        if carried.get(&seq).is_some_and(|carried| *carried != hash) {
            report.add(Fault::Rewritten, "span", item.key(), "A head that was carried away has another hash.");
        }
    }
    if heads.get(&seq) == Some(&hash) {
        entries.extend(walked);
    } else {
        report.add(Fault::Broken, "span", item.key(), "Its entries do not lead to a signed head.");
    }
}

fn check_way(report: &mut Report, item: &Item, way: &Way, entries: &HashMap<i64, Digest>) {
    let Some(row) = item.sealed() else {
        report.add(Fault::Unreadable, item.kind(), item.key(), "An id or salt of the row cannot be read.");
        return;
    };
    let Some(entry) = entries.get(&way.entry) else {
        report.add(Fault::Broken, item.kind(), item.key(), "No stretch of the chain that holds covers its entry.");
        return;
    };
    if leads_to(&row, way) == Some(*entry) {
        report.sealed += 1;
    } else {
        report.add(Fault::Unsealed, item.kind(), item.key(), "What is written here is not what the chain sealed.");
    }
}

/// The entry's digest that a row's way leads to.
fn leads_to(row: &Sealed, way: &Way) -> Option<Digest> {
    let beside: Vec<Digest> = way.beside.iter().map(|hash| digest(hash)).collect::<Option<_>>()?;
    let bytes = encode(std::slice::from_ref(row));
    let root = tree::climb(&bytes, way.index, way.count, &beside)?;
    Some(entry_digest_of(way.at, way.count, &root))
}
