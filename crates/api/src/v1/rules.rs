//! Which rules the gate applies here: the pack that was chosen, and what operators changed in it.

use axum::Json;
use axum::extract::State;
use domain::rule_pack::{Change, Override, OverrideError, PRESETS, RulePack};
use engine::names::Names;
use engine::rules::{By, NewOverride, OverrideRow, RulesError, RulesNow, VersionRow, What};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

use super::page::{Page, PageQuery, cursor, cursor_text, cut, limit};
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path, Query};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::wire::RuleOverrideId;

/// Letters of a reason, at most.
const REASON_MAX: usize = 500;

/// The rules the gate applies.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rules {
    /// The pack, as decisions record it.
    #[schema(example = "default_2")]
    pub pack: String,
    /// What was chosen: a name moves along with new releases, an id stays.
    #[schema(example = "default")]
    pub choice: String,
    /// What tells the overrides from every other set of them, as decisions record it; null
    /// where nothing is changed.
    #[schema(example = "9f86d081884c7d65")]
    pub fingerprint: Option<String>,
    /// Since when it holds, Unix ms; null where nobody ever changed anything.
    pub since: Option<i64>,
    /// What may be chosen.
    pub presets: Vec<RulePreset>,
    /// The overrides that stand, the first made first.
    pub overrides: Vec<RuleOverride>,
}

/// A pack by its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct RulePreset {
    /// Its name.
    #[schema(example = "strict_us")]
    pub name: String,
    /// The newest pack of the name.
    #[schema(example = "strict_us_2")]
    pub pack: String,
}

/// Chooses a pack.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesChange {
    /// `default`, `federal`, `strict_us`, `ultra`, or one with its number, such as `strict_us_2`.
    #[schema(example = "strict_us", max_length = 50)]
    pub pack: String,
    /// Why, for whoever asks later.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// What an override does to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleOverrideKind {
    /// The rule says nothing.
    Off,
    /// It has other hours.
    Hours,
    /// It has another cap.
    Cap,
    /// No marketing at all in a place.
    Close,
}

/// Where an override stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleOverrideState {
    /// It has not begun.
    Coming,
    /// The gate applies it.
    Standing,
    /// Its time is over.
    Over,
    /// Somebody ended it.
    Ended,
}

/// A change of a rule by an operator.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleOverride {
    /// Its id.
    pub id: RuleOverrideId,
    /// The rule it changes, or the name of the closure it adds.
    #[schema(example = "us_fl_hours")]
    pub rule: String,
    /// What it does.
    pub kind: RuleOverrideKind,
    /// The hours, the cap or the place; null where the rule is off.
    #[schema(example = "daily 09:00-19:00")]
    pub value: Option<String>,
    /// Whether it lets texts leave that the pack would stop.
    pub loosens: bool,
    /// Where it stands.
    pub state: RuleOverrideState,
    /// Why.
    pub reason: String,
    /// From when it holds, Unix ms.
    pub from: i64,
    /// Until when, Unix ms; null: until somebody ends it.
    pub until: Option<i64>,
    /// Who made it, by name as of then.
    pub by: String,
    /// When it was made, Unix ms.
    pub created_at: i64,
    /// When somebody ended it, Unix ms.
    pub ended_at: Option<i64>,
    /// Who ended it, where known.
    pub ended_by: Option<String>,
    /// Why it was ended.
    pub ended_reason: Option<String>,
}

/// An override to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleOverrideNew {
    /// What it does.
    pub kind: RuleOverrideKind,
    /// The rule it changes; absent for a closure.
    #[schema(example = "us_fl_hours", max_length = 100)]
    pub rule: Option<String>,
    /// The hours (`daily 09:00-19:00`, `Mon-Fri 09:00-18:00, Sat 10:00-17:00`; a day that is not
    /// named is closed), the cap (`3 in 24 h`), or the place (`US-LA`); absent where the rule is off.
    #[schema(example = "daily 09:00-19:00", max_length = 200)]
    pub value: Option<String>,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// From when, Unix ms; at once where absent.
    #[schema(minimum = 0, maximum = 253402300799999_i64)]
    pub from: Option<i64>,
    /// Until when, Unix ms; until somebody ends it where absent. A closure needs one.
    #[schema(minimum = 0, maximum = 253402300799999_i64)]
    pub until: Option<i64>,
}

