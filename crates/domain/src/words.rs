//! The words of a text as search keeps and asks for them.
//!
//! Both databases index the same tokens: SQLite's FTS5 and PostgreSQL's
//! `simple` text search are given words that are already cut and folded, so
//! that a question has one answer whichever of them is asked.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The most characters of a token; a longer word keeps its start.
pub const LONGEST: usize = 40;

/// The most terms of a question; more would only slow it.
pub const MOST_TERMS: usize = 16;

/// The tokens of a text for the index, in their order.
///
/// Lower case, compatibility forms composed, accents folded, cut at everything
/// that is neither letter nor digit. What looks like a phone number also gives
/// its digits in one piece, its national form and its last seven and four;
/// these stand at the end, so that the words keep their neighbours.
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    let cut = cut(text);
    let mut found: Vec<String> = Vec::with_capacity(cut.len());
    let numbers = numbers(&cut);
    let mut extra: Vec<String> = Vec::new();
    for number in &numbers {
        let digits = number.digits.as_str();
        let mut forms = vec![digits, national(digits)];
        if digits.len() >= 10 {
            forms.push(&digits[digits.len() - 7..]);
        }
        forms.push(&digits[digits.len() - 4..]);
        for form in forms {
            if !cut[number.from..number.until].iter().any(|token| token.text == form)
                && !extra.iter().any(|known| known == form)
            {
                extra.push(form.to_owned());
            }
        }
    }
    found.extend(cut.into_iter().map(|token| token.text));
    found.append(&mut extra);
    found
}

/// What a person searches for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Tokens that must all be there.
    pub all: Vec<String>,
    /// Whether the last of `all` is still being typed and is the start of a
    /// word rather than a whole one.
    pub prefix_last: bool,
    /// Rows of tokens that must stand next to each other, each of at least two.
    pub phrases: Vec<Vec<String>>,
}

impl Query {
    /// Whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.phrases.is_empty()
    }
}

/// Reads a question as typed: words, and phrases in quotation marks.
///
/// A phone number becomes one term in the form the index keeps, however it is
/// written. The last word counts as a start unless something follows it.
#[must_use]
pub fn query(text: &str) -> Query {
    let mut asked = Query::default();
    let mut room = MOST_TERMS;
    let straight = text.replace(['“', '”', '„', '«', '»'], "\"");
    let mut pieces = straight.split('"').enumerate().peekable();
    while let Some((place, piece)) = pieces.next() {
        // Every second piece was quoted, unless its closing mark is missing.
        let quoted = place % 2 == 1 && pieces.peek().is_some();
        let terms = if quoted { cut(piece).into_iter().map(|token| token.text).collect() } else { asked_terms(piece) };
        let terms: Vec<String> = terms.into_iter().take(room).collect();
        room -= terms.len();
        asked.prefix_last = !quoted && piece.ends_with(char::is_alphanumeric) && !terms.is_empty();
        if quoted && terms.len() > 1 {
            asked.phrases.push(terms);
            continue;
        }
        for term in terms {
            // A word asked twice moves to the end, where it may be a start.
            asked.all.retain(|known| *known != term);
            asked.all.push(term);
        }
    }
    asked
}

/// The terms of an unquoted piece: numbers in one piece, words as they are.
fn asked_terms(piece: &str) -> Vec<String> {
    let cut = cut(piece);
    let numbers = numbers(&cut);
    let mut terms = Vec::with_capacity(cut.len());
    let mut at = 0;
    while at < cut.len() {
        if let Some(number) = numbers.iter().find(|number| number.from == at) {
            terms.push(national(&number.digits).to_owned());
            at = number.until;
        } else {
            terms.push(cut[at].text.clone());
            at += 1;
        }
    }
    terms
}

/// A token and what stood between it and the one before.
struct Token {
    text: String,
    /// Whether it is digits alone.
    digits: bool,
    gap: Gap,
}

/// What stands before a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// Anything that no phone number has inside.
    Far,
    /// A plus sign, after anything.
    Plus,
    /// At most three of space, dash, dot, slash and bracket, one a space.
    Space,
    /// The same without a space.
    Mark,
}

fn cut(text: &str) -> Vec<Token> {
    let mut cutter = Cutter::default();
    for ch in text.nfkc() {
        cutter.add(ch);
    }
    cutter.finish();
    cutter.tokens
}

#[derive(Default)]
struct Cutter {
    tokens: Vec<Token>,
    word: String,
    length: usize,
    gap: String,
    broken: bool,
}

