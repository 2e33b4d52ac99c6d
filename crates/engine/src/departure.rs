//! What a member leaves behind who is shut out: their conversations are nobody's again, so that
//! somebody else takes them up.
//!
//! The first ones change hands in the transaction that shuts the member out. Where there are more, it
//! asks for a job that takes the rest in small steps, and that no death of the process forgets.

use crate::Engine;
use crate::conversation::{Change, ConversationError, change_in};
use crate::jobs::LEASE_MS;
use crate::reply::Author;
use domain::id::{ConversationId, MemberId, MessageId, WorkspaceId};
use store::job::{self, Job};
use store::{DbError, Tx, conversation};
use uuid::Uuid;

/// The kind of job it is.
pub(crate) const KIND: &str = "departure";
const AT_WORK: &str = "handing_back";
const AT_REST: &str = "at_rest";
/// Conversations of one step: it must stay well below 50 ms.
pub const AT_ONCE: usize = 50;

/// Identities for what is written down when a member is shut out.
#[derive(Debug, Clone)]
pub(crate) struct Fresh {
    /// The lines of the first conversations.
    lines: Vec<MessageId>,
    /// The job that takes the rest.
    job: Uuid,
}

impl Engine {
    pub(crate) fn departure_ids(&self) -> Fresh {
        Fresh { lines: (0..AT_ONCE).map(|_| self.new_id()).collect(), job: self.new_uuid() }
    }

    /// Hands back what members left behind who are shut out, if that is asked for and nobody is at it.
    ///
    /// # Errors
    /// When the store fails; the next look goes on where it stood.
    pub(crate) async fn departures_take_up(&self, ws: WorkspaceId) -> Result<(), DbError> {
        let Some(job) = self.job_take(ws, KIND).await? else { return Ok(()) };
        while self.departure_step(ws, &job).await? {
            if self.stopped() {
                return self.job_let_go(ws, &job).await;
            }
        }
        Ok(())
    }

    /// One step. False where nothing is left to do, or the job is not ours any more.
    async fn departure_step(&self, ws: WorkspaceId, job: &Job) -> Result<bool, DbError> {
        let (now, job, fresh) = (self.now(), job.clone(), self.departure_ids());
        self.workspace(ws)
            .write_bulk(move |tx| {
                if !job::hold(tx, &job, now + LEASE_MS)? {
                    return Ok(false);
                }
                let left = conversation::left_behind(tx, limit(&fresh.lines))?;
                if left.is_empty() {
                    job::rest(tx, &job, AT_REST)?;
                    return Ok(false);
                }
                hand_back(tx, Author::SYSTEM, &left, &fresh.lines, now)?;
                Ok(true)
            })
            .await
    }
}

/// Hands back a member's conversations in one of their workspaces: as many as `fresh` has lines for.
/// Those are used up.
pub(crate) fn hand_back_in(
    tx: &mut Tx<'_>,
    by: Author,
    member: MemberId,
    fresh: &mut Fresh,
    now: i64,
) -> Result<(), DbError> {
    // One more shows that there is a rest.
    let mut theirs = conversation::of_assignee(tx, member, limit(&fresh.lines) + 1)?;
    if theirs.len() > fresh.lines.len() {
        job::ask(tx, fresh.job, KIND, AT_WORK, now)?;
        theirs.truncate(fresh.lines.len());
    }
    hand_back(tx, by, &theirs, &fresh.lines, now)?;
    fresh.lines.drain(..theirs.len());
    Ok(())
}

fn limit(lines: &[MessageId]) -> i64 {
    i64::try_from(lines.len()).unwrap_or(i64::MAX - 1)
}

fn hand_back(
    tx: &mut Tx<'_>,
    by: Author,
    conversations: &[ConversationId],
    lines: &[MessageId],
    now: i64,
) -> Result<(), DbError> {
    for (id, line) in conversations.iter().zip(lines) {
        match change_in(tx, *id, by, Change::Assign(None), *line, now) {
            // One that went meanwhile is nobody's either.
            Ok(_) | Err(ConversationError::NotFound) => {}
            Err(ConversationError::Store(error)) => return Err(error),
            Err(
                ConversationError::NewerOpen
                | ConversationError::Past
                | ConversationError::Closed
                | ConversationError::IdTaken,
            ) => {}
        }
    }
    Ok(())
}
