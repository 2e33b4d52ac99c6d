//! The one question that the confirmation of an opt-out may ask: whether order updates shall go on.
//!
//! 47 CFR 64.1200(a)(12) lets the confirmation ask which texts the customer meant, where they had agreed to
//! several kinds; whoever does not answer has ended all of them. So the opt-out covers everything from the
//! first instant, and only the exact word narrows it, while its time runs.

use crate::join::plain;
use crate::keyword::{self, Scope};
use crate::language::Language;

/// What a customer had from the brand before they left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Had {
    /// They had agreed to marketing.
    pub marketing: bool,
    /// They got texts about orders, or had agreed to them.
    pub orders: bool,
}

/// A question that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// For how many hours its answer counts.
    pub hours: i64,
}

impl Question {
    /// Whether the confirmation asks. `hours` is the workspace's choice, 0 where it does not want to. It never
    /// asks who named what they meant, nor who had one kind of texts alone, nor where the provider blocks
    /// the number by itself: no answer to us would end that.
    #[must_use]
    pub const fn of(hours: i64, scope: Scope, provider_blocks: bool, had: Had) -> Option<Self> {
        let all = matches!(scope, Scope::All);
        if hours > 0 && all && !provider_blocks && had.marketing && had.orders { Some(Self { hours }) } else { None }
    }

    /// Whether its answer still counts so long (ms) after it was asked.
    #[must_use]
    pub const fn open(self, since_ms: i64) -> bool {
        since_ms >= 0 && since_ms <= self.hours.saturating_mul(60 * 60 * 1000)
    }

    /// The question, without the stop at its end.
    pub(super) fn words(self, language: Language) -> String {
        let (word, hours) = (keep_word(language), self.hours);
        match language {
            Language::English => format!("Reply {word} within {hours}h to keep order updates only"),
            Language::Spanish => format!("Responda {word} en {hours}h para seguir solo con avisos de pedidos"),
            Language::French => format!("Répondez {word} sous {hours}h pour ne garder que le suivi de commandes"),
        }
    }
}

/// The word that keeps order updates, as a confirmation in a language names it.
#[must_use]
pub const fn keep_word(language: Language) -> &'static str {
    match language {
        Language::English => "ORDERS",
        Language::Spanish => "PEDIDOS",
        Language::French => "COMMANDES",
    }
}

/// Whether a text is the word, of whichever language, with nothing but manners around it. A slip of the
/// thumb is not: nothing but the very answer takes an opt-out back in part.
#[must_use]
pub fn keeps(text: &str) -> bool {
    // What is longer says more than the word.
    if text.len() > 80 || keyword::is_tapback(text) {
        return false;
    }
    let mut tokens = keyword::plain_words(text);
    tokens.retain(|token| !keyword::is_manners(token));
    let [word] = tokens.as_slice() else { return false };
    Language::ALL.iter().any(|language| plain(keep_word(*language)) == *word)
}
