//! Rows of steps over the words of a sentence, and their file format.
//!
//! `data/intent/english.txt` says at its top what a step may be.

use super::lexicon::{Bits, Lexicon};
use super::sentence::Word;
use crate::language::Language;

/// The most steps that are tried for one place in a sentence, so that hostile
/// input stays cheap. A sentence of a person takes a few dozen.
const TRIES_MAX: u32 = 400;

/// What a match means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    OptOut,
    OptIn,
    Help,
    Unsure,
    /// Takes back every match that it overlaps.
    Not,
    /// Takes back whatever the sentence asks for.
    Hush,
    /// The wish holds for marketing alone.
    Marketing,
    /// The wish holds for news of orders alone.
    Orders,
}

/// One row of steps, with what its section says of it.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
    pub(super) confidence: f32,
    /// The language of its file, where it has one.
    pub(super) language: Option<Language>,
    pub(super) no_question: bool,
    pub(super) no_order: bool,
    /// A negation in front does not take it back.
    pub(super) free: bool,
    /// Must not reach over a comma.
    pub(super) close: bool,
    /// Holds even where the sentence speaks about the words.
    pub(super) over: bool,
    /// Only in the last sentence.
    pub(super) last: bool,
    /// Only where there is no other sentence.
    pub(super) alone: bool,
    /// No `not` takes it back.
    pub(super) firm: bool,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    One(Set),
    Maybe(Set),
    Gap(usize, Set),
    Any(usize),
    NotNext(Set),
    NotBefore(Set),
    Begin,
    SoftEnd,
    End,
    Comma,
}

/// Words of which one is meant.
#[derive(Debug, Default, Clone)]
struct Set {
    bits: Bits,
    ids: Vec<u16>,
    any: bool,
    name: bool,
    end: bool,
    soft_end: bool,
}

impl Set {
    fn has(&self, word: &Word<'_>) -> bool {
        word.bits & self.bits != 0
            || self.any
            || (self.name && word.name)
            || (word.id != 0 && self.ids.contains(&word.id))
    }
}

/// All rows, and which of them can begin with which word.
#[derive(Debug)]
pub(super) struct Patterns {
    pub(super) all: Vec<Pattern>,
    /// Rows that stand at a sentence's begin.
    at_begin: Vec<u16>,
    /// Rows by the number of the word they begin with; 0 is any other word.
    by_word: Vec<Vec<u16>>,
    /// The words that may follow a wish.
    tail: Bits,
}

/// The words that change nothing in a wish.
const SOFT: &[&str] =
    &["fill", "between", "polite", "get", "send", "me", "mine", "stuff", "number", "textn", "texting"];

