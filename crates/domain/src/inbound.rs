//! What an inbound text means before anybody reads it.

use crate::answers;
use crate::complaint::complaint;
use crate::consent::Permits;
use crate::join;
use crate::keyword::{self, Class, Scope};
use crate::language::Language;

/// What is known when a text comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// Whether this address has opted out of this brand.
    pub opted_out: bool,
    /// What the provider took this text for by itself, where it did.
    pub provider_took_for: Option<Class>,
    /// Whether the provider has answered this text by itself.
    pub provider_answered: bool,
    /// Whether we asked something that a digit answers.
    pub survey_open: bool,
    /// Whether we asked, last of all people and programs who choose what to say, whether they want
    /// texts, and its answer still counts.
    pub asked_opt_in: bool,
    /// Which of the inbox's join keywords the text is, where it is one.
    pub join: Option<join::Match>,
    /// Whether the confirmation of their opt-out asked whether order updates shall go on, and its answer
    /// still counts.
    pub asked_scope: bool,
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
    OptIn {
        /// Whether we owe the answer.
        answer: bool,
    },
    /// They asked for help.
    Help {
        /// Whether we owe the brand's help text.
        answer: bool,
    },
    /// They texted a join keyword.
    Join(join::Match),
    /// They said YES to what a join keyword asked.
    Confirm,
    /// Asked which texts they meant, they keep order updates of an opt-out of everything.
    Keep,
    /// Perhaps an opt-out: rest marketing for the address and let a person say.
    Ask,
}

/// A text as understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The class of its intent.
    pub class: Class,
    /// What gave it away.
    pub matched_by: String,
    /// What an opt-out covers.
    pub scope: Scope,
    /// The language of the customer's own words, where they tell.
    pub language: Option<Language>,
    /// What must follow.
    pub effect: Effect,
    /// Whether somebody should answer it. A text that asks for no answer joins
    /// the last conversation without reopening it.
    pub asks_for_answer: bool,
    /// By which of its words it is a complaint, where it is one that somebody should answer.
    pub complaint: Option<&'static str>,
}

/// Reads a text. Pictures always ask for an answer.
#[must_use]
pub fn read(body: &str, media: usize, facts: Facts) -> Reading {
    let intent =
        keyword::classify_in(body, keyword::Context { opted_out: facts.opted_out, asked_opt_in: facts.asked_opt_in });
    let class = together(intent.class, facts);
    // A text has one answer: the provider's, where it gave one for the same wish.
    let owed = !(facts.provider_answered && facts.provider_took_for == Some(class));
    // Only who is out of everything has something to keep. The narrower wish comes before a join keyword's.
    let keeps = facts.opted_out
        && facts.asked_scope
        && media == 0
        && matches!(class, Class::None | Class::Unsure)
        && answers::keeps(body);
    // A keyword asks for nothing else; a provider may have been told to take it for START.
    let join =
        facts.join.filter(|_| !keeps && intent.class == Class::None && matches!(class, Class::None | Class::OptIn));
    let agreed = facts.asked_opt_in && class == Class::OptIn && intent.matched_by == keyword::YES;
    let effect = match class {
        Class::OptIn if agreed => Effect::Confirm,
        // A second STOP changes nothing and is not confirmed again.
        Class::OptOut => Effect::OptOut { confirm: owed && !facts.opted_out },
        Class::OptIn => Effect::OptIn { answer: owed },
        Class::Help => Effect::Help { answer: owed },
        Class::Unsure | Class::None if keeps => Effect::Keep,
        // Who is out already cannot be more so.
        Class::Unsure if facts.opted_out => Effect::None,
        Class::Unsure => Effect::Ask,
        Class::None => Effect::None,
    };
    let effect = join.map_or(effect, Effect::Join);
    let quiet = match effect {
        Effect::OptOut { .. }
        | Effect::OptIn { .. }
        | Effect::Help { .. }
        | Effect::Join(_)
        | Effect::Confirm
        | Effect::Keep => true,
        Effect::Ask => false,
        Effect::None => keyword::is_tapback(body) || (facts.survey_open && keyword::survey_digit(body).is_some()),
    };
    let matched_by = match join {
        Some(found) if found.slip => "typo:join".to_owned(),
        Some(_) => "keyword:join".to_owned(),
        None if keeps => "keyword:keep".to_owned(),
        None if class == intent.class => intent.matched_by.to_owned(),
        None => "provider".to_owned(),
    };
    // What a provider blocks, it blocks for everything.
    let blocked = facts.provider_took_for == Some(Class::OptOut);
    let scope = if blocked { Scope::All } else { intent.scope };
    // Who only asks to stop is told that they are heard; there is nothing to settle.
    let complaint = if quiet { None } else { complaint(body) };
    let language = intent.language.filter(|_| class == intent.class);
    Reading { class, matched_by, scope, language, effect, asks_for_answer: media > 0 || !quiet, complaint }
}

