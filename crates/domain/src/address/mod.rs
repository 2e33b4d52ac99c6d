//! Who a text comes from or goes to.
//!
//! An inbound address is never refused: what is not a number by syntax is kept
//! as text, and whether a number could exist is a flag, not an error. A number
//! typed by a person is judged more strictly, so that a slip is caught before a
//! text goes to a stranger.

mod countries;
mod outbound;
mod parse;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use countries::calling_code;
pub use outbound::AddressError;

/// A phone number in E.164 form: `+`, a digit from 1 to 9, then 6 to 14 digits.
///
/// The syntax is all it promises; see [`Address::plausible`] for the rest.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct E164(Box<str>);

impl E164 {
    /// The number with its leading `+`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits without the `+`.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }

    /// The three digits after `+1`, where the number is of the North American
    /// plan and has the plan's full length.
    #[must_use]
    pub fn area_code(&self) -> Option<&str> {
        let digits = self.digits();
        (digits.len() == 11 && digits.starts_with('1')).then(|| &digits[1..4])
    }

    fn from_digits(digits: &str) -> Self {
        let mut text = String::with_capacity(digits.len() + 1);
        text.push('+');
        text.push_str(digits);
        Self(text.into_boxed_str())
    }
}

/// One end of a text: a customer's or one of our own.
///
/// Equality, order and hash are those of the canonical form, so two ways of
/// writing the same number are one address.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Address {
    /// A phone number in E.164 form.
    Phone(E164),
    /// Three to eight digits without a country, such as `24365`.
    ShortCode(Box<str>),
    /// A sender name of at most eleven characters; it cannot be answered.
    Alphanumeric(Box<str>),
    /// Anything else, in normalised and bounded form.
    Opaque(Box<str>),
}

impl Address {
    /// Reads an address as a provider wrote it. Never fails.
    ///
    /// Formatting, `tel:` and a leading `00` are taken away. Ten digits in the
    /// shape of a North American number, and eleven with its leading 1, get
    /// their `+`; so do eleven to fifteen digits that start with neither 0 nor
    /// 1, because some providers leave the `+` out. Everything else is a short
    /// code, a sender name, or [`Address::Opaque`].
    #[must_use]
    pub fn parse(text: &str) -> Self {
        parse::parse(text)
    }

    /// Reads a number as a person typed it, for a text we are about to send.
    ///
    /// `default_country` is the ISO 3166 code of the country whose national
    /// numbers may be typed without a calling code, such as `"US"`.
    ///
    /// # Errors
    /// Says what is wrong with the number; see [`AddressError::code`].
    pub fn parse_outbound(text: &str, default_country: &str) -> Result<Self, AddressError> {
        outbound::parse(text, default_country)
    }

    /// The canonical form, which [`Address::parse`] reads back to an equal value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(number) => number.as_str(),
            Self::ShortCode(text) | Self::Alphanumeric(text) | Self::Opaque(text) => text,
        }
    }

    /// The number, where this is one.
    #[must_use]
    pub fn phone(&self) -> Option<&E164> {
        match self {
            Self::Phone(number) => Some(number),
            _ => None,
        }
    }

    /// Whether a text can be sent back to this address at all.
    #[must_use]
    pub fn answerable(&self) -> bool {
        matches!(self, Self::Phone(_) | Self::ShortCode(_))
    }

    /// Whether such an address could exist.
    ///
    /// A `+1` number needs the plan's shape, any other number a known calling
    /// code and 8 to 15 digits. An implausible inbound number is still kept
    /// and answered; the flag is for people to see.
    #[must_use]
    pub fn plausible(&self) -> bool {
        match self {
            Self::Phone(number) => {
                let digits = number.digits();
                match digits.strip_prefix('1') {
                    Some(national) => parse::nanp_shaped(national),
                    None => (8..=15).contains(&digits.len()) && countries::by_prefix(digits).is_some(),
                }
            }
            Self::ShortCode(_) | Self::Alphanumeric(_) => true,
            Self::Opaque(_) => false,
        }
    }

    /// The ISO 3166 code of the country the number belongs to, as far as its
    /// calling code tells. A shared calling code gives its main country; `+1`
    /// is told apart by area code, and toll-free numbers count as `US`.
    #[must_use]
    pub fn country_hint(&self) -> Option<&'static str> {
        let number = self.phone()?;
        if let Some(area) = number.area_code() {
            return Some(crate::zones::nanp_country(area).unwrap_or("US"));
        }
        countries::by_prefix(number.digits()).map(|country| country.iso)
    }

    /// The last four characters, all that a log may show.
    #[must_use]
    pub fn last_four(&self) -> &str {
        let text = self.as_str();
        let start = text.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
        &text[start..]
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Shows at most the last four characters: debug output ends up in logs.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Phone(_) => "Phone",
            Self::ShortCode(_) => "ShortCode",
            Self::Alphanumeric(_) => "Alphanumeric",
            Self::Opaque(_) => "Opaque",
        };
        let whole = self.as_str();
        let shown = if whole.chars().nth(4).is_some() { self.last_four() } else { "" };
        write!(f, "{kind}(…{shown})")
    }
}

impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E164(…{})", &self.0[self.0.len().saturating_sub(4)..])
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Ok(Self::parse(&text))
    }
}
