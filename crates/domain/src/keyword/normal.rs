//! The plain form in which words are recognised.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The most characters that are read. A wish to stop stands near the start,
/// and hostile input must stay cheap.
const LONGEST: usize = 2_000;

/// One word: its place in [`Words::text`], its sentence and its line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub start: usize,
    pub end: usize,
    pub sentence: u16,
    /// A comma stands between it and the word before.
    pub comma: bool,
    /// Written with a capital first and small letters behind it.
    pub capital: bool,
    line: u16,
    /// In a line that starts with `>`.
    quoted: bool,
}

/// A text as lower-case words without accents, marks or look-alike letters.
#[derive(Debug, Default)]
pub(super) struct Words {
    text: String,
    spans: Vec<Token>,
    questions: Vec<bool>,
    /// Whether the stop-sign emoji is in it.
    pub stop_sign: bool,
}

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let mut words = Self { text: String::with_capacity(text.len().min(LONGEST)), ..Self::default() };
        let mut reader = Reader::default();
        let mut chars = text.chars().take(LONGEST).peekable();
        while let Some(ch) = chars.next() {
            let next = chars.peek().copied();
            words.add(&mut reader, ch, next);
        }
        words.finish(&mut reader);
        words.questions.push(false);
        words.join_letters();
        words.join_lone_words();
        // The thread below an answer is not the customer's own text.
        if words.spans.iter().any(|token| !token.quoted) {
            words.spans.retain(|token| !token.quoted);
        }
        words
    }

    /// Reads "s t o p texting me" and "S.T.O.P. texting me" as if STOP were written in one.
    fn join_letters(&mut self) {
        let mut at = 0;
        while at + 4 <= self.spans.len() {
            let (first, last) = (self.spans[at], self.spans[at + 3]);
            // Tokens lie side by side, so that four letters are four tokens.
            if last.end - first.start == 4 && &self.text[first.start..last.end] == "stop" {
                let sentence = self.spans.get(at + 4).map_or(last.sentence, |next| next.sentence);
                self.spans[at] = Token { end: last.end, sentence, ..first };
                self.spans.drain(at + 1..at + 4);
            }
            at += 1;
        }
    }

    /// Reads "Stop. Texting. Me." as one sentence.
    fn join_lone_words(&mut self) {
        let lone = self.spans.windows(2).all(|pair| pair[0].sentence != pair[1].sentence);
        if let (true, 3..=8, Some(last)) = (lone, self.spans.len(), self.spans.last().copied()) {
            let one_line = self.spans.iter().all(|token| token.line == last.line);
            self.spans.iter_mut().filter(|_| one_line).for_each(|token| token.sentence = last.sentence);
        }
    }

    /// The places and marks of the words, in their order.
    pub(super) fn spans(&self) -> &[Token] {
        &self.spans
    }

    /// All words joined without anything between them; tokens point into it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn tokens(&self) -> Vec<&str> {
        self.spans.iter().map(|token| &self.text[token.start..token.end]).collect()
    }

    /// The lines that are one word, where there are more lines with words.
    /// Each with whether it is the first.
    pub(super) fn lone_lines(&self) -> impl Iterator<Item = (&str, bool)> {
        let mut lines = self.spans.chunk_by(|left, right| left.line == right.line);
        let many = self.spans.first().map(|token| token.line) != self.spans.last().map(|token| token.line);
        let mut first = true;
        std::iter::from_fn(move || lines.next().map(|line| (line, std::mem::replace(&mut first, false)))).filter_map(
            move |(line, first)| match line {
                [token] if many => Some((&self.text[token.start..token.end], first)),
                _ => None,
            },
        )
    }

    /// The sentences as token ranges, each with whether it is a question.
    pub(super) fn sentences(&self) -> Vec<(std::ops::Range<usize>, bool)> {
        let mut found: Vec<(std::ops::Range<usize>, bool)> = Vec::new();
        let mut last = None;
        for (at, token) in self.spans.iter().enumerate() {
            match found.last_mut() {
                Some((range, _)) if last == Some(token.sentence) => range.end = at + 1,
                _ => {
                    let question = self.questions.get(usize::from(token.sentence));
                    found.push((at..at + 1, question.copied().unwrap_or(false)));
                }
            }
            last = Some(token.sentence);
        }
        found
    }

    fn add(&mut self, reader: &mut Reader, ch: char, next: Option<char>) {
        if ch.is_ascii_alphanumeric() {
            if self.text.len() == reader.start {
                reader.capital = ch.is_ascii_uppercase();
                reader.small = false;
            }
            reader.small |= ch.is_ascii_lowercase();
            self.text.push(ch.to_ascii_lowercase());
            return;
        }
        match ch {
            // don't and dont are one word; so are won’t and wont.
            '\'' | '’' | '‘' | 'ʼ' | '´' | '`' | '\u{ff07}' => {}
            // A masked letter: f**k, st*p.
            '*' if self.text.len() > reader.start => self.text.push('*'),
            ',' => {
                self.finish(reader);
                reader.comma = true;
            }
            // "wrong #"
            '#' if next.is_none_or(|next| !next.is_alphanumeric()) => {
                self.finish(reader);
                self.text.push_str("number");
                self.finish(reader);
            }
            // The subject line's own "Re:" and "Fwd:".
            ':' if self.spans.is_empty() && matches!(&self.text[reader.start..], "re" | "fw" | "fwd") => {
                self.text.truncate(reader.start);
            }
            '>' if self.text.len() == reader.start && !self.spans.iter().any(|token| token.line == reader.line) => {
                reader.quoted = true;
            }
            '\n' | '\u{2028}' | '\u{2029}' => {
                self.finish(reader);
                reader.quoted = false;
                reader.line = reader.line.saturating_add(1);
                self.end_sentence(reader, false);
            }
            '?' | '\u{ff1f}' | '¿' => {
                self.finish(reader);
                // The Spanish mark opens a question that its twin will close.
                if ch != '¿' {
                    self.end_sentence(reader, true);
                }
            }
            '!' | ';' | '…' | '\u{ff01}' | '\u{3002}' => {
                self.finish(reader);
                self.end_sentence(reader, false);
            }
            '.' => {
                self.finish(reader);
                if next.is_none_or(char::is_whitespace) {
                    self.end_sentence(reader, false);
                }
            }
            // "🚫 texts": the sign is read as the word where words follow it.
            '\u{1f6ab}' if self.text.is_empty() && next.is_some() => {
                self.text.push_str("no");
                self.finish(reader);
            }
            '\u{1f6d1}' => {
                self.finish(reader);
                self.stop_sign = true;
            }
            _ if unseen(ch) => {}
            _ if ch.is_ascii() => self.finish(reader),
            _ => self.fold(reader, ch),
        }
    }

    /// A character outside ASCII: its letters without accents, or a gap.
    fn fold(&mut self, reader: &mut Reader, ch: char) {
        if let Some(letter) = lookalike(ch) {
            self.text.push(letter);
            return;
        }
        let mut letters = false;
        for part in std::iter::once(ch).nfkd() {
            if is_combining_mark(part) {
                letters = true;
                continue;
            }
            for lower in part.to_lowercase() {
                if lower.is_alphanumeric() {
                    self.text.push(lookalike(lower).unwrap_or(lower));
                    letters = true;
                }
            }
        }
        if !letters {
            self.finish(reader);
        }
    }

    fn finish(&mut self, reader: &mut Reader) {
        self.unmask(reader.start);
        if self.text.len() > reader.start {
            self.spans.push(Token {
                start: reader.start,
                end: self.text.len(),
                sentence: reader.sentence,
                comma: std::mem::take(&mut reader.comma),
                capital: reader.capital && reader.small,
                line: reader.line,
                quoted: reader.quoted,
            });
            reader.start = self.text.len();
        }
        reader.capital = false;
    }

    /// Reads a word with letters masked by stars: STOP where it fits, else
    /// one that is not printed.
    fn unmask(&mut self, start: usize) {
        let word = self.text[start..].trim_end_matches('*');
        if word.len() == self.text.len() - start {
            if !word.contains('*') {
                return;
            }
        } else if !word.contains('*') && self.text.len() - start - word.len() == 1 || word.len() > 2 {
            let end = start + word.len();
            if !self.text[start..end].contains('*') {
                self.text.truncate(end);
                return;
            }
        }
        let masked = &self.text[start..];
        let stop =
            masked.len() == 4 && masked.bytes().zip(*b"stop").all(|(found, known)| found == b'*' || found == known);
        let plain = if stop && masked.starts_with('s') { "stop" } else { "fword" };
        self.text.truncate(start);
        self.text.push_str(plain);
    }

    fn end_sentence(&mut self, reader: &mut Reader, question: bool) {
        let words = self.spans.last().is_some_and(|token| token.sentence == reader.sentence);
        if words {
            self.questions.push(question);
            reader.sentence = reader.sentence.saturating_add(1);
        } else if question && let Some(last) = self.questions.last_mut() {
            // "Really!?" asks, whatever its first mark.
            *last = true;
        }
    }
}

