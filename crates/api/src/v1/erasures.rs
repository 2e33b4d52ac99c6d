//! Erasure of customers: what would go, what goes, and what went.

use axum::Json;
use axum::extract::State;
use engine::erasure::{Counts, ErasureError, ErasureRow, counts};
use engine::names::Names;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::{Page, PageQuery, cursor, cursor_text, cut, limit};
use crate::caller::Caller;
use crate::extract::{Path, Query};
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::wire::{CustomerId, ErasureId};

/// How much there is of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErasureCounts {
    /// Conversations.
    pub conversations: i64,
    /// Texts either way.
    pub texts: i64,
    /// Private notes, and lines of what happened.
    pub notes: i64,
    /// Pictures.
    pub media: i64,
    /// Drafts of members.
    pub drafts: i64,
    /// Orders.
    pub orders: i64,
    /// Those of the texts that wait to be sent.
    pub waiting: i64,
    /// Entries of the consent ledger: they are sealed until their term, and then dropped.
    pub consents: i64,
}

/// Where an erasure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErasureState {
    /// It has not begun; the customer's numbers are not texted any more.
    Waiting,
    /// It is under way.
    Erasing,
    /// Nothing is left.
    Done,
}

/// An erasure.
#[derive(Debug, Serialize, ToSchema)]
pub struct Erasure {
    /// Its id.
    pub id: ErasureId,
    /// Whom it erases.
    pub customer_id: CustomerId,
    /// Where it stands.
    pub state: ErasureState,
    /// Items of conversations erased so far.
    pub done: i64,
    /// Items of conversations there were.
    pub total: i64,
    /// How much there was when it was asked for.
    pub counts: ErasureCounts,
    /// What kind of actor asked for it: `member`, `api_key`, `cli` or `system`.
    pub actor_kind: String,
    /// The actor's id, where there is one.
    pub actor_id: Option<String>,
    /// The actor's name, where known.
    pub actor_name: Option<String>,
    /// When it was asked for, Unix ms.
    pub created_at: i64,
    /// When nothing was left, Unix ms.
    pub finished_at: Option<i64>,
}

/// What an erasure would take of a customer. It changes nothing.
#[utoipa::path(get, path = "/customers/{id}/erasure", tag = "customers", params(("id" = CustomerId, Path, description = "The customer")), responses((status = 200, description = "How much there is", body = ErasureCounts)))]
pub async fn customer_erasure_get(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<CustomerId>,
) -> Answer<Json<ErasureCounts>> {
    let there = api.engine.erasure_preview(caller.ws, id.0).await?.ok_or_else(|| Problem::not_found("customer"))?;
    Ok(Json(ErasureCounts::of(&there)))
}

/// Erases a customer: texts, pictures, name, notes, drafts, orders and search words.
///
/// From this answer on, none of their numbers is texted. What stays is a keyed hash
/// of each number, so that this lasts, and the sealed evidence of consent. It cannot
/// be taken back.
#[utoipa::path(post, path = "/customers/{id}/erasure", tag = "customers", params(("id" = CustomerId, Path, description = "The customer")), responses((status = 202, description = "Begun", body = Erasure)))]
pub async fn customer_erasure_create(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<CustomerId>,
) -> Answer<(StatusCode, Json<Erasure>)> {
    let row = api.engine.erasure_wish(caller.ws, caller.actor(), id.0).await?;
    let names = api.engine.names(caller.ws).await?;
    Ok((StatusCode::ACCEPTED, Json(Erasure::of(row, &names))))
}

/// Erasures, done or under way.
#[utoipa::path(get, path = "/erasures", tag = "customers", params(PageQuery), responses((status = 200, description = "Newest first", body = Page<Erasure>)))]
pub async fn erasure_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<Erasure>>> {
    let limit = limit(query.limit)?;
    let before = cursor::<domain::id::ErasureId>(query.cursor.as_deref())?;
    let before = before.map(|(at, id)| (at, domain::id::Id::uuid(id)));
    let mut rows = api.engine.erasure_page(caller.ws, before, i64::from(limit) + 1).await?;
    let more = cut(&mut rows, limit);
    let last = rows.last().filter(|_| more);
    let next_cursor = last.map(|row| cursor_text(row.created_at, domain::id::Id::uuid(row.id)));
    let names = api.engine.names(caller.ws).await?;
    let items = rows.into_iter().map(|row| Erasure::of(row, &names)).collect();
    Ok(Json(Page { items, next_cursor }))
}

/// How far an erasure is.
#[utoipa::path(get, path = "/erasures/{id}", tag = "customers", params(("id" = ErasureId, Path, description = "The erasure")), responses((status = 200, description = "The erasure", body = Erasure)))]
pub async fn erasure_get(State(api): State<Api>, caller: Caller, Path(id): Path<ErasureId>) -> Answer<Json<Erasure>> {
    let row = api.engine.erasure_get(caller.ws, id.0).await?.ok_or_else(|| Problem::not_found("erasure"))?;
    let names = api.engine.names(caller.ws).await?;
    Ok(Json(Erasure::of(row, &names)))
}

impl ErasureCounts {
    fn of(there: &Counts) -> Self {
        let Counts { conversations, texts, notes, media, drafts, orders, waiting, consents } = *there;
        Self { conversations, texts, notes, media, drafts, orders, waiting, consents }
    }
}

impl Erasure {
    fn of(row: ErasureRow, names: &Names) -> Self {
        let (actor_id, actor_name) = names.actor(&row.actor_kind, row.actor_id);
        let state = match row.state.as_str() {
            "waiting" => ErasureState::Waiting,
            "done" => ErasureState::Done,
            _ => ErasureState::Erasing,
        };
        Self {
            id: row.id.into(),
            customer_id: row.customer.into(),
            state,
            done: row.done,
            total: row.total,
            counts: ErasureCounts::of(&counts(&row.gone)),
            actor_kind: row.actor_kind,
            actor_id,
            actor_name,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

impl From<ErasureError> for Problem {
    fn from(error: ErasureError) -> Self {
        match error {
            ErasureError::NotFound => Self::not_found("customer"),
            ErasureError::Busy => Self::new(Code::Busy, "Another process erases here. Ask again."),
            ErasureError::NoKey | ErasureError::OtherKey(_) | ErasureError::Crypto(_) | ErasureError::File { .. } => {
                tracing::error!(%error, "a customer cannot be erased");
                Self::new(Code::Internal, "The customer cannot be erased. The server's log says why.")
            }
            ErasureError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emptied_answer_reads_as_the_problem_it_is() {
        let problem = Problem::new(Code::Erased, "What this request made was erased with its customer.");
        assert_eq!(serde_json::to_string(&problem).unwrap(), engine::erasure::ANSWER_BODY);
        assert_eq!(i64::from(problem.status()), engine::erasure::ANSWER_STATUS);
    }
}
