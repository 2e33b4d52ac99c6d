//! Wishes in the customer's own words.
//!
//! Each sentence is read by itself. A rule is a row of steps over the classes
//! of the words; what stands around the match can still take it back: a
//! negation before it, a question about how STOP works, an order it is about.

use super::classes::{ORDER, STRONG, TEXT, UNSUB};
use super::normal::Words;
use super::{Class, Intent, intent, only_fill};

/// The rule that found a wish, and how sure it is.
pub(super) type Found = (&'static str, f32);

/// One sentence, its words and their classes.
pub(super) struct Sentence<'a> {
    pub(super) words: &'a [&'a str],
    pub(super) classes: &'a [u64],
    pub(super) question: bool,
    /// The whole text speaks of an order and nowhere of texts.
    pub(super) about_order: bool,
}

pub(super) fn read(words: &Words, tokens: &[&str], classes: &[u64]) -> Intent {
    let all = classes.iter().fold(0, |all, class| all | class);
    let about_order = all & ORDER != 0 && all & TEXT == 0;
    let sentences = words.sentences();
    let mut about_stop = false;
    for (range, question) in sentences {
        let sentence = Sentence { words: &tokens[range.clone()], classes: &classes[range], question, about_order };
        if sentence.our_own_text() || sentence.asks_about_stop() || sentence.slipped() {
            about_stop = true;
            continue;
        }
        // After a question about STOP, a lone STOP is what it asked about.
        if let Some(found) = sentence.wish(tokens.len())
            && !(about_stop && found.matched_by == "phrase:stop")
        {
            return found;
        }
    }
    let sure = if all & (STRONG | UNSUB) == 0 { 0.95 } else { 0.8 };
    intent(Class::None, if about_stop { "about_keywords" } else { "no_match" }, sure)
}

impl Sentence<'_> {
    fn wish(&self, total: usize) -> Option<Intent> {
        if let Some(found) = self.opt_in() {
            return Some(found);
        }
        let rule = self
            .stop(total)
            .or_else(|| self.stop_texting())
            .or_else(|| self.unsubscribe())
            .or_else(|| self.do_not_text())
            .or_else(|| self.do_not_want())
            .or_else(|| self.no_more())
            .or_else(|| self.remove_me())
            .or_else(|| self.said_stop())
            .or_else(|| self.withdraw())
            .or_else(|| self.go_away())
            .or_else(|| self.wrong_number())
            .or_else(|| self.spanish())
            .or_else(|| self.french())?;
        Some(intent(Class::OptOut, rule.0, rule.1))
    }

    pub(super) fn word(&self, at: usize) -> &str {
        self.words.get(at).copied().unwrap_or("")
    }

    pub(super) fn is(&self, at: usize, class: u64) -> bool {
        self.classes.get(at).is_some_and(|found| found & class != 0)
    }

    pub(super) fn any(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(word))
    }

    /// Whether a word is one of a list of words with spaces between them.
    pub(super) fn among(&self, at: usize, list: &str) -> bool {
        self.words.get(at).is_some_and(|word| among(word, list))
    }

    /// Where a row of words starts.
    pub(super) fn find(&self, row: &[&str]) -> Option<usize> {
        self.words.windows(row.len()).position(|window| window == row)
    }

    /// Skips at most `most` words of the classes from `at` on and returns the
    /// first place where `target` stands.
    pub(super) fn reach(&self, at: usize, most: usize, through: u64, target: u64) -> Option<usize> {
        for place in at..self.words.len().min(at + most + 1) {
            if self.is(place, target) {
                return Some(place);
            }
            if !self.is(place, through) {
                return None;
            }
        }
        None
    }

    pub(super) fn rest_is_fill(&self, at: usize) -> bool {
        self.classes.get(at..).is_none_or(only_fill)
    }
}

/// Whether a word is one of a list of words with spaces between them.
pub(super) fn among(word: &str, list: &str) -> bool {
    list.split(' ').any(|known| known == word)
}
