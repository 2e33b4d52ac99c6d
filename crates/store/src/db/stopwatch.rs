//! The layer's own clock reads: durations of closures and connections, and the
//! record of when a schema step was applied. No row of Hark depends on them.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Now, to measure from.
#[expect(clippy::disallowed_methods, reason = "durations are logged, never stored")]
pub(crate) fn start() -> Instant {
    Instant::now()
}

/// Now, in Unix milliseconds.
#[expect(clippy::disallowed_methods, reason = "a record beside the schema; no rule reads it")]
pub(crate) fn unix_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(0)
}
