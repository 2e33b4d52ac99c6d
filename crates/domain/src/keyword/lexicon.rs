//! The words that the rules know: a number for each, and what it is good for.

use std::collections::HashMap;

/// A set of classes, one bit each.
pub(super) type Bits = u128;

/// The words' own file: `@class words…` and `plain = variants…`.
const WORDS: &str = include_str!("../../data/intent/words.txt");

/// Two words that are read as one.
const PAIRS: &[(&str, &str, &str)] = &[
    ("do", "not", "dont"),
    ("do", "nt", "dont"),
    ("do", "nit", "dont"),
    ("do", "mot", "dont"),
    ("do", "noy", "dont"),
    ("do", "ont", "dont"),
    ("don", "t", "dont"),
    ("did", "not", "didnt"),
    ("does", "not", "doesnt"),
    ("can", "not", "cant"),
    ("is", "not", "isnt"),
    ("was", "not", "wasnt"),
    ("have", "not", "havent"),
    ("no", "longer", "nolonger"),
    ("no", "one", "noone"),
    ("any", "more", "anymore"),
    ("un", "subscribe", "unsubscribe"),
    ("un", "subscribed", "unsubscribed"),
    ("un", "enroll", "unenroll"),
    ("opt", "ou", "optout"),
    ("re", "subscribe", "resubscribe"),
    ("phone", "number", "number"),
];

/// The classes that the model sees, whatever else a word is.
const LEADING: &[&str] = &[
    "strong", "stop", "halt", "weak", "unsub", "opt", "textn", "texting", "reach", "send", "get", "me", "mine", "want",
    "list", "take", "gone", "when", "order", "email", "number", "person", "stuff", "consent", "withdraw", "again",
    "law", "rep", "not", "notwant", "slip", "know", "keep", "fam", "who", "said", "polite", "textx", "cosa", "desabo",
];

/// Numbers of words, their classes, and the spellings read as them.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    ids: HashMap<&'static str, u16>,
    /// The classes of each word by its number; 0 is a word we do not know.
    bits: Vec<Bits>,
    names: Vec<&'static str>,
    classes: HashMap<&'static str, u32>,
    class_names: Vec<&'static str>,
    /// The classes that say most about a word, for the model.
    leading: Bits,
    plain: HashMap<&'static str, Vec<u16>>,
    pairs: HashMap<(u16, u16), u16>,
    /// Long words of ours, for slips of the thumb.
    long: Vec<(&'static str, u16)>,
}

