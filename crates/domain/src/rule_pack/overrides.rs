//! What an operator changes in a pack, and how it stays on record.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::effect::Hours;
use super::row::Purposes;
use super::{Confidence, Effect, Holidays, Regions, Row, RulePack, Span, read};

/// A change of one row, or a closure beside the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The row says nothing.
    Off,
    /// The row has these hours instead, written as in the data files.
    Hours {
        /// `daily 08:00-21:00`.
        hours: String,
    },
    /// The row has this cap instead, written as in the data files.
    Cap {
        /// `3 in 24 h`.
        cap: String,
    },
    /// No marketing at all in a place, as in a declared emergency.
    Close {
        /// `US-LA`.
        place: String,
    },
}

/// An operator's change, with who made it and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The row it changes, or the name of the closure it adds.
    pub row: String,
    /// What it changes.
    #[serde(flatten)]
    pub change: Change,
    /// Why, in the operator's words.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When it was made, Unix ms.
    pub at: i64,
    /// From when it holds, Unix ms; none: whatever instant is asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// Until when it holds, Unix ms; none: until somebody ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

impl Override {
    /// Whether it holds at some instant from `since` to `till`, Unix ms, both counted.
    #[must_use]
    pub fn holds(&self, since: i64, till: i64) -> bool {
        self.from.is_none_or(|from| from <= till) && self.until.is_none_or(|until| since < until)
    }
}

/// An override as it lies over a pack: with the texts it touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overridden {
    /// The operator's change.
    pub change: Override,
    /// Where it holds.
    pub regions: Regions,
    /// For which texts.
    pub purposes: Purposes,
}

/// Why an override cannot be laid over a pack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OverrideError {
    /// The pack has no such row.
    #[error("the pack has no row {0}")]
    NoRow(String),
    /// The row is of another kind.
    #[error("{0} has no hours or cap to change")]
    OtherKind(String),
    /// The hours, cap, place or times mean nothing.
    #[error("the change of {0} cannot be read")]
    Unreadable(String),
    /// Nobody is named, or no reason given.
    #[error("the change of {0} lacks its reason or who made it")]
    Unexplained(String),
    /// The row stands for what nobody may allow: federal law, opt-outs, consent.
    #[error("{0} is federal law or about opt-outs and consent: it can be narrowed and never loosened")]
    Floor(String),
}

impl OverrideError {
    /// A stable word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoRow(_) => "override_row_unknown",
            Self::OtherKind(_) => "override_kind_mismatch",
            Self::Unreadable(_) => "override_unreadable",
            Self::Unexplained(_) => "override_unexplained",
            Self::Floor(_) => "override_floor",
        }
    }
}

impl RulePack {
    /// This pack with an operator's changes laid over it.
    ///
    /// Its id stays, and each decision records the changes that touch it. What an
    /// override names is the operator's own decision; it changes nothing else, and the
    /// floor ([`Row::floor`]) stays whatever is said.
    ///
    /// # Errors
    /// Says which change cannot be laid over.
    pub fn with_overrides(&self, overrides: &[Override]) -> Result<Self, OverrideError> {
        let (pack, mut refused) = self.with_what_fits(overrides);
        match refused.pop() {
            Some(error) => Err(error),
            None => Ok(pack),
        }
    }

    /// The same, leaving out what cannot be laid over this pack: a row that it does not have,
    /// say, since the overrides were made over another. Answers what was left out, the last
    /// first.
    #[must_use]
    pub fn with_what_fits(&self, overrides: &[Override]) -> (Self, Vec<OverrideError>) {
        let (mut pack, mut refused) = (self.clone(), Vec::new());
        for change in overrides {
            match pack.lay_over(change) {
                Ok((regions, purposes)) => {
                    pack.overridden.push(Overridden { change: change.clone(), regions, purposes });
                }
                Err(error) => refused.insert(0, error),
            }
        }
        pack.fingerprint = fingerprint(&pack.overridden);
        pack.sort_kinds();
        (pack, refused)
    }

    /// Whether a change lets texts leave that the pack would stop: a row that falls silent,
    /// longer hours, a higher cap. A closure never does.
    #[must_use]
    pub fn loosens(&self, over: &Override) -> bool {
        self.rows.iter().filter(|row| row.id == over.row).any(|row| row_loosens(row, &over.change))
    }

