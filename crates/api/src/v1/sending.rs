//! Stop all sending: one switch per workspace, inbox and server.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use axum::Json;
use axum::extract::State;
use engine::sending::{Hand, Switch};

use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path};
use crate::problem::{Answer, Problem};
use crate::state::Api;
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
pub async fn sending_get(State(api): State<Api>, caller: Caller) -> Answer<Json<Sending>> {
    Ok(Json(sending(&api, &caller).await?))
}

/// Stops or resumes sending of this workspace.
#[utoipa::path(put, path = "/sending/workspace", tag = "sending", request_body = SendingChange, responses((status = 200, description = "The switches now", body = Sending)))]
pub async fn sending_workspace_set(
    State(api): State<Api>,
    caller: Caller,
    Body(new): Body<SendingChange>,
) -> Answer<Json<Sending>> {
    api.engine.sending_set_workspace(caller.ws, hand(&caller), new.stopped, new.reason).await?;
    Ok(Json(sending(&api, &caller).await?))
}

/// Stops or resumes sending of one inbox.
#[utoipa::path(put, path = "/sending/inboxes/{id}", tag = "sending", params(("id" = InboxId, Path, description = "The inbox")), request_body = SendingChange, responses((status = 200, description = "The switches now", body = Sending)))]
pub async fn sending_inbox_set(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<InboxId>,
    Body(new): Body<SendingChange>,
) -> Answer<Json<Sending>> {
    if !api.engine.sending_set_inbox(caller.ws, id.0, hand(&caller), new.stopped, new.reason).await? {
        return Err(Problem::not_found("inbox"));
    }
    Ok(Json(sending(&api, &caller).await?))
}

/// Stops or resumes sending of the whole server. Only its operators may.
#[utoipa::path(put, path = "/sending/server", tag = "sending", request_body = SendingChange, responses((status = 200, description = "The switches now", body = Sending)))]
pub async fn sending_server_set(
    State(api): State<Api>,
    caller: Caller,
    Body(new): Body<SendingChange>,
) -> Answer<Json<Sending>> {
    api.engine.sending_set_server(hand(&caller), new.stopped, new.reason).await?;
    Ok(Json(sending(&api, &caller).await?))
}

impl Checked for SendingChange {
    fn check(&self, faults: &mut Faults) {
        faults.text("reason", &self.reason, 0, 500);
    }
}

fn hand(caller: &Caller) -> Hand {
    Hand { author: caller.author(), name: caller.name().to_owned() }
}

async fn sending(api: &Api, caller: &Caller) -> Answer<Sending> {
    let switches = api.engine.sending_switches(caller.ws).await?;
    Ok(Sending {
        server: switches.server.into(),
        workspace: switches.workspace.into(),
        inboxes: switches
            .inboxes
            .into_iter()
            .map(|(id, name, switch)| SendingInbox { inbox_id: id.into(), name, switch: switch.into() })
            .collect(),
    })
}

impl From<Switch> for SendingSwitch {
    fn from(switch: Switch) -> Self {
        Self { stopped: switch.stopped_at.is_some(), by: switch.by, at: switch.stopped_at, reason: switch.reason }
    }
}
