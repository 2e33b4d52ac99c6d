//! Conversations: one thread between a customer and an inbox.

use crate::args;
use crate::db::{DbError, Row, Tx, statements};
use domain::conversation::Status;
use domain::id::{ConversationId, CustomerId, InboxId, MemberId};

macro_rules! columns {
    () => {
        "c.id, c.inbox_id, c.customer_id, c.address, c.status, c.assignee_id, c.snoozed_until, c.closed_at,
         c.waiting_since, c.last_seq, c.read_seq, c.last_at, c.last_direction, c.last_inbound_at, c.preview,
         c.failed, c.created_at, k.name"
    };
}
macro_rules! page {
    ($filter:literal, $order:literal, $outer:literal) => {
        concat!(
            "select ",
            columns!(),
            " from (select * from conversations where ws = $1 and ",
            $filter,
            " order by ",
            $order,
            " limit $4) c
              join customers k on k.ws = c.ws and k.id = c.customer_id
             where c.ws = $1 order by ",
            $outer
        )
    };
}

statements! {
    tenant CONVERSATION_LAST = "select id, status, closed_at, last_inbound_at from conversations
        where ws = $1 and customer_id = $2 and inbox_id = $3 order by last_at desc, id desc limit 1 {for_update}";
    tenant CONVERSATION_INSERT = "insert into conversations
        (ws, id, inbox_id, customer_id, address, status, closed_at, last_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    tenant CONVERSATION_ADD_INBOUND = "update conversations set last_seq = last_seq + 1, last_at = $3,
        last_inbound_at = $3, last_direction = 'inbound', preview = $4, status = $5, closed_at = $6,
        snoozed_until = case when $5 = 'open' then null else snoozed_until end,
        waiting_since = case when $5 = 'open' then coalesce(waiting_since, $3) else waiting_since end
        where ws = $1 and id = $2 returning last_seq";
    tenant CONVERSATION_JOIN_INBOUND = "update conversations set last_seq = last_seq + 1, last_at = $3,
        last_inbound_at = $3, last_direction = 'inbound', preview = $4 where ws = $1 and id = $2 returning last_seq";
    tenant CONVERSATION_ADD_OUTBOUND = "update conversations set last_seq = last_seq + 1, last_at = $3,
        last_direction = 'outbound', preview = $4, waiting_since = null,
        read_seq = case when read_seq = last_seq then last_seq + 1 else read_seq end
        where ws = $1 and id = $2 returning last_seq";
    tenant CONVERSATION_ADD_AUTOMATIC = "update conversations set last_seq = last_seq + 1, last_at = $3,
        last_direction = 'outbound', preview = $4,
        read_seq = case when read_seq = last_seq then last_seq + 1 else read_seq end
        where ws = $1 and id = $2 returning last_seq";
    tenant CONVERSATION_ADD_SILENT = "update conversations set last_seq = last_seq + 1,
        read_seq = case when read_seq = last_seq then last_seq + 1 else read_seq end
        where ws = $1 and id = $2 returning last_seq";
    tenant CONVERSATION_STATUS = "update conversations set status = $3, closed_at = $4, snoozed_until = $5,
        waiting_since = case when $3 = 'closed' then null else waiting_since end where ws = $1 and id = $2";
    tenant CONVERSATION_ASSIGN = "update conversations set assignee_id = $3 where ws = $1 and id = $2";
    tenant CONVERSATION_READ = "update conversations set read_seq = $3 where ws = $1 and id = $2 and read_seq <> $3";
    tenant CONVERSATION_FAILED = "update conversations set failed = $3 where ws = $1 and id = $2";
    tenant CONVERSATION_DUE_SNOOZED = "select id from conversations where ws = $1 and snoozed_until <= $2 order by snoozed_until limit $3";
    tenant CONVERSATION_ADDRESS = "select address, last_inbound_at from conversations where ws = $1 and id = $2";
    tenant CONVERSATION_TALKS = "select id, last_inbound_at from conversations where ws = $1 and id {any:$2}";
    tenant CONVERSATION_GET = concat!("select ", columns!(), " from conversations c
        join customers k on k.ws = c.ws and k.id = c.customer_id where c.ws = $1 and c.id = $2");
    tenant CONVERSATION_OF_CUSTOMER = concat!("select ", columns!(), " from conversations c
        join customers k on k.ws = c.ws and k.id = c.customer_id where c.ws = $1 and c.customer_id = $2
        order by c.last_at desc, c.id desc limit $3");
    tenant PAGE_OPEN = page!("status = 'open' and (last_at, id) < ($2, $3)", "last_at desc, id desc", "c.last_at desc, c.id desc");
    tenant PAGE_SNOOZED = page!("status = 'snoozed' and (last_at, id) < ($2, $3)", "last_at desc, id desc", "c.last_at desc, c.id desc");
    tenant PAGE_CLOSED = page!("status = 'closed' and (last_at, id) < ($2, $3)", "last_at desc, id desc", "c.last_at desc, c.id desc");
    tenant PAGE_ALL = page!("(last_at, id) < ($2, $3)", "last_at desc, id desc", "c.last_at desc, c.id desc");
    tenant PAGE_FAILED = page!("failed > 0 and (last_at, id) < ($2, $3)", "last_at desc, id desc", "c.last_at desc, c.id desc");
    tenant PAGE_UNASSIGNED = page!("assignee_id is null and status = 'open' and (last_at, id) < ($2, $3)", "last_at desc, id desc", "c.last_at desc, c.id desc");
    tenant PAGE_WAITING = page!("waiting_since is not null and (waiting_since, id) > ($2, $3)", "waiting_since, id", "c.waiting_since, c.id");
    tenant PAGE_MINE = page!("assignee_id = $5 and status = 'open' and (last_at, id) < ($2, $3)", "last_at desc, id desc", "c.last_at desc, c.id desc");
    tenant PAGE_OPEN_OLDEST = page!("status = 'open' and (last_at, id) > ($2, $3)", "last_at, id", "c.last_at, c.id");
    tenant COUNT_OPEN = "select count(*) from (select 1 from conversations where ws = $1 and status = 'open' limit $2) x";
    tenant COUNT_SNOOZED = "select count(*) from (select 1 from conversations where ws = $1 and status = 'snoozed' limit $2) x";
    tenant COUNT_UNASSIGNED = "select count(*) from (select 1 from conversations where ws = $1 and assignee_id is null and status = 'open' limit $2) x";
    tenant COUNT_MINE = "select count(*) from (select 1 from conversations where ws = $1 and assignee_id = $3 and status = 'open' limit $2) x";
    tenant COUNT_FAILED = "select count(*) from (select 1 from conversations where ws = $1 and failed > 0 limit $2) x";
    tenant COUNT_WAITING = "select count(*) from (select 1 from conversations where ws = $1 and waiting_since is not null limit $2) x";
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
}

fn conversation(row: &Row) -> Result<ConversationRow, DbError> {
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

/// Which conversations a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Open and assigned to this member.
    Mine(MemberId),
    /// Open and nobody's.
    Unassigned,
    /// Open.
    Open,
    /// Open, the longest untouched first.
    OpenOldest,
    /// Snoozed.
    Snoozed,
    /// Closed.
    Closed,
    /// The customer waits for us, the longest first.
    Waiting,
    /// Some text needs a person's look.
    Failed,
    /// Every one.
    All,
}

impl View {
    /// Whether the list runs from old to new.
    #[must_use]
    pub const fn ascending(self) -> bool {
        matches!(self, Self::Waiting | Self::OpenOldest)
    }
}

/// A page of a view after the given place (exclusive).
pub fn page(
    tx: &mut Tx<'_>,
    view: View,
    after: (i64, ConversationId),
    limit: i64,
) -> Result<Vec<ConversationRow>, DbError> {
    let rows = match view {
        View::Mine(member) => tx.query(&PAGE_MINE, args![after.0, after.1, limit, member])?,
        View::Unassigned => tx.query(&PAGE_UNASSIGNED, args![after.0, after.1, limit])?,
        View::Open => tx.query(&PAGE_OPEN, args![after.0, after.1, limit])?,
        View::OpenOldest => tx.query(&PAGE_OPEN_OLDEST, args![after.0, after.1, limit])?,
        View::Snoozed => tx.query(&PAGE_SNOOZED, args![after.0, after.1, limit])?,
        View::Closed => tx.query(&PAGE_CLOSED, args![after.0, after.1, limit])?,
        View::Waiting => tx.query(&PAGE_WAITING, args![after.0, after.1, limit])?,
        View::Failed => tx.query(&PAGE_FAILED, args![after.0, after.1, limit])?,
        View::All => tx.query(&PAGE_ALL, args![after.0, after.1, limit])?,
    };
    rows.iter().map(conversation).collect()
}

/// How many conversations the views hold, each counted up to `most`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Open and assigned to the member.
    pub mine: i64,
    /// Open and nobody's.
    pub unassigned: i64,
    /// Open.
    pub open: i64,
    /// Snoozed.
    pub snoozed: i64,
    /// Waiting for us.
    pub waiting: i64,
    /// With a text that needs a look.
    pub failed: i64,
}

/// Counts the views, each up to `most`.
pub fn counts(tx: &mut Tx<'_>, member: MemberId, most: i64) -> Result<Counts, DbError> {
    let mut one = |sql, args: &[crate::db::Val]| -> Result<i64, DbError> { tx.query_one(sql, args)?.get(0) };
    Ok(Counts {
        mine: one(&COUNT_MINE, args![most, member])?,
        unassigned: one(&COUNT_UNASSIGNED, args![most])?,
        open: one(&COUNT_OPEN, args![most])?,
        snoozed: one(&COUNT_SNOOZED, args![most])?,
        waiting: one(&COUNT_WAITING, args![most])?,
        failed: one(&COUNT_FAILED, args![most])?,
    })
}

/// One conversation.
pub fn get(tx: &mut Tx<'_>, id: ConversationId) -> Result<Option<ConversationRow>, DbError> {
    tx.query_opt(&CONVERSATION_GET, args![id])?.as_ref().map(conversation).transpose()
}

/// A customer's conversations, latest first.
pub fn of_customer(tx: &mut Tx<'_>, id: CustomerId, limit: i64) -> Result<Vec<ConversationRow>, DbError> {
    tx.query(&CONVERSATION_OF_CUSTOMER, args![id, limit])?.iter().map(conversation).collect()
}

/// The last conversation of a customer in an inbox, locked.
#[derive(Debug, Clone, Copy)]
pub struct LastRow {
    /// Its identity.
    pub id: ConversationId,
    /// What the placement rule needs.
    pub last: domain::conversation::Last,
    /// When the customer last wrote in it, Unix ms.
    pub last_inbound_at: Option<i64>,
}

/// Finds and locks the last conversation of a customer in an inbox.
pub fn last_for(tx: &mut Tx<'_>, customer: CustomerId, inbox: InboxId) -> Result<Option<LastRow>, DbError> {
    tx.query_opt(&CONVERSATION_LAST, args![customer, inbox])?
        .map(|row| {
            Ok(LastRow {
                id: row.get(0)?,
                last: domain::conversation::Last { status: status(&row.get::<String>(1)?)?, closed_at: row.get(2)? },
                last_inbound_at: row.get(3)?,
            })
        })
        .transpose()
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

/// Begins a conversation.
pub fn insert(tx: &mut Tx<'_>, new: &NewConversation) -> Result<(), DbError> {
    let closed_at = (new.status == Status::Closed).then_some(new.at);
    tx.exec(
        &CONVERSATION_INSERT,
        args![new.id, new.inbox, new.customer, &new.address, new.status.word(), closed_at, new.at],
    )?;
    Ok(())
}

/// How an item changes its conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// A customer's text that asks for an answer: opens the conversation.
    InboundOpening,
    /// A customer's text that asks for none: leaves the status alone.
    InboundJoining,
    /// A person's text: the customer waits no longer.
    Outbound,
    /// An automatic text: the customer still waits for a person.
    Automatic,
    /// A note or an event.
    Silent,
}

/// Takes the next number of a conversation for an item and notes it. `None` when there is no such conversation.
pub fn add(tx: &mut Tx<'_>, id: ConversationId, added: Added, preview: &str, at: i64) -> Result<Option<i64>, DbError> {
    let row = match added {
        Added::InboundOpening => {
            tx.query_opt(&CONVERSATION_ADD_INBOUND, args![id, at, preview, Status::Open.word(), None::<i64>])?
        }
        Added::InboundJoining => tx.query_opt(&CONVERSATION_JOIN_INBOUND, args![id, at, preview])?,
        Added::Outbound => tx.query_opt(&CONVERSATION_ADD_OUTBOUND, args![id, at, preview])?,
        Added::Automatic => tx.query_opt(&CONVERSATION_ADD_AUTOMATIC, args![id, at, preview])?,
        Added::Silent => tx.query_opt(&CONVERSATION_ADD_SILENT, args![id])?,
    };
    row.map(|row| row.get(0)).transpose()
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

/// Hands it to a member or to nobody.
pub fn assign(tx: &mut Tx<'_>, id: ConversationId, member: Option<MemberId>) -> Result<bool, DbError> {
    Ok(tx.exec(&CONVERSATION_ASSIGN, args![id, member])? > 0)
}

/// Marks everything up to a number as read. False when it already was so.
pub fn set_read(tx: &mut Tx<'_>, id: ConversationId, seq: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&CONVERSATION_READ, args![id, seq])? > 0)
}

/// Notes how many of its texts need a look.
pub fn set_failed(tx: &mut Tx<'_>, id: ConversationId, failed: i64) -> Result<(), DbError> {
    tx.later(&CONVERSATION_FAILED, args![id, failed])
}

/// Snoozed conversations whose time has come.
pub fn due_snoozed(tx: &mut Tx<'_>, now: i64, limit: i64) -> Result<Vec<ConversationId>, DbError> {
    tx.query(&CONVERSATION_DUE_SNOOZED, args![now, limit])?.iter().map(|row| row.get(0)).collect()
}

/// When the customers of some conversations last wrote.
pub fn talks(tx: &mut Tx<'_>, ids: Vec<uuid::Uuid>) -> Result<Vec<(ConversationId, Option<i64>)>, DbError> {
    tx.query(&CONVERSATION_TALKS, args![ids])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
