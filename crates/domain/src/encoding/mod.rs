//! How a text is cut into parts, the units carriers count and bill.
//!
//! A text goes out as GSM 7-bit where every character is in that alphabet, and
//! as UTF-16 otherwise. One part holds 140 octets; where there are several,
//! each gives six to the header that joins them (3GPP TS 23.040). Providers
//! count with the 8-bit reference header, so 153 septets or 67 units are left.

mod gsm;
mod split;

use serde::Serialize;

pub use gsm::{NonGsm, non_gsm, septets};
pub use split::{Parts, parts, split};

/// The alphabet a text is sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// The GSM 7-bit default alphabet with its extension table.
    Gsm7,
    /// UTF-16, which carriers still call UCS-2.
    Ucs2,
}

impl Encoding {
    /// The alphabet a text needs.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.chars().all(|ch| septets(ch).is_some()) { Self::Gsm7 } else { Self::Ucs2 }
    }

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gsm7 => "gsm7",
            Self::Ucs2 => "ucs2",
        }
    }

    /// Units a text may have to go out as one part.
    #[must_use]
    pub fn single(self) -> u32 {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// Units each part holds where there are several.
    #[must_use]
    pub fn joined(self) -> u32 {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    /// Units of one character: septets, or UTF-16 units. A character outside
    /// the GSM alphabet has no septets and counts as one, as the space or
    /// question mark a carrier would put in its place.
    #[must_use]
    pub fn units(self, ch: char) -> u32 {
        match self {
            Self::Gsm7 => septets(ch).unwrap_or(1),
            Self::Ucs2 => u32::from(ch > '\u{ffff}') + 1,
        }
    }
}

/// What a text costs to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// The alphabet it needs.
    pub encoding: Encoding,
    /// Septets or UTF-16 units of the whole text, without headers.
    pub units: u32,
    /// Parts it is cut into; an empty text is one.
    pub parts: u32,
    /// Units a part holds, given how many parts there are.
    pub per_part: u32,
    /// Units still free in the last part.
    pub remaining: u32,
}

/// Measures a text. Linear in its length and without allocation.
#[must_use]
pub fn measure(text: &str) -> Measure {
    let encoding = Encoding::of(text);
    let units = units(text, encoding);
    if units <= encoding.single() {
        return Measure {
            encoding,
            units,
            parts: 1,
            per_part: encoding.single(),
            remaining: encoding.single() - units,
        };
    }
    let (mut count, mut last) = (0_u32, "");
    for part in parts(text) {
        count = count.saturating_add(1);
        last = part;
    }
    Measure {
        encoding,
        units,
        parts: count,
        per_part: encoding.joined(),
        remaining: encoding.joined().saturating_sub(self::units(last, encoding)),
    }
}

/// Units of a text, at most `u32::MAX`.
fn units(text: &str, encoding: Encoding) -> u32 {
    text.chars().fold(0, |sum: u32, ch| sum.saturating_add(encoding.units(ch)))
}
