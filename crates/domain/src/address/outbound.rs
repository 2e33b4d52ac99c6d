//! Reading a number as a person typed it.

use super::countries::{self, Country};
use super::parse::{self, dialled};
use super::{Address, E164};

/// Why a typed number cannot be texted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was typed.
    #[error("type a phone number")]
    Empty,
    /// Letters or signs that no phone number has.
    #[error("this is not a phone number")]
    NotANumber,
    /// Fewer digits than the country's numbers have.
    #[error("this number has too few digits")]
    TooShort,
    /// More digits than the country's numbers have.
    #[error("this number has too many digits")]
    TooLong,
    /// No country has this calling code.
    #[error("no country has this calling code")]
    UnknownCountry,
    /// A `+1` number whose area code or exchange cannot exist.
    #[error("no number has this area code and exchange")]
    ImpossibleNumber,
    /// An emergency or crisis line.
    #[error("emergency numbers cannot be texted from here")]
    Emergency,
    /// A number whose owner is paid by whoever contacts it.
    #[error("premium-rate numbers cannot be texted")]
    Premium,
}

impl AddressError {
    /// The stable code of the error on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotANumber => "not_a_number",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::UnknownCountry => "unknown_country",
            Self::ImpossibleNumber => "impossible_number",
            Self::Emergency => "emergency",
            Self::Premium => "premium",
        }
    }
}

/// Emergency and crisis lines of the countries shops text to. As typed digits
/// none of them is a number a shop could mean to text.
const EMERGENCY: &[&str] = &["911", "112", "999", "000", "988", "110", "118", "119", "190", "08"];

/// Calling code and start of the national number of premium-rate ranges.
const PREMIUM: &[(&str, &[&str])] = &[
    ("1", &["900"]),
    ("33", &["89"]),
    ("34", &["80", "905", "907"]),
    ("39", &["89"]),
    ("44", &["9"]),
    ("49", &["900"]),
    ("61", &["19"]),
];

pub(super) fn parse(text: &str, default_country: &str) -> Result<Address, AddressError> {
    if text.trim().is_empty() {
        return Err(AddressError::Empty);
    }
    let typed = dialled(text).ok_or(AddressError::NotANumber)?;
    let digits = typed.digits.as_str();
    let bare = if typed.plus { digits.strip_prefix('1').unwrap_or(digits) } else { digits };
    if EMERGENCY.contains(&bare) {
        return Err(AddressError::Emergency);
    }
    let home = countries::by_iso(default_country);
    if typed.plus {
        return abroad(digits);
    }
    // 011 is how North America dials abroad, 00 how most of the world does.
    let exit = if home.is_some_and(|country| country.calling == "1") { "011" } else { "00" };
    if let Some(rest) = digits.strip_prefix(exit).or_else(|| digits.strip_prefix("00")) {
        return abroad(rest);
    }
    let Some(home) = home else {
        return abroad(digits);
    };
    // Ten digits of North America are the whole number, whatever they start with.
    let whole = home.trunk.is_empty() || (home.calling == "1" && digits.len() == home.longest);
    let national = if whole { digits } else { digits.strip_prefix(home.trunk).unwrap_or(digits) };
    match checked(home, national) {
        // Typed with the calling code but without its +.
        Err(AddressError::TooLong) => match digits.strip_prefix(home.calling) {
            Some(national) => checked(home, national).map_err(|_| AddressError::TooLong),
            None => Err(AddressError::TooLong),
        },
        checked => checked,
    }
}

fn abroad(digits: &str) -> Result<Address, AddressError> {
    let country = match countries::by_prefix(digits) {
        Some(country) => country,
        None if digits.len() < 7 => return Err(AddressError::TooShort),
        None => return Err(AddressError::UnknownCountry),
    };
    checked(country, &digits[country.calling.len()..])
}

fn checked(country: &Country, national: &str) -> Result<Address, AddressError> {
    let digits = format!("{}{national}", country.calling);
    if national.len() < country.shortest || digits.len() < 7 {
        return Err(AddressError::TooShort);
    }
    if national.len() > country.longest || digits.len() > 15 {
        return Err(AddressError::TooLong);
    }
    let premium = PREMIUM
        .iter()
        .filter(|(calling, _)| *calling == country.calling)
        .any(|(_, starts)| starts.iter().any(|start| national.starts_with(start)));
    // In North America an exchange of 976 is premium in every area code.
    if premium || (country.calling == "1" && national.get(3..6) == Some("976")) {
        return Err(AddressError::Premium);
    }
    if country.calling == "1" && !parse::nanp_shaped(national) {
        return Err(AddressError::ImpossibleNumber);
    }
    Ok(Address::Phone(E164::from_digits(&digits)))
}
