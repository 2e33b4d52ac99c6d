//! When a text may be sent, by the clocks of every place its customer may be.
//!
//! A text is allowed at an instant where each candidate zone's local time lies
//! inside the hours of every row that may apply. Days with a change of clocks
//! need no special case: what counts is the local time at the instant, and the
//! search walks from one instant where a zone opens, closes or changes its clock
//! to the next.

use serde::Serialize;

use crate::message::Purpose;
use crate::rule_pack::{RulePack, Schedule, Span};
use crate::zones::{self, Candidates, Clock};

/// How far ahead a next legal instant is looked for.
pub const HORIZON_DAYS: i64 = 8;

const DAY: i64 = 24 * 60 * 60 * 1000;
const MINUTE: i64 = 60_000;
const HORIZON: i64 = HORIZON_DAYS * DAY;
/// How often a change of law on the way is followed before the search gives up.
const CHANGES_MAX: usize = 8;

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
    pub pack: String,
    /// The version of the time zone database.
    pub tz_db: &'static str,
}

/// Asks whether a marketing text may be sent at `now_ms`.
///
/// `minutes_needed` is how long the text must still be allowed after that, so
/// that it cannot arrive in the quiet hours; 0 asks about the instant alone.
/// A zone the database does not know counts as closed. Never panics.
#[must_use]
pub fn window_check(now_ms: i64, candidates: &Candidates, pack: &RulePack, minutes_needed: u32) -> Window {
    let clocks = Clocks::of(candidates);
    let needed = i64::from(minutes_needed).saturating_mul(MINUTE);
    let found = opening(now_ms, candidates, &clocks, pack, Purpose::Marketing, needed);
    Window {
        open: found.is_some_and(|found| found.opens == now_ms),
        next_open_at: found.map(|found| found.opens),
        closes_at: found.map(|found| found.closes),
        local_times: clocks.local_times(now_ms).collect(),
        pack: pack.id.clone(),
        tz_db: zones::tz_db_version(),
    }
}

/// Where in the United States a marketing text may be sent at `now_ms`, by the postal codes of the states.
///
/// A state in two zones is open where both are: the number alone does not say in which one somebody is.
#[must_use]
pub fn by_state(now_ms: i64, pack: &RulePack) -> Vec<(&'static str, Window)> {
    zones::us_states()
        .filter_map(|place| Some((*place.states.first()?, window_check(now_ms, &place, pack, 0))))
        .collect()
}

/// The first instant from `now_ms` on at which a marketing text may be sent and
/// has `minutes_needed` left; `None` where there is none within the horizon.
#[must_use]
pub fn next_legal(now_ms: i64, candidates: &Candidates, pack: &RulePack, minutes_needed: u32) -> Option<i64> {
    let needed = i64::from(minutes_needed).saturating_mul(MINUTE);
    opening(now_ms, candidates, &Clocks::of(candidates), pack, Purpose::Marketing, needed).map(|found| found.opens)
}

/// A stretch in which a text may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Opening {
    /// Its first instant, Unix ms.
    pub opens: i64,
    /// The first instant after it, Unix ms.
    pub closes: i64,
}

/// A clock on which a text may not be sent.
pub(crate) struct Closed {
    /// Its zone.
    pub zone: &'static str,
    /// What it shows, to the minute, as `2026-11-26T08:00`.
    pub local: String,
    /// The day it shows, since 1970-01-01.
    pub day: i64,
    /// The open hours of that day.
    pub span: Span,
}

/// The clocks of a customer's zones.
pub(crate) struct Clocks {
    known: Vec<&'static Clock>,
    /// Whether a zone is not in the database, or there is none: closed.
    blind: bool,
}

impl Clocks {
    pub(crate) fn of(candidates: &Candidates) -> Self {
        let known: Vec<_> = candidates.zones.iter().filter_map(|zone| zones::clock(zone)).collect();
        Self { blind: known.is_empty() || known.len() != candidates.zones.len(), known }
    }

    pub(crate) fn local_times(&self, now: i64) -> impl Iterator<Item = (&'static str, String)> {
        self.known.iter().filter_map(move |clock| Some((clock.id, clock.minute(now)?)))
    }

