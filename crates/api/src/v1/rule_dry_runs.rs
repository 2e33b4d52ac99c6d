//! Dry runs: other rules, tried on the texts of the last 30 days before anybody makes them live.

use axum::Json;
use axum::extract::State;
use domain::rule_pack::Override;
use engine::names::Names;
use engine::rules::{Counts, DryRunRow, NewDryRun, TriedText};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

use super::decision::Verdict;
use super::page::{Page, PageQuery, cursor, cursor_text, cut, limit};
use super::rules::{RuleOverrideKind, RuleOverrideNew, by, choice_of, kind_and_value};
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path, Query};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::{DryRunId, MessageId};

/// What is to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleDryRunNew {
    /// The pack, as `PUT /rules` takes it; the one that holds where absent.
    #[schema(example = "strict_us", max_length = 50)]
    pub pack: Option<String>,
    /// An override beside those that stand, as if it had held all the time.
    #[serde(rename = "override")]
    pub with: Option<RuleOverrideNew>,
}

/// Where a dry run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleDryRunState {
    /// It waits, or is under way.
    Trying,
    /// Every text was looked at.
    Done,
    /// Somebody broke it off; what it found until then stays.
    Cancelled,
}

/// Texts that would have fared otherwise, by how.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleDryRunCount {
    /// What the rules that hold say.
    pub was: Verdict,
    /// What the rules that are tried say; two holds are until different instants.
    pub becomes: Verdict,
    /// How many texts.
    pub texts: i64,
}

/// An override that is tried, as if it had held all the time.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleDryRunOverride {
    /// The rule it would change, or the name of the closure it would add.
    #[schema(example = "us_fl_hours")]
    pub rule: String,
    /// What it would do.
    pub kind: RuleOverrideKind,
    /// The hours, the cap or the place; null where the rule would be off.
    #[schema(example = "daily 09:00-19:00")]
    pub value: Option<String>,
    /// Why, for whoever makes it.
    pub reason: String,
}

/// A dry run.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleDryRun {
    /// Its id.
    pub id: DryRunId,
    /// The pack that is tried, as it was chosen.
    #[schema(example = "strict_us")]
    pub choice: String,
    /// The override that is tried beside those that stood; null where only a pack is tried.
    #[serde(rename = "override")]
    pub with: Option<RuleDryRunOverride>,
    /// Where it stands.
    pub state: RuleDryRunState,
    /// Texts either way looked at so far, the latest first.
    pub done: i64,
    /// Texts either way there were when it was asked for.
    pub total: i64,
    /// Texts from here on are looked at, Unix ms.
    pub since: i64,
    /// Texts that both rules judged.
    pub judged: i64,
    /// Of those, what fared alike.
    pub same: i64,
    /// Of those, what would have fared otherwise.
    pub changes: Vec<RuleDryRunCount>,
    /// Texts that were refused by what stands in every pack alike, such as an opt-out: no pack changes that.
    pub elsewhere: i64,
    /// Texts that cannot be judged once more: no verdict on them is on record.
    pub unjudged: i64,
    /// Of those judged, texts on which the rules that hold say otherwise than what is on record: other rules
    /// held then, or what stood against them is not kept.
    pub drifted: i64,
    /// Who asked for it, where known.
    pub actor_name: Option<String>,
    /// When, Unix ms.
    pub created_at: i64,
    /// When it was done or broken off, Unix ms.
    pub finished_at: Option<i64>,
}

/// A text that would have fared otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleDryRunChange {
    /// The message.
    pub message_id: MessageId,
    /// When it came to be, Unix ms.
    pub text_at: i64,
    /// What the rules that hold say.
    pub was: Verdict,
    /// Until when they held it, Unix ms.
    pub was_until: Option<i64>,
    /// What the rules that are tried say.
    pub becomes: Verdict,
    /// Until when they would hold it, Unix ms.
    pub becomes_until: Option<i64>,
    /// The rule that decides: of those that are tried, or, where nothing stands against the text any more, of the others.
    #[schema(example = "us_fl_hours")]
    pub rule: String,
    /// Its stable code.
    #[schema(example = "quiet_hours")]
    pub code: String,
    /// The same in plain words.
    pub detail: String,
}

/// Tries other rules on the texts of the last 30 days. Nothing is sent or changed by it.
///
/// It is done in the background and kept for 30 days. 409 `conflict` where a hundred wait already.
#[utoipa::path(post, path = "/rule-dry-runs", tag = "operate", request_body = RuleDryRunNew, responses((status = 202, description = "Begun", body = RuleDryRun)))]
pub async fn rule_dry_run_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<RuleDryRunNew>,
) -> Answer<(StatusCode, Json<RuleDryRun>)> {
    let with = new.with.map(RuleOverrideNew::new_override).transpose()?;
    let names = Arc::new(api.engine.names(caller.ws).await?);
    let shown = move |row: &DryRunRow| RuleDryRun::of(row, &names);
    let keep = ticket.keep(StatusCode::ACCEPTED, shown.clone());
    let new = NewDryRun { pack: new.pack, with };
    let row = api.engine.rule_dry_run_create(caller.ws, by(&caller), new, keep).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&row))))
}

/// Dry runs of the last 30 days.
#[utoipa::path(get, path = "/rule-dry-runs", tag = "operate", params(PageQuery), responses((status = 200, description = "Newest first", body = Page<RuleDryRun>)))]
pub async fn rule_dry_run_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<RuleDryRun>>> {
    let limit = limit(query.limit)?;
    let before = cursor::<domain::id::DryRunId>(query.cursor.as_deref())?;
    let before = before.map(|(at, id)| (at, domain::id::Id::uuid(id)));
    let mut rows = api.engine.rule_dry_run_page(caller.ws, before, i64::from(limit) + 1).await?;
    let more = cut(&mut rows, limit);
    let last = rows.last().filter(|_| more);
    let next_cursor = last.map(|row| cursor_text(row.created_at, domain::id::Id::uuid(row.id)));
    let names = api.engine.names(caller.ws).await?;
    Ok(Json(Page { items: rows.iter().map(|row| RuleDryRun::of(row, &names)).collect(), next_cursor }))
}

