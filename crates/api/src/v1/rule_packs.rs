//! Rule packs: the rules of law the gate applies, as anybody can read them.

use axum::Json;
use axum::extract::State;
use domain::message::Purpose as Why;
use domain::rule_pack::{self, Confidence, ConsentKind, Effect, Look, Regions, Row, Words};
use serde::Serialize;
use utoipa::ToSchema;

use super::page::Items;
use crate::caller::Caller;
use crate::extract::Path;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::Purpose;

/// A named, versioned set of rules of law, in brief.
#[derive(Debug, Serialize, ToSchema)]
pub struct RulePackBrief {
    /// What decisions record.
    #[schema(example = "default_2")]
    pub id: String,
    /// Whether the gate applies it now.
    pub current: bool,
    /// The versions of the files it is made of.
    #[schema(example = json!(["us_federal_1", "us_states_1"]))]
    pub versions: Vec<String>,
    /// How many rules it has.
    pub rules: usize,
}

/// A named, versioned set of rules of law.
#[derive(Debug, Serialize, ToSchema)]
pub struct RulePack {
    /// What decisions record.
    #[schema(example = "default_2")]
    pub id: String,
    /// Whether the gate applies it now.
    pub current: bool,
    /// Its rules, in the order of its files.
    pub rules: Vec<Rule>,
    /// What the keys of the rules' sources stand for.
    pub sources: Vec<RuleSource>,
}

/// One rule of law.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rule {
    /// Its name, which decisions record.
    #[schema(example = "us_fl_hours")]
    pub id: String,
    /// The version of the file it stands in.
    #[schema(example = "us_states_1")]
    pub version: String,
    /// Where it holds: `US-FL`, `GB`, `EU`, `elsewhere`, `everywhere`.
    pub places: Vec<String>,
    /// For which texts.
    pub purposes: Vec<Purpose>,
    /// Whether it is law now.
    pub in_force: bool,
    /// Law since, Unix ms, where that is known.
    pub from: Option<i64>,
    /// Not law before, Unix ms, where it is still to come.
    pub waits_until: Option<i64>,
    /// No longer law from, Unix ms.
    pub until: Option<i64>,
    /// How sure its reading is.
    pub confidence: RuleConfidence,
    /// Where it is written.
    pub law: String,
    /// Who says so, by key.
    pub sources: Vec<String>,
    /// What a lawyer should know beside it; often empty.
    pub note: String,
    /// Whether no override can loosen it: federal law, opt-outs and the need of consent.
    pub floor: bool,
    /// What it demands.
    pub effect: RuleEffect,
}

/// What the key of a source stands for.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleSource {
    /// The key.
    #[schema(example = "KD")]
    pub key: String,
    /// An address, or a work by its name.
    pub source: String,
}

/// How sure the reading of a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleConfidence {
    /// Sources conflict, or the wording may not reach texts.
    Low,
    /// One good secondary source.
    Medium,
    /// The statute, or two good sources that agree.
    High,
}

/// What a rule demands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RuleEffect {
    /// Only at these hours of the recipient.
    Hours {
        /// By day of the week, Monday first: `08:00 to 20:00`, or null where no hour is open.
        week: Vec<Option<RuleSpan>>,
        /// Calendars of days on which nothing is allowed.
        closed: Vec<String>,
        /// The zone of a clock that must agree as well; null where the recipient's alone counts.
        clock: Option<String>,
    },
    /// At most so many marketing texts in a rolling span.
    Cap {
        /// How many.
        count: usize,
        /// The span, in ms.
        span_ms: i64,
    },
    /// Only with consent of at least this kind.
    Consent {
        /// The kind.
        consent: RuleConsent,
    },
    /// An opt-out of one topic counts for all.
    RevokeAll,
    /// What a text says.
    Content {
        /// The stable code of the finding.
        code: String,
        /// What is looked for: `hosts`, `links_over`, `phrases`, `phrases_without_age_gate`,
        /// `marketing`, `missing_opt_out` or `missing_brand`.
        look: String,
        /// Whether a finding stops the text; otherwise its writer is told.
        refuses: bool,
        /// What the writer can do.
        fix: String,
        /// Hosts or phrases, lower case.
        list: Vec<String>,
    },
}

/// A stretch of a local day.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct RuleSpan {
    /// The first open minute, from midnight.
    pub opens_min: u16,
    /// The first minute that is closed again, from midnight; 1440 is the end of the day.
    pub closes_min: u16,
}

/// How a customer must have agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleConsent {
    /// They wrote first.
    Inbound,
    /// They said so, in any form.
    Express,
    /// They signed a clear request for such texts, in any E-SIGN form.
    Written,
}

