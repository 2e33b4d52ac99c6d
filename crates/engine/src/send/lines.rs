//! Lines: what is handed over one batch after another, beside all other lines.
//!
//! An account's provider may be slow; no other account waits for it. Within an
//! account, what a customer waits for never stands behind a campaign.

use crate::Engine;
use domain::id::{AccountId, WorkspaceId};
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{DbError, outbox};
use tokio::task::JoinSet;

/// Batches of one line under way at once: one is claimed while the one before
/// it is with the provider or being settled.
const BATCHES: usize = 2;
/// Most lines at work at once.
const LINES: usize = 64;
/// Lines that only what customers wait for may take of them.
const LINES_KEPT: usize = 16;
/// Batches after which a line gives its place to one that has none.
const TURN: u32 = 4;
/// How long a line waits after a batch came too late for the provider, in ms;
/// twice as long after each further one.
const LATE_PAUSE_MS: u64 = 25;
/// Most times a batch is halved and the wait doubled.
const LATE_MAX: u32 = 5;

/// Which lanes of an account go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Lane 0: confirmations of opt-outs, and one-time codes.
    Owed,
    /// Lane 1: people's texts, and answers to keywords.
    People,
    /// Lanes 2 to 4: what programs send.
    Rest,
    /// Every lane, in order; for those who drive the road by hand.
    All,
}

impl Class {
    /// The lanes of the class; see `reply::lane`.
    pub(crate) const fn lanes(self) -> RangeInclusive<i64> {
        match self {
            Self::Owed => 0..=0,
            Self::People => 1..=1,
            Self::Rest => 2..=4,
            Self::All => 0..=4,
        }
    }

    const fn of(lane: i64) -> Self {
        match lane {
            0 => Self::Owed,
            1 => Self::People,
            _ => Self::Rest,
        }
    }
}

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Line {
    pub(crate) ws: WorkspaceId,
    pub(crate) account: AccountId,
    pub(crate) class: Class,
}

/// The lines somebody works on, and whether they were asked to look again.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    held: Mutex<HashMap<Line, bool>>,
    closed: AtomicBool,
    turns: Mutex<Turns>,
    /// Whether a line that is due has found no place.
    crowded: AtomicBool,
}

/// When each line that is due had its last turn.
#[derive(Debug, Default)]
struct Turns {
    number: u64,
    last: HashMap<Line, u64>,
}

impl Turns {
    /// Puts lines in the order in which they may begin: what customers wait for
    /// first, and among equals who has waited longest. Forgets all others.
    fn order(&mut self, due: &mut [Line]) {
        self.last.retain(|line, _| due.contains(line));
        // Who has had no turn yet goes before all who had one.
        due.sort_by_key(|line| (line.class, self.last.get(line).copied()));
    }

    fn begins(&mut self, line: Line) {
        self.number += 1;
        self.last.insert(line, self.number);
    }
}

impl Lines {
    fn all(&self) -> MutexGuard<'_, HashMap<Line, bool>> {
        // No statement under the lock can leave it half changed.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody shall claim any more, or another is due for the place.
    fn turn_over(&self, batches: u32) -> bool {
        self.closed.load(Ordering::SeqCst) || (batches >= TURN && self.crowded.load(Ordering::SeqCst))
    }

    /// Lets nobody claim any more; what was claimed is finished.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// Takes a line. None while somebody works on it, who then looks once more
    /// before leaving: what has just come due is not left to a later round.
    pub(crate) fn enter(self: &Arc<Self>, line: Line) -> Option<Held> {
        let mut all = self.all();
        if let Some(again) = all.get_mut(&line) {
            *again = true;
            return None;
        }
        all.insert(line, false);
        Some(Held { lines: Arc::clone(self), line, left: false })
    }
}

/// A line somebody works on, until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    lines: Arc<Lines>,
    line: Line,
    left: bool,
}

impl Held {
    /// Leaves the line, unless it was asked to look again.
    fn leave(mut self) -> Option<Self> {
        let mut all = self.lines.all();
        if let Some(again) = all.get_mut(&self.line)
            && std::mem::take(again)
        {
            drop(all);
            return Some(self);
        }
        all.remove(&self.line);
        drop(all);
        self.left = true;
        None
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Whoever has left may have been followed by another.
        if !self.left {
            self.lines.all().remove(&self.line);
        }
    }
}