impl Cutter {
    fn add(&mut self, ch: char) {
        if ch.is_ascii_alphanumeric() {
            self.push(ch.to_ascii_lowercase());
        } else if ch.is_ascii() {
            // don't is one word, and found by dont.
            if ch != '\'' || self.word.is_empty() {
                self.mark(ch);
            }
        } else if matches!(ch, '’' | 'ʼ' | '\u{ad}' | '\u{200c}' | '\u{200d}') || is_combining_mark(ch) {
            // Nothing that ends a word.
        } else if !ch.is_alphanumeric() {
            self.mark(if ch.is_whitespace() { ' ' } else { ch });
        } else if ideograph(ch) {
            // Written without spaces: each sign is a token of its own.
            self.finish();
            self.push(ch);
            self.finish();
        } else {
            for lower in ch.to_lowercase() {
                self.fold(lower);
            }
        }
    }

    /// A letter without its accents.
    fn fold(&mut self, ch: char) {
        let mut parts = std::iter::once(ch).nfd();
        let base = match parts.next() {
            // What decomposes into more than marks, as Hangul does, stays whole.
            Some(base) if parts.all(is_combining_mark) => base,
            _ => ch,
        };
        let plain = match base {
            'ß' => "ss",
            'æ' => "ae",
            'œ' => "oe",
            'ø' => "o",
            'ł' => "l",
            'đ' | 'ð' => "d",
            'þ' => "th",
            'ı' => "i",
            _ if is_combining_mark(base) => return,
            _ => return self.push(base),
        };
        plain.chars().for_each(|plain| self.push(plain));
    }

    fn push(&mut self, ch: char) {
        self.length += 1;
        if self.length <= LONGEST {
            self.word.push(ch);
        }
    }

    fn mark(&mut self, ch: char) {
        self.finish();
        if self.gap.len() >= 3 {
            self.broken = true;
            self.gap.clear();
        }
        self.gap.push(ch);
    }

    fn finish(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let inside = |ch: char| matches!(ch, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2013}');
        let gap = match self.gap.as_str() {
            gap if gap.ends_with('+') || gap.ends_with("+(") => Gap::Plus,
            gap if self.broken || gap.is_empty() || !gap.chars().all(inside) => Gap::Far,
            gap if gap.contains(' ') => Gap::Space,
            _ => Gap::Mark,
        };
        self.tokens.push(Token {
            digits: self.length <= LONGEST && self.word.bytes().all(|byte| byte.is_ascii_digit()),
            text: std::mem::take(&mut self.word),
            gap,
        });
        self.length = 0;
        self.gap.clear();
        self.broken = false;
    }
}

fn ideograph(ch: char) -> bool {
    matches!(ch, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// A run of tokens that reads as one number.
struct Number {
    from: usize,
    until: usize,
    digits: String,
}

/// Every run of 7 to 15 digits that looks like a phone number: after a plus, in
/// the North American shape, joined by marks without spaces, or in one piece.
fn numbers(tokens: &[Token]) -> Vec<Number> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let until = [abroad(tokens, at), nanp(tokens, at), joined(tokens, at)].into_iter().flatten().next();
        let Some(until) = until else {
            at += 1;
            continue;
        };
        let digits: String = tokens[at..until].iter().map(|token| token.text.as_str()).collect();
        found.push(Number { from: at, until, digits });
        at = until;
    }
    found
}

/// Where a run ends that starts at a token and goes on over the given gaps
/// while it has at most 15 digits; `None` where it has fewer than 7.
fn run(tokens: &[Token], at: usize, gaps: &[Gap]) -> Option<usize> {
    let mut total = 0;
    let mut until = at;
    for (place, token) in tokens.iter().enumerate().skip(at) {
        let goes_on = token.digits && (place == at || gaps.contains(&token.gap));
        if !goes_on || total + token.text.len() > 15 {
            break;
        }
        total += token.text.len();
        until = place + 1;
    }
    (total >= 7).then_some(until)
}

fn abroad(tokens: &[Token], at: usize) -> Option<usize> {
    (tokens[at].gap == Gap::Plus).then(|| run(tokens, at, &[Gap::Space, Gap::Mark]))?
}

fn nanp(tokens: &[Token], at: usize) -> Option<usize> {
    let shape = |lengths: &[usize]| {
        let run = tokens.get(at..at + lengths.len())?;
        let fits = run.iter().zip(lengths).enumerate().all(|(place, (token, length))| {
            token.digits && token.text.len() == *length && (place == 0 || token.gap != Gap::Far)
        });
        fits.then_some(at + lengths.len())
    };
    shape(&[3, 3, 4]).or_else(|| (tokens[at].text == "1").then(|| shape(&[1, 3, 3, 4]))?)
}

fn joined(tokens: &[Token], at: usize) -> Option<usize> {
    run(tokens, at, &[Gap::Mark])
}

/// The digits without the 1 of North America.
fn national(digits: &str) -> &str {
    match digits.strip_prefix('1') {
        Some(national) if national.len() == 10 => national,
        _ => digits,
    }
}
