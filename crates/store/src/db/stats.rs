//! Counters of what the store did, for metrics and tests.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What the store did since it was opened.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Stats { $($(#[$doc])* pub $name: u64,)* }

        /// The live counters.
        #[derive(Debug, Default)]
        pub(crate) struct Counters { $(pub(crate) $name: AtomicU64,)* }

        impl Counters {
            /// The counters now.
            pub(crate) fn snapshot(&self) -> Stats {
                Stats { $($name: self.$name.load(Ordering::Relaxed),)* }
            }
        }
    };
}

counters! {
    /// Statements run by closures.
    statements,
    /// Rows read or changed by them.
    rows,
    /// Write closures that were answered after a commit.
    writes,
    /// Read closures that were answered.
    reads,
    /// Committed write transactions.
    commits,
    /// Groups of write closures tried as one transaction.
    groups,
    /// Write transactions rolled back.
    rollbacks,
    /// Write closures run again, alone, after their group failed.
    reruns,
    /// Closures that took longer than 50 ms.
    slow,
    /// Events written.
    events,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64, n: u64) {
        counter.fetch_add(n, Ordering::Relaxed);
    }
}
