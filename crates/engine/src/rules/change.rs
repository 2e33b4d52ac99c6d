//! Changes of a workspace's rules: another pack, an override made, an override ended. Each is a
//! new state beside the old ones, and an entry of the audit log.

use super::{OVERRIDES_MAX, RulesNow, choosable, key, made, now};
use crate::Engine;
use crate::accounts::changed;
use crate::audit::Actor;
use crate::idempotency::Keep;
use domain::id::{Id, RuleOverrideId, WorkspaceId};
use domain::rule_pack::{Change, Override, OverrideError};
use serde_json::json;
use store::rules::{self as rows, OverrideRow, VersionRow};
use store::{DbError, Tx, audit};

/// Why rules are not changed.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// There is no such pack, or it is one that cannot be chosen.
    #[error("there is no such pack to choose")]
    Pack,
    /// The override cannot be laid over the pack that holds.
    #[error(transparent)]
    Override(#[from] OverrideError),
    /// It would end before it began, or is over already.
    #[error("until must be later than from and than now")]
    Over,
    /// Too many stand already.
    #[error("at most {OVERRIDES_MAX} overrides may stand: end one first")]
    TooMany,
    /// Too many dry runs wait.
    #[error("too many dry runs wait: ask again when one is done")]
    Busy,
    /// There is no such override.
    #[error("there is no such override")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// What an override does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A row says nothing.
    Off {
        /// The row.
        row: String,
    },
    /// A row has these hours instead, as in the data files: `daily 08:00-21:00`.
    Hours {
        /// The row.
        row: String,
        /// The hours.
        hours: String,
    },
    /// A row has this cap instead, as in the data files: `3 in 24 h`.
    Cap {
        /// The row.
        row: String,
        /// The cap.
        cap: String,
    },
    /// No marketing in a place.
    Close {
        /// `US-LA`.
        place: String,
    },
}

/// An override to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOverride {
    /// What it does.
    pub what: What,
    /// Why.
    pub reason: String,
    /// From when it holds, Unix ms; none: at once.
    pub from: Option<i64>,
    /// Until when, Unix ms; none: until somebody ends it.
    pub until: Option<i64>,
}

impl NewOverride {
    /// As the gate takes it. A closure is named after its place and its own identity.
    pub(super) fn laid(self, id: RuleOverrideId, by: String, at: i64) -> Override {
        let (row, change) = match self.what {
            What::Off { row } => (row, Change::Off),
            What::Hours { row, hours } => (row, Change::Hours { hours }),
            What::Cap { row, cap } => (row, Change::Cap { cap }),
            What::Close { place } => (format!("closed_{}", Id::uuid(id).simple()), Change::Close { place }),
        };
        let from = Some(self.from.unwrap_or(at));
        Override { row, change, reason: self.reason, by, at, from, until: self.until }
    }
}

/// Who changes rules: for the audit log, and by the name that decisions tell.
#[derive(Debug, Clone)]
pub struct By {
    /// For the audit log.
    pub actor: Actor,
    /// For people.
    pub name: String,
}

impl Engine {
    /// Has a workspace's gate apply a pack, by name (then it moves along with new releases) or by
    /// id (then it stays); empty: the default. The overrides stay where they fit.
    ///
    /// # Errors
    /// [`RulesError`].
    pub async fn rules_set(
        &self,
        ws: WorkspaceId,
        by: By,
        pack: String,
        reason: String,
    ) -> Result<RulesNow, RulesError> {
        let pack = if pack == "default" { String::new() } else { pack };
        let chosen = choosable(&pack).ok_or(RulesError::Pack)?;
        let (at, actor) = (self.now(), by.actor);
        let detail = json!({ "pack": chosen.id, "reason": reason });
        let entry = self.audit_entry(actor, "rules.set", ws.to_string(), &detail);
        let set = self
            .workspace(ws)
            .write(move |tx| {
                rows::now_locked(tx)?;
                let standing = open(tx, at)?;
                insert(tx, &pack, &standing, (actor, &reason), at)?;
                audit::insert(tx, &entry)?;
                changed(tx, "rules.changed", Id::uuid(ws), at);
                Ok::<_, RulesError>(now(tx)?)
            })
            .await?;
        self.held_ask_again(ws, at).await;
        Ok(set)
    }

