//! Inviting people, and what an invitation's link leads to.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Items;
use super::session::Me;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use engine::members::{Joining, MemberError, NewLink};
use http::StatusCode;

use super::session::signed_in;
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Code, Problem};
use crate::request::Browser;
use crate::state::Api;
use crate::wire::{InviteId, Role};

/// An invitation that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invite {
    /// Its id.
    pub id: InviteId,
    /// Whom it was made for, where known.
    pub email: Option<String>,
    /// The role it gives.
    pub role: Role,
    /// When it was made, Unix ms.
    pub created_at: i64,
    /// When it ends, Unix ms.
    pub expires_at: i64,
}

/// A person to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteNew {
    /// Where to send the link, if e-mail is set up.
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// The role to give.
    pub role: Role,
}

/// An invitation just made. The link is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviteMade {
    /// Its id.
    pub id: InviteId,
    /// The link to hand on; null when this answer is a repeat of an earlier one.
    pub link: Option<String>,
    /// Whether Hark mailed it.
    pub email_sent: bool,
    /// When it ends, Unix ms.
    pub expires_at: i64,
}

/// What an invitation is for.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviteLink {
    /// The workspace's name.
    pub workspace_name: String,
    /// Whom it was made for, where known.
    pub email: Option<String>,
    /// The role it gives.
    pub role: Role,
    /// Whether that e-mail address belongs to a member already, who then gives
    /// the password they have.
    pub member_exists: bool,
    /// When it ends, Unix ms.
    pub expires_at: i64,
}

/// Takes an invitation up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteAccept {
    /// The member's name; ignored for a member who exists.
    #[schema(max_length = 100)]
    pub name: Option<String>,
    /// Needed where the invitation names no e-mail address.
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// A new password, or the one a member who exists has.
    #[schema(min_length = 10, max_length = 200, format = Password)]
    pub password: String,
}

/// Invitations that wait.
#[utoipa::path(get, path = "/invites", tag = "members", responses((status = 200, description = "Newest first", body = Items<Invite>)))]
pub async fn invite_list(State(api): State<Api>, caller: Caller) -> Answer<Json<Items<Invite>>> {
    let rows = api.engine.invite_list(caller.ws).await?;
    let items = rows
        .into_iter()
        .filter_map(|row| {
            Some(Invite {
                id: row.id.into(),
                role: row.role.as_deref().and_then(engine::members::Role::from_word)?.into(),
                email: row.email,
                created_at: row.created_at,
                expires_at: row.expires_at,
            })
        })
        .collect();
    Ok(Json(Items { items }))
}

/// Invites a person; the answer has a link to copy.
#[utoipa::path(post, path = "/invites", tag = "members", request_body = InviteNew, responses((status = 201, description = "Made", body = InviteMade)))]
pub async fn invite_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<InviteNew>,
) -> Answer<(StatusCode, Json<InviteMade>)> {
    // The link is a secret, so a repeat gets none; and nothing is mailed yet.
    let kept =
        |made: &NewLink| InviteMade { id: made.id.into(), link: None, email_sent: false, expires_at: made.expires_at };
    let keep = ticket.keep(StatusCode::CREATED, kept);
    let made = api.engine.invite_create(caller.ws, caller.actor(), caller.role(), new.email.clone(), new.role.0, keep);
    let made = made.await?;
    let link = format!("{}/invite/{}", api.engine.settings().public_url, made.token);
    let email_sent = match &new.email {
        Some(email) => mail_invite(&api, &caller, email, &link).await,
        None => false,
    };
    if let Some(ticket) = ticket.0.filter(|_| email_sent) {
        let mailed = serde_json::to_string(&InviteMade { email_sent, ..kept(&made) }).unwrap_or_default();
        api.engine.idempotency_amend(&ticket, mailed).await?;
    }
    Ok((StatusCode::CREATED, Json(InviteMade { link: Some(link), email_sent, ..kept(&made) })))
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/invites/{id}", tag = "members", params(("id" = InviteId, Path, description = "The invitation")), responses((status = 204, description = "Taken back")))]
pub async fn invite_delete(State(api): State<Api>, caller: Caller, Path(id): Path<InviteId>) -> Answer<StatusCode> {
    if api.engine.invite_delete(caller.ws, caller.actor(), id.0).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("invitation"))
    }
}

/// What an invitation's link leads to.
#[utoipa::path(get, path = "/invite-links/{token}", tag = "members", params(("token" = String, Path, description = "The secret in the link")), responses((status = 200, description = "The invitation", body = InviteLink)))]
pub async fn invite_link_get(State(api): State<Api>, Path(token): Path<String>) -> Answer<Json<InviteLink>> {
    let found = api.engine.invite_find(&token).await?;
    Ok(Json(InviteLink {
        workspace_name: found.workspace_name,
        email: found.invite.email,
        role: found.role.into(),
        member_exists: found.member_exists,
        expires_at: found.invite.expires_at,
    }))
}

/// Takes an invitation up and signs in.
#[utoipa::path(post, path = "/invite-links/{token}", tag = "members", params(("token" = String, Path, description = "The secret in the link")), request_body = InviteAccept, responses(
    (status = 201, description = "Joined; the session cookie is set", body = Me),
))]
pub async fn invite_link_accept(
    State(api): State<Api>,
    Browser(browser): Browser,
    Path(token): Path<String>,
    Body(new): Body<InviteAccept>,
) -> Answer<Response> {
    let joining = Joining { name: new.name.unwrap_or_default(), email: new.email, password: new.password };
    signed_in(&api, api.engine.invite_accept(&token, joining, browser).await?).await
}

impl Checked for InviteNew {
    fn check(&self, faults: &mut Faults) {
        if let Some(email) = &self.email {
            faults.email("email", email);
        }
    }
}

impl Checked for InviteAccept {
    fn check(&self, faults: &mut Faults) {
        faults.text_opt("name", self.name.as_deref(), 0, 100);
        if let Some(email) = &self.email {
            faults.email("email", email);
        }
    }
}

async fn mail_invite(api: &Api, caller: &Caller, email: &str, link: &str) -> bool {
    let Some(mailer) = &api.config.mailer else { return false };
    let body = format!(
        "{} invites you to answer customers with Hark.\n\n{link}\n\nThe link works for seven days.\n",
        caller.name()
    );
    match mailer.send(email, "Your invitation to Hark", body).await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(%error, "an invitation could not be mailed");
            false
        }
    }
}

impl From<MemberError> for Problem {
    fn from(error: MemberError) -> Self {
        match error {
            MemberError::NotFound => {
                Self::new(Code::NotFound, "There is no such member or link, or it was used or has ended.")
            }
            MemberError::LastOwner => Self::new(Code::LastOwner, "Make somebody else an owner first."),
            MemberError::OwnersOnly => Self::new(Code::OwnersOnly, "Only an owner may do this."),
            MemberError::Elsewhere => {
                Self::new(Code::MemberElsewhere, "Someone allowed in all their workspaces has to do this.")
            }
            MemberError::WrongPassword => Self::new(Code::WrongPassword, "Give the password this member has."),
            MemberError::EmailNeeded => Self::field("email", "missing", "an e-mail address is needed"),
            MemberError::Password(error) => error.into(),
            MemberError::Crypto(error) => Self::internal(&error),
            MemberError::SignIn(error) => error.into(),
            MemberError::Store(error) => error.into(),
        }
    }
}
