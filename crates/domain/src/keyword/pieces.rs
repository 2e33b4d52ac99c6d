//! A text as the model reads it: words and marks in their order. Other than the
//! rules it sees the marks, the quotation and the smile that turn a wish around.

use super::features::hash;
use super::normal::{lookalike, unseen};
use super::topics::Topics;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The most characters that are read, as by the rules.
const LONGEST: usize = 2_000;
/// The most words and marks that are read: hostile input must stay cheap.
const PIECES_MAX: usize = 400;

/// A word or a mark.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// The hash of the word.
    pub(super) word: u64,
    /// The hash of its group, or of the word where it has none.
    pub(super) group: u64,
    /// The hash of its group; all words without one are alike.
    pub(super) kind: u64,
}

/// The words and marks of a text.
pub(super) fn pieces(text: &str, topics: &Topics) -> Vec<Piece> {
    let mut reader = Reader { topics, word: String::new(), pieces: Vec::with_capacity(64) };
    let (mut begins, mut quoted) = (true, false);
    for ch in text.trim().chars().take(LONGEST) {
        // The thread below an answer is not the customer's own text.
        quoted = if begins { ch == '>' } else { quoted };
        begins = ch == '\n';
        if quoted && !begins {
            continue;
        }
        reader.read(ch);
        if reader.pieces.len() >= PIECES_MAX {
            break;
        }
    }
    reader.finish();
    reader.pieces
}

struct Reader<'a> {
    topics: &'a Topics,
    word: String,
    pieces: Vec<Piece>,
}

impl Reader<'_> {
    fn read(&mut self, ch: char) {
        match ch {
            _ if ch.is_ascii_alphanumeric() => self.letter(ch.to_ascii_lowercase()),
            '\'' | '’' | '‘' | 'ʼ' | '´' | '`' => {}
            '\n' => self.mark(ch),
            _ if ch.is_whitespace() => self.finish(),
            _ if ch.is_ascii() => self.mark(ch),
            '“' | '”' | '«' | '»' => self.mark('"'),
            '…' => self.mark('.'),
            _ if unseen(ch) => {}
            _ => self.fold(ch),
        }
    }

    /// A character outside ASCII: its plain letters, or a mark of its own.
    fn fold(&mut self, ch: char) {
        if let Some(letter) = lookalike(ch) {
            return self.letter(letter);
        }
        let mut letters = false;
        for part in std::iter::once(ch).nfkd().filter(|part| !is_combining_mark(*part)) {
            for lower in part.to_lowercase().filter(|lower| lower.is_alphanumeric()) {
                self.letter(lookalike(lower).unwrap_or(lower));
                letters = true;
            }
        }
        if !letters {
            self.mark(ch);
        }
    }

    /// "stoooop" is "stoop": more than two of a letter say no more than two.
    fn letter(&mut self, letter: char) {
        let mut last = self.word.chars().rev();
        if last.next() != Some(letter) || last.next() != Some(letter) {
            self.word.push(letter);
        }
    }

    fn mark(&mut self, mark: char) {
        self.finish();
        let mark = hash(mark.encode_utf8(&mut [0; 4]));
        // "!!!" is one mark.
        if self.pieces.last().is_none_or(|last| last.word != mark) {
            self.pieces.push(Piece { word: mark, group: mark, kind: mark });
        }
    }

    fn finish(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let digits = self.word.bytes().all(|byte| byte.is_ascii_digit());
        let piece = if digits {
            // A number is a count or a name of something; which one says nothing.
            let number = hash(if self.word.len() < 3 { "0" } else { "000" });
            Piece { word: number, group: number, kind: number }
        } else {
            let word = hash(&self.word);
            let group = self.topics.group(&self.word);
            Piece { word, group: group.unwrap_or(word), kind: group.unwrap_or(NO_GROUP) }
        };
        self.pieces.push(piece);
        self.word.clear();
    }
}

/// Stands for all words without a group.
const NO_GROUP: u64 = 0x5f5f;
