//! When a message that was not taken may be tried again.

use crate::limits::ATTEMPTS_MAX;
use crate::outcome::{ErrorClass, Retry};
use jiff::Timestamp;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;

/// The next instant (Unix ms) at which to try, or nothing: it has failed.
///
/// `attempts` counts the tries made, this one included. What the provider asked
/// us to wait is honoured, and never shortened.
#[must_use]
pub fn next_try(class: ErrorClass, attempts: u32, retry_after_ms: Option<i64>, now: i64) -> Option<i64> {
    let asked = retry_after_ms.unwrap_or(0).max(0);
    let wait = match class.retry() {
        Retry::Never => return None,
        // A busy provider is no fault of the message: it waits as long as it is valid.
        Retry::BackOff => SECOND << attempts.saturating_sub(1).min(6),
        Retry::Few => match attempts {
            0 | 1 => 30 * SECOND,
            2 => 5 * MINUTE,
            3 => 30 * MINUTE,
            _ => return None,
        },
        Retry::Once if attempts <= 1 => MINUTE,
        Retry::Once => return None,
        Retry::NextCarrierDay => next_carrier_day(now).saturating_sub(now),
    };
    if class.retry() != Retry::BackOff && attempts >= ATTEMPTS_MAX {
        return None;
    }
    Some(now.saturating_add(wait.max(asked)))
}

/// Whether a person may bring the next try forward. A passing fault may be over by now; what the
/// provider or the carrier paces is waited for.
#[must_use]
pub const fn may_hasten(class: ErrorClass) -> bool {
    match class.retry() {
        Retry::Few | Retry::Once => true,
        Retry::Never | Retry::BackOff | Retry::NextCarrierDay => false,
    }
}

/// The next midnight in US Pacific time, when carriers reset their daily caps, in Unix ms.
#[must_use]
pub fn next_carrier_day(now: i64) -> i64 {
    let day = 24 * 60 * MINUTE;
    let next = || {
        let zone = crate::zones::time_zone("America/Los_Angeles")?;
        let local = Timestamp::from_millisecond(now).ok()?;
        let local = zone.to_datetime(local);
        let midnight = local.tomorrow().ok()?.start_of_day();
        Some(zone.to_timestamp(midnight).ok()?.as_millisecond())
    };
    // The zone is compiled in; a day is the answer should it ever be missing.
    next().unwrap_or_else(|| now.saturating_add(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_waits_as_its_rule_says() {
        let table = [
            (ErrorClass::OptedOut, 1, None, None),
            (ErrorClass::RateLimited, 1, None, Some(1_000)),
            (ErrorClass::RateLimited, 3, None, Some(4_000)),
            (ErrorClass::RateLimited, 40, None, Some(64_000)),
            (ErrorClass::RateLimited, 1, Some(9_000), Some(9_000)),
            (ErrorClass::Network, 1, None, Some(30_000)),
            (ErrorClass::Network, 2, None, Some(300_000)),
            (ErrorClass::Network, 3, None, Some(1_800_000)),
            (ErrorClass::Network, 4, None, None),
            (ErrorClass::Unknown, 1, None, Some(60_000)),
            (ErrorClass::Unknown, 2, None, None),
        ];
        for (class, attempts, asked, expected) in table {
            assert_eq!(next_try(class, attempts, asked, 0), expected, "{class:?} {attempts}");
        }
    }

    #[test]
    fn a_person_hastens_what_a_passing_fault_holds_up_and_nothing_that_is_paced() {
        let hastened: Vec<_> = ErrorClass::ALL.iter().filter(|class| may_hasten(**class)).collect();
        assert_eq!(hastened, [&ErrorClass::Unreachable, &ErrorClass::Network, &ErrorClass::Unknown]);
    }

    #[test]
    fn the_carrier_day_ends_at_midnight_in_los_angeles() {
        // 2026-11-24 07:59 UTC is 2026-11-23 23:59 PST; 2026-07-01 12:00 UTC is 05:00 PDT.
        assert_eq!(next_carrier_day(1_795_507_140_000), 1_795_507_200_000);
        assert_eq!(next_carrier_day(1_782_907_200_000), 1_782_975_600_000);
    }
}
