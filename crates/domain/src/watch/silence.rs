//! Whether an inbox is silent when it never is.
//!
//! The hours since the last text are compared with the same stretch of the
//! weeks before. An inbox is silent only if each of those weeks had texts in
//! it, so that new inboxes, quiet ones and quiet nights raise no alarm.

/// Hours of a week.
const WEEK: i64 = 7 * 24;
/// Ms of an hour.
pub const HOUR_MS: i64 = 60 * 60 * 1000;
/// So many weeks before are looked at, at most.
pub const WEEKS_MAX: i64 = 6;
/// An inbox needs a history of so many weeks.
const WEEKS_MIN: i64 = 3;
/// Each of those weeks had at least so many texts in the same stretch.
const TEXTS_MIN: u64 = 5;
/// A shorter silence is none, in hours.
const HOURS_MIN: i64 = 2;

/// A silence that is not usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// How long it is, in whole hours.
    pub hours: i64,
    /// The fewest texts that the same stretch had in any of the weeks before.
    pub usual_at_least: u64,
    /// How many weeks it was compared with.
    pub weeks: i64,
}

/// Compares an inbox's silence with its history.
///
/// `hour` is the present hour, counted from the Unix epoch, which has begun but
/// not ended. `texts(h)` is how many texts came in hour `h`; `first` is the
/// first hour of the inbox's history.
#[must_use]
pub fn silence(hour: i64, first: Option<i64>, texts: impl Fn(i64) -> u64) -> Option<Silence> {
    let first = first?;
    // The stretch are the whole hours behind us without a text; a week at most.
    if texts(hour) > 0 {
        return None;
    }
    let hours = (1..=WEEK).take_while(|back| texts(hour - back) == 0 && hour - back >= first).count();
    let hours = i64::try_from(hours).unwrap_or(WEEK);
    if hours < HOURS_MIN {
        return None;
    }
    let (from, to) = (hour - hours, hour);
    let weeks = ((from - first) / WEEK).clamp(0, WEEKS_MAX);
    if weeks < WEEKS_MIN {
        return None;
    }
    // An hour earlier and later too: summer time moves people's hours by one.
    let count = |week: i64, shift: i64| (from..to).map(|at| texts(at - week * WEEK + shift)).sum::<u64>();
    let least = (1..=weeks).flat_map(|week| [-1, 0, 1].map(|shift| count(week, shift))).min()?;
    (least >= TEXTS_MIN).then_some(Silence { hours, usual_at_least: least, weeks })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Monday, 00:00 UTC, in hours.
    const MONDAY: i64 = 498_720 + 96;

    /// Texts by hour: `rate` in the hours 8 to 20 of each day.
    fn shop(rate: u64) -> impl Fn(i64) -> u64 {
        move |hour| if (8..20).contains(&hour.rem_euclid(24)) { rate } else { 0 }
    }

    fn until(last: i64, texts: impl Fn(i64) -> u64) -> impl Fn(i64) -> u64 {
        move |hour| if hour > last { 0 } else { texts(hour) }
    }

    #[test]
    fn a_busy_shop_is_missed_within_hours() {
        let ten = MONDAY - MONDAY.rem_euclid(24) + 10;
        let first = Some(ten - 60 * 24);
        let silent = |hours: i64, rate| silence(ten + 1 + hours, first, until(ten, shop(rate)));
        assert_eq!(silent(1, 9), None, "an hour is nothing");
        assert_eq!(silent(3, 9), Some(Silence { hours: 3, usual_at_least: 27, weeks: 6 }));
        assert_eq!(silent(3, 1), None, "three texts in three hours may be none once");
        assert_eq!(silent(6, 1).map(|silence| silence.usual_at_least), Some(6));
    }

    #[test]
    fn nights_and_weekends_are_quiet_as_ever() {
        let evening = MONDAY - MONDAY.rem_euclid(24) + 19;
        let first = Some(evening - 60 * 24);
        for hours in 0..12 {
            assert_eq!(
                silence(evening + 1 + hours, first, until(evening, shop(50))),
                None,
                "{hours} hours into the night"
            );
        }
        let week = |hour: i64| if (hour.rem_euclid(WEEK) / 24) < 5 { shop(20)(hour) } else { 0 };
        // The last hour of a fifth day.
        let friday = (MONDAY..).find(|hour| hour.rem_euclid(WEEK) == 4 * 24 + 19).unwrap();
        for hours in 0..40 {
            assert_eq!(silence(friday + 1 + hours, first, until(friday, week)), None, "{hours} hours into the weekend");
        }
    }

    #[test]
    fn new_and_quiet_inboxes_raise_no_alarm() {
        let noon = MONDAY - MONDAY.rem_euclid(24) + 12;
        let texts = |last| until(last, shop(30));
        assert_eq!(silence(noon + 6, None, |_| 0), None, "never a text");
        for (days, alarmed) in [(1, false), (7, false), (20, false), (22, true), (60, true)] {
            let first = noon - days * 24;
            let found = silence(noon + 6, Some(first), |hour| if hour < first { 0 } else { texts(noon)(hour) });
            assert_eq!(found.is_some(), alarmed, "{days} days old");
        }
        let rare = |hour: i64| u64::from(hour % 50 == 0);
        assert_eq!(silence(noon + 48, Some(noon - 9_000), until(noon, rare)), None, "a text every other day");
    }

    #[test]
    fn one_silent_week_before_makes_silence_usual() {
        let noon = MONDAY - MONDAY.rem_euclid(24) + 12;
        let first = Some(noon - 60 * 24);
        let holiday =
            move |hour: i64| if (noon - 2 * WEEK..noon - 2 * WEEK + 12).contains(&hour) { 0 } else { shop(30)(hour) };
        assert_eq!(silence(noon + 6, first, until(noon, holiday)), None);
    }

    #[test]
    fn summer_time_moves_no_alarm() {
        let morning = MONDAY - MONDAY.rem_euclid(24) + 8;
        // Until now the shop opened at 7 UTC; from this week on at 9.
        let shifted = move |hour: i64| if hour >= morning - 24 { shop(3)(hour - 1) } else { shop(3)(hour + 1) };
        let last = morning - 13;
        assert_eq!(silence(morning, Some(morning - 60 * 24), until(last, shifted)), None);
    }

    #[test]
    fn a_silence_longer_than_a_week_stays_one() {
        let noon = MONDAY - MONDAY.rem_euclid(24) + 12;
        let found = silence(noon + 200, Some(noon - 90 * 24), until(noon, shop(9)));
        assert_eq!(found.map(|silence| silence.hours), Some(WEEK));
    }
}
