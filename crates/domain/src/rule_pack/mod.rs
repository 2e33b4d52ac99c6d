//! The rules about whether, when and how often a text may be sent, as data.
//!
//! The rows stand in `data/rules`, readable by a lawyer: each says where it
//! holds, what it demands, by which law, from which source and with what
//! confidence. A pack is a named choice of those files. It never changes once a
//! decision has named it: a new reading of the law is a new file and a new pack.

mod effect;
mod holidays;
mod overrides;
mod read;
mod regions;
mod row;
mod sources;
mod words;

use std::sync::LazyLock;

use serde::Serialize;

pub use effect::{ConsentKind, Effect, Hours, Span};
pub use holidays::{Holidays, holiday_names};
pub use overrides::{Change, Overridden, Override, OverrideError};
pub use read::ReadError;
pub use regions::Regions;
pub use row::{Confidence, Purposes, Row};
pub use sources::{source, source_keys};
use words::Phrases;
pub use words::{Look, Text, Words};

use crate::message::Purpose;
use crate::zones::Clock;

/// A set of rules that decisions name by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RulePack {
    /// What decisions store, such as `default_2`.
    pub id: String,
    rows: Vec<Row>,
    /// What an operator changed in it, as decisions record it.
    overridden: Vec<Overridden>,
    /// What tells these changes from every other set of them.
    fingerprint: Option<String>,
    /// The rows by what they demand, as places in `rows`: a decision asks one kind at a time.
    #[serde(skip)]
    kinds: [Vec<u16>; 5],
    /// What its rows look for in the words of a text.
    #[serde(skip)]
    phrases: Phrases,
}

/// A row about words and what it found: the first phrase of its list in the text.
#[derive(Debug, Clone, Copy)]
pub struct Looked<'a> {
    /// The row.
    pub row: &'a Row,
    /// What it looks for.
    pub words: &'a Words,
    /// The phrase of its list that the text has first.
    pub phrase: Option<&'a str>,
}

/// The kinds of rows, by what they demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Hours and closed days.
    Hours,
    /// Rolling caps.
    Cap,
    /// Consent needed.
    Consent,
    /// Opt-outs that count for all topics.
    RevokeAll,
    /// Words.
    Content,
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// The data files of rows by name, whole.
        pub const FILES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../data/rules/", $name, ".toml")))),*];
    };
}

files!(
    "us_federal_0",
    "us_federal_1",
    "us_states_1",
    "ca_1",
    "uk_1",
    "eu_1",
    "au_1",
    "strict_us_1",
    "ultra_1",
    "content_1",
    "content_2"
);

/// Every pack by id with its files; the newest of a name last.
pub const PACKS: &[(&str, &[&str])] = &[
    ("us_federal_0", &["us_federal_0"]),
    ("federal_1", &["us_federal_1", "ca_1", "uk_1", "eu_1", "au_1", "content_1"]),
    ("default_1", &["us_federal_1", "us_states_1", "ca_1", "uk_1", "eu_1", "au_1", "content_1"]),
    ("strict_us_1", &["us_federal_1", "us_states_1", "strict_us_1", "ca_1", "uk_1", "eu_1", "au_1", "content_1"]),
    (
        "ultra_1",
        &["us_federal_1", "us_states_1", "strict_us_1", "ultra_1", "ca_1", "uk_1", "eu_1", "au_1", "content_1"],
    ),
    ("federal_2", &["us_federal_1", "ca_1", "uk_1", "eu_1", "au_1", "content_2"]),
    ("default_2", &["us_federal_1", "us_states_1", "ca_1", "uk_1", "eu_1", "au_1", "content_2"]),
    ("strict_us_2", &["us_federal_1", "us_states_1", "strict_us_1", "ca_1", "uk_1", "eu_1", "au_1", "content_2"]),
    (
        "ultra_2",
        &["us_federal_1", "us_states_1", "strict_us_1", "ultra_1", "ca_1", "uk_1", "eu_1", "au_1", "content_2"],
    ),
];

/// The packs a workspace may choose, by their names without a number: what holds is the newest
/// of the name.
pub const PRESETS: &[&str] = &["default", "federal", "strict_us", "ultra"];

