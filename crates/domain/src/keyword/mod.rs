//! What an inbound text asks for: to stop, to start again, help, or nothing
//! of the kind.
//!
//! The words that revoke consent by themselves are those of 47 CFR
//! 64.1200(a)(10); the same rule wants any other clear wording honoured too.
//! A missed opt-out harms a customer and the shop more than a needless one, so
//! clear wishes count in any wording. Words about an order, questions about
//! how STOP works, reactions to a text and our own text quoted back do not.

mod collision;
mod features;
mod judge;
mod lexicon;
mod lists;
mod model;
mod normal;
mod pattern;
mod pieces;
mod sentence;
mod survey;
mod tapback;
mod topics;

use std::sync::OnceLock;

use serde::Serialize;

use crate::language::Language;
use lexicon::Lexicon;
use normal::Words;
use pattern::Patterns;
use sentence::Marks;
use topics::Topics;

pub(crate) use collision::near_reserved;
pub use collision::{Collision, collides};
pub use judge::{Guard, Layers, layers};
pub use model::Weights;
pub use survey::survey_digit;
pub use tapback::is_tapback;

/// What a text asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// No more texts.
    OptOut,
    /// Texts again.
    OptIn,
    /// Who is texting and how to stop it.
    Help,
    /// Probably no more texts. Marketing rests until a person has read it.
    Unsure,
    /// None of these.
    None,
}

impl Class {
    /// The name on the wire, which knows four: an unsure text is `none`, and
    /// its `matched_by` says that it is unsure.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OptOut => "opt_out",
            Self::OptIn => "opt_in",
            Self::Help => "help",
            Self::Unsure | Self::None => "none",
        }
    }
}

impl Serialize for Class {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What an opt-out covers, in the customer's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Scope {
    /// Everything: what a wish means that names nothing to keep.
    #[default]
    All,
    /// Marketing; news of orders may go on: "stop the ads, keep the tracking".
    Marketing,
    /// News of orders; marketing may go on.
    Orders,
}

/// The reading of one text.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Intent {
    /// What it asks for.
    pub class: Class,
    /// The rule that decided, such as `keyword:stop` or `phrase:remove_me`.
    pub matched_by: &'static str,
    /// From 0 to 1. The words of the law are 1; a guess at a typo is less.
    pub confidence: f32,
    /// What an opt-out covers.
    #[serde(skip)]
    pub scope: Scope,
    /// The language of the customer's own words, where they tell.
    #[serde(skip)]
    pub language: Option<Language>,
}

impl Intent {
    fn new(class: Class, matched_by: &'static str, confidence: f32) -> Self {
        Self { class, matched_by, confidence, scope: Scope::All, language: None }
    }

    /// Whether this reading comes before another of the same text. A wish to
    /// stop comes before all others.
    fn outweighs(&self, other: &Self) -> bool {
        let rank = |class: Class| match class {
            Class::OptOut => 4,
            Class::OptIn => 3,
            Class::Help => 2,
            Class::Unsure => 1,
            Class::None => 0,
        };
        (rank(self.class), self.confidence) > (rank(other.class), other.confidence)
    }
}

/// What is known about the customer when a text comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Context {
    /// The customer has opted out of this brand.
    pub opted_out: bool,
    /// Our last text asked whether the customer wants texts.
    pub asked_opt_in: bool,
}

/// The rule by which a bare YES opts in, where it answers something.
pub const YES: &str = "keyword:yes";

/// Reads a text without knowing anything about the customer.
#[must_use]
pub fn classify(text: &str) -> Intent {
    classify_in(text, Context::default())
}

/// Reads a text. A bare YES opts in only in a context that asks for it.
#[must_use]
pub fn classify_in(text: &str, context: Context) -> Intent {
    let found = asks(text, context);
    Intent { language: language(text, &found), ..found }
}

/// The language of the words that ask for something. The words of the law and of carriers, such as STOP
/// and HELP, are told to customers in every language and tell nothing.
fn language(text: &str, found: &Intent) -> Option<Language> {
    match (found.class, found.matched_by) {
        (Class::None, _) => None,
        (_, "keyword:es") => Some(Language::Spanish),
        (_, "keyword:fr") => Some(Language::French),
        _ => Language::of_words(text).or(found.language),
    }
}

fn asks(text: &str, context: Context) -> Intent {
    if is_tapback(text) {
        return Intent::new(Class::None, "tapback", 1.0);
    }
    let words = Words::of(text);
    let tokens = words.tokens();
    if tokens.is_empty() {
        return if words.stop_sign {
            Intent::new(Class::OptOut, "emoji:stop_sign", 0.7)
        } else {
            Intent::new(Class::None, "no_words", 1.0)
        };
    }
    let book = book();
    if let Some(found) = whole(&words, &tokens, &book.lexicon) {
        return found;
    }
    if (context.opted_out || context.asked_opt_in) && agrees(&tokens, context) {
        return Intent::new(Class::OptIn, YES, 1.0);
    }
    let layers = book.layers(text, &words);
    let found = layers.judged(book.weights.odds(&layers.features));
    by_sign(&words, &tokens, &found).unwrap_or(found)
}

/// "No 🛑": the sign says what its few words do not.
fn by_sign(words: &Words, tokens: &[&str], found: &Intent) -> Option<Intent> {
    let says = words.stop_sign && tokens.len() <= 3 && matches!(found.class, Class::None | Class::Unsure);
    says.then(|| Intent::new(Class::OptOut, "emoji:stop_sign", 0.7))
}

/// Everything the rules are made of, read once.
struct Book {
    lexicon: Lexicon,
    patterns: Patterns,
    marks: Marks,
    topics: Topics,
    weights: Weights,
}

