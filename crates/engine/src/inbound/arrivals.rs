//! Texts that wait for the transaction under way to end.

use super::{Arrival, Teller};
use domain::id::WorkspaceId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most texts of one transaction: people's writes wait behind it.
const TOGETHER: usize = 128;

/// What waits, by workspace. An entry is there as long as a porter is.
type Waiting = HashMap<WorkspaceId, Vec<(Arrival, Teller)>>;

/// The texts of all workspaces that wait.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arrivals(Arc<Mutex<Waiting>>);

impl Arrivals {
    fn all(&self) -> MutexGuard<'_, Waiting> {
        // No statement under the lock can leave it half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a text. Gives the porter's work where nobody does it yet.
    pub(super) fn add(&self, ws: WorkspaceId, arrival: Arrival, tell: Teller) -> Option<Porter> {
        let mut all = self.all();
        if let Some(waiting) = all.get_mut(&ws) {
            waiting.push((arrival, tell));
            return None;
        }
        all.insert(ws, vec![(arrival, tell)]);
        Some(Porter { ws, arrivals: self.clone(), over: false })
    }
}

/// Who takes in what has come for a workspace.
#[derive(Debug)]
pub(super) struct Porter {
    pub(super) ws: WorkspaceId,
    arrivals: Arrivals,
    over: bool,
}

impl Porter {
    /// The texts that came first, at most `group`. None when there are no more:
    /// the work is over then, and the next text gives it anew.
    pub(super) fn take(&mut self, group: usize) -> Option<(Vec<Arrival>, Vec<Teller>)> {
        let mut all = self.arrivals.all();
        let waiting = all.get_mut(&self.ws)?;
        if waiting.is_empty() {
            all.remove(&self.ws);
            drop(all);
            self.over = true;
            return None;
        }
        let count = waiting.len().min(TOGETHER).min(group.max(1));
        Some(waiting.drain(..count).unzip())
    }
}

impl Drop for Porter {
    fn drop(&mut self) {
        // Whoever waits for a porter that broke down is told so, and the next text
        // gives the work anew.
        if !self.over {
            self.arrivals.all().remove(&self.ws);
        }
    }
}
