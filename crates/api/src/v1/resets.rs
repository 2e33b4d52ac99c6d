//! New passwords.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Accepted;
use super::session::Me;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

use super::session::signed_in;
use crate::caller::Caller;
use crate::extract::{Body, Checked, Path};
use crate::problem::Answer;
use crate::request::Browser;
use crate::state::Api;
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
pub async fn reset_request(State(api): State<Api>, Body(new): Body<ResetNew>) -> (StatusCode, Json<Accepted>) {
    if api.config.mailer.is_some() {
        // Done apart, so that the time of the answer does not tell who is a member.
        tokio::spawn(mail_reset(api, new.email));
    }
    (StatusCode::ACCEPTED, Json(Accepted { accepted: true }))
}

/// Sets a new password, ends the member's other sessions and signs in.
#[utoipa::path(post, path = "/reset-links/{token}", tag = "members", params(("token" = String, Path, description = "The secret in the link")), request_body = ResetAccept, responses(
    (status = 201, description = "Set; the session cookie is set", body = Me),
))]
pub async fn reset_link_accept(
    State(api): State<Api>,
    Browser(browser): Browser,
    Path(token): Path<String>,
    Body(new): Body<ResetAccept>,
) -> Answer<Response> {
    signed_in(&api, api.engine.reset_accept(&token, new.password, browser).await?).await
}

/// Makes a reset link to copy for a member.
#[utoipa::path(post, path = "/members/{id}/reset", tag = "members", params(("id" = MemberId, Path, description = "The member")), responses((status = 201, description = "Made", body = ResetMade)))]
pub async fn member_reset_create(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<MemberId>,
) -> Answer<(StatusCode, Json<ResetMade>)> {
    let made = api.engine.reset_create(caller.ws, caller.actor(), caller.role(), id.0).await?;
    let link = format!("{}/reset/{}", api.engine.settings().public_url, made.token);
    Ok((StatusCode::CREATED, Json(ResetMade { link, expires_at: made.expires_at })))
}

impl Checked for ResetNew {}
impl Checked for ResetAccept {}

async fn mail_reset(api: Api, email: String) {
    let Some(mailer) = &api.config.mailer else { return };
    let made = match api.engine.reset_by_email(&email).await {
        Ok(Some(made)) => made,
        Ok(None) => return,
        Err(error) => {
            tracing::warn!(%error, "a reset link could not be made");
            return;
        }
    };
    let link = format!("{}/reset/{}", api.engine.settings().public_url, made.token);
    let body = format!(
        "Set a new password for Hark:\n\n{link}\n\nThe link works for a day. If you did not ask for it, do nothing.\n"
    );
    if let Err(error) = mailer.send(&email, "A new password for Hark", body).await {
        tracing::warn!(%error, "a reset link could not be mailed");
    }
}
