//! Conversations: one thread between one of a customer's addresses and an inbox.

use crate::args;
pub use crate::conversation_list::{Counts, Listing, Order, View, counts, page};
use crate::db::{DbError, Row, Tx, Val, inserts, statements, updates};
use domain::conversation::Status;
use domain::id::{ConversationId, CustomerId, InboxId, MemberId};
use std::collections::{BTreeSet, HashMap};

macro_rules! columns {
    () => {
        "c.id, c.inbox_id, c.customer_id, c.address, c.status, c.assignee_id, c.snoozed_until, c.closed_at,
         c.waiting_since, c.last_seq, c.read_seq, c.last_at, c.last_direction, c.last_inbound_at, c.preview,
         c.failed, c.created_at, k.name, c.complaint_at, c.complaint_by"
    };
}
pub(crate) use columns;

statements! {
    tenant CONVERSATION_LAST_MANY = "select c.customer_id, c.address, c.id, c.status, c.closed_at, c.last_inbound_at
        from conversations c where c.ws = $1 and c.inbox_id = $2 and c.customer_id {any:$3} and c.address {any:$4}
            and not exists
            (select 1 from conversations n where n.ws = $1 and n.customer_id = c.customer_id
                and n.inbox_id = c.inbox_id and n.address = c.address
                and (n.status <> 'closed', n.last_at, n.id) > (c.status <> 'closed', c.last_at, c.id))
        order by {sqlite:+}c.id {for_update}";
    tenant CONVERSATION_OPEN_MANY = "update conversations set status = 'open', closed_at = null, snoozed_until = null
        where ws = $1 and id {any:$2}";
    tenant CONVERSATION_STATUS = "update conversations set status = $3, closed_at = $4, snoozed_until = $5,
        waiting_since = case when $3 = 'closed' then null else waiting_since end,
        complaint_at = case when $3 = 'closed' then null else complaint_at end,
        complaint_by = case when $3 = 'closed' then null else complaint_by end where ws = $1 and id = $2";
    tenant CONVERSATION_COMPLAINT = "update conversations set complaint_at = $3, complaint_by = $4
        where ws = $1 and id = $2";
    tenant CONVERSATION_ASSIGN = "update conversations set assignee_id = $3 where ws = $1 and id = $2";
    tenant CONVERSATION_OF_ASSIGNEE = "select id from conversations where ws = $1 and assignee_id = $2
        and status in ('open', 'snoozed') limit $3";
    tenant CONVERSATION_LEFT_BEHIND = "select c.id from memberships m
        {sqlite:cross }join members p on p.id = m.member_id
        {sqlite:cross }join conversations c on c.ws = m.ws and c.assignee_id = m.member_id
        where m.ws = $1 and p.disabled_at is not null and c.status in ('open', 'snoozed') and c.demo = 0 limit $2";
    tenant CONVERSATION_READ = "update conversations set read_seq = $3 where ws = $1 and id = $2 and read_seq <> $3";
    tenant CONVERSATION_RECOUNT = "update conversations set failed = (select count(*) from messages m
            where m.ws = $1 and m.conversation_id = conversations.id
            and m.state in ('failed', 'undelivered', 'refused', 'ambiguous') and m.retry_of is null
            and not exists (select 1 from messages again where again.ws = $1
                and again.conversation_id = m.conversation_id and again.retry_of = m.id))
        where ws = $1 and id {any:$2}";
    tenant CONVERSATION_HOLD = "select id from conversations where ws = $1 and id {any:$2} order by id {for_update}";
    tenant CONVERSATION_DUE_SNOOZED = "select id from conversations where ws = $1 and snoozed_until <= $2 order by snoozed_until limit $3";
    tenant CONVERSATION_ADDRESS = "select address, last_inbound_at from conversations where ws = $1 and id = $2";
    tenant CONVERSATION_TALKS = "select id, last_inbound_at from conversations where ws = $1 and id {any:$2}";
    tenant CONVERSATION_PLACES = "select id, inbox_id, address from conversations where ws = $1 and id {any:$2}";
    tenant CONVERSATION_GET = concat!("select ", columns!(), " from conversations c
        join customers k on k.ws = c.ws and k.id = c.customer_id where c.ws = $1 and c.id = $2");
    tenant CONVERSATION_GET_MANY = concat!("select ", columns!(), " from conversations c
        join customers k on k.ws = c.ws and k.id = c.customer_id where c.ws = $1 and c.id {any:$2}");
    tenant CONVERSATION_OF_CUSTOMER = concat!("select ", columns!(), " from conversations c
        join customers k on k.ws = c.ws and k.id = c.customer_id where c.ws = $1 and c.customer_id = $2
        order by c.last_at desc, c.id desc limit $3");
}

inserts! {
    CONVERSATION_INSERT = "conversations" [
        ("id", Uuid), ("inbox_id", Uuid), ("customer_id", Uuid), ("address", Text), ("status", Text),
        ("closed_at", Int), ("waiting_since", Int), ("last_seq", Int), ("read_seq", Int), ("last_at", Int),
        ("last_direction", Text), ("last_inbound_at", Int), ("preview", Text), ("created_at", Int)
    ] "";
}

updates! {
    CONVERSATION_ADD_INBOUND [("id", Uuid), ("n", Int), ("at", Int), ("preview", Text)] =
        "update conversations set last_seq = last_seq + {n}, last_at = {at}, last_inbound_at = {at},
        last_direction = 'inbound', preview = {preview}, status = 'open', closed_at = null, snoozed_until = null,
        waiting_since = coalesce(waiting_since, {at}) {given} where ws = $1 and id = {id} returning id, last_seq";
    CONVERSATION_COMPLAINS [("id", Uuid), ("at", Int), ("by", Text)] =
        "update conversations set complaint_at = {at}, complaint_by = {by} {given}
        where ws = $1 and id = {id} and complaint_at is null and status <> 'closed' returning id";
    CONVERSATION_JOIN_INBOUND [("id", Uuid), ("n", Int), ("at", Int), ("preview", Text)] =
        "update conversations set last_seq = last_seq + {n}, last_at = {at}, last_inbound_at = {at},
        last_direction = 'inbound', preview = {preview} {given} where ws = $1 and id = {id} returning id, last_seq";
    CONVERSATION_ADD_OUTBOUND [("id", Uuid), ("n", Int), ("at", Int), ("preview", Text)] =
        "update conversations set last_seq = last_seq + {n}, last_at = {at}, last_direction = 'outbound',
        preview = {preview}, waiting_since = null,
        read_seq = case when read_seq = last_seq then last_seq + {n} else read_seq end
        {given} where ws = $1 and id = {id} returning id, last_seq";
    CONVERSATION_ADD_AUTOMATIC [("id", Uuid), ("n", Int), ("at", Int), ("preview", Text)] =
        "update conversations set last_seq = last_seq + {n}, last_at = {at}, last_direction = 'outbound',
        preview = {preview}, read_seq = case when read_seq = last_seq then last_seq + {n} else read_seq end
        {given} where ws = $1 and id = {id} returning id, last_seq";
    CONVERSATION_ADD_SILENT [("id", Uuid), ("n", Int)] =
        "update conversations set last_seq = last_seq + {n},
        read_seq = case when read_seq = last_seq then last_seq + {n} else read_seq end
        {given} where ws = $1 and id = {id} returning id, last_seq";
}

/// A conversation as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationRow {
    /// Its identity.
    pub id: ConversationId,
    /// Where the customer wrote to.
    pub inbox_id: InboxId,
    /// Who wrote.
    pub customer_id: CustomerId,
    /// The customer's address in this conversation, canonical.
    pub address: String,
    /// Where it stands.
    pub status: Status,
    /// Whose it is.
    pub assignee_id: Option<MemberId>,
    /// When it comes back, Unix ms.
    pub snoozed_until: Option<i64>,
    /// When it was closed, Unix ms.
    pub closed_at: Option<i64>,
    /// Since when the customer waits for us, Unix ms.
    pub waiting_since: Option<i64>,
    /// The number of its last item.
    pub last_seq: i64,
    /// The number of the last item somebody has read.
    pub read_seq: i64,
    /// When anything was last said, Unix ms.
    pub last_at: i64,
    /// Whether that was `inbound` or `outbound`.
    pub last_direction: String,
    /// When the customer last wrote, Unix ms.
    pub last_inbound_at: Option<i64>,
    /// The first words of what was last said.
    pub preview: String,
    /// How many of its texts need a person's look.
    pub failed: i64,
    /// Unix ms.
    pub created_at: i64,
    /// The customer's name, possibly empty.
    pub customer_name: String,
    /// Since when a complaint is open in it, Unix ms.
    pub complaint_at: Option<i64>,
    /// What said so: the rows of words that matched, or [`BY_MEMBER`].
    pub complaint_by: Option<String>,
}

/// What says that a complaint is open where a member did.
pub const BY_MEMBER: &str = "member";

pub(crate) fn conversation(row: &Row) -> Result<ConversationRow, DbError> {
    Ok(ConversationRow {
        id: row.get(0)?,
        inbox_id: row.get(1)?,
        customer_id: row.get(2)?,
        address: row.get(3)?,
        status: status(&row.get::<String>(4)?)?,
        assignee_id: row.get(5)?,
        snoozed_until: row.get(6)?,
        closed_at: row.get(7)?,
        waiting_since: row.get(8)?,
        last_seq: row.get(9)?,
        read_seq: row.get(10)?,
        last_at: row.get(11)?,
        last_direction: row.get(12)?,
        last_inbound_at: row.get(13)?,
        preview: row.get(14)?,
        failed: row.get(15)?,
        created_at: row.get(16)?,
        customer_name: row.get(17)?,
        complaint_at: row.get(18)?,
        complaint_by: row.get(19)?,
    })
}

fn status(word: &str) -> Result<Status, DbError> {
    Status::from_word(word).ok_or(DbError::Decode {
        statement: "conversations",
        column: 4,
        expected: "a status",
        found: "another word",
    })
}

/// One conversation.
pub fn get(tx: &mut Tx<'_>, id: ConversationId) -> Result<Option<ConversationRow>, DbError> {
    tx.query_opt(&CONVERSATION_GET, args![id])?.as_ref().map(conversation).transpose()
}

/// Those of some conversations that exist, in no order.
pub fn get_many(tx: &mut Tx<'_>, ids: Vec<uuid::Uuid>) -> Result<Vec<ConversationRow>, DbError> {
    tx.query(&CONVERSATION_GET_MANY, args![ids])?.iter().map(conversation).collect()
}

/// A customer's conversations, latest first.
pub fn of_customer(tx: &mut Tx<'_>, id: CustomerId, limit: i64) -> Result<Vec<ConversationRow>, DbError> {
    tx.query(&CONVERSATION_OF_CUSTOMER, args![id, limit])?.iter().map(conversation).collect()
}

/// The last conversation of a customer's address in an inbox, locked.
#[derive(Debug, Clone, Copy)]
pub struct LastRow {
    /// Its identity.
    pub id: ConversationId,
    /// What the placement rule needs.
    pub last: domain::conversation::Last,
    /// When the customer last wrote in it, Unix ms.
    pub last_inbound_at: Option<i64>,
}

/// A conversation to begin.
#[derive(Debug, Clone)]
pub struct NewConversation {
    /// Its identity.
    pub id: ConversationId,
    /// The inbox.
    pub inbox: InboxId,
    /// The customer.
    pub customer: CustomerId,
    /// The customer's address, canonical.
    pub address: String,
    /// Where it stands from the start.
    pub status: Status,
    /// Unix ms.
    pub at: i64,
}

/// Whose thread in an inbox it is: the customer, and which of their addresses.
pub type Side = (CustomerId, String);

/// The last conversations of some customers in an inbox over some of their addresses, locked.
/// A customer has one thread for each address, so that an answer goes where it is waited for.
pub fn last_for_many(
    tx: &mut Tx<'_>,
    inbox: InboxId,
    sides: &BTreeSet<Side>,
) -> Result<HashMap<Side, LastRow>, DbError> {
    let mut customers: Vec<CustomerId> = sides.iter().map(|(customer, _)| *customer).collect();
    customers.dedup();
    let addresses: Vec<String> = sides.iter().map(|(_, address)| address.clone()).collect();
    let mut found = HashMap::with_capacity(sides.len());
    for row in tx.query(&CONVERSATION_LAST_MANY, args![inbox, customers, addresses])? {
        let last = domain::conversation::Last { status: status(&row.get::<String>(3)?)?, closed_at: row.get(4)? };
        let row = ((row.get(0)?, row.get(1)?), LastRow { id: row.get(2)?, last, last_inbound_at: row.get(5)? });
        // What one of them said by a number that is another's now is not asked for.
        if sides.contains(&row.0) {
            found.insert(row.0, row.1);
        }
    }
    Ok(found)
}

/// Where some conversations lead: each with its inbox and the customer's address.
pub fn places(tx: &mut Tx<'_>, ids: Vec<uuid::Uuid>) -> Result<Vec<(ConversationId, InboxId, String)>, DbError> {
    tx.query(&CONVERSATION_PLACES, args![ids])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// Begins a conversation without any item.
pub fn insert(tx: &mut Tx<'_>, new: &NewConversation) -> Result<(), DbError> {
    tx.insert_many_later(&CONVERSATION_INSERT, vec![begun(new, None, new.at)])
}

/// A new conversation's row, with the items it begins with.
fn begun(new: &NewConversation, items: Option<&Addition>, at: i64) -> Vec<Val> {
    let closed_at = (new.status == Status::Closed).then_some(new.at);
    let count = items.map_or(0, |items| items.count);
    let added = items.map_or(Added::Silent, |items| items.added);
    let (last_at, inbound) = if added == Added::Silent { (new.at, true) } else { (at, added.inbound()) };
    args![
        new.id,
        new.inbox,
        new.customer,
        &new.address,
        new.status.word(),
        closed_at,
        (added == Added::InboundOpening).then_some(at),
        count,
        // Whoever writes has read what they write.
        if added.inbound() { 0 } else { count },
        last_at,
        if inbound { "inbound" } else { "outbound" },
        added.inbound().then_some(at),
        items.map_or("", |items| items.preview.as_str()),
        new.at
    ]
    .to_vec()
}

/// Opens conversations that were snoozed or closed.
pub fn open_many(tx: &mut Tx<'_>, ids: &[ConversationId]) -> Result<(), DbError> {
    if ids.is_empty() {
        return Ok(());
    }
    tx.later(&CONVERSATION_OPEN_MANY, args![ids])
}

/// How an item changes its conversation.
///
/// Ordered by how much it changes: of several items the greatest says what they
/// do together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Added {
    /// A note or an event.
    Silent,
    /// An automatic text or a notice: the customer still waits for a person.
    Automatic,
    /// A text that answers: the customer waits no longer.
    Outbound,
    /// A customer's text that asks for none: leaves the status alone.
    InboundJoining,
    /// A customer's text that asks for an answer: opens the conversation.
    InboundOpening,
}

impl Added {
    /// Whether it is a customer's text.
    const fn inbound(self) -> bool {
        matches!(self, Self::InboundJoining | Self::InboundOpening)
    }
}

/// Items that go into one conversation together, all of them a customer's or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// The conversation.
    pub id: ConversationId,
    /// How many they are.
    pub count: i64,
    /// What they do together.
    pub added: Added,
    /// The first words of the last one that is heard.
    pub preview: String,
}

