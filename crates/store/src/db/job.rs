//! Closures on their way to a thread and their answers on the way back.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use domain::id::WorkspaceId;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::error::DbError;
use super::stats::Counters;
use super::stopwatch;
use super::transaction::{Done, ServerTx, Step, Tx};

/// A closure that takes longer holds up all others: it is logged.
const SLOW: Duration = Duration::from_millis(50);

/// How one run of a closure ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Whether the closure reported success and all its statements succeeded.
    pub(crate) ok: bool,
    pub(crate) done: Done,
}

/// A write closure with its caller.
pub(crate) trait WriteJob: Send {
    /// The workspace, if it is of one.
    fn ws(&self) -> Option<Uuid>;
    /// Runs the closure and keeps its answer.
    fn run(&mut self, step: Step<'_>) -> Outcome;
    /// Sends the kept answer, or the error instead of it.
    fn answer(self: Box<Self>, verdict: Result<(), DbError>);
}

/// A read closure with its caller.
pub(crate) trait ReadJob: Send {
    fn ws(&self) -> Option<Uuid>;
    /// Runs the closure and sends its answer.
    fn run(self: Box<Self>, step: Step<'_>) -> Done;
    /// Sends an error instead of running.
    fn refuse(self: Box<Self>, error: DbError);
}

/// A closure's answer or panic, and what it did.
pub(crate) type Ran<T, E> = (Result<Result<T, E>, Box<dyn Any + Send>>, Done);

/// Makes a tenant closure one over a step.
pub(crate) fn in_workspace<T, E, F>(ws: WorkspaceId, run: F) -> impl Fn(Step<'_>) -> Ran<T, E>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E>,
{
    move |step| {
        let mut tx = Tx { step, ws };
        // What the closure can reach is the step, which ends with it.
        let result = catch_unwind(AssertUnwindSafe(|| run(&mut tx)));
        (result, tx.step.end())
    }
}

/// Makes a tenant closure that runs once one over a step.
pub(crate) fn once_in_workspace<T, E, F>(ws: WorkspaceId, run: F) -> impl FnOnce(Step<'_>) -> Ran<T, E>
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
{
    move |step| {
        let mut tx = Tx { step, ws };
        let result = catch_unwind(AssertUnwindSafe(|| run(&mut tx)));
        (result, tx.step.end())
    }
}

/// Makes a server closure one over a step.
pub(crate) fn in_server<T, E, F>(run: F) -> impl Fn(Step<'_>) -> Ran<T, E>
where
    F: Fn(&mut ServerTx<'_>) -> Result<T, E>,
{
    move |step| {
        let mut tx = ServerTx { step };
        let result = catch_unwind(AssertUnwindSafe(|| run(&mut tx)));
        (result, tx.step.end())
    }
}

/// Makes a server closure that runs once one over a step.
pub(crate) fn once_in_server<T, E, F>(run: F) -> impl FnOnce(Step<'_>) -> Ran<T, E>
where
    F: FnOnce(&mut ServerTx<'_>) -> Result<T, E>,
{
    move |step| {
        let mut tx = ServerTx { step };
        let result = catch_unwind(AssertUnwindSafe(|| run(&mut tx)));
        (result, tx.step.end())
    }
}

/// The closure's answer, made an error where success was only claimed.
fn settle<T, E: From<DbError>>((result, done): Ran<T, E>, name: &'static str) -> (Result<T, E>, Done) {
    let answer = match result {
        Ok(Ok(_)) if done.failed.is_some() => {
            let cause = done.failed.clone().unwrap_or(DbError::Panicked);
            Err(E::from(DbError::Rollback(Box::new(cause))))
        }
        Ok(answer) => answer,
        Err(panic) => {
            let words = panic
                .downcast_ref::<&str>()
                .copied()
                .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
                .unwrap_or("no words");
            tracing::error!(closure = name, panic = words, "a transaction panicked");
            Err(E::from(DbError::Panicked))
        }
    };
    (answer, done)
}

fn note_time(name: &'static str, started: Instant, counters: &Counters) {
    let took = started.elapsed();
    if took > SLOW {
        Counters::add(&counters.slow, 1);
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(closure = name, ms, "a slow transaction holds up others");
    }
}

/// A write closure, its last answer and its caller.
pub(crate) struct Write<R, T, E> {
    pub(crate) ws: Option<Uuid>,
    pub(crate) name: &'static str,
    pub(crate) run: R,
    pub(crate) counters: std::sync::Arc<Counters>,
    pub(crate) result: Option<Result<T, E>>,
    pub(crate) caller: oneshot::Sender<Result<T, E>>,
}

impl<R, T, E> WriteJob for Write<R, T, E>
where
    R: Fn(Step<'_>) -> Ran<T, E> + Send,
    T: Send,
    E: From<DbError> + Send,
{
    fn ws(&self) -> Option<Uuid> {
        self.ws
    }

    fn run(&mut self, step: Step<'_>) -> Outcome {
        let started = stopwatch::start();
        let (result, done) = settle((self.run)(step), self.name);
        note_time(self.name, started, &self.counters);
        let ok = result.is_ok();
        self.result = Some(result);
        Outcome { ok, done }
    }

    fn answer(self: Box<Self>, verdict: Result<(), DbError>) {
        let answer = match (verdict, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(E::from(DbError::Unavailable("never run".to_owned()))),
            (Err(error), _) => Err(E::from(error)),
        };
        // A caller that went away needs no answer.
        let _ = self.caller.send(answer);
    }
}

/// A read closure and its caller.
pub(crate) struct Read<R, T, E> {
    pub(crate) ws: Option<Uuid>,
    pub(crate) name: &'static str,
    pub(crate) run: R,
    pub(crate) counters: std::sync::Arc<Counters>,
    pub(crate) caller: oneshot::Sender<Result<T, E>>,
}

impl<R, T, E> ReadJob for Read<R, T, E>
where
    R: FnOnce(Step<'_>) -> Ran<T, E> + Send,
    T: Send,
    E: From<DbError> + Send,
{
    fn ws(&self) -> Option<Uuid> {
        self.ws
    }

    fn run(self: Box<Self>, step: Step<'_>) -> Done {
        let Self { name, run, counters, caller, .. } = *self;
        let started = stopwatch::start();
        let (result, done) = settle(run(step), name);
        note_time(name, started, &counters);
        let _ = caller.send(result);
        done
    }

    fn refuse(self: Box<Self>, error: DbError) {
        let _ = self.caller.send(Err(E::from(error)));
    }
}
