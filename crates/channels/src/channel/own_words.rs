//! The words that providers and networks act upon by themselves.

use domain::address::{Address, E164};
use domain::keyword::Class;
use serde::Serialize;

/// The words, in capitals, that a provider acts upon by itself, and which it may
/// answer, too. It looks at the whole text and knows a handful of words; whatever
/// a customer says in their own is for us to understand and to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OwnWords {
    /// No more texts. The provider blocks the number, too.
    pub stop: &'static [&'static str],
    /// Texts again.
    pub start: &'static [&'static str],
    /// Who is texting.
    pub help: &'static [&'static str],
}

impl OwnWords {
    /// None: the provider leaves every word to us.
    pub const NONE: Self = Self { stop: &[], start: &[], help: &[] };

    /// The network in front of North American toll-free numbers knows these, whatever is set at
    /// a provider, and answers with "NETWORK MSG" (Twilio's support article 360058144374; Telnyx's
    /// page on advanced opt-in and opt-out says the same).
    pub const TOLL_FREE_NETWORK: Self = Self { stop: &["STOP"], start: &["START", "UNSTOP"], help: &[] };

    /// What a text is taken for: it is one of the words and nothing else.
    #[must_use]
    pub fn class_of(&self, body: &str) -> Option<Class> {
        let word = body.trim().to_ascii_uppercase();
        let among = |words: &[&str]| words.contains(&word.as_str());
        match () {
            () if among(self.stop) => Some(Class::OptOut),
            () if among(self.start) => Some(Class::OptIn),
            () if among(self.help) => Some(Class::Help),
            () => None,
        }
    }
}

/// The area codes of North American toll-free numbers in use.
const TOLL_FREE_CODES: &[&str] = &["800", "833", "844", "855", "866", "877", "888"];

/// Whether a number of ours is a North American toll-free one.
#[must_use]
pub fn is_toll_free(number: &Address) -> bool {
    number.phone().and_then(E164::area_code).is_some_and(|code| TOLL_FREE_CODES.contains(&code))
}

/// What a provider did about a text by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handled {
    /// What it took the text for, and acted upon.
    pub took_for: Option<Class>,
    /// Whether it has answered the customer.
    pub answered: bool,
}
