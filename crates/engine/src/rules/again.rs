//! What the old rules hold is asked about again when others hold.

use crate::Engine;
use domain::id::{MessageId, WorkspaceId};
use store::{DbError, message, outbox};
use uuid::Uuid;

/// Held texts of one step: it must stay well below 50 ms.
const STEP: i64 = 200;

/// Where the list of held texts begins.
const START: (i64, MessageId) = (i64::MIN, MessageId::new(Uuid::nil()));

impl Engine {
    /// Makes what was held before an instant (Unix ms) due, so that each text is asked about again by the rules
    /// that hold now. They are committed, so a failure here takes nothing back: what was not reached is asked
    /// about at its own time.
    pub(super) async fn held_ask_again(&self, ws: WorkspaceId, before: i64) {
        match self.held_made_due(ws, before).await {
            Ok(()) => self.wake(),
            Err(error) => {
                tracing::warn!(workspace.id = %ws, %error, "held texts wait for their own time to meet the new rules");
            }
        }
    }

    async fn held_made_due(&self, ws: WorkspaceId, before: i64) -> Result<(), DbError> {
        let mut place = START;
        loop {
            let (now, from) = (self.now(), place);
            let next = self
                .workspace(ws)
                .write_bulk(move |tx| {
                    let rows = message::held(tx, from, STEP)?;
                    // What is held since was asked by the new rules.
                    let old: Vec<MessageId> =
                        rows.iter().filter(|row| row.state_at <= before).map(|row| row.id).collect();
                    if !old.is_empty() {
                        outbox::sooner(tx, &old, now)?;
                    }
                    Ok::<_, DbError>(rows.last().map(|row| (row.held_until.unwrap_or(outbox::WHEN_LIFTED), row.id)))
                })
                .await?;
            match next {
                Some(next) => place = next,
                None => return Ok(()),
            }
        }
    }
}
