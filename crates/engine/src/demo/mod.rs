//! The demo shop: put into a workspace, and taken out again in one action.
//!
//! It goes to the workspace's simulated number only, so nothing of it can reach
//! a real network. Loading works in small steps, each its own transaction, and
//! may be stopped and begun again: what is in is not added twice. Removing takes
//! the shop's customers with everything of theirs, also what was added since,
//! and touches nobody else.
//!
//! Either is a job (`store::job`): a process that dies over it is succeeded by the
//! next to look, and one that slept through its lease finds itself fenced off.

mod rows;

use crate::Engine;
use crate::accounts::SetupError;
use crate::audit::Actor;
use crate::jobs::LEASE_MS;
use domain::id::{CustomerId, Id, MemberId, WorkspaceId};
use futures::StreamExt as _;
use rows::{Place, lives};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use store::inbox::InboxRow;
use store::job::{self, Job};
use store::member::MemberRow;
use store::{DbError, NewEvent, Tx, audit, inbox, member};
use uuid::Uuid;

/// How many conversations a shop has, unless somebody says otherwise.
pub const CONVERSATIONS: u32 = 2_000;
/// The most conversations of a shop.
pub const CONVERSATIONS_MAX: u32 = 200_000;
/// Rows of one step, about: a step must stay well below 50 ms.
const ROWS: usize = 250;
/// Customers removed in one step.
const REMOVED: i64 = 5;
/// Steps under way at once, so that they share a flush to disk.
const AT_ONCE: usize = 8;
/// How often somebody who waits for another's work looks.
const WAITING: Duration = Duration::from_millis(200);

/// Where a shop stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// There is none.
    None,
    /// It is being put in.
    Filling,
    /// It is there.
    Ready,
    /// It is being taken out.
    Removing,
    /// It was tried in vain several times; the same wish begins anew where it stopped.
    Failed,
}

/// How far a shop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Where it stands.
    pub phase: Phase,
    /// Conversations in.
    pub done: i64,
    /// Conversations wished for.
    pub total: i64,
}

/// Why a shop is not put in or taken out.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Another process is at it, or it was told to do something else.
    #[error("the demo shop is being changed already")]
    Busy,
    /// There is a shop already; it must go before another comes.
    #[error("there is a demo shop already")]
    Exists,
    /// The simulated number could not be made.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// What was wished for; kept, so that a second process tells the same shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Wish {
    conversations: u32,
    seed: u64,
    now: i64,
    /// Absent in wishes of before there was one.
    #[serde(default = "nameless")]
    brand: String,
    /// Who gets a share of the open conversations.
    #[serde(default)]
    mine: Option<Uuid>,
}

fn nameless() -> String {
    demo::NAME.to_owned()
}

