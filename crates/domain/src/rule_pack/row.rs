//! One rule of law, with where it comes from.

use serde::{Deserialize, Serialize};

use super::{Effect, Regions, Words};
use crate::message::Purpose;

/// How sure the reading of a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Sources conflict, or the wording may not reach texts.
    Low,
    /// One good secondary source.
    Medium,
    /// The statute, or two good sources that agree.
    High,
}

impl Confidence {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            _ => return None,
        })
    }
}

/// The purposes a row speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Purposes(u8);

impl Purposes {
    /// Texts that sell.
    pub const MARKETING: Self = Self(1 << Purpose::Marketing as u8);

    /// `marketing, transactional`.
    pub(super) fn named(names: &str) -> Option<Self> {
        names.split(',').try_fold(Self(0), |all, name| Some(Self(all.0 | 1 << Purpose::from_word(name.trim())? as u8)))
    }

    /// Whether the set has a purpose.
    #[must_use]
    pub const fn contain(self, purpose: Purpose) -> bool {
        self.0 >> purpose as u8 & 1 == 1
    }
}

/// One rule of law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its name, which decisions record, such as `us_fl_hours`.
    pub id: String,
    /// The id of its file, which never changes once a decision named it.
    pub version: String,
    /// Where it holds.
    pub regions: Regions,
    /// For which texts.
    pub purposes: Purposes,
    /// In force from this instant (Unix ms), where that is known.
    pub from: Option<i64>,
    /// Silent before this instant (Unix ms): a change of law that was still to come
    /// when the file was published.
    pub waits_until: Option<i64>,
    /// No longer in force from this instant (Unix ms).
    pub until: Option<i64>,
    /// How sure the reading is.
    pub confidence: Confidence,
    /// Where it is written.
    pub law: String,
    /// Who says so, by the keys of `docs/rules/sources.md`.
    pub source: String,
    /// What a lawyer should know beside it.
    pub note: String,
    /// What it demands.
    pub effect: Effect,
}

impl Row {
    /// Whether the row speaks about such a text at `now`, Unix ms.
    #[must_use]
    pub fn speaks(&self, now: i64, regions: Regions, purpose: Purpose) -> bool {
        self.regions.meet(regions) && self.purposes.contain(purpose) && self.in_force(now)
    }

    /// Whether the row is law at `now`, Unix ms.
    #[must_use]
    pub fn in_force(&self, now: i64) -> bool {
        self.waits_until.is_none_or(|from| now >= from) && self.until.is_none_or(|until| now < until)
    }

    /// Whether no operator can loosen it: federal law, and what stands for the customer's own
    /// word, an opt-out or the lack of consent.
    #[must_use]
    pub fn floor(&self) -> bool {
        self.version.starts_with("us_federal") || matches!(self.effect, Effect::RevokeAll | Effect::Consent(_))
    }

    /// What it looks for in a text, where that is what it does.
    #[must_use]
    pub fn words(&self) -> Option<&Words> {
        match &self.effect {
            Effect::Content(words) => Some(words),
            Effect::Hours(_) | Effect::Cap { .. } | Effect::Consent(_) | Effect::RevokeAll => None,
        }
    }
}