/// The pack before there were rows: federal hours for every number.
pub static US_FEDERAL_0: LazyLock<RulePack> = LazyLock::new(|| RulePack::built_in("us_federal_0"));

/// The pack of a workspace that chose none: federal law, every state row with
/// the strictest plausible reading of the doubtful ones, and the other countries.
pub static DEFAULT: LazyLock<RulePack> = LazyLock::new(|| RulePack::built_in("default_2"));

static ALL: LazyLock<Vec<RulePack>> = LazyLock::new(|| PACKS.iter().map(|(id, _)| RulePack::built_in(id)).collect());

impl RulePack {
    /// What decisions store.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.id
    }

    /// The pack with this id; a name without a number, such as `strict_us`,
    /// means its newest.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static RulePack> {
        let is_it = |pack: &&RulePack| {
            pack.id == id || pack.id.rsplit_once('_').is_some_and(|(name, _)| name == id && !name.is_empty())
        };
        ALL.iter().rev().find(is_it)
    }

    /// A pack of rows in the format of the data files.
    ///
    /// # Errors
    /// Says which row and key could not be read.
    pub fn read(id: &str, file: &str) -> Result<Self, ReadError> {
        Ok(Self::of(id, read::rows(file)?))
    }

    /// Its rows, in the order of its files.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// How far back (ms) texts are counted at most: the longest span of a cap.
    #[must_use]
    pub fn counted_ms(&self) -> i64 {
        let span = |row: &Row| if let Effect::Cap { span_ms, .. } = row.effect { span_ms } else { 0 };
        self.of_kind(Kind::Cap).map(span).max().unwrap_or(0)
    }

    /// What an operator changed in it.
    #[must_use]
    pub fn overridden(&self) -> &[Overridden] {
        &self.overridden
    }

    /// What tells the changes of an operator from every other set of them, as decisions
    /// record it; none where nothing is changed.
    #[must_use]
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// The rows of a kind that speak about a text at `now`, Unix ms.
    pub fn rows_for(&self, kind: Kind, now: i64, regions: Regions, purpose: Purpose) -> impl Iterator<Item = &Row> {
        self.of_kind(kind).filter(move |row| row.speaks(now, regions, purpose))
    }

    /// The hours in which such a text may be sent, all rows together; `None`
    /// where no row limits them.
    #[must_use]
    pub fn hours(&self, now: i64, regions: Regions, purpose: Purpose) -> Option<Schedule> {
        let mut schedule: Option<Schedule> = None;
        let mut changes_at = i64::MAX;
        for row in self.of_kind(Kind::Hours) {
            if !row.regions.meet(regions) || !row.purposes.contain(purpose) {
                continue;
            }
            // The next instant at which this row begins or ceases to speak.
            for edge in [row.waits_until, row.until].into_iter().flatten() {
                if edge > now {
                    changes_at = changes_at.min(edge);
                }
            }
            if let Effect::Hours(hours) = &row.effect
                && row.in_force(now)
            {
                schedule.get_or_insert(Schedule::ALWAYS).narrow(hours);
            }
        }
        match (schedule, changes_at) {
            (None, i64::MAX) => None,
            (schedule, changes_at) => Some(Schedule { changes_at, ..schedule.unwrap_or(Schedule::ALWAYS) }),
        }
    }

    /// Reads a body for what the rows look for.
    #[must_use]
    pub fn look<'a>(&self, body: &'a str) -> Text<'a> {
        self.phrases.read(body)
    }

    /// The rows about words that speak about such a text, and what they found in it.
    pub fn looked<'a>(
        &'a self,
        text: &Text<'_>,
        now: i64,
        regions: Regions,
        purpose: Purpose,
    ) -> impl Iterator<Item = Looked<'a>> {
        self.kinds[Kind::Content as usize].iter().filter_map(move |place| {
            let row = self.rows.get(usize::from(*place)).filter(|row| row.speaks(now, regions, purpose))?;
            let words = row.words()?;
            let phrase = text.phrase(*place).and_then(|phrase| words.list.get(phrase)).map(String::as_str);
            Some(Looked { row, words, phrase })
        })
    }

    /// Whether a body makes an offer by any row, wherever the row holds and whatever for: what
    /// only marketing is asked about must then be known.
    #[must_use]
    pub fn offers(&self, body: &str) -> bool {
        self.says(body, |look| look == Look::Marketing)
    }

    /// Whether a body tells how to opt out, by any row.
    #[must_use]
    pub fn tells_opt_out(&self, body: &str) -> bool {
        self.says(body, |look| matches!(look, Look::MissingOptOut { .. }))
    }

    /// How far back (ms) it counts at most that a customer was told how to opt out.
    #[must_use]
    pub fn told_ms(&self) -> i64 {
        let every = |row: &Row| match row.words().map(|words| words.look) {
            Some(Look::MissingOptOut { every_ms }) => every_ms,
            _ => 0,
        };
        self.of_kind(Kind::Content).map(every).max().unwrap_or(0)
    }

    fn says(&self, body: &str, wanted: fn(Look) -> bool) -> bool {
        let text = self.look(body);
        self.kinds[Kind::Content as usize].iter().any(|place| {
            let words = self.rows.get(usize::from(*place)).and_then(Row::words);
            words.is_some_and(|words| wanted(words.look)) && text.phrase(*place).is_some()
        })
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Row> {
        self.kinds[kind as usize].iter().filter_map(|place| self.rows.get(usize::from(*place)))
    }

    /// A pack of rows taken from others, as for a dry run.
    #[must_use]
    pub fn of(id: &str, rows: Vec<Row>) -> Self {
        let (kinds, phrases) = (Default::default(), Phrases::of(std::iter::empty()));
        let mut pack = Self { id: id.to_owned(), rows, overridden: Vec::new(), fingerprint: None, kinds, phrases };
        pack.sort_kinds();
        pack
    }

    fn sort_kinds(&mut self) {
        self.kinds = Default::default();
        for (place, row) in (0_u16..).zip(&self.rows) {
            self.kinds[row.effect.kind() as usize].push(place);
        }
        self.phrases = Phrases::of((0_u16..).zip(&self.rows).filter_map(|(place, row)| Some((place, row.words()?))));
    }

    fn built_in(id: &str) -> Self {
        let files = PACKS.iter().find(|(known, _)| *known == id).map_or(&[][..], |(_, files)| *files);
        let text = |name: &&str| FILES.iter().find(|(known, _)| known == name).map(|(_, text)| *text);
        // The tests read every file; a row that could not be read never ships.
        let rows = files.iter().filter_map(text).flat_map(|file| read::rows(file).unwrap_or_default()).collect();
        Self::of(id, rows)
    }
}

