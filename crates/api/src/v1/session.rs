//! Signing in and out, and who is asking.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Items;
use crate::access::Permission;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use engine::auth::{NewSession, SignInError};
use engine::password::PasswordError;
use engine::password_change::PasswordChangeError;
use http::{StatusCode, header};

use crate::access::role_permissions;
use crate::caller::{Caller, Member, Who};
use crate::extract::{Body, Checked, Path};
use crate::problem::{Answer, Code, Problem};
use crate::request::Browser;
use crate::state::Api;
use crate::wire::{MemberId, Role, SessionId, WorkspaceId};

/// Who is asking, and what they may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The member.
    pub member: MeMember,
    /// The workspace the session is in.
    pub workspace: MeWorkspace,
    /// Every workspace of the member.
    pub workspaces: Vec<MeMembership>,
    /// The member's role in the workspace.
    pub role: Role,
    /// What that role may do.
    pub permissions: Vec<Permission>,
    /// The value for the header `X-Hark-CSRF`.
    pub csrf: String,
    /// The version of this server.
    #[schema(example = "0.1.0")]
    pub version: String,
}

/// The member who asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeMember {
    /// Their id.
    pub id: MemberId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
}

/// The workspace of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeWorkspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The name that texts.
    pub brand: String,
    /// Its IANA time zone.
    pub time_zone: String,
}

/// A workspace the member belongs to.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeMembership {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The member's role there.
    pub role: Role,
}

/// A sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionNew {
    /// The e-mail address.
    #[schema(max_length = 254, example = "dana@example.com")]
    pub email: String,
    /// The password.
    #[schema(max_length = 200, format = Password)]
    pub password: String,
}

/// One signed-in browser.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whether it is the one asking.
    pub current: bool,
    /// What the browser called itself.
    pub user_agent: String,
    /// The address it signed in from.
    pub ip: String,
    /// When it signed in, Unix ms.
    pub created_at: i64,
    /// When it was last used, Unix ms.
    pub last_seen_at: i64,
    /// When it ends by itself, Unix ms.
    pub expires_at: i64,
}

/// Another workspace to work in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionWorkspace {
    /// The workspace.
    pub workspace_id: WorkspaceId,
}

/// Another password of the member's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionPassword {
    /// The password they have.
    #[schema(max_length = 200, format = Password)]
    pub current: String,
    /// The one to have from now on.
    #[schema(min_length = 10, max_length = 200, format = Password)]
    pub new: String,
}

/// Who is asking.
#[utoipa::path(get, path = "/me", tag = "session", responses((status = 200, description = "The member, workspace and permissions", body = Me)))]
pub async fn me_get(State(api): State<Api>, caller: Caller) -> Answer<Json<Me>> {
    let member = caller.member()?;
    Ok(Json(me(&api, caller.ws, member).await?))
}

/// Signs in.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SessionNew, responses(
    (status = 201, description = "Signed in; the session cookie is set", body = Me),
))]
pub async fn session_create(
    State(api): State<Api>,
    Browser(browser): Browser,
    Body(new): Body<SessionNew>,
) -> Answer<Response> {
    signed_in(&api, api.engine.session_open(&new.email, new.password, browser).await?).await
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204, description = "Signed out")))]
pub async fn session_delete(State(api): State<Api>, caller: Caller) -> Answer<Response> {
    let member = caller.member()?;
    api.engine.session_end(member.id, member.session).await?;
    let cookie = crate::cookie::set(None, api.config.secure);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Goes to another workspace of the member.
#[utoipa::path(post, path = "/session/workspace", tag = "session", request_body = SessionWorkspace, responses(
    (status = 200, description = "The session is in the other workspace", body = Me),
))]
pub async fn session_workspace_set(
    State(api): State<Api>,
    caller: Caller,
    Body(to): Body<SessionWorkspace>,
) -> Answer<Json<Me>> {
    let member = caller.member()?;
    if !api.engine.session_workspace_set(member.id, member.session, to.workspace_id.0).await? {
        return Err(Problem::not_found("workspace"));
    }
    let parts = api.engine.membership_list(member.id).await?;
    let role = parts.into_iter().find(|(ws, ..)| *ws == to.workspace_id.0).map(|(_, _, role)| role);
    let member = Member { role: role.ok_or_else(|| Problem::not_found("workspace"))?, ..member.clone() };
    Ok(Json(me(&api, to.workspace_id.0, &member).await?))
}