/// Takes the next numbers of some conversations, each named once, for items; the
/// `new` ones begin with theirs. Answers each one's last number; those that do
/// not exist are left out.
pub fn add_many(
    tx: &mut Tx<'_>,
    new: &[NewConversation],
    additions: &[Addition],
    at: i64,
) -> Result<HashMap<ConversationId, i64>, DbError> {
    let mut last = HashMap::with_capacity(additions.len());
    let (mut items, mut rows) = (HashMap::with_capacity(additions.len()), Vec::with_capacity(new.len()));
    if !new.is_empty() {
        items.extend(additions.iter().map(|one| (one.id, one)));
    }
    for one in new {
        let its = items.get(&one.id).copied();
        rows.push(begun(one, its, at));
        last.insert(one.id, its.map_or(0, |items| items.count));
    }
    tx.insert_many_later(&CONVERSATION_INSERT, rows)?;
    let additions: Vec<&Addition> = additions.iter().filter(|one| !last.contains_key(&one.id)).collect();
    for (kind, many) in [
        (Added::InboundOpening, &CONVERSATION_ADD_INBOUND),
        (Added::InboundJoining, &CONVERSATION_JOIN_INBOUND),
        (Added::Outbound, &CONVERSATION_ADD_OUTBOUND),
        (Added::Automatic, &CONVERSATION_ADD_AUTOMATIC),
        (Added::Silent, &CONVERSATION_ADD_SILENT),
    ] {
        let rows = additions.iter().filter(|one| one.added == kind).map(|one| {
            if kind == Added::Silent {
                args![one.id, one.count].to_vec()
            } else {
                args![one.id, one.count, at, &one.preview].to_vec()
            }
        });
        for row in tx.update_many(many, rows.collect())? {
            last.insert(row.get(0)?, row.get(1)?);
        }
    }
    Ok(last)
}

