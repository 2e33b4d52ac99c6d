//! Lists come in pages.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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

/// A new thing's id.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// Always true: the request was taken.
    pub accepted: bool,
}
