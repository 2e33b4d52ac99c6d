//! Bringing forward the next try of a text that its provider did not take.

use super::ANSWER_LOST;
use crate::Engine;
use crate::accounts::audited;
use crate::reply::{Author, event_state};
use domain::id::{MessageId, WorkspaceId};
use domain::message::{Kind, State};
use domain::outcome::ErrorClass;
use domain::retry;
use store::message::{MessageRow, StateChange};
use store::{DbError, message, outbox};

/// Why a text is not tried now.
#[derive(Debug, thiserror::Error)]
pub enum HastenError {
    /// No such message.
    #[error("no such message")]
    NotFound,
    /// It does not wait for a next try, and has not left either.
    #[error("a message that is {0} does not wait for a next try")]
    NotWaiting(State),
    /// Its provider or the carrier set the time.
    #[error("the provider said when it takes the next text")]
    Paced,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// What asking for a try now means for a text.
enum Wait {
    /// Until its next try, after an error of this class.
    Over(ErrorClass),
    /// Not at all: it leaves as soon as it can, or has left.
    None,
}

impl Engine {
    /// Tries a text now that its provider did not take and that waits for its next try. The gate is asked
    /// again as it leaves. Asked twice, it does nothing the second time.
    ///
    /// What may be with a provider is never touched: only what waits in the outbox is brought forward, and a
    /// text of which nobody knows whether it left does not wait there.
    ///
    /// # Errors
    /// [`HastenError`].
    pub async fn message_hasten(&self, ws: WorkspaceId, by: Author, id: MessageId) -> Result<(), HastenError> {
        let (now, audit) = (self.now(), self.new_uuid());
        self.workspace(ws)
            .write(move |tx| {
                // Its row of the outbox first, as a claim takes them; whatever is refused below rolls this back.
                let hastened = outbox::hasten(tx, id, now)?;
                let row = message::get(tx, id)?.ok_or(HastenError::NotFound)?;
                let Wait::Over(class) = wait(&row)? else { return Ok(()) };
                if !hastened {
                    return Ok(());
                }
                let detail = serde_json::json!({ "after": class.code(), "due_at": row.held_until }).to_string();
                audited(tx, audit, by, "message.try_now", &id.to_string(), &detail, now)?;
                let change = StateChange {
                    id,
                    state: State::Queued,
                    at: now,
                    code: row.reason_code,
                    detail: row.reason_detail,
                    held_until: None,
                };
                message::set_states(tx, &[change])?;
                event_state(tx, id, row.conversation_id, State::Queued, now);
                Ok::<_, HastenError>(())
            })
            .await?;
        self.wake();
        Ok(())
    }
}

fn wait(row: &MessageRow) -> Result<Wait, HastenError> {
    if row.kind != Kind::Outbound {
        return Err(HastenError::NotWaiting(row.state));
    }
    match row.state {
        // Its provider is being asked whether it has it, under the key of the first try.
        State::Queued if row.reason_code.as_deref() == Some(ANSWER_LOST.0) => {
            Err(HastenError::NotWaiting(State::Ambiguous))
        }
        State::Queued => match (row.reason_code.as_deref().and_then(ErrorClass::from_code), row.held_until) {
            (Some(class), Some(_)) if retry::may_hasten(class) => Ok(Wait::Over(class)),
            (Some(_), Some(_)) => Err(HastenError::Paced),
            (Some(_) | None, _) => Ok(Wait::None),
        },
        State::HandingOver | State::Accepted | State::Sent | State::SentUnconfirmed | State::Delivered => {
            Ok(Wait::None)
        }
        State::Received
        | State::Noted
        | State::Held
        | State::Refused
        | State::Undelivered
        | State::Failed
        | State::Ambiguous
        | State::Cancelled => Err(HastenError::NotWaiting(row.state)),
    }
}
