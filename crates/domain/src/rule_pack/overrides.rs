//! What an operator changes in a pack, and how it stays on record.

use serde::{Deserialize, Serialize};

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
        /// From this instant, Unix ms.
        from: i64,
        /// Until this instant, Unix ms.
        until: i64,
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
        }
    }
}

impl RulePack {
    /// This pack with an operator's changes laid over it.
    ///
    /// Its id stays, and each decision records the changes that touch it. An
    /// override that loosens a row is the operator's own decision; nothing is
    /// hidden and nothing is checked but its form.
    ///
    /// # Errors
    /// Says which change cannot be laid over.
    pub fn with_overrides(&self, overrides: &[Override]) -> Result<Self, OverrideError> {
        let mut pack = self.clone();
        for change in overrides {
            let (regions, purposes) = pack.lay_over(change)?;
            pack.overridden.push(Overridden { change: change.clone(), regions, purposes });
        }
        pack.sort_kinds();
        Ok(pack)
    }

    fn lay_over(&mut self, over: &Override) -> Result<(Regions, Purposes), OverrideError> {
        let name = || over.row.clone();
        if over.reason.trim().is_empty() || over.by.trim().is_empty() {
            return Err(OverrideError::Unexplained(name()));
        }
        let unreadable = || OverrideError::Unreadable(name());
        if let Change::Close { place, from, until } = &over.change {
            let regions = Regions::named(place).ok_or_else(unreadable)?;
            if from >= until || self.rows.iter().any(|row| row.id == over.row) {
                return Err(unreadable());
            }
            self.rows.push(closure(over, regions, *from, *until));
            return Ok((regions, Purposes::MARKETING));
        }
        let place = self.rows.iter().position(|row| row.id == over.row).ok_or_else(|| OverrideError::NoRow(name()))?;
        let touched = (self.rows[place].regions, self.rows[place].purposes);
        match (&over.change, &mut self.rows[place].effect) {
            (Change::Off, _) => {
                self.rows.remove(place);
            }
            (Change::Hours { hours }, Effect::Hours(known)) => known.week = read::week(hours).ok_or_else(unreadable)?,
            (Change::Cap { cap }, Effect::Cap { count, span_ms }) => {
                (*count, *span_ms) = read::cap(cap).ok_or_else(unreadable)?;
            }
            (Change::Hours { .. } | Change::Cap { .. } | Change::Close { .. }, _) => {
                return Err(OverrideError::OtherKind(name()));
            }
        }
        Ok(touched)
    }
}

fn closure(over: &Override, regions: Regions, from: i64, until: i64) -> Row {
    Row {
        id: over.row.clone(),
        version: "operator".to_owned(),
        regions,
        purposes: Purposes::MARKETING,
        from: Some(from),
        waits_until: Some(from),
        until: Some(until),
        confidence: Confidence::High,
        law: over.reason.clone(),
        source: over.by.clone(),
        note: String::new(),
        effect: Effect::Hours(Hours { week: [Span::NEVER; 7], closed: Holidays::NONE, clock: None }),
    }
}
