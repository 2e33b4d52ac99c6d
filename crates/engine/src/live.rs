//! The event log as followers read it, and the signal that there is more.

use crate::Engine;
use domain::id::WorkspaceId;
use store::event::EventRow;
use store::{Commit, DbError, event};
use tokio::sync::broadcast;

/// What a follower gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    /// The events after the asked number, in order, without gaps.
    Events(Vec<EventRow>),
    /// The asked number is older than the log: fetch afresh what is visible and
    /// go on from this number.
    Reset(i64),
}

impl Engine {
    /// The events after a number.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn events_since(&self, ws: WorkspaceId, seq: i64, limit: i64) -> Result<Followed, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let last = event::last(tx)?;
                let forgotten = event::first(tx)?.is_some_and(|first| first > seq.saturating_add(1));
                if seq > last || forgotten {
                    return Ok(Followed::Reset(last));
                }
                event::since(tx, seq, limit).map(Followed::Events)
            })
            .await
    }

    /// The number of the last committed event.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn events_last(&self, ws: WorkspaceId) -> Result<i64, DbError> {
        self.workspace(ws).read(event::last).await
    }

    /// A signal for each commit that wrote events, on this node or, within a
    /// tenth of a second, on another.
    #[must_use]
    pub fn commits(&self) -> broadcast::Receiver<Commit> {
        self.running.commits.subscribe()
    }
}
