//! What the rows and the model say of a text, and which of them decides.

use super::features::Features;
use super::normal::Words;
use super::pieces::pieces;
use super::{Book, Class, Intent, Scope, book, by_sign, classify, is_tapback, sentence, whole};

/// From these odds on, a text that no row reads is an opt-out.
const SURE: f32 = 0.7;
/// The same, of one that a row wants asked about, or that speaks of the words themselves.
const SURE_OF_WORDS: f32 = 0.85;
/// The same, where the text names a thing and nowhere texts: to stop a thing is not to stop the texts.
const SURE_OF_THING: f32 = 0.86;
/// The same, of one word, of which nothing else tells what is meant.
const SURE_ALONE: f32 = 0.9;
/// The same, of a text without a word that most wishes need.
const SURE_WORDLESS: f32 = 0.93;
/// A text that a row reads as an opt-out is one from these odds on; below, the row was written too
/// wide for it, and a person is asked.
const DOUBTED: f32 = 0.45;
/// The same, where the text names a thing and nowhere texts.
const DOUBTED_OF_THING: f32 = 0.6;
/// From these odds on, a person is asked.
const PERHAPS: f32 = 0.35;

/// What stands between the model and an opt-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Nothing: the odds decide.
    Open,
    /// No word of texts, lists, numbers or stopping stands in the text.
    Wordless,
    /// One word, which the lists know or do not: the model reads sentences.
    Lone,
    /// The text speaks about the words, such as STOP, or hides its wish in a denial.
    Hushed,
    /// The text names a thing and nowhere texts: only odds near certainty overrule that.
    Thing,
}

/// What the layers say of a text, one by one: for reading it, for fitting the model, and for
/// judging the model on texts that it was not fitted on.
#[derive(Debug)]
pub struct Layers {
    /// The reading by the words and the rows alone.
    pub ruled: Intent,
    /// Whether a keyword, a reaction or a sign decided, whatever the odds.
    pub decided: bool,
    /// The features that the model sees, as buckets.
    pub features: Vec<u32>,
    /// What the model may not overrule.
    pub guard: Guard,
    /// Steps of rows that were tried: what a reading costs, the same on every machine.
    pub steps: u32,
}

impl Layers {
    /// The reading, where the model gives these odds of an opt-out.
    #[must_use]
    pub fn judged(&self, odds: f32) -> Intent {
        let ruled = self.ruled;
        if self.decided {
            return ruled;
        }
        let sure = match self.guard {
            Guard::Open if ruled.class == Class::None => SURE,
            Guard::Open | Guard::Hushed => SURE_OF_WORDS,
            Guard::Thing => SURE_OF_THING,
            Guard::Lone => SURE_ALONE,
            Guard::Wordless => SURE_WORDLESS,
        };
        let doubted = if self.guard == Guard::Thing { DOUBTED_OF_THING } else { DOUBTED };
        match ruled.class {
            Class::OptOut if odds < doubted => Intent::new(Class::Unsure, "unsure:doubted", odds),
            Class::OptOut | Class::OptIn | Class::Help => ruled,
            Class::Unsure | Class::None if odds >= sure => Intent::new(Class::OptOut, "model:opt_out", odds.min(0.9)),
            Class::None if matches!(self.guard, Guard::Open | Guard::Wordless) && odds >= PERHAPS => {
                Intent::new(Class::Unsure, "unsure:model", odds)
            }
            Class::Unsure | Class::None => ruled,
        }
    }
}

/// Takes a reading apart.
#[must_use]
pub fn layers(text: &str) -> Layers {
    let words = Words::of(text);
    let (tokens, book) = (words.tokens(), book());
    let layers = book.layers(text, &words);
    let decided = if is_tapback(text) || tokens.is_empty() {
        Some(classify(text))
    } else {
        whole(&words, &tokens, &book.lexicon).or_else(|| by_sign(&words, &tokens, &layers.ruled))
    };
    match decided {
        Some(ruled) => Layers { ruled, decided: true, ..layers },
        None => layers,
    }
}

/// Whether a text is letters one by one, such as `v.i.p`: a word taken apart.
fn spelled(text: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric()).all(|piece| piece.chars().nth(1).is_none())
}

impl Book {
    /// What the rows say, and what the model is to see.
    pub(super) fn layers(&self, text: &str, words: &Words) -> Layers {
        let mut seen = Features::new();
        seen.pieces(&pieces(text, &self.topics));
        let sentences = sentence::sentences(words, &self.lexicon, &self.marks);
        let all: Vec<_> = sentences.iter().flat_map(|(words, _)| words.iter().copied()).collect();
        let about_order = self.marks.about_order(&all);
        let (mut best, mut about, mut scope) = (None::<Intent>, None, Scope::All);
        let (mut steps, mut whence) = (0, false);
        for (place, (words, question)) in sentences.iter().enumerate() {
            let place = (place, sentences.len());
            let asked = sentence::read(words, *question, place, about_order, &self.patterns, &self.marks, &mut seen);
            seen.sentence(words, *question, &self.lexicon);
            scope = asked.scope.unwrap_or(scope);
            steps += asked.steps;
            // "Who gave you my number? Delete it." Without the question, "it" may be anything.
            let best_here = match asked.best {
                Some(found) if found.matched_by == "unsure:delete_it" => {
                    whence.then(|| Intent::new(Class::OptOut, "phrase:delete_it", 0.82))
                }
                found => found,
            };
            whence |= best_here.is_some_and(|found| found.matched_by == "unsure:whence");
            if let Some(found) = best_here
                // After a question about STOP, a lone STOP is what it asked about.
                && !(about.is_some() && matches!(found.matched_by, "phrase:stop" | "phrase:end_bare" | "phrase:stop_because"))
                && best.is_none_or(|best| found.outweighs(&best))
            {
                best = Some(found);
            }
            about = asked.about.or(about);
        }
        seen.text(sentences.len(), all.len(), about_order);
        let guard = match (about_order, about) {
            (true, _) => Guard::Thing,
            (false, Some(_)) => Guard::Hushed,
            (false, None) if all.len() < 2 || spelled(text) => Guard::Lone,
            (false, None) if all.iter().any(|word| self.marks.cue(word)) => Guard::Open,
            (false, None) => Guard::Wordless,
        };
        // "Stop! I'm obsessed" is no wish.
        let praise = all.iter().any(|word| self.marks.praises(word));
        let ordered = sentences.len() > 1 && all.iter().any(|word| self.marks.orders(word));
        let best = best.map(|found| match found.matched_by {
            "phrase:stop"
            | "phrase:stop_because"
            | "phrase:stop_last"
            | "phrase:stop_clause"
            | "phrase:stop_at_last"
                if praise =>
            {
                Intent::new(Class::Unsure, "unsure:praise", 0.5)
            }
            // "Stop. Read my message. Where is my order?"
            "phrase:stop" | "phrase:end_bare" if ordered => Intent::new(Class::Unsure, "unsure:order", 0.5),
            _ => found,
        });
        let ruled = match best {
            Some(found) if found.class == Class::OptOut => Intent { scope, ..found },
            Some(found) => found,
            None => match about {
                Some(about) => Intent::new(Class::None, about, 0.85),
                None => Intent::new(Class::None, "no_match", 0.95),
            },
        };
        Layers { ruled, decided: false, features: seen.into_buckets(), guard, steps }
    }
}
