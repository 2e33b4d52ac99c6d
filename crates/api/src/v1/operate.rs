//! What those who run a workspace look at: opt-outs, the audit log, first steps, warnings.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::{Items, Page, PageQuery};
use crate::problem::Problem;
use crate::wire::{AuditId, CustomerId};

/// Someone who must not be texted.
#[derive(Debug, Serialize, ToSchema)]
pub struct OptOut {
    /// The number.
    pub address: String,
    /// What it covers.
    #[schema(example = "all")]
    pub scope: String,
    /// Since when, Unix ms.
    pub since: i64,
    /// How we learnt of it.
    #[schema(example = "keyword")]
    pub source: String,
    /// Whose number it is, where known.
    pub customer_id: Option<CustomerId>,
    /// Their name; empty when not known.
    pub customer_name: String,
}

/// One entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// When, Unix ms.
    pub at: i64,
    /// What kind of actor: `member`, `api_key`, `cli` or `system`.
    pub actor_kind: String,
    /// The actor's id, where there is one.
    pub actor_id: Option<String>,
    /// The actor's name, where known.
    pub actor_name: Option<String>,
    /// What was done.
    #[schema(example = "sending.stop")]
    pub action: String,
    /// To what.
    pub subject: String,
    /// The particulars.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

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

/// Who must not be texted.
#[utoipa::path(get, path = "/opt-outs", tag = "operate", params(PageQuery), responses((status = 200, description = "Newest first", body = Page<OptOut>)))]
pub async fn opt_out_list() -> Problem {
    Problem::pending()
}

/// What was changed, by whom.
#[utoipa::path(get, path = "/audit", tag = "operate", params(PageQuery), responses((status = 200, description = "Newest first", body = Page<AuditEntry>)))]
pub async fn audit_list() -> Problem {
    Problem::pending()
}

/// The first steps with a new workspace.
#[utoipa::path(get, path = "/onboarding", tag = "operate", responses((status = 200, description = "The steps", body = Onboarding)))]
pub async fn onboarding_get() -> Problem {
    Problem::pending()
}

/// What needs a look.
#[utoipa::path(get, path = "/watches", tag = "operate", responses((status = 200, description = "Worst first", body = Items<Watch>)))]
pub async fn watch_list() -> Problem {
    Problem::pending()
}

/// Which Hark this is.
#[utoipa::path(get, path = "/version", tag = "operate", responses((status = 200, description = "The version", body = Version)))]
pub async fn version_get() -> Problem {
    Problem::pending()
}