    /// Changes a row, or closes a place, until the override ends or is ended.
    ///
    /// # Errors
    /// [`RulesError`].
    pub async fn rule_override_create(
        &self,
        ws: WorkspaceId,
        by: By,
        new: NewOverride,
        keep: Keep<OverrideRow>,
    ) -> Result<OverrideRow, RulesError> {
        let (at, actor, id) = (self.now(), by.actor, self.new_id::<RuleOverrideId>());
        if new.until.is_some_and(|until| until <= at || new.from.is_some_and(|from| from >= until)) {
            return Err(RulesError::Over);
        }
        let reason = new.reason.clone();
        let laid = new.laid(id, by.name, at);
        // Strings and numbers always serialise.
        let change = serde_json::to_string(&laid).unwrap_or_default();
        let entry = self.audit_entry(actor, "rules.override", id.to_string(), &json!({ "override": laid }));
        let made = self
            .workspace(ws)
            .write(move |tx| {
                let (no, _) = rows::now_locked(tx)?;
                let mut standing = open(tx, at)?;
                if i64::try_from(standing.len()).unwrap_or(i64::MAX) >= OVERRIDES_MAX {
                    return Err(RulesError::TooMany);
                }
                let pack = chosen(tx, no)?;
                let before = made(&pack, &written(&standing));
                before.with_overrides(std::slice::from_ref(&laid))?;
                let row = OverrideRow {
                    id,
                    change: change.clone(),
                    loosens: before.loosens(&laid),
                    actor_kind: actor.kind().to_owned(),
                    actor_id: actor.id(),
                    created_at: at,
                    until_at: laid.until,
                    ended_at: None,
                    ended_kind: None,
                    ended_id: None,
                    ended_reason: None,
                };
                rows::override_insert(tx, &row)?;
                standing.push(laid.clone());
                insert(tx, &pack, &standing, (actor, &reason), at)?;
                audit::insert(tx, &entry)?;
                changed(tx, "rules.changed", Id::uuid(ws), at);
                keep.keep(tx, &row, at)?;
                Ok(row)
            })
            .await?;
        // What only closes holds no text any shorter.
        if made.loosens {
            self.held_ask_again(ws, at).await;
        }
        Ok(made)
    }

    /// Ends an override: what it changed stands again. Ended already, it stays as it was ended.
    ///
    /// # Errors
    /// [`RulesError`].
    pub async fn rule_override_end(
        &self,
        ws: WorkspaceId,
        by: By,
        id: RuleOverrideId,
        reason: String,
    ) -> Result<OverrideRow, RulesError> {
        let (at, actor) = (self.now(), by.actor);
        let entry = self.audit_entry(actor, "rules.override_end", id.to_string(), &json!({ "reason": reason }));
        let ended = self
            .workspace(ws)
            .write(move |tx| {
                let (no, _) = rows::now_locked(tx)?;
                if rows::override_end(tx, id, at, (actor.kind(), actor.id()), &reason)? {
                    let (pack, standing) = (chosen(tx, no)?, open(tx, at)?);
                    insert(tx, &pack, &standing, (actor, &reason), at)?;
                    audit::insert(tx, &entry)?;
                    changed(tx, "rules.changed", Id::uuid(ws), at);
                }
                rows::override_get(tx, id)?.ok_or(RulesError::NotFound)
            })
            .await?;
        if !ended.loosens {
            self.held_ask_again(ws, at).await;
        }
        Ok(ended)
    }
}

/// The name of the pack of a state.
fn chosen(tx: &mut Tx<'_>, no: i64) -> Result<String, DbError> {
    Ok(if no == 0 { None } else { rows::get(tx, no)? }.map(|row| row.pack).unwrap_or_default())
}

/// The overrides that stand and are not over by themselves.
fn open(tx: &mut Tx<'_>, at: i64) -> Result<Vec<Override>, DbError> {
    let standing = rows::override_open(tx, OVERRIDES_MAX)?;
    let standing = standing.iter().filter(|row| row.until_at.is_none_or(|until| until > at));
    Ok(standing.filter_map(|row| serde_json::from_str(&row.change).ok()).collect())
}

/// Overrides as they are kept. Strings and numbers always serialise.
fn written(standing: &[Override]) -> String {
    serde_json::to_string(standing).unwrap_or_default()
}

/// Has a pack and overrides hold from the commit on.
fn insert(
    tx: &mut Tx<'_>,
    pack: &str,
    standing: &[Override],
    (by, reason): (Actor, &str),
    at: i64,
) -> Result<(), DbError> {
    let last = rows::page(tx, i64::MAX, 1)?.pop().map_or(0, |row| row.no);
    let overrides = written(standing);
    let row = VersionRow {
        no: last + 1,
        pack: pack.to_owned(),
        fingerprint: made(pack, &overrides).fingerprint().unwrap_or_default().to_owned(),
        overrides,
        reason: reason.to_owned(),
        actor_kind: by.kind().to_owned(),
        actor_id: by.id(),
        created_at: at,
    };
    rows::insert(tx, &row, &key(&row.pack, &row.overrides))
}
