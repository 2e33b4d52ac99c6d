//! Lists of conversations: pages of them, and how many there are.

use crate::args;
use crate::conversation::{ConversationRow, columns, conversation};
use crate::db::{DbError, Sql, Tx, Val, statements};
use domain::id::{ConversationId, MemberId};

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
macro_rules! newest {
    ($filter:literal) => {
        page!($filter, "last_at desc, id desc", "c.last_at desc, c.id desc")
    };
}
macro_rules! oldest {
    ($filter:literal) => {
        page!($filter, "last_at, id", "c.last_at, c.id")
    };
}

statements! {
    tenant PAGE_OPEN = newest!("status = 'open' and (last_at, id) < ($2, $3)");
    tenant PAGE_SNOOZED = newest!("status = 'snoozed' and (last_at, id) < ($2, $3)");
    tenant PAGE_CLOSED = newest!("status = 'closed' and (last_at, id) < ($2, $3)");
    tenant PAGE_ALL = newest!("(last_at, id) < ($2, $3)");
    tenant PAGE_FAILED = newest!("failed > 0 and (last_at, id) < ($2, $3)");
    tenant PAGE_UNASSIGNED = newest!("assignee_id is null and status = 'open' and (last_at, id) < ($2, $3)");
    tenant PAGE_MINE = newest!("assignee_id = $5 and status = 'open' and (last_at, id) < ($2, $3)");
    tenant PAGE_OPEN_OLDEST = oldest!("status = 'open' and (last_at, id) > ($2, $3)");
    tenant PAGE_SNOOZED_OLDEST = oldest!("status = 'snoozed' and (last_at, id) > ($2, $3)");
    tenant PAGE_CLOSED_OLDEST = oldest!("status = 'closed' and (last_at, id) > ($2, $3)");
    tenant PAGE_ALL_OLDEST = oldest!("(last_at, id) > ($2, $3)");
    tenant PAGE_FAILED_OLDEST = oldest!("failed > 0 and (last_at, id) > ($2, $3)");
    tenant PAGE_UNASSIGNED_OLDEST = oldest!("assignee_id is null and status = 'open' and (last_at, id) > ($2, $3)");
    tenant PAGE_MINE_OLDEST = oldest!("assignee_id = $5 and status = 'open' and (last_at, id) > ($2, $3)");
    tenant PAGE_WAITING = page!("waiting_since is not null and (waiting_since, id) > ($2, $3)", "waiting_since, id", "c.waiting_since, c.id");
    tenant COUNT_OPEN = "select count(*) from (select 1 from conversations where ws = $1 and status = 'open' limit $2) x";
    tenant COUNT_SNOOZED = "select count(*) from (select 1 from conversations where ws = $1 and status = 'snoozed' limit $2) x";
    tenant COUNT_UNASSIGNED = "select count(*) from (select 1 from conversations where ws = $1 and assignee_id is null and status = 'open' limit $2) x";
    tenant COUNT_MINE = "select count(*) from (select 1 from conversations where ws = $1 and assignee_id = $3 and status = 'open' limit $2) x";
    tenant COUNT_FAILED = "select count(*) from (select 1 from conversations where ws = $1 and failed > 0 limit $2) x";
    tenant COUNT_WAITING = "select count(*) from (select 1 from conversations where ws = $1 and waiting_since is not null limit $2) x";
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
    /// Snoozed.
    Snoozed,
    /// Closed.
    Closed,
    /// The customer waits for us, the longest first in either order.
    Waiting,
    /// Some text needs a person's look.
    Failed,
    /// Every one.
    All,
}

/// In which order a list runs, by when anything was last said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// What was touched last comes first.
    Newest,
    /// The longest untouched comes first.
    Oldest,
}

/// A list: what it shows, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    /// What.
    pub view: View,
    /// In which order.
    pub order: Order,
}

impl From<View> for Listing {
    fn from(view: View) -> Self {
        Self { view, order: Order::Newest }
    }
}

impl Listing {
    /// Whether the list runs from old to new.
    #[must_use]
    pub fn ascending(self) -> bool {
        self.view == View::Waiting || self.order == Order::Oldest
    }

    fn statement(self) -> &'static Sql {
        match (self.view, self.order) {
            (View::Mine(_), Order::Newest) => &PAGE_MINE,
            (View::Mine(_), Order::Oldest) => &PAGE_MINE_OLDEST,
            (View::Unassigned, Order::Newest) => &PAGE_UNASSIGNED,
            (View::Unassigned, Order::Oldest) => &PAGE_UNASSIGNED_OLDEST,
            (View::Open, Order::Newest) => &PAGE_OPEN,
            (View::Open, Order::Oldest) => &PAGE_OPEN_OLDEST,
            (View::Snoozed, Order::Newest) => &PAGE_SNOOZED,
            (View::Snoozed, Order::Oldest) => &PAGE_SNOOZED_OLDEST,
            (View::Closed, Order::Newest) => &PAGE_CLOSED,
            (View::Closed, Order::Oldest) => &PAGE_CLOSED_OLDEST,
            (View::Failed, Order::Newest) => &PAGE_FAILED,
            (View::Failed, Order::Oldest) => &PAGE_FAILED_OLDEST,
            (View::All, Order::Newest) => &PAGE_ALL,
            (View::All, Order::Oldest) => &PAGE_ALL_OLDEST,
            (View::Waiting, Order::Newest | Order::Oldest) => &PAGE_WAITING,
        }
    }
}

/// A page of a list after the given place (exclusive).
pub fn page(
    tx: &mut Tx<'_>,
    listing: impl Into<Listing>,
    after: (i64, ConversationId),
    limit: i64,
) -> Result<Vec<ConversationRow>, DbError> {
    let listing = listing.into();
    let mut args = args![after.0, after.1, limit].to_vec();
    if let View::Mine(member) = listing.view {
        args.push(member.into());
    }
    tx.query(listing.statement(), &args)?.iter().map(conversation).collect()
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
    let mut one = |sql, args: &[Val]| -> Result<i64, DbError> { tx.query_one(sql, args)?.get(0) };
    Ok(Counts {
        mine: one(&COUNT_MINE, args![most, member])?,
        unassigned: one(&COUNT_UNASSIGNED, args![most])?,
        open: one(&COUNT_OPEN, args![most])?,
        snoozed: one(&COUNT_SNOOZED, args![most])?,
        waiting: one(&COUNT_WAITING, args![most])?,
        failed: one(&COUNT_FAILED, args![most])?,
    })
}