impl Engine {
    /// Where the shop of a workspace stands.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn demo_progress(&self, ws: WorkspaceId) -> Result<Progress, DemoError> {
        let now = self.now();
        self.workspace(ws).read(move |tx| progress(tx, now)).await
    }

    /// Notes the wish for a shop, to be carried out by [`Engine::demo_fill`]. `mine`
    /// gets a share of the open conversations.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn demo_wish(
        &self,
        ws: WorkspaceId,
        by: Actor,
        conversations: u32,
        seed: u64,
        mine: Option<MemberId>,
    ) -> Result<Progress, DemoError> {
        let (now, id) = (self.now(), self.new_uuid());
        let entry =
            self.audit_entry(by, "demo.fill", ws.to_string(), &json!({ "conversations": conversations, "seed": seed }));
        self.workspace(ws)
            .write(move |tx| {
                let brand = store::workspace::get(tx)?.map_or_else(nameless, |row| row.brand);
                let conversations = conversations.clamp(1, CONVERSATIONS_MAX);
                let wish = Wish { conversations, seed, now, brand, mine: mine.map(Id::uuid) };
                match (progress(tx, now)?.phase, job::get(tx, KIND)?) {
                    (Phase::None, _) => {}
                    // The first wish stands: another would tell another shop.
                    (Phase::Failed, Some(job)) if job.state == FILLING => {
                        job::put(tx, id, KIND, &job.payload, FILLING, now)?;
                        return progress(tx, now);
                    }
                    (Phase::Ready, _) => return Err(DemoError::Exists),
                    _ => return Err(DemoError::Busy),
                }
                job::put(tx, id, KIND, &serde_json::to_string(&wish).unwrap_or_default(), FILLING, now)?;
                audit::insert(tx, &entry)?;
                changed(tx, now);
                progress(tx, now)
            })
            .await
    }

    /// Carries a wish out, or waits for whoever does; tells now and then how far it is.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn demo_fill(&self, ws: WorkspaceId, told: impl FnMut(Progress) + Send) -> Result<Progress, DemoError> {
        self.demo_follow(ws, Phase::Filling, told).await
    }

    /// Does what waits, or waits for another process that was quicker.
    async fn demo_follow(
        &self,
        ws: WorkspaceId,
        phase: Phase,
        mut told: impl FnMut(Progress) + Send,
    ) -> Result<Progress, DemoError> {
        loop {
            if let Some(job) = self.job_take(ws, KIND).await? {
                return self.demo_work(ws, job, told).await;
            }
            let progress = self.demo_progress(ws).await?;
            if progress.phase != phase || self.stopped() {
                return Ok(progress);
            }
            told(progress);
            self.nap(WAITING).await;
        }
    }

    /// Takes up what waits: what somebody else began and did not end. True if there was anything.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn demo_take_up(&self, ws: WorkspaceId) -> Result<bool, DemoError> {
        let Some(job) = self.job_take(ws, KIND).await? else { return Ok(false) };
        tracing::info!(workspace.id = %ws, state = job.state, attempt = job.attempts, "the demo shop is gone on with");
        self.demo_work(ws, job, |_| {}).await.map(|_| true)
    }

    async fn demo_work(
        &self,
        ws: WorkspaceId,
        job: Job,
        told: impl FnMut(Progress) + Send,
    ) -> Result<Progress, DemoError> {
        match (job.state.as_str(), wish_of(&job)) {
            (FILLING, Some(wish)) => self.demo_put_in(ws, job, wish, told).await,
            (REMOVING, _) => self.demo_take_out(ws, job, told).await,
            _ => self.demo_progress(ws).await,
        }
    }

    async fn demo_put_in(
        &self,
        ws: WorkspaceId,
        job: Job,
        wish: Wish,
        mut told: impl FnMut(Progress) + Send,
    ) -> Result<Progress, DemoError> {
        let mine = wish.mine.map(MemberId::new);
        let inbox = self.demo_inbox(ws).await?;
        let desks = self.demo_desks(ws).await?;
        let place = Place { inbox: inbox.id, account: inbox.account_id, desks, mine };
        let in_already = self.workspace(ws).read(store::demo::progress).await?;

        let mut shop = demo::shop(wish.seed, wish.now, demo::Size { conversations: wish.conversations }, &wish.brand);
        let products: Vec<_> = shop
            .by_ref()
            .take(demo::catalog::WARES.len())
            .filter_map(|item| match item {
                demo::DemoItem::Product(product) => {
                    Some((self.new_uuid(), product.title, product.price_minor, product.currency))
                }
                _ => None,
            })
            .collect();
        if in_already == 0 {
            self.workspace(ws).write(move |tx| store::demo::insert_products(tx, &products)).await?;
        } else {
            // Counted anew: who is in already is left out, step by step.
            self.workspace(ws).write(store::demo::progress_reset).await?;
        }

        let chunks = rows::chunks(lives(shop, self, &place), ROWS);
        let mut steps = futures::stream::iter(chunks.enumerate())
            .map(|(number, chunk)| self.demo_step(ws, job.clone(), number, chunk))
            .buffered(AT_ONCE);
        let mut done = 0;
        while let Some(step) = steps.next().await {
            done += step?;
            told(Progress { phase: Phase::Filling, done, total: i64::from(wish.conversations) });
            if self.stopped() {
                self.job_let_go(ws, &job).await?;
                return self.demo_progress(ws).await;
            }
        }
        drop(steps);
        let now = self.now();
        self.workspace(ws)
            .write(move |tx| {
                ours(job::rest(tx, &job, READY)?)?;
                store::search::wish_anew(tx)?;
                changed(tx, now);
                progress(tx, now)
            })
            .await
    }

    async fn demo_step(
        &self,
        ws: WorkspaceId,
        job: Job,
        number: usize,
        chunk: Vec<store::demo::Life>,
    ) -> Result<i64, DemoError> {
        let now = self.now();
        let chunk = Arc::new(chunk);
        self.workspace(ws)
            .write(move |tx| {
                ours(job::hold(tx, &job, now + LEASE_MS)?)?;
                store::demo::insert(tx, &chunk, crate::gate::BRAND)?;
                if number.is_multiple_of(AT_ONCE) {
                    changed(tx, now);
                }
                Ok(chunk.iter().map(|life| i64::try_from(life.conversations.len()).unwrap_or(0)).sum())
            })
            .await
    }

    /// Takes the shop out; tells now and then how far it is.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn demo_remove(
        &self,
        ws: WorkspaceId,
        by: Actor,
        told: impl FnMut(Progress) + Send,
    ) -> Result<Progress, DemoError> {
        let now = self.now();
        let entry = self.audit_entry(by, "demo.remove", ws.to_string(), &json!({}));
        let id = self.new_uuid();
        // A filling elsewhere stops at its next step: it is fenced off.
        let before = self
            .workspace(ws)
            .write(move |tx| {
                let Some(job) = job::get(tx, KIND)? else { return progress(tx, now) };
                if progress(tx, now)?.phase == Phase::Removing {
                    return Err(DemoError::Busy);
                }
                job::put(tx, id, KIND, &job.payload, REMOVING, now)?;
                audit::insert(tx, &entry)?;
                changed(tx, now);
                progress(tx, now)
            })
            .await?;
        if before.phase == Phase::None {
            return Ok(before);
        }
        self.demo_follow(ws, Phase::Removing, told).await
    }

    async fn demo_take_out(
        &self,
        ws: WorkspaceId,
        job: Job,
        mut told: impl FnMut(Progress) + Send,
    ) -> Result<Progress, DemoError> {
        let mut after = CustomerId::new(Uuid::nil());
        loop {
            let stopped = self.stopped();
            let (now, job) = (self.now(), job.clone());
            let (last, left) = self
                .workspace(ws)
                .write_bulk(move |tx| {
                    // A shutdown lets go of the lease with its last step.
                    ours(job::hold(tx, &job, if stopped { now } else { now + LEASE_MS })?)?;
                    let customers = store::demo::customers(tx, after, REMOVED)?;
                    store::demo::remove(tx, &customers, now)?;
                    Ok::<_, DemoError>((customers.last().copied(), progress(tx, now)?))
                })
                .await?;
            let Some(last) = last else { break };
            if stopped {
                return Ok(left);
            }
            after = last;
            told(left);
        }
        for desk in 0..demo::agent::AGENTS.len() {
            let email = desk_email(ws, desk);
            self.store().server().write(move |tx| store::demo::member_forget(tx, &email)).await?;
        }
        let now = self.now();
        self.workspace(ws)
            .write(move |tx| {
                ours(job::forget(tx, &job)?)?;
                store::demo::forget(tx)?;
                changed(tx, now);
                progress(tx, now)
            })
            .await
    }

    /// The simulated number of the workspace, made if there is none.
    async fn demo_inbox(&self, ws: WorkspaceId) -> Result<InboxRow, DemoError> {
        let simulated: Vec<_> =
            self.accounts(ws).await?.iter().filter(|(_, facts)| !facts.capabilities.real).map(|(id, _)| *id).collect();
        let inboxes = self.workspace(ws).read(inbox::list).await?;
        match inboxes.into_iter().find(|row| simulated.contains(&row.account_id)) {
            Some(row) => Ok(row),
            None => Ok(self.simulator_provide(ws).await?),
        }
    }

    /// The shop's agents, who cannot sign in.
    async fn demo_desks(&self, ws: WorkspaceId) -> Result<Vec<MemberId>, DemoError> {
        let now = self.now();
        let mut desks = Vec::new();
        for (number, agent) in demo::agent::AGENTS.iter().enumerate() {
            let row = MemberRow {
                id: self.new_id(),
                email: desk_email(ws, number),
                name: agent.name.to_owned(),
                password_hash: None,
                disabled_at: Some(now),
                created_at: now,
            };
            let desk = self
                .store()
                .server()
                .write(move |tx| {
                    if let Some(known) = member::by_email(tx, &row.email)? {
                        return Ok(known.id);
                    }
                    member::insert(tx, &row)?;
                    member::disabled_set(tx, row.id, Some(now))?;
                    member::membership_put(tx, ws, row.id, "agent", now)?;
                    Ok::<_, DbError>(row.id)
                })
                .await?;
            desks.push(desk);
        }
        Ok(desks)
    }
}

