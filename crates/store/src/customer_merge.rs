//! Merges: two customers who are one person, and what must be known to part them again.

use crate::args;
use crate::customer_find;
use crate::db::{DbError, Row, Tx, statements};
use domain::conversation::Status;
use domain::id::{ConversationId, CustomerId, InboxId, MergeId, OrderId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! columns {
    () => {
        "m.id, m.customer_id, m.other_id, m.moved, m.actor_kind, m.actor_id, m.merged_at, m.unmerged_at,
        m.unmerged_kind, m.unmerged_by, m.refused"
    };
}

statements! {
    tenant MERGE_INSERT = "insert into customer_merges (ws, id, customer_id, other_id, moved, actor_kind, actor_id, merged_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    tenant MERGE_GET = concat!("select ", columns!(), " from customer_merges m where m.ws = $1 and m.id = $2");
    tenant MERGE_OF_CUSTOMER = concat!("select ", columns!(), " from customer_merges m
        where m.ws = $1 and m.customer_id = $2 order by m.merged_at desc, m.id desc limit $3");
    tenant MERGE_OF_OTHER = concat!("select ", columns!(), " from customer_merges m
        where m.ws = $1 and m.other_id = $2 order by m.merged_at desc, m.id desc limit $3");
    tenant MERGE_UNDONE = "update customer_merges set unmerged_at = $3, unmerged_kind = $4, unmerged_by = $5, refused = $6
        where ws = $1 and id = $2 and unmerged_at is null";
    tenant MERGE_HOLD = "select id, merged_into, demo from customers where ws = $1 and id {any:$2} order by id {for_update}";
    tenant MERGE_CHILDREN = "select id from customers where ws = $1 and merged_into {any:$2}";
    tenant MERGE_INTO = "update customers set merged_into = $3 where ws = $1 and id = $2";
    tenant MERGE_LAST_TALK = "update customers set last_at = (select max(c.last_at) from conversations c
            where c.ws = $1 and c.customer_id = $2)
        where ws = $1 and id = $2 and exists (select 1 from conversations c
            where c.ws = $1 and c.customer_id = $2 and c.last_at > customers.last_at)";
    tenant MERGE_IDENTITIES = "select address, created_at from identities where ws = $1 and customer_id = $2";
    tenant MERGE_MOVE_IDENTITIES = "update identities set customer_id = $3
        where ws = $1 and customer_id = $2 and address {any:$4}";
    tenant MERGE_TALKS = "select id, address from conversations where ws = $1 and customer_id = $2";
    tenant MERGE_MOVE_TALKS = "update conversations set customer_id = $3
        where ws = $1 and customer_id = $2 and id {any:$4}";
    tenant MERGE_ORDERS = "select id from orders where ws = $1 and customer_id = $2";
    tenant MERGE_MOVE_ORDERS = "update orders set customer_id = $3 where ws = $1 and customer_id = $2 and id {any:$4}";
    tenant MERGE_MOVE_FORMER = "update former_identities set customer_id = $3
        where ws = $1 and customer_id = $2 and address = $4 and created_at = $5";
    tenant MERGE_STRAGGLERS = "select c.id, c.inbox_id, c.customer_id, k.merged_into, c.address, c.status, null as moved
        from customers k {sqlite:cross }join conversations c on c.ws = k.ws and c.customer_id = k.id
        where k.ws = $1 and k.merged_into is not null
        union all
        select c.id, c.inbox_id, c.customer_id, m.other_id, c.address, c.status, m.moved
        from customer_merges m
        {sqlite:cross }join identities i on i.ws = m.ws and i.customer_id = m.other_id
        {sqlite:cross }join conversations c on c.ws = m.ws and c.customer_id = m.customer_id and c.address = i.address
        where m.ws = $1 and m.unmerged_at > $2";
}

/// An address, and since when (Unix ms) it was the customer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedAddress {
    /// The address, canonical.
    pub address: String,
    /// Since when, Unix ms.
    pub since: i64,
}

/// Words of the kept customer, before the merge and as it left them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MovedWords {
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

/// A place as it was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedPlace {
    /// `shipping`, `billing` or `declared`.
    pub kind: String,
    /// The ISO 3166 code of its country.
    pub country: String,
    /// Its state or province.
    pub region: String,
    /// Its postal code.
    pub postal_code: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// Who it is known from.
    pub source: String,
    /// Since when, Unix ms.
    pub known_at: i64,
}

/// An opt-out as it stood when two were merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownOptOut {
    /// The address, canonical.
    pub address: String,
    /// What it covers.
    pub scope: String,
    /// Since when, Unix ms.
    pub since: i64,
}

