//! Walks a workspace's chain and compares it with the rows it seals.

use super::fold;
use super::sign::{SignedHead, check_head};
use crate::Engine;
use domain::evidence::{Digest, Kind, Sealed, decode, entry_digest, erasure_mark, genesis, link};
use domain::id::{Id, WorkspaceId};
use std::collections::{HashMap, HashSet};
use store::audit::{self, AuditFilter};
use store::{DbError, chain};

/// Entries looked at in one transaction.
const PAGE: i64 = 200;
/// Keys looked at in one transaction.
const KEYS: i64 = 2_000;
/// Problems named one by one; more are only counted.
const NAMED: usize = 1_000;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Its content is not what was sealed.
    Altered,
    /// It is gone, and nobody noted that it was erased.
    Missing,
    /// It was never sealed: somebody put it there.
    Unsealed,
    /// An entry does not follow from the one before it.
    Broken,
    /// An entry's list of rows cannot be read.
    Unreadable,
    /// A signed head's entry has another hash, or is gone.
    Rewritten,
    /// The head is not the last entry: the end was cut off or added to.
    Truncated,
    /// A signature does not belong to its head, or is none of those who may sign.
    Forged,
    /// How consent stands does not follow from the ledger.
    Unfounded,
}

impl Fault {
    /// The stable word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Missing => "missing",
            Self::Unsealed => "unsealed",
            Self::Broken => "broken",
            Self::Unreadable => "unreadable",
            Self::Rewritten => "rewritten",
            Self::Truncated => "truncated",
            Self::Forged => "forged",
            Self::Unfounded => "unfounded",
        }
    }
}

/// Something that is not as it was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub fault: Fault,
    /// What it concerns: a kind of row, `chain`, `head`, `standing` or `suppression`.
    pub of: &'static str,
    /// Which one: a key in hexadecimal, a number.
    pub which: String,
    /// The entry of the chain, where one is known.
    pub seq: Option<i64>,
}

/// Rows that a deed erased, as the audit log tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// When, Unix ms.
    pub at: i64,
    /// The kind of who had it done.
    pub actor_kind: String,
    /// Who, where there is somebody.
    pub actor_id: Option<uuid::Uuid>,
    /// What the audit log calls it.
    pub action: String,
    /// Of whom or what, by its id.
    pub subject: String,
    /// How many sealed rows.
    pub rows: u64,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Entries of the chain.
    pub entries: i64,
    /// Rows compared.
    pub rows: u64,
    /// Rows from before the chain began.
    pub older: u64,
    /// Signed heads compared.
    pub heads: u64,
    /// Hash of the last entry, in hexadecimal.
    pub head: String,
    /// Sealed rows that were erased on purpose, by the deed, oldest first.
    pub erased: Vec<Erased>,
    /// Those that went with their account or the demo shop.
    pub erased_otherwise: u64,
    /// What is wrong, at most a thousand.
    pub problems: Vec<Problem>,
    /// How many problems there are in all.
    pub count: u64,
}

impl Verification {
    pub(super) fn add(&mut self, fault: Fault, of: &'static str, which: String, seq: Option<i64>) {
        self.count += 1;
        if self.problems.len() < NAMED {
            self.problems.push(Problem { fault, of, which, seq });
        }
    }
}

/// What the walk has seen.
#[derive(Default)]
struct Walk {
    found: Verification,
    last: Digest,
    /// What is younger is sealed: when the database learned to, or the first entry where that was copied here.
    began_at: Option<i64>,
    sealed: HashSet<(u8, Vec<u8>)>,
    good: HashSet<(u8, Vec<u8>)>,
    bad: HashMap<(u8, Vec<u8>), (i64, Fault)>,
    /// Rows noted as erased, each with the mark of the deed.
    erased: HashMap<Vec<u8>, Digest>,
    hashes: HashMap<i64, Digest>,
    order: Vec<uuid::Uuid>,
}