impl Patterns {
    /// Reads the rows of several files; what cannot be read is returned.
    pub(super) fn read(files: &[(&'static str, Option<Language>)], lexicon: &mut Lexicon) -> (Self, Vec<String>) {
        let soft = lexicon.classes(SOFT);
        let tail = soft | lexicon.classes(&["strong", "unsub", "stop"]);
        let (mut all, mut wrong) = (Vec::new(), Vec::new());
        for (file, language) in files {
            let mut section: Option<Section> = None;
            for line in file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("# ")) {
                if let Some(header) = line.strip_prefix('[') {
                    section = Section::read(header.trim_end_matches(']'));
                    if section.is_none() {
                        wrong.push(format!("not a section: {line}"));
                    }
                } else if let Some(section) = &section {
                    match steps(line, soft, lexicon) {
                        Some(steps) => all.push(section.pattern(steps, *language)),
                        None => wrong.push(format!("not a row: {line}")),
                    }
                }
            }
        }
        let mut found = Self { all, at_begin: Vec::new(), by_word: vec![Vec::new(); lexicon.len()], tail };
        found.index(lexicon);
        (found, wrong)
    }

    fn index(&mut self, lexicon: &Lexicon) {
        for (at, pattern) in (0_u16..).zip(&self.all) {
            let first = pattern.steps.iter().find(|step| !matches!(step, Step::NotBefore(_) | Step::Comma));
            match first {
                Some(Step::Begin) => self.at_begin.push(at),
                Some(Step::One(set)) if !set.any && !set.name && !set.end && !set.soft_end => {
                    for (id, list) in (0_u16..).zip(self.by_word.iter_mut()) {
                        if lexicon.bits(id) & set.bits != 0 || (id != 0 && set.ids.contains(&id)) {
                            list.push(at);
                        }
                    }
                }
                _ => self.by_word.iter_mut().for_each(|list| list.push(at)),
            }
        }
    }

    /// Every row's matches in a sentence: its row, start and end. Returns how
    /// many steps were tried.
    pub(super) fn matches<'a>(&'a self, words: &[Word<'_>], mut found: impl FnMut(&'a Pattern, usize, usize)) -> u32 {
        let mut steps = 0;
        for &at in &self.at_begin {
            if let Some(pattern) = self.all.get(usize::from(at))
                && let Some(end) = self.try_at(pattern, words, 0, &mut steps)
            {
                found(pattern, 0, end);
            }
        }
        for (place, word) in words.iter().enumerate() {
            let Some(rows) = self.by_word.get(usize::from(word.id)) else { continue };
            for &at in rows {
                if let Some(pattern) = self.all.get(usize::from(at))
                    && let Some(end) = self.try_at(pattern, words, place, &mut steps)
                {
                    found(pattern, place, end);
                }
            }
        }
        steps
    }

