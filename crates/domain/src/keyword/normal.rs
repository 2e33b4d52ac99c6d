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
    line: u16,
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
        words
    }

    /// All words joined without anything between them; tokens point into it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn tokens(&self) -> Vec<&str> {
        self.spans.iter().map(|token| &self.text[token.start..token.end]).collect()
    }

    /// The words of the first line, where there are more lines with words.
    pub(super) fn first_line(&self) -> Option<&[Token]> {
        let first = self.spans.first()?.line;
        let end = self.spans.iter().position(|token| token.line != first)?;
        Some(&self.spans[..end])
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
            self.text.push(ch.to_ascii_lowercase());
            return;
        }
        match ch {
            // don't and dont are one word; so are won’t and wont.
            '\'' | '’' | '‘' | 'ʼ' | '´' | '`' | '\u{ff07}' => {}
            '\n' | '\u{2028}' | '\u{2029}' => {
                self.finish(reader);
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
        if self.text.len() > reader.start {
            self.spans.push(Token {
                start: reader.start,
                end: self.text.len(),
                sentence: reader.sentence,
                line: reader.line,
            });
            reader.start = self.text.len();
        }
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
}

/// Marks with no shape of their own, inside a word or not.
fn unseen(ch: char) -> bool {
    matches!(ch, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
        || is_combining_mark(ch)
}

/// The Latin letter that a letter of another alphabet is written for. Whole
/// words of those alphabets are folded too; no word of theirs becomes one of
/// ours by it.
fn lookalike(ch: char) -> Option<char> {
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
