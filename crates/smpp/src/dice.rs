//! Chance for waits, from a seed of the caller's: it decides nothing but how long to wait.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

/// A stream of chance (xorshift64*).
#[derive(Debug)]
pub struct Dice(Mutex<u64>);

impl Dice {
    /// Chance that follows from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed | 1))
    }

    /// A number from 0 to 999.
    pub fn permille(&self) -> u32 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        u32::try_from((state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % 1_000).unwrap_or(0)
    }
}

/// The waits between tries to connect: each twice the last, up to the longest, and each between half
/// of itself and the whole by chance, so that many clients do not come back at once.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    /// From the first wait on.
    #[must_use]
    pub const fn new((first, longest): (Duration, Duration)) -> Self {
        Self { first, longest, next: first }
    }

    /// The next wait.
    pub fn wait(&mut self, dice: &Dice) -> Duration {
        let wait = self.next;
        self.next = (self.next * 2).min(self.longest);
        wait.mul_f64(0.5 + f64::from(dice.permille()) / 2_000.0)
    }

    /// All went well: the next wait is the first again.
    pub const fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_differ() {
        let dice = Dice::new(7);
        let mut backoff = Backoff::new((Duration::from_secs(1), Duration::from_secs(60)));
        let mut nominal = 1.0;
        let mut shares = Vec::new();
        for _ in 0..10 {
            let wait = backoff.wait(&dice).as_secs_f64();
            assert!(wait >= nominal / 2.0 && wait <= nominal, "{wait} of {nominal}");
            shares.push((wait / nominal * 1_000.0) as u32);
            nominal = f64::min(nominal * 2.0, 60.0);
        }
        shares.dedup();
        assert!(shares.len() > 5, "{shares:?}");
        backoff.reset();
        assert!(backoff.wait(&dice) <= Duration::from_secs(1));
    }
}
