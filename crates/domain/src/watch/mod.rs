//! When something needs a person's look: rules over what was seen, each with
//! its own thresholds. What is seen, and when to look, is the engine's.

pub mod clock;
pub mod silence;

/// A disk with less than this share free is low, in percent.
pub const DISK_FREE_MIN_PERCENT: u64 = 10;
/// Texts that providers took this long ago should have brought some receipt, in ms.
pub const RECEIPTS_AFTER_MS: i64 = 60 * 60 * 1000;
/// From this many such texts without any receipt ever, receipts do not reach us.
pub const RECEIPTS_MISSING_FROM: i64 = 3;
/// So many self-tests of our public address in a row must fail to count.
pub const UNREACHED_FROM: u32 = 3;

/// Whether a disk is low: less than a tenth of it is free for Hark.
#[must_use]
pub const fn disk_low(free_bytes: u64, total_bytes: u64) -> bool {
    // Shares of what may be the size of any disk, without overflow.
    total_bytes > 0 && free_bytes < total_bytes.div_ceil(100).saturating_mul(DISK_FREE_MIN_PERCENT)
}

/// Whether receipts do not reach us: an account of a provider that gives them
/// had several texts taken a while ago and never got one.
#[must_use]
pub const fn receipts_missing(gives_receipts: bool, any_ever: bool, taken_long_ago: i64) -> bool {
    gives_receipts && !any_ever && taken_long_ago >= RECEIPTS_MISSING_FROM
}

/// How the self-tests of our public address went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reached {
    /// Failures since the last success.
    failed: u32,
    /// When the first of them was, Unix ms.
    since: i64,
}

impl Reached {
    /// One more self-test, at an instant (Unix ms).
    #[must_use]
    pub const fn tested(self, ours_answered: bool, at: i64) -> Self {
        if ours_answered {
            Self { failed: 0, since: 0 }
        } else if self.failed == 0 {
            Self { failed: 1, since: at }
        } else {
            Self { failed: self.failed.saturating_add(1), ..self }
        }
    }

    /// Since when (Unix ms) our public address does not lead to us. A provider
    /// that did get through since then is the better witness: some networks
    /// cannot reach their own public address from inside.
    #[must_use]
    pub const fn unreached(self, last_webhook_at: Option<i64>) -> Option<i64> {
        match last_webhook_at {
            Some(at) if at >= self.since => None,
            _ if self.failed >= UNREACHED_FROM => Some(self.since),
            _ => None,
        }
    }
}

/// Whether a provider takes an account's login, as its answers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// It was refused (401 or 403, or a suspended account).
    Refused,
    /// Something was answered that only a taken login gets.
    Taken,
}

impl Login {
    /// What the answer to a submit tells of the login; nothing where it was never asked.
    #[must_use]
    pub const fn told_by(submission: &crate::outcome::Submission) -> Option<Self> {
        use crate::outcome::{ErrorClass, Submission};
        match submission {
            Submission::Taken { .. } => Some(Self::Taken),
            Submission::NotTaken { class: ErrorClass::Account, .. } => Some(Self::Refused),
            // A busy or broken provider may answer before it looks at the login.
            Submission::NotTaken { .. } | Submission::HandedBack | Submission::Unknown { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{ErrorClass, Submission};

    #[test]
    fn a_disk_is_low_below_a_tenth() {
        for (free, total, low) in
            [(0, 0, false), (9, 100, true), (10, 100, false), (0, 1, true), (u64::MAX, u64::MAX, false)]
        {
            assert_eq!(disk_low(free, total), low, "{free} of {total}");
        }
        assert!(disk_low(99_000_000_000, 1_000_000_000_000));
        assert!(!disk_low(100_000_000_000, 1_000_000_000_000));
    }

    #[test]
    fn receipts_are_missed_only_where_some_should_have_come() {
        assert!(receipts_missing(true, false, 3));
        assert!(!receipts_missing(true, false, 2), "too few to tell");
        assert!(!receipts_missing(true, true, 900), "some came once");
        assert!(!receipts_missing(false, false, 900), "this provider gives none");
    }

    #[test]
    fn an_address_is_unreached_after_three_failures_and_no_call_since() {
        let twice = Reached::default().tested(false, 10).tested(false, 20);
        assert_eq!(twice.unreached(None), None);
        let thrice = twice.tested(false, 30);
        assert_eq!(thrice.unreached(None), Some(10));
        assert_eq!(thrice.unreached(Some(9)), Some(10), "that call came before");
        assert_eq!(thrice.unreached(Some(15)), None, "a provider got through");
        assert_eq!(thrice.tested(true, 40).unreached(None), None);
        assert_eq!(Reached::default().unreached(None), None);
    }

    #[test]
    fn a_login_is_judged_by_answers_that_tell() {
        let not = |class| Submission::NotTaken { class, code: String::new(), retry_after_ms: None };
        assert_eq!(Login::told_by(&not(ErrorClass::Account)), Some(Login::Refused));
        assert_eq!(Login::told_by(&Submission::Taken { provider_id: String::new(), parts: None }), Some(Login::Taken));
        for silent in [not(ErrorClass::RateLimited), not(ErrorClass::InvalidNumber), Submission::HandedBack] {
            assert_eq!(Login::told_by(&silent), None, "{silent:?}");
        }
    }
}
