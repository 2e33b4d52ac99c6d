//! The ledger read: all entries about a customer, the words they refer to, and how one consent stands.

use domain::consent::{Channel, Permits, Standing};
use domain::id::{CustomerId, DisclosureId, Id};
use std::collections::{HashMap, HashSet};
use store::consent::{self, ConsentRow, DisclosureRow, Of, StandingRow};
use store::{DbError, Tx, customer, customer_merge};
use uuid::Uuid;

/// Entries read at once.
const PAGE: i64 = 500;
/// Merges of one customer: nobody has more.
const MERGES: i64 = 1_000;

/// All entries about a customer, by whichever of their addresses, oldest first.
pub(crate) fn ledger_of(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    addresses: &[String],
) -> Result<Vec<ConsentRow>, DbError> {
    let mut found: Vec<ConsentRow> = Vec::new();
    let all = customer_merge::tree(tx, customer)?;
    for of in all.iter().copied().map(Of::Customer).chain(addresses.iter().cloned().map(Of::Address)) {
        let mut before = (i64::MAX, Uuid::max());
        loop {
            let page = consent::page(tx, &of, before, PAGE)?;
            let Some(last) = page.last() else { break };
            before = (last.recorded_at, Id::uuid(last.id));
            found.extend(page);
        }
    }
    // Entries about numbers that were given back name the customer who had them then; they are the other's.
    let parted = given_back(tx, &all, addresses)?;
    found.retain(|entry| !parted.contains(&entry.address));
    found.sort_by_key(|entry| (entry.recorded_at, entry.id));
    found.dedup_by_key(|entry| entry.id);
    Ok(found)
}

/// The addresses that some customers had while they were one with others, and have no more.
fn given_back(tx: &mut Tx<'_>, of: &[CustomerId], addresses: &[String]) -> Result<HashSet<String>, DbError> {
    let mut gone = HashSet::new();
    for id in of {
        let parted = customer_merge::of_kept(tx, *id, MERGES)?.into_iter().filter(|row| row.unmerged_at.is_some());
        gone.extend(parted.flat_map(|row| row.moved.addresses).map(|moved| moved.address));
    }
    gone.retain(|address| !addresses.contains(address));
    Ok(gone)
}

/// A page of what [`ledger_of`] finds, newest first, before a place.
pub(super) fn page_of(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    before: (i64, Uuid),
    limit: i64,
) -> Result<Vec<ConsentRow>, DbError> {
    let addresses = customer::addresses(tx, customer)?;
    let mut found = ledger_of(tx, customer, &addresses)?;
    found.retain(|entry| (entry.recorded_at, Id::uuid(entry.id)) < before);
    found.reverse();
    found.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(found)
}

/// The words that were shown with some entries.
pub(crate) fn wordings(
    tx: &mut Tx<'_>,
    entries: &[ConsentRow],
) -> Result<HashMap<DisclosureId, DisclosureRow>, DbError> {
    let mut ids: Vec<Uuid> = entries.iter().filter_map(|row| row.disclosure).map(Id::uuid).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(consent::disclosures(tx, ids)?.into_iter().map(|row| (row.id, row)).collect())
}

/// How consent of an address to texts for one purpose and topic stands by itself, among the rows read of it.
pub(crate) fn standing_in(rows: &[StandingRow], address: &str, permits: Permits, topic: &str) -> Option<Standing> {
    let own = |row: &&StandingRow| {
        row.address == address && row.channel == Channel::Sms && row.permits == permits && row.topic == topic
    };
    rows.iter().find(own).map(|row| row.standing)
}
