//! Answers that can be held back: a kill that comes meanwhile hits the gap
//! between a submit and its answer, however slow the machine is.

use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::watch;

/// Lets answers out, or holds them back.
#[derive(Debug)]
pub(super) struct Answers {
    held_back: watch::Sender<bool>,
    waiting: AtomicU64,
}

impl Default for Answers {
    fn default() -> Self {
        Self { held_back: watch::Sender::new(false), waiting: AtomicU64::new(0) }
    }
}

impl Answers {
    /// From now on answers wait, or go out at once, those that wait as well.
    pub(super) fn hold_back(&self, held_back: bool) {
        self.held_back.send_replace(held_back);
    }

    /// How many answers wait just now.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::SeqCst)
    }

    /// Returns when an answer may go out.
    pub(super) async fn go(&self) {
        let mut held_back = self.held_back.subscribe();
        self.waiting.fetch_add(1, Ordering::SeqCst);
        // The sender lives as long as `self`, so that waiting cannot fail.
        let _ = held_back.wait_for(|held_back| !held_back).await;
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}
