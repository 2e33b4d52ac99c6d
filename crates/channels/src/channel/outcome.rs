//! What an answer to a submit means, declared per provider as a table.
//!
//! The table is not documentation beside the code: it is what the code reads.

use domain::outcome::ErrorClass;
use serde::Serialize;

/// What was seen after a submit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// An HTTP status in this range, both ends included.
    Status {
        /// The lowest status.
        from: u16,
        /// The highest status.
        to: u16,
    },
    /// An answer that should say the text was taken, but cannot be read.
    Unreadable,
    /// No connection came about, so nothing was written.
    ConnectFailed,
    /// The text was written and no answer came in time.
    TimedOut,
    /// The text was written, at least in part, and the connection broke.
    Broken,
}

/// What it means for the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The provider has it.
    Taken,
    /// The provider certainly does not have it. The class is used where the
    /// provider's own error code says nothing better.
    NotTaken(ErrorClass),
    /// Nobody knows.
    Unknown,
}

/// One row of a provider's outcome table. The first row that fits counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OutcomeRow {
    /// What was seen.
    pub cause: Cause,
    /// What it means.
    pub outcome: Outcome,
    /// Why we believe so.
    pub why: &'static str,
}

/// What holds for every provider that is asked over HTTP and has no idempotency key.
impl OutcomeRow {
    /// A redirect.
    pub const REDIRECTED: Self = Self {
        cause: Cause::Status { from: 300, to: 399 },
        outcome: Outcome::NotTaken(ErrorClass::Account),
        why: "a redirect is not followed: the base URL is wrong",
    };
    /// The status of a server, or of a proxy in front of it, that waited in vain.
    pub const GIVEN_UP: Self = Self {
        cause: Cause::status(408),
        outcome: Outcome::Unknown,
        why: "a proxy may have given up on an answer while the text went through",
    };
    /// A refused login.
    pub const LOGIN_REFUSED: Self = Self {
        cause: Cause::Status { from: 401, to: 403 },
        outcome: Outcome::NotTaken(ErrorClass::Account),
        why: "the login was refused before the text was looked at",
    };
    /// Any other refusal.
    pub const REFUSED: Self = Self {
        cause: Cause::Status { from: 400, to: 499 },
        outcome: Outcome::NotTaken(ErrorClass::Unknown),
        why: "refused; the error code says why",
    };
    /// A fault of the provider's.
    pub const FAULT: Self = Self {
        cause: Cause::Status { from: 500, to: 599 },
        outcome: Outcome::Unknown,
        why: "the fault may have come after the text was taken",
    };
    /// A yes without a name.
    pub const UNREADABLE: Self =
        Self { cause: Cause::Unreadable, outcome: Outcome::Unknown, why: "taken or not, it has no name we know" };
    /// No connection.
    pub const NOT_CONNECTED: Self = Self {
        cause: Cause::ConnectFailed,
        outcome: Outcome::NotTaken(ErrorClass::Network),
        why: "nothing was written",
    };
    /// No answer.
    pub const TIMED_OUT: Self =
        Self { cause: Cause::TimedOut, outcome: Outcome::Unknown, why: "there is no idempotency key on this call" };
    /// A connection that broke.
    pub const BROKEN: Self =
        Self { cause: Cause::Broken, outcome: Outcome::Unknown, why: "some of the text may have been read" };
}

/// The meaning of an HTTP status or of a failure, by a provider's table.
/// What the table does not name is unknown: that can never send a text twice.
#[must_use]
pub fn row_for(table: &[OutcomeRow], seen: Cause) -> Outcome {
    table
        .iter()
        .find(|row| match (row.cause, seen) {
            (Cause::Status { from, to }, Cause::Status { from: status, .. }) => (from..=to).contains(&status),
            (declared, seen) => declared == seen,
        })
        .map_or(Outcome::Unknown, |row| row.outcome)
}

impl Cause {
    /// A single HTTP status.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        Self::Status { from: status, to: status }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_fitting_row_counts_and_silence_means_unknown() {
        let table = [
            OutcomeRow { cause: Cause::status(429), outcome: Outcome::NotTaken(ErrorClass::RateLimited), why: "" },
            OutcomeRow {
                cause: Cause::Status { from: 400, to: 499 },
                outcome: Outcome::NotTaken(ErrorClass::Unknown),
                why: "",
            },
            OutcomeRow { cause: Cause::ConnectFailed, outcome: Outcome::NotTaken(ErrorClass::Network), why: "" },
        ];
        assert_eq!(row_for(&table, Cause::status(429)), Outcome::NotTaken(ErrorClass::RateLimited));
        assert_eq!(row_for(&table, Cause::status(404)), Outcome::NotTaken(ErrorClass::Unknown));
        assert_eq!(row_for(&table, Cause::ConnectFailed), Outcome::NotTaken(ErrorClass::Network));
        assert_eq!(row_for(&table, Cause::status(500)), Outcome::Unknown);
        assert_eq!(row_for(&table, Cause::TimedOut), Outcome::Unknown);
    }
}