/// Ends an override.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleOverrideEnd {
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// One state of the rules, as it held.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleVersion {
    /// Its number, from 1.
    pub no: i64,
    /// The choice of pack.
    #[schema(example = "default")]
    pub choice: String,
    /// What tells its overrides from every other set of them, as decisions record it; null
    /// where there were none.
    pub fingerprint: Option<String>,
    /// The overrides, as the gate took them.
    #[schema(value_type = Vec<Object>)]
    pub overrides: Vec<serde_json::Value>,
    /// Why it came to be.
    pub reason: String,
    /// What kind of actor made it: `member`, `api_key`, `cli` or `system`.
    pub actor_kind: String,
    /// The actor's id, where there is one.
    pub actor_id: Option<String>,
    /// The actor's name, where known.
    pub actor_name: Option<String>,
    /// When, Unix ms.
    pub created_at: i64,
}

/// The rules the gate applies, and the overrides that stand.
#[utoipa::path(get, path = "/rules", tag = "operate", responses((status = 200, description = "The rules", body = Rules)))]
pub async fn rules_get(State(api): State<Api>, caller: Caller) -> Answer<Json<Rules>> {
    let now = api.engine.rules_now(caller.ws).await?;
    let names = api.engine.names(caller.ws).await?;
    Ok(Json(Rules::of(&now, &names, api.engine.now())))
}

/// Has the gate apply another pack, from this answer on and on every node.
///
/// Overrides stay where they fit the pack. What is held already asks again when its time comes.
#[utoipa::path(put, path = "/rules", tag = "operate", request_body = RulesChange, responses((status = 200, description = "The rules", body = Rules)))]
pub async fn rules_set(State(api): State<Api>, caller: Caller, Body(change): Body<RulesChange>) -> Answer<Json<Rules>> {
    let now = api.engine.rules_set(caller.ws, by(&caller), change.pack, change.reason).await?;
    let names = api.engine.names(caller.ws).await?;
    Ok(Json(Rules::of(&now, &names, api.engine.now())))
}

/// Every state the rules were in: by their fingerprints decisions name them.
#[utoipa::path(get, path = "/rule-versions", tag = "operate", params(PageQuery), responses((status = 200, description = "Newest first", body = Page<RuleVersion>)))]
pub async fn rule_version_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<RuleVersion>>> {
    let limit = limit(query.limit)?;
    let before = match query.cursor.as_deref() {
        None => None,
        Some(text) => {
            Some(text.parse().map_err(|_| Problem::field("cursor", "cursor", "`next_cursor` of the page before"))?)
        }
    };
    let mut rows = api.engine.rules_versions(caller.ws, before, i64::from(limit) + 1).await?;
    let more = cut(&mut rows, limit);
    let next_cursor = rows.last().filter(|_| more).map(|row| row.no.to_string());
    let names = api.engine.names(caller.ws).await?;
    Ok(Json(Page { items: rows.into_iter().map(|row| RuleVersion::of(row, &names)).collect(), next_cursor }))
}

/// Overrides, those that are over or were ended among them.
#[utoipa::path(get, path = "/rule-overrides", tag = "operate", params(PageQuery), responses((status = 200, description = "Newest first", body = Page<RuleOverride>)))]
pub async fn rule_override_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<RuleOverride>>> {
    let limit = limit(query.limit)?;
    let before = cursor::<domain::id::RuleOverrideId>(query.cursor.as_deref())?;
    let before = before.map(|(at, id)| (at, domain::id::Id::uuid(id)));
    let mut rows = api.engine.rule_override_page(caller.ws, before, i64::from(limit) + 1).await?;
    let more = cut(&mut rows, limit);
    let last = rows.last().filter(|_| more);
    let next_cursor = last.map(|row| cursor_text(row.created_at, domain::id::Id::uuid(row.id)));
    let (names, now) = (api.engine.names(caller.ws).await?, api.engine.now());
    Ok(Json(Page { items: rows.iter().map(|row| RuleOverride::of(row, &names, now)).collect(), next_cursor }))
}

