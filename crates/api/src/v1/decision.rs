//! What the gate decided, so that it can be explained.

use domain::message::State;
use engine::messages::Decided;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::messages::Reason;
use crate::wire::{LegalBasis, MessageId, MessageState};

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

/// What a sentence names: a count, an instant in Unix ms or minutes of a day; or a word.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Given {
    /// A number.
    Number(i64),
    /// A word.
    Word(String),
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
    /// The file of rules it stands in; null for a rule of the gate itself.
    #[schema(example = "us_states_1")]
    pub version: Option<String>,
    /// What the writer can do about it.
    #[schema(example = "Begin with the name of your brand.")]
    pub fix: Option<String>,
    /// What the sentence names, so that it can be said in another language: counts, instants in Unix ms,
    /// words. Empty where it names nothing, and in decisions of before it was kept.
    pub given: BTreeMap<String, Given>,
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

/// At which of its two passes of the gate a text was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pass {
    /// As it was accepted.
    Accept,
    /// As it was about to be handed over.
    Claim,
}

/// What a decision was based on.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionBasis {
    /// Who asked for the text.
    #[schema(example = "person")]
    pub origin: String,
    /// What it was judged as.
    #[schema(example = "conversational")]
    pub purpose: String,
    /// What it was sent as, where an offer in it made it something else.
    #[schema(example = "transactional")]
    pub declared: Option<String>,
    /// What permits it in law; null where nothing does, and in decisions of before it was kept.
    pub legal_basis: Option<LegalBasis>,
    /// The instant that was looked at, Unix ms.
    pub at: i64,
    /// Whether a real network lay behind the inbox.
    pub real: bool,
    /// Whether the inbox was live.
    pub live: bool,
    /// Since when the number was opted out, Unix ms; null where it was not.
    pub opted_out_since: Option<i64>,
    /// When the customer had last written, Unix ms.
    pub last_inbound_at: Option<i64>,
    /// Automatic texts to the number in the hour before.
    pub automatic_recent: u32,
    /// The states the customer may be in.
    pub states: Vec<String>,
    /// How their place was found; empty in decisions of before that was kept.
    pub certainty: String,
    /// What told of their place: `number`, `shipping`, `billing`, `declared`. Empty where no rule was asked.
    pub told_by: Vec<String>,
    /// What was known of their place and could not be read, or not whole. It allowed nothing.
    pub unread: Vec<String>,
    /// Earlier marketing texts to the number that were known.
    pub marketing_known: u32,
    /// The entry of the consent ledger that permits it; null where none was needed.
    #[schema(example = "con_01jd3v7k2m")]
    pub consent: Option<String>,
    /// What tells the operators' changes of the pack from every other set of them: a
    /// `fingerprint` of `GET /rule-versions`. Null where nothing was changed.
    #[schema(example = "9f86d081884c7d65")]
    pub overrides: Option<String>,
}

/// A decision as it was recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionRecord {
    /// Its number among the message's decisions, from 1.
    pub no: i64,
    /// At which pass it was made.
    pub pass: Pass,
    /// When it was made, Unix ms.
    pub at: i64,
    /// The rule pack it was made under.
    #[schema(example = "default_2")]
    pub pack: String,
    /// The time zone database it was made under.
    #[schema(example = "2026b")]
    pub tz_db: String,
    /// When the provider must let the text die, Unix ms.
    pub valid_until: Option<i64>,
    /// What it was based on.
    pub basis: DecisionBasis,
    /// What was decided.
    #[serde(flatten)]
    pub decision: Decision,
}

/// Why a message stands where it does: what the gate decided on it, and when.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanation {
    /// The message.
    pub message_id: MessageId,
    /// Where it stands.
    pub state: MessageState,
    /// Since when, Unix ms.
    pub state_at: i64,
    /// Why it stands there, where there is something to say.
    pub reason: Option<Reason>,
    /// The decision that holds: the last one. Null for what passes no gate
    /// (inbound texts and notes) and for what waits for its first claim, since a
    /// text that may leave at once is judged on record as it is claimed.
    pub decision: Option<DecisionRecord>,
    /// Every decision kept, of both passes, oldest first.
    pub decisions: Vec<DecisionRecord>,
}

impl DecisionRecord {
    /// The decisions on one message, numbered.
    #[must_use]
    pub fn all(kept: &[Decided]) -> Vec<Self> {
        (1..).zip(kept).map(|(no, kept)| Self::of(no, kept)).collect()
    }

    /// One of them, with its number among them.
    #[must_use]
    pub fn of(no: i64, kept: &Decided) -> Self {
        let (decision, basis) = (&kept.decision, &kept.decision.basis);
        Self {
            no,
            pass: if kept.at_claim { Pass::Claim } else { Pass::Accept },
            at: kept.at,
            pack: decision.pack.clone(),
            tz_db: decision.tz_db.clone(),
            valid_until: decision.valid_until,
            basis: DecisionBasis {
                origin: basis.origin.clone(),
                purpose: basis.purpose.clone(),
                declared: basis.declared.clone(),
                legal_basis: basis.legal_basis.map(Into::into),
                at: basis.at,
                real: basis.real,
                live: basis.live,
                opted_out_since: basis.opted_out_since,
                last_inbound_at: basis.last_inbound_at,
                automatic_recent: basis.automatic_recent,
                states: basis.states.split_whitespace().map(str::to_owned).collect(),
                certainty: basis.certainty.clone(),
                told_by: decision.told_by().into_iter().map(str::to_owned).collect(),
                unread: basis.unread.split_whitespace().map(str::to_owned).collect(),
                marketing_known: basis.marketing_known,
                consent: basis.consent.clone(),
                overrides: basis.overrides.clone(),
            },
            decision: decision.into(),
        }
    }
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

impl From<&domain::gate::Given> for Given {
    fn from(given: &domain::gate::Given) -> Self {
        match given {
            domain::gate::Given::Number(number) => Self::Number(*number),
            domain::gate::Given::Word(word) => Self::Word(word.clone()),
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
                    version: finding.version.clone(),
                    fix: finding.fix.clone(),
                    given: finding.given.iter().map(|(name, is)| (name.clone(), is.into())).collect(),
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
            until: row.held_until.filter(|_| row.state == State::Held),
            rules: Vec::new(),
            local_times: Vec::new(),
        }
    }
}
