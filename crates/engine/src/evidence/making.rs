//! Packs of evidence are made one after another in a workspace, by one process at a time:
//! a job (`store::job`) works through those that wait. A process that dies over one is
//! succeeded by the next to look, which begins it anew.

use super::gather::Told;
use super::pack::{KEPT_MS, PackError};
use crate::Engine;
use crate::audit::Actor;
use crate::idempotency::Keep;
use crate::jobs::{ATTEMPTS_MAX, LEASE_MS};
use domain::address::Address;
use domain::id::{EvidencePackId, WorkspaceId};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::evidence_pack::{self as packs, PackRow};
use store::job::{self, Job};
use store::{DbError, Tx, audit, customer};
use uuid::Uuid;

/// The kind of job it is.
pub(crate) const KIND: &str = "evidence_packs";
const MAKING: &str = "making";
const AT_REST: &str = "at_rest";

/// How often it is told how far a pack is.
const TELL: Duration = Duration::from_secs(1);
/// How often somebody who waits for another's work looks.
const WAITING: Duration = Duration::from_millis(200);
/// Bytes of one kept part.
const PART: usize = 512 * 1024;
/// Packs that may wait in one workspace.
const WAITING_MAX: usize = 100;
/// How often a pack is begun before it is given up: it holds a whole history in memory, and
/// may be what its makers die of.
const TRIES_MAX: i64 = 3;

impl Engine {
    /// Notes the wish for a pack. Whatever runs by itself makes it, or [`Engine::pack_make`].
    ///
    /// # Errors
    /// [`PackError`].
    pub async fn pack_wish(
        &self,
        ws: WorkspaceId,
        by: Actor,
        address: Address,
        keep: Keep<PackRow>,
    ) -> Result<PackRow, PackError> {
        let (now, job) = (self.now(), self.new_uuid());
        let row = self.pack_row(by, packs::EVIDENCE, address.as_str(), now);
        let entry = self.audit_entry(by, "evidence.pack", row.id.to_string(), &json!({ "pack": row.id.to_string() }));
        let (kept, address) = (row.clone(), address.as_str().to_owned());
        self.workspace(ws)
            .write(move |tx| {
                ask(tx, job, &kept)?;
                let mut entry = entry.clone();
                // So that each pack tells of the ones made before it; the log holds no numbers.
                if let Some(customer) = customer::by_address(tx, &address)? {
                    entry.subject = customer.to_string();
                }
                audit::insert(tx, &entry)?;
                Ok::<_, PackError>(keep.keep(tx, &kept, now)?)
            })
            .await?;
        self.running.work.notify_one();
        Ok(row)
    }

    pub(crate) fn pack_row(&self, by: Actor, kind: &str, address: &str, now: i64) -> PackRow {
        PackRow {
            id: self.new_id(),
            kind: kind.to_owned(),
            address: address.to_owned(),
            state: "making".to_owned(),
            done: 0,
            total: 0,
            bytes: 0,
            sha256: None,
            actor_kind: by.kind().to_owned(),
            actor_id: by.id(),
            created_at: now,
            tries: 0,
            finished_at: None,
        }
    }

    /// Makes packs until this one is made, or waits for whoever does.
    ///
    /// # Errors
    /// [`PackError`].
    pub async fn pack_make(&self, ws: WorkspaceId, id: EvidencePackId) -> Result<PackRow, PackError> {
        loop {
            if let Some(job) = self.job_take(ws, KIND).await? {
                match self.packs_work(ws, job, Some(id)).await {
                    Err(PackError::BrokenOff) if !self.stopped() => {}
                    made => made?,
                }
            }
            let row = self.pack_get(ws, id).await?.ok_or(PackError::NotFound)?;
            match row.state.as_str() {
                "ready" => return Ok(row),
                "making" if self.stopped() => return Err(PackError::BrokenOff),
                "making" => self.nap(WAITING).await,
                _ => return Err(PackError::Failed),
            }
        }
    }

    /// Makes all packs that wait, where nobody else is at it.
    ///
    /// # Errors
    /// [`PackError`].
    pub async fn packs_take_up(&self, ws: WorkspaceId) -> Result<(), PackError> {
        match self.job_take(ws, KIND).await? {
            Some(job) => self.packs_work(ws, job, None).await,
            None => Ok(()),
        }
    }

    /// Works through the packs that wait, up to `last` where one is named: what became of
    /// that one is the answer.
    async fn packs_work(&self, ws: WorkspaceId, job: Job, last: Option<EvidencePackId>) -> Result<(), PackError> {
        while let Some(pack) = self.packs_next(ws, &job).await? {
            let id = pack.id;
            let made = self.pack_made(ws, &job, pack).await;
            let over = matches!(made, Err(PackError::BrokenOff | PackError::Store(_)));
            if !over && let Err(error) = &made {
                tracing::warn!(workspace.id = %ws, pack.id = %id, %error, "a pack of evidence could not be made");
                let now = self.now();
                self.step(ws, &job, move |tx| packs::failed(tx, id, now)).await?;
            }
            if over || last == Some(id) || self.stopped() {
                if let Err(error) = self.job_let_go(ws, &job).await {
                    // Whoever looks next waits for our lease to run out.
                    tracing::debug!(workspace.id = %ws, %error, "the making of packs was not let go");
                }
                return made;
            }
        }
        Ok(())
    }

