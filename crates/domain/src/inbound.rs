//! What an inbound text means before anybody reads it.

use crate::keyword::{self, Class};

/// What is known when a text comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// Whether this address has opted out of this brand.
    pub opted_out: bool,
    /// Whether the provider answers STOP by itself.
    pub provider_answers_stop: bool,
    /// Whether we asked something that a digit answers.
    pub survey_open: bool,
}

/// What must follow from a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing by itself.
    None,
    /// Suppress the address, and confirm it once unless somebody else does.
    OptOut {
        /// Whether we owe the confirmation.
        confirm: bool,
    },
    /// Lift the suppression of the address.
    OptIn,
    /// Answer with the brand's help text.
    Help,
}

/// A text as understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The class of its intent.
    pub class: Class,
    /// What gave it away.
    pub matched_by: String,
    /// What must follow.
    pub effect: Effect,
    /// Whether somebody should answer it. A text that asks for no answer joins
    /// the last conversation without reopening it.
    pub asks_for_answer: bool,
}

/// Reads a text. Pictures always ask for an answer.
#[must_use]
pub fn read(body: &str, media: usize, facts: Facts) -> Reading {
    let intent = keyword::classify_in(body, keyword::Context { opted_out: facts.opted_out, asked_opt_in: false });
    let effect = match intent.class {
        // A second STOP changes nothing and is not confirmed again.
        Class::OptOut => Effect::OptOut { confirm: !facts.opted_out && !facts.provider_answers_stop },
        Class::OptIn => Effect::OptIn,
        Class::Help => Effect::Help,
        Class::None => Effect::None,
    };
    let quiet = match effect {
        Effect::OptOut { .. } | Effect::OptIn | Effect::Help => true,
        Effect::None => keyword::is_tapback(body) || (facts.survey_open && keyword::survey_digit(body).is_some()),
    };
    Reading {
        class: intent.class,
        matched_by: intent.matched_by.to_string(),
        effect,
        asks_for_answer: media > 0 || !quiet,
    }
}

/// The single confirmation of an opt-out: names the brand and says how to return.
#[must_use]
pub fn opt_out_confirmation(brand: &str) -> String {
    format!("{brand}: You are unsubscribed and will get no more texts. Reply START to rejoin.")
}

/// The answer to START.
#[must_use]
pub fn opt_in_confirmation(brand: &str) -> String {
    format!("{brand}: Welcome back. You will get texts from us again. Reply HELP for help, STOP to cancel.")
}

/// The answer to HELP. `contact` is the shop's own wording, possibly empty.
#[must_use]
pub fn help_answer(brand: &str, contact: &str) -> String {
    let contact = contact.trim();
    if contact.is_empty() {
        format!("{brand}: Text us your question and a person will answer. Reply STOP to cancel.")
    } else {
        format!("{brand}: {contact} Reply STOP to cancel.")
    }
}