impl Engine {
    /// Lines with something due, what customers wait for first.
    pub(crate) async fn lines_due(&self) -> Result<Vec<Line>, DbError> {
        let now = self.now();
        let mut due = Vec::new();
        for ws in self.store().server().read(move |tx| outbox::workspaces_due(tx, now)).await? {
            let lanes = self.workspace(ws).read(move |tx| outbox::due_lanes(tx, now)).await?;
            due.extend(lanes.into_iter().map(|(account, lane)| Line { ws, account, class: Class::of(lane) }));
        }
        due.sort_by_key(|line| line.class);
        due.dedup();
        Ok(due)
    }

    /// One round of hand-overs, line after line. Returns how many intents were
    /// touched. For those who drive the road by hand, such as the simulation.
    ///
    /// # Errors
    /// When the store fails; nothing that was claimed is lost then.
    pub async fn dispatch_round(&self) -> Result<usize, DbError> {
        let mut touched = 0;
        for line in self.lines_due().await? {
            let accounts = self.accounts(line.ws).await?;
            let claimed = self.send_claim(line, &accounts).await?;
            touched += claimed.cleared.len() + claimed.stopped;
            if let Some(facts) = accounts.get(&line.account).filter(|_| !claimed.cleared.is_empty()) {
                self.send_hand_over(line.ws, facts, claimed.cleared).await?;
            }
        }
        Ok(touched)
    }

    /// Sets somebody to work on each line that is due and has nobody.
    pub(crate) async fn lines_start(
        &self,
        lines: &Arc<Lines>,
        workers: &mut JoinSet<Result<(), DbError>>,
    ) -> Result<(), DbError> {
        let mut due = self.lines_due().await?;
        lines.turns().order(&mut due);
        let mut left_out = false;
        for line in due {
            let room = if line.class == Class::Rest { LINES - LINES_KEPT } else { LINES };
            if lines.all().len() >= room {
                left_out |= !lines.all().contains_key(&line);
            } else if let Some(held) = lines.enter(line) {
                lines.turns().begins(line);
                workers.spawn(self.clone().line_work(held));
            }
        }
        lines.crowded.store(left_out, Ordering::SeqCst);
        Ok(())
    }

    /// Hands a line over until nothing of it is due, or others wait for its place.
    async fn line_work(self, mut held: Held) -> Result<(), DbError> {
        let line = held.line;
        let mut under_way = UnderWay::default();
        let mut turns = 0;
        let mut result = Ok(());
        while !self.stopped() && !held.lines.turn_over(turns) && result.is_ok() {
            let claimed = match self.line_claim(line, &mut under_way).await {
                Ok(touched) => touched,
                Err(error) => {
                    result = Err(error);
                    break;
                }
            };
            turns += 1;
            if claimed > 0 {
                while under_way.batches.len() >= BATCHES {
                    result = result.and(under_way.next().await);
                }
            } else if !under_way.batches.is_empty() {
                // What was handed back is due at once.
                result = under_way.next().await;
            } else {
                match held.leave() {
                    Some(again) => held = again,
                    None => return Ok(()),
                }
            }
            if let Some(pause_ms) = under_way.pause_ms() {
                self.nap(Duration::from_millis(pause_ms)).await;
            }
        }
        while !under_way.batches.is_empty() {
            result = result.and(under_way.next().await);
        }
        drop(held);
        if result.is_ok() {
            // Whoever waits for the place need not wait for the next look around.
            self.wake();
        }
        result
    }

    /// Claims one batch of a line and sends it on its way. Returns how many intents were touched.
    async fn line_claim(&self, line: Line, under_way: &mut UnderWay) -> Result<usize, DbError> {
        let accounts = self.accounts(line.ws).await?;
        let real = accounts.get(&line.account).is_none_or(|facts| facts.capabilities.real);
        // A line's two batches together are what may be with a provider at once: no more
        // than that can be in doubt when the process dies.
        let halved = under_way.late + u32::from(real);
        let claimed = self.send_claim_share(line, &accounts, halved).await?;
        let touched = claimed.cleared.len() + claimed.stopped;
        if let Some(facts) = accounts.get(&line.account).cloned().filter(|_| !claimed.cleared.is_empty()) {
            let engine = self.clone();
            under_way.batches.spawn(async move { engine.hand_over(line.ws, &facts, claimed.cleared).await });
        }
        Ok(touched)
    }
}

