//! When a task that broke down is started again, and when it counts as failing.

/// How long a task runs without a fall until earlier ones are forgotten, in ms.
pub const STEADY_MS: i64 = 60_000;
/// The pause after the first fall, in ms; it doubles with each further one.
const FIRST_WAIT_MS: u64 = 100;
/// The longest pause, in ms.
const LONGEST_WAIT_MS: u64 = 30_000;
/// From this many falls in a row a task counts as failing.
const FAILING: u32 = 3;

/// The falls of one task in a row: each within [`STEADY_MS`] of its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Falls {
    row: u32,
    last_at: i64,
}

impl Falls {
    /// One more fall, `ran_ms` after the task's start, at a monotonic instant in ms.
    #[must_use]
    pub const fn fell(self, ran_ms: i64, at: i64) -> Self {
        let row = if ran_ms >= STEADY_MS { 1 } else { self.row.saturating_add(1) };
        Self { row, last_at: at }
    }

    /// How many there are.
    #[must_use]
    pub const fn row(self) -> u32 {
        self.row
    }

    /// How long to wait before the next start, in ms.
    #[must_use]
    pub fn wait_ms(self) -> u64 {
        let doubled = FIRST_WAIT_MS.saturating_mul(1 << self.row.saturating_sub(1).min(20));
        doubled.min(LONGEST_WAIT_MS)
    }

    /// Whether the task breaks down again and again, as seen at a monotonic
    /// instant in ms: it has fallen several times in a row and has not run
    /// steadily since.
    #[must_use]
    pub const fn failing(self, running: bool, at: i64) -> bool {
        self.row >= FAILING && !(running && at.saturating_sub(self.last_at) >= STEADY_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(falls: u32) -> Falls {
        (0..falls).fold(Falls::default(), |falls, _| falls.fell(10, 1_000))
    }

    #[test]
    fn pauses_grow_and_have_an_end() {
        let waits: Vec<u64> = [1, 2, 3, 9, 10, 64, 1_000].map(|falls| after(falls).wait_ms()).into();
        assert_eq!(waits, [100, 200, 400, 25_600, 30_000, 30_000, 30_000]);
    }

    #[test]
    fn a_task_is_failing_from_the_third_fall_until_it_runs_steadily() {
        assert!(!after(2).failing(false, 1_000));
        assert!(after(3).failing(false, 1_000));
        assert!(after(3).failing(true, 1_000 + STEADY_MS - 1), "it may fall again at once");
        assert!(!after(3).failing(true, 1_000 + STEADY_MS));
        assert!(after(3).failing(false, 1_000 + STEADY_MS), "it is not even running");
        let steady = after(5).fell(STEADY_MS, 2_000_000);
        assert_eq!((steady.row(), steady.failing(false, 2_000_000)), (1, false), "a steady run ends the row");
    }
}
