//! The clocks a measurement reads.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// This instant.
#[expect(clippy::disallowed_methods, reason = "a measurement")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Unix time in ms, to compare with what the server wrote down.
#[expect(clippy::disallowed_methods, reason = "a measurement")]
pub(crate) fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Waits.
pub(crate) async fn pause(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

/// Waits for an instant. True where it was still to come: then the wait itself
/// is late by up to a millisecond, and what follows begins now, not then.
pub(crate) async fn reach(then: Instant) -> bool {
    let ahead = then > now();
    if ahead {
        tokio::time::sleep_until(then.into()).await;
    }
    ahead
}
