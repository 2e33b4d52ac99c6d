//! A zone's clock as a table of its changes, so that telling the local time is
//! a search among a few hundred numbers.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const DAY: i64 = 24 * 60 * 60 * 1000;
const MINUTE: i64 = 60_000;

/// The first instant the tables know, Unix ms (1970).
const FIRST: i64 = 0;
/// The first instant after the tables, Unix ms (2100-01-01).
const END: i64 = 4_102_444_800_000;

/// A zone's clock from 1970 to 2100.
#[derive(Debug, PartialEq, Eq)]
pub struct Clock {
    /// The id of its zone.
    pub id: &'static str,
    /// When each stretch of one offset begins, Unix ms.
    starts: Vec<i64>,
    /// Its offset from UTC, in ms.
    offsets: Vec<i64>,
}

/// A stretch of time in which a clock is not put forward or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Local time less UTC, in ms.
    pub offset: i64,
    /// The first instant after it, Unix ms.
    pub end: i64,
}

impl Clock {
    pub(super) fn read(id: &'static str, zone: &TimeZone) -> Self {
        let mut clock = Self { id, starts: vec![FIRST], offsets: Vec::new() };
        let first = Timestamp::UNIX_EPOCH;
        clock.offsets.push(i64::from(zone.to_offset(first).seconds()) * 1000);
        for change in zone.following(first) {
            let at = change.timestamp().as_millisecond();
            if at >= END {
                break;
            }
            let offset = i64::from(change.offset().seconds()) * 1000;
            // A change of name alone moves no hand.
            if clock.offsets.last() != Some(&offset) {
                clock.starts.push(at);
                clock.offsets.push(offset);
            }
        }
        clock
    }

    /// The stretch an instant (Unix ms) lies in; `None` outside 1970 to 2100.
    #[must_use]
    pub fn stretch(&self, at: i64) -> Option<Stretch> {
        if !(FIRST..END).contains(&at) {
            return None;
        }
        let next = self.starts.partition_point(|start| *start <= at);
        Some(Stretch {
            offset: *self.offsets.get(next.checked_sub(1)?)?,
            end: self.starts.get(next).copied().unwrap_or(END),
        })
    }

    /// The local time to the minute, as `2026-11-26T08:00`; `None` outside 1970 to 2100.
    #[must_use]
    pub fn minute(&self, at: i64) -> Option<String> {
        let local = at + self.stretch(at)?.offset;
        let (days, minute) = (local.div_euclid(DAY), local.rem_euclid(DAY) / MINUTE);
        let (year, month, day) = civil(days);
        let mut text = *b"0000-00-00T00:00";
        for (at, width, value) in [(0, 4, year), (5, 2, month), (8, 2, day), (11, 2, minute / 60), (14, 2, minute % 60)]
        {
            let mut rest = value;
            for place in (at..at + width).rev() {
                text[place] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
                rest /= 10;
            }
        }
        std::str::from_utf8(&text).ok().map(str::to_owned)
    }
}

/// Year, month and day of a day since 1970-01-01, by the Gregorian calendar.
const fn civil(days: i64) -> (i64, i64, i64) {
    // Years begin in March here, so that the leap day is the last of its year.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + (month <= 2) as i64, month, day)
}

#[cfg(test)]
mod tests {
    use super::super::{clock, time_zone};
    use jiff::Timestamp;

    #[test]
    fn a_clock_shows_what_the_database_says() {
        for id in
            ["America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "Pacific/Apia", "UTC"]
        {
            let (Some(clock), Some(zone)) = (clock(id), time_zone(id)) else { unreachable!() };
            let mut at = 0_i64;
            while at < 4_102_444_800_000 {
                let instant = Timestamp::from_millisecond(at).unwrap_or_default();
                assert_eq!(
                    clock.minute(at).unwrap_or_default(),
                    zone.to_datetime(instant).strftime("%Y-%m-%dT%H:%M").to_string(),
                    "{id} {instant}"
                );
                at += 31 * 60 * 60 * 1000 + 17 * 60_000;
            }
            assert_eq!((clock.stretch(-1), clock.stretch(i64::MAX)), (None, None));
        }
    }
}
