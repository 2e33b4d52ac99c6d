//! New passwords.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Accepted;
use super::session::Me;
use crate::problem::Problem;
use crate::wire::MemberId;

/// Asks for a link by e-mail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetNew {
    /// The member's e-mail address.
    #[schema(max_length = 254)]
    pub email: String,
}

/// A link with which a member sets a new password. Shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResetMade {
    /// The link to hand on.
    pub link: String,
    /// When it ends, Unix ms.
    pub expires_at: i64,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetAccept {
    /// The password.
    #[schema(min_length = 10, max_length = 200, format = Password)]
    pub password: String,
}

/// Mails a reset link, if the member exists and e-mail is set up. The answer is
/// the same either way, so that nobody learns who is a member.
#[utoipa::path(post, path = "/resets", tag = "members", request_body = ResetNew, responses((status = 202, description = "Taken", body = Accepted)))]
pub async fn reset_request() -> Problem {
    Problem::pending()
}

/// Sets a new password, ends the member's other sessions and signs in.
#[utoipa::path(post, path = "/reset-links/{token}", tag = "members", params(("token" = String, Path, description = "The secret in the link")), request_body = ResetAccept, responses(
    (status = 201, description = "Set; the session cookie is set", body = Me),
))]
pub async fn reset_link_accept() -> Problem {
    Problem::pending()
}

/// Makes a reset link to copy for a member.
#[utoipa::path(post, path = "/members/{id}/reset", tag = "members", params(("id" = MemberId, Path, description = "The member")), responses((status = 201, description = "Made", body = ResetMade)))]
pub async fn member_reset_create() -> Problem {
    Problem::pending()
}
