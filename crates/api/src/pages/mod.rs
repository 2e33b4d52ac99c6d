//! Pages for customers: made whole by the server, without a script, for anybody's browser.
//!
//! They are small (20 kB at most), carry their one style sheet inside, and are allowed nothing
//! but that sheet and their own form.

mod html;
mod optin;
mod preferences;

use axum::Router;
use axum::routing::get;

use crate::state::Api;

pub(crate) use html::Framed;

/// The pages' addresses. They are short: they stand in texts and QR codes.
pub(crate) fn routes() -> Router<Api> {
    Router::new()
        .route("/o/{token}", get(optin::page_get).post(optin::form_post::<false>))
        .route("/o/{token}/embed", get(optin::embed_get).post(optin::form_post::<true>))
        .route("/o/{token}/{link}", get(optin::confirm_get).post(optin::confirm_post))
        .route("/p/{token}", get(preferences::page_get).post(preferences::page_post))
}
