//! The people of a workspace: their roles, invitations and reset links.

use crate::Engine;
use crate::audit::Actor;
use crate::auth::{Browser, NewSession, SignInError, email_kept};
use crate::crypto::{self, CryptoError};
use crate::departure;
use crate::idempotency::Keep;
use crate::password::{self, PasswordError};
use domain::id::{InviteId, MemberId, WorkspaceId};
use serde_json::json;
use store::invite::{InviteRow, LinkKind};
use store::member::MemberRow;
use store::{DbError, ServerTx, audit, invite, member, session, workspace};

/// How long an invitation can be taken up, in ms (7 days).
pub const INVITE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// How long a reset link works, in ms (24 hours).
pub const RESET_MS: i64 = 24 * 60 * 60 * 1000;

/// A member's part in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Looks on.
    Viewer,
    /// Answers customers.
    Agent,
    /// Everything but the owners.
    Admin,
    /// Everything, and there is always one.
    Owner,
}

impl Role {
    /// Every role, most powerful first.
    pub const ALL: &'static [Self] = &[Self::Owner, Self::Admin, Self::Agent, Self::Viewer];

    /// The word stored and sent.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Agent => "agent",
            Self::Viewer => "viewer",
        }
    }

    /// The role of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.word() == word)
    }
}

/// Why a member is not changed, invited or let in.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// No such member, invitation or link; or it was used, or has ended.
    #[error("no such member or link, or it has ended")]
    NotFound,
    /// A workspace keeps an owner who can sign in.
    #[error("a workspace keeps at least one owner")]
    LastOwner,
    /// Only owners deal with owners; nobody gives more than they have.
    #[error("only an owner may do this")]
    OwnersOnly,
    /// Shutting a member out concerns every workspace of theirs.
    #[error("the member belongs to a workspace where you may not do this")]
    Elsewhere,
    /// The password does not fit the member who exists.
    #[error("the password is wrong")]
    WrongPassword,
    /// The invitation names nobody, and neither did the request.
    #[error("an e-mail address is needed")]
    EmailNeeded,
    /// The password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// No secret could be made.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The session could not be made.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// A member in a workspace.
#[derive(Debug, Clone)]
pub struct WorkspaceMember {
    /// The member; `created_at` is when they joined the workspace.
    pub member: MemberRow,
    /// Their role there.
    pub role: Role,
}

/// What to change of a member.
#[derive(Debug, Clone, Default)]
pub struct MemberChange {
    /// A new role.
    pub role: Option<Role>,
    /// Whether they are shut out.
    pub disabled: Option<bool>,
    /// A new name.
    pub name: Option<String>,
}

/// A link just made: its secret is known this once.
#[derive(Clone)]
pub struct NewLink {
    /// The invitation's or reset's identity.
    pub id: InviteId,
    /// The secret in the link.
    pub token: String,
    /// Unix ms.
    pub expires_at: i64,
}

/// What an invitation's link leads to.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The invitation.
    pub invite: InviteRow,
    /// The role it gives.
    pub role: Role,
    /// The workspace's name.
    pub workspace_name: String,
    /// Whether its e-mail address is a member's already.
    pub member_exists: bool,
}

/// Who takes an invitation up.
pub struct Joining {
    /// A name, for a new member.
    pub name: String,
    /// An e-mail address, where the invitation names none.
    pub email: Option<String>,
    /// A new password, or the one the member has.
    pub password: String,
}

