//! Whether how consent stands follows from the ledger.

use crate::consent::{NARROWED, OptOuts, moves};
use crate::gate::BRAND;
use domain::id::{ConsentId, Id};
use domain::message::Purpose;
use std::collections::{BTreeMap, HashMap, HashSet};
use store::consent::{self, ConsentRow, StandingRow};
use store::{DbError, Tx, suppression};
use uuid::Uuid;

/// Addresses looked at together.
const TOGETHER: usize = 500;
/// The same, of those for which something stands.
const PAGE: i64 = 500;

/// Compares standings and opt-outs with the ledger, whose entries are given in
/// the order they were sealed. Answers what does not follow from it: the table,
/// and the entry that says otherwise.
pub(super) fn compare(tx: &mut Tx<'_>, order: &[Uuid]) -> Result<Vec<(&'static str, String)>, DbError> {
    let mut place: HashMap<Uuid, usize> = HashMap::with_capacity(order.len());
    for (at, id) in order.iter().enumerate() {
        place.entry(*id).or_insert(at);
    }
    let mut ledger: BTreeMap<String, Vec<ConsentRow>> = BTreeMap::new();
    for ids in order.chunks(TOGETHER) {
        for row in consent::by_ids(tx, ids.to_vec())? {
            ledger.entry(row.address.clone()).or_default().push(row);
        }
    }
    let mut unfounded = unheard_of(tx, &ledger)?;
    let all: Vec<(String, Vec<ConsentRow>)> = ledger.into_iter().collect();
    for some in all.chunks(TOGETHER) {
        let addresses: Vec<String> = some.iter().map(|(address, _)| address.clone()).collect();
        let out: HashSet<(String, String)> = suppression::scopes_of(tx, BRAND, addresses.clone())?
            .into_iter()
            .map(|(address, scope, _)| (address, scope))
            .collect();
        let mut standing: HashMap<String, Vec<StandingRow>> = HashMap::new();
        for row in consent::standings(tx, addresses)? {
            standing.entry(row.address.clone()).or_default().push(row);
        }
        for (address, entries) in some {
            let mut entries: Vec<&ConsentRow> = entries.iter().collect();
            entries.sort_by_key(|row| place.get(&Id::uuid(row.id)).copied());
            let Founded { standing: founded, opt_outs } = refold(&entries);
            let stands = standing.remove(address).unwrap_or_default();
            unfounded.extend(differing(&founded, &stands).map(|consent| ("standing", consent)));
            let gone = opt_outs.into_iter().filter(|(scope, _)| !out.contains(&(address.clone(), scope.clone())));
            unfounded.extend(gone.map(|(_, consent)| ("suppression", consent.to_string())));
        }
    }
    Ok(unfounded)
}

/// What stands for addresses of which the ledger says nothing.
fn unheard_of(
    tx: &mut Tx<'_>,
    ledger: &BTreeMap<String, Vec<ConsentRow>>,
) -> Result<Vec<(&'static str, String)>, DbError> {
    let (mut unfounded, mut after) = (Vec::new(), String::new());
    loop {
        let page = consent::standing_addresses(tx, &after, PAGE)?;
        let Some(last) = page.last() else { return Ok(unfounded) };
        after.clone_from(last);
        let strangers: Vec<String> = page.into_iter().filter(|address| !ledger.contains_key(address)).collect();
        if !strangers.is_empty() {
            let rows = consent::standings(tx, strangers)?;
            unfounded.extend(rows.iter().map(|row| ("standing", row.consent.to_string())));
        }
    }
}

/// What follows from entries of one address.
#[derive(Default)]
struct Founded {
    standing: Vec<StandingRow>,
    /// The opt-outs that stand, by scope, each with the entry that made it.
    opt_outs: BTreeMap<String, ConsentId>,
}

fn refold(entries: &[&ConsentRow]) -> Founded {
    let mut founded = Founded::default();
    for entry in entries {
        // What did not fit was not written down.
        let Ok(moved) = moves(entry, &founded.standing) else { continue };
        for row in moved {
            let key = |row: &StandingRow| (row.channel, row.permits, row.topic.clone());
            founded.standing.retain(|old| key(old) != key(&row));
            founded.standing.push(row);
        }
        let own = |row: &&StandingRow| {
            row.channel == entry.channel && row.permits == entry.permits && row.topic == entry.topic
        };
        let status = founded.standing.iter().find(own).map(|row| row.standing.status);
        match OptOuts::after(entry, status) {
            OptOuts::Stand(scope) => {
                if scope == suppression::ALL_TEXTS {
                    founded.opt_outs.remove(suppression::UNSURE);
                }
                founded.opt_outs.insert(scope.to_owned(), entry.id);
            }
            OptOuts::Rest => {
                founded.opt_outs.insert(suppression::UNSURE.to_owned(), entry.id);
            }
            OptOuts::End(scope) => {
                founded.opt_outs.remove(scope);
            }
            OptOuts::Narrow => {
                founded.opt_outs.entry(Purpose::Marketing.word().to_owned()).or_insert(entry.id);
                for scope in NARROWED {
                    founded.opt_outs.remove(scope);
                }
            }
            OptOuts::AllEnd => founded.opt_outs.clear(),
            OptOuts::Stay => {}
        }
    }
    founded
}

/// The entries of rows that are in one of the two and not the other.
fn differing<'a>(founded: &'a [StandingRow], stands: &'a [StandingRow]) -> impl Iterator<Item = String> + 'a {
    let only = |some: &'a [StandingRow], others: &'a [StandingRow]| {
        some.iter().filter(move |row| !others.contains(row)).map(|row| row.consent)
    };
    let mut ids: Vec<_> = only(stands, founded).chain(only(founded, stands)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().map(|id| id.to_string())
}
