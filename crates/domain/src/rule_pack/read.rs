//! Reads the data files: a plain part of TOML, sections of `key = "value"`.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use super::effect::{ConsentKind, Effect, Hours, Span};
use super::row::{Confidence, Purposes, Row};
use super::words::Words;
use super::{Holidays, Regions};
use crate::zones;

/// What is wrong with a file of rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// A line is no section, key, comment or blank.
    #[error("line {line} is neither a [section] nor key = \"value\"")]
    Line {
        /// From 1.
        line: usize,
    },
    /// A section lacks a key.
    #[error("[{row}] lacks {key}")]
    Lacks {
        /// The section.
        row: String,
        /// The key.
        key: &'static str,
    },
    /// A value means nothing.
    #[error("[{row}] has a {key} that cannot be read: {value}")]
    Value {
        /// The section.
        row: String,
        /// The key.
        key: &'static str,
        /// What it says.
        value: String,
    },
    /// A section has a key nobody reads, which could be a slip.
    #[error("[{row}] has the unknown key {key}")]
    Key {
        /// The section.
        row: String,
        /// The key.
        key: String,
    },
}

impl ReadError {
    /// A stable word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Line { .. } => "pack_line_invalid",
            Self::Lacks { .. } => "pack_key_missing",
            Self::Value { .. } => "pack_value_invalid",
            Self::Key { .. } => "pack_key_unknown",
        }
    }
}

/// A `[name]` with its keys; the keys before the first are a section without name.
#[derive(Debug)]
pub(super) struct Section<'a> {
    pub name: &'a str,
    pub keys: Vec<(&'a str, &'a str)>,
}

pub(super) fn sections(file: &str) -> Result<Vec<Section<'_>>, ReadError> {
    let mut sections = vec![Section { name: "", keys: Vec::new() }];
    for (number, line) in file.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let bad = ReadError::Line { line: number + 1 };
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            sections.push(Section { name, keys: Vec::new() });
            continue;
        }
        let (key, value) = line.split_once(" = ").ok_or(bad.clone())?;
        let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or(bad.clone())?;
        sections.last_mut().ok_or(bad)?.keys.push((key, value));
    }
    Ok(sections)
}

const KEYS: &[&str] = &[
    "where",
    "purposes",
    "hours",
    "closed",
    "clock",
    "cap",
    "consent",
    "opt_out",
    "from",
    "until",
    "law",
    "source",
    "confidence",
    "note",
    "code",
    "find",
    "words",
    "verdict",
    "fix",
];

/// The rows of a file, in its order.
pub(super) fn rows(file: &str) -> Result<Vec<Row>, ReadError> {
    let sections = sections(file)?;
    let mut rows: Vec<Row> = Vec::new();
    let Some((header, sections)) = sections.split_first() else { return Ok(rows) };
    let header = Keys { row: "", keys: &header.keys };
    let version = header.must("id")?;
    let published = header.read("published", midnight)?.ok_or_else(|| header.lacks("published"))?;
    for section in sections {
        let row = Keys { row: section.name, keys: &section.keys }.row(version, published, &rows)?;
        rows.push(row);
    }
    Ok(rows)
}

struct Keys<'a> {
    row: &'a str,
    keys: &'a [(&'a str, &'a str)],
}

