//! What is kept for how long, where a workspace says so.

use crate::message::words;

words! {
    /// A kind of rows that may have a term. Each is counted from when its row was made;
    /// conversations from when they were closed.
    Category {
        /// Closed conversations, with all that is in them.
        Conversations = "conversations",
        /// Texts either way, wherever they stand, once nothing more becomes of them.
        Messages = "messages",
        /// Private notes.
        Notes = "notes",
        /// Pictures: the text they came with stays.
        Media = "media",
        /// What providers told: receipts, and the ids by which a repeated webhook is known.
        Webhooks = "webhooks",
        /// Entries of the audit log. Those that tell of erasures stay.
        Audit = "audit",
    }
}

/// The longest term, in days: a century, so that arithmetic cannot end.
pub const DAYS_MAX: i64 = 36_525;

impl Category {
    /// The shortest term, in days: what Hark itself needs meanwhile.
    #[must_use]
    pub const fn days_min(self) -> i64 {
        match self {
            // A closed conversation is opened again by what its customer writes within five days.
            Self::Conversations | Self::Messages => 7,
            Self::Notes | Self::Media => 1,
            // A receipt is waited for three days; providers repeat webhooks for less than a week.
            Self::Webhooks => 14,
            Self::Audit => 30,
        }
    }

    /// The term where a workspace has said nothing, in days; none: for good. What only
    /// machines need is not kept for good.
    #[must_use]
    pub const fn days_usual(self) -> Option<i64> {
        match self {
            Self::Webhooks => Some(180),
            Self::Conversations | Self::Messages | Self::Notes | Self::Media | Self::Audit => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_terms_are_allowed_ones() {
        for category in Category::ALL {
            let usual = category.days_usual().unwrap_or(DAYS_MAX);
            assert!((category.days_min()..=DAYS_MAX).contains(&usual), "{category:?}");
        }
    }
}
