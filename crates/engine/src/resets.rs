//! Password resets: a link to copy or to mail, good once.

use crate::Engine;
use crate::audit::Actor;
use crate::auth::{Browser, NewSession, audited_everywhere, email_kept};
use crate::crypto;
use crate::members::{MemberError, NewLink, RESET_MS, Role, may_elsewhere, part};
use crate::password;
use domain::id::{InviteId, MemberId, WorkspaceId};
use serde_json::json;
use store::invite::{InviteRow, LinkKind};
use store::{ServerTx, audit, invite, member, session};

impl Engine {
    /// Makes a reset link for a member of a workspace.
    ///
    /// # Errors
    /// [`MemberError`].
    pub async fn reset_create(
        &self,
        ws: WorkspaceId,
        by: Actor,
        power: Option<Role>,
        id: MemberId,
    ) -> Result<NewLink, MemberError> {
        let entry = self.audit_entry(by, "member.reset", id.to_string(), &json!({}));
        let (row, link, hash) = self.reset_row(id)?;
        self.store()
            .server()
            .write(move |tx| {
                // Whoever makes a link could become the member: not of more power, nor of other workspaces.
                let target = part(tx, ws, id)?;
                if target.role == Role::Owner && power.is_some_and(|power| power != Role::Owner) {
                    return Err(MemberError::OwnersOnly);
                }
                if let Actor::Member(by) = by {
                    may_elsewhere(tx, by, id)?;
                }
                invite::delete_resets(tx, id)?;
                invite::insert(tx, &row, &hash, by.member())?;
                audit::insert_in(tx, ws, &entry)?;
                Ok::<_, MemberError>(())
            })
            .await?;
        Ok(link)
    }

    /// Makes a reset link for whoever has an e-mail address; none where nobody has it.
    ///
    /// # Errors
    /// [`MemberError`].
    pub async fn reset_by_email(&self, email: &str) -> Result<Option<NewLink>, MemberError> {
        let email = email_kept(email);
        let found = self.store().server().read(move |tx| member::by_email(tx, &email)).await?;
        let Some(found) = found.filter(|member| member.disabled_at.is_none()) else { return Ok(None) };
        let (row, link, hash) = self.reset_row(found.id)?;
        // Whoever asked has proved nothing yet.
        let entry = self.audit_entry(Actor::System, "reset.ask", found.id.to_string(), &json!({}));
        self.store()
            .server()
            .write(move |tx| {
                invite::delete_resets(tx, found.id)?;
                invite::insert(tx, &row, &hash, None)?;
                audited_everywhere(tx, found.id, &entry)?;
                Ok::<_, MemberError>(())
            })
            .await?;
        Ok(Some(link))
    }

    /// Sets a new password by a reset link, ends the member's sessions and signs in.
    ///
    /// # Errors
    /// [`MemberError`].
    pub async fn reset_accept(
        &self,
        token: &str,
        password: String,
        browser: Browser,
    ) -> Result<NewSession, MemberError> {
        let hash = crypto::digest(token);
        let now = self.now();
        // Looked up first: hashing for made-up links would be work for nothing.
        let found = self.store().server().read(move |tx| reset(tx, &hash, now)).await?;
        let new_hash = password::hash(password).await?;
        let entry = self.audit_entry(Actor::Member(found.1), "reset.accept", found.1.to_string(), &json!({}));
        self.store()
            .server()
            .write(move |tx| {
                if !invite::used(tx, found.0, now)? {
                    return Err(MemberError::NotFound);
                }
                member::password_set(tx, found.1, &new_hash)?;
                session::delete_all(tx, found.1)?;
                audited_everywhere(tx, found.1, &entry)?;
                Ok(())
            })
            .await?;
        Ok(self.session_make(found.1, None, browser).await?)
    }

    fn reset_row(&self, id: MemberId) -> Result<(InviteRow, NewLink, [u8; 32]), MemberError> {
        let token = crypto::token()?;
        let now = self.now();
        let row = InviteRow {
            id: self.new_id(),
            kind: LinkKind::Reset,
            ws: None,
            member: Some(id),
            email: None,
            role: None,
            created_at: now,
            expires_at: now + RESET_MS,
        };
        let link = NewLink { id: row.id, token: token.clone(), expires_at: row.expires_at };
        Ok((row, link, crypto::digest(&token)))
    }
}

fn reset(tx: &mut ServerTx<'_>, hash: &[u8], now: i64) -> Result<(InviteId, MemberId), MemberError> {
    let found =
        invite::by_token(tx, hash, now)?.filter(|row| row.kind == LinkKind::Reset).ok_or(MemberError::NotFound)?;
    let id = found.member.ok_or(MemberError::NotFound)?;
    match member::get(tx, id)? {
        Some(member) if member.disabled_at.is_none() => Ok((found.id, id)),
        Some(_) | None => Err(MemberError::NotFound),
    }
}
