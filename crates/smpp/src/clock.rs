//! The one place that reads a clock.

use tokio::time::Instant;

/// The present instant.
#[expect(
    clippy::disallowed_methods,
    reason = "a connection's timers and the look before the first octet belong where it is written; no text's fate depends on a wall clock"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
