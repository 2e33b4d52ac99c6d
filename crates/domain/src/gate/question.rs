//! The gate as a question and its answer in JSON, without a database: what
//! `hark probe gate` speaks. docs/rules/gate.md is its reference.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::question_shop::{PolicyEntry, TalkEntry, origin};
use super::{
    Consent, Decision, Facts, Inputs, LastTold, OptOut, Outlet, Reclassify, ShopFacts, Stops, Talk, Verdict, Wish,
    decide,
};
use crate::address::Address;
use crate::message::{Channel, Origin, Purpose};
use crate::rule_pack::{ConsentKind, DEFAULT, RulePack};
use crate::zones::{Evidence, PlaceError, candidates_with};

/// A text and what is known around it. Times are RFC 3339.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Question {
    now: Option<String>,
    purpose: Option<String>,
    body: Option<String>,
    to: Option<String>,
    from: Option<String>,
    zips: Option<Vec<String>>,
    states: Option<Vec<String>>,
    declared_zone: Option<String>,
    consents: Option<Vec<ConsentEntry>>,
    suppressions: Option<Vec<SuppressionEntry>>,
    sent: Option<Vec<String>>,
    last_inbound: Option<String>,
    pack: Option<String>,
    origin: Option<String>,
    topic: Option<String>,
    brand: Option<String>,
    age_gated: Option<bool>,
    valid_until: Option<String>,
    reclassify: Option<bool>,
    policy: Option<PolicyEntry>,
    talks: Option<Vec<TalkEntry>>,
    due: Option<Vec<String>>,
    explain: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
struct ConsentEntry {
    channel: String,
    purpose: String,
    status: String,
    kind: Option<String>,
    at: String,
}

#[derive(Debug, Clone, Deserialize)]
struct SuppressionEntry {
    scope: String,
    at: String,
}

/// Why a question cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// A needed field is absent.
    #[error("The question has no \"{0}\".")]
    Missing(&'static str),
    /// A time is not RFC 3339.
    #[error("{field} is no RFC 3339 time: {value:?}.")]
    Time {
        /// Which.
        field: &'static str,
        /// What it says.
        value: String,
    },
    /// A word is none of those known.
    #[error("{field} must be one of {known}; it is {value:?}.")]
    Word {
        /// Which.
        field: &'static str,
        /// What it says.
        value: String,
        /// What it may say.
        known: &'static str,
    },
    /// A ZIP code, state or zone means nothing.
    #[error("{0}.")]
    Place(#[from] PlaceError),
}

impl QuestionError {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Missing(field) => format!("{field}_missing"),
            Self::Time { .. } => "time_invalid".to_owned(),
            Self::Word { field, .. } => format!("{}_unknown", field.replace('.', "_")),
            Self::Place(error) => error.code().to_owned(),
        }
    }
}

/// One reason of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// A stable word.
    pub code: String,
    /// The row or rule.
    pub rule: String,
    /// The file of rows or the pack it stands in.
    pub version: String,
    /// For people.
    pub detail: String,
    /// What the writer can do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// The gate's answer. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// `send`, `hold` or `refuse`.
    pub verdict: &'static str,
    /// When a held text may go: an instant at which the same question is answered with `send`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What decided first, then whatever else the rules had to say.
    pub reasons: Vec<Reason>,
    /// Time zones the customer may be in.
    pub zones: Vec<&'static str>,
    /// States the customer may be in.
    pub states: Vec<&'static str>,
    /// The record behind it, where `explain` asked for it.
    #[serde(flatten)]
    pub explained: Option<Explained>,
}

/// What a decision records beside its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    pack: String,
    tz_db: String,
    valid_until: Option<String>,
    local_times: Vec<super::LocalTime>,
    purpose: String,
    certainty: String,
}

