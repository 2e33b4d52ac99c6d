//! Who looks at a conversation, and who types: told as it changes, never kept.
//!
//! A browser says so every 20 s while it shows a thread, and at most every 3 s
//! while its member types. Each word holds for a little longer than that, so a
//! tab that dies without a farewell is gone within half a minute. A node keeps
//! this in memory; nodes of one PostgreSQL look at each other's each second.

use crate::Engine;
use domain::id::{ConversationId, MemberId, WorkspaceId};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;
use store::presence::{self, PresenceRow};
use store::{DbError, conversation};
use tokio::sync::broadcast;

/// How long a member counts as looking at a conversation, in ms.
const HERE_MS: i64 = 28_000;
/// How long a member counts as typing, in ms.
const TYPING_MS: i64 = 6_000;
/// How often what ended is noticed, and other nodes are looked at.
const LOOK_AROUND: Duration = Duration::from_secs(1);
/// For this long after its end a row tells other nodes of a farewell, in ms.
const FAREWELL_MS: i64 = 10_000;

/// What a member does at a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Looks at it.
    Viewing,
    /// Writes an answer.
    Typing,
    /// Nothing any more.
    Left,
}

/// A change of who is where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Here {
    /// The workspace.
    pub ws: WorkspaceId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The member.
    pub member: MemberId,
    /// What they do.
    pub doing: Doing,
    /// Until when that holds unless it is said again, Unix ms.
    pub until: i64,
}

type Place = (WorkspaceId, ConversationId, MemberId);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stay {
    here_until: i64,
    typing_until: i64,
    told: Doing,
}

/// Everybody's places as this node knows them.
#[derive(Debug)]
pub(crate) struct Board {
    stays: Mutex<HashMap<Place, Stay>>,
    signals: broadcast::Sender<Here>,
}

impl Default for Board {
    fn default() -> Self {
        Self { stays: Mutex::default(), signals: broadcast::channel(1024).0 }
    }
}

impl Board {
    /// Takes what is known of a place; what that changes is told.
    fn take(&self, row: PresenceRow, now: i64) {
        let place = (row.ws, row.conversation, row.member);
        let doing = match () {
            () if row.here_until <= now => Doing::Left,
            () if row.typing_until > now => Doing::Typing,
            () => Doing::Viewing,
        };
        let Ok(mut stays) = self.stays.lock() else { return };
        let before = match doing {
            Doing::Left => stays.remove(&place),
            Doing::Viewing | Doing::Typing => {
                stays.insert(place, Stay { here_until: row.here_until, typing_until: row.typing_until, told: doing })
            }
        };
        drop(stays);
        // A heartbeat says nothing new; a farewell of somebody unknown neither.
        if before.map_or(Doing::Left, |stay| stay.told) != doing {
            let until = if doing == Doing::Typing { row.typing_until } else { row.here_until };
            // Nobody listening is fine.
            let _ = self.signals.send(here(place, doing, until));
        }
    }

    /// Notices what has ended by itself.
    fn sweep(&self, now: i64) {
        let ended: Vec<PresenceRow> = {
            let Ok(stays) = self.stays.lock() else { return };
            let over = |stay: &Stay| stay.here_until <= now || (stay.told == Doing::Typing && stay.typing_until <= now);
            stays.iter().filter(|(_, stay)| over(stay)).map(|(place, stay)| row(*place, stay)).collect()
        };
        for row in ended {
            self.take(row, now);
        }
    }

    fn of(&self, ws: WorkspaceId, now: i64) -> Vec<Here> {
        let Ok(stays) = self.stays.lock() else { return Vec::new() };
        let there = stays.iter().filter(|(place, stay)| place.0 == ws && stay.here_until > now);
        there.map(|(place, stay)| here(*place, stay.told, stay.here_until)).collect()
    }

    /// The rows of other nodes that say something else than is known here.
    fn news(&self, rows: Vec<PresenceRow>) -> Vec<PresenceRow> {
        let Ok(stays) = self.stays.lock() else { return Vec::new() };
        let known = |known: &PresenceRow| stays.get(&(known.ws, known.conversation, known.member)).copied();
        rows.into_iter()
            .filter(|row| {
                known(row).is_none_or(|stay| (stay.here_until, stay.typing_until) != (row.here_until, row.typing_until))
            })
            .collect()
    }
}

fn here((ws, conversation, member): Place, doing: Doing, until: i64) -> Here {
    Here { ws, conversation, member, doing, until }
}

fn row((ws, conversation, member): Place, stay: &Stay) -> PresenceRow {
    PresenceRow { ws, conversation, member, here_until: stay.here_until, typing_until: stay.typing_until }
}

impl Engine {
    /// Notes what a member does at a conversation. False when there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn presence_set(
        &self,
        ws: WorkspaceId,
        conversation: ConversationId,
        member: MemberId,
        doing: Doing,
    ) -> Result<bool, DbError> {
        if self.workspace(ws).read(move |tx| conversation::get(tx, conversation)).await?.is_none() {
            return Ok(false);
        }
        let now = self.now();
        let (here_until, typing_until) = match doing {
            Doing::Viewing => (now + HERE_MS, now),
            Doing::Typing => (now + HERE_MS, now + TYPING_MS),
            Doing::Left => (now, now),
        };
        let row = PresenceRow { ws, conversation, member, here_until, typing_until };
        self.running.presence.take(row, now);
        if self.store().engine() == store::Engine::Postgres {
            self.workspace(ws).write(move |tx| presence::put(tx, &row)).await?;
        }
        Ok(true)
    }

    /// Who is where in a workspace now.
    #[must_use]
    pub fn presence_of(&self, ws: WorkspaceId) -> Vec<Here> {
        self.running.presence.of(ws, self.now())
    }

    /// Tells of each change of who is where, from now on.
    #[must_use]
    pub fn presence_changes(&self) -> broadcast::Receiver<Here> {
        self.running.presence.signals.subscribe()
    }

    /// Notices what ended, here and on other nodes. Returns how many rows of
    /// other nodes said something new.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn presence_look_around(&self) -> Result<usize, DbError> {
        let now = self.now();
        self.running.presence.sweep(now);
        if self.store().engine() == store::Engine::Sqlite {
            return Ok(0);
        }
        let rows = self.store().server().read(move |tx| presence::all(tx, now - FAREWELL_MS)).await?;
        let news = self.running.presence.news(rows);
        // A farewell stays in the table for a while and is news only once.
        let count = news.iter().filter(|row| row.here_until > now).count();
        for row in news {
            self.running.presence.take(row, now);
        }
        Ok(count)
    }

    pub(crate) async fn presence_follow(self) {
        let mut rounds = 0_u32;
        while !self.stopped() {
            if let Err(error) = self.presence_look_around().await {
                tracing::debug!(%error, "other nodes' presence could not be read");
            }
            rounds = rounds.wrapping_add(1);
            if rounds.is_multiple_of(60) && self.store().engine() == store::Engine::Postgres {
                let until = self.now() - 2 * FAREWELL_MS;
                let forgotten = self.store().server().write(move |tx| presence::forget(tx, until)).await;
                if let Err(error) = forgotten {
                    tracing::debug!(%error, "old presence could not be forgotten");
                }
            }
            self.nap(LOOK_AROUND).await;
        }
    }
}
