//! What the gate answers, and the record of why.

use super::{Given, Givens, Inputs};
use crate::message::{LegalBasis, Origin, Purpose};
use crate::rule_pack::Row;
use crate::zones::Witnesses;
use serde::{Deserialize, Serialize};

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It may leave now.
    Send,
    /// It may leave at this instant (Unix ms) and asks again then.
    Hold {
        /// When to ask again.
        until: i64,
    },
    /// It may not leave.
    Refuse,
}

impl Verdict {
    /// The word stored and sent on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Hold { .. } => "hold",
            Self::Refuse => "refuse",
        }
    }
}

/// What one rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's name.
    pub rule: String,
    /// Its own verdict.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// A stable code.
    pub code: String,
    /// The same in plain words.
    pub detail: String,
    /// The id of the file of rules it stands in; that of the pack where it is none's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What the writer can do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// What the plain words name; absent where nothing, and in decisions of before it was kept.
    #[serde(default, skip_serializing_if = "Givens::is_empty")]
    pub given: Givens,
}

/// The recipient's wall clock in one of the zones they may be in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalTime {
    /// IANA name of the zone.
    pub zone: String,
    /// Date and time there, to the minute.
    pub time: String,
}

/// What a verdict was based on, kept so that it can be explained years later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Who asked.
    pub origin: String,
    /// What it was judged as.
    pub purpose: String,
    /// What it was sent as, where it was judged as something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
    /// What permits it in law; absent where nothing does, and in decisions of before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<LegalBasis>,
    /// The instant of the decision, in Unix ms.
    pub at: i64,
    /// Whether a real network lay behind the channel.
    pub real: bool,
    /// Whether the inbox was live.
    pub live: bool,
    /// Since when (Unix ms) the address was opted out.
    pub opted_out_since: Option<i64>,
    /// When (Unix ms) the customer last wrote.
    pub last_inbound_at: Option<i64>,
    /// Automatic texts of the last hour.
    pub automatic_recent: u32,
    /// States the recipient may be in, a space between them.
    #[serde(default)]
    pub states: String,
    /// How their places were found.
    #[serde(default)]
    pub certainty: String,
    /// What told of their places, a space between them; absent where the number alone did, and in
    /// decisions of before it was kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub told_by: String,
    /// What is kept of their places and could not be read, or not all of it: what could not be
    /// read allowed nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unread: String,
    /// Earlier marketing texts that were known.
    #[serde(default)]
    pub marketing_known: u32,
    /// The entry of the ledger that permits it, where one was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<String>,
    /// SHA-256 of the trimmed words that were judged, in hexadecimal; absent in dry
    /// runs and in decisions of before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_sha256: Option<String>,
    /// What tells the operator's changes of the pack from every other set of them; absent
    /// where there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrides: Option<String>,
}

/// What ends a text that waits, without a rule being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Its recipient opted out.
    OptedOut,
    /// The number is no longer the customer's.
    NumberGone,
}

impl Ended {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OptedOut => "opted_out",
            Self::NumberGone => "number_gone",
        }
    }

    /// The rule it stands for.
    const fn rule(self) -> &'static str {
        match self {
            Self::OptedOut => "suppression",
            Self::NumberGone => "number",
        }
    }

    /// A sentence for people.
    #[must_use]
    pub const fn detail(self) -> &'static str {
        match self {
            Self::OptedOut => "They opted out while it waited.",
            Self::NumberGone => "The number was switched off or given to somebody else while it waited.",
        }
    }
}

/// A verdict with all that explains it afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The answer.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The stable code of the finding that decided.
    pub code: String,
    /// That finding in plain words.
    pub detail: String,
    /// Everything the rules had to say, also where it did not decide.
    pub findings: Vec<Finding>,
    /// The version of the rule pack.
    pub pack: String,
    /// The version of the time zone database.
    pub tz_db: String,
    /// The recipient's possible local times.
    pub local_times: Vec<LocalTime>,
    /// The provider must let the text die at this instant (Unix ms).
    pub valid_until: Option<i64>,
    /// What it was based on.
    pub basis: Basis,
}

impl Decision {
    pub(super) fn open(inputs: &Inputs<'_>) -> Self {
        Self {
            basis: Basis {
                origin: inputs.origin.word().to_owned(),
                purpose: inputs.purpose.word().to_owned(),
                declared: None,
                legal_basis: None,
                at: inputs.now,
                real: inputs.outlet.real,
                live: inputs.outlet.live,
                opted_out_since: inputs.wish.opted_out_since,
                last_inbound_at: inputs.talk.last_inbound_at,
                automatic_recent: inputs.talk.automatic_recent,
                states: inputs.candidates.states.join(" "),
                certainty: inputs.candidates.certainty.as_str().to_owned(),
                told_by: beside_the_number(inputs.candidates.told_by),
                unread: listed(inputs.candidates.unread),
                marketing_known: u32::try_from(inputs.facts.marketing_sent.len()).unwrap_or(u32::MAX),
                consent: None,
                body_sha256: None,
                overrides: inputs.pack.fingerprint().map(str::to_owned),
            },
            verdict: Verdict::Send,
            code: "clear".to_owned(),
            detail: "Nothing stands against it.".to_owned(),
            findings: Vec::new(),
            pack: inputs.pack.id.to_owned(),
            tz_db: crate::zones::tz_db_version().to_owned(),
            local_times: Vec::new(),
            valid_until: None,
        }
    }