impl Engine {
    /// Verifies everything sealed in a workspace. `carried` are signed heads that
    /// were carried away; those in the database are compared too. Where `keys`
    /// (hexadecimal) names who may sign, a head of anybody else is forged.
    ///
    /// # Errors
    /// When the store fails. What is wrong with the rows is in the answer.
    pub async fn evidence_verify(
        &self,
        ws: WorkspaceId,
        carried: Vec<SignedHead>,
        keys: &[String],
    ) -> Result<Verification, DbError> {
        let mut heads = self.heads_signed(ws).await?;
        heads.extend(carried.into_iter().filter(|head| head.workspace == ws));
        let wanted: HashSet<i64> = heads.iter().map(|head| head.seq).collect();
        let began_at = self.store().server().read(chain::began).await?;
        let mut walk = Walk { last: genesis(Id::uuid(ws)), began_at, ..Walk::default() };
        self.walk(ws, &mut walk, &wanted).await?;
        let mut strangers = Vec::new();
        for kind in [Kind::Consent, Kind::Disclosure, Kind::Audit, Kind::Decision] {
            self.strangers(ws, kind, &mut walk, &mut strangers).await?;
        }
        // What was written meanwhile is sealed in entries that came meanwhile.
        let cut = self.walk(ws, &mut walk, &wanted).await?;
        for (kind, key) in strangers {
            if !walk.sealed.contains(&(kind.tag(), key.clone())) {
                walk.found.add(Fault::Unsealed, kind.word(), hex::encode(key), None);
            }
        }
        let unfounded = self.unfounded(ws, &mut walk, &wanted).await?;
        let deeds = self.deeds(ws, &walk.erased).await?;
        let Walk { mut found, last, good, bad, erased, hashes, .. } = walk;
        (found.erased, found.erased_otherwise) = deeds;
        for ((tag, key), (seq, fault)) in bad {
            let of_kind = || std::iter::once(tag).chain(key.iter().copied()).collect::<Vec<u8>>();
            if good.contains(&(tag, key.clone())) || erased.contains_key(&of_kind()) {
                continue;
            }
            let kind = Kind::from_tag(tag).map_or("row", Kind::word);
            found.add(fault, kind, hex::encode(&key), Some(seq));
        }
        compare_heads(&mut found, &heads, &hashes, keys);
        let head = self.workspace(ws).read(chain::head).await?;
        // The chain may have grown since the walk; it cannot have shrunk.
        let fits = match &head {
            None => found.entries == 0,
            Some((seq, hash)) => *seq > found.entries || (*seq == found.entries && *hash == last),
        };
        if !fits || cut {
            found.add(Fault::Truncated, "chain", found.entries.to_string(), Some(found.entries));
        }
        for (of, which) in unfounded {
            found.add(Fault::Unfounded, of, which, None);
        }
        found.head = hex::encode(last);
        found
            .problems
            .sort_by(|left, right| (left.seq, left.of, &left.which).cmp(&(right.seq, right.of, &right.which)));
        Ok(found)
    }
}

impl Engine {
    /// Walks on from where the walk stands. Answers whether entries are missing at the end.
    async fn walk(&self, ws: WorkspaceId, walk: &mut Walk, wanted: &HashSet<i64>) -> Result<bool, DbError> {
        loop {
            let after = walk.found.entries;
            let (page, head) = self
                .workspace(ws)
                .read(move |tx| {
                    let mut page = Vec::new();
                    for row in chain::since(tx, after, PAGE)? {
                        let items = decode(&row.items).ok();
                        let now = items.as_deref().map(|items| as_they_are(tx, items)).transpose()?;
                        page.push((row, items, now));
                    }
                    Ok::<_, DbError>((page, chain::head(tx)?))
                })
                .await?;
            if page.is_empty() {
                return Ok(head.is_some_and(|(seq, _)| seq > after));
            }
            for (row, items, now) in page {
                let seq = walk.found.entries + 1;
                let hash = link(&walk.last, &entry_digest(row.at, &row.items));
                if row.seq != seq || row.hash != hash {
                    walk.found.add(Fault::Broken, "chain", row.seq.to_string(), Some(row.seq));
                }
                // From the next entry on the chain is judged by itself, so that each break is found.
                walk.last = Digest::try_from(row.hash).unwrap_or(hash);
                walk.found.entries = row.seq;
                walk.began_at = Some(walk.began_at.map_or(row.at, |began| began.min(row.at)));
                if wanted.contains(&row.seq) {
                    walk.hashes.insert(row.seq, walk.last);
                }
                match (items, now) {
                    (Some(items), Some(now)) => walk.take(row.seq, items, &now),
                    _ => walk.found.add(Fault::Unreadable, "chain", row.seq.to_string(), Some(row.seq)),
                }
            }
        }
    }

