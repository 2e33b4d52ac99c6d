//! Lists of conversations.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Conversation, ConversationRow};
use axum::Json;
use axum::extract::State;
use engine::names::Names;
use engine::{Listing, Order, View};

use crate::caller::Caller;
use crate::extract::{Path, Query};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::v1::page::Page;
use crate::v1::page::{cursor, cursor_text, limit};
use crate::wire::{ConversationId, InboxId};

/// Which conversations a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConversationView {
    /// Open and mine.
    Mine,
    /// Open and nobody's.
    Unassigned,
    /// Open.
    #[default]
    All,
    /// Put off.
    Snoozed,
    /// Done.
    Closed,
    /// Open, and the customer waits for an answer.
    Waiting,
    /// A text in it did not arrive.
    Failed,
}

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConversationSort {
    /// Last message, newest first.
    #[default]
    Newest,
    /// Last message, oldest first.
    Oldest,
    /// Who waits longest first.
    Waiting,
}

/// Which conversations, in which order, which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConversationQuery {
    /// Which conversations.
    #[param(inline = false)]
    pub view: Option<ConversationView>,
    /// Of this inbox alone.
    pub inbox_id: Option<InboxId>,
    /// In which order. `waiting` goes with the views `all` and `waiting` alone; the latter has no other.
    pub sort: Option<ConversationSort>,
    /// Most items of the page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// How many conversations each list has. Each counted up to 10,001.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConversationCounts {
    /// Open and mine.
    pub mine: u32,
    /// Open and nobody's.
    pub unassigned: u32,
    /// Open.
    pub open: u32,
    /// Put off.
    pub snoozed: u32,
    /// The customer waits for an answer.
    pub waiting: u32,
    /// With a text that did not arrive.
    pub failed: u32,
}

/// A page of conversations.
#[utoipa::path(get, path = "/conversations", tag = "conversations", params(ConversationQuery), responses((status = 200, description = "A page", body = Page<ConversationRow>)))]
pub async fn conversation_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<ConversationQuery>,
) -> Answer<Json<Page<ConversationRow>>> {
    let limit = i64::from(limit(query.limit)?);
    let listing = listing(&query, &caller)?;
    let mut after = cursor::<domain::id::ConversationId>(query.cursor.as_deref())?;
    let names = api.engine.names(caller.ws).await?;
    if query.inbox_id.is_some_and(|inbox| !names.inboxes.contains_key(&inbox.0)) {
        return Err(Problem::not_found("inbox"));
    }
    let mut items = Vec::new();
    // One inbox's conversations are picked from the whole list: a few rounds at
    // most, and the cursor says how far they came.
    for _ in 0..ROUNDS_MAX {
        let page = api.engine.conversation_page(caller.ws, caller.member_id(), listing, after, limit).await?;
        after = page.next;
        let wanted = page.rows.iter().filter(|row| query.inbox_id.is_none_or(|inbox| inbox.0 == row.inbox_id));
        items.extend(wanted.map(|row| ConversationRow::of(row, &names, &page)));
        let full = i64::try_from(items.len()).is_ok_and(|count| count >= limit);
        if query.inbox_id.is_none() || full || after.is_none() {
            break;
        }
    }
    Ok(Json(Page { items, next_cursor: after.map(|(at, id)| cursor_text(at, id.uuid())) }))
}

/// How many conversations each list has.
#[utoipa::path(get, path = "/conversation-counts", tag = "conversations", responses((status = 200, description = "The counts", body = ConversationCounts)))]
pub async fn conversation_count(State(api): State<Api>, caller: Caller) -> Answer<Json<ConversationCounts>> {
    // A key has no conversations of its own.
    let member = caller.member_id().unwrap_or(domain::id::MemberId::new(uuid::Uuid::nil()));
    let counts = api.engine.conversation_counts(caller.ws, member).await?;
    let small = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Json(ConversationCounts {
        mine: small(counts.mine),
        unassigned: small(counts.unassigned),
        open: small(counts.open),
        snoozed: small(counts.snoozed),
        waiting: small(counts.waiting),
        failed: small(counts.failed),
    }))
}

/// One conversation.
#[utoipa::path(get, path = "/conversations/{id}", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), responses((status = 200, description = "The conversation", body = Conversation)))]
pub async fn conversation_get(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ConversationId>,
) -> Answer<Json<Conversation>> {
    Ok(Json(conversation(&api, &caller, id.0).await?))
}

/// Most pages looked through for one page of one inbox.
const ROUNDS_MAX: u32 = 20;

fn listing(query: &ConversationQuery, caller: &Caller) -> Answer<Listing> {
    let view = match query.view.unwrap_or_default() {
        ConversationView::All => View::Open,
        // A key has no conversations of its own.
        ConversationView::Mine => {
            View::Mine(caller.member_id().unwrap_or(domain::id::MemberId::new(uuid::Uuid::nil())))
        }
        ConversationView::Unassigned => View::Unassigned,
        ConversationView::Snoozed => View::Snoozed,
        ConversationView::Closed => View::Closed,
        ConversationView::Waiting => View::Waiting,
        ConversationView::Failed => View::Failed,
    };
    Ok(match (view, query.sort.unwrap_or_default()) {
        (view, ConversationSort::Newest) => Listing { view, order: Order::Newest },
        (view, ConversationSort::Oldest) => Listing { view, order: Order::Oldest },
        (View::Open | View::Waiting, ConversationSort::Waiting) => View::Waiting.into(),
        (_, ConversationSort::Waiting) => {
            return Err(Problem::field(
                "sort",
                "unsupported",
                "only the views `all` and `waiting` are sorted by waiting",
            ));
        }
    })
}

/// One conversation as the caller sees it.
pub(crate) async fn conversation(api: &Api, caller: &Caller, id: domain::id::ConversationId) -> Answer<Conversation> {
    let found = api.engine.conversation_get(caller.ws, caller.member_id(), id).await?;
    let page = found.ok_or_else(|| Problem::not_found("conversation"))?;
    let names = api.engine.names(caller.ws).await?;
    conversation_of(&page, &names).ok_or_else(|| Problem::not_found("conversation"))
}

/// The one conversation of a page.
pub(crate) fn conversation_of(page: &engine::conversation::Page, names: &Names) -> Option<Conversation> {
    let row = page.rows.first()?;
    Some(Conversation {
        row: ConversationRow::of(row, names, page),
        created_at: row.created_at,
        read_seq: row.read_seq,
    })
}
