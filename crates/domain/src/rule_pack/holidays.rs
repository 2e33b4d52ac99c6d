//! Days on which rules close, read from `data/rules/holidays_1.toml`.

use std::sync::LazyLock;

use jiff::civil::{Date, Weekday, date};
use serde::{Serialize, Serializer};

use super::read;

/// A set of calendars, such as the federal holidays and those of Louisiana.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Holidays(u16);

static FILE: &str = include_str!("../../data/rules/holidays_1.toml");

/// The first year of the table of closed days; other years are reckoned when asked.
const FIRST_YEAR: i16 = 2020;
/// The first year after the table.
const END_YEAR: i16 = 2046;

impl Holidays {
    /// No calendar.
    pub const NONE: Self = Self(0);

    /// Calendars by name, comma between them: `us_federal, us_la`.
    #[must_use]
    pub fn named(names: &str) -> Option<Self> {
        names.split(',').map(str::trim).try_fold(Self::NONE, |all, name| {
            let bit = calendars().iter().position(|calendar| calendar.name == name)?;
            Some(all.or(Self(1 << bit)))
        })
    }

    /// Both sets.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a day (since 1970-01-01) is closed in one of the calendars.
    #[must_use]
    pub fn contain(self, day: i64) -> bool {
        self.0 != 0 && self.0 & mask(day) != 0
    }
}

impl std::fmt::Debug for Holidays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl Holidays {
    /// The names of its calendars.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let calendars = calendars().iter().enumerate();
        calendars.filter(move |(bit, _)| self.0 >> bit & 1 == 1).map(|(_, calendar)| calendar.name)
    }
}

impl Serialize for Holidays {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

/// The names of the days of a calendar set that fall on a day (since 1970-01-01).
#[must_use]
pub fn holiday_names(set: Holidays, day: i64) -> Vec<&'static str> {
    let Some(on) = civil(day) else { return Vec::new() };
    let mut names = Vec::new();
    for (bit, calendar) in calendars().iter().enumerate() {
        if set.0 >> bit & 1 == 1 {
            names.extend(calendar.days.iter().filter(|(_, rule)| rule.falls_on(on)).map(|(name, _)| *name));
        }
    }
    names
}

struct Calendar {
    name: &'static str,
    days: Vec<(&'static str, DayRule)>,
}

fn calendars() -> &'static [Calendar] {
    static CALENDARS: LazyLock<Vec<Calendar>> = LazyLock::new(|| {
        // The tests read every day; one that could not be read never ships.
        let sections = read::sections(FILE).unwrap_or_default();
        let of = |section: read::Section<'static>| Calendar {
            name: section.name,
            days: section.keys.iter().filter_map(|&(name, rule)| Some((name, DayRule::read(rule)?))).collect(),
        };
        sections.into_iter().skip(1).map(of).collect()
    });
    &CALENDARS
}

/// The calendars that close on a day, one bit each.
fn mask(day: i64) -> u16 {
    static TABLE: LazyLock<(i64, Vec<u16>)> = LazyLock::new(|| {
        let first = days_of(date(FIRST_YEAR, 1, 1));
        let end = days_of(date(END_YEAR, 1, 1));
        (first, (first..end).map(reckon).collect())
    });
    let (first, table) = &*TABLE;
    match usize::try_from(day - first).ok().and_then(|place| table.get(place)) {
        Some(mask) => *mask,
        None => reckon(day),
    }
}

fn reckon(day: i64) -> u16 {
    let Some(on) = civil(day) else { return 0 };
    calendars().iter().enumerate().fold(0, |mask, (bit, calendar)| {
        let closed = calendar.days.iter().any(|(_, rule)| rule.falls_on(on));
        mask | u16::from(closed) << bit
    })
}

fn days_of(day: Date) -> i64 {
    let epoch = date(1970, 1, 1);
    i64::from(day.since(epoch).map_or(0, |span| span.get_days()))
}

fn civil(day: i64) -> Option<Date> {
    let days = i32::try_from(day).ok()?;
    date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// A day of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct DayRule {
    base: Base,
    /// Days after the base.
    plus: i32,
    observed: bool,
    even_years: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    /// Day and month.
    Fixed(i8, i8),
    /// Which (1 to 4, 5 the last), weekday, month.
    Nth(i8, Weekday, i8),
    Easter,
}

impl DayRule {
    /// `25 Dec, observed`, `4th Thu of Nov +1`, `Easter -2`, `…, even years`.
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(',').map(str::trim);
        let mut words: Vec<&str> = parts.next()?.split(' ').collect();
        let mut rule = Self { base: Base::Easter, plus: 0, observed: false, even_years: false };
        for mark in parts {
            match mark {
                "observed" => rule.observed = true,
                "even years" => rule.even_years = true,
                _ => return None,
            }
        }
        if let Some(plus) = words.last().filter(|word| word.starts_with(['+', '-'])) {
            rule.plus = plus.parse().ok()?;
            words.pop();
        }
        rule.base = match *words.as_slice() {
            ["Easter"] => Base::Easter,
            [day, month] => Base::Fixed(day.parse().ok()?, month_number(month)?),
            [nth, weekday, "of", month] => Base::Nth(
                match nth {
                    "1st" => 1,
                    "2nd" => 2,
                    "3rd" => 3,
                    "4th" => 4,
                    "last" => -1,
                    _ => return None,
                },
                read::weekday(weekday)?,
                month_number(month)?,
            ),
            _ => return None,
        };
        Some(rule)
    }

    fn falls_on(self, on: Date) -> bool {
        // A day can move over the turn of the year by its observation.
        [on.year() - 1, on.year(), on.year() + 1].into_iter().any(|year| {
            let Some(day) = self.in_year(year) else { return false };
            let watched = match day.weekday() {
                Weekday::Saturday => day.yesterday().ok(),
                Weekday::Sunday => day.tomorrow().ok(),
                _ => None,
            };
            day == on || self.observed && watched == Some(on)
        })
    }

    fn in_year(self, year: i16) -> Option<Date> {
        if self.even_years && year % 2 != 0 {
            return None;
        }
        let base = match self.base {
            Base::Fixed(day, month) => Date::new(year, month, day).ok()?,
            Base::Nth(nth, weekday, month) => {
                Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()?
            }
            Base::Easter => easter(year)?,
        };
        base.checked_add(jiff::Span::new().try_days(self.plus).ok()?).ok()
    }
}

fn month_number(name: &str) -> Option<i8> {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    i8::try_from(months.iter().position(|month| *month == name)? + 1).ok()
}

/// Easter Sunday by the Gregorian reckoning (Meeus, Jones and Butcher).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_file_is_read() {
        let days: usize = calendars().iter().map(|calendar| calendar.days.len()).sum();
        let written = FILE.lines().filter(|line| line.contains(" = ")).count() - 2;
        assert_eq!(days, written);
        assert_eq!(calendars().len(), FILE.lines().filter(|line| line.starts_with('[')).count());
    }

    #[test]
    fn easter_is_where_the_church_has_it() {
        for (year, month, day) in
            [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2028, 4, 16), (2038, 4, 25), (2285, 3, 22)]
        {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
    }

    #[test]
    fn the_table_agrees_with_the_reckoning() {
        for day in 18_000..28_000 {
            assert_eq!(mask(day), reckon(day));
        }
    }
}
