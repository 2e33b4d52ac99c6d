//! Who is asking: sessions of members and keys of programs.

use crate::Engine;
use crate::audit::Actor;
use crate::crypto::{self, CryptoError};
use crate::idempotency::Keep;
use crate::password::{self, PasswordError};
use crate::rate_limit::{Rate, RateLimit};
use domain::id::{ApiKeyId, Id, InboxId, MemberId, SessionId, WorkspaceId};
use domain::message::Purpose;
use store::api_key::ApiKeyRow;
use store::audit::AuditRow;
use store::session::{OpenSession, SessionRow};
use store::{DbError, ServerTx, api_key, audit, member, session};
use uuid::Uuid;

/// How long a session lasts after its last use, in ms (30 days).
pub const SESSION_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// How exactly the last use is noted, in ms: a write per request would cost more than it tells.
const TOUCH_MS: i64 = 60_000;

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The e-mail address is not known, the password is wrong, or the member is shut out.
    #[error("e-mail address or password is wrong")]
    Wrong,
    /// The member belongs to no workspace.
    #[error("the member belongs to no workspace")]
    NoWorkspace,
    /// The password could not be checked.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// No secret could be made.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// Where a sign-in comes from.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// What it calls itself.
    pub user_agent: String,
    /// Its address.
    pub ip: String,
}

/// A sign-in just made.
pub struct NewSession {
    /// The secret for the cookie. Only its SHA-256 is kept.
    pub token: String,
    /// The sign-in.
    pub open: OpenSession,
}

/// How often one member's refused sign-ins are written down: whoever guesses must not fill the log.
const REFUSALS: Rate = Rate { burst: 5.0, per_second: 1.0 / 600.0 };

/// What was written down of refused sign-ins of late.
pub(crate) struct Refusals(RateLimit<MemberId>);

impl Default for Refusals {
    fn default() -> Self {
        Self(RateLimit::new(REFUSALS))
    }
}

/// Adds an entry to the log of every workspace of the member it is about.
pub(crate) fn audited_everywhere(tx: &mut ServerTx<'_>, member: MemberId, entry: &AuditRow) -> Result<(), DbError> {
    member::memberships(tx, member)?.iter().try_for_each(|part| audit::insert_in(tx, part.ws, entry))
}

