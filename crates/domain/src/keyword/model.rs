//! A small linear model, for wishes in words that no row has.
//!
//! It sees words, pairs of words, pairs of their classes and which rows
//! matched, adds up one weight for each, and gives the odds that the text asks
//! for no more texts. The weights are fitted on the committed texts by
//! `cargo xtask intent train`, and are data.

use std::collections::HashMap;

use super::lexicon::Lexicon;
use super::sentence::Word;

/// One feature a line with its weight in thousandths: `weight feature`.
const WEIGHTS: &str = include_str!("../../data/intent/weights.txt");

/// How far apart two words of a pair may stand.
const REACH: usize = 4;
/// The most words that are read; a wish stands near the start of a text or of
/// its sentence, and hostile input must stay cheap.
const WORDS_MAX: usize = 120;

/// The weights, by the hash of their feature.
#[derive(Debug, Default)]
pub(super) struct Model {
    weights: HashMap<u64, f32>,
}

impl Model {
    /// Reads the weights; what cannot be read is returned.
    pub(super) fn read() -> (Self, Vec<String>) {
        let mut wrong = Vec::new();
        let mut weights = HashMap::new();
        for line in WEIGHTS.lines().filter(|line| !line.starts_with("# ")) {
            match line.split_once(' ').and_then(|(weight, feature)| Some((weight.parse::<i16>().ok()?, feature))) {
                Some((weight, feature)) => {
                    weights.insert(hash(feature), f32::from(weight) / 1000.0);
                }
                None => wrong.push(format!("not a weight: {line}")),
            }
        }
        (Self { weights }, wrong)
    }

    /// The odds, from 0 to 1, that the features are those of an opt-out.
    pub(super) fn odds(&self, features: &Features) -> f32 {
        let sum: f32 = features.hashes.iter().filter_map(|hash| self.weights.get(hash)).sum();
        1.0 / (1.0 + (-sum).exp())
    }
}

/// The features of one text, each once.
#[derive(Debug, Default)]
pub struct Features {
    hashes: Vec<u64>,
    /// Their spelling, where somebody is to see it.
    names: Option<Vec<String>>,
}

impl Features {
    /// Features that keep their names, for fitting.
    pub(super) fn named() -> Self {
        Self { hashes: Vec::new(), names: Some(Vec::new()) }
    }

    /// The names of the features, sorted, each once.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names = self.names.clone().unwrap_or_default();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn add(&mut self, parts: &[&str]) {
        let mut state = SEED;
        for (place, part) in parts.iter().enumerate() {
            if place > 0 {
                state = mix(state, b' ');
            }
            state = part.bytes().fold(state, mix);
        }
        self.hashes.push(state);
        if let Some(names) = &mut self.names {
            names.push(parts.join(" "));
        }
    }

    /// A row that matched.
    pub(super) fn row(&mut self, name: &str) {
        self.add(&["r", name]);
    }

    /// The words of one sentence.
    pub(super) fn sentence(&mut self, words: &[Word<'_>], question: bool, lexicon: &Lexicon) {
        let words = &words[..words.len().min(WORDS_MAX)];
        let names: Vec<&str> = words.iter().map(|word| lexicon.name(word.id).unwrap_or(word.text)).collect();
        let classes: Vec<&str> = words.iter().map(|word| lexicon.leading(word.bits)).collect();
        for (at, name) in names.iter().enumerate() {
            self.add(&["w", name]);
            self.add(&[if question { "cq" } else { "c" }, classes[at]]);
            match at.checked_sub(1) {
                None => self.add(&["b", "^", name]),
                Some(before) => self.add(&["b", names[before], name]),
            }
            for place in at.saturating_sub(REACH)..at {
                self.add(&["s", names[place], classes[at]]);
                self.add(&["t", classes[place], name]);
                self.add(&["d", classes[place], classes[at]]);
            }
            if at >= 2 {
                self.add(&["e", classes[at - 2], classes[at - 1], classes[at]]);
            }
        }
        if let Some(last) = names.last() {
            self.add(&["b", last, "$"]);
        }
    }

    /// What the whole text is like.
    pub(super) fn text(&mut self, sentences: usize, words: usize, about_order: bool) {
        self.add(&["bias"]);
        if about_order {
            self.add(&["order"]);
        }
        let length = match words {
            0..=3 => "3",
            4..=7 => "7",
            8..=15 => "15",
            _ => "more",
        };
        self.add(&["length", length]);
        if sentences > 1 {
            self.add(&["sentences"]);
        }
        self.hashes.sort_unstable();
        self.hashes.dedup();
    }
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// A step of FNV-1a, which is the same on every machine.
fn mix(state: u64, byte: u8) -> u64 {
    (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

fn hash(feature: &str) -> u64 {
    feature.bytes().fold(SEED, mix)
}
