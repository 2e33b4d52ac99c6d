//! Token buckets: how often one caller may ask.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;

/// How much a bucket holds and how fast it fills.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Requests at once.
    pub burst: f64,
    /// Requests a second in the long run.
    pub per_second: f64,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: i64,
}

/// One bucket per key. Full buckets are forgotten, so memory follows those who ask.
#[derive(Debug)]
pub struct RateLimit<K> {
    rate: Rate,
    buckets: Mutex<HashMap<K, Bucket>>,
}

/// Above this many buckets, full ones are looked for and dropped.
const BUCKETS_KEPT: usize = 10_000;

impl<K: Hash + Eq> RateLimit<K> {
    /// A limit with no askers yet.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self { rate, buckets: Mutex::default() }
    }

    /// Takes one token at an instant (Unix ms).
    ///
    /// # Errors
    /// The whole seconds, at least one, after which it is worth asking again.
    pub fn take(&self, key: K, now: i64) -> Result<(), u32> {
        let Ok(mut buckets) = self.buckets.lock() else { return Ok(()) };
        if buckets.len() >= BUCKETS_KEPT {
            let rate = self.rate;
            buckets.retain(|_, bucket| filled(*bucket, rate, now) < rate.burst);
        }
        let bucket = buckets.entry(key).or_insert(Bucket { tokens: self.rate.burst, at: now });
        bucket.tokens = filled(*bucket, self.rate, now);
        bucket.at = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        let wait = ((1.0 - bucket.tokens) / self.rate.per_second).ceil();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
        Err(wait.clamp(1.0, 3600.0) as u32)
    }
}

fn filled(bucket: Bucket, rate: Rate, now: i64) -> f64 {
    // A clock that steps back fills nothing.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds between two requests fit a double")]
    let seconds = now.saturating_sub(bucket.at).max(0) as f64 / 1000.0;
    (bucket.tokens + seconds * rate.per_second).min(rate.burst)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate_holds_per_key() {
        let limit = RateLimit::new(Rate { burst: 3.0, per_second: 0.5 });
        assert_eq!((0..4).map(|_| limit.take("a", 0)).collect::<Vec<_>>(), [Ok(()), Ok(()), Ok(()), Err(2)]);
        assert_eq!(limit.take("b", 0), Ok(()));
        assert_eq!(limit.take("a", 1_000), Err(1));
        assert_eq!(limit.take("a", 2_000), Ok(()));
        assert_eq!(limit.take("a", 2_000), Err(2));
        assert_eq!(limit.take("a", 0), Err(2), "a clock that steps back fills nothing");
    }

    #[test]
    fn full_buckets_are_forgotten() {
        let limit = RateLimit::new(Rate { burst: 1.0, per_second: 1.0 });
        for key in 0..BUCKETS_KEPT {
            assert_eq!(limit.take(key, 0), Ok(()));
        }
        assert_eq!(limit.take(BUCKETS_KEPT, 10_000), Ok(()));
        assert_eq!(limit.buckets.lock().map(|buckets| buckets.len()).ok(), Some(1));
    }
}
