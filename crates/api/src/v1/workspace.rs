//! The workspace and its demo shop.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use axum::Json;
use axum::extract::State;
use domain::id::{MemberId, WorkspaceId as Ws};
use engine::WorkspaceRow;
use engine::audit::Actor;
use engine::demo::{CONVERSATIONS, DemoError, Phase, Progress};
use http::StatusCode;

use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults};
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::v1::sending_policy::SendingPolicy;
use crate::wire::{Reclassify, WorkspaceId};

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
    /// Which texts count as marketing for an offer in them, whatever they are sent as.
    pub reclassify: Reclassify,
    /// Whether whoever is texted was asked for their date of birth: texts about alcohol are
    /// refused without.
    pub age_gated: bool,
    /// How often it sells, who comes first, and when it would be rude.
    pub sending_policy: SendingPolicy,
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
    /// Which texts count as marketing for an offer in them: `never` (the offer is told, no
    /// more), `order_texts` (order texts and one-time codes), `every_text` (those of talks, too).
    pub reclassify: Option<Reclassify>,
    /// Whether whoever is texted was asked for their date of birth.
    pub age_gated: Option<bool>,
    /// A new policy on what it sells; what waited by the old one is asked about again at once.
    pub sending_policy: Option<SendingPolicy>,
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
pub async fn workspace_get(State(api): State<Api>, caller: Caller) -> Answer<Json<Workspace>> {
    let row = api.engine.workspace_get(caller.ws).await?.ok_or_else(|| Problem::not_found("workspace"))?;
    Ok(Json(row.into()))
}

/// Changes this workspace.
#[utoipa::path(patch, path = "/workspace", tag = "workspace", request_body = WorkspaceChange, responses((status = 200, description = "Changed", body = Workspace)))]
pub async fn workspace_update(
    State(api): State<Api>,
    caller: Caller,
    Body(new): Body<WorkspaceChange>,
) -> Answer<Json<Workspace>> {
    let change = engine::workspaces::WorkspaceChange {
        name: new.name,
        brand: new.brand,
        time_zone: new.time_zone,
        help_text: new.help_text,
        reclassify: new.reclassify.map(|reclassify| reclassify.0),
        age_gated: new.age_gated,
        policy: new.sending_policy.map(|policy| policy.asked()),
    };
    Ok(Json(api.engine.workspace_change(caller.ws, caller.actor(), change).await?.into()))
}

/// The demo shop of this workspace.
#[utoipa::path(get, path = "/demo", tag = "workspace", responses((status = 200, description = "Where it stands", body = Demo)))]
pub async fn demo_get(State(api): State<Api>, caller: Caller) -> Answer<Json<Demo>> {
    Ok(Json(api.engine.demo_progress(caller.ws).await?.into()))
}

/// Fills this workspace with a demo shop.
#[utoipa::path(post, path = "/demo", tag = "workspace", request_body = DemoNew, responses((status = 202, description = "Begun", body = Demo)))]
pub async fn demo_create(
    State(api): State<Api>,
    caller: Caller,
    Body(new): Body<DemoNew>,
) -> Answer<(StatusCode, Json<Demo>)> {
    let conversations = new.conversations.unwrap_or(CONVERSATIONS);
    let begun = demo_begin(&api, caller.ws, caller.actor(), conversations, caller.member_id()).await?;
    Ok((StatusCode::ACCEPTED, Json(begun.into())))
}

/// Removes the demo shop; nothing else is touched.
#[utoipa::path(delete, path = "/demo", tag = "workspace", responses((status = 202, description = "Begun", body = Demo)))]
pub async fn demo_delete(State(api): State<Api>, caller: Caller) -> Answer<(StatusCode, Json<Demo>)> {
    let before = api.engine.demo_progress(caller.ws).await?;
    if before.phase == Phase::Removing {
        return Err(DemoError::Busy.into());
    }
    let (engine, ws, by) = (api.engine.clone(), caller.ws, caller.actor());
    tokio::spawn(async move {
        match engine.demo_remove(ws, by, |_| {}).await {
            // Whoever is at it finishes.
            Ok(_) | Err(DemoError::Busy) => {}
            Err(error) => tracing::error!(workspace.id = %ws, %error, "the demo shop could not be removed"),
        }
    });
    let phase = if before.phase == Phase::None { Phase::None } else { Phase::Removing };
    Ok((StatusCode::ACCEPTED, Json(Progress { phase, ..before }.into())))
}

impl Checked for WorkspaceChange {
    fn check(&self, faults: &mut Faults) {
        faults.text_opt("name", self.name.as_deref(), 1, 100);
        faults.text_opt("brand", self.brand.as_deref(), 1, 60);
        faults.text_opt("help_text", self.help_text.as_deref(), 0, 320);
        if let Some(policy) = &self.sending_policy {
            faults.within("sending_policy", |faults| policy.check(faults));
        }
    }
}

impl Checked for DemoNew {
    fn check(&self, faults: &mut Faults) {
        faults.number("conversations", i64::from(self.conversations.unwrap_or(1)), 1, 100_000);
    }
}

impl From<WorkspaceRow> for Workspace {
    fn from(row: WorkspaceRow) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            brand: row.brand,
            time_zone: row.time_zone,
            help_text: row.help_text,
            reclassify: row.reclassify.into(),
            age_gated: row.age_gated,
            sending_policy: row.policy.into(),
            created_at: row.created_at,
        }
    }
}

/// Notes the wish for a demo shop and has it carried out beside the request.
pub(crate) async fn demo_begin(
    api: &Api,
    ws: Ws,
    by: Actor,
    conversations: u32,
    mine: Option<MemberId>,
) -> Answer<Progress> {
    // The workspace's own random bits: the same workspace tells the same shop.
    let seed = ws.uuid().as_u64_pair().1;
    let begun = api.engine.demo_wish(ws, by, conversations, seed, mine).await?;
    let engine = api.engine.clone();
    tokio::spawn(async move {
        if let Err(error) = engine.demo_fill(ws, |_| {}).await {
            tracing::error!(workspace.id = %ws, %error, "the demo shop could not be filled");
        }
    });
    Ok(begun)
}

impl From<Progress> for Demo {
    fn from(progress: Progress) -> Self {
        let state = match progress.phase {
            Phase::None => DemoState::None,
            Phase::Filling => DemoState::Filling,
            Phase::Ready => DemoState::Ready,
            Phase::Removing => DemoState::Removing,
            Phase::Failed => DemoState::Failed,
        };
        Self { state, done: progress.done, total: progress.total }
    }
}

impl From<DemoError> for Problem {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::Busy => Self::new(Code::DemoBusy, "Wait until the demo shop is there or gone."),
            DemoError::Exists => Self::new(Code::Conflict, "There is a demo shop already; remove it first."),
            DemoError::Setup(error) => error.into(),
            DemoError::Store(error) => error.into(),
        }
    }
}
