//! What those who run a workspace look at: opt-outs, the audit log, first steps, warnings.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::{Items, Page, PageQuery};
use axum::Json;
use axum::extract::State;
use engine::AuditRow;
use engine::names::Names;

use super::page::{cursor, cursor_text, cut, limit};
use crate::caller::Caller;
use crate::extract::Query;
use crate::problem::{Answer, Problem};
use crate::state::Api;
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
pub async fn opt_out_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<OptOut>>> {
    let limit = limit(query.limit)?;
    let after = query.cursor.as_deref().map(|text| {
        let place = text.split_once('.').and_then(|(at, address)| Some((at.parse().ok()?, address.to_owned())));
        place.ok_or_else(|| Problem::field("cursor", "cursor", "`next_cursor` of the page before"))
    });
    let mut rows = api.engine.opt_out_page(caller.ws, after.transpose()?, i64::from(limit) + 1).await?;
    let more = cut(&mut rows, limit);
    let next_cursor = rows.last().filter(|_| more).map(|(address, since, _)| format!("{since}.{address}"));
    let addresses = rows.iter().map(|(address, ..)| address.clone()).collect();
    let owners = api.engine.customers_by_address(caller.ws, addresses).await?;
    let items = rows
        .into_iter()
        .map(|(address, since, source)| {
            let owner = owners.get(&address);
            OptOut {
                scope: "all".to_owned(),
                since,
                source,
                customer_id: owner.map(|(id, _)| (*id).into()),
                customer_name: owner.map(|(_, name)| name.clone()).unwrap_or_default(),
                address,
            }
        })
        .collect();
    Ok(Json(Page { items, next_cursor }))
}

/// What was changed, by whom.
#[utoipa::path(get, path = "/audit", tag = "operate", params(PageQuery), responses((status = 200, description = "Newest first", body = Page<AuditEntry>)))]
pub async fn audit_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<AuditEntry>>> {
    let limit = limit(query.limit)?;
    let before = cursor::<domain::id::AuditId>(query.cursor.as_deref())?.map(|(at, id)| (at, id.uuid()));
    let mut rows = api.engine.audit_page(caller.ws, before, i64::from(limit) + 1).await?;
    let more = cut(&mut rows, limit);
    let next_cursor = rows.last().filter(|_| more).map(|row| cursor_text(row.at, row.id.uuid()));
    let names = api.engine.names(caller.ws).await?;
    let items = rows.into_iter().map(|row| entry(row, &names)).collect();
    Ok(Json(Page { items, next_cursor }))
}

/// The first steps with a new workspace.
#[utoipa::path(get, path = "/onboarding", tag = "operate", responses((status = 200, description = "The steps", body = Onboarding)))]
pub async fn onboarding_get(State(api): State<Api>, caller: Caller) -> Answer<Json<Onboarding>> {
    let steps = api.engine.onboarding(caller.ws).await?;
    let steps = steps
        .into_iter()
        .map(|step| OnboardingStep { key: step.key.to_owned(), title: step.title.to_owned(), done: step.done })
        .collect();
    Ok(Json(Onboarding { steps }))
}

/// What needs a look.
#[utoipa::path(get, path = "/watches", tag = "operate", responses((status = 200, description = "Worst first", body = Items<Watch>)))]
pub async fn watch_list(State(api): State<Api>, caller: Caller) -> Answer<Json<Items<Watch>>> {
    let items = api.engine.watches(caller.ws).await?.into_iter().map(Watch::from).collect();
    Ok(Json(Items { items }))
}

/// Which Hark this is.
#[utoipa::path(get, path = "/version", tag = "operate", responses((status = 200, description = "The version", body = Version)))]
pub async fn version_get() -> Json<Version> {
    Json(Version { version: env!("CARGO_PKG_VERSION").to_owned(), build: crate::web::build() })
}

fn entry(row: AuditRow, names: &Names) -> AuditEntry {
    use domain::id::{ApiKeyId, MemberId};
    let (actor_id, actor_name) = match (row.actor_kind.as_str(), row.actor_id) {
        ("member", Some(id)) => {
            let id = MemberId::new(id);
            (Some(id.to_string()), names.members.get(&id).cloned())
        }
        ("api_key" | "api", Some(id)) => {
            let id = ApiKeyId::new(id);
            (Some(id.to_string()), names.keys.get(&id).cloned())
        }
        (_, id) => (id.map(|id| id.simple().to_string()), None),
    };
    AuditEntry {
        id: row.id.into(),
        at: row.at,
        // A key writes texts as `api` and changes settings as `api_key`: one actor.
        actor_kind: if row.actor_kind == "api" { "api_key".to_owned() } else { row.actor_kind },
        actor_id,
        actor_name,
        action: row.action,
        subject: row.subject,
        detail: serde_json::from_str(&row.detail).unwrap_or_else(|_| serde_json::json!({})),
    }
}

impl From<engine::watches::Watch> for Watch {
    fn from(watch: engine::watches::Watch) -> Self {
        let severity = match watch.severity {
            engine::watches::Severity::Info => Severity::Info,
            engine::watches::Severity::Warning => Severity::Warning,
            engine::watches::Severity::Critical => Severity::Critical,
        };
        Self { code: watch.code.to_owned(), severity, detail: watch.detail, since: watch.since }
    }
}
