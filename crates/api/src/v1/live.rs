//! What happens, as it happens.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;
use crate::wire::ConversationId;

/// Something that happened in the workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// Its number in the workspace, without gaps.
    pub seq: i64,
    /// What happened.
    #[schema(example = "message.added")]
    pub kind: String,
    /// The conversation it happened in, where it was one.
    pub conversation_id: Option<ConversationId>,
    /// The thing it happened to, as an id with its prefix.
    #[schema(example = "msg_01932c07a1b87c3f9d2e5f6a7b8c9d0e")]
    pub subject: Option<String>,
    /// When, Unix ms.
    pub at: i64,
    /// The particulars: ids and codes, never words or numbers of a customer.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

/// Where to begin.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LiveQuery {
    /// The number of the last change seen; from now on where absent. The header
    /// `Last-Event-ID` goes before it.
    #[param(minimum = 0)]
    pub since: Option<i64>,
}

/// Which changes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangeQuery {
    /// The number of the last change seen.
    #[param(minimum = 0)]
    pub since: Option<i64>,
    /// Most items.
    #[param(minimum = 1, maximum = 1000, default = 200)]
    pub limit: Option<u32>,
}

/// A stretch of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changes {
    /// The changes in order.
    pub items: Vec<Change>,
    /// The number of the workspace's last change.
    pub last_seq: i64,
    /// Whether changes after `since` are no longer kept: read everything anew.
    pub reset: bool,
}

/// A stream of changes (server-sent events).
///
/// `event: change` carries a `Change` as data and its number as id;
/// `event: reset` says that what was missed is too much: read anew what is shown.
/// A comment each 15 seconds carries the last number.
#[utoipa::path(get, path = "/live", tag = "live", params(LiveQuery), responses((status = 200, description = "The stream", body = String, content_type = "text/event-stream")))]
pub async fn live_stream() -> Problem {
    Problem::pending()
}

/// Changes since a number, for those who rather ask.
#[utoipa::path(get, path = "/events", tag = "live", params(ChangeQuery), responses((status = 200, description = "A stretch of the log", body = Changes)))]
pub async fn event_list() -> Problem {
    Problem::pending()
}
