//! Where rows hang in a workspace's chain, and the stretches that lead from there to signed heads.

use crate::Engine;
use domain::evidence::pack::{Head, Item, Span, Way};
use domain::evidence::{Digest, decode, entry_digest, genesis, slices, tree};
use domain::id::{Id, WorkspaceId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::chain::{self, ChainRow, SignatureRow};
use store::{DbError, Tx};

use super::SignedHead;

/// Entries looked at in one transaction.
const PAGE: i64 = 200;
/// An entry is written at most about so long (ms) after its row's instant, and
/// nodes' clocks differ by less; what is not found there is looked for everywhere.
const LATE_MS: i64 = 10_000;
/// Clocks of nodes may go after each other by so much (ms).
const SKEW_MS: i64 = 2_000;

/// The kind and key of a row.
type Place = (u8, Vec<u8>);

/// A row to be found: its place, its digest, and about when it was written, Unix ms.
pub(super) type Wanted = (Place, Digest, i64);

/// The ways of rows, by kind and key.
pub(super) type Ways = HashMap<Place, Way>;

/// What is looked for and what was found. A verdict may be sealed twice and kept
/// once, so the entry with the row's own digest is the one; where none has it, the
/// row was altered, and its way leads to what it was.
#[derive(Default)]
struct Hunt {
    wanted: BTreeMap<Place, Digest>,
    found: Ways,
    altered: Ways,
}

impl Engine {
    /// Finds rows in the chain. Those from before it began are not in the answer.
    pub(super) async fn ways(&self, ws: WorkspaceId, mut wanted: Vec<Wanted>) -> Result<Ways, DbError> {
        let last = self.workspace(ws).read(chain::head).await?.map_or(0, |(seq, _)| seq);
        let (mut hunt, mut lost) = (Hunt::default(), BTreeMap::new());
        wanted.sort_by_key(|(.., at)| *at);
        let mut rows = wanted.into_iter().peekable();
        while let Some((first, digest, from)) = rows.next() {
            // Rows near each other are looked for in one go.
            let mut until = from + LATE_MS;
            hunt.wanted.insert(first, digest);
            while let Some((row, digest, at)) = rows.next_if(|(.., at)| *at <= until) {
                hunt.wanted.insert(row, digest);
                until = until.max(at + LATE_MS);
            }
            let start = self.entry_before(ws, from - SKEW_MS, last).await?;
            self.walk_for(ws, start, Some(until), &mut hunt).await?;
            lost.append(&mut hunt.wanted);
        }
        hunt.wanted = lost;
        self.walk_for(ws, 0, None, &mut hunt).await?;
        let Hunt { mut found, altered, .. } = hunt;
        for (place, way) in altered {
            found.entry(place).or_insert(way);
        }
        Ok(found)
    }

    /// The number of an entry before all that were written at an instant or later,
    /// as far as the clocks of nodes agree: entries rise with time, so halving finds it.
    async fn entry_before(&self, ws: WorkspaceId, at: i64, last: i64) -> Result<i64, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let (mut low, mut high) = (0, last);
                while low < high {
                    let middle = low + (high - low + 1) / 2;
                    match chain::at(tx, middle)? {
                        Some(written) if written < at => low = middle,
                        _ => high = middle - 1,
                    }
                }
                Ok(low)
            })
            .await
    }

    /// Looks for rows in the entries after a number, until all are found or time has passed.
    async fn walk_for(&self, ws: WorkspaceId, after: i64, until: Option<i64>, hunt: &mut Hunt) -> Result<(), DbError> {
        let mut after = after;
        while !hunt.wanted.is_empty() {
            let page = self.workspace(ws).read(move |tx| chain::since(tx, after, PAGE)).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.seq;
            let past = until.is_some_and(|until| last.at > until + SKEW_MS);
            for row in &page {
                take(row, hunt);
            }
            if past {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The stretches that cover some entries, each from a signed head (or the
    /// beginning) to the next, and those heads. `ours` is the key preferred where
    /// several signed the same entry.
    pub(super) async fn spans(
        &self,
        ws: WorkspaceId,
        entries: BTreeSet<i64>,
        ours: String,
    ) -> Result<(Vec<Span>, Vec<Head>), DbError> {
        let signed = self.workspace(ws).read(chain::signatures).await?;
        let mut heads: BTreeMap<i64, &SignatureRow> = BTreeMap::new();
        for row in &signed {
            let better = hex::encode(&row.public_key) == ours;
            if better || !heads.contains_key(&row.seq) {
                heads.insert(row.seq, row);
            }
        }
        let mut ends: BTreeSet<(i64, i64)> = BTreeSet::new();
        for entry in entries {
            let from = heads.range(..entry).next_back().map_or(0, |(seq, _)| *seq);
            // The heads were signed after the rows were read: each entry has one after it.
            if let Some((to, _)) = heads.range(entry..).next() {
                ends.insert((from, *to));
            }
        }
        let (mut spans, mut told) = (Vec::with_capacity(ends.len()), BTreeSet::new());
        for (from, to) in ends {
            let hash = match heads.get(&from) {
                Some(row) => row.hash.clone(),
                None => genesis(Id::uuid(ws)).to_vec(),
            };
            told.extend([from, to].iter().filter_map(|seq| heads.get_key_value(seq)).map(|(seq, _)| *seq));
            spans.push(Span { after: from, hash: hex::encode(hash), entries: self.digests(ws, from, to).await? });
        }
        let heads = told.iter().filter_map(|seq| heads.get(seq)).map(|row| head(&SignedHead::of(ws, row))).collect();
        Ok((spans, heads))
    }

    async fn digests(&self, ws: WorkspaceId, from: i64, to: i64) -> Result<Vec<String>, DbError> {
        let (mut after, mut digests) = (from, Vec::new());
        while after < to {
            let few = PAGE.min(to - after);
            let page: Vec<(i64, String)> = self
                .workspace(ws)
                .read(move |tx: &mut Tx<'_>| {
                    let rows = chain::since(tx, after, few)?;
                    Ok::<_, DbError>(
                        rows.iter().map(|row| (row.seq, hex::encode(entry_digest(row.at, &row.items)))).collect(),
                    )
                })
                .await?;
            let Some((last, _)) = page.last() else { break };
            after = *last;
            digests.extend(page.into_iter().map(|(_, digest)| digest));
        }
        Ok(digests)
    }
}

/// Takes what is wanted from an entry.
fn take(row: &ChainRow, hunt: &mut Hunt) {
    let Ok(items) = decode(&row.items) else { return };
    let leaves = slices(&row.items);
    for (index, item) in items.into_iter().enumerate() {
        let place = (item.kind.tag(), item.key);
        let Some(digest) = hunt.wanted.get(&place).copied() else { continue };
        let beside = tree::path(&leaves, index).unwrap_or_default();
        let way = Way {
            entry: row.seq,
            at: row.at,
            index: u64::try_from(index).unwrap_or(u64::MAX),
            count: u64::try_from(leaves.len()).unwrap_or(u64::MAX),
            beside: beside.iter().map(hex::encode).collect(),
        };
        if digest == item.digest {
            hunt.wanted.remove(&place);
            hunt.found.insert(place, way);
        } else {
            hunt.altered.entry(place).or_insert(way);
        }
    }
}

/// A signed head as a pack carries it.
pub(super) fn head(signed: &SignedHead) -> Head {
    Head {
        workspace: signed.workspace.to_string(),
        seq: signed.seq,
        hash: signed.hash.clone(),
        at: signed.at,
        public_key: signed.public_key.clone(),
        signature: signed.signature.clone(),
    }
}

/// What an item is found by in the chain, and about when it was written.
pub(super) fn wanted(item: &Item) -> Option<Wanted> {
    let at = match item {
        Item::Consent(row) => row.recorded_at,
        Item::Disclosure(row) => row.created_at,
        Item::Decision(row) => row.at,
        Item::Audit(row) => row.at,
        Item::About(_) | Item::Standing(_) | Item::OptOut(_) | Item::Message(_) | Item::Span(_) | Item::Head(_) => {
            return None;
        }
    };
    item.sealed().map(|row| ((row.kind.tag(), row.key), row.digest, at))
}

/// Hangs an item's way on it.
pub(super) fn hang(item: &mut Item, ways: &Ways) {
    let Some((place, ..)) = wanted(item) else { return };
    let found = ways.get(&place).cloned();
    match item {
        Item::Consent(row) => row.way = found,
        Item::Disclosure(row) => row.way = found,
        Item::Decision(row) => row.way = found,
        Item::Audit(row) => row.way = found,
        Item::About(_) | Item::Standing(_) | Item::OptOut(_) | Item::Message(_) | Item::Span(_) | Item::Head(_) => {}
    }
}