    /// Who erased what is noted as erased, by the entries of the audit log that its marks
    /// name; and how much was erased without one.
    async fn deeds(&self, ws: WorkspaceId, erased: &HashMap<Vec<u8>, Digest>) -> Result<(Vec<Erased>, u64), DbError> {
        let mut by_mark: HashMap<Digest, u64> = HashMap::new();
        for mark in erased.values() {
            *by_mark.entry(*mark).or_default() += 1;
        }
        let mut deeds = Vec::new();
        for action in [crate::erasure::ACTION, crate::retention::ACTION] {
            let mut before = (i64::MAX, uuid::Uuid::max());
            while by_mark.keys().any(|mark| *mark != [0; 32]) {
                let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
                let page = self.workspace(ws).read(move |tx| audit::page(tx, &filter, before, KEYS)).await?;
                let Some(last) = page.last() else { break };
                before = (last.at, Id::uuid(last.id));
                for entry in page {
                    let Some(rows) = by_mark.remove(&erasure_mark(Id::uuid(entry.id))) else { continue };
                    let (at, subject) = (entry.at, entry.subject);
                    let (actor_kind, actor_id, action) = (entry.actor_kind, entry.actor_id, entry.action);
                    deeds.push(Erased { at, actor_kind, actor_id, action, subject, rows });
                }
            }
        }
        deeds.sort_by_key(|deed| deed.at);
        Ok((deeds, by_mark.values().sum()))
    }

    /// What does not follow from the ledger. What is written between the walk and
    /// the comparison looks like it; so a finding counts when it is still there
    /// after the walk has gone on.
    async fn unfounded(
        &self,
        ws: WorkspaceId,
        walk: &mut Walk,
        wanted: &HashSet<i64>,
    ) -> Result<Vec<(&'static str, String)>, DbError> {
        let order = walk.order.clone();
        let mut first = self.workspace(ws).read(move |tx| fold::compare(tx, &order)).await?;
        if !first.is_empty() {
            self.walk(ws, walk, wanted).await?;
            let order = walk.order.clone();
            let second = self.workspace(ws).read(move |tx| fold::compare(tx, &order)).await?;
            first.retain(|finding| second.contains(finding));
        }
        Ok(first)
    }

    /// Rows of a kind that the walk has not met, though they are younger than the chain.
    async fn strangers(
        &self,
        ws: WorkspaceId,
        kind: Kind,
        walk: &mut Walk,
        strangers: &mut Vec<(Kind, Vec<u8>)>,
    ) -> Result<(), DbError> {
        let mut after = Vec::new();
        loop {
            let from = after.clone();
            let page = self.workspace(ws).read(move |tx| chain::keys(tx, kind, &from, KEYS)).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after.clone_from(last);
            for (key, at) in page {
                if walk.sealed.contains(&(kind.tag(), key.clone())) {
                    continue;
                }
                if walk.began_at.is_some_and(|began| at < began) {
                    walk.found.older += 1;
                } else {
                    strangers.push((kind, key));
                }
            }
        }
    }
}

type Now = HashMap<(u8, Vec<u8>), Digest>;

/// The digests of some rows as they are now.
fn as_they_are(tx: &mut store::Tx<'_>, items: &[Sealed]) -> Result<Now, DbError> {
    let mut now = HashMap::new();
    for kind in [Kind::Consent, Kind::Disclosure, Kind::Audit, Kind::Decision] {
        let keys: Vec<Vec<u8>> = items.iter().filter(|item| item.kind == kind).map(|item| item.key.clone()).collect();
        if keys.is_empty() {
            continue;
        }
        now.extend(chain::digests(tx, kind, &keys)?.into_iter().map(|(key, digest)| ((kind.tag(), key), digest)));
    }
    Ok(now)
}

impl Walk {
    fn take(&mut self, seq: i64, items: Vec<Sealed>, now: &Now) {
        for item in items {
            if item.kind == Kind::Erased {
                self.erased.insert(item.key, item.digest);
                continue;
            }
            self.found.rows += 1;
            if item.kind == Kind::Consent
                && let Ok(id) = uuid::Uuid::from_slice(&item.key)
            {
                self.order.push(id);
            }
            let place = (item.kind.tag(), item.key);
            match now.get(&place) {
                // A verdict drawn twice within a millisecond is sealed twice and kept once.
                Some(digest) if *digest == item.digest => {
                    self.good.insert(place.clone());
                }
                Some(_) => {
                    self.bad.insert(place.clone(), (seq, Fault::Altered));
                }
                None => {
                    self.bad.insert(place.clone(), (seq, Fault::Missing));
                }
            }
            self.sealed.insert(place);
        }
    }
}

fn compare_heads(found: &mut Verification, heads: &[SignedHead], hashes: &HashMap<i64, Digest>, keys: &[String]) {
    for head in heads {
        found.heads += 1;
        let named = || format!("{} signed {}", head.seq, head.at);
        let stranger = !keys.is_empty() && !keys.iter().any(|key| key.eq_ignore_ascii_case(&head.public_key));
        if stranger || !check_head(head) {
            found.add(Fault::Forged, "head", named(), Some(head.seq));
        } else if hashes.get(&head.seq).is_none_or(|hash| hex::encode(hash) != head.hash) {
            found.add(Fault::Rewritten, "head", named(), Some(head.seq));
        }
    }
}
