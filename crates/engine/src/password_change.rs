//! A member's own change of their password.

use crate::Engine;
use crate::audit::Actor;
use crate::password::{self, PasswordError};
use domain::id::{MemberId, SessionId, WorkspaceId};
use serde_json::json;
use store::{DbError, audit, invite, member, session};

/// Why a password stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum PasswordChangeError {
    /// The password given is not the member's.
    #[error("this is not the password")]
    Wrong,
    /// The new one is none, or could not be dealt with.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Engine {
    /// Sets the password of a member who proves the one they have. Every other sign-in of theirs
    /// ends and open reset links are void: whoever else had a way in has it no more.
    ///
    /// # Errors
    /// [`PasswordChangeError`].
    pub async fn password_change(
        &self,
        ws: WorkspaceId,
        id: MemberId,
        kept: SessionId,
        current: String,
        new: String,
    ) -> Result<(), PasswordChangeError> {
        let found = self.store().server().read(move |tx| member::get(tx, id)).await?;
        let hash = found.and_then(|member| member.password_hash);
        if !password::verify(current, hash.clone()).await? {
            return Err(PasswordChangeError::Wrong);
        }
        let new_hash = password::hash(new).await?;
        let entry = self.audit_entry(Actor::Member(id), "member.password", id.to_string(), &json!({}));
        self.store()
            .server()
            .write(move |tx| {
                // A reset meanwhile wins: the password that was proved is no longer theirs.
                if member::get(tx, id)?.and_then(|member| member.password_hash) != hash {
                    return Err(PasswordChangeError::Wrong);
                }
                member::password_set(tx, id, &new_hash)?;
                session::delete_others(tx, id, kept)?;
                invite::delete_resets(tx, id)?;
                audit::insert_in(tx, ws, &entry)?;
                Ok(())
            })
            .await
    }
}