    /// The next pack, begun. None when there is none: the job is at rest then.
    async fn packs_next(&self, ws: WorkspaceId, job: &Job) -> Result<Option<PackRow>, PackError> {
        let (now, job) = (self.now(), job.clone());
        let (next, given_up) = self
            .workspace(ws)
            .write(move |tx| {
                ours(job::hold(tx, &job, now + LEASE_MS)?)?;
                let mut given_up = Vec::new();
                while let Some(next) = packs::waiting(tx, 1)?.pop() {
                    if next.tries < TRIES_MAX {
                        packs::begin(tx, next.id)?;
                        return Ok((Some(next), given_up));
                    }
                    packs::failed(tx, next.id, now)?;
                    given_up.push(next.id);
                }
                ours(job::rest(tx, &job, AT_REST)?)?;
                Ok::<_, PackError>((None, given_up))
            })
            .await?;
        for id in given_up {
            tracing::error!(workspace.id = %ws, pack.id = %id, "a pack of evidence is given up: its makers ended over it");
        }
        Ok(next)
    }

    /// One step of the work. It is not kept once the job is somebody else's.
    async fn step<F>(&self, ws: WorkspaceId, job: &Job, run: F) -> Result<(), PackError>
    where
        F: Fn(&mut Tx<'_>) -> Result<(), DbError> + Send + 'static,
    {
        let (until, job) = (self.now() + LEASE_MS, job.clone());
        self.workspace(ws)
            .write_bulk(move |tx| {
                ours(job::hold(tx, &job, until)?)?;
                Ok(run(tx)?)
            })
            .await
    }

    async fn pack_of_kind(&self, ws: WorkspaceId, wish: &PackRow, told: Told<'_>) -> Result<Vec<u8>, PackError> {
        if wish.kind == packs::ACCESS {
            return self.access_bytes(ws, &wish.address, told).await;
        }
        let signer = self.signer()?.ok_or(PackError::NoKey)?;
        self.pack_bytes(ws, wish, &signer, told).await
    }

    async fn pack_made(&self, ws: WorkspaceId, job: &Job, wish: PackRow) -> Result<(), PackError> {
        let id = wish.id;
        let (done, total) = (AtomicI64::new(0), AtomicI64::new(0));
        let bytes = {
            let mut told = |now: i64, all: i64| {
                done.store(now, Ordering::Relaxed);
                total.store(all, Ordering::Relaxed);
            };
            let mut making = std::pin::pin!(self.pack_of_kind(ws, &wish, &mut told));
            loop {
                tokio::select! {
                    made = &mut making => break made?,
                    () = self.nap(TELL) => {}
                }
                if self.stopped() {
                    return Err(PackError::BrokenOff);
                }
                let (done, total) = (done.load(Ordering::Relaxed), total.load(Ordering::Relaxed));
                self.step(ws, job, move |tx| packs::progress(tx, id, done, total)).await?;
            }
        };
        let (length, sha256) = (i64::try_from(bytes.len()).unwrap_or(i64::MAX), Sha256::digest(&bytes).to_vec());
        let total = total.load(Ordering::Relaxed);
        for (no, part) in (0_i64..).zip(bytes.chunks(PART)) {
            let part = part.to_vec();
            let keep = move |tx: &mut Tx<'_>| {
                packs::part(tx, id, no, part.clone())?;
                packs::progress(tx, id, total, total)
            };
            self.step(ws, job, keep).await?;
        }
        let now = self.now();
        self.step(ws, job, move |tx| packs::ready(tx, id, length, sha256.clone(), now)).await
    }
}

/// Asks for a pack, unless too many wait.
pub(crate) fn ask(tx: &mut Tx<'_>, job: Uuid, row: &PackRow) -> Result<(), PackError> {
    let now = row.created_at;
    job::ask(tx, job, KIND, MAKING, now)?;
    packs::forget(tx, now - KEPT_MS)?;
    let most = i64::try_from(WAITING_MAX).unwrap_or(i64::MAX);
    if packs::waiting(tx, most)?.len() >= WAITING_MAX {
        return Err(PackError::Busy);
    }
    Ok(packs::insert(tx, row)?)
}

/// Whether somebody makes the packs that wait, or will.
pub(super) fn making_goes_on(tx: &mut Tx<'_>, now: i64) -> Result<bool, DbError> {
    let job = job::get(tx, KIND)?;
    let until = job.as_ref().and_then(|job| job.lease_until);
    Ok(until.is_some_and(|until| until > now || job.is_some_and(|job| job.attempts < ATTEMPTS_MAX)))
}

/// A step of work that is no longer ours is not kept.
fn ours(held: bool) -> Result<(), PackError> {
    if held { Ok(()) } else { Err(PackError::BrokenOff) }
}
