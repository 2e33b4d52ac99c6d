//! The workspace and its demo shop.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::wire::WorkspaceId;

/// One shop's data.
#[derive(Debug, Serialize, ToSchema)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The name that texts.
    pub brand: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// What HELP is answered with; empty for Hark's own words.
    pub help_text: String,
    /// When it was made, Unix ms.
    pub created_at: i64,
}

/// Changes to the workspace. Absent fields stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceChange {
    /// A new name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// A new brand.
    #[schema(min_length = 1, max_length = 60)]
    pub brand: Option<String>,
    /// A new IANA time zone.
    pub time_zone: Option<String>,
    /// New words to answer HELP with.
    #[schema(max_length = 320)]
    pub help_text: Option<String>,
}

/// Where the demo shop stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DemoState {
    /// There is none.
    None,
    /// It is being made.
    Filling,
    /// It is there.
    Ready,
    /// It is being removed.
    Removing,
    /// Making it failed.
    Failed,
}

/// The demo shop.
#[derive(Debug, Serialize, ToSchema)]
pub struct Demo {
    /// Where it stands.
    pub state: DemoState,
    /// Conversations made or removed so far.
    pub done: i64,
    /// Conversations in all.
    pub total: i64,
}

/// A demo shop to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemoNew {
    /// How many conversations.
    #[schema(minimum = 1, maximum = 100_000, default = 2000)]
    pub conversations: Option<u32>,
}

/// This workspace.
#[utoipa::path(get, path = "/workspace", tag = "workspace", responses((status = 200, description = "The workspace", body = Workspace)))]
pub async fn workspace_get() -> Problem {
    Problem::pending()
}

/// Changes this workspace.
#[utoipa::path(patch, path = "/workspace", tag = "workspace", request_body = WorkspaceChange, responses((status = 200, description = "Changed", body = Workspace)))]
pub async fn workspace_update() -> Problem {
    Problem::pending()
}

/// The demo shop of this workspace.
#[utoipa::path(get, path = "/demo", tag = "workspace", responses((status = 200, description = "Where it stands", body = Demo)))]
pub async fn demo_get() -> Problem {
    Problem::pending()
}

/// Fills this workspace with a demo shop.
#[utoipa::path(post, path = "/demo", tag = "workspace", request_body = DemoNew, responses((status = 202, description = "Begun", body = Demo)))]
pub async fn demo_create() -> Problem {
    Problem::pending()
}

/// Removes the demo shop; nothing else is touched.
#[utoipa::path(delete, path = "/demo", tag = "workspace", responses((status = 202, description = "Begun", body = Demo)))]
pub async fn demo_delete() -> Problem {
    Problem::pending()
}