    /// The verdict on a text that waited when something ended it, at an instant (Unix
    /// ms). No rule is asked.
    #[must_use]
    pub fn ended_while_waiting(why: Ended, origin: Origin, purpose: Purpose, pack: &str, at: i64) -> Self {
        let mut decision = Self {
            basis: Basis {
                origin: origin.word().to_owned(),
                purpose: purpose.word().to_owned(),
                declared: None,
                legal_basis: None,
                at,
                real: false,
                live: false,
                opted_out_since: (why == Ended::OptedOut).then_some(at),
                last_inbound_at: None,
                automatic_recent: 0,
                states: String::new(),
                certainty: String::new(),
                told_by: String::new(),
                unread: String::new(),
                marketing_known: 0,
                consent: None,
                body_sha256: None,
                overrides: None,
            },
            verdict: Verdict::Refuse,
            code: why.code().to_owned(),
            detail: why.detail().to_owned(),
            findings: Vec::new(),
            pack: pack.to_owned(),
            tz_db: crate::zones::tz_db_version().to_owned(),
            local_times: Vec::new(),
            valid_until: None,
        };
        decision.refuse(why.rule(), why.code(), why.detail());
        decision
    }

    /// What told of the recipient's places; nothing where no rule was asked.
    #[must_use]
    pub fn told_by(&self) -> Vec<&str> {
        match self.basis.told_by.as_str() {
            "" if self.basis.certainty.is_empty() => Vec::new(),
            "" => Witnesses::NUMBER.words().collect(),
            words => words.split(' ').collect(),
        }
    }

    /// What the text was judged as; none where the word is of another Hark.
    #[must_use]
    pub fn class(&self) -> Option<Purpose> {
        Purpose::from_word(&self.basis.purpose)
    }

    /// The instant before which something already holds it, or `now`.
    pub(super) fn not_before(&self, now: i64) -> i64 {
        self.findings.iter().fold(now, |latest, found| match found.verdict {
            Verdict::Hold { until } => latest.max(until),
            Verdict::Send | Verdict::Refuse => latest,
        })
    }

    /// Notes what a row of the pack says.
    pub(super) fn by_row(&mut self, row: &Row, verdict: Verdict, code: &str, detail: impl Into<String>) {
        let version = Some(row.version.clone());
        let (rule, code, detail) = (row.id.clone(), code.to_owned(), detail.into());
        self.findings.push(Finding { rule, verdict, code, detail, version, fix: None, given: Givens::new() });
    }

    /// Adds what can be done about the last finding.
    pub(super) fn fix(&mut self, fix: &str) {
        if let Some(found) = self.findings.last_mut() {
            found.fix = Some(fix.to_owned());
        }
    }

    /// Notes what the last finding's plain words name.
    pub(super) fn given(&mut self, name: &str, is: impl Into<Given>) {
        if let Some(found) = self.findings.last_mut() {
            found.given.insert(name.to_owned(), is.into());
        }
    }

    pub(super) fn refuse(&mut self, rule: &str, code: &str, detail: impl Into<String>) {
        self.find(rule, Verdict::Refuse, code, detail.into());
    }

    pub(super) fn hold(&mut self, rule: &str, until: i64, code: &str, detail: impl Into<String>) {
        self.find(rule, Verdict::Hold { until }, code, detail.into());
    }

    /// Notes why a rule let the text pass although it might have applied.
    pub(super) fn pass(&mut self, rule: &str, code: &str, detail: impl Into<String>) {
        self.find(rule, Verdict::Send, code, detail.into());
    }

    /// Lets the text die at `until` at the latest.
    pub(super) fn expire_at(&mut self, until: i64) {
        self.valid_until = Some(self.valid_until.map_or(until, |known| known.min(until)));
    }

    fn find(&mut self, rule: &str, verdict: Verdict, code: &str, detail: String) {
        let (rule, code) = (rule.to_owned(), code.to_owned());
        self.findings.push(Finding { rule, verdict, code, detail, version: None, fix: None, given: Givens::new() });
    }

    /// Draws the verdict from the findings: the first refusal, else the latest hold. A provider takes
    /// what has `lead_ms` left, and nothing later.
    pub(super) fn conclude(&mut self, valid_until: Option<i64>, lead_ms: i64) {
        if let Some(until) = valid_until {
            self.expire_at(until);
        }
        let refusal = self.findings.iter().find(|found| found.verdict == Verdict::Refuse);
        let hold = || {
            self.findings
                .iter()
                .filter_map(|found| match found.verdict {
                    Verdict::Hold { until } => Some((until, found)),
                    Verdict::Send | Verdict::Refuse => None,
                })
                .max_by_key(|(until, _)| *until)
        };
        if let Some(found) = refusal.cloned() {
            self.take(&found);
        } else if let Some((until, found)) = hold().map(|(until, found)| (until, found.clone())) {
            // A text that would be worthless by then is refused now, so that its
            // asker learns it, rather than held and dropped.
            if valid_until.is_some_and(|worthless| worthless <= until.saturating_add(lead_ms)) {
                self.refuse(
                    &found.rule,
                    "expires_while_held",
                    format!("It would have to wait past its own expiry. {}", found.detail),
                );
                self.conclude(None, lead_ms);
            } else {
                self.take(&found);
            }
        }
    }

    fn take(&mut self, found: &Finding) {
        self.verdict = found.verdict;
        self.code.clone_from(&found.code);
        self.detail.clone_from(&found.detail);
    }
}

/// What told of places, where it is more than the number: most texts have nothing else, and the
/// record of each is kept for years.
fn beside_the_number(told_by: Witnesses) -> String {
    if told_by == Witnesses::NUMBER { String::new() } else { listed(told_by) }
}

fn listed(witnesses: Witnesses) -> String {
    witnesses.words().collect::<Vec<_>>().join(" ")
}
