//! Whether a customer's words are those of somebody angry, or a complaint.
//!
//! Rows over plain words, in English, Spanish and French, and no guess beyond them: whoever is marked for
//! nothing misses an offer, whoever is overlooked gets one amid their anger, and a member says in either case
//! what is true. Rows of `data/complaint`; the head of `english.txt` says what one may be.

use crate::keyword;
use std::sync::OnceLock;

/// The rows of every language. All are tried on every text: customers mix.
const FILES: &[&str] = &[
    include_str!("../data/complaint/english.txt"),
    include_str!("../data/complaint/spanish.txt"),
    include_str!("../data/complaint/french.txt"),
];

/// The section whose rows take back what they overlap.
const NOT: &str = "not";

/// The section of the row that a text matches; none where it is no complaint. A phone's reaction that quotes
/// a text says nothing of its own.
#[must_use]
pub fn complaint(text: &str) -> Option<&'static str> {
    if keyword::is_tapback(text) {
        return None;
    }
    let words = keyword::plain_words(text);
    let (not, rows): (Vec<&Row>, Vec<&Row>) = rows().iter().partition(|row| row.section == NOT);
    // Where rows match: from which word, up to which.
    let matches = |row: &Row| -> Vec<(usize, usize)> {
        (0..words.len()).filter_map(|at| Some((at, row.matches(&words, at)?))).collect()
    };
    let mut taken: Option<Vec<(usize, usize)>> = None;
    for row in rows {
        for (at, end) in matches(row) {
            // Most texts match nothing, and then nothing need be taken back.
            let taken = taken.get_or_insert_with(|| not.iter().flat_map(|row| matches(row)).collect());
            if !taken.iter().any(|(from, to)| *from < end && at < *to) {
                return Some(row.section);
            }
        }
    }
    None
}

/// Reads the rows now, so that no text has to wait for it.
pub(crate) fn read_ahead() {
    rows();
}

/// One row: its section, and steps over words.
#[derive(Debug)]
struct Row {
    section: &'static str,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    /// One of these words or beginnings of words.
    One(Vec<Form>),
    /// Up to so many words of any kind.
    Gap(usize),
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Word(&'static str),
    Stem(&'static str),
}

impl Row {
    /// Where the row ends that begins with the word at a place, where it matches there.
    fn matches(&self, words: &[String], at: usize) -> Option<usize> {
        walk(&self.steps, words, at)
    }

    fn read(section: &'static str, line: &'static str) -> Option<Self> {
        let steps: Vec<Step> = line.split_whitespace().map(Step::read).collect::<Option<_>>()?;
        // A row that begins or ends with a gap would match more than it says.
        let bounded = |step: Option<&Step>| matches!(step, Some(Step::One(_)));
        (bounded(steps.first()) && bounded(steps.last())).then_some(Self { section, steps })
    }
}

impl Step {
    fn read(text: &'static str) -> Option<Self> {
        if let Some(most) = text.strip_prefix("..") {
            return most.parse().ok().filter(|most| (1..=4).contains(most)).map(Self::Gap);
        }
        text.split('|').map(Form::read).collect::<Option<_>>().map(Self::One)
    }
}

impl Form {
    fn read(text: &'static str) -> Option<Self> {
        let (word, stem) = text.strip_suffix('*').map_or((text, false), |stem| (stem, true));
        let plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        plain.then_some(if stem { Self::Stem(word) } else { Self::Word(word) })
    }

    fn is(self, word: &str) -> bool {
        match self {
            Self::Word(known) => word == known,
            Self::Stem(known) => word.starts_with(known),
        }
    }
}

/// The place behind the last step. Gaps are few and short, so that trying every length stays cheap.
fn walk(steps: &[Step], words: &[String], at: usize) -> Option<usize> {
    let Some((step, rest)) = steps.split_first() else { return Some(at) };
    match step {
        Step::One(forms) => {
            let word = words.get(at)?;
            forms.iter().any(|form| form.is(word)).then(|| walk(rest, words, at + 1)).flatten()
        }
        Step::Gap(most) => (0..=*most).find_map(|skipped| walk(rest, words, at + skipped)),
    }
}

fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| written().0)
}

/// The rows, and the lines that could not be read.
fn written() -> (Vec<Row>, Vec<&'static str>) {
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    for file in FILES {
        let mut section = None;
        for line in file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                section = Some(name);
            } else if let Some(row) = section.and_then(|section| Row::read(section, line)) {
                rows.push(row);
            } else {
                wrong.push(line);
            }
        }
    }
    (rows, wrong)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_line_of_the_files_is_read() {
        let (rows, wrong) = super::written();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(rows.len() > 90, "{}", rows.len());
    }
}
