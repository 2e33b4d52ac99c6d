//! What happens, as it happens.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use engine::EventRow;
use engine::live::Followed;
use http::{HeaderMap, HeaderName, header};

use super::follow::Follow;
use crate::caller::Caller;
use crate::extract::Query;
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::wire::ConversationId;

/// Something that happened in the workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// Its number in the workspace, without gaps.
    pub seq: i64,
    /// What happened.
    #[schema(example = "message.created")]
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
/// `event: presence` carries a `Presence` and has no id: who looks at which
/// conversation, all of them as the stream opens and each change after that.
/// A comment each 15 seconds carries the last number.
#[utoipa::path(get, path = "/live", tag = "live", params(LiveQuery), responses((status = 200, description = "The stream", body = String, content_type = "text/event-stream")))]
pub async fn live_stream(
    State(api): State<Api>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<LiveQuery>,
) -> Answer<Response> {
    let place = api
        .stream_enter(caller.uuid())
        .ok_or_else(|| Problem::new(Code::TooManyStreams, "Close another live stream of this member or key first."))?;
    let resumed = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse::<i64>().ok());
    let commits = api.engine.commits();
    let since = match resumed.or(query.since) {
        Some(seq) if seq >= 0 => seq,
        Some(_) => return Err(Problem::field("since", "range", "at least 0")),
        None => api.engine.events_last(caller.ws).await?,
    };
    let follow = Follow::new(api, caller, place, commits, since);
    let body = Body::from_stream(futures::stream::unfold(follow, |mut follow| async move {
        follow.next().await.map(|piece| (Ok::<_, std::convert::Infallible>(piece), follow))
    }));
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, body).into_response())
}

/// Changes since a number, for those who rather ask.
#[utoipa::path(get, path = "/events", tag = "live", params(ChangeQuery), responses((status = 200, description = "A stretch of the log", body = Changes)))]
pub async fn event_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<ChangeQuery>,
) -> Answer<Json<Changes>> {
    let since = query.since.unwrap_or(0);
    let limit = query.limit.unwrap_or(200);
    if since < 0 || !(1..=1000).contains(&limit) {
        return Err(Problem::field("limit", "range", "since at least 0, limit between 1 and 1000"));
    }
    // Read first: the answer may then hold more than this number, never less.
    let last_seq = api.engine.events_last(caller.ws).await?;
    Ok(Json(match api.engine.events_since(caller.ws, since, i64::from(limit)).await? {
        Followed::Events(rows) => {
            Changes { items: rows.into_iter().map(Change::from).collect(), last_seq, reset: false }
        }
        Followed::Reset(last_seq) => Changes { items: Vec::new(), last_seq, reset: true },
    }))
}

impl From<EventRow> for Change {
    fn from(row: EventRow) -> Self {
        let subject = row.subject.map(|id| subject_text(&row.kind, id));
        Self {
            seq: row.seq,
            conversation_id: row.conversation.map(|id| domain::id::ConversationId::new(id).into()),
            subject,
            at: row.at,
            data: serde_json::from_str(&row.data).unwrap_or_else(|_| serde_json::json!({})),
            kind: row.kind,
        }
    }
}

/// A thing's id with its prefix, which the first word of the event's kind tells.
fn subject_text(kind: &str, id: uuid::Uuid) -> String {
    use domain::id::{AccountId, ConsentId, ConversationId, CustomerId, InboxId, MessageId};
    match kind.split('.').next().unwrap_or_default() {
        "message" | "unsure_text" => MessageId::new(id).to_string(),
        "conversation" => ConversationId::new(id).to_string(),
        "customer" => CustomerId::new(id).to_string(),
        "inbox" => InboxId::new(id).to_string(),
        "consent" => ConsentId::new(id).to_string(),
        "account" => AccountId::new(id).to_string(),
        _ => id.simple().to_string(),
    }
}
