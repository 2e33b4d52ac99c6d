//! Finding customers and messages by what is typed into one field.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::conversations::CustomerBrief;
use super::customers::{CustomerRow, customer_rows};
use super::page::limit;
use crate::caller::Caller;
use crate::extract::Query;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::{ConversationId, MessageId};

/// A message that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// The message.
    pub message_id: MessageId,
    /// Its number in the conversation.
    pub seq: i64,
    /// The words around what was looked for.
    pub snippet: String,
    /// When it was made, Unix ms.
    pub at: i64,
    /// Whose conversation it is.
    pub customer: CustomerBrief,
}

/// What was found, by kind: customers by name or number, and messages by their words.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResults {
    /// Customers of whose names words begin as those asked for do, or whose number begins or ends so:
    /// those something happened with last first, at most 10, on the first page alone.
    pub customers: Vec<CustomerRow>,
    /// Messages that hold all words, newest first.
    pub items: Vec<Found>,
    /// Where the next page of messages starts; null on the last one.
    pub next_cursor: Option<String>,
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words that all must occur; the last may be unfinished.
    #[param(min_length = 1, max_length = 200)]
    pub q: String,
    /// Most items.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Finds customers, and messages, newest first.
#[utoipa::path(get, path = "/search", tag = "messages", params(SearchQuery), responses((status = 200, description = "What was found", body = SearchResults)))]
pub async fn search(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<SearchQuery>,
) -> Answer<Json<SearchResults>> {
    let limit = limit(query.limit)?;
    if !(1..=200).contains(&query.q.chars().count()) {
        return Err(Problem::field("q", "length", "between 1 and 200 characters"));
    }
    let cursor = query
        .cursor
        .as_deref()
        .map(|text| text.parse().map_err(|_| Problem::field("cursor", "cursor", "`next_cursor` of the page before")));
    let hits = api.engine.search(caller.ws, &query.q, cursor.transpose()?, i64::from(limit)).await?;
    let mut addresses = hits.addresses;
    let items = hits
        .messages
        .into_iter()
        .map(|hit| Found {
            conversation_id: hit.conversation.into(),
            message_id: hit.message.into(),
            seq: hit.seq,
            snippet: hit.snippet.into_iter().map(|piece| piece.text).collect(),
            at: hit.at,
            customer: CustomerBrief { id: hit.customer.into(), name: hit.customer_name, address: hit.address },
        })
        .collect();
    let customers = hits.customers.into_iter().map(|row| {
        let addresses = addresses.remove(&row.id).unwrap_or_default();
        (row, addresses)
    });
    let customers = customer_rows(&api, caller.ws, customers.collect()).await?;
    Ok(Json(SearchResults { customers, items, next_cursor: hits.next.map(|place| place.to_string()) }))
}
