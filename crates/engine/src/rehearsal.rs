//! Rehearsals: a server whose clock is moved by hand, with the simulator as its one provider.
//!
//! What is written down there bears dates that are not true, so that data of a rehearsal
//! and data of a shop never become each other's: the database says which it is.

use crate::Engine;
use store::{DbError, outbox, workspace};

/// The fact that says that a database is a rehearsal's.
const FACT: &str = "rehearsal";

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// A shop is to be rehearsed in.
    #[error("there is a shop in this database, whose dates are true: rehearse in an empty one")]
    Shop,
    /// A rehearsal is to be served as a shop.
    #[error(
        "this database is a rehearsal's, whose dates are not true: serve it with --rehearse-at, or begin an empty one"
    )]
    Rehearsal,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Engine {
    /// Makes sure, before anything runs, that a rehearsal is held in a database of its own
    /// and a shop is served from one that never was a rehearsal's.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub async fn rehearsal_agree(&self, rehearses: bool) -> Result<(), RehearsalError> {
        let now = self.now();
        self.store()
            .server()
            .write(move |tx| match (rehearses, workspace::fact(tx, FACT)?.is_some()) {
                (true, true) | (false, false) => Ok(()),
                (false, true) => Err(RehearsalError::Rehearsal),
                (true, false) if outbox::workspaces_all(tx)?.is_empty() => {
                    Ok(workspace::fact_set(tx, FACT, &now.to_string(), now)?)
                }
                (true, false) => Err(RehearsalError::Shop),
            })
            .await
    }
}