    fn lay_over(&mut self, over: &Override) -> Result<(Regions, Purposes), OverrideError> {
        let name = || over.row.clone();
        let unreadable = || OverrideError::Unreadable(name());
        if over.reason.trim().is_empty() || over.by.trim().is_empty() {
            return Err(OverrideError::Unexplained(name()));
        }
        if over.from.zip(over.until).is_some_and(|(from, until)| from >= until) {
            return Err(unreadable());
        }
        if let Change::Close { place } = &over.change {
            let regions = Regions::named(place).ok_or_else(unreadable)?;
            if over.until.is_none() || over.row.is_empty() || self.rows.iter().any(|row| row.id == over.row) {
                return Err(unreadable());
            }
            self.rows.push(closure(over, regions));
            return Ok((regions, Purposes::MARKETING));
        }
        let touched = self.rows.iter().find(|row| row.id == over.row).map(|row| (row.regions, row.purposes));
        let touched = touched.ok_or_else(|| OverrideError::NoRow(name()))?;
        let mut rows = Vec::with_capacity(self.rows.len() + 2);
        for row in &self.rows {
            if row.id != over.row {
                rows.push(row.clone());
                continue;
            }
            let changed = changed(row, over)?;
            if row.floor() && row_loosens(row, &over.change) {
                return Err(OverrideError::Floor(name()));
            }
            rows.extend(before(row, over.from));
            rows.extend(changed.and_then(|row| during(row, over.from, over.until)));
            rows.extend(after(row, over.until));
        }
        self.rows = rows;
        Ok(touched)
    }
}

/// The row as the change has it; none where it falls silent.
fn changed(row: &Row, over: &Override) -> Result<Option<Row>, OverrideError> {
    let unreadable = || OverrideError::Unreadable(over.row.clone());
    let mut row = row.clone();
    match (&over.change, &mut row.effect) {
        (Change::Off, _) => return Ok(None),
        (Change::Hours { hours }, Effect::Hours(known)) => known.week = read::week(hours).ok_or_else(unreadable)?,
        (Change::Cap { cap }, Effect::Cap { count, span_ms }) => {
            (*count, *span_ms) = read::cap(cap).ok_or_else(unreadable)?;
        }
        (Change::Hours { .. } | Change::Cap { .. } | Change::Close { .. }, _) => {
            return Err(OverrideError::OtherKind(over.row.clone()));
        }
    }
    Ok(Some(row))
}

/// Whether a change of one row lets leave what the row stops. What cannot be read changes nothing.
fn row_loosens(row: &Row, change: &Change) -> bool {
    match (change, &row.effect) {
        (Change::Off, _) => true,
        (Change::Hours { hours }, Effect::Hours(known)) => read::week(hours)
            .is_some_and(|week| week.iter().zip(&known.week).any(|(new, known)| new.and(*known) != *new)),
        (Change::Cap { cap }, Effect::Cap { count, span_ms }) => {
            read::cap(cap).is_some_and(|(most, span)| most > *count || span < *span_ms)
        }
        (Change::Hours { .. } | Change::Cap { .. } | Change::Close { .. }, _) => false,
    }
}

/// What stands before a change begins; nothing where it holds from ever.
fn before(row: &Row, from: Option<i64>) -> Option<Row> {
    let from = from.filter(|from| row.waits_until.is_none_or(|begins| begins < *from))?;
    Some(Row { until: Some(row.until.map_or(from, |until| until.min(from))), ..row.clone() })
}

/// The row as it is while a change holds; none where it is no law then.
fn during(row: Row, from: Option<i64>, until: Option<i64>) -> Option<Row> {
    let waits_until = row.waits_until.max(from);
    let until = match (row.until, until) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    let never = waits_until.zip(until).is_some_and(|(begins, ends)| begins >= ends);
    (!never).then_some(Row { waits_until, until, ..row })
}

/// What stands again once a change is over; nothing where it never is.
fn after(row: &Row, until: Option<i64>) -> Option<Row> {
    let over = until.filter(|over| row.until.is_none_or(|ends| ends > *over))?;
    Some(Row { waits_until: row.waits_until.max(Some(over)), ..row.clone() })
}

/// What tells one set of overrides from every other: decisions name it.
fn fingerprint(overridden: &[Overridden]) -> Option<String> {
    if overridden.is_empty() {
        return None;
    }
    let changes: Vec<&Override> = overridden.iter().map(|over| &over.change).collect();
    // Strings and numbers always serialise.
    let bytes = serde_json::to_vec(&changes).unwrap_or_default();
    let digest = hex::encode(Sha256::digest(bytes));
    Some(digest.get(..16).unwrap_or_default().to_owned())
}

fn closure(over: &Override, regions: Regions) -> Row {
    Row {
        id: over.row.clone(),
        version: "operator".to_owned(),
        regions,
        purposes: Purposes::MARKETING,
        from: over.from,
        waits_until: over.from,
        until: over.until,
        confidence: Confidence::High,
        law: over.reason.clone(),
        source: over.by.clone(),
        note: String::new(),
        effect: Effect::Hours(Hours { week: [Span::NEVER; 7], closed: Holidays::NONE, clock: None }),
    }
}
