//! Following the event log for one live stream.
//!
//! The stream pulls: nothing is read from the store while its client has not
//! taken what it was given, so a slow client costs no memory. What it missed is
//! read from the log afterwards, or, when that is too much, it is told to start afresh.

use std::fmt::Write;
use std::time::Duration;

use bytes::Bytes;
use engine::live::Followed;
use engine::presence::Here;
use engine::{Commit, EventRow};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Instant, MissedTickBehavior};

use super::conversations::presence::Presence;
use super::live::Change;
use crate::caller::{Caller, Who};
use crate::state::{Api, StreamPlace};

/// Events read at once.
const BATCH: i64 = 500;
/// More missed events than this are not replayed.
const REPLAY_MAX: i64 = 5_000;
/// How often a quiet stream shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often it is asked whether the caller may still listen.
const RECHECK: Duration = Duration::from_secs(4);

/// One live stream.
pub(crate) struct Follow {
    api: Api,
    caller: Caller,
    commits: Receiver<Commit>,
    presence: Receiver<Here>,
    stopping: tokio::sync::watch::Receiver<bool>,
    recheck: tokio::time::Interval,
    quiet_since: Instant,
    seq: i64,
    state: State,
    // Counts the stream until it ends.
    _place: StreamPlace,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was sent yet.
    New,
    /// There may be events to read.
    Behind,
    /// All that is committed was sent.
    Current,
}

/// What a waiting stream was woken by.
enum Woken {
    Stopping,
    Recheck,
    Commit(Result<Commit, RecvError>),
    Presence(Result<Here, RecvError>),
    Quiet,
}

impl Follow {
    pub(crate) fn new(api: Api, caller: Caller, place: StreamPlace, commits: Receiver<Commit>, since: i64) -> Self {
        let mut recheck = tokio::time::interval_at(now() + RECHECK, RECHECK);
        recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stopping = api.engine.stopping();
        // Before it is looked who is there: whoever comes between is told twice, not never.
        let presence = api.engine.presence_changes();
        Self {
            api,
            caller,
            commits,
            presence,
            stopping,
            recheck,
            quiet_since: now(),
            seq: since,
            state: State::New,
            _place: place,
        }
    }

    /// The next piece of the stream; none when it ends.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        loop {
            match self.state {
                State::New => {
                    self.state = State::Behind;
                    // Sent at once, so that proxies and browsers see the stream open.
                    let there = self.api.engine.presence_of(self.caller.ws);
                    let there: String = there.into_iter().filter_map(|here| self.told(here)).collect();
                    return Some(self.piece(format!("retry: 2000\n: {}\n\n{there}", self.seq)));
                }
                State::Behind => {
                    if let Some(piece) = self.read().await? {
                        return Some(piece);
                    }
                    self.state = State::Current;
                }
                State::Current => {}
            }
            let heartbeat = self.quiet_since + HEARTBEAT;
            let woken = tokio::select! {
                biased;
                _ = self.stopping.wait_for(|stop| *stop) => Woken::Stopping,
                _ = self.recheck.tick() => Woken::Recheck,
                commit = self.commits.recv() => Woken::Commit(commit),
                here = self.presence.recv() => Woken::Presence(here),
                () = tokio::time::sleep_until(heartbeat) => Woken::Quiet,
            };
            match woken {
                Woken::Recheck if self.allowed().await => {}
                Woken::Stopping | Woken::Recheck | Woken::Commit(Err(RecvError::Closed)) => return None,
                Woken::Commit(Ok(commit)) => {
                    if commit.ws == self.caller.ws && commit.last_seq > self.seq {
                        self.state = State::Behind;
                    }
                }
                Woken::Commit(Err(RecvError::Lagged(_))) => self.state = State::Behind,
                Woken::Presence(Ok(here)) => {
                    if let Some(told) = self.told(here) {
                        return Some(self.piece(told));
                    }
                }
                // Each word of it ends by itself; what was missed is said again or over.
                Woken::Presence(Err(_)) => {}
                Woken::Quiet => return Some(self.piece(format!(": {}\n\n", self.seq))),
            }
        }
    }

    /// What was committed since; `Some(None)` when there is nothing.
    async fn read(&mut self) -> Option<Option<Bytes>> {
        let (ws, seq) = (self.caller.ws, self.seq);
        let last = match self.api.engine.events_last(ws).await {
            Ok(last) => last,
            Err(error) => {
                // The client comes back by itself and finds the store again, or is told why not.
                tracing::warn!(%error, "a live stream ends: the log cannot be read");
                return None;
            }
        };
        if last - seq > REPLAY_MAX {
            return Some(Some(self.reset(last)));
        }
        match self.api.engine.events_since(ws, seq, BATCH).await {
            Ok(Followed::Events(rows)) if rows.is_empty() => Some(None),
            Ok(Followed::Events(rows)) => Some(Some(self.changes(rows))),
            Ok(Followed::Reset(last)) => Some(Some(self.reset(last))),
            Err(error) => {
                tracing::warn!(%error, "a live stream ends: the log cannot be read");
                None
            }
        }
    }

    fn changes(&mut self, rows: Vec<EventRow>) -> Bytes {
        let mut text = String::with_capacity(rows.len() * 200);
        for row in rows {
            let change = Change::from(row);
            self.seq = change.seq;
            let data = serde_json::to_string(&change).unwrap_or_default();
            let _ = write!(text, "id: {}\nevent: change\ndata: {data}\n\n", change.seq);
        }
        self.piece(text)
    }

    fn reset(&mut self, last: i64) -> Bytes {
        self.seq = last;
        self.piece(format!("id: {last}\nevent: reset\ndata: {{\"seq\":{last}}}\n\n"))
    }

    /// Somebody else's place in the caller's workspace, as an event without a number.
    fn told(&self, here: Here) -> Option<String> {
        if here.ws != self.caller.ws || Some(here.member) == self.caller.member_id() {
            return None;
        }
        let data = serde_json::to_string(&Presence::from(here)).ok()?;
        Some(format!("event: presence\ndata: {data}\n\n"))
    }

    fn piece(&mut self, text: String) -> Bytes {
        self.quiet_since = now();
        Bytes::from(text)
    }

    /// Whether the session or key still holds. While the store cannot say, it does.
    async fn allowed(&self) -> bool {
        match &self.caller.who {
            Who::Member(member) => self.api.engine.session_alive(member.session, self.caller.ws).await.unwrap_or(true),
            Who::Key(key) => {
                let keys = self.api.engine.api_key_list(self.caller.ws).await;
                keys.map_or(true, |keys| keys.iter().any(|row| row.id == key.id))
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "timers of the runtime take its own instants")]
fn now() -> Instant {
    Instant::now()
}