/// The batches of a line that are with the provider or being settled.
#[derive(Debug, Default)]
struct UnderWay {
    batches: JoinSet<Result<usize, DbError>>,
    /// How many of the last batches came too late in a row: a machine that is
    /// too slow for whole batches claims smaller ones, and not in a hot loop.
    late: u32,
    paused: u32,
}

impl UnderWay {
    /// Waits for one of them to end.
    async fn next(&mut self) -> Result<(), DbError> {
        match self.batches.join_next().await {
            Some(Ok(Ok(back))) => {
                self.late = if back > 0 { (self.late + 1).min(LATE_MAX) } else { self.late.saturating_sub(1) };
                Ok(())
            }
            Some(Ok(Err(error))) => Err(error),
            Some(Err(error)) => {
                tracing::error!(%error, "a hand-over broke down; its leases end in ambiguity");
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// How long to wait before the next claim, where the last one came too late.
    fn pause_ms(&mut self) -> Option<u64> {
        let again = self.late > self.paused || self.late == LATE_MAX;
        self.paused = self.late;
        again.then(|| LATE_PAUSE_MS << self.late)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn who_is_asked_while_at_work_looks_again_before_leaving() {
        let lines = Arc::new(Lines::default());
        let ws = WorkspaceId::new(Uuid::from_u128(1));
        let line = |class| Line { ws, account: AccountId::new(Uuid::from_u128(2)), class };
        let rest = lines.enter(line(Class::Rest)).unwrap_or_else(|| unreachable!("nobody is there"));
        assert!(lines.enter(line(Class::People)).is_some(), "people have a line of their own");
        assert!(lines.enter(line(Class::Rest)).is_none());
        let rest = rest.leave();
        assert!(rest.is_some(), "asked meanwhile");
        let Some(rest) = rest else { return };
        assert!(rest.leave().is_none());
        let next = lines.enter(line(Class::Rest));
        assert!(next.is_some(), "left");
        drop(next);
        assert!(lines.enter(line(Class::Rest)).is_some(), "dropped, as by a panic");
    }

    #[test]
    fn who_has_waited_longest_begins_first() {
        let line =
            |n, class| Line { ws: WorkspaceId::new(Uuid::from_u128(n)), account: AccountId::new(Uuid::nil()), class };
        let mut turns = Turns::default();
        let all = [line(1, Class::Rest), line(2, Class::Rest), line(3, Class::Rest)];
        let order = |turns: &mut Turns| {
            let mut due = [all[0], all[1], all[2], line(9, Class::People)];
            turns.order(&mut due);
            due
        };
        assert_eq!(order(&mut turns), [line(9, Class::People), all[0], all[1], all[2]]);
        turns.begins(all[0]);
        turns.begins(all[1]);
        assert_eq!(order(&mut turns), [line(9, Class::People), all[2], all[0], all[1]]);
        turns.begins(all[2]);
        turns.begins(all[0]);
        assert_eq!(order(&mut turns), [line(9, Class::People), all[1], all[2], all[0]]);
        turns.order(&mut [all[2]]);
        assert_eq!(turns.last.len(), 1, "what is due no longer is forgotten");
    }

    #[test]
    fn a_turn_ends_when_others_wait_and_not_before() {
        let lines = Lines::default();
        assert!(!lines.turn_over(1_000), "nobody waits");
        lines.crowded.store(true, Ordering::SeqCst);
        assert!(!lines.turn_over(TURN - 1));
        assert!(lines.turn_over(TURN));
        lines.crowded.store(false, Ordering::SeqCst);
        lines.close();
        assert!(lines.turn_over(0));
    }

    #[test]
    fn late_batches_make_a_line_slower_until_they_are_in_time() {
        let mut under_way = UnderWay::default();
        assert_eq!(under_way.pause_ms(), None);
        under_way.late = 1;
        assert_eq!((under_way.pause_ms(), under_way.pause_ms()), (Some(50), None), "once for each late batch");
        under_way.late = LATE_MAX;
        assert_eq!((under_way.pause_ms(), under_way.pause_ms()), (Some(800), Some(800)));
        under_way.late = 2;
        assert_eq!(under_way.pause_ms(), None, "it gets better");
    }

    #[test]
    fn every_lane_has_one_class() {
        for lane in Class::All.lanes() {
            assert!(Class::of(lane).lanes().contains(&lane));
        }
    }
}