    fn try_at(&self, pattern: &Pattern, words: &[Word<'_>], place: usize, steps: &mut u32) -> Option<usize> {
        let mut tries = TRIES_MAX;
        let end = self.walk(&pattern.steps, words, place, &mut tries);
        *steps += TRIES_MAX - tries;
        let end = end?;
        let comma = pattern.close && words[(place + 1).min(end)..end].iter().any(|word| word.comma);
        (!comma).then_some(end)
    }

    fn walk(&self, steps: &[Step], words: &[Word<'_>], at: usize, tries: &mut u32) -> Option<usize> {
        *tries = tries.checked_sub(1)?;
        let Some((step, rest)) = steps.split_first() else { return Some(at) };
        let word = words.get(at);
        match step {
            Step::Begin => (at == 0).then(|| self.walk(rest, words, at, tries))?,
            Step::End => word.is_none().then(|| self.walk(rest, words, at, tries))?,
            Step::Comma => word.is_some_and(|word| word.comma).then(|| self.walk(rest, words, at, tries))?,
            Step::SoftEnd => self.soft_from(words, at).then(|| self.walk(rest, words, at, tries))?,
            Step::NotNext(set) => {
                let there = word.is_some_and(|word| set.has(word));
                (!there).then(|| self.walk(rest, words, at, tries))?
            }
            Step::NotBefore(set) => {
                let there = at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|word| set.has(word));
                (!there).then(|| self.walk(rest, words, at, tries))?
            }
            Step::One(set) => {
                if word.is_some_and(|word| set.has(word))
                    && let Some(end) = self.walk(rest, words, at + 1, tries)
                {
                    return Some(end);
                }
                let ended = (set.end && word.is_none()) || (set.soft_end && self.soft_from(words, at));
                ended.then(|| self.walk(rest, words, at, tries))?
            }
            Step::Maybe(set) => {
                if word.is_some_and(|word| set.has(word))
                    && let Some(end) = self.walk(rest, words, at + 1, tries)
                {
                    return Some(end);
                }
                self.walk(rest, words, at, tries)
            }
            Step::Gap(most, set) => self.gap(*most, |word| set.has(word), rest, words, at, tries),
            Step::Any(most) => self.gap(*most, |_| true, rest, words, at, tries),
        }
    }

    fn gap(
        &self,
        most: usize,
        passes: impl Fn(&Word<'_>) -> bool,
        rest: &[Step],
        words: &[Word<'_>],
        at: usize,
        tries: &mut u32,
    ) -> Option<usize> {
        for place in at..=words.len().min(at + most) {
            if let Some(end) = self.walk(rest, words, place, tries) {
                return Some(end);
            }
            if !words.get(place).is_some_and(&passes) {
                return None;
            }
        }
        None
    }

    fn soft_from(&self, words: &[Word<'_>], at: usize) -> bool {
        words.get(at..).is_none_or(|rest| rest.iter().all(|word| word.bits & self.tail != 0))
    }
}

/// What the head of a section says of its rows.
struct Section {
    kind: Kind,
    name: &'static str,
    confidence: f32,
    flags: Vec<&'static str>,
}

impl Section {
    fn read(header: &'static str) -> Option<Self> {
        let mut words = header.split_whitespace();
        let kind = match words.next()? {
            "opt_out" => Kind::OptOut,
            "opt_in" => Kind::OptIn,
            "help" => Kind::Help,
            "unsure" => Kind::Unsure,
            "not" => Kind::Not,
            "hush" => Kind::Hush,
            "marketing" => Kind::Marketing,
            "orders" => Kind::Orders,
            _ => return None,
        };
        let name = words.next()?;
        let percent: u8 = words.next()?.parse().ok()?;
        let flags: Vec<&str> = words.collect();
        let known = flags
            .iter()
            .all(|flag| matches!(*flag, "-q" | "-order" | "free" | "close" | "over" | "last" | "alone" | "firm"));
        known.then(|| Self { kind, name, confidence: f32::from(percent) / 100.0, flags })
    }

    fn pattern(&self, steps: Vec<Step>, language: Option<Language>) -> Pattern {
        let flag = |name: &str| self.flags.contains(&name);
        Pattern {
            kind: self.kind,
            name: self.name,
            confidence: self.confidence,
            language,
            no_question: flag("-q"),
            no_order: flag("-order"),
            free: flag("free"),
            close: flag("close"),
            over: flag("over"),
            last: flag("last"),
            alone: flag("alone"),
            firm: flag("firm"),
            steps,
        }
    }
}

fn steps(line: &'static str, soft: Bits, lexicon: &mut Lexicon) -> Option<Vec<Step>> {
    line.split_whitespace()
        .map(|step| {
            Some(match step {
                "^" => Step::Begin,
                "$" => Step::SoftEnd,
                "." => Step::End,
                "," => Step::Comma,
                _ => {
                    if let Some(gap) = step.strip_prefix("..") {
                        let (most, set) = match gap.split_once(':') {
                            Some((most, words)) => (most, set(words, lexicon)?),
                            None => (gap, Set { bits: soft, ..Set::default() }),
                        };
                        Step::Gap(most.parse().ok()?, set)
                    } else if let Some(most) = step.strip_prefix('*') {
                        Step::Any(most.parse().ok()?)
                    } else if let Some(words) = step.strip_prefix('!') {
                        Step::NotNext(set(words, lexicon)?)
                    } else if let Some(words) = step.strip_prefix('<') {
                        Step::NotBefore(set(words, lexicon)?)
                    } else if let Some(words) = step.strip_suffix('?') {
                        Step::Maybe(set(words, lexicon)?)
                    } else {
                        Step::One(set(step, lexicon)?)
                    }
                }
            })
        })
        .collect()
}

fn set(words: &'static str, lexicon: &mut Lexicon) -> Option<Set> {
    let mut found = Set::default();
    for word in words.split('|') {
        match word {
            "" => return None,
            "." => found.end = true,
            "$" => found.soft_end = true,
            "@any" => found.any = true,
            "@name" => found.name = true,
            _ => match word.strip_prefix('@') {
                Some(class) => found.bits |= lexicon.class(class)?,
                None if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) => found.ids.push(lexicon.word(word)),
                None => return None,
            },
        }
    }
    Some(found)
}
