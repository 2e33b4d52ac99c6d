//! Lists come in pages.

use domain::id::Id;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::problem::{Answer, Problem};

/// Most items of one page.
pub const LIMIT_MAX: u32 = 200;
/// Items of a page when the request does not say.
pub const LIMIT_DEFAULT: u32 = 50;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Where the next page starts; null on the last one.
    pub next_cursor: Option<String>,
}

/// A list that is always whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Items<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Most items of the page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A request that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// Always true: the request was taken.
    pub accepted: bool,
}

/// The asked number of items, held to its bounds.
pub(crate) fn limit(asked: Option<u32>) -> Answer<u32> {
    match asked.unwrap_or(LIMIT_DEFAULT) {
        limit @ 1..=LIMIT_MAX => Ok(limit),
        _ => Err(Problem::field("limit", "range", format!("between 1 and {LIMIT_MAX}"))),
    }
}

/// A place in a list ordered by a number and an id.
pub(crate) fn cursor_text(at: i64, id: Uuid) -> String {
    format!("{at}.{}", id.simple())
}

/// Reads what [`cursor_text`] wrote.
pub(crate) fn cursor<T: Id>(text: Option<&str>) -> Answer<Option<(i64, T)>> {
    let Some(text) = text else { return Ok(None) };
    text.split_once('.')
        .and_then(|(at, id)| Some((at.parse().ok()?, T::from_uuid(Uuid::try_parse(id).ok()?))))
        .map(Some)
        .ok_or_else(|| Problem::field("cursor", "cursor", "`next_cursor` of the page before"))
}

/// Cuts a list that was asked for one item too many; true where there was one.
pub(crate) fn cut<T>(items: &mut Vec<T>, limit: u32) -> bool {
    let keep = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > keep;
    items.truncate(keep);
    more
}
