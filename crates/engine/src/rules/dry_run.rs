//! Dry runs: other rules are tried on the texts of the last 30 days before anybody makes them
//! live. A job, in small steps: it may be broken off at any point, and whoever looks next goes on
//! where it stood.

use super::change::NewOverride;
use super::replay::{Both, Counts, Customer};
use super::{By, RulesError, choosable, made, of};
use crate::Engine;
use crate::gate::BRAND;
use crate::idempotency::Keep;
use crate::jobs::LEASE_MS;
use domain::gate::Decision;
use domain::id::{DryRunId, Id, RuleOverrideId, WorkspaceId};
use domain::rule_pack::{Change as Laid, Override, RulePack};
use serde_json::json;
use std::collections::HashMap;
use store::dry_run::{self as runs, Change, DryRunRow};
use store::job::{self, Job};
use store::recipient::{self, Kin, Known, Since};
use store::{DbError, Tx, audit, decision, rules as rows, workspace};
use uuid::Uuid;

/// The kind of job it is.
pub(crate) const KIND: &str = "rules_dry_run";
const AT_WORK: &str = "trying";
const AT_REST: &str = "at_rest";
/// How far back texts are tried.
const SPAN_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// How long what was found is kept.
const KEPT_MS: i64 = SPAN_MS;
/// Texts of one step: it must stay well below 50 ms.
const STEP: i64 = 100;
/// Dry runs that may wait at once.
const WAITING_MAX: i64 = 100;

/// What is to be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDryRun {
    /// The pack, as [`Engine::rules_set`] takes it; none: the one that holds.
    pub pack: Option<String>,
    /// An override beside those that stand, as if it had held all the time.
    pub with: Option<NewOverride>,
}

/// Why a step is not kept.
#[derive(Debug, thiserror::Error)]
enum Broken {
    /// The job is somebody else's, or the dry run was broken off.
    #[error("the step is not ours to keep")]
    Off,
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Engine {
    /// Notes the wish to try rules. Whatever runs by itself does it.
    ///
    /// # Errors
    /// [`RulesError`].
    pub async fn rule_dry_run_create(
        &self,
        ws: WorkspaceId,
        by: By,
        new: NewDryRun,
        keep: Keep<DryRunRow>,
    ) -> Result<DryRunRow, RulesError> {
        let (at, id, job) = (self.now(), self.new_id::<DryRunId>(), self.new_uuid());
        let pack = new.pack.map(|pack| if pack == "default" { String::new() } else { pack });
        if pack.as_deref().is_some_and(|pack| choosable(pack).is_none()) {
            return Err(RulesError::Pack);
        }
        let with = new.with.map(|with| tried(with.laid(self.new_id::<RuleOverrideId>(), by.name, at), at));
        let entry =
            self.audit_entry(by.actor, "rules.dry_run", id.to_string(), &json!({ "pack": pack, "override": with }));
        let actor = by.actor;
        let row = self
            .workspace(ws)
            .write(move |tx| {
                // Before the look: whoever is at work finds what is added.
                job::ask(tx, job, KIND, AT_WORK, at)?;
                runs::forget(tx, at - KEPT_MS)?;
                if i64::try_from(runs::open(tx, WAITING_MAX)?.len()).unwrap_or(i64::MAX) >= WAITING_MAX {
                    return Err(RulesError::Busy);
                }
                let (no, _) = rows::now(tx)?;
                let holds = if no == 0 { None } else { rows::get(tx, no)? };
                let (chosen, mut overrides) = match &holds {
                    Some(row) => (row.pack.clone(), super::overrides(&row.overrides)),
                    None => (String::new(), Vec::new()),
                };
                let pack = pack.clone().unwrap_or(chosen);
                if let Some(with) = &with {
                    let before = made(&pack, &written(&overrides));
                    before.with_overrides(std::slice::from_ref(with))?;
                    overrides.push(with.clone());
                }
                let since = at - SPAN_MS;
                let row = DryRunRow {
                    id,
                    pack,
                    overrides: written(&overrides),
                    // Strings and numbers always serialise.
                    tried: with.as_ref().and_then(|with| serde_json::to_string(with).ok()),
                    against: no,
                    since,
                    place: (at, Uuid::max()),
                    total: runs::texts_count(tx, since, at)?,
                    done: 0,
                    counts: counted(&Counts::default()),
                    actor_kind: actor.kind().to_owned(),
                    actor_id: actor.id(),
                    created_at: at,
                    cancelled_at: None,
                    finished_at: None,
                };
                runs::insert(tx, &row)?;
                audit::insert(tx, &entry)?;
                keep.keep(tx, &row, at)?;
                Ok(row)
            })
            .await?;
        self.running.work.notify_one();
        Ok(row)
    }

    /// One dry run.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn rule_dry_run_get(&self, ws: WorkspaceId, id: DryRunId) -> Result<Option<DryRunRow>, DbError> {
        self.workspace(ws).read(move |tx| runs::get(tx, id)).await
    }

    /// Dry runs before a place, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn rule_dry_run_page(
        &self,
        ws: WorkspaceId,
        before: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<Vec<DryRunRow>, DbError> {
        let before = before.unwrap_or((i64::MAX, Uuid::max()));
        self.workspace(ws).read(move |tx| runs::page(tx, before, limit)).await
    }

