//! Faults on request, for tests and the simulator.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

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
    /// A database that cannot be reached for a while.
    pub outage: Option<Arc<Outage>>,
}

/// A database that goes away and comes back.
#[derive(Debug, Default)]
pub struct Outage {
    away: AtomicBool,
    refused: AtomicU64,
}

impl Outage {
    /// Lets it go away, or come back.
    pub fn set(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// How many transactions were refused so far.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::SeqCst)
    }
}

impl Faults {
    /// One point at which the process could die.
    pub(crate) fn point(&self) -> Result<(), DbError> {
        match &self.crash_at {
            Some(left) if left.fetch_sub(1, Ordering::SeqCst) <= 1 => Err(DbError::Crashed),
            _ => Ok(()),
        }
    }

    /// Why no transaction can begin, if so.
    pub(crate) fn begin(&self) -> Result<(), DbError> {
        if self.crash_at.as_ref().is_some_and(|left| left.load(Ordering::SeqCst) <= 0) {
            return Err(DbError::Crashed);
        }
        match self.outage.as_ref().filter(|outage| outage.away.load(Ordering::SeqCst)) {
            Some(outage) => {
                outage.refused.fetch_add(1, Ordering::SeqCst);
                Err(DbError::Unavailable("it is away on request".to_owned()))
            }
            None => Ok(()),
        }
    }
}
