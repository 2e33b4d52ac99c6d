//! The job: what goes, in which order, in steps that may be broken off and done twice.

use super::{ErasureError, ErasureRow};
use crate::Engine;
use crate::consent::ledger_of;
use crate::evidence::consent_item;
use crate::gate::BRAND;
use crate::jobs::LEASE_MS;
use domain::evidence::erasure_mark;
use domain::id::{ConversationId, CustomerId, ErasureId, Id, WorkspaceId};
use domain::limits::CONSENT_EVIDENCE_MS;
use std::collections::HashSet;
use std::time::Duration;
use store::consent;
use store::erasure::{self as rows, SealedConsent};
use store::job::{self, Job};
use store::{DbError, NewEvent, customer, customer_merge, suppression};

/// The kind of job.
pub(crate) const KIND: &str = "erasure";
pub(super) const AT_WORK: &str = "erasing";
const AT_REST: &str = "at_rest";
/// Messages of one step: it must stay well below 50 ms.
const STEP: i64 = 100;
/// How often somebody who waits for another's work looks.
const WAITING: Duration = Duration::from_millis(100);

/// A step whose lease is somebody else's must not be kept.
pub(super) fn ours(held: bool) -> Result<(), ErasureError> {
    if held { Ok(()) } else { Err(ErasureError::Busy) }
}

impl Engine {
    pub(super) fn lease(&self) -> i64 {
        self.now() + LEASE_MS
    }

    /// Carries out the erasures that wait. False where another process is at them.
    ///
    /// # Errors
    /// [`ErasureError`].
    pub async fn erasures_take_up(&self, ws: WorkspaceId) -> Result<bool, ErasureError> {
        let Some(job) = self.job_take(ws, KIND).await? else { return Ok(false) };
        loop {
            let Some(next) = self.workspace(ws).read(|tx| rows::open(tx, 1)).await?.pop() else {
                let (job, workspace, until) = (job.clone(), self.workspace(ws), self.lease());
                let ended = workspace.write(move |tx| {
                    ours(job::hold(tx, &job, until)?)?;
                    let none = rows::open(tx, 1)?.is_empty();
                    if none {
                        ours(job::rest(tx, &job, AT_REST)?)?;
                    }
                    Ok::<_, ErasureError>(none)
                });
                if ended.await? {
                    return Ok(true);
                }
                continue;
            };
            self.erase(ws, &job, &next).await?;
            if self.stopped() {
                self.job_let_go(ws, &job).await?;
                return Ok(true);
            }
        }
    }

    /// Carries an erasure out, or waits for whoever does. It answers where it stands then:
    /// done, unless this process is to end.
    ///
    /// # Errors
    /// [`ErasureError`].
    pub async fn erasure_follow(&self, ws: WorkspaceId, id: ErasureId) -> Result<ErasureRow, ErasureError> {
        loop {
            match self.erasures_take_up(ws).await {
                Ok(_) | Err(ErasureError::Busy) => {}
                Err(error) => return Err(error),
            }
            let row = self.workspace(ws).read(move |tx| rows::get(tx, id)).await?.ok_or(ErasureError::NotFound)?;
            if row.finished_at.is_some() || self.stopped() {
                return Ok(row);
            }
            self.nap(WAITING).await;
        }
    }

    /// Erases one customer. Each step finds by itself what is left, so a second run goes on.
    async fn erase(&self, ws: WorkspaceId, job: &Job, erasure: &ErasureRow) -> Result<(), ErasureError> {
        if erasure.state == "waiting" {
            // Before anything goes: a backup put back later is to lose them again.
            self.erasure_carry(ws, erasure)?;
            let (job, until, id) = (job.clone(), self.lease(), erasure.id);
            self.workspace(ws)
                .write(move |tx| {
                    ours(job::hold(tx, &job, until)?)?;
                    rows::begun(tx, id)?;
                    Ok::<_, ErasureError>(())
                })
                .await?;
        }
        // What comes in meanwhile goes too, in another round.
        while !self.stopped() {
            self.erase_messages(ws, job, erasure).await?;
            self.erase_consents(ws, job, erasure).await?;
            let named = self.named(ws, erasure.customer).await?;
            self.answers_empty(ws, job, &named).await?;
            if self.erase_rest(ws, job, erasure).await? {
                tracing::info!(workspace.id = %ws, erasure.id = %erasure.id, "a customer is erased");
                return Ok(());
            }
        }
        Ok(())
    }

