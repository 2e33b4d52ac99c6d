//! A queue from async callers to a worker thread.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// More than this waiting means the database cannot keep up: callers are
/// refused at once instead of waiting without end.
const LIMIT: usize = 16_384;

/// A thread without work for this long puts things away.
const IDLE: Duration = Duration::from_secs(10);

#[derive(Debug)]
struct State<J> {
    jobs: VecDeque<J>,
    closed: bool,
}

/// Jobs in order of arrival, for one or several threads.
#[derive(Debug)]
pub(crate) struct Queue<J> {
    state: Mutex<State<J>>,
    wake: Condvar,
}

/// Why a job was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Full,
    Closed,
}

impl<J> Queue<J> {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::new(State { jobs: VecDeque::new(), closed: false }), wake: Condvar::new() }
    }

    // A panic while the lock is held cannot leave the queue half changed.
    fn state(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn push(&self, job: J) -> Result<(), Refused> {
        let mut state = self.state();
        if state.closed {
            return Err(Refused::Closed);
        }
        if state.jobs.len() >= LIMIT {
            return Err(Refused::Full);
        }
        state.jobs.push_back(job);
        drop(state);
        self.wake.notify_one();
        Ok(())
    }

    /// Waits for jobs and takes up to `max`; calls `idle` once if none come
    /// for a while. `None` once closed and empty.
    pub(crate) fn take(&self, max: usize, idle: impl FnOnce()) -> Option<Vec<J>> {
        let mut state = self.state();
        let mut idle = Some(idle);
        while state.jobs.is_empty() {
            if state.closed {
                return None;
            }
            if idle.is_none() {
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let waited = self.wake.wait_timeout(state, IDLE).unwrap_or_else(PoisonError::into_inner);
            state = waited.0;
            if waited.1.timed_out()
                && state.jobs.is_empty()
                && let Some(idle) = idle.take()
            {
                drop(state);
                idle();
                state = self.state();
            }
        }
        let count = state.jobs.len().min(max);
        Some(state.jobs.drain(..count).collect())
    }

    /// Takes no more jobs; those waiting are still handed out.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.wake.notify_all();
    }
}
