//! Where a customer may be, by the start of their number.

/// The country of a North American area code.
#[must_use]
pub fn nanp_country(_area: &str) -> Option<&'static str> {
    None
}
