//! Signing in and out, and who is asking.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Items;
use crate::access::{Permission, Role};
use crate::problem::Problem;
use crate::wire::{MemberId, SessionId, WorkspaceId};

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

/// Who is asking.
#[utoipa::path(get, path = "/me", tag = "session", responses((status = 200, description = "The member, workspace and permissions", body = Me)))]
pub async fn me_get() -> Problem {
    Problem::pending()
}

/// Signs in.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SessionNew, responses(
    (status = 201, description = "Signed in; the session cookie is set", body = Me),
))]
pub async fn session_create() -> Problem {
    Problem::pending()
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204, description = "Signed out")))]
pub async fn session_delete() -> Problem {
    Problem::pending()
}

/// Goes to another workspace of the member.
#[utoipa::path(post, path = "/session/workspace", tag = "session", request_body = SessionWorkspace, responses(
    (status = 200, description = "The session is in the other workspace", body = Me),
))]
pub async fn session_workspace_set() -> Problem {
    Problem::pending()
}

/// The member's signed-in browsers.
#[utoipa::path(get, path = "/sessions", tag = "session", responses((status = 200, description = "Newest first", body = Items<Session>)))]
pub async fn session_list() -> Problem {
    Problem::pending()
}

/// Signs another browser of the member out.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "session", params(("id" = SessionId, Path, description = "The session")), responses(
    (status = 204, description = "Signed out; its live stream ends within 5 seconds"),
))]
pub async fn session_revoke() -> Problem {
    Problem::pending()
}
