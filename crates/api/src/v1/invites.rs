//! Inviting people, and what an invitation's link leads to.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Items;
use super::session::Me;
use crate::access::Role;
use crate::problem::Problem;
use crate::wire::InviteId;

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
pub async fn invite_list() -> Problem {
    Problem::pending()
}

/// Invites a person; the answer has a link to copy.
#[utoipa::path(post, path = "/invites", tag = "members", request_body = InviteNew, responses((status = 201, description = "Made", body = InviteMade)))]
pub async fn invite_create() -> Problem {
    Problem::pending()
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/invites/{id}", tag = "members", params(("id" = InviteId, Path, description = "The invitation")), responses((status = 204, description = "Taken back")))]
pub async fn invite_delete() -> Problem {
    Problem::pending()
}

/// What an invitation's link leads to.
#[utoipa::path(get, path = "/invite-links/{token}", tag = "members", params(("token" = String, Path, description = "The secret in the link")), responses((status = 200, description = "The invitation", body = InviteLink)))]
pub async fn invite_link_get() -> Problem {
    Problem::pending()
}

/// Takes an invitation up and signs in.
#[utoipa::path(post, path = "/invite-links/{token}", tag = "members", params(("token" = String, Path, description = "The secret in the link")), request_body = InviteAccept, responses(
    (status = 201, description = "Joined; the session cookie is set", body = Me),
))]
pub async fn invite_link_accept() -> Problem {
    Problem::pending()
}