impl<'a> Keys<'a> {
    fn get(&self, key: &str) -> Option<&'a str> {
        self.keys.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }

    fn lacks(&self, key: &'static str) -> ReadError {
        ReadError::Lacks { row: self.row.to_owned(), key }
    }

    fn must(&self, key: &'static str) -> Result<&'a str, ReadError> {
        self.get(key).ok_or_else(|| self.lacks(key))
    }

    fn bad(&self, key: &'static str) -> ReadError {
        ReadError::Value { row: self.row.to_owned(), key, value: self.get(key).unwrap_or_default().to_owned() }
    }

    fn read<T>(&self, key: &'static str, parse: impl Fn(&'a str) -> Option<T>) -> Result<Option<T>, ReadError> {
        self.get(key).map(|value| parse(value).ok_or_else(|| self.bad(key))).transpose()
    }

    fn row(&self, version: &str, published: i64, before: &[Row]) -> Result<Row, ReadError> {
        if let Some((key, _)) = self.keys.iter().find(|(key, _)| !KEYS.contains(key)) {
            return Err(ReadError::Key { row: self.row.to_owned(), key: (*key).to_owned() });
        }
        let from = self.read("from", midnight)?;
        Ok(Row {
            id: self.row.to_owned(),
            version: version.to_owned(),
            regions: self.read("where", regions)?.ok_or_else(|| self.lacks("where"))?,
            purposes: self.read("purposes", Purposes::named)?.unwrap_or(Purposes::MARKETING),
            from,
            // What was law when the pack was published holds at every instant the pack is asked about.
            waits_until: from.filter(|from| *from > published),
            until: self.read("until", midnight)?,
            confidence: self.read("confidence", Confidence::named)?.ok_or_else(|| self.lacks("confidence"))?,
            law: self.must("law")?.to_owned(),
            source: self.must("source")?.to_owned(),
            note: self.get("note").unwrap_or_default().to_owned(),
            effect: self.effect(before)?,
        })
    }

    fn effect(&self, before: &[Row]) -> Result<Effect, ReadError> {
        if let Some(week) = self.read("hours", week)? {
            return Ok(Effect::Hours(Hours {
                week,
                closed: self.read("closed", Holidays::named)?.unwrap_or_default(),
                clock: self.read("clock", zones::clock)?,
            }));
        }
        if let Some((count, span_ms)) = self.read("cap", cap)? {
            return Ok(Effect::Cap { count, span_ms });
        }
        if let Some(kind) = self.read("consent", consent)? {
            return Ok(Effect::Consent(kind));
        }
        if self.read("opt_out", |value| (value == "all").then_some(()))?.is_some() {
            return Ok(Effect::RevokeAll);
        }
        let code = self.get("code").ok_or_else(|| self.lacks("hours"))?;
        let refuses = self.read("verdict", |value| match value {
            "refuse" => Some(true),
            "flag" => Some(false),
            _ => None,
        })?;
        let find = self.must("find")?;
        // A row may look for what an earlier one looks for.
        let words = match find.strip_prefix("hosts of ") {
            Some(row) => before.iter().find(|known| known.id == row).and_then(Row::words),
            None => None,
        };
        let words = match words {
            Some(words) => Words { code: code.to_owned(), ..words.clone() },
            None => Words::read(code, find, self.get("words").unwrap_or_default()).ok_or_else(|| self.bad("find"))?,
        };
        Ok(Effect::Content(Words {
            refuses: refuses.ok_or_else(|| self.lacks("verdict"))?,
            fix: self.must("fix")?.to_owned(),
            ..words
        }))
    }
}

/// The start of a day, in Unix ms. In UTC, which is before any clock of the
/// Americas: what becomes stricter on that day does so everywhere in time.
fn midnight(text: &str) -> Option<i64> {
    let day: Date = text.parse().ok()?;
    Some(TimeZone::UTC.to_timestamp(day.to_datetime(Time::midnight())).ok()?.as_millisecond())
}

/// Places by name: `US-FL, US-GA`, `EU except FR`.
fn regions(text: &str) -> Option<Regions> {
    let (all, except) = text.split_once(" except ").unwrap_or((text, ""));
    let set = |names: &str| {
        names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .try_fold(Regions::NONE, |set, name| Some(set.or(Regions::named(name)?)))
    };
    Some(set(all)?.without(set(except)?))
}

/// Opening hours: `daily 08:00-21:00`, `Mon-Fri 09:00-18:00, Sat 10:00-17:00`.
/// A day that is not named is closed.
pub(super) fn week(text: &str) -> Option<[Span; 7]> {
    let mut week = [Span::NEVER; 7];
    for part in text.split(',') {
        let (days, hours) = part.trim().split_once(' ')?;
        let (from, to) = match days {
            "daily" => (Weekday::Monday, Weekday::Sunday),
            _ => match days.split_once('-') {
                Some((from, to)) => (weekday(from)?, weekday(to)?),
                None => (weekday(days)?, weekday(days)?),
            },
        };
        let (opens, closes) = hours.split_once('-')?;
        let span = Span { opens: minute(opens)?, closes: minute(closes)? };
        if span.opens >= span.closes {
            return None;
        }
        let place = |day: Weekday| usize::try_from(day.to_monday_zero_offset()).ok();
        week.get_mut(place(from)?..=place(to)?)?.fill(span);
    }
    Some(week)
}

pub(super) fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "Mon" => Weekday::Monday,
        "Tue" => Weekday::Tuesday,
        "Wed" => Weekday::Wednesday,
        "Thu" => Weekday::Thursday,
        "Fri" => Weekday::Friday,
        "Sat" => Weekday::Saturday,
        "Sun" => Weekday::Sunday,
        _ => return None,
    })
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let of_day = hour.checked_mul(60)?.checked_add(minute)?;
    (minute < 60 && of_day <= 24 * 60).then_some(of_day)
}

/// `3 in 24 h`: how many, and in how many ms.
pub(super) fn cap(text: &str) -> Option<(usize, i64)> {
    let (count, hours) = text.strip_suffix(" h")?.split_once(" in ")?;
    let (count, hours): (usize, i64) = (count.parse().ok()?, hours.parse().ok()?);
    (count > 0 && (1..=24 * 365).contains(&hours)).then_some((count, hours * 60 * 60 * 1000))
}

fn consent(text: &str) -> Option<ConsentKind> {
    Some(match text {
        "inbound" => ConsentKind::Inbound,
        "express" => ConsentKind::Express,
        "written" => ConsentKind::Written,
        _ => return None,
    })
}