/// What a merge moved, and how it was before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moved {
    /// Addresses the other had.
    pub addresses: Vec<MovedAddress>,
    /// Conversations the other had.
    pub conversations: Vec<ConversationId>,
    /// Conversations the kept one had over numbers that have become the other's since: they stay.
    pub stayed: Vec<ConversationId>,
    /// Orders the other had.
    pub orders: Vec<OrderId>,
    /// Places the kept one got from the other, who keeps theirs.
    pub places: Vec<MovedPlace>,
    /// Places of the kept one that gave way to those.
    pub replaced: Vec<MovedPlace>,
    /// The kept one's name.
    pub name: MovedWords,
    /// The kept one's notes.
    pub notes: MovedWords,
    /// Opt-outs of either that stood.
    pub opt_outs: Vec<KnownOptOut>,
}

/// A merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeRow {
    /// Its identity.
    pub id: MergeId,
    /// Who was kept.
    pub customer: CustomerId,
    /// Who was merged into them.
    pub other: CustomerId,
    /// What was moved.
    pub moved: Moved,
    /// The kind of who did it.
    pub actor_kind: String,
    /// Who, where there is somebody.
    pub actor_id: Option<Uuid>,
    /// Unix ms.
    pub merged_at: i64,
    /// When it was undone, Unix ms.
    pub unmerged_at: Option<i64>,
    /// The kind of who undid it.
    pub unmerged_kind: Option<String>,
    /// Who undid it, where there is somebody.
    pub unmerged_by: Option<Uuid>,
    /// Addresses that marketing stays refused to since.
    pub refused: i64,
}

fn merge(row: &Row) -> Result<MergeRow, DbError> {
    let moved = serde_json::from_str(&row.get::<String>(3)?).map_err(|_| DbError::Decode {
        statement: "customer_merges",
        column: 3,
        expected: "what a merge moved",
        found: "other JSON",
    })?;
    Ok(MergeRow {
        id: row.get(0)?,
        customer: row.get(1)?,
        other: row.get(2)?,
        moved,
        actor_kind: row.get(4)?,
        actor_id: row.get(5)?,
        merged_at: row.get(6)?,
        unmerged_at: row.get(7)?,
        unmerged_kind: row.get(8)?,
        unmerged_by: row.get(9)?,
        refused: row.get(10)?,
    })
}

/// A customer's row, taken until the end of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The customer.
    pub id: CustomerId,
    /// Whom they were merged into.
    pub merged_into: Option<CustomerId>,
    /// Whether they are of the demo shop.
    pub demo: bool,
}

/// Takes the rows of some customers until the end of the transaction, in the order of their
/// ids: who merges, parts or erases them waits here for the others.
pub fn hold(tx: &mut Tx<'_>, ids: &[CustomerId]) -> Result<Vec<Held>, DbError> {
    tx.query(&MERGE_HOLD, args![ids])?
        .iter()
        .map(|row| Ok(Held { id: row.get(0)?, merged_into: row.get(1)?, demo: row.get::<i64>(2)? != 0 }))
        .collect()
}

/// Who a customer is by now: the one they were merged into at last, or themselves. None where there is no such
/// customer.
pub fn root(tx: &mut Tx<'_>, id: CustomerId) -> Result<Option<CustomerId>, DbError> {
    let mut at = id;
    loop {
        match crate::customer::get(tx, at)?.map(|row| row.merged_into) {
            None => return Ok((at != id).then_some(at)),
            Some(None) => return Ok(Some(at)),
            Some(Some(into)) => at = into,
        }
    }
}

/// A customer and all who were merged into them, directly or by others, themselves first.
pub fn tree(tx: &mut Tx<'_>, id: CustomerId) -> Result<Vec<CustomerId>, DbError> {
    let (mut all, mut level) = (vec![id], vec![id]);
    loop {
        level = tx.query(&MERGE_CHILDREN, args![level])?.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
        level.retain(|found| !all.contains(found));
        if level.is_empty() {
            return Ok(all);
        }
        all.extend(&level);
    }
}

/// Notes a merge.
pub fn insert(tx: &mut Tx<'_>, new: &MergeRow) -> Result<(), DbError> {
    // Lists of words, numbers and ids always serialise.
    let moved = serde_json::to_string(&new.moved).unwrap_or_default();
    let args = args![new.id, new.customer, new.other, moved, &new.actor_kind, new.actor_id, new.merged_at];
    tx.exec(&MERGE_INSERT, args).map(drop)
}

/// One merge.
pub fn get(tx: &mut Tx<'_>, id: MergeId) -> Result<Option<MergeRow>, DbError> {
    tx.query_opt(&MERGE_GET, args![id])?.as_ref().map(merge).transpose()
}

/// The latest merges that kept a customer, undone or not.
pub fn of_kept(tx: &mut Tx<'_>, id: CustomerId, limit: i64) -> Result<Vec<MergeRow>, DbError> {
    tx.query(&MERGE_OF_CUSTOMER, args![id, limit])?.iter().map(merge).collect()
}

/// The latest merges of a customer into others, undone or not.
pub fn of_other(tx: &mut Tx<'_>, id: CustomerId, limit: i64) -> Result<Vec<MergeRow>, DbError> {
    tx.query(&MERGE_OF_OTHER, args![id, limit])?.iter().map(merge).collect()
}

