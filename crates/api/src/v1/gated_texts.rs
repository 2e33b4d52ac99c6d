//! What the gate held and what it refused, with why.

use axum::Json;
use axum::extract::State;
use domain::id::MessageId;
use engine::gated_texts::GatedText as Row;
use engine::names::Names;
use serde::Serialize;
use utoipa::ToSchema;

use super::conversations::CustomerBrief;
use super::decision::DecisionRecord;
use super::messages::Message;
use super::page::{Page, PageQuery, cursor, cursor_text, cut, limit};
use crate::caller::Caller;
use crate::extract::Query;
use crate::problem::Answer;
use crate::state::Api;

/// A text that the gate held or refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct GatedText {
    /// The text; its pictures are not listed.
    pub message: Message,
    /// Whom it is for.
    pub customer: CustomerBrief,
    /// The decision that holds: the last one. Null where none was kept.
    pub decision: Option<DecisionRecord>,
}

/// Texts that wait, the next to go on first; what a stop switch holds comes last.
#[utoipa::path(get, path = "/held-texts", tag = "messages", params(PageQuery), responses((status = 200, description = "Soonest first", body = Page<GatedText>)))]
pub async fn held_text_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<GatedText>>> {
    let limit = limit(query.limit)?;
    let after = cursor::<MessageId>(query.cursor.as_deref())?;
    let rows = api.engine.held_text_page(caller.ws, after, i64::from(limit) + 1).await?;
    let names = api.engine.names(caller.ws).await?;
    Ok(Json(page(rows, limit, &names, Row::held_place)))
}

/// Texts that may not go, the latest refusal first.
#[utoipa::path(get, path = "/refused-texts", tag = "messages", params(PageQuery), responses((status = 200, description = "Newest first", body = Page<GatedText>)))]
pub async fn refused_text_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<GatedText>>> {
    let limit = limit(query.limit)?;
    let before = cursor::<MessageId>(query.cursor.as_deref())?;
    let rows = api.engine.refused_text_page(caller.ws, before, i64::from(limit) + 1).await?;
    let names = api.engine.names(caller.ws).await?;
    Ok(Json(page(rows, limit, &names, |text| text.row.state_at)))
}

fn page(mut rows: Vec<Row>, limit: u32, names: &Names, place: fn(&Row) -> i64) -> Page<GatedText> {
    let more = cut(&mut rows, limit);
    let next_cursor = rows.last().filter(|_| more).map(|text| cursor_text(place(text), text.row.id.uuid()));
    let shown = |text: Row| GatedText {
        message: Message::of(&text.row, &[], names),
        customer: CustomerBrief { id: text.customer.into(), name: text.customer_name, address: text.address },
        decision: text.decided.map(|(no, kept)| DecisionRecord::of(no, &kept)),
    };
    Page { items: rows.into_iter().map(shown).collect(), next_cursor }
}