/// An e-mail address as it is kept: without space around, in small letters.
#[must_use]
pub fn email_kept(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Whether a text can be an e-mail address: mail alone can tell whether it is one.
#[must_use]
pub fn email_plausible(text: &str) -> bool {
    let text = text.trim();
    let parts: Vec<&str> = text.split('@').collect();
    text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && matches!(parts.as_slice(), [local, host] if !local.is_empty() && host.len() >= 3
            && host.contains('.') && !host.starts_with('.') && !host.ends_with('.'))
}

impl Engine {
    /// Signs a member in.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn session_open(
        &self,
        email: &str,
        password: String,
        browser: Browser,
    ) -> Result<NewSession, SignInError> {
        let email = email_kept(email);
        let found = self.store().server().read(move |tx| member::by_email(tx, &email)).await?;
        let member = found.as_ref().map(|member| member.id);
        let known = found.filter(|member| member.disabled_at.is_none());
        let hash = known.as_ref().and_then(|member| member.password_hash.clone());
        if !password::verify(password, hash).await? {
            if let Some(member) = member {
                // Beside the answer: it must not take longer where somebody has the address.
                let engine = self.clone();
                tokio::spawn(async move { engine.refusal_note(member).await });
            }
            return Err(SignInError::Wrong);
        }
        let member = known.ok_or(SignInError::Wrong)?;
        self.session_make(member.id, None, browser).await
    }

    /// Writes down that somebody was not let in as a member; what is tried again and again, not each time.
    async fn refusal_note(&self, member: MemberId) {
        if self.running.refusals.0.take(member, self.now()).is_err() {
            return;
        }
        let entry = self.audit_entry(Actor::System, "session.refuse", member.to_string(), &serde_json::json!({}));
        let noted = self.store().server().write(move |tx| audited_everywhere(tx, member, &entry)).await;
        if let Err(error) = noted {
            tracing::warn!(member.id = %member, %error, "a refused sign-in was not written down");
        }
    }

    /// Makes a session of a member who has proved who they are.
    pub(crate) async fn session_make(
        &self,
        member: MemberId,
        ws: Option<WorkspaceId>,
        browser: Browser,
    ) -> Result<NewSession, SignInError> {
        let token = crypto::token()?;
        let now = self.now();
        let mut row = SessionRow {
            id: self.new_id(),
            member,
            ws,
            csrf: hex::encode(crypto::random::<16>()?),
            user_agent: browser.user_agent.chars().take(300).collect(),
            ip: browser.ip,
            created_at: now,
            last_seen_at: now,
            expires_at: now + SESSION_MS,
        };
        let hash = crypto::digest(&token);
        if row.ws.is_none() {
            let parts = self.store().server().read(move |tx| member::memberships(tx, member)).await?;
            row.ws = Some(parts.first().ok_or(SignInError::NoWorkspace)?.ws);
        }
        let entry =
            self.audit_entry(Actor::Member(member), "session.create", member.to_string(), &serde_json::json!({}));
        let open = self
            .store()
            .server()
            .write(move |tx| {
                session::insert(tx, &row, &hash)?;
                if let Some(ws) = row.ws {
                    audit::insert_in(tx, ws, &entry)?;
                }
                session::by_token(tx, &hash, now)
            })
            .await?
            .ok_or(SignInError::Wrong)?;
        Ok(NewSession { token, open })
    }

    /// The session of a cookie, noted as used.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session_find(&self, token: &str) -> Result<Option<OpenSession>, DbError> {
        let hash = crypto::digest(token);
        let now = self.now();
        let found = self.store().server().read(move |tx| session::by_token(tx, &hash, now)).await?;
        if let Some(open) = &found
            && now - open.session.last_seen_at > TOUCH_MS
        {
            let id = open.session.id;
            self.store().server().write(move |tx| session::touch(tx, id, now, now + SESSION_MS)).await?;
        }
        Ok(found)
    }

    /// Whether a session still holds in a workspace: a live stream asks now and then.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session_alive(&self, id: SessionId, ws: WorkspaceId) -> Result<bool, DbError> {
        let now = self.now();
        self.store().server().read(move |tx| session::alive(tx, id, ws, now)).await
    }

    /// A member's sessions, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session_list(&self, member: MemberId) -> Result<Vec<SessionRow>, DbError> {
        let now = self.now();
        self.store().server().read(move |tx| session::list(tx, member, now)).await
    }

    /// Ends one session of a member. False when there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session_end(&self, member: MemberId, id: SessionId) -> Result<bool, DbError> {
        let entry = self.audit_entry(Actor::Member(member), "session.end", member.to_string(), &serde_json::json!({}));
        self.store()
            .server()
            .write(move |tx| {
                let ended = session::list(tx, member, entry.at)?.into_iter().find(|row| row.id == id);
                if !session::delete(tx, id, member)? {
                    return Ok(false);
                }
                if let Some(ws) = ended.and_then(|row| row.ws) {
                    audit::insert_in(tx, ws, &entry)?;
                }
                Ok(true)
            })
            .await
    }

    /// Moves a session to another workspace of its member. False when the
    /// member does not belong there.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session_workspace_set(
        &self,
        member: MemberId,
        id: SessionId,
        ws: WorkspaceId,
    ) -> Result<bool, DbError> {
        self.store()
            .server()
            .write(move |tx| {
                if member::membership(tx, ws, member)?.is_none() {
                    return Ok(false);
                }
                session::workspace_set(tx, id, ws)?;
                Ok(true)
            })
            .await
    }

    /// Forgets sessions and links that have ended.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session_forget_ended(&self) -> Result<(), DbError> {
        let now = self.now();
        self.store()
            .server()
            .write(move |tx| {
                session::delete_expired(tx, now)?;
                store::invite::delete_expired(tx, now)?;
                Ok(())
            })
            .await
    }
}

