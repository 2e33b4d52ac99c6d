//! What runs by itself: hand-overs, the simulated carrier, leases, snoozes.
//!
//! Each task wakes on a signal of this process and, for what other nodes or a
//! dead process left behind, by a slow look around. Losing a signal costs a
//! moment, never work.

use crate::Engine;
use domain::conversation::Status;
use domain::id::{Id, WorkspaceId};
use domain::limits::UNCONFIRMED_MS;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use store::{Commit, DbError, NewEvent, message, outbox};
use tokio::sync::{Mutex, Notify, broadcast, watch};
use tokio::task::JoinHandle;

/// How often due work is looked for without any signal.
const LOOK_AROUND: Duration = Duration::from_millis(100);
/// How often leases, snoozes and missing receipts are looked at.
const SWEEP: Duration = Duration::from_secs(1);

/// The running side of an engine.
pub(crate) struct Running {
    wake: Notify,
    pub(crate) carry: Notify,
    stop: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    pub(crate) commits: broadcast::Sender<Commit>,
}

impl Default for Running {
    fn default() -> Self {
        Self {
            wake: Notify::new(),
            carry: Notify::new(),
            stop: watch::channel(false).0,
            tasks: Mutex::default(),
            commits: broadcast::channel(1024).0,
        }
    }
}

