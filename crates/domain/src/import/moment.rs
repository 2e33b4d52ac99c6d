//! When something happened, as another tool wrote it.

use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// The zones furthest from UTC (IANA): Kiribati's Line Islands, and Baker Island by ship.
const EASTERNMOST_MS: i64 = 14 * HOUR_MS;
const WESTERNMOST_MS: i64 = 12 * HOUR_MS;

/// Ways to write a day. Both orders of numbers are tried, for nobody says which was meant.
const DAYS: &[&str] =
    &["%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%Y", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%Y/%m/%d"];
/// Ways to write a time after it.
const TIMES: &[&str] = &["", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p"];

/// When something happened: no earlier than the one, no later than the other. Unix ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The earliest it may mean.
    pub earliest: i64,
    /// The latest it may mean.
    pub latest: i64,
}

impl Moment {
    const fn at(instant: i64) -> Self {
        Self { earliest: instant, latest: instant }
    }

    /// A time on some clock of the world.
    fn on_a_clock(time: DateTime) -> Option<Self> {
        let utc = TimeZone::UTC.to_timestamp(time).ok()?.as_millisecond();
        Some(Self { earliest: utc - EASTERNMOST_MS, latest: utc + WESTERNMOST_MS })
    }

    /// A day somewhere.
    fn on_a_day(day: Date) -> Option<Self> {
        let begins = Self::on_a_clock(day.at(0, 0, 0, 0))?;
        Some(Self { latest: begins.latest + DAY_MS - 1, ..begins })
    }

    fn or(self, other: Self) -> Self {
        Self { earliest: self.earliest.min(other.earliest), latest: self.latest.max(other.latest) }
    }
}

/// Reads an instant, a time without its zone, or a day. `None` where it is none of them.
#[must_use]
pub fn moment(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Unix time, in seconds or milliseconds.
        return match (text.len(), text.parse::<i64>().ok()?) {
            (10, seconds) => Some(Moment::at(seconds * 1000)),
            (13, millis) => Some(Moment::at(millis)),
            _ => None,
        };
    }
    let zulu =
        text.strip_suffix("UTC").or_else(|| text.strip_suffix("GMT")).map(|time| format!("{}Z", time.trim_end()));
    if let Ok(instant) = zulu.as_deref().unwrap_or(text).parse::<jiff::Timestamp>() {
        return Some(Moment::at(instant.as_millisecond()));
    }
    if text.len() > 10
        && let Ok(time) = text.parse::<DateTime>()
    {
        return Moment::on_a_clock(time);
    }
    if let Ok(day) = text.parse::<Date>() {
        return Moment::on_a_day(day);
    }
    let mut found: Option<Moment> = None;
    for day in DAYS {
        for time in TIMES {
            let Ok(parts) = strtime::parse(format!("{day}{time}"), text) else { continue };
            let read = match (parts.to_datetime(), parts.to_date()) {
                (Ok(at), _) if !time.is_empty() => Moment::on_a_clock(at),
                (_, Ok(day)) => Moment::on_a_day(day),
                _ => None,
            };
            // A year of two digits is one of four where those fit.
            if let Some(read) = read.filter(|read| read.earliest > 0) {
                found = Some(found.map_or(read, |before| before.or(read)));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn an_instant_is_exact_and_everything_else_as_wide_as_it_may_mean() {
        let noon = ms("2024-03-01T12:00:00Z");
        for text in [
            "2024-03-01T12:00:00Z",
            "2024-03-01 12:00:00+00:00",
            "2024-03-01T13:00:00+01:00",
            "2024-03-01 12:00:00 UTC",
            "1709294400",
            "1709294400000",
        ] {
            assert_eq!(moment(text), Some(Moment::at(noon)), "{text}");
        }
        let some_noon = Moment { earliest: noon - EASTERNMOST_MS, latest: noon + WESTERNMOST_MS };
        assert_eq!(moment("2024-03-01 12:00:00"), Some(some_noon));
        let day = Moment { earliest: ms("2024-02-29T10:00:00Z"), latest: ms("2024-03-02T12:00:00Z") - 1 };
        assert_eq!(moment("2024-03-01"), Some(day));
        for text in ["Mar 1, 2024", "March 1, 2024", "1 Mar 2024", "2024/03/01", "01.03.2024"] {
            assert_eq!(moment(text), Some(day), "{text}");
        }
    }

    #[test]
    fn a_day_that_can_be_two_is_both() {
        let read = moment("03/01/2024").unwrap();
        assert_eq!(read.earliest, ms("2024-01-02T10:00:00Z"));
        assert_eq!(read.latest, ms("2024-03-02T12:00:00Z") - 1);
        // Only one order makes a day of this.
        assert_eq!(moment("03/31/2024").unwrap().earliest, ms("2024-03-30T10:00:00Z"));
        assert_eq!(moment("3/31/2024 2:05 PM").unwrap().latest, ms("2024-04-01T02:05:00Z"));
        assert_eq!(moment("3/31/24").unwrap().earliest, ms("2024-03-30T10:00:00Z"));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "yesterday", "45352", "13/13/2024", "0000-00-00", "-", "99999999999"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
