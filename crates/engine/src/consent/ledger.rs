//! The ledger read: all entries about a customer, the words they refer to, and how one consent stands.

use domain::consent::{Channel, Permits, Standing};
use domain::id::{CustomerId, DisclosureId, Id};
use std::collections::HashMap;
use store::consent::{self, ConsentRow, DisclosureRow, Of, StandingRow};
use store::{DbError, Tx};
use uuid::Uuid;

/// Entries read at once.
const PAGE: i64 = 500;

/// All entries about a customer, by whichever of their addresses, oldest first.
pub(crate) fn ledger_of(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    addresses: &[String],
) -> Result<Vec<ConsentRow>, DbError> {
    let mut found: Vec<ConsentRow> = Vec::new();
    for of in std::iter::once(Of::Customer(customer)).chain(addresses.iter().cloned().map(Of::Address)) {
        let mut before = (i64::MAX, Uuid::max());
        loop {
            let page = consent::page(tx, &of, before, PAGE)?;
            let Some(last) = page.last() else { break };
            before = (last.recorded_at, Id::uuid(last.id));
            found.extend(page);
        }
    }
    found.sort_by_key(|entry| (entry.recorded_at, entry.id));
    found.dedup_by_key(|entry| entry.id);
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
