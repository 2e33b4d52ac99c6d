//! One sentence: its words by number, and what takes a wish in it back.

use super::features::Features;
use super::lexicon::{Bits, Lexicon};
use super::normal::{Token, Words};
use super::pattern::{Kind, Pattern, Patterns};
use super::{Class, Intent, Scope};

/// One word as the rules see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    /// Its number in the lexicon; 0 is a word we do not know.
    pub(super) id: u16,
    pub(super) bits: Bits,
    /// As it was written, in plain letters.
    pub(super) text: &'a str,
    /// A comma stands before it.
    pub(super) comma: bool,
    /// It may be somebody's name.
    pub(super) name: bool,
}

/// What one sentence asks for.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Asked {
    pub(super) best: Option<Intent>,
    /// It speaks about the words themselves, so that a lone STOP after it is
    /// what it spoke about.
    pub(super) about: Option<&'static str>,
    pub(super) scope: Option<Scope>,
    /// Steps of rows that were tried.
    pub(super) steps: u32,
}

/// Numbers that the guards look for.
#[derive(Debug, Default)]
pub(super) struct Marks {
    order: Bits,
    texts: Bits,
    common: Bits,
    cues: Bits,
    praise: Bits,
    passes: Bits,
    fill: Bits,
    digits: Bits,
    know: u16,
    negations: [u16; 4],
    others: [u16; 5],
    not: u16,
    before_not: [u16; 5],
}

impl Marks {
    pub(super) fn of(lexicon: &mut Lexicon) -> Self {
        Self {
            order: lexicon.classes(&["order", "cosa"]),
            texts: lexicon.classes(&["textn", "texting", "textx"]),
            common: lexicon.classes(&["common", "fill", "order", "number", "email", "polite"]),
            cues: lexicon.classes(&[
                "strong", "stop", "unsub", "opt", "textn", "texting", "textx", "list", "desabo", "consent", "cue",
            ]),
            praise: lexicon.classes(&["praise"]),
            passes: lexicon.classes(&["passes"]),
            fill: lexicon.classes(&["fill"]),
            digits: lexicon.classes(&["digits"]),
            know: lexicon.word("know"),
            negations: ["dont", "never", "didnt", "non"].map(|word| lexicon.word(word)),
            others: ["you", "they", "yall", "if", "why"].map(|word| lexicon.word(word)),
            not: lexicon.word("not"),
            before_not: ["please", "to", "im", "am", "do"].map(|word| lexicon.word(word)),
        }
    }

    /// Whether the whole text speaks of an order and nowhere of texts.
    pub(super) fn about_order(&self, words: &[Word<'_>]) -> bool {
        let all = words.iter().fold(0, |all, word| all | word.bits);
        all & self.order != 0 && all & self.texts == 0
    }

    /// Whether a word is one that most wishes to stop texts need.
    pub(super) fn cue(&self, word: &Word<'_>) -> bool {
        word.bits & self.cues != 0
    }

    /// Whether a word is of an order.
    pub(super) fn orders(&self, word: &Word<'_>) -> bool {
        word.bits & self.order != 0
    }

    /// Whether a word praises.
    pub(super) fn praises(&self, word: &Word<'_>) -> bool {
        word.bits & self.praise != 0
    }

    /// The classes of a number: a small one changes no wish, one of three digits and more may
    /// be a phone's or a part of it.
    fn numeral(&self, word: &str) -> Bits {
        let long = word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
        let small = if counts(word) { self.fill } else { 0 };
        if long { small | self.digits } else { small }
    }

    /// Whether a negation before a place takes back what stands there.
    fn denied(&self, words: &[Word<'_>], at: usize) -> bool {
        let start = at.saturating_sub(4);
        (start..at).any(|place| {
            let id = words[place].id;
            let subject = place.checked_sub(1).map(|before| words[before].id);
            let after_comma = words[place + 1..=at].iter().any(|word| word.comma);
            let passes = words[place + 1..at].iter().all(|word| word.bits & self.passes != 0);
            let other = subject.is_some_and(|subject| self.others.contains(&subject));
            let negated = self.negations.contains(&id) && !other && words[place + 1].id != self.know
                || (id == self.not && subject.is_some_and(|subject| self.before_not.contains(&subject)));
            negated && passes && !after_comma && id != 0
        })
    }
}

/// The words of a text by sentence, each with whether it is a question.
pub(super) fn sentences<'a>(words: &'a Words, lexicon: &Lexicon, marks: &Marks) -> Vec<(Vec<Word<'a>>, bool)> {
    let spans = words.spans();
    words
        .sentences()
        .into_iter()
        .map(|(range, question)| (sentence(words.text(), &spans[range], lexicon, marks), question))
        .collect()
}

fn sentence<'a>(text: &'a str, spans: &[Token], lexicon: &Lexicon, marks: &Marks) -> Vec<Word<'a>> {
    let mut found: Vec<Word<'a>> = Vec::with_capacity(spans.len() + 4);
    let mut numbers = Vec::with_capacity(4);
    for span in spans {
        let text = &text[span.start..span.end];
        numbers.clear();
        lexicon.numbers(text, &mut numbers);
        for (place, &id) in numbers.iter().enumerate() {
            // "STOP x10", "for the 3rd time": a small number changes no wish.
            let bits = if id == 0 { marks.numeral(text) } else { lexicon.bits(id) };
            let word = Word {
                id,
                bits,
                text,
                comma: span.comma && place == 0,
                name: span.capital && !found.is_empty() && bits & marks.common == 0,
            };
            match found.last_mut() {
                Some(last) if !word.comma => match lexicon.pair(last.id, id) {
                    Some(one) => {
                        let bits = lexicon.bits(one);
                        *last = Word { id: one, bits, name: false, ..*last };
                    }
                    None => found.push(word),
                },
                _ => found.push(word),
            }
        }
    }
    found
}