/// Changes a rule, or closes a place, with the reason on record.
///
/// The gate applies it from this answer on. Federal law and whatever stands for a customer's own
/// word can be narrowed and never loosened (422 `override_floor`). 409 `conflict` where a hundred
/// overrides stand.
#[utoipa::path(post, path = "/rule-overrides", tag = "operate", request_body = RuleOverrideNew, responses((status = 201, description = "Made", body = RuleOverride)))]
pub async fn rule_override_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<RuleOverrideNew>,
) -> Answer<(StatusCode, Json<RuleOverride>)> {
    let new = new.new_override()?;
    let (names, now) = (Arc::new(api.engine.names(caller.ws).await?), api.engine.now());
    let shown = move |row: &OverrideRow| RuleOverride::of(row, &names, now);
    let keep = ticket.keep(StatusCode::CREATED, shown.clone());
    let row = api.engine.rule_override_create(caller.ws, by(&caller), new, keep).await?;
    Ok((StatusCode::CREATED, Json(shown(&row))))
}

/// Ends an override: what it changed stands again. One that was ended already stays as it was.
#[utoipa::path(post, path = "/rule-overrides/{id}/end", tag = "operate", params(("id" = RuleOverrideId, Path, description = "The override")), request_body = RuleOverrideEnd, responses((status = 200, description = "Ended", body = RuleOverride)))]
pub async fn rule_override_end(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<RuleOverrideId>,
    Body(end): Body<RuleOverrideEnd>,
) -> Answer<Json<RuleOverride>> {
    let row = api.engine.rule_override_end(caller.ws, by(&caller), id.0, end.reason).await?;
    let names = api.engine.names(caller.ws).await?;
    Ok(Json(RuleOverride::of(&row, &names, api.engine.now())))
}

pub(super) fn by(caller: &Caller) -> By {
    By { actor: caller.actor(), name: caller.name().to_owned() }
}

impl Checked for RulesChange {
    fn check(&self, faults: &mut Faults) {
        faults.text("pack", &self.pack, 1, 50);
        reason(&self.reason, faults);
    }
}

impl Checked for RuleOverrideNew {
    fn check(&self, faults: &mut Faults) {
        faults.text_opt("rule", self.rule.as_deref(), 1, 100);
        faults.text_opt("value", self.value.as_deref(), 1, 200);
        reason(&self.reason, faults);
        for (field, at) in [("from", self.from), ("until", self.until)] {
            if let Some(at) = at {
                faults.instant(field, at);
            }
        }
    }
}

impl Checked for RuleOverrideEnd {
    fn check(&self, faults: &mut Faults) {
        reason(&self.reason, faults);
    }
}

/// A reason says something: blanks alone do not.
fn reason(text: &str, faults: &mut Faults) {
    faults.text("reason", text.trim(), 1, REASON_MAX);
}

impl RuleOverrideNew {
    /// As the engine takes it.
    pub(super) fn new_override(self) -> Answer<NewOverride> {
        let what = self.what()?;
        Ok(NewOverride { what, reason: self.reason, from: self.from, until: self.until })
    }

    fn what(&self) -> Answer<What> {
        let needs = |field: &str, value: &Option<String>| {
            value.clone().ok_or_else(|| Problem::field(field, "missing", "this kind of override needs it"))
        };
        Ok(match self.kind {
            RuleOverrideKind::Off => What::Off { row: needs("rule", &self.rule)? },
            RuleOverrideKind::Hours => {
                What::Hours { row: needs("rule", &self.rule)?, hours: needs("value", &self.value)? }
            }
            RuleOverrideKind::Cap => What::Cap { row: needs("rule", &self.rule)?, cap: needs("value", &self.value)? },
            RuleOverrideKind::Close => What::Close { place: needs("value", &self.value)? },
        })
    }
}