/// A key to make.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// What to call it.
    pub name: String,
    /// What it may do: words with spaces between.
    pub scopes: String,
    /// The purpose of texts that do not say their own.
    pub purpose: Option<Purpose>,
    /// The inbox of texts that do not say their own.
    pub inbox: Option<InboxId>,
}

/// Why a key is not made.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeyError {
    /// The inbox is not one of this workspace.
    #[error("there is no such inbox")]
    NoInbox,
    /// No secret could be made.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Engine {
    /// Makes a key; the second half of what it returns is the secret.
    ///
    /// # Errors
    /// [`ApiKeyError`].
    pub async fn api_key_create(
        &self,
        ws: WorkspaceId,
        by: Actor,
        new: NewApiKey,
        keep: Keep<ApiKeyRow>,
    ) -> Result<(ApiKeyRow, String), ApiKeyError> {
        let secret = crypto::token()?;
        let now = self.now();
        let id: ApiKeyId = self.new_id();
        let row = ApiKeyRow {
            ws,
            id,
            name: new.name,
            scopes: new.scopes,
            purpose: new.purpose,
            inbox: new.inbox,
            created_at: now,
            last_used_at: None,
            secret_hash: crypto::digest(&secret).to_vec(),
        };
        let entry = self.audit_entry(by, "api_key.create", id.to_string(), &serde_json::json!({"scopes": row.scopes}));
        let made = self
            .workspace(ws)
            .write(move |tx| {
                if let Some(inbox) = row.inbox
                    && store::inbox::get(tx, inbox)?.is_none()
                {
                    return Err(ApiKeyError::NoInbox);
                }
                api_key::insert(tx, &row, by.member())?;
                audit::insert(tx, &entry)?;
                keep.keep(tx, &row, now)?;
                Ok(row.clone())
            })
            .await?;
        let id = Id::uuid(made.id).simple();
        Ok((made, format!("hk_{id}_{secret}")))
    }

    /// The keys of a workspace, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn api_key_list(&self, ws: WorkspaceId) -> Result<Vec<ApiKeyRow>, DbError> {
        self.workspace(ws).read(api_key::list).await
    }

    /// Revokes a key. False when there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn api_key_revoke(&self, ws: WorkspaceId, by: Actor, id: ApiKeyId) -> Result<bool, DbError> {
        let entry = self.audit_entry(by, "api_key.revoke", id.to_string(), &serde_json::json!({}));
        self.workspace(ws)
            .write(move |tx| {
                let revoked = api_key::revoke(tx, id, entry.at)?;
                if revoked {
                    audit::insert(tx, &entry)?;
                }
                Ok(revoked)
            })
            .await
    }

    /// The key a text `hk_<id>_<secret>` is, noted as used.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn api_key_find(&self, text: &str) -> Result<Option<ApiKeyRow>, DbError> {
        let Some((id, secret)) = text.strip_prefix("hk_").and_then(|rest| rest.split_once('_')) else {
            return Ok(None);
        };
        let Ok(id) = Uuid::try_parse(id) else { return Ok(None) };
        self.api_key_check(ApiKeyId::new(id), secret).await
    }

    /// The key with an id and secret, noted as used.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn api_key_check(&self, id: ApiKeyId, secret: &str) -> Result<Option<ApiKeyRow>, DbError> {
        let found = self.store().server().read(move |tx| api_key::by_id(tx, id)).await?;
        let hash = crypto::digest(secret);
        let found = found.filter(|row| crypto::same(&row.secret_hash, &hash));
        let now = self.now();
        if let Some(row) = &found
            && row.last_used_at.is_none_or(|at| now - at > TOUCH_MS)
        {
            self.workspace(row.ws).write(move |tx| api_key::used(tx, id, now)).await?;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_mail_addresses_are_judged_by_shape_alone() {
        for good in ["a@b.co", " Dana.Reyes+x@mail.example.com "] {
            assert!(email_plausible(good), "{good}");
        }
        for bad in ["", "a", "@b.co", "a@b", "a@.co", "a@b.", "a b@c.de", "a@b@c.de"] {
            assert!(!email_plausible(bad), "{bad}");
        }
        assert_eq!(email_kept(" Dana@Example.COM "), "dana@example.com");
    }
}