/// Notes that a merge was undone, by whom, and to how many addresses marketing stays refused. False where it was
/// before.
pub fn undone(
    tx: &mut Tx<'_>,
    id: MergeId,
    (kind, by): (&str, Option<Uuid>),
    refused: i64,
    at: i64,
) -> Result<bool, DbError> {
    Ok(tx.exec(&MERGE_UNDONE, args![id, at, kind, by, refused])? > 0)
}

/// Says whom a customer was merged into; none: nobody, any more. Who is merged is not found by their name.
pub fn set_merged(tx: &mut Tx<'_>, id: CustomerId, into: Option<CustomerId>) -> Result<(), DbError> {
    tx.exec(&MERGE_INTO, args![id, into])?;
    customer_find::forget(tx, id)?;
    match (into, crate::customer::get(tx, id)?) {
        (None, Some(row)) => customer_find::add(tx, [(id, row.name.as_str())]),
        _ => Ok(()),
    }
}

/// Something happened with a customer when it last did in a conversation of theirs.
pub fn last_of_talks(tx: &mut Tx<'_>, id: CustomerId) -> Result<(), DbError> {
    tx.later(&MERGE_LAST_TALK, args![id])
}

/// A customer's addresses, and since when each is theirs.
pub fn addresses(tx: &mut Tx<'_>, id: CustomerId) -> Result<Vec<MovedAddress>, DbError> {
    let rows = tx.query(&MERGE_IDENTITIES, args![id])?;
    let mut all: Vec<MovedAddress> = rows
        .iter()
        .map(|row| Ok(MovedAddress { address: row.get(0)?, since: row.get(1)? }))
        .collect::<Result<_, DbError>>()?;
    all.sort_unstable_by(|left, right| left.address.cmp(&right.address));
    Ok(all)
}

/// All conversations of a customer, each with its address.
pub fn conversations(tx: &mut Tx<'_>, id: CustomerId) -> Result<Vec<(ConversationId, String)>, DbError> {
    let rows = tx.query(&MERGE_TALKS, args![id])?;
    let mut all: Vec<(ConversationId, String)> =
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, DbError>>()?;
    all.sort_unstable();
    Ok(all)
}

/// All orders of a customer.
pub fn orders(tx: &mut Tx<'_>, id: CustomerId) -> Result<Vec<OrderId>, DbError> {
    let rows = tx.query(&MERGE_ORDERS, args![id])?;
    let mut all: Vec<OrderId> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    all.sort_unstable();
    Ok(all)
}

/// What goes from one customer to another.
#[derive(Debug, Clone, Copy)]
pub struct Going<'a> {
    /// Addresses.
    pub addresses: &'a [String],
    /// Conversations.
    pub conversations: &'a [ConversationId],
    /// Orders.
    pub orders: &'a [OrderId],
}

/// Gives what one customer has to another; what they do not have stays where it is.
pub fn give(tx: &mut Tx<'_>, from: CustomerId, to: CustomerId, what: Going<'_>) -> Result<(), DbError> {
    tx.exec(&MERGE_MOVE_IDENTITIES, args![from, to, what.addresses])?;
    tx.exec(&MERGE_MOVE_TALKS, args![from, to, what.conversations])?;
    tx.exec(&MERGE_MOVE_ORDERS, args![from, to, what.orders])?;
    Ok(())
}

/// Gives what is kept of numbers that ended while two were one to whose they had been.
pub fn give_former(tx: &mut Tx<'_>, from: CustomerId, to: CustomerId, of: &[&MovedAddress]) -> Result<(), DbError> {
    for one in of {
        tx.exec(&MERGE_MOVE_FORMER, args![from, to, &one.address, one.since])?;
    }
    Ok(())
}

/// A conversation that began for a customer in the instant in which they were merged or parted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Straggler {
    /// The conversation.
    pub id: ConversationId,
    /// Its inbox.
    pub inbox: InboxId,
    /// Whose it is.
    pub from: CustomerId,
    /// Whose it should be.
    pub to: CustomerId,
    /// Its address, canonical.
    pub address: String,
    /// Whether it is closed.
    pub closed: bool,
}

/// Those there are, of merges undone after an instant (Unix ms) and of all that stand.
pub fn stragglers(tx: &mut Tx<'_>, since: i64) -> Result<Vec<Straggler>, DbError> {
    let mut all = Vec::new();
    for row in tx.query(&MERGE_STRAGGLERS, args![since])? {
        let id: ConversationId = row.get(0)?;
        let moved = row.get::<Option<String>>(6)?.map(|text| serde_json::from_str::<Moved>(&text).unwrap_or_default());
        // What the kept one said over a number before it became the other's is theirs.
        if moved.is_some_and(|moved| moved.stayed.contains(&id)) {
            continue;
        }
        let closed = row.get::<String>(5)? == Status::Closed.word();
        let (from, to) = (row.get(2)?, row.get(3)?);
        all.push(Straggler { id, inbox: row.get(1)?, from, to, address: row.get(4)?, closed });
    }
    all.sort_unstable_by_key(|one| one.id);
    Ok(all)
}
