//! The job that reads a file, piece after piece.

use super::rows::Prepared;
use super::{Counts, ImportError, ImportRow, id_of};
use crate::Engine;
use crate::audit::Actor;
use crate::consent::{Came, record_many_in};
use crate::jobs::LEASE_MS;
use domain::consent::Proof;
use domain::id::{ImportId, WorkspaceId};
use domain::import::Columns;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use store::job::{self, Job};
use store::{DbError, NewEvent, Tx, audit, import};

/// The kind of job it is.
pub(crate) const KIND: &str = "import";
/// The one state it has.
pub(super) const READING: &str = "reading";
/// How often somebody who waits for another's work looks.
const WAITING: Duration = Duration::from_millis(200);

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It is being read.
    Reading,
    /// Every row was read.
    Done,
    /// It broke off. The same file again goes over what is in without harm.
    Failed,
}

/// The file that is being read, if one is.
pub(super) fn at_work(tx: &mut Tx<'_>, now: i64) -> Result<Option<ImportId>, DbError> {
    let Some(job) = job::get(tx, KIND)? else { return Ok(None) };
    let given_up = job.attempts >= crate::jobs::ATTEMPTS_MAX && job.lease_until.is_none_or(|until| until <= now);
    Ok(id_of(&job.payload).filter(|_| !given_up))
}

/// A file with where it stands, given the one that is being read.
pub(super) fn stands(row: ImportRow, reading: Option<ImportId>) -> (ImportRow, Phase) {
    let phase = match row.finished_at {
        Some(_) => Phase::Done,
        None if reading == Some(row.id) => Phase::Reading,
        None => Phase::Failed,
    };
    (row, phase)
}

impl Engine {
    /// Reads a file that was begun, or waits for whoever does; tells after each piece how far it is.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn import_read(
        &self,
        ws: WorkspaceId,
        id: ImportId,
        mut told: impl FnMut(&ImportRow) + Send,
    ) -> Result<(ImportRow, Phase), ImportError> {
        loop {
            if let Some(job) = self.job_take(ws, KIND).await? {
                self.import_work(ws, job, &mut told).await?;
            }
            let (row, phase) = self.import_get(ws, id).await?.ok_or(ImportError::NotFound)?;
            if phase != Phase::Reading || self.stopped() {
                return Ok((row, phase));
            }
            told(&row);
            self.nap(WAITING).await;
        }
    }

    /// Takes up a file whose process has ended.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn import_take_up(&self, ws: WorkspaceId) -> Result<(), ImportError> {
        let Some(job) = self.job_take(ws, KIND).await? else { return Ok(()) };
        tracing::info!(workspace.id = %ws, attempt = job.attempts, "an import is gone on with");
        self.import_work(ws, job, &mut |_: &ImportRow| {}).await
    }

    async fn import_work(
        &self,
        ws: WorkspaceId,
        job: Job,
        told: &mut (impl FnMut(&ImportRow) + Send),
    ) -> Result<(), ImportError> {
        let id = id_of(&job.payload).ok_or(ImportError::NotFound)?;
        let mut row = self.workspace(ws).read(move |tx| import::get(tx, id)).await?.ok_or(ImportError::NotFound)?;
        let columns: Columns = serde_json::from_str(&row.columns).unwrap_or_default();
        // Whoever brought the file is who writes its rows down.
        let by = Actor::of(&row.actor_kind, row.actor_id);
        while row.place < row.pieces {
            let no = row.place;
            let piece = self.workspace(ws).read(move |tx| import::piece(tx, id, no)).await?;
            // A copy of the data that was put back may lack it: nothing can be read then.
            let piece = piece.ok_or(ImportError::NotFound)?;
            let prepared = Arc::new(self.import_prepare(by, &row, &columns, &piece));
            let counts = self.import_step(ws, &job, id, no, prepared).await?;
            row.place += 1;
            row.counts = sum(row.counts, counts);
            told(&row);
            if self.stopped() {
                return Ok(self.job_let_go(ws, &job).await?);
            }
        }
        let Counts { rows, added, already, overtaken, unproven, other, refused } = row.counts;
        let detail = json!({
            "rows": rows, "added": added, "already": already, "overtaken": overtaken, "unproven": unproven,
            "other": other, "refused": refused,
        });
        let entry = self.audit_entry(Actor::System, "import.end", id.to_string(), &detail);
        let now = self.now();
        self.workspace(ws)
            .write(move |tx| {
                ours(job::forget(tx, &job)?)?;
                import::finish(tx, id, now)?;
                audit::insert(tx, &entry)?;
                changed(tx, now);
                Ok(())
            })
            .await
    }

    /// One piece, in one transaction with the note that it is done.
    async fn import_step(
        &self,
        ws: WorkspaceId,
        job: &Job,
        id: ImportId,
        no: i64,
        prepared: Arc<Prepared>,
    ) -> Result<Counts, ImportError> {
        let (now, job) = (self.now(), job.clone());
        self.workspace(ws)
            .write_bulk(move |tx| {
                ours(job::hold(tx, &job, now + LEASE_MS)?)?;
                let came = record_many_in(tx, &prepared.slips, now)?;
                let mut counts = prepared.counts;
                for (came, slip) in came.iter().zip(&prepared.slips) {
                    match came {
                        Came::Added => {
                            counts.added += 1;
                            counts.unproven += i64::from(slip.entry.proof == Proof::Unproven);
                        }
                        Came::Already => counts.already += 1,
                        Came::Overtaken => counts.overtaken += 1,
                    }
                }
                import::faults_insert(tx, id, &prepared.faults)?;
                ours(import::piece_done(tx, id, no, &counts)?)?;
                changed(tx, now);
                Ok(counts)
            })
            .await
    }
}

/// A step of work that is no longer ours is not kept.
fn ours(held: bool) -> Result<(), ImportError> {
    if held { Ok(()) } else { Err(ImportError::Busy) }
}

fn sum(one: Counts, other: Counts) -> Counts {
    Counts {
        rows: one.rows + other.rows,
        added: one.added + other.added,
        already: one.already + other.already,
        overtaken: one.overtaken + other.overtaken,
        unproven: one.unproven + other.unproven,
        other: one.other + other.other,
        refused: one.refused + other.refused,
    }
}

/// Whoever shows imports looks again.
fn changed(tx: &mut Tx<'_>, at: i64) {
    tx.event(NewEvent { kind: "import.changed", conversation: None, subject: None, at, data: "{}".to_owned() });
}
