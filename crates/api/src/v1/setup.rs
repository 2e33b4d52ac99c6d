//! The first set-up of a server.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session::Me;
use crate::problem::Problem;

/// Whether somebody has to set this server up.
#[derive(Debug, Serialize, ToSchema)]
pub struct Setup {
    /// True until the first owner exists.
    pub needed: bool,
}

/// The first owner and the first workspace.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupNew {
    /// The one-time code printed when Hark started.
    #[schema(example = "7K2M-Q9RD")]
    pub code: String,
    /// The owner's name.
    #[schema(min_length = 1, max_length = 100, example = "Dana Reyes")]
    pub name: String,
    /// The owner's e-mail address.
    #[schema(max_length = 254, example = "dana@example.com")]
    pub email: String,
    /// The owner's password.
    #[schema(min_length = 10, max_length = 200, format = Password)]
    pub password: String,
    /// The workspace's name.
    #[schema(min_length = 1, max_length = 100, example = "Acme Outdoor")]
    pub workspace_name: String,
    /// The name that texts.
    #[schema(min_length = 1, max_length = 60, example = "Acme")]
    pub brand: String,
    /// The workspace's IANA time zone.
    #[schema(example = "America/New_York")]
    pub time_zone: String,
    /// Whether to fill the workspace with the demo shop.
    #[serde(default)]
    pub demo: bool,
}

/// Whether this server still needs its first set-up.
#[utoipa::path(get, path = "/setup", tag = "setup", responses((status = 200, description = "Whether set-up is needed", body = Setup)))]
pub async fn setup_get() -> Problem {
    Problem::pending()
}

/// Creates the first owner and workspace, and signs the owner in.
#[utoipa::path(post, path = "/setup", tag = "setup", request_body = SetupNew, responses(
    (status = 201, description = "Set up; the session cookie is set", body = Me),
))]
pub async fn setup_create() -> Problem {
    Problem::pending()
}
