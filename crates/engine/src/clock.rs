//! Where time and identities come from. Nothing below this crate reads either by itself.

use channels::channel::Monotonic;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// The present instant.
pub trait Clock: Monotonic {
    /// Unix ms.
    fn now(&self) -> i64;
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