/// Whether a word is a small number: 10, x3, 2nd.
fn counts(word: &str) -> bool {
    let number = word.strip_prefix('x').unwrap_or(word);
    let number = ["th", "st", "nd", "rd", "x"].iter().find_map(|end| number.strip_suffix(end)).unwrap_or(number);
    (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads one sentence of a text; `place` is which of how many it is.
pub(super) fn read(
    words: &[Word<'_>],
    question: bool,
    place: (usize, usize),
    about_order: bool,
    patterns: &Patterns,
    marks: &Marks,
    features: &mut Features,
) -> Asked {
    let mut asked = Asked::default();
    let mut wishes: Vec<(&Pattern, usize, usize)> = Vec::new();
    let mut taken: Vec<(usize, usize)> = Vec::new();
    let steps = patterns.matches(words, |pattern, start, end| {
        // What a row reads as a wish is not shown to the model, which is to learn
        // from the words alone: it is asked where no row matches.
        if matches!(pattern.kind, Kind::Not | Kind::Hush) {
            features.row(pattern.name);
        }
        match pattern.kind {
            Kind::Hush => asked.about = Some(pattern.name),
            Kind::Not => taken.push((start, end)),
            Kind::Marketing => asked.scope = Some(Scope::Marketing),
            Kind::Orders => asked.scope = Some(Scope::Orders),
            Kind::OptOut | Kind::OptIn | Kind::Help | Kind::Unsure => {
                let (at, of) = place;
                let barred = pattern.no_question && question
                    || pattern.no_order && about_order
                    || pattern.last && at + 1 < of
                    || pattern.alone && of > 1;
                if !barred {
                    wishes.push((pattern, start, end));
                }
            }
        }
    });
    asked.steps = steps;
    for (pattern, start, end) in wishes {
        let overlaps = taken.iter().any(|&(from, to)| from < end && start < to);
        let unsure = pattern.kind == Kind::Unsure;
        let about = asked.about.is_some() && pattern.kind == Kind::OptOut && !pattern.over;
        if (overlaps && !unsure && !pattern.firm) || about || (!pattern.free && !unsure && marks.denied(words, start)) {
            continue;
        }
        let class = match pattern.kind {
            Kind::OptOut => Class::OptOut,
            Kind::OptIn => Class::OptIn,
            Kind::Help => Class::Help,
            Kind::Unsure | Kind::Not | Kind::Hush | Kind::Marketing | Kind::Orders => Class::Unsure,
        };
        let found = Intent { language: pattern.language, ..Intent::new(class, pattern.name, pattern.confidence) };
        if asked.best.is_none_or(|best| found.outweighs(&best)) {
            asked.best = Some(found);
        }
    }
    asked
}