/// Takes the next number of a conversation for an item and notes it. `None` when there is no such conversation.
pub fn add(tx: &mut Tx<'_>, id: ConversationId, added: Added, preview: &str, at: i64) -> Result<Option<i64>, DbError> {
    let addition = Addition { id, count: 1, added, preview: preview.to_owned() };
    Ok(add_many(tx, &[], &[addition], at)?.remove(&id))
}

/// Opens, snoozes or closes. False when there is no such conversation.
pub fn set_status(
    tx: &mut Tx<'_>,
    id: ConversationId,
    to: Status,
    until: Option<i64>,
    now: i64,
) -> Result<bool, DbError> {
    let closed_at = (to == Status::Closed).then_some(now);
    let until = if to == Status::Snoozed { until } else { None };
    Ok(tx.exec(&CONVERSATION_STATUS, args![id, to.word(), closed_at, until])? > 0)
}

/// Says since when (Unix ms) a complaint is open in it, and what said so; none: none is.
pub fn set_complaint(tx: &mut Tx<'_>, id: ConversationId, open: Option<(i64, &str)>) -> Result<bool, DbError> {
    let (at, by) = open.unzip();
    Ok(tx.exec(&CONVERSATION_COMPLAINT, args![id, at, by])? > 0)
}

/// Notes at an instant (Unix ms) which rows of words say that customers complain. Answers in which
/// conversations no complaint was open before.
pub fn complain(
    tx: &mut Tx<'_>,
    found: &[(ConversationId, &'static str)],
    at: i64,
) -> Result<Vec<ConversationId>, DbError> {
    let rows = found.iter().map(|(id, by)| args![*id, at, *by].to_vec()).collect();
    tx.update_many(&CONVERSATION_COMPLAINS, rows)?.iter().map(|row| row.get(0)).collect()
}

/// Hands it to a member or to nobody.
pub fn assign(tx: &mut Tx<'_>, id: ConversationId, member: Option<MemberId>) -> Result<bool, DbError> {
    Ok(tx.exec(&CONVERSATION_ASSIGN, args![id, member])? > 0)
}

/// Some conversations of a member that are not closed, at most `limit`.
pub fn of_assignee(tx: &mut Tx<'_>, member: MemberId, limit: i64) -> Result<Vec<ConversationId>, DbError> {
    in_order(&tx.query(&CONVERSATION_OF_ASSIGNEE, args![member, limit])?)
}

/// Some conversations that are not closed, of members who are shut out; those of the demo shop aside,
/// whose agents nobody ever lets in.
pub fn left_behind(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<ConversationId>, DbError> {
    in_order(&tx.query(&CONVERSATION_LEFT_BEHIND, args![limit])?)
}

/// In the order in which everybody takes their rows.
fn in_order(rows: &[Row]) -> Result<Vec<ConversationId>, DbError> {
    let mut all: Vec<ConversationId> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    all.sort_unstable();
    Ok(all)
}

/// Marks everything up to a number as read. False when it already was so.
pub fn set_read(tx: &mut Tx<'_>, id: ConversationId, seq: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&CONVERSATION_READ, args![id, seq])? > 0)
}

/// Counts anew how many texts of some conversations need a look and were not tried again.
pub fn recount_failed(tx: &mut Tx<'_>, mut ids: Vec<ConversationId>) -> Result<(), DbError> {
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    // Whoever counts at the same time elsewhere goes first or waits: the statement
    // after this one sees what they wrote, and so the last count is of everything.
    tx.query(&CONVERSATION_HOLD, args![ids.as_slice()])?;
    tx.later(&CONVERSATION_RECOUNT, args![ids])
}

/// Snoozed conversations whose time has come.
pub fn due_snoozed(tx: &mut Tx<'_>, now: i64, limit: i64) -> Result<Vec<ConversationId>, DbError> {
    tx.query(&CONVERSATION_DUE_SNOOZED, args![now, limit])?.iter().map(|row| row.get(0)).collect()
}

/// When the customers of some conversations last wrote.
pub fn talks(tx: &mut Tx<'_>, ids: Vec<uuid::Uuid>) -> Result<Vec<(ConversationId, Option<i64>)>, DbError> {
    tx.query(&CONVERSATION_TALKS, args![ids])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