#[derive(Default)]
struct Reader {
    start: usize,
    sentence: u16,
    line: u16,
    comma: bool,
    capital: bool,
    small: bool,
    quoted: bool,
}

/// Marks with no shape of their own, inside a word or not.
pub(super) fn unseen(ch: char) -> bool {
    matches!(ch, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
        || is_combining_mark(ch)
}

/// The Latin letter that a letter of another alphabet is written for. Whole
/// words of those alphabets are folded too; no word of theirs becomes one of
/// ours by it.
pub(super) fn lookalike(ch: char) -> Option<char> {
    let plain = match ch {
        // Cyrillic.
        'а' | 'А' => 'a',
        'в' | 'В' => 'b',
        'с' | 'С' => 'c',
        'ԁ' => 'd',
        'е' | 'Е' | 'ё' | 'Ё' => 'e',
        'н' | 'Н' => 'h',
        'і' | 'І' | 'ї' | 'Ї' => 'i',
        'ј' | 'Ј' => 'j',
        'к' | 'К' => 'k',
        'м' | 'М' => 'm',
        'о' | 'О' => 'o',
        'р' | 'Р' => 'p',
        'ԛ' => 'q',
        'ѕ' | 'Ѕ' => 's',
        'т' | 'Т' => 't',
        'у' | 'У' => 'y',
        'х' | 'Х' => 'x',
        // Greek, capitals above all.
        'α' | 'Α' => 'a',
        'Β' => 'b',
        'ε' | 'Ε' => 'e',
        'Η' => 'h',
        'ι' | 'Ι' => 'i',
        'κ' | 'Κ' => 'k',
        'Μ' => 'm',
        'Ν' => 'n',
        'ο' | 'Ο' => 'o',
        'ρ' | 'Ρ' => 'p',
        'τ' | 'Τ' => 't',
        'υ' | 'Υ' => 'u',
        'χ' | 'Χ' => 'x',
        'Ζ' => 'z',
        // Small capitals and other Latin shapes without a decomposition.
        'ᴀ' => 'a',
        'ʙ' => 'b',
        'ᴄ' => 'c',
        'ᴅ' => 'd',
        'ᴇ' => 'e',
        'ɪ' | 'ı' => 'i',
        'ʟ' => 'l',
        'ᴍ' => 'm',
        'ɴ' => 'n',
        'ᴏ' | 'ø' | 'Ø' => 'o',
        'ᴘ' => 'p',
        'ʀ' => 'r',
        'ꜱ' => 's',
        'ᴛ' => 't',
        'ᴜ' => 'u',
        // White on black, circled and squared.
        '\u{1f150}'..='\u{1f169}' => return letter(ch, 0x1f150),
        '\u{1f170}'..='\u{1f189}' => return letter(ch, 0x1f170),
        _ => return None,
    };
    Some(plain)
}

fn letter(ch: char, first: u32) -> Option<char> {
    char::from_digit(u32::from(ch) - first + 10, 36)
}