/// The rule packs there are.
#[utoipa::path(get, path = "/rule-packs", tag = "operate", responses((status = 200, description = "The newest of a name last", body = Items<RulePackBrief>)))]
pub async fn rule_pack_list(State(api): State<Api>, caller: Caller) -> Answer<Json<Items<RulePackBrief>>> {
    let current = api.engine.rule_pack_current(caller.ws).await?;
    let brief = |(id, files): &(&str, &[&str])| RulePackBrief {
        id: (*id).to_owned(),
        current: *id == current.id,
        versions: files.iter().map(|&file| file.to_owned()).collect(),
        rules: rule_pack::RulePack::find(id).map_or(0, |pack| pack.rows().len()),
    };
    Ok(Json(Items { items: rule_pack::PACKS.iter().map(brief).collect() }))
}

/// A pack with its rules, each with the law it reads, who says so and how sure that is.
#[utoipa::path(get, path = "/rule-packs/{pack}", tag = "operate", params(("pack" = String, Path, description = "The pack")), responses((status = 200, description = "The pack", body = RulePack)))]
pub async fn rule_pack_get(State(api): State<Api>, caller: Caller, Path(id): Path<String>) -> Answer<Json<RulePack>> {
    let known = rule_pack::RulePack::find(&id).filter(|pack| pack.id == id);
    let pack = known.ok_or_else(|| Problem::not_found("rule pack"))?;
    let now = api.engine.now();
    let rules: Vec<Rule> = pack.rows().iter().map(|row| Rule::of(row, now)).collect();
    let mut keys: Vec<&String> = rules.iter().flat_map(|rule| &rule.sources).collect();
    keys.sort_unstable();
    keys.dedup();
    let source =
        |key: &String| rule_pack::source(key).map(|source| RuleSource { key: key.clone(), source: source.to_owned() });
    let sources = keys.into_iter().filter_map(source).collect();
    let current = api.engine.rule_pack_current(caller.ws).await?.id == id;
    Ok(Json(RulePack { current, id, rules, sources }))
}

impl Rule {
    fn of(row: &Row, now: i64) -> Self {
        let purposes = Why::ALL.iter().copied().filter(|purpose| row.purposes.contain(*purpose));
        Self {
            id: row.id.clone(),
            version: row.version.clone(),
            places: places(row.regions),
            purposes: purposes.map(Into::into).collect(),
            in_force: row.in_force(now),
            from: row.from,
            waits_until: row.waits_until,
            until: row.until,
            confidence: row.confidence.into(),
            law: row.law.clone(),
            sources: rule_pack::source_keys(&row.source).map(str::to_owned).collect(),
            note: row.note.clone(),
            floor: row.floor(),
            effect: RuleEffect::of(&row.effect),
        }
    }
}

/// The places of a rule, as its file names them where one word means many.
fn places(regions: Regions) -> Vec<String> {
    let whole = ["everywhere", "EU"].into_iter().find(|name| Regions::named(name) == Some(regions));
    whole.map_or_else(|| regions.names().map(str::to_owned).collect(), |name| vec![name.to_owned()])
}

impl RuleEffect {
    fn of(effect: &Effect) -> Self {
        match effect {
            Effect::Hours(hours) => Self::Hours {
                week: hours
                    .week
                    .iter()
                    .map(|span| {
                        let open = RuleSpan { opens_min: span.opens, closes_min: span.closes };
                        (span.opens < span.closes).then_some(open)
                    })
                    .collect(),
                closed: hours.closed.names().map(str::to_owned).collect(),
                clock: hours.clock.map(|clock| clock.id.to_owned()),
            },
            Effect::Cap { count, span_ms } => Self::Cap { count: *count, span_ms: *span_ms },
            Effect::Consent(kind) => Self::Consent { consent: (*kind).into() },
            Effect::RevokeAll => Self::RevokeAll,
            Effect::Content(words) => Self::Content {
                code: words.code.clone(),
                look: look(words).to_owned(),
                refuses: words.refuses,
                fix: words.fix.clone(),
                list: words.list.clone(),
            },
        }
    }
}

const fn look(words: &Words) -> &'static str {
    match words.look {
        Look::Hosts => "hosts",
        Look::LinksOver(_) => "links_over",
        Look::Phrases => "phrases",
        Look::PhrasesWithoutAgeGate => "phrases_without_age_gate",
        Look::Marketing => "marketing",
        Look::MissingOptOut { .. } => "missing_opt_out",
        Look::MissingBrand => "missing_brand",
    }
}

impl From<Confidence> for RuleConfidence {
    fn from(confidence: Confidence) -> Self {
        match confidence {
            Confidence::Low => Self::Low,
            Confidence::Medium => Self::Medium,
            Confidence::High => Self::High,
        }
    }
}

impl From<ConsentKind> for RuleConsent {
    fn from(kind: ConsentKind) -> Self {
        match kind {
            ConsentKind::Inbound => Self::Inbound,
            ConsentKind::Express => Self::Express,
            ConsentKind::Written => Self::Written,
        }
    }
}
