//! When a text may be sent, by the clocks of every place its customer may be.
//!
//! A text is allowed at an instant where each candidate zone's local time lies
//! inside the pack's hours. Days with a change of clocks need no special case:
//! what counts is the local time at the instant, and the search walks from one
//! instant where a zone opens, closes or changes its clock to the next.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::rule_pack::RulePack;
use crate::zones::{self, Candidates};

/// How far ahead a next legal instant is looked for.
pub const HORIZON_DAYS: i64 = 8;

const MINUTE: i64 = 60_000;
const HORIZON: i64 = HORIZON_DAYS * 24 * 60 * MINUTE;

/// What the clocks say about sending at an instant, with the proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Window {
    /// Whether a text may be sent now and has the time it needs.
    pub open: bool,
    /// The first instant from now on at which it may, in Unix milliseconds;
    /// now itself where it is open. `None` where the candidates are never
    /// open together within the horizon.
    pub next_open_at: Option<i64>,
    /// When the window that is open then closes in the first of the zones, in
    /// Unix milliseconds. The text must not arrive at or after this instant.
    pub closes_at: Option<i64>,
    /// Each zone with its local time now, to the minute.
    pub local_times: Vec<(&'static str, String)>,
    /// The id of the pack.
    pub pack: &'static str,
    /// The version of the time zone database.
    pub tz_db: &'static str,
}

/// Asks whether a text may be sent at `now_ms`.
///
/// `minutes_needed` is how long the text must still be allowed after that, so
/// that it cannot arrive in the quiet hours; 0 asks about the instant alone.
/// A zone the database does not know counts as closed. Never panics.
#[must_use]
pub fn window_check(now_ms: i64, candidates: &Candidates, pack: &RulePack, minutes_needed: u32) -> Window {
    let clocks: Option<Vec<Clock>> = candidates.zones.iter().map(|zone| Clock::of(zone)).collect();
    let local_times = clocks.iter().flatten().filter_map(|clock| Some((clock.id, clock.minute(now_ms)?))).collect();
    let needed = i64::from(minutes_needed).saturating_mul(MINUTE);
    let found = clocks.filter(|clocks| !clocks.is_empty()).and_then(|clocks| search(&clocks, pack, now_ms, needed));
    Window {
        open: found.is_some_and(|(opens, _)| opens == now_ms),
        next_open_at: found.map(|(opens, _)| opens),
        closes_at: found.map(|(_, closes)| closes),
        local_times,
        pack: pack.id,
        tz_db: zones::tz_db_version(),
    }
}

/// The first instant from `now_ms` on at which a text may be sent and has
/// `minutes_needed` left; `None` where there is none within the horizon.
#[must_use]
pub fn next_legal(now_ms: i64, candidates: &Candidates, pack: &RulePack, minutes_needed: u32) -> Option<i64> {
    window_check(now_ms, candidates, pack, minutes_needed).next_open_at
}

/// The first time all clocks are open together for long enough: from, until.
fn search(clocks: &[Clock], pack: &RulePack, now: i64, needed: i64) -> Option<(i64, i64)> {
    let end = now.checked_add(HORIZON)?;
    let mut at = now;
    while at <= end {
        // Wait for the clock that opens last; the others may have closed then.
        let mut latest = at;
        for clock in clocks {
            latest = latest.max(clock.turns(pack, at, end, true)??);
        }
        if latest > at {
            at = latest;
            continue;
        }
        // A clock that never closes is open to the horizon, and asked again then.
        let horizon = at.checked_add(HORIZON)?;
        let mut closes = horizon;
        for clock in clocks {
            closes = closes.min(clock.turns(pack, at, horizon, false)?.unwrap_or(horizon));
        }
        if closes.checked_sub(at)? >= needed.max(1) {
            return Some((at, closes));
        }
        at = closes;
    }
    None
}

struct Clock {
    id: &'static str,
    zone: TimeZone,
}

impl Clock {
    fn of(id: &'static str) -> Option<Self> {
        Some(Self { id, zone: zones::time_zone(id)? })
    }

    fn local(&self, at: i64) -> Option<DateTime> {
        Some(self.zone.to_datetime(Timestamp::from_millisecond(at).ok()?))
    }

    fn minute(&self, at: i64) -> Option<String> {
        Some(self.local(at)?.strftime("%Y-%m-%dT%H:%M").to_string())
    }

    fn is_open(&self, pack: &RulePack, at: i64) -> Option<bool> {
        let local = self.local(at)?;
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        Some((pack.opens..pack.closes).contains(&minute))
    }

    /// The first instant from `at` to `end` with the wanted state, by way of
    /// the instants at which the state can change; `Some(None)` where there is
    /// none, `None` where the calendar ends.
    fn turns(&self, pack: &RulePack, mut at: i64, end: i64, open: bool) -> Option<Option<i64>> {
        while at <= end {
            if self.is_open(pack, at)? == open {
                return Some(Some(at));
            }
            at = self.next_edge(pack, at)?;
        }
        Some(None)
    }

    /// The next instant after `at` at which the local clock strikes an opening
    /// or closing hour or is put forward or back.
    fn next_edge(&self, pack: &RulePack, at: i64) -> Option<i64> {
        let stamp = Timestamp::from_millisecond(at).ok()?;
        let today = self.zone.to_datetime(stamp).date();
        let tomorrow = today.tomorrow().ok()?;
        let mut next: Option<i64> = None;
        let mut offer = |instant: i64| {
            if instant > at && next.is_none_or(|best| instant < best) {
                next = Some(instant);
            }
        };
        for day in [today, tomorrow] {
            // A pack may close at the end of the day, which is no time of its own.
            for minute in [0, pack.opens, pack.closes].into_iter().filter(|minute| *minute < 24 * 60) {
                let time = Time::new(i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?, 0, 0).ok()?;
                let struck = self.zone.to_ambiguous_timestamp(day.to_datetime(time));
                // Twice in a fold, and both count; a gap is a change of clocks.
                for instant in [struck.earlier().ok(), struck.later().ok()].into_iter().flatten() {
                    offer(instant.as_millisecond());
                }
            }
        }
        if let Some(change) = self.zone.following(stamp).next() {
            offer(change.timestamp().as_millisecond());
        }
        next
    }
}
