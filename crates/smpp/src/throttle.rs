//! How fast one connection is used, by what the centre says of it.

use std::time::Duration;
use tokio::time::Instant;

/// The pace of one connection: its window, and pauses.
///
/// *Too much* pauses it, at first shortly and each time twice as long, and halves the window. What
/// is taken widens the window again, one for each windowful, and a windowful after a pause makes
/// the next pause a first one.
#[derive(Debug, Clone)]
pub struct Throttle {
    first: Duration,
    longest: Duration,
    most: u32,
    window: u32,
    step: Duration,
    pause_until: Option<Instant>,
    taken: u32,
}

impl Throttle {
    /// The full window and no pause.
    #[must_use]
    pub const fn new(window: u32, (first, longest): (Duration, Duration)) -> Self {
        Self { first, longest, most: window, window, step: first, pause_until: None, taken: 0 }
    }

    /// Texts that may be on the wire at once.
    #[must_use]
    pub const fn window(&self) -> u32 {
        self.window
    }

    /// The end of a pause that is not over.
    #[must_use]
    pub fn paused_until(&self, now: Instant) -> Option<Instant> {
        self.pause_until.filter(|until| *until > now)
    }

    /// The centre said *too much*. Several answers to one burst are one word. `jitter` in thousandths
    /// lengthens the pause by up to a quarter, so that several connections do not come back as one.
    pub fn refused(&mut self, now: Instant, jitter: u32) {
        self.taken = 0;
        if self.paused_until(now).is_some() {
            return;
        }
        let extra = self.step.mul_f64(f64::from(jitter.min(1_000)) / 4_000.0);
        self.pause_until = Some(now + self.step + extra);
        self.step = (self.step * 2).min(self.longest);
        self.window = (self.window / 2).max(1);
    }

    /// The centre took a text.
    pub const fn taken(&mut self) {
        self.taken += 1;
        if self.taken >= self.window {
            self.taken = 0;
            self.step = self.first;
            if self.window < self.most {
                self.window += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses_longer_each_time_and_recovers() {
        #[expect(clippy::disallowed_methods, reason = "any instant will do to count from")]
        let start = Instant::now();
        let mut pace = Throttle::new(8, (SECOND, 4 * SECOND));
        pace.refused(start, 0);
        pace.refused(start, 0);
        assert_eq!((pace.window(), pace.paused_until(start)), (4, Some(start + SECOND)));
        assert_eq!(pace.paused_until(start + SECOND), None);
        let mut now = start;
        for (pause, window) in [(2, 2), (4, 1), (4, 1)] {
            now += 10 * SECOND;
            pace.refused(now, 0);
            assert_eq!((pace.window(), pace.paused_until(now)), (window, Some(now + pause * SECOND)));
        }
        for _ in 0..1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 8 {
            pace.taken();
        }
        assert_eq!(pace.window(), 8);
        now += 10 * SECOND;
        pace.refused(now, 1_000);
        assert_eq!((pace.window(), pace.paused_until(now)), (4, Some(now + SECOND + SECOND / 4)));
    }
}