impl Lexicon {
    /// Reads the words' file. What cannot be read is returned, and a test
    /// holds that there is nothing of the kind.
    pub(super) fn read() -> (Self, Vec<String>) {
        let mut lexicon = Self { bits: vec![0], names: vec![""], ..Self::default() };
        let mut wrong = Vec::new();
        for line in WORDS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some((class, words)) = line.strip_prefix('@').and_then(|line| line.split_once(' ')) {
                let bit = lexicon.class_made(class);
                if bit >= Bits::BITS {
                    wrong.push(format!("too many classes: {class}"));
                    continue;
                }
                for word in words.split_whitespace() {
                    let id = lexicon.word(word);
                    lexicon.bits[usize::from(id)] |= 1 << bit;
                }
            } else if let Some((plain, variants)) = line.split_once('=') {
                let plain: Vec<u16> = plain.split_whitespace().map(|word| lexicon.word(word)).collect();
                for variant in variants.split_whitespace() {
                    lexicon.plain.insert(variant, plain.clone());
                }
            } else {
                wrong.push(format!("not a line of words: {line}"));
            }
        }
        for (first, second, one) in PAIRS {
            let pair = (lexicon.word(first), lexicon.word(second));
            let one = lexicon.word(one);
            lexicon.pairs.insert(pair, one);
        }
        let fixable = Some(lexicon.classes(&["fixable", "near"]));
        lexicon.long = lexicon
            .ids
            .iter()
            .filter(|(_, id)| fixable.is_some_and(|bit| lexicon.bits[usize::from(**id)] & bit != 0))
            .map(|(word, id)| (*word, *id))
            .collect();
        lexicon.long.sort_unstable();
        lexicon.leading = lexicon.classes(LEADING);
        (lexicon, wrong)
    }

    /// The number of a word of the rules, made where it is new.
    pub(super) fn word(&mut self, word: &'static str) -> u16 {
        let next = u16::try_from(self.bits.len()).unwrap_or(0);
        let id = *self.ids.entry(word).or_insert(next);
        if usize::from(id) == self.bits.len() {
            self.names.push(word);
            self.bits.push(0);
        }
        id
    }

    /// The word of a number.
    pub(super) fn name(&self, id: u16) -> Option<&'static str> {
        (id != 0).then(|| self.names.get(usize::from(id)).copied()).flatten()
    }

    /// The name of the class that says most about a word; `-` where none does.
    pub(super) fn leading(&self, bits: Bits) -> &'static str {
        let bit = (bits & self.leading).trailing_zeros() as usize;
        self.class_names.get(bit).copied().unwrap_or(if bits == 0 { "?" } else { "-" })
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.bits.len()
    }

    fn class_made(&mut self, name: &'static str) -> u32 {
        let next = u32::try_from(self.classes.len()).unwrap_or(Bits::BITS);
        let bit = *self.classes.entry(name).or_insert(next);
        if bit == next {
            self.class_names.push(name);
        }
        bit
    }

    /// The bit of a class, if there is one of that name.
    pub(super) fn class(&self, name: &str) -> Option<Bits> {
        self.classes.get(name).map(|bit| 1 << bit)
    }

    /// The bits of several classes.
    pub(super) fn classes(&self, names: &[&str]) -> Bits {
        names.iter().filter_map(|name| self.class(name)).fold(0, |all, bit| all | bit)
    }

    pub(super) fn bits(&self, id: u16) -> Bits {
        self.bits.get(usize::from(id)).copied().unwrap_or(0)
    }

    /// The word that two words in a row are read as.
    pub(super) fn pair(&self, first: u16, second: u16) -> Option<u16> {
        self.pairs.get(&(first, second)).copied()
    }

    /// The number of a known word, as it stands.
    pub(super) fn known(&self, word: &str) -> Option<u16> {
        self.ids.get(word).copied()
    }

    /// Reads a word: itself, what it is a spelling of, or the long word that
    /// it is within a slip of. Gives at least one number.
    pub(super) fn numbers(&self, word: &str, into: &mut Vec<u16>) {
        if let Some(plain) = self.plain.get(word) {
            into.extend_from_slice(plain);
        } else if let Some(id) = self.ids.get(word) {
            into.push(*id);
        } else {
            into.push(self.slip(word).or_else(|| self.near_stop(word)).unwrap_or(0));
        }
    }

    /// A short word within a slip of STOP, as a verb that needs its object:
    /// "stpp texting me".
    fn near_stop(&self, word: &str) -> Option<u16> {
        let near = (3..=5).contains(&word.len()) && word.starts_with(['s', 'a', 'd', 't']);
        (near && distance(word.as_bytes(), b"stop") <= 1).then(|| self.known("stoop")).flatten()
    }

    /// A long word of ours within one slip, or two where it is very long.
    fn slip(&self, word: &str) -> Option<u16> {
        if word.len() < 4 || word.len() > 16 || !word.is_ascii() {
            return None;
        }
        self.long
            .iter()
            .filter(|(known, _)| known.len().abs_diff(word.len()) <= 2)
            .map(|(known, id)| (distance(word.as_bytes(), known.as_bytes()), known, *id))
            .filter(|(distance, known, _)| *distance <= if known.len() >= 9 { 2 } else { 1 })
            .min_by_key(|(distance, _, _)| *distance)
            .map(|(_, _, id)| id)
    }
}

/// Edits between two words, where swapping two neighbours is one edit. Gives
/// up at three: nobody asks for more.
pub(super) fn distance(left: &[u8], right: &[u8]) -> usize {
    const WIDTH: usize = 24;
    if left.len() >= WIDTH || right.len() >= WIDTH || left.len().abs_diff(right.len()) > 2 {
        return 3;
    }
    let width = right.len() + 1;
    let mut before = [0_usize; WIDTH];
    let mut above = [0_usize; WIDTH];
    for (column, cell) in above.iter_mut().enumerate().take(width) {
        *cell = column;
    }
    for (row, &a) in left.iter().enumerate() {
        let mut line = [row + 1; WIDTH];
        let mut least = row + 1;
        for (column, &b) in right.iter().enumerate() {
            let mut best = (above[column] + usize::from(a != b)).min(above[column + 1] + 1).min(line[column] + 1);
            if row > 0 && column > 0 && a == right[column - 1] && left[row - 1] == b {
                best = best.min(before[column - 1] + 1);
            }
            line[column + 1] = best;
            least = least.min(best);
        }
        if least > 2 {
            return 3;
        }
        before = above;
        above = line;
    }
    above[width - 1]
}
