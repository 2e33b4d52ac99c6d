//! Whether our clock can be believed.
//!
//! Quiet hours are hours of a clock. When it was stepped, or is off against the
//! dates of providers, marketing waits until it is known to be right again.

use std::collections::BTreeMap;

/// The wall clock may move against the monotonic one by this much between two
/// looks, in ms; more is a step. Time servers slew by far less.
pub const STEP_MS: i64 = 5_000;
/// Our clock and a provider's may be this far apart, in ms.
pub const SKEW_MS: i64 = 30_000;
/// How long a step leaves the clock in doubt if no provider tells better, in ms.
pub const STEP_DOUBT_MS: i64 = 15 * 60 * 1000;
/// How long a provider's date counts, in ms.
pub const HEARD_MS: i64 = 24 * 60 * 60 * 1000;
/// How long a text is held before the clock is asked again, in ms.
pub const ASK_AGAIN_MS: i64 = 5 * 60 * 1000;

/// Both clocks at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The wall clock, Unix ms.
    pub wall: i64,
    /// The monotonic clock, in ms since an unnamed instant.
    pub monotonic: i64,
}

/// Why the clock is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It jumped.
    Stepped {
        /// By how much, in ms; negative when back.
        by_ms: i64,
    },
    /// It is off against the dates of providers.
    Off {
        /// By how much, in ms; positive when our clock is behind.
        by_ms: i64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Heard {
    skew_ms: i64,
    monotonic: i64,
}

/// What was seen of the clock so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clock {
    last: Option<Reading>,
    /// The last step: by how much, and when on the monotonic clock.
    stepped: Option<(i64, i64)>,
    heard: BTreeMap<String, Heard>,
}

impl Clock {
    /// Looks at both clocks.
    pub fn look(&mut self, now: Reading) {
        if let Some(last) = self.last {
            let by_ms = (now.wall - last.wall) - (now.monotonic - last.monotonic);
            if by_ms.abs() > STEP_MS {
                self.stepped = Some((by_ms, now.monotonic));
                // What providers said was said about the clock before.
                self.heard.clear();
            }
        }
        self.last = Some(now);
    }

    /// A provider's date (Unix ms), as it stands at this reading.
    pub fn heard(&mut self, provider: &str, provider_at: i64, now: Reading) {
        self.look(now);
        let heard = Heard { skew_ms: provider_at - now.wall, monotonic: now.monotonic };
        self.heard.insert(provider.to_owned(), heard);
        if heard.skew_ms.abs() <= SKEW_MS {
            // Whatever stepped it, it is right now.
            self.stepped = None;
        }
    }

    /// Whether it is in doubt at a reading. One provider with a wrong clock of
    /// its own is outvoted by others; alone it is believed, to be safe.
    #[must_use]
    pub fn doubt(&self, now: Reading) -> Option<Doubt> {
        let fresh = self.heard.values().filter(|heard| now.monotonic - heard.monotonic <= HEARD_MS);
        let (off, right): (Vec<&Heard>, Vec<&Heard>) = fresh.partition(|heard| heard.skew_ms.abs() > SKEW_MS);
        if let Some(worst) = off.iter().max_by_key(|heard| heard.skew_ms.abs())
            && off.len() >= right.len()
        {
            return Some(Doubt::Off { by_ms: worst.skew_ms });
        }
        self.stepped.filter(|(_, at)| now.monotonic - at < STEP_DOUBT_MS).map(|(by_ms, _)| Doubt::Stepped { by_ms })
    }

    /// How far our clock is off against the provider heard last, in ms.
    #[must_use]
    pub fn skew_ms(&self) -> Option<i64> {
        self.heard.values().max_by_key(|heard| heard.monotonic).map(|heard| heard.skew_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_795_543_200_000;

    /// The reading so many ms after the beginning, with the wall clock off by some.
    const fn at(ms: i64, off: i64) -> Reading {
        Reading { wall: NOON + ms + off, monotonic: ms }
    }

    fn seen(looks: &[Reading]) -> Clock {
        let mut clock = Clock::default();
        looks.iter().for_each(|look| clock.look(*look));
        clock
    }

    #[test]
    fn a_steady_or_slewed_clock_is_believed() {
        assert_eq!(Clock::default().doubt(at(0, 0)), None);
        let slewed = seen(&[at(0, 0), at(1_000, 400), at(2_000, 800), at(600_000, 5_800)]);
        assert_eq!(slewed.doubt(at(600_001, 5_800)), None);
    }

    #[test]
    fn a_step_leaves_doubt_for_a_while_in_either_direction() {
        for by_ms in [5_001, -5_001, 3_600_000, -3_600_000] {
            let clock = seen(&[at(0, 0), at(1_000, by_ms)]);
            assert_eq!(clock.doubt(at(1_000, by_ms)), Some(Doubt::Stepped { by_ms }));
            assert_eq!(clock.doubt(at(1_000 + STEP_DOUBT_MS - 1, by_ms)), Some(Doubt::Stepped { by_ms }));
            assert_eq!(clock.doubt(at(1_000 + STEP_DOUBT_MS, by_ms)), None);
        }
        assert_eq!(seen(&[at(0, 0), at(1_000, 5_000)]).doubt(at(1_000, 5_000)), None);
    }

    #[test]
    fn a_provider_settles_a_step_one_way_or_the_other() {
        let mut right = seen(&[at(0, -90_000), at(1_000, 0)]);
        right.heard("a", NOON + 2_000, at(2_000, 0));
        assert_eq!(right.doubt(at(2_000, 0)), None);
        let mut wrong = seen(&[at(0, 0), at(1_000, 90_000)]);
        wrong.heard("a", NOON + 2_000, at(2_000, 90_000));
        assert_eq!(wrong.doubt(at(STEP_DOUBT_MS * 3, 90_000)), Some(Doubt::Off { by_ms: -90_000 }));
    }

    #[test]
    fn providers_are_weighed_against_each_other() {
        let hear = |said: &[(&str, i64)]| {
            let mut clock = Clock::default();
            said.iter().for_each(|(provider, skew)| clock.heard(provider, NOON + skew, at(0, 0)));
            clock
        };
        let off = |by_ms| Some(Doubt::Off { by_ms });
        for (said, doubt) in [
            (&[("a", 30_000)][..], None),
            (&[("a", -30_000)], None),
            (&[("a", 30_001)], off(30_001)),
            (&[("a", -30_001)], off(-30_001)),
            (&[("a", 60_000), ("b", 0)], off(60_000)),
            (&[("a", 60_000), ("b", 0), ("c", 1_000)], None),
            (&[("a", 60_000), ("a", 0)], None),
        ] {
            assert_eq!(hear(said).doubt(at(0, 0)), doubt, "{said:?}");
        }
        let old = hear(&[("a", 60_000)]);
        assert_eq!(old.doubt(at(HEARD_MS + 1, 0)), None, "what was said yesterday no longer counts");
        assert_eq!(old.skew_ms(), Some(60_000));
    }

    #[test]
    fn a_step_that_mends_the_clock_forgets_what_was_said_before() {
        let mut clock = Clock::default();
        clock.heard("a", NOON + 60_000, at(0, 0));
        clock.look(at(1_000, 60_000));
        assert_eq!(clock.doubt(at(1_000, 60_000)), Some(Doubt::Stepped { by_ms: 60_000 }));
        clock.heard("a", NOON + 2_000 + 60_000, at(2_000, 60_000));
        assert_eq!(clock.doubt(at(2_000, 60_000)), None);
    }
}