impl Engine {
    /// The members of a workspace, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn member_list(&self, ws: WorkspaceId) -> Result<Vec<WorkspaceMember>, DbError> {
        let rows = self.store().server().read(move |tx| member::of_workspace(tx, ws)).await?;
        Ok(rows
            .into_iter()
            .filter_map(|(member, role)| Role::from_word(&role).map(|role| WorkspaceMember { member, role }))
            .collect())
    }

    /// The member with an e-mail address.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn member_by_email(&self, email: &str) -> Result<Option<MemberId>, DbError> {
        let email = email_kept(email);
        let found = self.store().server().read(move |tx| member::by_email(tx, &email)).await?;
        Ok(found.map(|member| member.id))
    }

    /// The workspaces of a member with their roles there, oldest part first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn membership_list(&self, id: MemberId) -> Result<Vec<(WorkspaceId, String, Role)>, DbError> {
        let rows = self.store().server().read(move |tx| member::memberships(tx, id)).await?;
        Ok(rows.into_iter().filter_map(|row| Role::from_word(&row.role).map(|role| (row.ws, row.name, role))).collect())
    }

    /// Changes a member. `power` is the role of who asks; none is the command line's.
    ///
    /// # Errors
    /// [`MemberError`].
    pub async fn member_change(
        &self,
        ws: WorkspaceId,
        by: Actor,
        power: Option<Role>,
        id: MemberId,
        change: MemberChange,
    ) -> Result<WorkspaceMember, MemberError> {
        let now = self.now();
        let detail =
            json!({"role": change.role.map(Role::word), "disabled": change.disabled, "renamed": change.name.is_some()});
        let entry = self.audit_entry(by, "member.change", id.to_string(), &detail);
        let fresh = self.departure_ids();
        let changed = self
            .store()
            .server()
            .write(move |tx| {
                let before = part(tx, ws, id)?;
                let owners = change.role == Some(Role::Owner) || before.role == Role::Owner;
                if owners && power.is_some_and(|power| power != Role::Owner) {
                    return Err(MemberError::OwnersOnly);
                }
                if let Some(role) = change.role
                    && role != before.role
                {
                    keep_an_owner(tx, ws, id, before.role)?;
                    member::membership_put(tx, ws, id, role.word(), now)?;
                }
                if let Some(disabled) = change.disabled {
                    shut_out(tx, by, id, disabled, now)?;
                    if disabled {
                        leave_all(tx, by, id, fresh.clone(), now)?;
                    }
                }
                if let Some(name) = &change.name {
                    member::name_set(tx, id, name)?;
                }
                audit::insert_in(tx, ws, &entry)?;
                part(tx, ws, id)
            })
            .await?;
        self.running.work.notify_one();
        Ok(changed)
    }

    /// Invites somebody to a workspace.
    ///
    /// # Errors
    /// [`MemberError`].
    pub async fn invite_create(
        &self,
        ws: WorkspaceId,
        by: Actor,
        power: Option<Role>,
        email: Option<String>,
        role: Role,
        keep: Keep<NewLink>,
    ) -> Result<NewLink, MemberError> {
        if role == Role::Owner && power.is_some_and(|power| power != Role::Owner) {
            return Err(MemberError::OwnersOnly);
        }
        let token = crypto::token()?;
        let now = self.now();
        let row = InviteRow {
            id: self.new_id(),
            kind: LinkKind::Invite,
            ws: Some(ws),
            member: None,
            email: email.as_deref().map(email_kept),
            role: Some(role.word().to_owned()),
            created_at: now,
            expires_at: now + INVITE_MS,
        };
        let link = NewLink { id: row.id, token: token.clone(), expires_at: row.expires_at };
        let entry = self.audit_entry(by, "invite.create", row.id.to_string(), &json!({"role": role.word()}));
        let hash = crypto::digest(&token);
        self.store()
            .server()
            .write(move |tx| {
                invite::insert(tx, &row, &hash, by.member())?;
                audit::insert_in(tx, ws, &entry)?;
                keep.keep_in(tx, &link, now)?;
                Ok(link.clone())
            })
            .await
    }

    /// Invitations of a workspace that wait, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn invite_list(&self, ws: WorkspaceId) -> Result<Vec<InviteRow>, DbError> {
        let now = self.now();
        self.store().server().read(move |tx| invite::list(tx, ws, now)).await
    }

    /// Takes an invitation back. False when there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn invite_delete(&self, ws: WorkspaceId, by: Actor, id: InviteId) -> Result<bool, DbError> {
        let entry = self.audit_entry(by, "invite.delete", id.to_string(), &json!({}));
        self.store()
            .server()
            .write(move |tx| {
                let gone = invite::delete(tx, ws, id)?;
                if gone {
                    audit::insert_in(tx, ws, &entry)?;
                }
                Ok(gone)
            })
            .await
    }

    /// What an invitation's secret leads to.
    ///
    /// # Errors
    /// [`MemberError`].
    pub async fn invite_find(&self, token: &str) -> Result<Invitation, MemberError> {
        let hash = crypto::digest(token);
        let now = self.now();
        self.store().server().read(move |tx| invitation(tx, &hash, now)).await
    }

    /// Takes an invitation up: makes the member or adds to one who exists, and signs in.
    ///
    /// # Errors
    /// [`MemberError`].
    pub async fn invite_accept(
        &self,
        token: &str,
        joining: Joining,
        browser: Browser,
    ) -> Result<NewSession, MemberError> {
        let found = self.invite_find(token).await?;
        let ws = found.invite.ws.ok_or(MemberError::NotFound)?;
        let email =
            found.invite.email.clone().or(joining.email.as_deref().map(email_kept)).ok_or(MemberError::EmailNeeded)?;
        let asked = email.clone();
        let known = self.store().server().read(move |tx| member::by_email(tx, &asked)).await?;
        let new_hash = match &known {
            // A link alone must not open the account of a member who exists.
            Some(member) if member.password_hash.is_some() => {
                if !password::verify(joining.password, member.password_hash.clone()).await?
                    || member.disabled_at.is_some()
                {
                    return Err(MemberError::WrongPassword);
                }
                None
            }
            Some(_) | None => Some(password::hash(joining.password).await?),
        };
        let now = self.now();
        let id = known.as_ref().map_or_else(|| self.new_id(), |member| member.id);
        let row = MemberRow {
            id,
            email,
            name: joining.name,
            password_hash: new_hash.clone(),
            disabled_at: None,
            created_at: now,
        };
        let entry = self.audit_entry(
            Actor::Member(id),
            "invite.accept",
            found.invite.id.to_string(),
            &json!({"role": found.role.word()}),
        );
        let exists = known.is_some();
        let hash = crypto::digest(token);
        self.store()
            .server()
            .write(move |tx| {
                // Read again inside: the link may have been used meanwhile.
                let invitation = invitation(tx, &hash, now)?;
                if !invite::used(tx, invitation.invite.id, now)? {
                    return Err(MemberError::NotFound);
                }
                if !exists {
                    member::insert(tx, &row)?;
                } else if let Some(new_hash) = &new_hash {
                    member::password_set(tx, id, new_hash)?;
                }
                let present = member::membership(tx, ws, id)?.as_deref().and_then(Role::from_word);
                // An old invitation never lowers a role.
                if present.is_none_or(|present| present < invitation.role) {
                    member::membership_put(tx, ws, id, invitation.role.word(), now)?;
                }
                audit::insert_in(tx, ws, &entry)?;
                Ok::<_, MemberError>(())
            })
            .await?;
        Ok(self.session_make(id, Some(ws), browser).await?)
    }
}

