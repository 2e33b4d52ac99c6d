//! A lane: the thread that runs write closures in groups.
//!
//! A lane takes all that has queued up and runs it as one transaction, so many
//! callers share one flush to disk. On PostgreSQL a group is of one workspace.
//! Where one closure fails after it wrote, the group is rolled back and runs
//! again: on SQLite with a savepoint for each closure, elsewhere, and where
//! that did not help, one by one. Savepoints are not there from the start,
//! since for each one SQLite keeps pages as they were and empties its search
//! index's memory. Answers go out after the commit.

use std::collections::HashMap;
use std::sync::Arc;

use domain::id::WorkspaceId;
use tokio::sync::broadcast;
use uuid::Uuid;

use super::chain::{self, Seals};
use super::conn::{Begin, Conn, Engine, Events};
use super::error::{DbError, DbErrorKind};
use super::fault::Faults;
use super::job::{Outcome, WriteJob};
use super::queue::{Queue, Taken};
use super::stats::Counters;
use super::store::Commit;
use super::transaction::Step;

/// How often a closure is tried when other transactions come in between.
const TRIES: usize = 3;
/// How often a closure is tried whose row another transaction has put in first:
/// the second run finds that row where the first found none.
const TRIES_OF_CONFLICT: usize = 2;

pub(crate) type Job = Box<dyn WriteJob>;

/// What a lane's thread needs beside its connection.
#[derive(Clone)]
pub(crate) struct Lane {
    pub(crate) queue: Arc<Queue<Job>>,
    /// The most closures in one transaction.
    pub(crate) group: usize,
    pub(crate) faults: Faults,
    pub(crate) counters: Arc<Counters>,
    pub(crate) commits: broadcast::Sender<Commit>,
}

/// How a group ended, when it did not commit.
enum Broken {
    /// Its closures shall run one by one.
    Split,
    /// All of them fail with this.
    All(DbError),
}

impl Lane {
    /// Runs until the queue is closed and empty.
    pub(crate) fn run(&self, conn: &mut dyn Conn) {
        while let Some(Taken { jobs, turn }) = self.queue.take(self.group, || conn.rest()) {
            if conn.engine() == Engine::Sqlite {
                self.group(conn, jobs);
            } else {
                for jobs in by_workspace(jobs) {
                    self.group(conn, jobs);
                }
            }
            drop(turn);
        }
    }

    fn group(&self, conn: &mut dyn Conn, mut jobs: Vec<Job>) {
        Counters::add(&self.counters.groups, 1);
        let ways: &[bool] = match conn.engine() {
            _ if jobs.len() < 2 => &[],
            Engine::Sqlite => &[false, true],
            Engine::Postgres => &[false],
        };
        for savepoints in ways {
            match self.together(conn, &mut jobs, *savepoints) {
                Ok(()) => return self.answer(jobs, &Ok(())),
                Err(Broken::All(error)) => return self.answer(jobs, &Err(error)),
                Err(Broken::Split) => {
                    let count = u64::try_from(jobs.len()).unwrap_or(u64::MAX);
                    Counters::add(&self.counters.reruns, count);
                }
            }
        }
        for job in jobs {
            self.alone(conn, job);
        }
    }

    fn answer(&self, jobs: Vec<Job>, verdict: &Result<(), DbError>) {
        if verdict.is_ok() {
            Counters::add(&self.counters.writes, u64::try_from(jobs.len()).unwrap_or(u64::MAX));
        }
        for job in jobs {
            job.answer(verdict.clone());
        }
    }

    /// All closures in one transaction, each on a savepoint if asked for.
    fn together(&self, conn: &mut dyn Conn, jobs: &mut [Job], savepoints: bool) -> Result<(), Broken> {
        self.begin(conn, jobs.first().and_then(|job| job.ws())).map_err(Broken::All)?;
        let mut tail = Tail::default();
        for job in jobs {
            if savepoints {
                self.guard(conn, |conn| conn.savepoint())?;
            }
            let outcome = self.once(conn, job).map_err(|error| self.broken(conn, error))?;
            if outcome.ok {
                if savepoints {
                    self.guard(conn, |conn| conn.release())?;
                }
                tail.collect(outcome);
                continue;
            }
            match outcome.done.failed {
                Some(DbError::Crashed) => return Err(self.broken(conn, DbError::Crashed)),
                // With a savepoint everybody else is unharmed, unless SQLite
                // has rolled back the whole transaction.
                failed if savepoints => match failed {
                    _ if conn.in_transaction() => self.guard(conn, |conn| conn.undo())?,
                    Some(error) => return Err(self.broken(conn, error)),
                    None => return Err(Broken::Split),
                },
                // A closure that only read and then declined leaves no trace.
                None if !outcome.done.wrote => {}
                Some(error) => return Err(self.broken(conn, error)),
                None => return Err(self.broken(conn, DbError::Panicked)),
            }
        }
        self.commit(conn, &tail).map_err(|error| self.broken(conn, error))
    }

