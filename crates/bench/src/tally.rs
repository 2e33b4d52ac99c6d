//! Times of many requests.

use std::time::Duration;

/// Times, in µs.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tally(Vec<u64>);

/// What is said of many times, in ms.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spread {
    pub(crate) n: u64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) max_ms: f64,
}

impl Tally {
    /// Adds one.
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// Adds one that is known in ms.
    pub(crate) fn add_ms(&mut self, ms: i64) {
        self.0.push(u64::try_from(ms.max(0)).unwrap_or(0) * 1_000);
    }

    /// Adds another's.
    pub(crate) fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Median, 99th percentile and the longest: values that occurred, by the
    /// nearest rank.
    pub(crate) fn spread(mut self) -> Spread {
        self.0.sort_unstable();
        let count = self.0.len();
        let rank = |percent: usize| {
            let place = (count * percent).div_ceil(100).max(1) - 1;
            self.0.get(place).copied().unwrap_or(0) as f64 / 1_000.0
        };
        Spread { n: count as u64, p50_ms: rank(50), p99_ms: rank(99), max_ms: rank(100) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let mut tally = Tally::default();
        for ms in (1..=200).rev() {
            tally.add(Duration::from_millis(ms));
        }
        let spread = tally.spread();
        assert_eq!((spread.n, spread.p50_ms, spread.p99_ms, spread.max_ms), (200, 100.0, 198.0, 200.0));
        let mut one = Tally::default();
        one.add_ms(7);
        assert_eq!((one.clone().spread().p50_ms, one.spread().p99_ms), (7.0, 7.0));
        assert_eq!(Tally::default().spread().n, 0);
    }
}
