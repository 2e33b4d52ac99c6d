//! Files from another tool: who opted out there, and who agreed to what.
//!
//! A file is never taken at its best. A date that can be read in two ways counts as
//! the one that permits less, an unknown scope of an opt-out as everything, and an
//! agreement without its proof as unproven.

mod columns;
mod csv;
mod moment;
mod row;

pub use columns::{Column, Columns};
pub use csv::{Record, Records, delimiter, text};
pub use moment::{Moment, moment};
pub use row::{AgreedRow, MovedRow, OptedOutRow, Read, agreed, moved, opted_out};

use crate::message::words;

/// Most bytes of a file (32 MiB).
pub const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Most rows of a file.
pub const FILE_ROWS_MAX: usize = 500_000;

words! {
    /// What a file tells.
    Told {
        /// Who opted out.
        OptOuts = "opt_outs",
        /// Who agreed to what.
        Consents = "consents",
        /// Which numbers were switched off or given to somebody else.
        NumberEvents = "number_events",
    }
}

words! {
    /// What became of a number.
    NumberEvent {
        /// It was switched off: it is nobody's, and may be somebody else's soon.
        Deactivated = "deactivated",
        /// Somebody else has it.
        Reassigned = "reassigned",
    }
}

/// Why a row, or something of it, was not taken as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Fault {
    /// A quotation mark is never closed, or text follows a closed one.
    #[error("the quotation marks of this row do not match")]
    BrokenQuotes,
    /// It has fewer columns than its heading promised, and the number is not among them.
    #[error("there is no phone number in this row")]
    NumberMissing,
    /// Letters or signs that no phone number has.
    #[error("this is not a phone number")]
    NotANumber,
    /// A spreadsheet has rounded it.
    #[error("a spreadsheet has rounded this number: export it again as text")]
    NumberRounded,
    /// No such number can be texted.
    #[error("no number of this shape can be texted")]
    NumberImpossible,
    /// What it says of the customer's wish is no known word.
    #[error("the status is no known word")]
    StatusUnknown,
    /// No known way of writing an instant. The opt-out counts all the same.
    #[error("the date cannot be read")]
    DateUnreadable,
    /// It is said to occur in the future. The opt-out counts all the same.
    #[error("the date is in the future")]
    DateInTheFuture,
    /// No known purpose: the opt-out covers everything.
    #[error("the scope is no known word")]
    ScopeUnknown,
    /// A topic's name is too long, or means something else.
    #[error("this cannot be a topic's name")]
    TopicUnfit,
    /// The words shown are too long to be kept.
    #[error("the words shown are too long to be kept")]
    DisclosureTooLong,
}

impl Fault {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::BrokenQuotes => "broken_quotes",
            Self::NumberMissing => "number_missing",
            Self::NotANumber => "not_a_number",
            Self::NumberRounded => "number_rounded",
            Self::NumberImpossible => "number_impossible",
            Self::StatusUnknown => "status_unknown",
            Self::DateUnreadable => "date_unreadable",
            Self::DateInTheFuture => "date_in_the_future",
            Self::ScopeUnknown => "scope_unknown",
            Self::TopicUnfit => "topic_unfit",
            Self::DisclosureTooLong => "disclosure_too_long",
        }
    }

    /// Every fault, for whoever shows one by its code.
    pub const ALL: &'static [Self] = &[
        Self::BrokenQuotes,
        Self::NumberMissing,
        Self::NotANumber,
        Self::NumberRounded,
        Self::NumberImpossible,
        Self::StatusUnknown,
        Self::DateUnreadable,
        Self::DateInTheFuture,
        Self::ScopeUnknown,
        Self::TopicUnfit,
        Self::DisclosureTooLong,
    ];

    /// The fault of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.code() == code)
    }
}
