//! The search index follows the event log.
//!
//! It is never on the road: a text is stored and answered first and found a
//! moment later. The place reached moves with the rows it stands for, in one
//! transaction, so that a crash repeats nothing and leaves nothing out.

use crate::Engine;
use domain::id::{CustomerId, MessageId, WorkspaceId};
use domain::words;
use std::collections::HashSet;
use std::time::Duration;
use store::search::{Entry, FOLLOWER, Source};
use store::{DbError, event, search};
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

/// Events read at once.
const EVENTS: i64 = 500;
/// Messages indexed in one transaction when all are indexed anew.
const CHUNK: i64 = 500;
/// Most messages indexed in one transaction while texts come and go: other
/// writers wait behind it.
const LIVE_CHUNK: usize = 200;
/// How long commits are gathered before they are indexed.
const GATHER: Duration = Duration::from_millis(50);
/// Time left to other writers between full chunks.
const BREATH: Duration = Duration::from_millis(10);
/// How often all workspaces are looked at without any signal.
const LOOK_AROUND: Duration = Duration::from_secs(30);

/// How far indexing anew has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Messages looked at.
    pub done: i64,
    /// Messages there were at the beginning.
    pub total: i64,
}

/// What one round read.
struct Batch {
    from: i64,
    to: i64,
    /// Whether the log does not hold what comes next: it was trimmed, or much
    /// came in bulk.
    gap: bool,
    sources: Vec<Source>,
    more: bool,
}

impl Engine {
    /// Indexes what was said since the last round, at most one chunk. True when
    /// there may be more.
    ///
    /// # Errors
    /// When the store fails; the next round begins at the same place.
    pub async fn search_index_round(&self, ws: WorkspaceId) -> Result<bool, DbError> {
        let batch = self.workspace(ws).read(read_batch).await?;
        let (from, to) = (batch.from, batch.to);
        if to == from {
            return Ok(false);
        }
        if batch.gap {
            tracing::info!(workspace.id = %ws, "all that was said is looked at for the search index");
            self.search_reindex(ws, |_| {}).await?;
        }
        let entries = entries(batch.sources);
        let moved = self
            .aside(ws)
            .write_bulk(move |tx| {
                // Another node may have been faster.
                if !event::follower_move(tx, FOLLOWER, from, to)? {
                    return Ok::<_, DbError>(false);
                }
                search::add(tx, &entries)?;
                Ok(true)
            })
            .await?;
        Ok(batch.more || !moved)
    }

    /// Indexes all there is until the log's end.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn search_index(&self, ws: WorkspaceId) -> Result<(), DbError> {
        while !self.stopped() && self.search_index_round(ws).await? {
            tokio::time::sleep(BREATH).await;
        }
        Ok(())
    }

    /// Indexes every message and every customer's name of a workspace that is not
    /// indexed yet. For what comes in bulk and writes no event for each: imports
    /// and the demo shop.
    ///
    /// # Errors
    /// When the store fails; what was indexed stays, and another call goes on.
    pub async fn search_reindex(
        &self,
        ws: WorkspaceId,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<(), DbError> {
        let mut named = CustomerId::new(Uuid::nil());
        while let Some(last) =
            self.aside(ws).write_bulk(move |tx| store::customer_find::add_after(tx, named, CHUNK)).await?
        {
            named = last;
            tokio::time::sleep(BREATH).await;
        }
        let total = self.workspace(ws).read(search::messages).await?;
        let (mut done, mut after) = (0, MessageId::new(Uuid::nil()));
        loop {
            let page = self.workspace(ws).read(move |tx| search::sources_after(tx, after, CHUNK)).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.message;
            done += i64::try_from(page.len()).unwrap_or(0);
            let entries = entries(page);
            self.aside(ws).write_bulk(move |tx| search::add(tx, &entries)).await?;
            tokio::time::sleep(BREATH).await;
            progress(Progress { done, total: total.max(done) });
        }
    }

    /// Fills an index that is empty, for data that came without one: put back
    /// from another engine's copy. What was said before this call is found when
    /// it returns; an index that has begun is left to its follower.
    ///
    /// # Errors
    /// When the store fails; another call goes on.
    pub async fn search_fill(&self, ws: WorkspaceId, progress: impl FnMut(Progress) + Send) -> Result<(), DbError> {
        let (from, to) =
            self.workspace(ws).read(|tx| Ok::<_, DbError>((event::follower(tx, FOLLOWER)?, event::last(tx)?))).await?;
        if from > 0 {
            return self.search_index(ws).await;
        }
        self.search_reindex(ws, progress).await?;
        self.aside(ws).write_bulk(move |tx| event::follower_move(tx, FOLLOWER, from, to).map(|_| ())).await
    }

    /// Keeps the index up until told to stop.
    pub(crate) async fn index(self) {
        let mut commits = self.commits();
        let mut stop = self.stopping();
        let mut all = true;
        while !self.stopped() {
            let mut touched = HashSet::new();
            if all {
                match self.workspaces_all().await {
                    Ok(known) => touched.extend(known),
                    Err(error) => tracing::warn!(%error, "workspaces cannot be listed"),
                }
                all = false;
            } else {
                tokio::select! {
                    commit = commits.recv() => match commit {
                        Ok(commit) => { touched.insert(commit.ws); }
                        Err(RecvError::Lagged(_)) => all = true,
                        Err(RecvError::Closed) => return,
                    },
                    () = tokio::time::sleep(LOOK_AROUND) => all = true,
                    _ = stop.wait_for(|stop| *stop) => return,
                }
                self.nap(GATHER).await;
                loop {
                    match commits.try_recv() {
                        Ok(commit) => {
                            touched.insert(commit.ws);
                        }
                        Err(tokio::sync::broadcast::error::TryRecvError::Lagged(_)) => all = true,
                        Err(_) => break,
                    }
                }
            }
            for ws in touched {
                if let Err(error) = self.search_index(ws).await {
                    tracing::warn!(workspace.id = %ws, %error, "what was said last cannot be found yet");
                    // A failing store is not asked in a tight loop.
                    self.nap(Duration::from_secs(1)).await;
                    all = true;
                }
            }
        }
    }
}

fn read_batch(tx: &mut store::Tx<'_>) -> Result<Batch, DbError> {
    let from = event::follower(tx, FOLLOWER)?;
    let events = event::since(tx, from, EVENTS)?;
    let mut batch = Batch {
        from,
        to: from,
        gap: events.first().is_some_and(|first| first.seq > from + 1),
        sources: Vec::new(),
        more: i64::try_from(events.len()).unwrap_or(0) == EVENTS,
    };
    let mut messages = Vec::new();
    for (at, event) in events.into_iter().enumerate() {
        if at > 0 && event.seq != batch.to + 1 {
            // What came in bulk here is looked at by the next round.
            batch.more = true;
            break;
        }
        if event.kind == "message.created"
            && let Some(subject) = event.subject
        {
            if messages.len() == LIVE_CHUNK {
                batch.more = true;
                break;
            }
            messages.push(subject);
        }
        batch.to = event.seq;
    }
    batch.sources = search::sources(tx, messages)?;
    Ok(batch)
}

/// The words of messages; what has none is not indexed.
fn entries(sources: Vec<Source>) -> Vec<Entry> {
    sources
        .into_iter()
        .map(|source| Entry { message: source.message, at: source.at, words: words::tokens(&source.body) })
        .filter(|entry| !entry.words.is_empty())
        .collect()
}
