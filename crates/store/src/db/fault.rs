//! Faults on request, for tests and the simulator.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::error::DbError;

/// What shall go wrong on purpose.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Runs every write closure twice, undoing the first run. What differs
    /// between the runs is a closure that is not repeatable.
    pub run_twice: bool,
    /// Counts down by one at each statement, before each commit and after it.
    /// At zero the store behaves like a killed process: nothing more is
    /// written, nothing open is committed and every call fails. A commit
    /// followed by a crash stays committed, though nobody is told.
    pub crash_at: Option<Arc<AtomicI64>>,
}

impl Faults {
    /// One point at which the process could die.
    pub(crate) fn point(&self) -> Result<(), DbError> {
        match &self.crash_at {
            Some(left) if left.fetch_sub(1, Ordering::SeqCst) <= 1 => Err(DbError::Crashed),
            _ => Ok(()),
        }
    }

    /// Whether the process has died already.
    pub(crate) fn dead(&self) -> bool {
        self.crash_at.as_ref().is_some_and(|left| left.load(Ordering::SeqCst) <= 0)
    }
}
