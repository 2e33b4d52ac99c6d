//! What runs by itself: hand-overs, the simulated carrier, leases, snoozes.
//!
//! Each task wakes on a signal of this process and, for what other nodes or a
//! dead process left behind, by a slow look around. Losing a signal costs a
//! moment, never work.

use crate::Engine;
use crate::send::Lines;
use crate::supervise::DISPATCH;
use domain::conversation::Status;
use domain::id::{Id, WorkspaceId};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use store::{Commit, DbError, NewEvent, outbox};
use tokio::sync::{Mutex, Notify, broadcast, watch};
use tokio::task::{JoinHandle, JoinSet};

/// How often due work is looked for without any signal.
const LOOK_AROUND: Duration = Duration::from_millis(100);
/// How often leases, snoozes and missing receipts are looked at.
const SWEEP: Duration = Duration::from_secs(1);

/// The running side of an engine.
pub(crate) struct Running {
    wake: Notify,
    pub(crate) carry: Notify,
    /// Somebody asked for long work.
    pub(crate) work: Notify,
    stop: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    pub(crate) tasks_health: crate::supervise::Tasks,
    pub(crate) seen: crate::watches::seen::Seen,
    pub(crate) commits: broadcast::Sender<Commit>,
    pub(crate) presence: crate::presence::Board,
    pub(crate) arrivals: crate::inbound::Arrivals,
    pub(crate) refusals: crate::auth::Refusals,
}

impl Default for Running {
    fn default() -> Self {
        Self {
            wake: Notify::new(),
            carry: Notify::new(),
            work: Notify::new(),
            stop: watch::channel(false).0,
            tasks: Mutex::default(),
            tasks_health: crate::supervise::Tasks::default(),
            seen: crate::watches::seen::Seen::default(),
            commits: broadcast::channel(1024).0,
            presence: crate::presence::Board::default(),
            arrivals: crate::inbound::Arrivals::default(),
            refusals: crate::auth::Refusals::default(),
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
        for ws in self.workspaces_all().await? {
            let typed = self.simulator_recall(ws).await?;
            if typed > 0 {
                tracing::info!(workspace.id = %ws, count = typed, "texts typed on phones are carried once more");
            }
        }
        // The first text would else be read slowly, inside its transaction, with all other writes behind it.
        if let Err(error) = tokio::task::spawn_blocking(domain::read_ahead).await {
            tracing::error!(%error, "the tables of the rules could not be read ahead");
        }
        let tasks = vec![
            tokio::spawn(self.clone().supervise("follow", Self::follow)),
            tokio::spawn(self.clone().supervise(DISPATCH, Self::dispatch)),
            tokio::spawn(self.clone().supervise("carry", Self::carry)),
            tokio::spawn(self.clone().supervise("sweep", Self::sweep)),
            tokio::spawn(self.clone().supervise("index", Self::index)),
            tokio::spawn(self.clone().supervise("jobs", Self::jobs)),
            tokio::spawn(self.clone().supervise("retention", Self::retention)),
            tokio::spawn(self.clone().supervise("presence", Self::presence_follow)),
            tokio::spawn(self.clone().supervise("ask_providers", Self::ask_providers)),
            tokio::spawn(self.clone().supervise("heads", Self::heads)),
            tokio::spawn(self.clone().supervise("watch", Self::watch)),
        ];
        self.running.tasks.lock().await.extend(tasks);
        Ok(())
    }

    /// Stops claiming, lets hand-overs finish, and ends. At most seven seconds: the store is to be
    /// closed in the three that are left of a server's ten.
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
        if tokio::time::timeout(Duration::from_secs(7), all).await.is_err() {
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
        let lines = Arc::new(Lines::default());
        let mut workers = JoinSet::new();
        let mut told: Option<i64> = None;
        let mut whole = true;
        while whole && !self.stopped() {
            // Signals name no workspace; who has something due is a cheap read.
            let mut outcome = self.lines_start(&lines, &mut workers).await;
            while let Some(ended) = workers.try_join_next() {
                match ended {
                    Ok(result) => outcome = outcome.and(result),
                    Err(error) => {
                        // Ending here shows it, and has all lines taken up again.
                        tracing::error!(%error, "a line of hand-overs broke down");
                        whole = false;
                    }
                }
            }
            let now = self.clock().monotonic_ms();
            if let Err(error) = outcome
                && told.is_none_or(|at| now - at > 5_000)
            {
                tracing::error!(%error, "due texts wait: the store does not answer");
                told = Some(now);
            }
            if whole {
                self.pause(LOOK_AROUND).await;
            }
        }
        // Nothing more is claimed; what was claimed is handed over and settled.
        lines.close();
        while workers.join_next().await.is_some() {}
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
                    outbox::expired_leases_peek(tx, now)?,
                    !store::conversation::due_snoozed(tx, now, 1)?.is_empty(),
                    !outbox::liftable(tx, 1)?.is_empty(),
                ))
            })
            .await?;
        if work.0 {
            self.send_sweep(ws).await?;
        }
        if work.2 {
            self.sending_lift(ws).await?;
        }
        if work.1 {
            self.workspace(ws).write(move |tx| wake_snoozed(tx, now)).await?;
        }
        self.give_up_receipts(ws).await
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
        let changed =
            self.workspace(ws).read(move |tx| store::event::accounts_changed_since(tx, before)).await.unwrap_or(true);
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
