//! What began beside a merge or its undoing goes where its number is.
//!
//! A text may be placed while another node merges its customer: it has found whose the number was, and
//! begins a thread for them once they are somebody else. Such a transaction is over within seconds, so the
//! merge asks for a look after that.

use crate::Engine;
use crate::jobs::LEASE_MS;
use domain::conversation::Status;
use domain::id::{Id, WorkspaceId};
use std::collections::BTreeSet;
use store::customer_merge::{self, Going};
use store::job::{self, Job};
use store::{DbError, NewEvent, Tx, conversation};

/// The kind of job it is.
pub(crate) const KIND: &str = "merged";
pub(super) const AT_WORK: &str = "looking";
const AT_REST: &str = "at_rest";
/// After so long (ms) no transaction is at work that began before.
pub(super) const OVER_MS: i64 = 30_000;
/// Merges undone so long ago (ms) have no stragglers any more.
const LATELY_MS: i64 = 60 * 60 * 1000;

impl Engine {
    /// Puts right what began beside merges, if that is asked for and nobody is at it.
    ///
    /// # Errors
    /// When the store fails; the next look goes on.
    pub(crate) async fn merged_take_up(&self, ws: WorkspaceId) -> Result<(), DbError> {
        let Some(job) = self.job_take(ws, KIND).await? else { return Ok(()) };
        self.stragglers_move(ws, job).await
    }

    async fn stragglers_move(&self, ws: WorkspaceId, job: Job) -> Result<(), DbError> {
        let now = self.now();
        self.workspace(ws)
            .write(move |tx| {
                if job::hold(tx, &job, now + LEASE_MS)? {
                    move_in(tx, now)?;
                    job::rest(tx, &job, AT_REST)?;
                }
                Ok(())
            })
            .await
    }
}

fn move_in(tx: &mut Tx<'_>, now: i64) -> Result<(), DbError> {
    for one in customer_merge::stragglers(tx, now - LATELY_MS)? {
        let side = (one.to, one.address);
        let theirs = conversation::last_for_many(tx, one.inbox, &BTreeSet::from([side.clone()]))?.remove(&side);
        // One is open at most; the text in this one is in their list all the same.
        if !one.closed && theirs.is_some_and(|row| row.last.status != Status::Closed) {
            conversation::set_status(tx, one.id, Status::Closed, None, now)?;
        }
        let going = Going { addresses: &[], conversations: &[one.id], orders: &[] };
        customer_merge::give(tx, one.from, one.to, going)?;
        tx.event(NewEvent {
            kind: "conversation.changed",
            conversation: Some(Id::uuid(one.id)),
            subject: Some(Id::uuid(one.id)),
            at: now,
            data: "{}".to_owned(),
        });
    }
    Ok(())
}
