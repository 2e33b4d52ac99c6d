//! What those who run a workspace look at: opt-outs, first steps, warnings.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Items;
use axum::Json;
use axum::extract::State;

use crate::caller::Caller;
use crate::problem::Answer;
use crate::state::Api;

/// One of the first steps.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnboardingStep {
    /// Its stable name.
    #[schema(example = "first_reply")]
    pub key: String,
    /// What to do.
    pub title: String,
    /// Whether it is done.
    pub done: bool,
}

/// The first steps with a new workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct Onboarding {
    /// The steps in order.
    pub steps: Vec<OnboardingStep>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Someone should look soon.
    Warning,
    /// Texts are at risk now.
    Critical,
}

/// Something that needs a look.
#[derive(Debug, Serialize, ToSchema)]
pub struct Watch {
    /// A stable snake_case word.
    #[schema(example = "disk_low")]
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// A sentence for people.
    pub detail: String,
    /// Since when, Unix ms.
    pub since: i64,
    /// Members of this workspace who can mend it, by name, where only those who run the server can.
    pub ask: Vec<String>,
}

/// Which Hark this is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    /// The version.
    #[schema(example = "0.1.0")]
    pub version: String,
    /// Names the build of the web app; null where none is inside.
    pub build: Option<String>,
}

/// The first steps with a new workspace.
#[utoipa::path(get, path = "/onboarding", tag = "operate", responses((status = 200, description = "The steps", body = Onboarding)))]
pub async fn onboarding_get(State(api): State<Api>, caller: Caller) -> Answer<Json<Onboarding>> {
    let steps = api.engine.onboarding(caller.ws).await?;
    let steps = steps
        .into_iter()
        .map(|step| OnboardingStep { key: step.key.to_owned(), title: step.title, done: step.done })
        .collect();
    Ok(Json(Onboarding { steps }))
}

/// What needs a look.
#[utoipa::path(get, path = "/watches", tag = "operate", responses((status = 200, description = "Worst first", body = Items<Watch>)))]
pub async fn watch_list(State(api): State<Api>, caller: Caller) -> Answer<Json<Items<Watch>>> {
    let found = api.engine.watches(caller.ws).await?;
    let of_server = found.iter().any(engine::watches::Watch::of_server);
    let operators = if of_server { api.engine.operators_named(caller.ws).await? } else { Vec::new() };
    let items = found.into_iter().map(|watch| Watch::of(watch, &operators)).collect();
    Ok(Json(Items { items }))
}

/// Which Hark this is.
#[utoipa::path(get, path = "/version", tag = "operate", responses((status = 200, description = "The version", body = Version)))]
pub async fn version_get() -> Json<Version> {
    Json(Version { version: env!("CARGO_PKG_VERSION").to_owned(), build: crate::web::build() })
}

impl Watch {
    fn of(watch: engine::watches::Watch, operators: &[String]) -> Self {
        let ask = if watch.of_server() { operators.to_vec() } else { Vec::new() };
        let severity = match watch.severity {
            engine::watches::Severity::Info => Severity::Info,
            engine::watches::Severity::Warning => Severity::Warning,
            engine::watches::Severity::Critical => Severity::Critical,
        };
        Self { code: watch.code.to_owned(), severity, detail: watch.detail, since: watch.since, ask }
    }
}
