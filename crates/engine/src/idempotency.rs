//! The same request twice is done once.
//!
//! A [`Ticket`] names a request, and [`Keep`] writes its answer down in the
//! transaction of the deed it answers: both are there or neither. A process
//! that dies before the commit has done nothing, one that dies after it has
//! kept the answer; so a repeat never finds a deed without its answer.

use crate::Engine;
use domain::id::{Id, WorkspaceId};
use domain::limits::IDEMPOTENCY_MS;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use store::idempotency::{self, Kept, Named};
use store::{DbError, ServerTx, Tx};
use uuid::Uuid;

/// A request with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// The workspace.
    pub ws: WorkspaceId,
    /// Who asks: a member's or key's id.
    pub caller: String,
    /// What for.
    pub operation: String,
    /// The key.
    pub key: String,
    /// The SHA-256 of the request.
    pub request_hash: [u8; 32],
}

impl Ticket {
    fn named(&self) -> Named<'_> {
        Named { caller: &self.caller, operation: &self.operation, key: &self.key }
    }

    /// One value for each request, whatever its body.
    fn uuid(&self) -> Uuid {
        let mut hash = Sha256::new();
        for piece in [self.ws.to_string().as_str(), &self.caller, &self.operation, &self.key] {
            hash.update(u64::try_from(piece.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(piece.as_bytes());
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// The identity of the thing at a place among several that this request
    /// makes, where they are too many for one transaction: what a process that
    /// died has made of them is found again.
    #[must_use]
    pub fn nth<T: Id>(&self, place: usize) -> T {
        let mut hash = Sha256::new();
        hash.update(self.uuid());
        hash.update(self.request_hash);
        hash.update(u64::try_from(place).unwrap_or(u64::MAX).to_be_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        T::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    fn kept(&self, answer: Rendered) -> Kept {
        Kept { request_hash: self.request_hash.to_vec(), status: i64::from(answer.status), body: answer.body }
    }
}

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The HTTP status.
    pub status: u16,
    /// The body, as JSON, without secrets.
    pub body: String,
}

/// Keeps the answer to a keyed request in the transaction of its deed. `T` is
/// what the deed made, with all that the answer shows of it.
pub struct Keep<T>(Option<(Ticket, Render<T>)>);

type Render<T> = Arc<dyn Fn(&T) -> Rendered + Send + Sync>;

impl<T> Clone for Keep<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Keep<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keep").field(&self.0.as_ref().map(|(ticket, _)| ticket)).finish()
    }
}

impl<T> Keep<T> {
    /// For a deed that no keyed request asked for.
    pub const NOTHING: Self = Self(None);

    /// Keeps what `render` makes of the deed. It may run more than once.
    pub fn of(ticket: Option<Ticket>, render: impl Fn(&T) -> Rendered + Send + Sync + 'static) -> Self {
        Self(ticket.map(|ticket| (ticket, Arc::new(render) as Render<T>)))
    }

    /// Keeps the answer, as the last thing of the deed's transaction. A conflict
    /// on `idempotency_keys` says that another node was faster; the deed is then
    /// undone with it, and the repeat is answered from what that node kept.
    ///
    /// # Errors
    /// When the store fails.
    pub fn keep(&self, tx: &mut Tx<'_>, made: &T, now: i64) -> Result<(), DbError> {
        let Some((ticket, render)) = &self.0 else { return Ok(()) };
        idempotency::insert(tx, &ticket.named(), &ticket.kept(render(made)), now - IDEMPOTENCY_MS, now)
    }

    /// As [`Self::keep`], in work across workspaces.
    ///
    /// # Errors
    /// When the store fails.
    pub fn keep_in(&self, tx: &mut ServerTx<'_>, made: &T, now: i64) -> Result<(), DbError> {
        let Some((ticket, render)) = &self.0 else { return Ok(()) };
        let kept = ticket.kept(render(made));
        idempotency::insert_in(tx, ticket.ws, &ticket.named(), &kept, now - IDEMPOTENCY_MS, now)
    }
}

/// Why a repeated request is not simply answered again.
#[derive(Debug, thiserror::Error)]
pub enum IdempotencyError {
    /// The key named another request before.
    #[error("the idempotency key was used for another request")]
    Reused,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// Requests of this process that are still at work.
#[derive(Debug, Clone, Default)]
pub struct InFlight(Arc<Mutex<HashSet<Uuid>>>);

/// Holds a request's place until it is dropped.
#[derive(Debug)]
pub struct Place {
    all: InFlight,
    id: Uuid,
}

impl InFlight {
    /// Takes a request's place; none while the same one is at work.
    #[must_use]
    pub fn enter(&self, ticket: &Ticket) -> Option<Place> {
        let id = ticket.uuid();
        let mut all = self.0.lock().ok()?;
        all.insert(id).then(|| Place { all: self.clone(), id })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Ok(mut all) = self.all.0.lock() {
            all.remove(&self.id);
        }
    }
}

impl Engine {
    /// The answer kept for a request.
    ///
    /// # Errors
    /// [`IdempotencyError`].
    pub async fn idempotency_find(&self, ticket: &Ticket) -> Result<Option<Kept>, IdempotencyError> {
        let since = self.now() - IDEMPOTENCY_MS;
        let asked = ticket.clone();
        let kept = self.workspace(ticket.ws).read(move |tx| idempotency::get(tx, &asked.named(), since)).await?;
        match kept {
            Some(kept) if kept.request_hash != ticket.request_hash => Err(IdempotencyError::Reused),
            kept => Ok(kept),
        }
    }

    /// Keeps the answer to a request that did nothing: a refusal the caller
    /// would get again. Deeds keep theirs with [`Keep`]. False when another node
    /// has kept an answer meanwhile, which is then the answer.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn idempotency_keep(&self, ticket: &Ticket, status: u16, body: String) -> Result<bool, DbError> {
        let now = self.now();
        let ticket = ticket.clone();
        let kept = self
            .workspace(ticket.ws)
            .write(move |tx| {
                let kept = ticket.kept(Rendered { status, body: body.clone() });
                idempotency::insert(tx, &ticket.named(), &kept, now - IDEMPOTENCY_MS, now)
            })
            .await;
        match kept {
            Err(error) if error.is_conflict_on("idempotency_keys") => Ok(false),
            kept => kept.map(|()| true),
        }
    }

    /// Corrects a kept answer by what happened outside the store afterwards.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn idempotency_amend(&self, ticket: &Ticket, body: String) -> Result<(), DbError> {
        let ticket = ticket.clone();
        self.workspace(ticket.ws).write(move |tx| idempotency::amend(tx, &ticket.named(), &body)).await
    }

    /// Forgets answers older than seven days.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn idempotency_forget(&self, ws: WorkspaceId) -> Result<u64, DbError> {
        let until = self.now() - IDEMPOTENCY_MS;
        self.workspace(ws).write(move |tx| idempotency::forget(tx, until)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(key: &str) -> Ticket {
        Ticket {
            ws: WorkspaceId::new(Uuid::from_u128(1)),
            caller: "mem_1".into(),
            operation: "message_create".into(),
            key: key.into(),
            request_hash: [0; 32],
        }
    }

    #[test]
    fn a_request_at_work_keeps_its_repeat_out_until_it_ends() {
        let all = InFlight::default();
        let place = all.enter(&ticket("a"));
        assert!(place.is_some());
        assert!(all.enter(&ticket("a")).is_none());
        assert!(all.enter(&ticket("b")).is_some());
        drop(place);
        assert!(all.enter(&ticket("a")).is_some());
    }

    #[test]
    fn identities_follow_the_request_and_nothing_else() {
        let mut other = ticket("a");
        other.request_hash = [1; 32];
        assert_eq!(ticket("a").uuid(), other.uuid());
        assert_ne!(ticket("a").uuid(), ticket("b").uuid());
        let mut shifted = ticket("a");
        shifted.caller = "mem_1m".into();
        shifted.operation = "essage_create".into();
        assert_ne!(ticket("a").uuid(), shifted.uuid());
    }
}
