//! What a row demands.

use serde::{Deserialize, Serialize};

use super::{Holidays, Kind, Words};
use crate::zones::Clock;

/// A stretch of the local day, in minutes from midnight; the end is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The first open minute.
    pub opens: u16,
    /// The first minute that is closed again; 1440 is the end of the day.
    pub closes: u16,
}

impl Span {
    /// The whole day.
    pub const DAY: Self = Self { opens: 0, closes: 24 * 60 };
    /// No minute.
    pub const NEVER: Self = Self { opens: 0, closes: 0 };

    /// What both allow.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let both = Self { opens: self.opens.max(other.opens), closes: self.closes.min(other.closes) };
        if both.opens < both.closes { both } else { Self::NEVER }
    }

    /// The first open instant of the day, in ms from midnight.
    #[must_use]
    pub const fn opens_ms(self) -> i64 {
        self.opens as i64 * 60_000
    }

    /// The first closed instant after it, in ms from midnight.
    #[must_use]
    pub const fn closes_ms(self) -> i64 {
        self.closes as i64 * 60_000
    }
}

impl std::fmt::Display for Span {
    /// As `08:00 to 20:00`, or `no hour`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.opens >= self.closes {
            return f.write_str("no hour");
        }
        let (opens, closes) = (self.opens, self.closes);
        write!(f, "{:02}:{:02} to {:02}:{:02}", opens / 60, opens % 60, closes / 60, closes % 60)
    }
}

/// The hours of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hours {
    /// By day of the week, Monday first.
    pub week: [Span; 7],
    /// Days on which nothing is allowed.
    pub closed: Holidays,
    /// A clock that must agree beside those of the recipient's zones.
    #[serde(serialize_with = "clock_id")]
    pub clock: Option<&'static Clock>,
}

fn clock_id<S: serde::Serializer>(clock: &Option<&'static Clock>, serializer: S) -> Result<S::Ok, S::Error> {
    clock.map(|clock| clock.id).serialize(serializer)
}

/// How a customer agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// They wrote first; covers answers to that text alone.
    Inbound,
    /// They said so, in any form.
    Express,
    /// They signed, in any E-SIGN form, a clear request for such texts.
    Written,
}

/// What a row demands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Only at these hours.
    Hours(Hours),
    /// At most so many marketing texts in a rolling span.
    Cap {
        /// How many.
        count: usize,
        /// The span, in ms.
        span_ms: i64,
    },
    /// Only with consent of at least this kind.
    Consent(ConsentKind),
    /// An opt-out of one topic counts for all.
    RevokeAll,
    /// What the text says.
    Content(Words),
}

impl Effect {
    /// Which kind of demand it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Hours(_) => Kind::Hours,
            Self::Cap { .. } => Kind::Cap,
            Self::Consent(_) => Kind::Consent,
            Self::RevokeAll => Kind::RevokeAll,
            Self::Content(_) => Kind::Content,
        }
    }
}
