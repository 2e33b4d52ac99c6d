//! Who goes first where writes run side by side.
//!
//! PostgreSQL runs the bulky transactions of several lanes at once, and a blast
//! fills every core with them: whoever opens a conversation meanwhile waits in
//! line behind all. So while somebody waits for an answer, bulky transactions of
//! this process run one at a time, in the order in which their lanes asked.
//! Nobody waits here holding a transaction, so what runs always ends.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::stopwatch;

/// How long after their last request people count as being there: they look at
/// an answer and ask the next thing.
const THERE: Duration = Duration::from_millis(200);

#[derive(Debug, Default)]
struct State {
    /// Requests of people that are being answered.
    people: usize,
    /// When the last of them was answered.
    answered: Option<Instant>,
    /// Bulky transactions under way.
    bulk: usize,
    /// Lanes that were told to wait, the longest waiting first.
    waiting: VecDeque<usize>,
}

impl State {
    fn people_are_there(&self, now: Instant) -> bool {
        self.people > 0 || self.answered.is_some_and(|at| now.saturating_duration_since(at) < THERE)
    }
}

/// See the module. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Way(Arc<Mutex<State>>);

impl Way {
    // A panic while the lock is held cannot leave the state half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody waits for an answer, until what this returns is dropped.
    pub(crate) fn person(&self) -> Person {
        self.state().people += 1;
        Person(self.clone())
    }

    /// A turn for one bulky transaction of a lane, or none: ask again.
    pub(crate) fn bulk(&self, lane: usize) -> Option<Turn> {
        self.bulk_at(lane, stopwatch::start())
    }

    fn bulk_at(&self, lane: usize, now: Instant) -> Option<Turn> {
        let mut state = self.state();
        let alone = state.people_are_there(now);
        let first = state.waiting.front().is_none_or(|first| *first == lane);
        if alone && (state.bulk > 0 || !first) {
            if !state.waiting.contains(&lane) {
                state.waiting.push_back(lane);
            }
            return None;
        }
        state.waiting.retain(|other| *other != lane);
        state.bulk += 1;
        Some(Turn(self.clone()))
    }
}

/// Somebody who waits for an answer. While one is there, bulky writes of this
/// process give way.
#[derive(Debug)]
#[must_use = "a person is there until this is dropped"]
pub struct Person(Way);

impl Drop for Person {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.people = state.people.saturating_sub(1);
        state.answered = Some(stopwatch::start());
    }
}

/// A bulky transaction under way.
#[derive(Debug)]
pub(crate) struct Turn(Way);

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.bulk = state.bulk.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_there_nobody_waits() {
        let way = Way::default();
        let turns = [way.bulk(0), way.bulk(1), way.bulk(2)];
        assert!(turns.iter().all(Option::is_some));
    }

    #[test]
    fn while_a_person_waits_lanes_take_turns_in_the_order_they_asked() {
        let way = Way::default();
        let person = way.person();
        let first = way.bulk(0);
        assert!(first.is_some());
        assert!(way.bulk(1).is_none() && way.bulk(2).is_none());
        drop(first);
        assert!(way.bulk(0).is_none(), "it has had its turn, and two lanes wait");
        assert!(way.bulk(2).is_none(), "one waits longer");
        let second = way.bulk(1);
        assert!(second.is_some() && way.bulk(2).is_none());
        drop(second);
        assert!(way.bulk(2).is_some(), "and is done at once");
        assert!(way.bulk(0).is_some());
        // Just answered: they are still there.
        drop(person);
        let turn = way.bulk(0);
        assert!(turn.is_some() && way.bulk(1).is_none());
        let gone = stopwatch::start() + THERE;
        assert!(way.bulk_at(1, gone).is_some(), "gone, so both run side by side");
        assert!(way.bulk_at(2, gone).is_some());
    }
}