pub(crate) fn part(tx: &mut ServerTx<'_>, ws: WorkspaceId, id: MemberId) -> Result<WorkspaceMember, MemberError> {
    member::of_workspace(tx, ws)?
        .into_iter()
        .find(|(member, _)| member.id == id)
        .and_then(|(member, role)| Role::from_word(&role).map(|role| WorkspaceMember { member, role }))
        .ok_or(MemberError::NotFound)
}

pub(crate) fn keep_an_owner(
    tx: &mut ServerTx<'_>,
    ws: WorkspaceId,
    id: MemberId,
    role: Role,
) -> Result<(), MemberError> {
    if role == Role::Owner && member::owners(tx, ws)?.iter().all(|owner| *owner == id) {
        return Err(MemberError::LastOwner);
    }
    Ok(())
}

/// Shutting out holds in every workspace of the member, so the asker must be allowed there too.
pub(crate) fn shut_out(
    tx: &mut ServerTx<'_>,
    by: Actor,
    id: MemberId,
    disabled: bool,
    now: i64,
) -> Result<(), MemberError> {
    if let Actor::Member(by) = by {
        may_elsewhere(tx, by, id)?;
    }
    if disabled {
        for theirs in member::memberships(tx, id)? {
            keep_an_owner(tx, theirs.ws, id, Role::from_word(&theirs.role).unwrap_or(Role::Viewer))?;
        }
        session::delete_all(tx, id)?;
        invite::delete_resets(tx, id)?;
    }
    member::disabled_set(tx, id, disabled.then_some(now))?;
    Ok(())
}

/// Takes their conversations off a member who was shut out, in every workspace of theirs.
fn leave_all(
    tx: &mut ServerTx<'_>,
    by: Actor,
    id: MemberId,
    mut fresh: departure::Fresh,
    now: i64,
) -> Result<(), DbError> {
    for theirs in member::memberships(tx, id)? {
        tx.within(theirs.ws, |tx| departure::hand_back_in(tx, by.author(), id, &mut fresh, now))?;
    }
    Ok(())
}

/// Whether a member is at least an admin, and of no less power, in every workspace of another.
pub(crate) fn may_elsewhere(tx: &mut ServerTx<'_>, by: MemberId, id: MemberId) -> Result<(), MemberError> {
    let mine = member::memberships(tx, by)?;
    for theirs in member::memberships(tx, id)? {
        let their_role = Role::from_word(&theirs.role).unwrap_or(Role::Owner);
        let enough = mine
            .iter()
            .filter(|part| part.ws == theirs.ws)
            .filter_map(|part| Role::from_word(&part.role))
            .any(|role| role >= Role::Admin && role >= their_role);
        if !enough {
            return Err(MemberError::Elsewhere);
        }
    }
    Ok(())
}

fn invitation(tx: &mut ServerTx<'_>, hash: &[u8], now: i64) -> Result<Invitation, MemberError> {
    let found =
        invite::by_token(tx, hash, now)?.filter(|row| row.kind == LinkKind::Invite).ok_or(MemberError::NotFound)?;
    let ws = found.ws.ok_or(MemberError::NotFound)?;
    let role = found.role.as_deref().and_then(Role::from_word).ok_or(MemberError::NotFound)?;
    let workspace_name = workspace::find(tx, ws)?.ok_or(MemberError::NotFound)?.name;
    let member_exists = match &found.email {
        Some(email) => member::by_email(tx, email)?.is_some_and(|member| member.password_hash.is_some()),
        None => false,
    };
    Ok(Invitation { invite: found, role, workspace_name, member_exists })
}
