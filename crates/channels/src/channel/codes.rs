//! What a provider's error codes and receipt words mean, declared per provider as tables.
//!
//! As with outcomes, the tables are what the code reads and what the documentation shows.

use domain::outcome::ErrorClass;
use domain::receipt::ReceiptState;

/// Where the meaning of a code was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The provider's own page about the code.
    Page,
    /// The code's title in a copy of the provider's list; its page was not at hand.
    Title,
    /// Neither: generally known, to be checked.
    Unread,
}

/// What one code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRow {
    /// The provider's number.
    pub code: u32,
    /// Its class.
    pub class: ErrorClass,
    /// What the provider calls it, in our words.
    pub title: &'static str,
    /// Where that was read.
    pub source: Source,
}

impl CodeRow {
    /// A row of a table.
    #[must_use]
    pub const fn new(code: u32, class: ErrorClass, title: &'static str, source: Source) -> Self {
        Self { code, class, title, source }
    }
}

/// The class of a code in a sorted table, as it stands in webhooks and answers.
#[must_use]
pub fn class_in(table: &[CodeRow], code: &str) -> ErrorClass {
    let Ok(code) = code.trim().parse::<u32>() else { return ErrorClass::Unknown };
    table.binary_search_by_key(&code, |row| row.code).map_or(ErrorClass::Unknown, |at| table[at].class)
}

/// A word of a receipt and its meaning. `None`: a word that says nothing about a text of ours.
pub type WordRow = (&'static str, Option<ReceiptState>);

/// The meaning of a word; `None` also for a word nobody mapped.
#[must_use]
pub fn state_in(table: &[WordRow], word: &str) -> Option<ReceiptState> {
    table.iter().find(|(known, _)| *known == word).and_then(|(_, state)| *state)
}