/// The rows of every language. All are tried on every text: customers mix.
const ROWS: &[(&str, Option<Language>)] = &[
    (include_str!("../../data/intent/english.txt"), Some(Language::English)),
    (include_str!("../../data/intent/spanish.txt"), Some(Language::Spanish)),
    (include_str!("../../data/intent/french.txt"), Some(Language::French)),
    (include_str!("../../data/intent/others.txt"), None),
];

/// Reads the book now, so that no text has to wait for it: it takes as long as some thousand texts.
pub fn read_ahead() {
    book();
}

fn book() -> &'static Book {
    static BOOK: OnceLock<Book> = OnceLock::new();
    BOOK.get_or_init(|| written().0)
}

/// The book, and what in its files could not be read.
fn written() -> (Book, Vec<String>) {
    let (mut lexicon, mut wrong) = Lexicon::read();
    let marks = Marks::of(&mut lexicon);
    let (patterns, unread) = Patterns::read(ROWS, &mut lexicon);
    wrong.extend(unread);
    let (topics, unread) = Topics::read();
    wrong.extend(unread);
    let (weights, unread) = Weights::read();
    wrong.extend(unread);
    (Book { lexicon, patterns, marks, topics, weights }, wrong)
}

/// A text that is one of the words and nothing else, but for manners, spacing,
/// punctuation and slips of the thumb.
fn whole(words: &Words, tokens: &[&str], lexicon: &Lexicon) -> Option<Intent> {
    if let [token] = tokens {
        return lists::exact(token).or_else(|| lists::slip(token));
    }
    // "opt out", "un subscribe", "s t o p": the words with spaces in them.
    // Two words are joined only where no other reading is near.
    let letters = tokens.iter().all(|token| token.chars().nth(1).is_none());
    if tokens.len() <= 12 && (letters || tokens.len() <= 3) {
        let joined: String = tokens.concat();
        if letters && let Some(found) = lists::exact(&joined) {
            return Some(found);
        }
        if let Some(found) = lists::spaced(&joined) {
            return Some(found);
        }
    }
    // "please help", "start please", "cancel, thank you".
    let polite = lexicon.classes(&["polite"]);
    let mannerly = |token: &str| {
        let mut numbers = Vec::new();
        lexicon.numbers(token, &mut numbers);
        numbers.iter().all(|&id| lexicon.bits(id) & polite != 0) || token == "you"
    };
    let mut named = tokens.iter().filter(|token| !mannerly(token));
    if let (Some(&word), None) = (named.next(), named.next())
        && let Some(found) = lists::exact(word)
    {
        let manners = Intent { confidence: found.confidence * 0.95, ..found };
        return Some(manners);
    }
    // A line of its own, with a signature, a subject or the quoted thread around it.
    words.lone_lines().find_map(|(word, first)| {
        let found = lists::exact(word).filter(|found| found.class == Class::OptOut && found.confidence >= 0.95)?;
        (first || matches!(word, "stop" | "unsubscribe" | "stopall" | "optout")).then_some(found)
    })
}

/// A word that changes nothing about what the others ask for.
pub(crate) fn is_manners(token: &str) -> bool {
    matches!(
        token,
        "please" | "pls" | "plz" | "thanks" | "thank" | "you" | "por" | "favor" | "gracias" | "svp" | "merci"
    )
}

/// The words of a text in the form in which they are recognised: lower case, without accents, marks,
/// emoji and look-alike letters.
pub(crate) fn plain_words(text: &str) -> Vec<String> {
    Words::of(text).tokens().into_iter().map(str::to_owned).collect()
}

/// How many slips of the thumb (a letter more, less, other, or two swapped) lie between two plain
/// words; 3 stands for more than two.
pub(crate) fn slips_between(one: &str, other: &str) -> usize {
    lexicon::distance(one.as_bytes(), other.as_bytes())
}

/// Whether a text would be a YES where one is asked for: most texts are not, and what was asked
/// need not be looked up for them.
#[must_use]
pub fn could_agree(text: &str) -> bool {
    let words = Words::of(text);
    agrees(&words.tokens(), Context { opted_out: false, asked_opt_in: true })
}

/// A bare agreement. After an opt-out only the plain word counts; what we asked is answered by any
/// of the usual ones, in English, Spanish and French.
fn agrees(tokens: &[&str], context: Context) -> bool {
    let named: Vec<&str> = tokens
        .iter()
        .copied()
        .filter(|token| !is_manners(token) && !matches!(*token, "i" | "do" | "je" | "yo"))
        .collect();
    let plain = |word: &str| matches!(word, "yes" | "si" | "oui");
    if let [word] = named.as_slice()
        && plain(word)
    {
        return true;
    }
    context.asked_opt_in && (1..=3).contains(&named.len()) && named.iter().all(|word| plain(word) || usual_yes(word))
}

fn usual_yes(word: &str) -> bool {
    matches!(
        word,
        "y" | "ye"
            | "yep"
            | "yeah"
            | "yea"
            | "yup"
            | "yess"
            | "yesss"
            | "sure"
            | "ok"
            | "okay"
            | "agree"
            | "agreed"
            | "confirm"
            | "confirmed"
            | "accept"
            | "claro"
            | "vale"
            | "acepto"
            | "confirmo"
            | "dale"
            | "ouais"
            | "daccord"
            | "accepte"
            | "jaccepte"
            | "confirme"
            | "jeconfirme"
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_line_of_the_files_is_read() {
        let (book, wrong) = super::written();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(book.patterns.all.len() > 300);
    }
}
