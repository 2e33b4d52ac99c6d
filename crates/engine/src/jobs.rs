//! Takes up long work that waits: what was just asked for, and what a process left that
//! died, was stopped or slept through its lease.

use crate::Engine;
use crate::customer_merges;
use crate::demo::{self, DemoError};
use crate::departure;
use crate::erasure::{self, ErasureError};
use crate::evidence::{PackError, making};
use crate::import::{self, ImportError};
use crate::rules::dry_run;
use domain::id::WorkspaceId;
use std::time::Duration;
use store::DbError;
use store::job::{self, Job};
use tokio::task::JoinSet;

/// How often a job is taken up before it is left to a person.
pub const ATTEMPTS_MAX: i64 = 5;
/// A process that says nothing of a job for so long (ms) has ended.
pub(crate) const LEASE_MS: i64 = 30_000;
/// How often waiting jobs are looked for without any signal.
const LOOK: Duration = Duration::from_secs(2);

impl Engine {
    /// Looks for waiting jobs until told to stop; they run beside each other.
    pub(crate) async fn jobs(self) {
        let mut at_work = JoinSet::new();
        while !self.stopped() {
            for ws in self.workspaces_all().await.unwrap_or_default() {
                match self.jobs_waiting(ws).await {
                    Ok(kinds) => {
                        for kind in kinds {
                            let engine = self.clone();
                            at_work.spawn(async move { engine.job_take_up(ws, &kind).await });
                        }
                    }
                    Err(error) => tracing::warn!(workspace.id = %ws, %error, "waiting work was not looked for"),
                }
            }
            while let Some(ended) = at_work.try_join_next() {
                if let Err(error) = ended {
                    tracing::error!(%error, "a job broke down");
                }
            }
            tokio::select! {
                () = self.running.work.notified() => {}
                () = self.nap(LOOK) => {}
            }
        }
        while at_work.join_next().await.is_some() {}
    }

    async fn jobs_waiting(&self, ws: WorkspaceId) -> Result<Vec<String>, DbError> {
        let now = self.now();
        self.workspace(ws).read(move |tx| job::waiting(tx, now, ATTEMPTS_MAX)).await
    }

    /// Takes up what waits in one workspace, one job after another.
    ///
    /// # Errors
    /// When the store cannot be read; a job that fails is logged, and waits for its next try.
    pub async fn jobs_round(&self, ws: WorkspaceId) -> Result<(), DbError> {
        for kind in self.jobs_waiting(ws).await? {
            self.job_take_up(ws, &kind).await;
        }
        Ok(())
    }

    /// Takes the job of a kind, where it waits or its last holder has ended.
    pub(crate) async fn job_take(&self, ws: WorkspaceId, kind: &'static str) -> Result<Option<Job>, DbError> {
        let now = self.now();
        self.workspace(ws).write(move |tx| job::take(tx, kind, now, now + LEASE_MS)).await
    }

    /// Lets go of a job that is not done: whoever looks next need not wait for our lease.
    pub(crate) async fn job_let_go(&self, ws: WorkspaceId, job: &Job) -> Result<(), DbError> {
        let (now, job) = (self.now(), job.clone());
        self.workspace(ws).write(move |tx| job::hold(tx, &job, now).map(|_| ())).await
    }

    async fn job_take_up(&self, ws: WorkspaceId, kind: &str) {
        let failed = match kind {
            demo::KIND => match self.demo_take_up(ws).await {
                Ok(_) | Err(DemoError::Busy) => None,
                Err(error) => Some(error.to_string()),
            },
            making::KIND => match self.packs_take_up(ws).await {
                Ok(()) | Err(PackError::BrokenOff) => None,
                Err(error) => Some(error.to_string()),
            },
            import::KIND => match self.import_take_up(ws).await {
                Ok(()) | Err(ImportError::Busy) => None,
                Err(error) => Some(error.to_string()),
            },
            erasure::KIND => match self.erasures_take_up(ws).await {
                Ok(_) | Err(ErasureError::Busy) => None,
                Err(error) => Some(error.to_string()),
            },
            customer_merges::KIND => self.merged_take_up(ws).await.err().map(|error| error.to_string()),
            departure::KIND => self.departures_take_up(ws).await.err().map(|error| error.to_string()),
            dry_run::KIND => self.rule_dry_runs_take_up(ws).await.err().map(|error| error.to_string()),
            // Of a newer Hark beside this one.
            _ => None,
        };
        if let Some(error) = failed {
            tracing::error!(workspace.id = %ws, kind, error, "a job failed");
        }
    }
}