/// Our reading and the provider's as one. An opt-out counts whoever saw it: a
/// provider may know words its own member chose, and blocks the number.
fn together(ours: Class, facts: Facts) -> Class {
    let theirs = facts.provider_took_for.unwrap_or(Class::None);
    match (ours, theirs) {
        (Class::OptOut, _) | (_, Class::OptOut) => Class::OptOut,
        // Providers take a bare YES for START; to a question of ours it is an answer.
        (Class::None | Class::Unsure, Class::OptIn) if !facts.opted_out => ours,
        (Class::Unsure, Class::None) => ours,
        (Class::None | Class::Unsure, theirs) => theirs,
        (ours, _) => ours,
    }
}

/// What an opt-out of a scope withdraws.
#[must_use]
pub const fn withdrawn(scope: Scope) -> Permits {
    match scope {
        Scope::All => Permits::All,
        Scope::Marketing => Permits::Marketing,
        Scope::Orders => Permits::Transactional,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STOP: &str = "please stop texting me";

    #[test]
    fn an_opt_out_is_confirmed_by_whoever_has_not_answered_it() {
        let confirms = |body: &str, facts: Facts| match read(body, 0, facts).effect {
            Effect::OptOut { confirm } => Some(confirm),
            _ => None,
        };
        let answered = Facts { provider_took_for: Some(Class::OptOut), provider_answered: true, ..Facts::default() };
        assert_eq!(confirms("STOP", Facts::default()), Some(true));
        assert_eq!(confirms("STOP", answered), Some(false));
        assert_eq!(confirms(STOP, Facts::default()), Some(true));
        assert_eq!(confirms("STOP", Facts { opted_out: true, ..Facts::default() }), Some(false));
        // The provider blocked the number without a word.
        assert_eq!(confirms("STOP", Facts { provider_answered: false, ..answered }), Some(true));
        // A word that only the provider's member knows.
        let own = read("genug", 0, answered);
        assert_eq!((own.effect, own.matched_by.as_str()), (Effect::OptOut { confirm: false }, "provider"));
        // An answer to something else is none to this.
        let helped = Facts { provider_took_for: Some(Class::Help), provider_answered: true, ..Facts::default() };
        assert_eq!(confirms(STOP, helped), Some(true));
    }

    #[test]
    fn an_opt_out_covers_what_it_names_and_everything_where_the_provider_blocks() {
        let ads = "stop the ads but keep my order updates";
        assert_eq!(read(ads, 0, Facts::default()).scope, Scope::Marketing);
        assert_eq!(read("STOP", 0, Facts::default()).scope, Scope::All);
        let blocked = Facts { provider_took_for: Some(Class::OptOut), ..Facts::default() };
        assert_eq!(read(ads, 0, blocked).scope, Scope::All);
        for scope in [Scope::All, Scope::Marketing, Scope::Orders] {
            let words = answers::Voice::plain("Fern").opt_out(scope, None);
            assert!(words.starts_with("Fern: ") && crate::encoding::measure(&words).parts == 1, "{words}");
        }
    }

    #[test]
    fn yes_is_an_answer_unless_they_had_opted_out() {
        let yes = Facts { provider_took_for: Some(Class::OptIn), provider_answered: true, ..Facts::default() };
        let talk = read("Yes", 0, yes);
        assert_eq!((talk.effect, talk.asks_for_answer), (Effect::None, true));
        let back = read("Yes", 0, Facts { opted_out: true, ..yes });
        assert_eq!((back.effect, back.asks_for_answer), (Effect::OptIn { answer: false }, false));
    }

    #[test]
    fn help_is_answered_once() {
        let helped = Facts { provider_took_for: Some(Class::Help), provider_answered: true, ..Facts::default() };
        assert_eq!(read("HELP", 0, helped).effect, Effect::Help { answer: false });
        assert_eq!(read("HELP", 0, Facts::default()).effect, Effect::Help { answer: true });
    }
}
