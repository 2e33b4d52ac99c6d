//! Words that cannot be offered for joining, since they ask for something else.

use super::lexicon::distance;
use super::normal::Words;
use super::{Class, classify, lists};

/// Why a join keyword is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collision {
    /// It says nothing: no letter or digit is in it.
    Empty,
    /// It is read as this class by this rule, or by a person who would ask.
    Reads(Class, &'static str),
    /// It begins with a word that revokes. Some providers look no further.
    Begins(&'static str),
    /// One slip of the thumb lies between it and this word that revokes.
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
/// own, and theirs in Spanish and French. Longer than three letters, since
/// three are within a slip of too much.
const REVOKING: &[&str] = &[
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
];

/// Why a word cannot be a join keyword; none where it can.
#[must_use]
pub fn collides(keyword: &str) -> Option<Collision> {
    let words = Words::of(keyword);
    let tokens = words.tokens();
    let Some(first) = tokens.first() else { return Some(Collision::Empty) };
    let found = classify(keyword);
    if found.class != Class::None {
        return Some(Collision::Reads(found.class, found.matched_by));
    }
    if tokens.len() > 1
        && let Some(found) = lists::exact(first).filter(|found| found.class == Class::OptOut && found.confidence >= 1.0)
    {
        return Some(Collision::Begins(found.matched_by));
    }
    let joined = tokens.concat();
    REVOKING.iter().find(|known| distance(joined.as_bytes(), known.as_bytes()) <= 1).map(|known| Collision::Near(known))
}