    /// What would fare otherwise by a dry run, before a place, the latest text first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn rule_dry_run_changes(
        &self,
        ws: WorkspaceId,
        id: DryRunId,
        before: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<Option<Vec<Change>>, DbError> {
        let before = before.unwrap_or((i64::MAX, Uuid::max()));
        self.workspace(ws)
            .read(move |tx| match runs::get(tx, id)? {
                Some(_) => runs::changes(tx, id, before, limit).map(Some),
                None => Ok(None),
            })
            .await
    }

    /// Breaks a dry run off; what it found until then stays. One that is done stays as it is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn rule_dry_run_cancel(&self, ws: WorkspaceId, id: DryRunId) -> Result<Option<DryRunRow>, DbError> {
        let at = self.now();
        self.workspace(ws)
            .write(move |tx| {
                runs::cancel(tx, id, at)?;
                runs::get(tx, id)
            })
            .await
    }

    /// Carries out the dry runs that wait, where nobody else is at it.
    ///
    /// # Errors
    /// When the store fails. Called again, it goes on.
    pub async fn rule_dry_runs_take_up(&self, ws: WorkspaceId) -> Result<(), DbError> {
        let Some(job) = self.job_take(ws, KIND).await? else { return Ok(()) };
        loop {
            match self.rule_dry_run_step(ws, &job).await {
                Ok(true) => {}
                // At rest, or somebody else's now.
                Ok(false) => return Ok(()),
                // The next look finds it broken off.
                Err(Broken::Off) => {}
                Err(Broken::Store(error)) => return Err(error),
            }
            if self.stopped() {
                return self.job_let_go(ws, &job).await;
            }
        }
    }

    /// One step of the dry run that was asked for first. False where nothing is left to do, or the
    /// job is not ours any more.
    async fn rule_dry_run_step(&self, ws: WorkspaceId, job: &Job) -> Result<bool, Broken> {
        let (now, job) = (self.now(), job.clone());
        self.workspace(ws)
            .write_bulk(move |tx| {
                if !job::hold(tx, &job, now + LEASE_MS)? {
                    return Ok(false);
                }
                let Some(run) = runs::open(tx, 1)?.pop() else {
                    job::rest(tx, &job, AT_REST)?;
                    return Ok(false);
                };
                step(tx, run, now)?;
                Ok(true)
            })
            .await
    }
}

/// Judges the next texts of a dry run.
fn step(tx: &mut Tx<'_>, mut run: DryRunRow, now: i64) -> Result<(), Broken> {
    let texts = runs::texts(tx, run.place, run.since, STEP)?;
    let Some(last) = texts.last() else {
        runs::finish(tx, run.id, now)?;
        return Ok(());
    };
    run.place = (last.at, Id::uuid(last.id));
    run.done += i64::try_from(texts.len()).unwrap_or(0);
    let mut counts: Counts = serde_json::from_str(&run.counts).unwrap_or_default();
    let (holds, tried) = (against(tx, &run)?, made(&run.pack, &run.overrides));
    let workspace = workspace::get(tx)?.ok_or(Broken::Off)?;
    let both = Both { holds: &holds, tried: &tried, workspace: &workspace };
    let outbound: Vec<_> = texts.iter().filter(|text| text.kind == "outbound").collect();
    let records = decision::last_records(tx, outbound.iter().map(|text| Id::uuid(text.id)).collect())?;
    let mut addresses: Vec<String> = outbound.iter().map(|text| text.address.clone()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    let mut customers: HashMap<String, Customer> = HashMap::new();
    // A text is judged when it was accepted at the earliest.
    // Who was told how to opt out decides no verdict, and is not read.
    let since = Since { sold: last.at - both.counted_ms(), told: i64::MAX };
    for (address, kin) in recipient::kin(tx, BRAND, &addresses, since)? {
        if let Kin::Sold { message, at } = kin {
            customers.entry(address).or_default().sold.push((message, at));
        }
    }
    for (address, known) in recipient::own(tx, BRAND, &addresses)? {
        if let Known::At(place) = known {
            customers.entry(address).or_default().places.push(place);
        }
    }
    let mut changes = Vec::new();
    for text in outbound {
        let recorded: Option<Decision> = records.get(&text.id).and_then(|record| serde_json::from_str(record).ok());
        let customer = customers.entry(text.address.clone()).or_default();
        changes.extend(both.judge(text, recorded.as_ref(), customer, &mut counts));
    }
    run.counts = counted(&counts);
    if !runs::progress(tx, &run)? {
        return Err(Broken::Off);
    }
    Ok(runs::changes_insert(tx, run.id, &changes)?)
}

/// The rules a dry run is compared with: those that held when it was asked for.
fn against(tx: &mut Tx<'_>, run: &DryRunRow) -> Result<std::sync::Arc<RulePack>, DbError> {
    let Some(row) = rows::get(tx, run.against)? else { return of(tx, 0, "") };
    of(tx, row.no, &super::key(&row.pack, &row.overrides))
}

/// An override as if it had held all the time that is tried.
fn tried(laid: Override, at: i64) -> Override {
    // A closure needs an end; every text that is tried is older than now.
    let until = matches!(laid.change, Laid::Close { .. }).then_some(at + 1);
    Override { from: None, until, ..laid }
}

/// Numbers always serialise.
fn counted(counts: &Counts) -> String {
    serde_json::to_string(counts).unwrap_or_default()
}

/// Strings and numbers always serialise.
fn written(overrides: &[Override]) -> String {
    serde_json::to_string(overrides).unwrap_or_default()
}
