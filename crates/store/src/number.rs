//! Whose a number is, and was before it was switched off or given to somebody else.

use crate::args;
use crate::db::{DbError, Tx, inserts, statements};
use domain::id::{ConversationId, CustomerId, InboxId};
use std::collections::HashMap;

statements! {
    tenant NUMBER_HOLDERS = "select address, customer_id, created_at from identities where ws = $1 and address {any:$2}";
    tenant NUMBER_END = "delete from identities where ws = $1 and address {any:$2}";
    tenant NUMBER_FORMER = "select customer_id, ended_at from former_identities where ws = $1 and address = $2";
    tenant NUMBER_REPLY_TO = "select c.inbox_id, c.address, c.customer_id, i.customer_id from conversations c
        left join identities i on i.ws = c.ws and i.address = c.address where c.ws = $1 and c.id = $2";
    tenant NUMBER_TALKS_END = "update conversations set status = 'closed', closed_at = $4, snoozed_until = null,
        waiting_since = null, complaint_at = null, complaint_by = null where ws = $1 and customer_id {any:$2} and address {any:$3} and status <> 'closed'
        returning id";
}

inserts! {
    NUMBER_FORMER_INSERT = "former_identities" [
        ("address", Text), ("customer_id", Uuid), ("created_at", Int), ("ended_at", Int)
    ] "on conflict do nothing";
}

/// Ends whose some numbers were: who was known by one no later than an instant (Unix ms)
/// is so no more, and who writes from it next is somebody else. Answers the numbers
/// this ended something for, each with the customer.
pub fn end(tx: &mut Tx<'_>, ends: &[(&str, i64)]) -> Result<Vec<(String, CustomerId)>, DbError> {
    let mut at: HashMap<&str, i64> = HashMap::with_capacity(ends.len());
    for (address, end) in ends {
        let latest = at.entry(address).or_insert(*end);
        *latest = (*latest).max(*end);
    }
    let addresses: Vec<String> = at.keys().map(|address| (*address).to_owned()).collect();
    let mut ended: Vec<(String, CustomerId, i64, i64)> = Vec::new();
    for row in tx.query(&NUMBER_HOLDERS, args![addresses])? {
        let (address, customer, created_at): (String, CustomerId, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if let Some(end) = at.get(address.as_str()).copied().filter(|end| created_at <= *end) {
            ended.push((address, customer, created_at, end));
        }
    }
    if ended.is_empty() {
        return Ok(Vec::new());
    }
    let rows = ended.iter().map(|(address, customer, created, end)| args![address, *customer, *created, *end].to_vec());
    tx.insert_many_later(&NUMBER_FORMER_INSERT, rows.collect())?;
    let gone: Vec<String> = ended.iter().map(|(address, ..)| address.clone()).collect();
    tx.later(&NUMBER_END, args![gone])?;
    Ok(ended.into_iter().map(|(address, customer, ..)| (address, customer)).collect())
}

/// The customers a number belonged to before, the latest first.
pub fn former(tx: &mut Tx<'_>, address: &str) -> Result<Vec<CustomerId>, DbError> {
    let rows = tx.query(&NUMBER_FORMER, args![address])?;
    let mut all: Vec<(i64, CustomerId)> =
        rows.iter().map(|row| Ok((row.get(1)?, row.get(0)?))).collect::<Result<_, DbError>>()?;
    all.sort_unstable_by(|left, right| right.cmp(left));
    Ok(all.into_iter().map(|(_, customer)| customer).collect())
}

/// Where an answer goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTo {
    /// The inbox it leaves from.
    pub inbox: InboxId,
    /// The number.
    pub address: String,
    /// Whether the number is still the customer's.
    pub theirs: bool,
}

/// Where an answer in a conversation goes.
pub fn reply_to(tx: &mut Tx<'_>, id: ConversationId) -> Result<Option<ReplyTo>, DbError> {
    let Some(row) = tx.query_opt(&NUMBER_REPLY_TO, args![id])? else { return Ok(None) };
    let (customer, holder): (CustomerId, Option<CustomerId>) = (row.get(2)?, row.get(3)?);
    Ok(Some(ReplyTo { inbox: row.get(0)?, address: row.get(1)?, theirs: holder == Some(customer) }))
}

/// Closes the talks of some customers over some numbers. Answers those that were not closed before.
pub fn talks_end(
    tx: &mut Tx<'_>,
    customers: &[CustomerId],
    addresses: &[String],
    now: i64,
) -> Result<Vec<ConversationId>, DbError> {
    tx.query(&NUMBER_TALKS_END, args![customers, addresses, now])?.iter().map(|row| row.get(0)).collect()
}
