//! Where a marketing text may be sent just now.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::decision::LocalTime;
use crate::caller::Caller;
use crate::problem::Answer;
use crate::state::Api;

/// One state's hours just now.
#[derive(Debug, Serialize, ToSchema)]
pub struct StateWindow {
    /// The state, or the District of Columbia, by its postal code.
    #[schema(example = "FL")]
    pub state: String,
    /// Whether a marketing text may be sent to a number there.
    pub open: bool,
    /// When that ends or begins, Unix ms; null where it does not within eight days.
    pub changes_at: Option<i64>,
    /// What clocks show there.
    pub local_times: Vec<LocalTime>,
}

/// The hours of every state just now.
#[derive(Debug, Serialize, ToSchema)]
pub struct WindowMap {
    /// The instant that was looked at, Unix ms.
    pub at: i64,
    /// The rules that were asked.
    #[schema(example = "default_2")]
    pub pack: String,
    /// The version of the time zone database.
    #[schema(example = "2026a")]
    pub tz_db: String,
    /// The states by their postal codes.
    pub states: Vec<StateWindow>,
}

/// Where marketing texts may be sent just now.
///
/// By the hours of federal law and of the state, in every time zone of it. A
/// number's own window is narrower where more than one state may be meant.
#[utoipa::path(get, path = "/windows", tag = "operate", responses((status = 200, description = "Each state", body = WindowMap)))]
pub async fn window_map(State(api): State<Api>, caller: Caller) -> Answer<Json<WindowMap>> {
    let (at, windows) = api.engine.windows_now(caller.ws).await?;
    let (pack, tz_db) =
        windows.first().map(|(_, window)| (window.pack.clone(), window.tz_db.to_owned())).unwrap_or_default();
    let states = windows
        .into_iter()
        .map(|(state, window)| StateWindow {
            state: state.to_owned(),
            open: window.open,
            changes_at: if window.open { window.closes_at } else { window.next_open_at },
            local_times: window
                .local_times
                .into_iter()
                .map(|(zone, time)| LocalTime { zone: zone.to_owned(), time })
                .collect(),
        })
        .collect();
    Ok(Json(WindowMap { at, pack, tz_db, states }))
}
