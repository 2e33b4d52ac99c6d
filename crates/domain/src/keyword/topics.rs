//! Groups of words that the model reads as one: what is bought, whose phone it
//! is, how a wish is said. A text in words that no fitted text had still says
//! something by their groups. The rules know nothing of them.

use super::features::hash;
use std::collections::HashMap;

/// The groups' own file: `@group words…`, where `stem*` takes all that begins so.
const TOPICS: &str = include_str!("../../data/intent/topics.txt");

/// The least letters of a stem.
const STEM_MIN: usize = 1;

/// The hash of each word's group, and of each stem's.
#[derive(Debug, Default)]
pub(super) struct Topics {
    words: HashMap<&'static str, u64>,
    stems: HashMap<&'static str, u64>,
    stem_max: usize,
}

impl Topics {
    /// Reads the groups. What cannot be read is returned.
    pub(super) fn read() -> (Self, Vec<String>) {
        let (mut topics, mut wrong) = (Self::default(), Vec::new());
        for line in TOPICS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let Some((group, words)) = line.strip_prefix('@').and_then(|line| line.split_once(' ')) else {
                wrong.push(format!("not a group: {line}"));
                continue;
            };
            for word in words.split_whitespace() {
                let (into, plain) = match word.strip_suffix('*') {
                    Some(stem) => (&mut topics.stems, stem),
                    None => (&mut topics.words, word),
                };
                if plain.len() < STEM_MIN || !plain.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    wrong.push(format!("not a word of a group: {word}"));
                } else if into.insert(plain, hash(group)).is_some() {
                    wrong.push(format!("in two groups: {word}"));
                }
            }
        }
        topics.stem_max = topics.stems.keys().map(|stem| stem.len()).max().unwrap_or(0);
        (topics, wrong)
    }

    /// The group of a plain word: its own, or that of the longest stem.
    pub(super) fn group(&self, word: &str) -> Option<u64> {
        self.words.get(word).copied().or_else(|| {
            let longest = word.len().min(self.stem_max);
            (STEM_MIN..=longest).rev().find_map(|end| self.stems.get(word.get(..end)?)).copied()
        })
    }
}