/// How far a dry run is, and what came of it.
#[utoipa::path(get, path = "/rule-dry-runs/{id}", tag = "operate", params(("id" = DryRunId, Path, description = "The dry run")), responses((status = 200, description = "The dry run", body = RuleDryRun)))]
pub async fn rule_dry_run_get(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<DryRunId>,
) -> Answer<Json<RuleDryRun>> {
    let row = api.engine.rule_dry_run_get(caller.ws, id.0).await?.ok_or_else(|| Problem::not_found("dry run"))?;
    let names = api.engine.names(caller.ws).await?;
    Ok(Json(RuleDryRun::of(&row, &names)))
}

/// Breaks a dry run off. What it found until then stays; one that is done stays as it is.
#[utoipa::path(post, path = "/rule-dry-runs/{id}/cancel", tag = "operate", params(("id" = DryRunId, Path, description = "The dry run")), responses((status = 200, description = "The dry run", body = RuleDryRun)))]
pub async fn rule_dry_run_cancel(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<DryRunId>,
) -> Answer<Json<RuleDryRun>> {
    let row = api.engine.rule_dry_run_cancel(caller.ws, id.0).await?.ok_or_else(|| Problem::not_found("dry run"))?;
    let names = api.engine.names(caller.ws).await?;
    Ok(Json(RuleDryRun::of(&row, &names)))
}

/// The texts that would have fared otherwise.
#[utoipa::path(get, path = "/rule-dry-runs/{id}/changes", tag = "operate", params(("id" = DryRunId, Path, description = "The dry run"), PageQuery), responses((status = 200, description = "The latest text first", body = Page<RuleDryRunChange>)))]
pub async fn rule_dry_run_change_list(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<DryRunId>,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<RuleDryRunChange>>> {
    let limit = limit(query.limit)?;
    let before = cursor::<domain::id::MessageId>(query.cursor.as_deref())?;
    let before = before.map(|(at, id)| (at, domain::id::Id::uuid(id)));
    let rows = api.engine.rule_dry_run_changes(caller.ws, id.0, before, i64::from(limit) + 1).await?;
    let mut rows = rows.ok_or_else(|| Problem::not_found("dry run"))?;
    let more = cut(&mut rows, limit);
    let last = rows.last().filter(|_| more);
    let next_cursor = last.map(|row| cursor_text(row.text_at, domain::id::Id::uuid(row.message)));
    Ok(Json(Page { items: rows.into_iter().map(RuleDryRunChange::of).collect(), next_cursor }))
}

impl Checked for RuleDryRunNew {
    fn check(&self, faults: &mut Faults) {
        faults.text_opt("pack", self.pack.as_deref(), 1, 50);
        if let Some(with) = &self.with {
            faults.within("override", |faults| with.check(faults));
        }
    }
}

impl RuleDryRun {
    fn of(row: &DryRunRow, names: &Names) -> Self {
        // Only the engine writes the column.
        let counts: Counts = serde_json::from_str(&row.counts).unwrap_or_default();
        let (send, hold, refuse) = (Verdict::Send, Verdict::Hold, Verdict::Refuse);
        let changes = [
            (send, hold, counts.send_hold),
            (send, refuse, counts.send_refuse),
            (hold, send, counts.hold_send),
            (hold, hold, counts.hold_hold),
            (hold, refuse, counts.hold_refuse),
            (refuse, send, counts.refuse_send),
            (refuse, hold, counts.refuse_hold),
        ];
        let changes = changes.into_iter().filter(|(.., texts)| *texts > 0);
        Self {
            id: row.id.into(),
            choice: choice_of(&row.pack),
            with: row.tried.as_deref().and_then(RuleDryRunOverride::of),
            state: match (row.cancelled_at, row.finished_at) {
                (Some(_), _) => RuleDryRunState::Cancelled,
                (None, Some(_)) => RuleDryRunState::Done,
                (None, None) => RuleDryRunState::Trying,
            },
            done: row.done,
            total: row.total,
            since: row.since,
            judged: counts.judged,
            same: counts.same,
            changes: changes.map(|(was, becomes, texts)| RuleDryRunCount { was, becomes, texts }).collect(),
            elsewhere: counts.elsewhere,
            unjudged: counts.unjudged,
            drifted: counts.drifted,
            actor_name: names.actor(&row.actor_kind, row.actor_id).1,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

impl RuleDryRunOverride {
    /// Only the engine writes the column; one that cannot be read is not shown.
    fn of(kept: &str) -> Option<Self> {
        let laid: Override = serde_json::from_str(kept).ok()?;
        let (kind, value) = kind_and_value(laid.change);
        Some(Self { rule: laid.row, kind, value, reason: laid.reason })
    }
}

impl RuleDryRunChange {
    fn of(row: TriedText) -> Self {
        Self {
            message_id: row.message.into(),
            text_at: row.text_at,
            was: verdict(&row.was),
            was_until: row.was_until,
            becomes: verdict(&row.becomes),
            becomes_until: row.becomes_until,
            rule: row.rule,
            code: row.code,
            detail: row.detail,
        }
    }
}

fn verdict(word: &str) -> Verdict {
    match word {
        "hold" => Verdict::Hold,
        "refuse" => Verdict::Refuse,
        _ => Verdict::Send,
    }
}
