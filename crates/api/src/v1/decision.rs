//! What the gate decided, so that it can be explained.

use domain::message::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The gate's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may go now.
    Send,
    /// It waits until an instant.
    Hold,
    /// It must not go.
    Refuse,
}

/// One rule's word.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleVerdict {
    /// The rule.
    #[schema(example = "suppression")]
    pub rule: String,
    /// What it says.
    pub verdict: Verdict,
    /// A stable snake_case word.
    #[schema(example = "opted_out")]
    pub code: String,
    /// A sentence for people.
    pub detail: String,
}

/// What a clock shows where the customer may be.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocalTime {
    /// The IANA time zone.
    #[schema(example = "America/Chicago")]
    pub zone: String,
    /// The local time there.
    #[schema(example = "2026-03-08T09:30:00")]
    pub time: String,
}

/// What the gate decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decision {
    /// Its word.
    pub verdict: Verdict,
    /// The stable code of the rule that decided.
    #[schema(example = "clear")]
    pub code: String,
    /// A sentence for people.
    pub detail: String,
    /// When a held text goes on, Unix ms.
    pub until: Option<i64>,
    /// Every rule's word, in order.
    pub rules: Vec<RuleVerdict>,
    /// What clocks show where the customer may be.
    pub local_times: Vec<LocalTime>,
}

/// A decision as it was recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionRecord {
    /// Its number among the message's decisions, from 1.
    pub no: i64,
    /// When it was made, Unix ms.
    pub at: i64,
    /// The rule pack it was made under.
    #[schema(example = "us_federal_0")]
    pub pack: String,
    /// What was decided.
    #[serde(flatten)]
    pub decision: Decision,
}

impl From<domain::gate::Verdict> for Verdict {
    fn from(verdict: domain::gate::Verdict) -> Self {
        match verdict {
            domain::gate::Verdict::Send => Self::Send,
            domain::gate::Verdict::Hold { .. } => Self::Hold,
            domain::gate::Verdict::Refuse => Self::Refuse,
        }
    }
}

impl From<&domain::gate::Decision> for Decision {
    fn from(decision: &domain::gate::Decision) -> Self {
        Self {
            verdict: decision.verdict.into(),
            code: decision.code.clone(),
            detail: decision.detail.clone(),
            until: match decision.verdict {
                domain::gate::Verdict::Hold { until } => Some(until),
                domain::gate::Verdict::Send | domain::gate::Verdict::Refuse => None,
            },
            rules: decision
                .findings
                .iter()
                .map(|finding| RuleVerdict {
                    rule: finding.rule.clone(),
                    verdict: finding.verdict.into(),
                    code: finding.code.clone(),
                    detail: finding.detail.clone(),
                })
                .collect(),
            local_times: decision
                .local_times
                .iter()
                .map(|local| LocalTime { zone: local.zone.clone(), time: local.time.clone() })
                .collect(),
        }
    }
}

impl Decision {
    /// What a message's state says of the decision on it, where that was not kept apart.
    #[must_use]
    pub fn of_state(row: &engine::MessageRow) -> Self {
        let verdict = match row.state {
            State::Held => Verdict::Hold,
            State::Refused => Verdict::Refuse,
            _ => Verdict::Send,
        };
        Self {
            verdict,
            code: row.reason_code.clone().unwrap_or_else(|| "clear".to_owned()),
            detail: row.reason_detail.clone().unwrap_or_default(),
            until: row.held_until,
            rules: Vec::new(),
            local_times: Vec::new(),
        }
    }
}
