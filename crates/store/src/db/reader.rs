//! A reader: one of the threads that run read closures.

use std::sync::Arc;

use super::conn::{Begin, Conn};
use super::fault::Faults;
use super::job::ReadJob;
use super::queue::Queue;
use super::stats::Counters;
use super::transaction::Step;

/// What a reader's thread needs beside its connection.
#[derive(Clone)]
pub(crate) struct Reader {
    pub(crate) queue: Arc<Queue<Box<dyn ReadJob>>>,
    pub(crate) faults: Faults,
    pub(crate) counters: Arc<Counters>,
}

impl Reader {
    /// Runs until the queue is closed and empty.
    pub(crate) fn run(&self, conn: &mut dyn Conn) {
        while let Some(taken) = self.queue.take(1, || conn.rest()) {
            for job in taken.jobs {
                self.one(conn, job);
            }
        }
    }

    fn one(&self, conn: &mut dyn Conn, job: Box<dyn ReadJob>) {
        let begun = self.faults.begin().and_then(|()| conn.ready()).and_then(|()| conn.begin(Begin::Read(job.ws())));
        if let Err(error) = begun {
            return job.refuse(error);
        }
        Counters::add(&self.counters.reads, 1);
        // Reads are no points of a crash: they leave nothing behind.
        let quiet = Faults::default();
        let done = job.run(Step::new(conn, &quiet, &self.counters));
        if done.failed.is_some() {
            return conn.rollback();
        }
        // The answer is out already; the end of the transaction is waited for
        // afterwards, while nobody does.
        conn.end_read();
        if conn.settle().is_err() {
            conn.rollback();
        }
    }
}