    async fn erase_messages(&self, ws: WorkspaceId, job: &Job, erasure: &ErasureRow) -> Result<(), ErasureError> {
        let (of, customer, mark) = (erasure.id, erasure.customer, erasure_mark(Id::uuid(erasure.audit)));
        loop {
            let (job, now, until) = (job.clone(), self.now(), self.lease());
            let workspace = self.workspace(ws);
            let step = workspace.write_bulk(move |tx| {
                ours(job::hold(tx, &job, until)?)?;
                let mut ids = Vec::new();
                for one in customer_merge::tree(tx, customer)? {
                    ids = rows::next(tx, one, STEP)?;
                    if !ids.is_empty() {
                        break;
                    }
                }
                if !ids.is_empty() {
                    rows::messages(tx, &ids, mark, now)?;
                    rows::progress(tx, of, i64::try_from(ids.len()).unwrap_or(i64::MAX))?;
                }
                Ok::<_, ErasureError>(ids.len())
            });
            if step.await? == 0 || self.stopped() {
                return Ok(());
            }
        }
    }

    /// Seals the ledger's entries about the customer, all at once: how consent stands
    /// goes with them, and must not stand without what it follows from.
    async fn erase_consents(&self, ws: WorkspaceId, job: &Job, erasure: &ErasureRow) -> Result<(), ErasureError> {
        let id = erasure.customer;
        let entries = self
            .workspace(ws)
            .read(move |tx| {
                let addresses = customer::addresses(tx, id)?;
                ledger_of(tx, id, &addresses)
            })
            .await?;
        if entries.is_empty() {
            return Ok(());
        }
        let hasher = self.hasher_named(&erasure.key_id);
        let hasher = hasher.ok_or_else(|| ErasureError::OtherKey(erasure.key_id.clone()))?;
        let drop_at = erasure.created_at + CONSENT_EVIDENCE_MS;
        let mut sealed = Vec::with_capacity(entries.len());
        for entry in &entries {
            // An entry holds words and numbers, which always serialise.
            let text = serde_json::to_vec(&consent_item(entry)).unwrap_or_default();
            let id = Id::uuid(entry.id);
            sealed.push(SealedConsent {
                id,
                hash: hasher.hash_hex(ws, &entry.address),
                content: hasher.seal(ws, &entry.address, id, &text)?,
                recorded_at: entry.recorded_at,
                drop_at,
            });
        }
        let mut addresses: Vec<String> = entries.into_iter().map(|entry| entry.address).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let (job, now, until) = (job.clone(), self.now(), self.lease());
        let mark = erasure_mark(Id::uuid(erasure.audit));
        self.workspace(ws)
            .write_bulk(move |tx| {
                ours(job::hold(tx, &job, until)?)?;
                rows::consents(tx, &sealed, mark, now)?;
                consent::standings_forget(tx, &addresses)?;
                Ok(())
            })
            .await
    }

    /// What names the customer in answers that were kept.
    async fn named(&self, ws: WorkspaceId, id: CustomerId) -> Result<HashSet<String>, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let mut named = HashSet::new();
                for one in customer_merge::tree(tx, id)? {
                    let conversations = rows::conversations(tx, one)?.into_iter();
                    named.extend(conversations.map(|id| ConversationId::new(id).to_string()));
                    named.insert(one.to_string());
                }
                let plus = |address: String| address.trim_start_matches('+').to_owned();
                named.extend(customer::addresses(tx, id)?.into_iter().map(plus));
                Ok(named)
            })
            .await
    }

    /// Takes out the customer and what is kept under their numbers. False where
    /// something came in meanwhile.
    async fn erase_rest(&self, ws: WorkspaceId, job: &Job, erasure: &ErasureRow) -> Result<bool, ErasureError> {
        let (job, erasure, now, until) = (job.clone(), erasure.clone(), self.now(), self.lease());
        self.workspace(ws)
            .write(move |tx| {
                ours(job::hold(tx, &job, until)?)?;
                let addresses = customer::addresses(tx, erasure.customer)?;
                let all: Vec<&str> = addresses.iter().map(String::as_str).collect();
                suppression::lock_many(tx, &all)?;
                let left = ledger_of(tx, erasure.customer, &addresses)?;
                // Who was merged into them goes with them.
                let all = customer_merge::tree(tx, erasure.customer)?;
                for one in &all {
                    if !left.is_empty() || !rows::next(tx, *one, 1)?.is_empty() {
                        return Ok(false);
                    }
                }
                for one in &all {
                    rows::addresses(tx, BRAND, *one, &addresses)?;
                    rows::customer(tx, *one)?;
                }
                // They may have written meanwhile, and been recognised.
                rows::remember(tx, erasure.id, &erasure.hashes, erasure.created_at)?;
                rows::done(tx, erasure.id, now)?;
                for one in all {
                    tx.event(NewEvent {
                        kind: "erasure.done",
                        conversation: None,
                        subject: Some(Id::uuid(one)),
                        at: now,
                        data: "{}".to_owned(),
                    });
                }
                Ok(true)
            })
            .await
    }
}