    /// One closure in its own transaction, tried again where that may help.
    fn alone(&self, conn: &mut dyn Conn, mut job: Job) {
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.attempt(conn, &mut job) {
                Ok(()) => {
                    Counters::add(&self.counters.writes, 1);
                    return job.answer(Ok(()));
                }
                Err(error) => error,
            };
            match error {
                // The closure's own answer, be it an error it made of a failed statement.
                Attempt::Declined { lost, cause } => {
                    let most = if lost { TRIES } else { cause.map_or(1, |cause| most_tries(conn, cause)) };
                    if tries >= most {
                        return job.answer(Ok(()));
                    }
                }
                Attempt::Failed(error) => {
                    if tries >= most_tries(conn, error.kind()) {
                        return job.answer(Err(error));
                    }
                }
            }
        }
    }

    fn attempt(&self, conn: &mut dyn Conn, job: &mut Job) -> Result<(), Attempt> {
        self.begin(conn, job.ws()).map_err(Attempt::Failed)?;
        let outcome = match self.once(conn, job) {
            Ok(outcome) => outcome,
            Err(error) => {
                self.rollback(conn);
                return Err(Attempt::Failed(error));
            }
        };
        if !outcome.ok {
            // A transaction that is gone went with its connection.
            let lost = conn.engine() == Engine::Postgres && !conn.in_transaction();
            self.rollback(conn);
            return Err(match outcome.done.failed {
                Some(DbError::Crashed) => Attempt::Failed(DbError::Crashed),
                Some(cause) => Attempt::Declined { lost, cause: Some(cause.kind()) },
                None => Attempt::Declined { lost: false, cause: None },
            });
        }
        let mut tail = Tail::default();
        tail.collect(outcome);
        self.commit(conn, &tail).map_err(|error| {
            self.rollback(conn);
            Attempt::Failed(error)
        })
    }

    /// Runs a closure, and twice if that is asked for.
    fn once(&self, conn: &mut dyn Conn, job: &mut Job) -> Result<Outcome, DbError> {
        if self.faults.run_twice {
            conn.savepoint()?;
            job.run(Step::new(conn, &self.faults, &self.counters));
            if conn.in_transaction() {
                // What the first run sent ahead may have failed; undone anyway.
                let _ = conn.settle();
                conn.undo()?;
            }
        }
        Ok(job.run(Step::new(conn, &self.faults, &self.counters)))
    }

    fn begin(&self, conn: &mut dyn Conn, ws: Option<Uuid>) -> Result<(), DbError> {
        self.faults.begin()?;
        conn.ready()?;
        conn.begin(Begin::Write(ws))
    }

    fn commit(&self, conn: &mut dyn Conn, tail: &Tail) -> Result<(), DbError> {
        let events = &tail.events;
        self.faults.point()?;
        chain::append(conn, &tail.seals)?;
        let numbers = conn.commit(events)?;
        Counters::add(&self.counters.commits, 1);
        let count = events.values().map(Vec::len).sum::<usize>();
        Counters::add(&self.counters.events, u64::try_from(count).unwrap_or(u64::MAX));
        self.faults.point()?;
        for (ws, last_seq) in numbers {
            // Nobody listening is fine.
            let _ = self.commits.send(Commit { ws: WorkspaceId::new(ws), last_seq });
        }
        Ok(())
    }

    fn rollback(&self, conn: &mut dyn Conn) {
        Counters::add(&self.counters.rollbacks, 1);
        conn.rollback();
    }

    /// Rolls back and decides whether running one by one can help.
    fn broken(&self, conn: &mut dyn Conn, error: DbError) -> Broken {
        self.rollback(conn);
        match error.kind() {
            DbErrorKind::Crashed | DbErrorKind::OutcomeUnknown => Broken::All(error),
            _ => Broken::Split,
        }
    }

    fn guard(&self, conn: &mut dyn Conn, act: impl FnOnce(&mut dyn Conn) -> Result<(), DbError>) -> Result<(), Broken> {
        act(conn).map_err(|error| self.broken(conn, error))
    }
}

/// Why a closure alone did not commit.
enum Attempt {
    /// The closure returned an error, or a statement of it failed.
    Declined {
        /// Whether the connection went with it.
        lost: bool,
        /// The statement's failure, if one failed.
        cause: Option<DbErrorKind>,
    },
    /// The transaction around it failed.
    Failed(DbError),
}

/// How often a closure is run that failed with this. SQLite has one writer, so
/// that what is in the way there was there before.
fn most_tries(conn: &dyn Conn, failed: DbErrorKind) -> usize {
    match failed {
        DbErrorKind::Serialization => TRIES,
        DbErrorKind::Conflict if conn.engine() == Engine::Postgres => TRIES_OF_CONFLICT,
        DbErrorKind::Conflict
        | DbErrorKind::Unavailable
        // It has waited as long as its caller can.
        | DbErrorKind::Blocked
        | DbErrorKind::Full
        | DbErrorKind::Constraint
        | DbErrorKind::OutcomeUnknown
        | DbErrorKind::Scope
        | DbErrorKind::Decode
        | DbErrorKind::ReadOnly
        | DbErrorKind::Rollback
        | DbErrorKind::Panicked
        | DbErrorKind::Statement
        | DbErrorKind::Crashed => 1,
    }
}

/// What a group writes last.
#[derive(Default)]
struct Tail {
    events: Events,
    seals: Seals,
}

impl Tail {
    fn collect(&mut self, outcome: Outcome) {
        for (ws, event) in outcome.done.events {
            self.events.entry(ws).or_default().push(event);
        }
        for (ws, seal) in outcome.done.seals {
            self.seals.entry(ws).or_default().push(seal);
        }
    }
}

/// Splits by workspace; within one the order stays.
fn by_workspace(jobs: Vec<Job>) -> Vec<Vec<Job>> {
    let mut places = HashMap::new();
    let mut groups: Vec<Vec<Job>> = Vec::new();
    for job in jobs {
        let place = *places.entry(job.ws()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(job),
            None => groups.push(vec![job]),
        }
    }
    groups
}
