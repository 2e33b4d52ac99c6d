//! Words that cannot be offered for joining, since they ask for something else.

use super::lexicon::distance;
use super::normal::Words;
use super::{Class, Context, classify_in, lists};

/// Why a join keyword is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collision {
    /// It says nothing: no letter or digit is in it.
    Empty,
    /// It is read as this class by this rule, or by a person who would ask.
    Reads(Class, &'static str),
    /// It begins with a word that revokes. Some providers look no further.
    Begins(&'static str),
    /// One slip of the thumb lies between it and this word that asks for something else.
    Near(&'static str),
}

impl Collision {
    /// The stable code of the refusal.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "keyword_empty",
            Self::Reads(..) => "keyword_reserved",
            Self::Begins(_) => "keyword_begins_reserved",
            Self::Near(_) => "keyword_near_reserved",
        }
    }
}

/// The words that revoke by themselves: 47 CFR 64.1200(a)(10), the providers'
/// own, and theirs in Spanish and French; then those that ask for texts again and
/// for help. Longer than three letters, since three are within a slip of too much.
const RESERVED: &[&str] = &[
    "stop",
    "stopall",
    "quit",
    "cancel",
    "revoke",
    "optout",
    "unsubscribe",
    "alto",
    "baja",
    "parar",
    "arret",
    "desabonner",
    "remove",
    "cancelar",
    "arreter",
    "start",
    "unstop",
    "subscribe",
    "resubscribe",
    "iniciar",
    "comenzar",
    "empezar",
    "alta",
    "commencer",
    "reprendre",
    "reabonner",
    "help",
    "info",
    "ayuda",
    "aide",
];

/// How sure a word must be to opt out for nothing to begin with it: sure enough for those of every language, "REMOVE"
/// and "ARRÊTEZ" among them, and not for what is more often a word like others ("leave", "para").
const BEGINS: f32 = 0.9;

/// What a bare YES answers to: a word that agrees must not be a join keyword either.
const ANSWERING: Context = Context { opted_out: true, asked_opt_in: true };

/// Why a word cannot be a join keyword; none where it can.
#[must_use]
pub fn collides(keyword: &str) -> Option<Collision> {
    let words = Words::of(keyword);
    let tokens = words.tokens();
    let Some(first) = tokens.first() else { return Some(Collision::Empty) };
    let found = classify_in(keyword, ANSWERING);
    if found.class != Class::None {
        return Some(Collision::Reads(found.class, found.matched_by));
    }
    if tokens.len() > 1
        && let Some(found) =
            lists::exact(first).filter(|found| found.class == Class::OptOut && found.confidence >= BEGINS)
    {
        return Some(Collision::Begins(found.matched_by));
    }
    near_reserved(&tokens.concat()).map(Collision::Near)
}

/// The word that asks for something else from which a plain word is one slip of the thumb away, or none.
#[must_use]
pub(crate) fn near_reserved(plain: &str) -> Option<&'static str> {
    RESERVED.iter().find(|known| distance(plain.as_bytes(), known.as_bytes()) <= 1).copied()
}
