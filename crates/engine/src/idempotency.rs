//! The same request twice is done once.
//!
//! A [`Ticket`] names a request. What a request makes gets its identity from
//! the ticket, so that the deed cannot happen twice whatever crashes between;
//! the answer is kept beside it, in the same transaction where the deed is ours.

use crate::Engine;
use domain::id::{Id, WorkspaceId};
use domain::limits::IDEMPOTENCY_MS;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use store::idempotency::{self, Kept, Named};
use store::{DbError, Tx};
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

    /// The identity of what this request makes: the same for each repeat.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        let mut hash = Sha256::new();
        for piece in [self.ws.to_string().as_str(), &self.caller, &self.operation, &self.key] {
            hash.update(u64::try_from(piece.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(piece.as_bytes());
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// As [`Self::uuid`], as an identity of a kind.
    #[must_use]
    pub fn id<T: Id>(&self) -> T {
        T::from_uuid(self.uuid())
    }

    /// Keeps the answer, inside the deed's own transaction. A conflict on
    /// `idempotency_keys` says that another request with the key came first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn keep(&self, tx: &mut Tx<'_>, status: u16, body: &str, now: i64) -> Result<(), DbError> {
        let kept = Kept { request_hash: self.request_hash.to_vec(), status: i64::from(status), body: body.to_owned() };
        idempotency::insert(tx, &self.named(), &kept, now - IDEMPOTENCY_MS, now)
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

    /// Keeps an answer after the deed, where the deed's own identity already
    /// makes a repeat harmless. A repeat that was faster has kept the same.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn idempotency_keep(&self, ticket: &Ticket, status: u16, body: String) -> Result<(), DbError> {
        let now = self.now();
        let ticket = ticket.clone();
        let kept = self.workspace(ticket.ws).write(move |tx| ticket.keep(tx, status, &body, now)).await;
        match kept {
            Err(error) if error.is_conflict_on("idempotency_keys") => Ok(()),
            kept => kept,
        }
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
