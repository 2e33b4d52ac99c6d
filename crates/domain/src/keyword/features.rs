//! What the model sees of a text: words, pairs and triples of words, of their
//! groups and of their classes, and the rows that take a wish back. Each is a
//! number of a bucket; fitting and reading come here for the same text.

use super::lexicon::Lexicon;
use super::pieces::Piece;
use super::sentence::Word;

/// The number of buckets, as a power of two.
pub(super) const BUCKET_BITS: u32 = 18;
/// The number of buckets.
pub(super) const BUCKETS: usize = 1 << BUCKET_BITS;
/// How far apart two words of a pair may stand, by their classes.
const REACH: usize = 4;
/// The same, by their groups.
const GROUP_REACH: usize = 5;
/// The most words of a sentence that are read by their classes.
const WORDS_MAX: usize = 120;

/// The features of one text, each once.
#[derive(Debug)]
pub(super) struct Features {
    buckets: Vec<u32>,
    taken: Vec<u64>,
}

impl Features {
    pub(super) fn new() -> Self {
        Self { buckets: Vec::with_capacity(1024), taken: vec![0; BUCKETS / 64] }
    }

    /// The buckets, each once.
    pub(super) fn into_buckets(self) -> Vec<u32> {
        self.buckets
    }

    fn add(&mut self, kind: u64, parts: &[u64]) {
        let state =
            parts.iter().fold(kind.wrapping_mul(MIX), |state, part| (state.rotate_left(5) ^ part).wrapping_mul(MIX));
        let bucket = (state ^ (state >> 31)).wrapping_mul(MIX) >> (64 - BUCKET_BITS);
        let (slot, bit) = (usize::try_from(bucket >> 6).unwrap_or(0), 1 << (bucket & 63));
        if let Some(taken) = self.taken.get_mut(slot)
            && *taken & bit == 0
        {
            *taken |= bit;
            self.buckets.extend(u32::try_from(bucket));
        }
    }

    /// A row that matched.
    pub(super) fn row(&mut self, name: &str) {
        self.add(ROW, &[hash(name)]);
    }

    /// The words and marks of the whole text.
    pub(super) fn pieces(&mut self, pieces: &[Piece]) {
        let edge = |edge| Piece { word: edge, group: edge, kind: edge };
        let mut line = Vec::with_capacity(pieces.len() + 2);
        line.push(edge(BEGIN));
        line.extend_from_slice(pieces);
        line.push(edge(END));
        for at in 0..line.len() {
            let (mut words, mut groups) = ([0; 3], [0; 4]);
            for (step, piece) in line[at..].iter().take(groups.len()).enumerate() {
                groups[step] = piece.group;
                self.add(GROUPS, &groups[..=step]);
                if let Some(word) = words.get_mut(step) {
                    *word = piece.word;
                    self.add(WORDS, &words[..=step]);
                }
            }
        }
        for (at, first) in pieces.iter().enumerate() {
            for (step, second) in pieces[at + 1..].iter().take(GROUP_REACH).enumerate() {
                self.add(KIND_WORD, &[first.kind, second.word]);
                self.add(WORD_KIND, &[first.word, second.kind]);
                if step > 0 {
                    self.add(KIND_KIND, &[first.kind, second.kind]);
                }
            }
        }
    }

    /// The words of one sentence as the rules know them.
    pub(super) fn sentence(&mut self, words: &[Word<'_>], question: bool, lexicon: &Lexicon) {
        let words = &words[..words.len().min(WORDS_MAX)];
        let known: Vec<(u64, u64)> = words
            .iter()
            .map(|word| (hash(lexicon.name(word.id).unwrap_or(word.text)), hash(lexicon.leading(word.bits))))
            .collect();
        for (at, &(name, class)) in known.iter().enumerate() {
            self.add(NAME, &[name]);
            self.add(CLASS, &[class, u64::from(question)]);
            let before = at.checked_sub(1).map_or(BEGIN, |before| known[before].0);
            self.add(NAMES, &[before, name]);
            for &(other_name, other_class) in &known[at.saturating_sub(REACH)..at] {
                self.add(NAME_CLASS, &[other_name, class]);
                self.add(CLASS_NAME, &[other_class, name]);
                self.add(CLASS_CLASS, &[other_class, class]);
            }
            if at >= 2 {
                self.add(CLASSES, &[known[at - 2].1, known[at - 1].1, class]);
            }
        }
        if let Some(last) = known.last() {
            self.add(NAMES, &[last.0, END]);
        }
    }

    /// What the whole text is like.
    pub(super) fn text(&mut self, sentences: usize, words: usize, about_order: bool) {
        let length = match words {
            0..=3 => 3,
            4..=7 => 7,
            8..=15 => 15,
            _ => 16,
        };
        self.add(SHAPE, &[LENGTH, length]);
        if about_order {
            self.add(SHAPE, &[ORDER]);
        }
        if sentences > 1 {
            self.add(SHAPE, &[SENTENCES]);
        }
    }
}

// What kind of feature a hash is of, so that none is taken for another.
const WORDS: u64 = 1;
const GROUPS: u64 = 2;
const KIND_WORD: u64 = 3;
const WORD_KIND: u64 = 4;
const KIND_KIND: u64 = 5;
const NAME: u64 = 6;
const CLASS: u64 = 7;
const NAMES: u64 = 8;
const NAME_CLASS: u64 = 9;
const CLASS_NAME: u64 = 10;
const CLASS_CLASS: u64 = 11;
const CLASSES: u64 = 12;
const ROW: u64 = 13;
const SHAPE: u64 = 14;
const LENGTH: u64 = 1;
const ORDER: u64 = 2;
const SENTENCES: u64 = 3;
/// Stand before the first word and behind the last.
const BEGIN: u64 = 0x5e;
const END: u64 = 0x24;

const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// FNV-1a, which is the same on every machine.
pub(super) fn hash(word: &str) -> u64 {
    word.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
