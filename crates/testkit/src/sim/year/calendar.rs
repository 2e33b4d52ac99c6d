//! The instants of a leap year at which something happens.

use super::law::{DAY, QUARTER};
use crate::sim::Random;

/// 2028-01-01 00:00 UTC, Unix ms.
pub(super) const BEGINS: i64 = 1_830_297_600_000;
/// 2029-01-01 00:00 UTC, Unix ms.
pub(super) const ENDS: i64 = BEGINS + 366 * DAY;
/// The Fridays before North America changes its clocks, 12 March and 5 November.
pub(super) const CHANGES: [i64; 2] = [BEGINS + 69 * DAY, BEGINS + 307 * DAY];
/// From Friday to Monday, UTC: every zone's change lies within.
const WEEKEND: i64 = 4 * DAY;
/// Longest time in which nobody looks whether something is due, in ms. A server looks all the time. Five
/// hours are shorter than any window in which texts may leave, and no part of a day, or every look
/// of a quiet week would come at the same hour, and what waits might never find its window open.
const LOOK: i64 = 5 * 60 * 60_000;

/// One instant, Unix ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    pub at: i64,
    /// Whether texts are asked for; else what is due leaves, and that is all.
    pub busy: bool,
}

/// A year with so many busy moments, a quarter of them in the two weekends, and half of all
/// beside the hours at which a window may open or close.
pub(super) fn year(random: &mut Random, busy: u64) -> Vec<Moment> {
    let below = |random: &mut Random, limit: i64| i64::try_from(random.below(limit.unsigned_abs())).unwrap_or(0);
    let mut at: Vec<i64> = (0..busy)
        .map(|_| {
            let at = match random.pick(&CHANGES) {
                Some(friday) if random.below(4) == 0 => friday + below(random, WEEKEND),
                _ => BEGINS + below(random, ENDS - BEGINS),
            };
            let edge = at.div_euclid(QUARTER) * QUARTER;
            match random.below(2) {
                0 => (edge + random.pick(&[-1_000, -1, 0, 1]).copied().unwrap_or(0)).max(BEGINS),
                _ => at,
            }
        })
        .collect();
    at.sort_unstable();
    let mut all = Vec::with_capacity(at.len() + 400);
    let mut last = BEGINS;
    for at in at {
        while at - last > LOOK {
            last += LOOK;
            all.push(Moment { at: last, busy: false });
        }
        all.push(Moment { at, busy: true });
        last = at;
    }
    while ENDS - last > LOOK {
        last += LOOK;
        all.push(Moment { at: last, busy: false });
    }
    all
}

/// Whether an instant lies in a weekend in which the clocks change.
pub(super) fn changes(at: i64) -> bool {
    CHANGES.iter().any(|friday| (*friday..friday + WEEKEND).contains(&at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn both_weekends_hold_a_change_of_clocks_and_the_year_a_leap_day() -> Result<(), jiff::Error> {
        let zone = TimeZone::get("America/New_York")?;
        for friday in CHANGES {
            let offset = |at: i64| jiff::Timestamp::from_millisecond(at).map(|at| zone.to_offset(at));
            assert_ne!(offset(friday)?, offset(friday + WEEKEND)?);
            assert!(changes(friday) && !changes(friday - 1) && !changes(friday + WEEKEND));
        }
        let last = jiff::Timestamp::from_millisecond(ENDS)?;
        assert_eq!(last.to_string(), "2029-01-01T00:00:00Z");
        Ok(())
    }

    #[test]
    fn moments_come_in_order_and_never_a_day_apart() {
        let all = year(&mut Random::new(7), 200);
        assert_eq!(all.iter().filter(|moment| moment.busy).count(), 200);
        assert!(all.windows(2).all(|two| two[0].at <= two[1].at && two[1].at - two[0].at <= LOOK));
        let weekends = all.iter().filter(|moment| moment.busy && changes(moment.at)).count();
        assert!((30..80).contains(&weekends), "{weekends}");
    }
}