/// The hours of several rows together: what all of them allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// By day of the week, Monday first.
    pub week: [Span; 7],
    /// Days on which nothing is allowed.
    pub closed: Holidays,
    /// A clock that must agree beside those of the recipient's zones.
    pub clock: Option<&'static Clock>,
    /// When other rows begin or cease to speak, Unix ms; `i64::MAX` for never.
    pub changes_at: i64,
}

impl Schedule {
    const ALWAYS: Self = Self { week: [Span::DAY; 7], closed: Holidays::NONE, clock: None, changes_at: i64::MAX };

    fn narrow(&mut self, hours: &Hours) {
        for (mine, theirs) in self.week.iter_mut().zip(&hours.week) {
            *mine = mine.and(*theirs);
        }
        self.closed = self.closed.or(hours.closed);
        self.clock = self.clock.or(hours.clock);
    }

    /// What one row alone allows.
    #[must_use]
    pub fn of(hours: &Hours) -> Self {
        Self { week: hours.week, closed: hours.closed, clock: hours.clock, changes_at: i64::MAX }
    }

    /// The open hours of a day (since 1970-01-01); empty where it is closed.
    #[must_use]
    pub fn span(&self, day: i64) -> Span {
        if self.closed.contain(day) {
            return Span::NEVER;
        }
        // 1970-01-01 was a Thursday.
        let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0);
        self.week[weekday]
    }
}