impl Rules {
    fn of(rules: &RulesNow, names: &Names, now: i64) -> Self {
        let choice = rules.version.as_ref().map_or("", |version| version.pack.as_str());
        let preset = |name: &&str| {
            RulePack::find(name).map(|pack| RulePreset { name: (*name).to_owned(), pack: pack.id.clone() })
        };
        Self {
            pack: rules.pack.id.clone(),
            choice: choice_of(choice),
            fingerprint: rules.pack.fingerprint().map(str::to_owned),
            since: rules.version.as_ref().map(|version| version.created_at),
            presets: PRESETS.iter().filter_map(preset).collect(),
            overrides: rules
                .overrides
                .iter()
                .map(|row| RuleOverride::of(row, names, now))
                .filter(|one| one.state != RuleOverrideState::Over)
                .collect(),
        }
    }
}

pub(super) fn choice_of(pack: &str) -> String {
    if pack.is_empty() { "default".to_owned() } else { pack.to_owned() }
}

/// What an override does, and the hours, the cap or the place it says.
pub(super) fn kind_and_value(change: Change) -> (RuleOverrideKind, Option<String>) {
    match change {
        Change::Off => (RuleOverrideKind::Off, None),
        Change::Hours { hours } => (RuleOverrideKind::Hours, Some(hours)),
        Change::Cap { cap } => (RuleOverrideKind::Cap, Some(cap)),
        Change::Close { place } => (RuleOverrideKind::Close, Some(place)),
    }
}

impl RuleOverride {
    fn of(row: &OverrideRow, names: &Names, now: i64) -> Self {
        // Only the engine writes the column; what cannot be read shows what is known beside it.
        let laid = serde_json::from_str(&row.change).unwrap_or_else(|_| Override {
            row: String::new(),
            change: Change::Off,
            reason: String::new(),
            by: String::new(),
            at: row.created_at,
            from: None,
            until: row.until_at,
        });
        let (kind, value) = kind_and_value(laid.change);
        let from = laid.from.unwrap_or(laid.at);
        // One that was just made is later than the look at the clock before it.
        let now = now.max(row.created_at);
        let state = match row.ended_at {
            Some(_) => RuleOverrideState::Ended,
            None if laid.until.is_some_and(|until| until <= now) => RuleOverrideState::Over,
            None if from > now => RuleOverrideState::Coming,
            None => RuleOverrideState::Standing,
        };
        Self {
            id: row.id.into(),
            rule: laid.row,
            kind,
            value,
            loosens: row.loosens,
            state,
            reason: laid.reason,
            from,
            until: laid.until,
            by: laid.by,
            created_at: row.created_at,
            ended_at: row.ended_at,
            ended_by: row.ended_kind.as_deref().and_then(|kind| names.actor(kind, row.ended_id).1),
            ended_reason: row.ended_reason.clone(),
        }
    }
}

impl RuleVersion {
    fn of(row: VersionRow, names: &Names) -> Self {
        let (actor_id, actor_name) = names.actor(&row.actor_kind, row.actor_id);
        Self {
            no: row.no,
            choice: choice_of(&row.pack),
            fingerprint: Some(row.fingerprint).filter(|fingerprint| !fingerprint.is_empty()),
            overrides: serde_json::from_str(&row.overrides).unwrap_or_default(),
            reason: row.reason,
            actor_kind: row.actor_kind,
            actor_id,
            actor_name,
            created_at: row.created_at,
        }
    }
}

impl From<RulesError> for Problem {
    fn from(error: RulesError) -> Self {
        let detail = error.to_string();
        match error {
            RulesError::Pack => Self::field("pack", "unknown", detail),
            RulesError::Override(error) => {
                let field = match error {
                    OverrideError::NoRow(_) | OverrideError::Floor(_) => "rule",
                    OverrideError::OtherKind(_) => "kind",
                    OverrideError::Unreadable(_) => "value",
                    OverrideError::Unexplained(_) => "reason",
                };
                Self::field(field, error.code(), detail)
            }
            RulesError::Over => Self::field("until", "out_of_range", detail),
            RulesError::TooMany | RulesError::Busy => Self::new(Code::Conflict, detail),
            RulesError::NotFound => Self::not_found("override"),
            RulesError::Store(error) => error.into(),
        }
    }
}
