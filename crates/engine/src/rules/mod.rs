//! Which rules the gate applies for a workspace: the pack it chose, and what its operators
//! changed in it.
//!
//! The state that holds is read beside the stop switches, in the transaction that acts on the
//! gate's verdict: from the commit of a change on, every node decides by it. What a state comes
//! to is made once and kept by its content, so that a decision costs no more for it.

mod again;
mod change;
pub(crate) mod dry_run;
mod replay;

pub use change::{By, NewOverride, RulesError, What};
pub use dry_run::NewDryRun;
pub use replay::Counts;
pub use store::dry_run::{Change as TriedText, DryRunRow};
pub use store::rules::{OverrideRow, VersionRow};

use crate::Engine;
use domain::id::WorkspaceId;
use domain::rule_pack::{DEFAULT, Override, PACKS, PRESETS, RulePack};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};
use store::sending::InboxFacts;
use store::{DbError, Tx, rules as rows};
use uuid::Uuid;

/// Overrides that may stand at once.
pub const OVERRIDES_MAX: i64 = 100;
/// States kept in memory; beyond that all are made anew, which takes milliseconds.
const KNOWN_MAX: usize = 1_000;

static UNCHANGED: LazyLock<Arc<RulePack>> = LazyLock::new(|| Arc::new(DEFAULT.clone()));
/// What states come to, by their keys. A key tells the content, so that nothing in it is ever stale.
static KNOWN: LazyLock<RwLock<HashMap<String, Arc<RulePack>>>> = LazyLock::new(RwLock::default);

/// The rules of a workspace as they are now.
#[derive(Debug, Clone)]
pub struct RulesNow {
    /// What the gate applies.
    pub pack: Arc<RulePack>,
    /// The state that holds; none: the default pack with nothing changed.
    pub version: Option<VersionRow>,
    /// The overrides nobody has ended, the first made first. Some may be over by themselves.
    pub overrides: Vec<OverrideRow>,
}

/// The pack of a name or id a workspace may choose; empty: the default. What is below federal
/// law cannot be chosen.
fn choosable(name: &str) -> Option<&'static RulePack> {
    if name.is_empty() {
        return Some(&DEFAULT);
    }
    let preset = |id: &str| PRESETS.contains(&id);
    let known = preset(name)
        || PACKS.iter().any(|(id, _)| *id == name && id.rsplit_once('_').is_some_and(|(base, _)| preset(base)));
    if known { RulePack::find(name) } else { None }
}

/// Overrides as they were kept. Only the engine writes them; one of a newer Hark that cannot be
/// read stands for none, and the pack alone holds, which is the stricter.
fn overrides(json: &str) -> Vec<Override> {
    serde_json::from_str(json).unwrap_or_else(|error| {
        tracing::error!(%error, "overrides of rules cannot be read: the pack holds without them");
        Vec::new()
    })
}

/// What a pack and overrides come to.
fn made(pack: &str, json: &str) -> RulePack {
    // A pack that this Hark does not have, because it is older than the one that chose it.
    let base = choosable(pack).unwrap_or(&DEFAULT);
    let (made, left_out) = base.with_what_fits(&overrides(json));
    for error in left_out {
        tracing::info!(%error, pack = base.id, "an override does not fit the pack and is left out");
    }
    made
}

/// What tells a pack and overrides from every other.
fn key(pack: &str, json: &str) -> String {
    format!("{pack}/{}", hex::encode(Sha256::digest(json.as_bytes())))
}

/// The rules of a state, from memory where possible.
fn of(tx: &mut Tx<'_>, no: i64, at: &str) -> Result<Arc<RulePack>, DbError> {
    if no == 0 {
        return Ok(Arc::clone(&UNCHANGED));
    }
    if let Some(known) = KNOWN.read().ok().and_then(|known| known.get(at).cloned()) {
        return Ok(known);
    }
    let row = rows::get(tx, no)?.ok_or(DbError::NoRow { statement: "RULES_VERSION" })?;
    let pack = Arc::new(made(&row.pack, &row.overrides));
    if let Ok(mut known) = KNOWN.write() {
        if known.len() >= KNOWN_MAX {
            known.clear();
        }
        known.insert(key(&row.pack, &row.overrides), Arc::clone(&pack));
    }
    Ok(pack)
}

/// The rules for a text that leaves by an inbox.
pub(crate) fn for_inbox(tx: &mut Tx<'_>, inbox: &InboxFacts) -> Result<Arc<RulePack>, DbError> {
    of(tx, inbox.rules_no, &inbox.rules_key)
}

/// The rules of the transaction's workspace.
pub(crate) fn current(tx: &mut Tx<'_>) -> Result<Arc<RulePack>, DbError> {
    let (no, key) = rows::now(tx)?;
    of(tx, no, &key)
}

impl Engine {
    /// What the gate applies for a workspace.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn rule_pack_current(&self, ws: WorkspaceId) -> Result<Arc<RulePack>, DbError> {
        self.workspace(ws).read(current).await
    }

    /// The same with where it comes from.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn rules_now(&self, ws: WorkspaceId) -> Result<RulesNow, DbError> {
        self.workspace(ws).read(now).await
    }

    /// States before a number, newest first: by their fingerprints decisions name them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn rules_versions(
        &self,
        ws: WorkspaceId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<VersionRow>, DbError> {
        self.workspace(ws).read(move |tx| rows::page(tx, before.unwrap_or(i64::MAX), limit)).await
    }

    /// Overrides before a place, newest first; those that are over among them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn rule_override_page(
        &self,
        ws: WorkspaceId,
        before: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<Vec<OverrideRow>, DbError> {
        let before = before.unwrap_or((i64::MAX, Uuid::max()));
        self.workspace(ws).read(move |tx| rows::override_page(tx, before, limit)).await
    }
}

fn now(tx: &mut Tx<'_>) -> Result<RulesNow, DbError> {
    let (no, key) = rows::now(tx)?;
    let pack = of(tx, no, &key)?;
    let version = if no == 0 { None } else { rows::get(tx, no)? };
    Ok(RulesNow { pack, version, overrides: rows::override_open(tx, OVERRIDES_MAX)? })
}
