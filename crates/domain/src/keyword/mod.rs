//! What an inbound text asks for: to stop, to start again, help, or nothing
//! of the kind.
//!
//! The words that revoke consent by themselves are those of 47 CFR
//! 64.1200(a)(10); the same rule wants any other clear wording honoured too.
//! A missed opt-out harms a customer and the shop more than a needless one, so
//! clear wishes count in any wording. Words about an order, questions about
//! how STOP works, reactions to a text and our own text quoted back do not.

mod bans;
mod classes;
mod french;
mod guards;
mod leaving;
mod lists;
mod normal;
mod phrases;
mod spanish;
mod stopping;
mod survey;
mod tapback;

use serde::Serialize;

use classes::{FILL, POLITE, TRIGGER, classes};
use normal::Words;

pub use survey::survey_digit;
pub use tapback::is_tapback;

/// What a text asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// No more texts.
    OptOut,
    /// Texts again.
    OptIn,
    /// Who is texting and how to stop it.
    Help,
    /// None of these.
    None,
}

impl Class {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OptOut => "opt_out",
            Self::OptIn => "opt_in",
            Self::Help => "help",
            Self::None => "none",
        }
    }
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
}

/// What is known about the customer when a text comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Context {
    /// The customer has opted out of this brand.
    pub opted_out: bool,
    /// Our last text asked whether the customer wants texts.
    pub asked_opt_in: bool,
}

/// Reads a text without knowing anything about the customer.
#[must_use]
pub fn classify(text: &str) -> Intent {
    classify_in(text, Context::default())
}

/// Reads a text. A bare YES opts in only in a context that asks for it.
#[must_use]
pub fn classify_in(text: &str, context: Context) -> Intent {
    if is_tapback(text) {
        return intent(Class::None, "tapback", 1.0);
    }
    let words = Words::of(text);
    let tokens = words.tokens();
    if tokens.is_empty() {
        return if words.stop_sign {
            intent(Class::OptOut, "emoji:stop_sign", 0.7)
        } else {
            intent(Class::None, "no_words", 1.0)
        };
    }
    if let Some(found) = whole(&words, &tokens) {
        return found;
    }
    if (context.opted_out || context.asked_opt_in) && agrees(&tokens, context) {
        return intent(Class::OptIn, "keyword:yes", 1.0);
    }
    let found: Vec<u64> = tokens.iter().map(|token| classes(token)).collect();
    if found.iter().any(|class| class & TRIGGER != 0) {
        phrases::read(&words, &tokens, &found)
    } else {
        intent(Class::None, "no_match", 0.99)
    }
}

fn intent(class: Class, matched_by: &'static str, confidence: f32) -> Intent {
    Intent { class, matched_by, confidence }
}

/// A text that is one of the words and nothing else, but for manners, spacing,
/// punctuation and slips of the thumb.
fn whole(words: &Words, tokens: &[&str]) -> Option<Intent> {
    if let [token] = tokens {
        if let Some(found) = lists::exact(token) {
            return Some(found);
        }
        return lists::slip(token);
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
    let mut named = tokens.iter().filter(|token| classes(token) & POLITE == 0);
    if let (Some(&word), None) = (named.next(), named.next())
        && let Some(found) = lists::exact(word)
    {
        let manners = Intent { confidence: found.confidence * 0.95, ..found };
        return Some(manners);
    }
    // The first line alone, with a signature or the quoted thread below it.
    let first = words.first_line()?;
    match first {
        [token] => lists::exact(&words.text()[token.start..token.end])
            .filter(|found| found.class == Class::OptOut && found.confidence >= 0.95),
        _ => None,
    }
}

/// A bare agreement. After an opt-out only the plain word counts.
fn agrees(tokens: &[&str], context: Context) -> bool {
    let mut named = tokens
        .iter()
        .filter(|token| !matches!(**token, "please" | "pls" | "plz" | "thanks" | "thank" | "you" | "i" | "do"));
    let (Some(&word), None) = (named.next(), named.next()) else {
        return false;
    };
    matches!(word, "yes" | "si" | "oui")
        || (context.asked_opt_in && matches!(word, "y" | "yep" | "yeah" | "yess" | "yesss" | "agree"))
}

/// Whether every class is that of a word that changes nothing.
fn only_fill(classes: &[u64]) -> bool {
    classes.iter().all(|class| class & (FILL | POLITE) != 0)
}
