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

/// What made a copy of the database in the folder of backups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copy {
    /// `hark backup`: made when its name says (Unix ms).
    Asked(i64),
    /// A step of the schema, before which a copy is made that nobody asked for.
    Step,
    /// What another copy, or PostgreSQL, took the place of.
    SetAside,
}

impl Copy {
    /// The shortest term of copies, in days.
    pub const DAYS_MIN: i64 = 1;

    /// What made a file of the folder, by its name; none: Hark did not, so it is not Hark's to remove.
    /// What lies beside a copy (`.sha256`) and one that was not finished (`.part`) are as the copy.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))?;
        if let Some(moment) = stem.strip_prefix("hark-") {
            let read = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", moment).ok()?;
            return Some(Self::Asked(jiff::tz::TimeZone::UTC.to_timestamp(read).ok()?.as_millisecond()));
        }
        let counted = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        match stem.strip_prefix("before-") {
            Some(step) if step.len() == 4 && counted(step) => return Some(Self::Step),
            _ => {}
        }
        let numbered = |after: &str| after.is_empty() || after.strip_prefix('-').is_some_and(counted);
        let mut aside = ["before-restore", "moved-to-postgresql"].iter().filter_map(|name| stem.strip_prefix(name));
        aside.any(numbered).then_some(Self::SetAside)
    }

    /// The term of a copy, in days, where a server has said so much of all its copies, or nothing; none: for
    /// good. The way back from a step is walked soon or never, so its copy is not kept for good by itself.
    #[must_use]
    pub const fn days(self, said: Option<i64>) -> Option<i64> {
        match (self, said) {
            (_, Some(days)) => Some(days),
            (Self::Step, None) => Some(30),
            (Self::Asked(_) | Self::SetAside, None) => None,
        }
    }
}

/// How the names of what belongs to a copy end.
const ENDINGS: [&str; 3] = [".db", ".db.sha256", ".db.part"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_copies_that_hark_made_are_known_by_their_names() {
        let made = Some(Copy::Asked(1_795_543_200_000));
        for (name, expected) in [
            ("hark-20261124T180000Z.db", made),
            ("hark-20261124T180000Z.db.sha256", made),
            ("hark-20261124T180000Z.db.part", made),
            ("before-0028.db", Some(Copy::Step)),
            ("before-restore.db", Some(Copy::SetAside)),
            ("before-restore-12.db.sha256", Some(Copy::SetAside)),
            ("moved-to-postgresql.db", Some(Copy::SetAside)),
            ("before-28.db", None),
            ("before-christmas.db", None),
            ("before-restore-old.db", None),
            ("hark-monday.db", None),
            ("hark-20261124T180000Z.db.gpg", None),
            ("hark.db", None),
            ("notes.txt", None),
        ] {
            assert_eq!(Copy::of(name), expected, "{name}");
        }
    }

    #[test]
    fn a_copy_that_nobody_asked_for_has_a_term_by_itself() {
        assert_eq!(Copy::Step.days(None), Some(30));
        assert_eq!((Copy::SetAside.days(None), Copy::Asked(0).days(None)), (None, None));
        for copy in [Copy::Step, Copy::SetAside, Copy::Asked(0)] {
            assert_eq!(copy.days(Some(7)), Some(7));
        }
    }

    #[test]
    fn the_usual_terms_are_allowed_ones() {
        for category in Category::ALL {
            let usual = category.days_usual().unwrap_or(DAYS_MAX);
            assert!((category.days_min()..=DAYS_MAX).contains(&usual), "{category:?}");
        }
    }
}
