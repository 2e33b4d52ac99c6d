//! What the connections of an account have in common, and which of them takes the next text.

use crate::clock::now;
use crate::dice::Dice;
use crate::intake::Intake;
use crate::keeper::BindState;
use crate::link::Out;
use crate::pdu::BindKind;
use crate::settings::Settings;
use crate::status;
use crate::throttle::Throttle;
use domain::outcome::{ErrorClass, Submission};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, sleep_until};

/// One connection's place; it outlives the connection.
pub(crate) struct Slot {
    pub kind: BindKind,
    lane: Mutex<Lane>,
}

struct Lane {
    out: Option<mpsc::Sender<Out>>,
    in_flight: u32,
    throttle: Throttle,
}

/// An account at work.
pub(crate) struct Shared {
    pub settings: Settings,
    pub slots: Vec<Slot>,
    pub closing: watch::Sender<bool>,
    pub dice: Dice,
    pub intake: Intake,
    pub draining: AtomicBool,
    pub reference: AtomicU8,
    pub states: watch::Sender<Vec<BindState>>,
    under_way: AtomicUsize,
    changed: Notify,
    idle: Notify,
}

/// The right to have one more text on a connection.
pub(crate) struct Permit<'a> {
    shared: &'a Shared,
    index: usize,
    pub out: mpsc::Sender<Out>,
}

impl Shared {
    pub(crate) fn new(settings: Settings, intake: Intake, seed: u64) -> Self {
        let lane = || Lane {
            out: None,
            in_flight: 0,
            throttle: Throttle::new(settings.bounds.window, settings.patience.throttle),
        };
        let slots = settings.binds.iter().map(|kind| Slot { kind: *kind, lane: Mutex::new(lane()) }).collect();
        let states = watch::channel(vec![BindState::Connecting; settings.binds.len()]).0;
        let dice = Dice::new(seed);
        let reference = AtomicU8::new(u8::try_from(dice.permille() % 256).unwrap_or(0));
        Self {
            settings,
            slots,
            closing: watch::channel(false).0,
            dice,
            intake,
            draining: AtomicBool::new(false),
            reference,
            states,
            under_way: AtomicUsize::new(0),
            changed: Notify::new(),
            idle: Notify::new(),
        }
    }

    pub(crate) fn show(&self, index: usize, state: BindState) {
        self.states.send_modify(|states| states[index] = state);
        self.changed.notify_waiters();
    }

    /// Lets texts have a connection, or no longer.
    pub(crate) fn set_out(&self, index: usize, out: Option<mpsc::Sender<Out>>) {
        self.lane(index).out = out;
        self.changed.notify_waiters();
    }

