//! Stop all sending: one switch per workspace, inbox and server.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::wire::InboxId;

/// One switch.
#[derive(Debug, Serialize, ToSchema)]
pub struct SendingSwitch {
    /// Whether nothing leaves.
    pub stopped: bool,
    /// Who stopped it.
    pub by: Option<String>,
    /// When, Unix ms.
    pub at: Option<i64>,
    /// Why.
    pub reason: Option<String>,
}

/// The switch of an inbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct SendingInbox {
    /// The inbox.
    pub inbox_id: InboxId,
    /// Its name.
    pub name: String,
    /// Its switch.
    #[serde(flatten)]
    pub switch: SendingSwitch,
}

/// All switches that concern this workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sending {
    /// The whole server's.
    pub server: SendingSwitch,
    /// This workspace's.
    pub workspace: SendingSwitch,
    /// Its inboxes'.
    pub inboxes: Vec<SendingInbox>,
}

/// Turns a switch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendingChange {
    /// True stops all sending; texts of customers still come in.
    pub stopped: bool,
    /// Why, for those who find it stopped.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub reason: String,
}

/// All switches that concern this workspace.
#[utoipa::path(get, path = "/sending", tag = "sending", responses((status = 200, description = "The switches", body = Sending)))]
pub async fn sending_get() -> Problem {
    Problem::pending()
}

/// Stops or resumes sending of this workspace.
#[utoipa::path(put, path = "/sending/workspace", tag = "sending", request_body = SendingChange, responses((status = 200, description = "The switches now", body = Sending)))]
pub async fn sending_workspace_set() -> Problem {
    Problem::pending()
}

/// Stops or resumes sending of one inbox.
#[utoipa::path(put, path = "/sending/inboxes/{id}", tag = "sending", params(("id" = InboxId, Path, description = "The inbox")), request_body = SendingChange, responses((status = 200, description = "The switches now", body = Sending)))]
pub async fn sending_inbox_set() -> Problem {
    Problem::pending()
}

/// Stops or resumes sending of the whole server. Only its operators may.
#[utoipa::path(put, path = "/sending/server", tag = "sending", request_body = SendingChange, responses((status = 200, description = "The switches now", body = Sending)))]
pub async fn sending_server_set() -> Problem {
    Problem::pending()
}