    /// The first of them on which a schedule alone is closed at an instant.
    pub(crate) fn closed(&self, schedule: &Schedule, at: i64) -> Option<Closed> {
        let clock = self.all(schedule).find(|clock| clock.is_open(schedule, at) != Some(true))?;
        let day = at.checked_add(clock.stretch(at)?.offset)?.div_euclid(DAY);
        Some(Closed { zone: clock.id, local: clock.minute(at)?, day, span: schedule.span(day) })
    }

    fn all(&self, schedule: &Schedule) -> impl Iterator<Item = &'static Clock> {
        self.known.iter().copied().chain(schedule.clock)
    }
}

/// The first opening from `from` on that lasts `needed` ms, by the rows that
/// are in force at each instant on the way.
pub(crate) fn opening(
    from: i64,
    candidates: &Candidates,
    clocks: &Clocks,
    pack: &RulePack,
    purpose: Purpose,
    needed: i64,
) -> Option<Opening> {
    let mut at = from;
    for _ in 0..CHANGES_MAX {
        let Some(schedule) = pack.hours(at, candidates.regions, purpose) else {
            return Some(Opening { opens: at, closes: at.checked_add(HORIZON)? });
        };
        let found = if clocks.blind { None } else { search(clocks, &schedule, at, needed) };
        match found {
            Some(found) if found.opens < schedule.changes_at => {
                let closes = found.closes.min(schedule.changes_at);
                if closes - found.opens >= needed {
                    return Some(Opening { opens: found.opens, closes });
                }
            }
            _ if clocks.blind || schedule.changes_at == i64::MAX => return None,
            _ => {}
        }
        at = schedule.changes_at;
    }
    None
}

/// The first time all clocks are open together for long enough.
fn search(clocks: &Clocks, schedule: &Schedule, now: i64, needed: i64) -> Option<Opening> {
    let end = now.checked_add(HORIZON)?;
    let mut at = now;
    while at <= end {
        // Wait for the clock that opens last; the others may have closed then.
        let mut latest = at;
        for clock in clocks.all(schedule) {
            latest = latest.max(clock.turns(schedule, at, end, true)??);
        }
        if latest > at {
            at = latest;
            continue;
        }
        // A clock that never closes is open to the horizon, and asked again then.
        let horizon = at.checked_add(HORIZON)?;
        let mut closes = horizon;
        for clock in clocks.all(schedule) {
            closes = closes.min(clock.turns(schedule, at, horizon, false)?.unwrap_or(horizon));
        }
        if closes.checked_sub(at)? >= needed.max(1) {
            return Some(Opening { opens: at, closes });
        }
        at = closes;
    }
    None
}

impl Clock {
    fn is_open(&self, schedule: &Schedule, at: i64) -> Option<bool> {
        let local = at.checked_add(self.stretch(at)?.offset)?;
        let span = schedule.span(local.div_euclid(DAY));
        let of_day = local.rem_euclid(DAY);
        Some(of_day >= span.opens_ms() && of_day < span.closes_ms())
    }

    /// The first instant from `at` to `end` with the wanted state; `Some(None)`
    /// where there is none, `None` where the calendar ends.
    fn turns(&self, schedule: &Schedule, mut at: i64, end: i64, open: bool) -> Option<Option<i64>> {
        while at <= end {
            let stretch = self.stretch(at)?;
            let local = at.checked_add(stretch.offset)?;
            let (day, of_day) = (local.div_euclid(DAY), local.rem_euclid(DAY));
            let span = schedule.span(day);
            if (of_day >= span.opens_ms() && of_day < span.closes_ms()) == open {
                return Some(Some(at));
            }
            // The next time the hand reaches an edge, unless the clock is moved before.
            let local_edge = if open {
                if of_day < span.opens_ms() {
                    day * DAY + span.opens_ms()
                } else {
                    let next = (day + 1..=day + HORIZON_DAYS + 2).find(|day| schedule.span(*day).closes > 0);
                    match next {
                        Some(next) => next * DAY + schedule.span(next).opens_ms(),
                        None => return Some(None),
                    }
                }
            } else {
                day * DAY + span.closes_ms()
            };
            at = local_edge.checked_sub(stretch.offset)?.min(stretch.end);
        }
        Some(None)
    }
}