    fn lane(&self, index: usize) -> MutexGuard<'_, Lane> {
        self.slots[index].lane.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place on the connection with the fewest texts, waited for until `until`.
    ///
    /// # Errors
    /// What it means for a text that there was none: nothing of it was written.
    pub(crate) async fn acquire(&self, until: Instant) -> Result<Permit<'_>, Submission> {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            let now = now();
            if let Some(permit) = self.try_acquire(now) {
                return Ok(permit);
            }
            let paused = self.paused_until(now);
            if now >= until || paused.is_some_and(|end| end > until) {
                return Err(self.without(now, paused));
            }
            let wake = self.next_pause_end(now).map_or(until, |end| end.min(until));
            tokio::select! {
                () = changed => {}
                () = sleep_until(wake) => {}
            }
        }
    }

    fn try_acquire(&self, now: Instant) -> Option<Permit<'_>> {
        let free = (0..self.slots.len()).filter_map(|index| {
            let lane = self.lane(index);
            let open = lane.out.is_some() && lane.throttle.paused_until(now).is_none();
            (open && lane.in_flight < lane.throttle.window()).then_some((lane.in_flight, index))
        });
        let (_, index) = free.min()?;
        let mut lane = self.lane(index);
        // Another thread may have been faster: the waiter looks again when that one is done.
        let open = lane.in_flight < lane.throttle.window();
        let out = lane.out.clone().filter(|_| open)?;
        lane.in_flight += 1;
        Some(Permit { shared: self, index, out })
    }

    /// When the first pause ends, if every connection that is up pauses.
    fn paused_until(&self, now: Instant) -> Option<Instant> {
        let lanes = (0..self.slots.len()).map(|index| self.lane(index));
        let ends: Vec<_> =
            lanes.filter(|lane| lane.out.is_some()).map(|lane| lane.throttle.paused_until(now)).collect();
        ends.into_iter().collect::<Option<Vec<_>>>()?.into_iter().min()
    }

    /// When the first pause of any connection ends.
    fn next_pause_end(&self, now: Instant) -> Option<Instant> {
        (0..self.slots.len()).filter_map(|index| self.lane(index).throttle.paused_until(now)).min()
    }

    fn without(&self, now: Instant, paused: Option<Instant>) -> Submission {
        if let Some(end) = paused {
            return self.throttled(status::THROTTLED, now, end);
        }
        if (0..self.slots.len()).any(|index| self.lane(index).out.is_some()) {
            return Submission::HandedBack;
        }
        let refused = self.states.borrow().iter().find_map(|state| match state {
            BindState::Refused(code) => Some(*code),
            BindState::Connecting
            | BindState::Bound
            | BindState::Unreachable(_)
            | BindState::Lost(_)
            | BindState::Closed => None,
        });
        match refused {
            Some(code) => refusal(code, None),
            None => not_taken(ErrorClass::Network, "not_connected".to_owned(), None),
        }
    }

    fn throttled(&self, code: u32, now: Instant, end: Instant) -> Submission {
        let wait = i64::try_from(end.saturating_duration_since(now).as_millis()).unwrap_or(i64::MAX);
        refusal(code, Some(wait))
    }

    /// A text is being submitted for as long as the guard lives.
    pub(crate) fn under_way(&self) -> UnderWay<'_> {
        self.under_way.fetch_add(1, Ordering::AcqRel);
        UnderWay(self)
    }

    /// Lets no new text in, and waits for those under way.
    pub(crate) async fn drain(&self) {
        self.draining.store(true, Ordering::Release);
        loop {
            let mut idle = std::pin::pin!(self.idle.notified());
            idle.as_mut().enable();
            if self.under_way.load(Ordering::Acquire) == 0 {
                return;
            }
            idle.await;
        }
    }
}

/// See [`Shared::under_way`].
pub(crate) struct UnderWay<'a>(&'a Shared);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if self.0.under_way.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.idle.notify_waiters();
        }
    }
}

impl Permit<'_> {
    /// The centre took what was sent.
    pub(crate) fn taken(&self) {
        self.shared.lane(self.index).throttle.taken();
        // The window may have grown by one.
        self.shared.changed.notify_one();
    }

    /// The centre said *too much*: what that means for the text.
    pub(crate) fn throttled(&self, code: u32) -> Submission {
        let now = now();
        let end = {
            let mut lane = self.shared.lane(self.index);
            lane.throttle.refused(now, self.shared.dice.permille());
            lane.throttle.paused_until(now).unwrap_or(now)
        };
        self.shared.throttled(code, now, end)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut lane = self.shared.lane(self.index);
        lane.in_flight = lane.in_flight.saturating_sub(1);
        drop(lane);
        self.shared.changed.notify_one();
    }
}

/// A refusal of the centre's.
pub(crate) fn refusal(code: u32, retry_after_ms: Option<i64>) -> Submission {
    not_taken(status::class_of(code), status::shown(code), retry_after_ms)
}

pub(crate) const fn not_taken(class: ErrorClass, code: String, retry_after_ms: Option<i64>) -> Submission {
    Submission::NotTaken { class, code, retry_after_ms }
}