impl Question {
    /// Asks the gate.
    ///
    /// # Errors
    /// [`QuestionError`] where the question lacks something or says what nobody understands.
    pub fn answer(&self) -> Result<Answer, QuestionError> {
        let now = time("now", must("now", &self.now)?)?;
        let purpose = purpose("purpose", must("purpose", &self.purpose)?)?;
        let body = must("body", &self.body)?;
        let to = Address::parse(must("to", &self.to)?);
        if let Some(from) = self.from.as_deref().filter(|from| from.trim().is_empty()) {
            return Err(word("from", from, "a number, short code or sender name"));
        }
        let (zips, states) = (borrowed(&self.zips), borrowed(&self.states));
        let declared_zone = self.declared_zone.as_deref();
        let candidates = candidates_with(&to, &Evidence { zips: &zips, states: &states, declared_zone })?;
        let consents = self.consents.iter().flatten().map(ConsentEntry::read).collect::<Result<Vec<_>, _>>()?;
        let mut opted_out_since: Option<i64> = None;
        let mut opt_outs = Vec::new();
        for entry in self.suppressions.iter().flatten() {
            let at = time("suppressions.at", &entry.at)?;
            let scope = entry.scope.trim();
            // One that names no topic cannot mean less than everything.
            if scope.is_empty() || scope.eq_ignore_ascii_case("all") {
                // The latest counts: what they wrote before it invites no answer.
                opted_out_since = opted_out_since.max(Some(at));
            } else {
                opt_outs.push(OptOut { scope, at });
            }
        }
        let sent = self.sent.iter().flatten().map(|at| time("sent", at)).collect::<Result<Vec<_>, _>>()?;
        let last_inbound_at = self.last_inbound.as_deref().map(|at| time("last_inbound", at)).transpose()?;
        let valid_until = self.valid_until.as_deref().map(|at| time("valid_until", at)).transpose()?;
        let pack = match self.pack.as_deref() {
            Some(id) => RulePack::find(id)
                .ok_or_else(|| word("pack", id, "default, federal, strict_us, ultra, or one with its number"))?,
            None => &DEFAULT,
        };
        let asks = self.origin.as_deref().map_or(Ok(Origin::Api), |text| origin("origin", text))?;
        let policy = self.policy.as_ref().map(PolicyEntry::read).transpose()?;
        let talks = self.talks.iter().flatten().map(TalkEntry::read).collect::<Result<Vec<_>, _>>()?;
        let due = self.due.iter().flatten().map(|text| origin("due", text)).collect::<Result<Vec<_>, _>>()?;
        let inputs = Inputs {
            clock_in_doubt: false,
            now,
            origin: asks,
            purpose,
            to: &to,
            body,
            media: 0,
            stops: Stops::default(),
            outlet: Outlet::OPEN,
            wish: Wish {
                opted_out_since,
                wrote_since: matches!((opted_out_since, last_inbound_at), (Some(since), Some(wrote)) if wrote > since),
                overtaken: false,
            },
            talk: Talk { last_inbound_at, ..Talk::default() },
            candidates: &candidates,
            pack,
            facts: Facts {
                consents: &consents,
                opt_outs: &opt_outs,
                resumed_at: None,
                opted_out_elsewhere_since: None,
                unsure_since: None,
                topic: self.topic.as_deref(),
                marketing_sent: &sent,
                brand: self.brand.as_deref(),
                age_gated: self.age_gated.unwrap_or(false),
                reclassify: match self.reclassify {
                    Some(false) => Reclassify::Never,
                    Some(true) | None => Reclassify::OrderTexts,
                },
                opt_out_told: LastTold::NotKept,
                shop: ShopFacts { policy: policy.as_ref(), talks: &talks, due: &due },
            },
            send_after: None,
            valid_until,
        };
        let decision = decide(&inputs);
        let explained = self.explain.unwrap_or(false).then(|| Explained::of(&decision));
        Ok(Answer {
            verdict: decision.verdict.word(),
            until: match decision.verdict {
                Verdict::Hold { until } => Some(shown(until)),
                Verdict::Send | Verdict::Refuse => None,
            },
            reasons: reasons(decision),
            zones: candidates.zones,
            states: candidates.states,
            explained,
        })
    }
}

impl ConsentEntry {
    fn read(&self) -> Result<Consent, QuestionError> {
        let channel = Channel::from_word(&self.channel)
            .ok_or_else(|| word("consents.channel", &self.channel, "sms, mms, email, chat"))?;
        let purpose = match self.purpose.as_str() {
            "all" => None,
            text => Some(purpose("consents.purpose", text)?),
        };
        let granted = match self.status.as_str() {
            "granted" => true,
            "revoked" => false,
            text => return Err(word("consents.status", text, "granted, revoked")),
        };
        let kind = match self.kind.as_deref() {
            Some("written") => ConsentKind::Written,
            Some("express") => ConsentKind::Express,
            // A grant that does not say how it was given proves the least.
            Some("inbound") | None => ConsentKind::Inbound,
            Some(text) => return Err(word("consents.kind", text, "written, express, inbound")),
        };
        Ok(Consent { channel, purpose, granted, kind, at: time("consents.at", &self.at)?, entry: None })
    }
}

impl Explained {
    fn of(decision: &Decision) -> Self {
        Self {
            pack: decision.pack.clone(),
            tz_db: decision.tz_db.clone(),
            valid_until: decision.valid_until.map(shown),
            local_times: decision.local_times.clone(),
            purpose: decision.basis.purpose.clone(),
            certainty: decision.basis.certainty.clone(),
        }
    }
}

/// The finding that decided, then refusals, holds and notes in their order.
fn reasons(decision: Decision) -> Vec<Reason> {
    let rank = |verdict: Verdict| match verdict {
        Verdict::Refuse => 0,
        Verdict::Hold { .. } => 1,
        Verdict::Send => 2,
    };
    let mut findings = decision.findings;
    let decided = decision.verdict;
    findings.sort_by_key(|found| (found.verdict != decided || found.code != decision.code, rank(found.verdict)));
    let pack = decision.pack;
    let mut reasons: Vec<Reason> = findings
        .into_iter()
        .map(|found| Reason {
            code: found.code,
            rule: found.rule,
            version: found.version.unwrap_or_else(|| pack.clone()),
            detail: found.detail,
            fix: found.fix,
        })
        .collect();
    if decided == Verdict::Send {
        let (code, detail) = (decision.code, decision.detail);
        reasons.insert(0, Reason { code, rule: "gate".to_owned(), version: pack, detail, fix: None });
    }
    reasons
}

fn must<'a>(field: &'static str, value: &'a Option<String>) -> Result<&'a str, QuestionError> {
    value.as_deref().ok_or(QuestionError::Missing(field))
}

fn borrowed(list: &Option<Vec<String>>) -> Vec<&str> {
    list.iter().flatten().map(String::as_str).collect()
}

pub(super) fn word(field: &'static str, value: &str, known: &'static str) -> QuestionError {
    QuestionError::Word { field, value: value.to_owned(), known }
}

fn purpose(field: &'static str, text: &str) -> Result<Purpose, QuestionError> {
    Purpose::from_word(text).ok_or_else(|| word(field, text, "conversational, transactional, marketing, otp"))
}

pub(super) fn time(field: &'static str, text: &str) -> Result<i64, QuestionError> {
    let parsed: Result<Timestamp, _> = text.parse();
    parsed.map(Timestamp::as_millisecond).map_err(|_| QuestionError::Time { field, value: text.to_owned() })
}

fn shown(at: i64) -> String {
    Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |at| at.to_string())
}