/// Sets the member's password and signs every other browser of theirs out.
#[utoipa::path(post, path = "/session/password", tag = "session", request_body = SessionPassword, responses(
    (status = 204, description = "Set; other sessions have ended, and their live streams end within 5 seconds"),
))]
pub async fn session_password_set(
    State(api): State<Api>,
    caller: Caller,
    Body(to): Body<SessionPassword>,
) -> Answer<StatusCode> {
    let member = caller.member()?;
    api.engine.password_change(caller.ws, member.id, member.session, to.current, to.new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The member's signed-in browsers.
#[utoipa::path(get, path = "/sessions", tag = "session", responses((status = 200, description = "Newest first", body = Items<Session>)))]
pub async fn session_list(State(api): State<Api>, caller: Caller) -> Answer<Json<Items<Session>>> {
    let member = caller.member()?;
    let rows = api.engine.session_list(member.id).await?;
    let items = rows
        .into_iter()
        .map(|row| Session {
            id: row.id.into(),
            current: row.id == member.session,
            user_agent: row.user_agent,
            ip: row.ip,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
        })
        .collect();
    Ok(Json(Items { items }))
}

/// Signs another browser of the member out.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "session", params(("id" = SessionId, Path, description = "The session")), responses(
    (status = 204, description = "Signed out; its live stream ends within 5 seconds"),
))]
pub async fn session_revoke(State(api): State<Api>, caller: Caller, Path(id): Path<SessionId>) -> Answer<StatusCode> {
    if api.engine.session_end(caller.member()?.id, id.0).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("session"))
    }
}

impl Checked for SessionNew {}
impl Checked for SessionWorkspace {}
impl Checked for SessionPassword {}

/// The answer to whoever has just signed in.
pub(crate) async fn signed_in(api: &Api, session: NewSession) -> Answer<Response> {
    let cookie = crate::cookie::set(Some(&session.token), api.config.secure);
    let caller = Caller::of_session(session.open).ok_or_else(|| Problem::from(SignInError::NoWorkspace))?;
    let Who::Member(member) = &caller.who else {
        return Err(Problem::internal(&"a session without a member"));
    };
    let me = me(api, caller.ws, member).await?;
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(me)).into_response())
}

async fn me(api: &Api, ws: domain::id::WorkspaceId, member: &Member) -> Answer<Me> {
    let workspace = api.engine.workspace_get(ws).await?.ok_or_else(|| Problem::not_found("workspace"))?;
    let workspaces = api.engine.membership_list(member.id).await?;
    let mut permissions = role_permissions(member.role).to_vec();
    if api.engine.operator_is(member.id).await? {
        permissions.push(Permission::ServerOperate);
    }
    Ok(Me {
        member: MeMember { id: member.id.into(), name: member.name.clone(), email: member.email.clone() },
        workspace: MeWorkspace {
            id: ws.into(),
            name: workspace.name,
            brand: workspace.brand,
            time_zone: workspace.time_zone,
        },
        workspaces: workspaces
            .into_iter()
            .map(|(id, name, role)| MeMembership { id: id.into(), name, role: role.into() })
            .collect(),
        role: member.role.into(),
        permissions,
        csrf: member.csrf.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wrong => Self::new(Code::WrongPassword, "E-mail address or password is wrong."),
            SignInError::NoWorkspace => Self::new(Code::WrongPassword, "This member belongs to no workspace any more."),
            SignInError::Password(error) => error.into(),
            SignInError::Crypto(error) => Self::internal(&error),
            SignInError::Store(error) => error.into(),
        }
    }
}

impl From<PasswordChangeError> for Problem {
    fn from(error: PasswordChangeError) -> Self {
        match error {
            // No 401: whoever asks is signed in, and stays so.
            PasswordChangeError::Wrong => Self::field("current", "wrong_password", error.to_string()),
            PasswordChangeError::Password(PasswordError::Length) => Self::field("new", "length", error.to_string()),
            PasswordChangeError::Password(error) => error.into(),
            PasswordChangeError::Store(error) => error.into(),
        }
    }
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::new(Code::Busy, "Too many people sign in at this moment."),
            PasswordError::Length => Self::field("password", "length", error.to_string()),
            PasswordError::Hash => Self::internal(&error),
        }
    }
}
