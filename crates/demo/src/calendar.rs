//! Days and hours, as far as a rhythm of texting needs them.
//!
//! Nothing legal hangs on these clocks (the gate has its own), so the rule of
//! daylight saving time is the one of the United States since 2007, by date.

/// One second in ms.
pub const SECOND: i64 = 1_000;
/// One minute in ms.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour in ms.
pub const HOUR: i64 = 60 * MINUTE;
/// One day in ms.
pub const DAY: i64 = 24 * HOUR;

/// The months' short names.
pub const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// The days' names, Monday first.
pub const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A clock of the United States.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone {
    /// Its name in the tz database.
    pub name: &'static str,
    /// Hours from UTC in winter.
    hours: i64,
    /// Whether it changes in summer.
    saves_daylight: bool,
}

impl Zone {
    /// A zone by its winter offset in hours.
    #[must_use]
    pub const fn new(name: &'static str, hours: i64, saves_daylight: bool) -> Self {
        Self { name, hours, saves_daylight }
    }

    /// The local clock at a UTC instant, as if it were UTC.
    #[must_use]
    pub fn local(self, at: i64) -> i64 {
        let winter = at + self.hours * HOUR;
        if self.saves_daylight && is_summer(winter) { winter + HOUR } else { winter }
    }

    /// The UTC instant at which the local clock shows `hour` on the day of `at`.
    #[must_use]
    pub fn at_hour(self, at: i64, hour: i64) -> i64 {
        let local = self.local(at);
        at - (local - midnight(local)) + hour * HOUR
    }

    /// The local hour of the day, 0 to 23.
    #[must_use]
    pub fn hour(self, at: i64) -> i64 {
        let local = self.local(at);
        (local - midnight(local)) / HOUR
    }

    /// The local day of the week, Monday is 0.
    #[must_use]
    pub fn weekday(self, at: i64) -> usize {
        weekday(self.local(at).div_euclid(DAY))
    }
}

const fn midnight(local: i64) -> i64 {
    local.div_euclid(DAY) * DAY
}

/// The day of the week of a day since 1970-01-01 (a Thursday); Monday is 0.
#[must_use]
pub const fn weekday(day: i64) -> usize {
    (day + 3).rem_euclid(7) as usize
}

/// Year, month (1 to 12) and day of the month of a day since 1970-01-01.
#[must_use]
pub const fn date(day: i64) -> (i64, i64, i64) {
    // Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day_of_month = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day_of_month)
}

/// From the second Sunday of March to the first Sunday of November.
fn is_summer(local: i64) -> bool {
    let day = local.div_euclid(DAY);
    let (_, month, of_month) = date(day);
    let since_sunday = (weekday(day) as i64 + 1) % 7;
    match month {
        3 => of_month - since_sunday >= 8,
        4..=10 => true,
        11 => of_month - since_sunday < 1,
        _ => false,
    }
}

/// How much a shop is written to on a day, in percent of a plain Tuesday.
#[must_use]
pub fn busyness(day: i64) -> u32 {
    const WEEK: [u32; 7] = [125, 100, 95, 90, 100, 70, 60];
    let (_, month, of_month) = date(day);
    // The day after the fourth Thursday of November lies between the 23rd and
    // the 29th; its week and the gift weeks after it are the year's peak.
    let season = match (month, of_month) {
        (11, 23..=30) => 340,
        (12, 1..=8) => 260,
        (12, 9..=23) => 210,
        (12, 24..=31) | (1, 1..=12) => 140,
        (5, 5..=12) => 130,
        (7 | 8, _) => 85,
        _ => 100,
    };
    WEEK[weekday(day)] * season / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    const EASTERN: Zone = Zone::new("America/New_York", -5, true);

    #[test]
    fn dates_and_weekdays() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(WEEKDAYS[weekday(0)], "Thursday");
        assert_eq!(date(20_423), (2025, 12, 1));
        assert_eq!(WEEKDAYS[weekday(20_423)], "Monday");
        assert_eq!(date(19_782), (2024, 2, 29));
    }

    #[test]
    fn summer_begins_and_ends_on_its_sundays() {
        let noon = |day: i64| day * DAY + 12 * HOUR;
        // 2026: 8 March and 1 November.
        for (day, expected) in [(20_519, 7), (20_520, 8), (20_757, 8), (20_758, 7)] {
            assert_eq!(EASTERN.hour(noon(day)), expected, "{:?}", date(day));
        }
        let morning = EASTERN.at_hour(noon(20_600), 9);
        assert_eq!(EASTERN.hour(morning), 9);
        assert_eq!(EASTERN.weekday(morning), weekday(20_600));
    }
}
