//! What watches saw in this process.

use domain::id::AccountId;
use domain::watch::clock::Clock;
use domain::watch::{Login, Reached};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A file system's size and what is free of it for Hark, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk {
    /// What is free.
    pub free_bytes: u64,
    /// All of it.
    pub total_bytes: u64,
    /// Since when (Unix ms) it is low.
    pub low_since: Option<i64>,
}

#[derive(Debug, Default)]
pub(super) struct Facts {
    pub clock: Clock,
    /// Since when (Unix ms) the clock is in doubt.
    pub clock_since: Option<i64>,
    /// The last date of each provider's host that was looked at.
    pub dates: HashMap<String, i64>,
    pub disk: Option<Disk>,
    pub reached: Reached,
    /// When a provider last called with a good signature, Unix ms.
    pub called_at: Option<i64>,
    /// Accounts whose provider called with a good signature.
    pub callers: HashSet<AccountId>,
    pub logins: HashMap<AccountId, Login>,
    /// When each kind of look was last taken, on the monotonic clock in ms.
    pub looked: HashMap<&'static str, i64>,
}

/// What watches saw, shared by all clones of an engine.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Facts>);

impl Seen {
    pub(super) fn lock(&self) -> MutexGuard<'_, Facts> {
        // Each fact stands by itself, so that none is half written by a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a kind of look is due again, at a monotonic instant in ms; counts as taken if so.
    pub(super) fn due(&self, kind: &'static str, every_ms: i64, now: i64) -> bool {
        let mut facts = self.lock();
        let due = facts.looked.get(kind).is_none_or(|last| now - last >= every_ms);
        if due {
            facts.looked.insert(kind, now);
        }
        due
    }
}