/// The kind of job it is.
pub(crate) const KIND: &str = "demo";
const FILLING: &str = "filling";
const READY: &str = "ready";
const REMOVING: &str = "removing";

fn wish_of(job: &Job) -> Option<Wish> {
    serde_json::from_str(&job.payload).ok()
}

/// A step of work that is no longer ours is not kept.
fn ours(held: bool) -> Result<(), DemoError> {
    if held { Ok(()) } else { Err(DemoError::Busy) }
}

fn progress(tx: &mut Tx<'_>, now: i64) -> Result<Progress, DemoError> {
    let Some(job) = job::get(tx, KIND)? else {
        return Ok(Progress { phase: Phase::None, done: 0, total: 0 });
    };
    let given_up = job.attempts >= crate::jobs::ATTEMPTS_MAX && job.lease_until.is_none_or(|until| until <= now);
    let phase = match job.state.as_str() {
        READY => Phase::Ready,
        FILLING if !given_up => Phase::Filling,
        REMOVING if !given_up => Phase::Removing,
        _ => Phase::Failed,
    };
    let total = wish_of(&job).map_or(0, |wish| i64::from(wish.conversations));
    Ok(Progress { phase, done: store::demo::progress(tx)?, total })
}

/// Lists and counts look again.
fn changed(tx: &mut Tx<'_>, at: i64) {
    tx.event(NewEvent { kind: "demo.changed", conversation: None, subject: None, at, data: "{}".to_owned() });
}

/// An address that no mail reaches (RFC 2606) and no two workspaces share.
fn desk_email(ws: WorkspaceId, desk: usize) -> String {
    format!("desk-{desk}.{}{DESKS}", Id::uuid(ws).simple())
}

/// How e-mail addresses of the shop's agents end; no mail can reach them.
const DESKS: &str = "@demo.invalid";

/// Whether an e-mail address is that of one of the shop's agents.
pub(crate) fn is_desk(email: &str) -> bool {
    email.ends_with(DESKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_of_before_are_still_read() -> Result<(), Box<dyn std::error::Error>> {
        let read: Vec<Wish> = testkit::stored::samples(env!("CARGO_MANIFEST_DIR"), "demo_wish")?;
        let brands: Vec<_> = read.iter().map(|wish| (wish.brand.as_str(), wish.mine.is_some())).collect();
        assert_eq!(brands, [(demo::NAME, false), ("Fern", true)]);
        Ok(())
    }
}
