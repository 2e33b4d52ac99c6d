//! Texts that were sent and of which no final receipt came.
//!
//! Which they are is read from the event log, three days behind its end: every
//! text that was sent stands there, in order. An index of them would be
//! written twice for each text of a blast, and would hold almost none.

use crate::Engine;
use domain::id::WorkspaceId;
use domain::limits::UNCONFIRMED_MS;
use domain::message::State;
use store::event::{self, EventRow};
use store::{DbError, message};
use uuid::Uuid;

/// The place in the log up to which nobody waits for a receipt any more.
const FOLLOWER: &str = "unconfirmed";
/// Events read at once.
const EVENTS: i64 = 2_000;

/// Events that are old enough.
struct Batch {
    from: i64,
    to: i64,
    sent: Vec<Uuid>,
    more: bool,
}

impl Engine {
    /// Gives up waiting for receipts of texts sent more than [`UNCONFIRMED_MS`] ago.
    ///
    /// # Errors
    /// When the store fails; the next call begins where this one ended.
    pub(crate) async fn give_up_receipts(&self, ws: WorkspaceId) -> Result<(), DbError> {
        while !self.stopped() && self.give_up_round(ws).await? {}
        Ok(())
    }

    /// One batch of events. True when there may be more.
    async fn give_up_round(&self, ws: WorkspaceId) -> Result<bool, DbError> {
        let now = self.now();
        let before = now - UNCONFIRMED_MS;
        let Batch { from, to, sent, more } = self
            .workspace(ws)
            .read(move |tx| {
                let from = event::follower(tx, FOLLOWER)?;
                // Almost always the next event is too young.
                let next = event::since(tx, from, 1)?;
                let old = next.iter().any(|event| event.at < before);
                let events = if old { event::since(tx, from, EVENTS)? } else { Vec::new() };
                Ok::<_, DbError>(batch(from, &events, before))
            })
            .await?;
        if to == from {
            return Ok(false);
        }
        self.hand_overs(ws)
            .write_bulk(move |tx| {
                // Another node may have been faster.
                if event::follower_move(tx, FOLLOWER, from, to)? && !sent.is_empty() {
                    for (id, conversation) in message::give_up_receipts(tx, sent.clone(), before, now)? {
                        crate::reply::event_state(tx, id, conversation, State::SentUnconfirmed, now);
                    }
                }
                Ok::<_, DbError>(())
            })
            .await?;
        Ok(more)
    }
}

/// The texts that were sent, of the events up to the first that is too young.
fn batch(from: i64, events: &[EventRow], before: i64) -> Batch {
    let old: Vec<&EventRow> = events.iter().take_while(|event| event.at < before).collect();
    let sent = old.iter().filter(|event| event.kind == "message.state" && says_sent(&event.data));
    Batch {
        from,
        to: old.last().map_or(from, |event| event.seq),
        sent: sent.filter_map(|event| event.subject).collect(),
        more: old.len() == events.len() && i64::try_from(events.len()).is_ok_and(|read| read == EVENTS),
    }
}

fn says_sent(data: &str) -> bool {
    let data: Option<serde_json::Value> = serde_json::from_str(data).ok();
    data.is_some_and(|data| data.get("state").and_then(serde_json::Value::as_str) == Some(State::Sent.word()))
}