impl Engine {
    /// Starts everything that runs by itself.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn start(&self) -> Result<(), DbError> {
        if self.store().engine() == store::Engine::Sqlite {
            for ws in self.workspaces_all().await? {
                let swept = self.send_sweep_at_start(ws).await?;
                if swept > 0 {
                    tracing::warn!(workspace.id = %ws, count = swept, "hand-overs of the last process are ambiguous");
                }
            }
        }
        let tasks = vec![
            tokio::spawn(self.clone().follow()),
            tokio::spawn(self.clone().dispatch()),
            tokio::spawn(self.clone().carry()),
            tokio::spawn(self.clone().sweep()),
            tokio::spawn(self.clone().index()),
            tokio::spawn(self.clone().ask_providers()),
        ];
        self.running.tasks.lock().await.extend(tasks);
        Ok(())
    }

    /// Stops claiming, lets hand-overs finish, and ends. At most ten seconds.
    /// Whoever asks again waits for the same end: who closes the store after
    /// this must not cut off what another caller is still waiting for.
    pub async fn shutdown(&self) {
        self.running.stop.send_replace(true);
        self.running.wake.notify_waiters();
        let all = async {
            let mut tasks = self.running.tasks.lock().await;
            for task in tasks.drain(..) {
                if let Err(error) = task.await {
                    tracing::error!(%error, "a task of the engine did not end well");
                }
            }
        };
        if tokio::time::timeout(Duration::from_secs(9), all).await.is_err() {
            tracing::warn!("hand-overs under way were left to their leases");
        }
    }

    /// A signal that is true once the engine ends.
    #[must_use]
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.running.stop.subscribe()
    }

    pub(crate) fn wake(&self) {
        self.running.wake.notify_one();
    }

    pub(crate) fn stopped(&self) -> bool {
        *self.running.stop.borrow()
    }

    async fn pause(&self, most: Duration) {
        let mut stop = self.running.stop.subscribe();
        tokio::select! {
            () = self.running.wake.notified() => {}
            () = tokio::time::sleep(most) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }

    pub(crate) async fn nap(&self, most: Duration) {
        let mut stop = self.running.stop.subscribe();
        tokio::select! {
            () = tokio::time::sleep(most) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }

    /// Hands over what is due until told to stop.
    async fn dispatch(self) {
        let mut told: Option<i64> = None;
        while !self.stopped() {
            let now = self.clock().monotonic_ms();
            // Signals name no workspace; a round over those with due work is one cheap read each.
            let touched = match self.dispatch_round().await {
                Ok(touched) => touched,
                Err(error) => {
                    if told.is_none_or(|at| now - at > 5_000) {
                        tracing::error!(%error, "due texts wait: the store does not answer");
                        told = Some(now);
                    }
                    0
                }
            };
            if touched == 0 {
                self.pause(LOOK_AROUND).await;
            }
        }
    }

    /// One round of hand-overs over every workspace. Returns how many intents were touched.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn dispatch_round(&self) -> Result<usize, DbError> {
        let now = self.now();
        let due = self.store().server().read(move |tx| outbox::workspaces_due(tx, now)).await?;
        let mut touched = 0;
        for ws in due {
            touched += self.send_due(ws).await?;
        }
        Ok(touched)
    }

    /// Runs the simulated carrier.
    async fn carry(self) {
        while !self.stopped() {
            let wait = match self.simulator_step().await {
                Ok(_) => {
                    let now = self.clock().monotonic_ms();
                    self.parts.simulator.next_due().map_or(1_000, |due| due.saturating_sub(now).clamp(0, 1_000))
                }
                Err(error) => {
                    tracing::warn!(%error, "the simulated carrier could not deliver");
                    200
                }
            };
            let mut stop = self.running.stop.subscribe();
            tokio::select! {
                () = self.running.carry.notified() => {}
                () = tokio::time::sleep(Duration::from_millis(u64::try_from(wait).unwrap_or(20))) => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        }
    }

    /// Ends leases, wakes snoozed conversations, gives up waiting for receipts.
    async fn sweep(self) {
        while !self.stopped() {
            match self.workspaces_all().await {
                Ok(all) => {
                    for ws in all {
                        if let Err(error) = self.sweep_round(ws).await {
                            tracing::warn!(workspace.id = %ws, %error, "a sweep failed");
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, "workspaces cannot be listed"),
            }
            self.nap(SWEEP).await;
        }
    }

    /// One sweep of one workspace.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sweep_round(&self, ws: WorkspaceId) -> Result<(), DbError> {
        let now = self.now();
        let work = self
            .workspace(ws)
            .read(move |tx| {
                Ok::<_, DbError>((
                    !outbox::expired_leases_peek(tx, now)?.is_empty(),
                    !store::conversation::due_snoozed(tx, now, 1)?.is_empty(),
                    message::unconfirmed_peek(tx, now - UNCONFIRMED_MS)?,
                ))
            })
            .await?;
        if work.0 {
            self.send_sweep(ws).await?;
        }
        if work.1 {
            self.workspace(ws).write(move |tx| wake_snoozed(tx, now)).await?;
        }
        if work.2 {
            self.workspace(ws)
                .write(move |tx| {
                    for (id, conversation) in message::give_up_receipts(tx, now - UNCONFIRMED_MS, now)? {
                        crate::reply::event_state(tx, id, conversation, domain::message::State::SentUnconfirmed, now);
                    }
                    Ok::<_, DbError>(())
                })
                .await?;
        }
        Ok(())
    }

    /// Gets pictures from providers, and asks them what became of ambiguous texts.
    async fn ask_providers(self) {
        while !self.stopped() {
            for ws in self.workspaces_all().await.unwrap_or_default() {
                if let Err(error) = self.media_fetch_round(ws).await {
                    tracing::warn!(workspace.id = %ws, %error, "pictures wait at their provider");
                }
                if let Err(error) = self.look_up_round(ws).await {
                    tracing::warn!(workspace.id = %ws, %error, "ambiguous texts were not looked for");
                }
            }
            self.nap(SWEEP).await;
        }
    }

    /// Passes commits on to live streams, of this node at once, of others by looking.
    async fn follow(self) {
        let mut own = self.store().commits();
        let mut known: HashMap<WorkspaceId, i64> = HashMap::new();
        let shared = self.store().engine() == store::Engine::Postgres;
        while !self.stopped() {
            tokio::select! {
                commit = own.recv() => match commit {
                    Ok(commit) => self.followed(&mut known, commit).await,
                    Err(broadcast::error::RecvError::Lagged(_)) => self.look(&mut known).await,
                    Err(broadcast::error::RecvError::Closed) => return,
                },
                () = tokio::time::sleep(LOOK_AROUND) => if shared {
                    self.look(&mut known).await;
                }
            }
        }
    }

    async fn look(&self, known: &mut HashMap<WorkspaceId, i64>) {
        match self.store().server().read(store::event::counters).await {
            Ok(counters) => {
                for (ws, last_seq) in counters {
                    if known.get(&ws).is_none_or(|seq| *seq < last_seq) {
                        self.followed(known, Commit { ws, last_seq }).await;
                    }
                }
            }
            Err(error) => tracing::debug!(%error, "event counters cannot be read"),
        }
    }

    async fn followed(&self, known: &mut HashMap<WorkspaceId, i64>, commit: Commit) {
        let before = known.insert(commit.ws, commit.last_seq).unwrap_or(commit.last_seq - 1);
        let ws = commit.ws;
        let changed = self
            .workspace(ws)
            .read(move |tx| store::event::has_kind_since(tx, before, "account.changed"))
            .await
            .unwrap_or(true);
        if changed {
            self.accounts_forget(ws);
        }
        // Nobody listening is no fault.
        let _ = self.running.commits.send(commit);
    }

    /// Every workspace of the server.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn workspaces_all(&self) -> Result<Vec<WorkspaceId>, DbError> {
        self.store().server().read(outbox::workspaces_all).await
    }
}

fn wake_snoozed(tx: &mut store::Tx<'_>, now: i64) -> Result<(), DbError> {
    let mut seen = HashSet::new();
    for id in store::conversation::due_snoozed(tx, now, 200)? {
        if seen.insert(id) {
            store::conversation::set_status(tx, id, Status::Open, None, now)?;
            tx.event(NewEvent {
                kind: "conversation.changed",
                conversation: Some(Id::uuid(id)),
                subject: Some(Id::uuid(id)),
                at: now,
                data: r#"{"status":"open","by":"snooze"}"#.to_owned(),
            });
        }
    }
    Ok(())
}
