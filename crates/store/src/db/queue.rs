//! A queue from async callers to a worker thread.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::way::{Turn, Way};

/// More than this waiting means the database cannot keep up: callers are
/// refused at once instead of waiting without end.
const LIMIT: usize = 16_384;

/// A thread without work for this long puts things away.
const IDLE: Duration = Duration::from_secs(10);

/// Most bulky jobs taken together, while nothing else has come for a while.
const BULK_TOGETHER: usize = 4;

/// How soon a thread whose bulky jobs gave way asks again.
const ASK_AGAIN: Duration = Duration::from_millis(2);

#[derive(Debug)]
struct State<J> {
    jobs: VecDeque<J>,
    /// Bulky jobs, and whether each wants a transaction of its own.
    bulk: VecDeque<(J, bool)>,
    /// How often bulky jobs were taken since the last other one.
    bulk_row: usize,
    closed: bool,
}

impl<J> State<J> {
    fn len(&self) -> usize {
        self.jobs.len() + self.bulk.len()
    }

    /// Everything else goes before bulky jobs, but not twice in a row: neither
    /// can hold up the other for longer than one transaction. `None` where only
    /// bulky jobs are left and it is not their turn.
    fn next(&mut self, max: usize, turn: impl FnOnce() -> Option<Turn>) -> Option<Taken<J>> {
        let quick = self.bulk.is_empty() || (self.bulk_row > 0 && !self.jobs.is_empty());
        let turn = if quick { None } else { turn() };
        if turn.is_none() {
            if self.jobs.is_empty() {
                return None;
            }
            self.bulk_row = 0;
            let count = self.jobs.len().min(max);
            return Some(Taken { jobs: self.jobs.drain(..count).collect(), turn: None });
        }
        let together = if self.jobs.is_empty() { self.bulk_row.clamp(1, BULK_TOGETHER) } else { 1 };
        self.bulk_row += 1;
        let sociable = self.bulk.iter().take(together).take_while(|(_, alone)| !alone).count();
        Some(Taken { jobs: self.bulk.drain(..sociable.max(1)).map(|(job, _)| job).collect(), turn })
    }
}

/// Jobs for one transaction.
#[derive(Debug)]
pub(crate) struct Taken<J> {
    /// In order.
    pub(crate) jobs: Vec<J>,
    /// Of bulky ones: to be held until they are done.
    pub(crate) turn: Option<Turn>,
}

/// With what else a job shares a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// With all that waits.
    Quick,
    /// It takes long: with a few of its kind, after what is quick.
    Bulk,
    /// As [`Share::Bulk`], with nothing else: its commit must not wait for others' work.
    Alone,
}

/// Jobs in order of arrival, for one or several threads.
#[derive(Debug)]
pub(crate) struct Queue<J> {
    state: Mutex<State<J>>,
    wake: Condvar,
    way: Way,
    /// This queue's number among those who share the way.
    lane: usize,
}

/// Why a job was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Full,
    Closed,
}

impl<J> Queue<J> {
    /// Whose bulky jobs wait for nobody else's.
    pub(crate) fn new() -> Self {
        Self::sharing(Way::default(), 0)
    }

    /// A lane's, that takes turns with the others on the same way.
    pub(crate) fn sharing(way: Way, lane: usize) -> Self {
        Self {
            state: Mutex::new(State { jobs: VecDeque::new(), bulk: VecDeque::new(), bulk_row: 0, closed: false }),
            wake: Condvar::new(),
            way,
            lane,
        }
    }

    // A panic while the lock is held cannot leave the queue half changed.
    fn state(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a job behind those of its kind.
    pub(crate) fn push(&self, job: J, share: Share) -> Result<(), Refused> {
        let mut state = self.state();
        if state.closed {
            return Err(Refused::Closed);
        }
        if state.len() >= LIMIT {
            return Err(Refused::Full);
        }
        match share {
            Share::Quick => state.jobs.push_back(job),
            Share::Bulk => state.bulk.push_back((job, false)),
            Share::Alone => state.bulk.push_back((job, true)),
        }
        drop(state);
        self.wake.notify_one();
        Ok(())
    }

    /// Waits for jobs and takes up to `max`; calls `idle` once if none come
    /// for a while. `None` once closed and empty.
    pub(crate) fn take(&self, max: usize, idle: impl FnOnce()) -> Option<Taken<J>> {
        let mut state = self.state();
        let mut idle = Some(idle);
        loop {
            if state.len() > 0 {
                if let Some(taken) = state.next(max, || self.way.bulk(self.lane)) {
                    return Some(taken);
                }
                state = self.wake.wait_timeout(state, ASK_AGAIN).unwrap_or_else(PoisonError::into_inner).0;
                continue;
            }
            if state.closed {
                return None;
            }
            if idle.is_none() {
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let waited = self.wake.wait_timeout(state, IDLE).unwrap_or_else(PoisonError::into_inner);
            state = waited.0;
            if waited.1.timed_out()
                && state.len() == 0
                && let Some(idle) = idle.take()
            {
                drop(state);
                idle();
                state = self.state();
            }
        }
    }

    /// Takes no more jobs; those waiting are still handed out.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.wake.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bulky_jobs_and_the_others_take_turns() -> Result<(), Refused> {
        let queue = Queue::new();
        for n in 0..8 {
            queue.push(100 + n, Share::Bulk)?;
        }
        let take = || queue.take(512, || {}).map(|taken| taken.jobs).unwrap_or_default();
        assert_eq!(take(), [100]);
        queue.push(1, Share::Quick)?;
        queue.push(2, Share::Quick)?;
        assert_eq!(take(), [1, 2], "what came later goes before the rest of the bulk");
        queue.push(3, Share::Quick)?;
        assert_eq!(take(), [101], "but not twice in a row");
        assert_eq!(take(), [3]);
        assert_eq!((take(), take(), take()), (vec![102], vec![103], vec![104, 105]), "alone, more and more together");
        queue.push(200, Share::Alone)?;
        queue.push(108, Share::Bulk)?;
        queue.close();
        assert_eq!((take(), take(), take()), (vec![106, 107], vec![200], vec![108]), "who wants to be alone is");
        assert!(queue.take(512, || {}).is_none());
        assert_eq!(queue.push(1, Share::Bulk), Err(Refused::Closed));
        Ok(())
    }

    #[test]
    fn while_bulky_jobs_give_way_the_others_go_on() -> Result<(), Refused> {
        let way = Way::default();
        let queue = Queue::sharing(way.clone(), 0);
        let _person = way.person();
        let another_lane = way.bulk(1);
        queue.push(100, Share::Bulk)?;
        queue.push(1, Share::Quick)?;
        let take = || queue.take(512, || {}).map(|taken| taken.jobs).unwrap_or_default();
        assert_eq!(take(), [1], "not behind what itself has to wait");
        std::thread::scope(|scope| {
            let taken = scope.spawn(take);
            drop(another_lane);
            assert_eq!(taken.join().unwrap_or_default(), [100], "as soon as it may");
        });
        Ok(())
    }
}
