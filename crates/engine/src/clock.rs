//! Where time and identities come from. Nothing below this crate reads either by itself.

use channels::channel::Monotonic;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use uuid::Uuid;

/// The present instant.
pub trait Clock: Monotonic {
    /// Unix ms.
    fn now(&self) -> i64;

    /// Moves it on to an instant (Unix ms). False where it is not moved by hand, or stands there already.
    fn move_to(&self, _to: i64) -> bool {
        false
    }
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    start: std::time::Instant,
}

impl SystemClock {
    /// The machine's clock, its monotonic side counting from now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    pub fn new() -> Self {
        Self { start: std::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Monotonic for SystemClock {
    fn monotonic_ms(&self) -> i64 {
        i64::try_from(self.start.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    fn now(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

/// The clock of a rehearsal: it begins at an instant, runs as the machine's does, and can be
/// moved on. Both its sides move together, so that nothing takes it for a clock gone wrong.
#[derive(Debug)]
pub struct RehearsalClock {
    machine: SystemClock,
    begins: i64,
    moved: AtomicI64,
}

impl RehearsalClock {
    /// A clock that shows an instant (Unix ms) now.
    #[must_use]
    pub fn at(begins: i64) -> Self {
        Self { machine: SystemClock::new(), begins, moved: AtomicI64::new(0) }
    }
}

impl Monotonic for RehearsalClock {
    fn monotonic_ms(&self) -> i64 {
        self.machine.monotonic_ms().saturating_add(self.moved.load(Ordering::SeqCst))
    }
}

impl Clock for RehearsalClock {
    fn now(&self) -> i64 {
        self.begins.saturating_add(self.monotonic_ms())
    }

    fn move_to(&self, to: i64) -> bool {
        let by = to.saturating_sub(self.now());
        if by > 0 {
            self.moved.fetch_add(by, Ordering::SeqCst);
        }
        by > 0
    }
}

/// A source of identities.
pub trait Ids: Send + Sync {
    /// A fresh UUIDv7 for an instant (Unix ms).
    fn uuid(&self, now: i64) -> Uuid;
}

/// UUIDv7 from a random start and a counter: unique in this process without a
/// system call each, and across processes by 64 random bits.
pub struct TimeIds {
    node: u64,
    next: AtomicU64,
}

impl TimeIds {
    /// Identities led by these random bits.
    #[must_use]
    pub const fn new(node: u64) -> Self {
        Self { node, next: AtomicU64::new(0) }
    }
}

impl Ids for TimeIds {
    fn uuid(&self, now: i64) -> Uuid {
        let count = self.next.fetch_add(1, Ordering::Relaxed);
        let mixed = self.node ^ count.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17);
        let mut bytes = [0_u8; 10];
        // Twelve bits of the counter keep ids of one millisecond in order; the
        // rest is spread so that neighbours share no pattern.
        let head = u16::try_from(count & 0x0FFF).unwrap_or(0).to_be_bytes();
        bytes[..2].copy_from_slice(&head);
        bytes[2..].copy_from_slice(&mixed.to_be_bytes());
        let millis = u64::try_from(now).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rehearsal_begins_where_it_is_told_and_moves_on_alone() {
        const HOUR: i64 = 60 * 60 * 1000;
        let clock = RehearsalClock::at(1_000 * HOUR);
        let (wall, monotonic) = (clock.now(), clock.monotonic_ms());
        assert!((1_000 * HOUR..1_000 * HOUR + 60_000).contains(&wall));
        assert!(clock.move_to(1_008 * HOUR));
        assert!((1_008 * HOUR..1_008 * HOUR + 60_000).contains(&clock.now()));
        assert!(clock.monotonic_ms() - monotonic >= 7 * HOUR, "both its sides move");
        assert!(!clock.move_to(1_008 * HOUR), "and never back");
        assert!(!SystemClock::new().move_to(i64::MAX), "the machine's is nobody's to move");
    }
}
