//! Tasks that run by themselves are started again when they break down.
//!
//! A panic in one of them must not end it for good: texts would wait for ever
//! while the server looks healthy. What breaks down again and again is shown
//! and counted, and started ever more slowly.

use crate::Engine;
use domain::supervision::Falls;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The task without which nothing leaves.
pub const DISPATCH: &str = "dispatch";

/// How one task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskHealth {
    /// Its name.
    pub name: &'static str,
    /// How often it was started again since this process began.
    pub restarts: u64,
    /// Whether it is at work now, not waiting to be started again.
    pub running: bool,
    /// Since when (Unix ms) it breaks down again and again.
    pub failing_since: Option<i64>,
}

#[derive(Debug, Default)]
struct State {
    falls: Falls,
    restarts: u64,
    running: bool,
    /// Unix ms of the first fall in the present row.
    fell_at: Option<i64>,
}

/// All supervised tasks of this process.
#[derive(Debug, Default)]
pub(crate) struct Tasks(Mutex<BTreeMap<&'static str, State>>);

impl Tasks {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, State>> {
        // A count is right also after a panic elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Runs a task until the engine ends, and starts it again, after a growing
    /// pause, whenever it panics or ends by itself.
    pub async fn supervise<F>(self, name: &'static str, run: impl Fn(Self) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        while !self.stopped() {
            let began = self.clock().monotonic_ms();
            self.running.tasks_health.lock().entry(name).or_default().running = true;
            let ended = tokio::spawn(run(self.clone())).await;
            if self.stopped() {
                if let Err(error) = ended {
                    tracing::error!(task = name, %error, "a task of the engine did not end well");
                }
                break;
            }
            let ran_ms = self.clock().monotonic_ms() - began;
            let (wait_ms, row) = self.fell(name, ran_ms);
            match ended {
                Err(error) => {
                    tracing::error!(task = name, %error, wait_ms, row, "a task broke down; it is started again");
                }
                Ok(()) => tracing::error!(task = name, wait_ms, row, "a task ended too early; it is started again"),
            }
            self.nap(Duration::from_millis(wait_ms)).await;
        }
        self.running.tasks_health.lock().entry(name).or_default().running = false;
    }

    /// Notes a fall. Returns how long to wait, in ms, and which in the row it is.
    fn fell(&self, name: &'static str, ran_ms: i64) -> (u64, u32) {
        let now = self.now();
        let mut tasks = self.running.tasks_health.lock();
        let state = tasks.entry(name).or_default();
        state.running = false;
        state.restarts += 1;
        state.falls = state.falls.fell(ran_ms, self.clock().monotonic_ms());
        if state.falls.row() == 1 {
            state.fell_at = Some(now);
        }
        (state.falls.wait_ms(), state.falls.row())
    }

    /// How every supervised task stands.
    #[must_use]
    pub fn tasks(&self) -> Vec<TaskHealth> {
        let now = self.clock().monotonic_ms();
        let tasks = self.running.tasks_health.lock();
        tasks
            .iter()
            .map(|(name, state)| TaskHealth {
                name,
                restarts: state.restarts,
                running: state.running,
                failing_since: state.fell_at.filter(|_| state.falls.failing(state.running, now)),
            })
            .collect()
    }

    /// Whether due texts are handed over: false while that task is down or breaks down again and again.
    #[must_use]
    pub fn dispatching(&self) -> bool {
        self.tasks()
            .iter()
            .find(|task| task.name == DISPATCH)
            .is_none_or(|task| task.running && task.failing_since.is_none())
    }
}

/// What keeps working only while a task runs, for people.
#[must_use]
pub(crate) fn meaning(task: &str) -> &'static str {
    match task {
        DISPATCH => "Texts wait and do not leave.",
        "follow" => "Open pages may not show what is new until they are loaded again.",
        "carry" => "Texts of the simulator may be late.",
        "sweep" => "Snoozed conversations and texts without receipt may stay as they are.",
        "index" => "New texts may not be found by search.",
        "watch" => "Nobody is told when something else goes wrong.",
        "ask_providers" => "Pictures may stay away, and ambiguous texts unsettled.",
        _ => "Some of what Hark does by itself is late.",
    }
}
