//! What an inbox is called that nobody has named yet.

/// Digits by which people tell numbers of one shop apart.
const ENDING: usize = 4;
/// A number this short is told in whole.
const SHORT: usize = 6;

/// A name for an inbox that came by itself: the brand that its customers know, with the end of its
/// number where another inbox is called so already, and the whole number where that is taken too.
///
/// A bare number would have to be learnt by heart by everybody who reads the list of inboxes.
#[must_use]
pub fn name(brand: &str, address: &str, taken: &[String]) -> String {
    let brand = brand.trim();
    if brand.is_empty() {
        return address.to_owned();
    }
    let digits: String = address.chars().filter(char::is_ascii_digit).collect();
    let from = if digits.len() <= SHORT { 0 } else { digits.len().saturating_sub(ENDING) };
    let ending = digits.get(from..).unwrap_or_default();
    let free = |name: &String| !taken.iter().any(|taken| taken.trim().to_lowercase() == name.to_lowercase());
    let ended = (!ending.is_empty()).then(|| format!("{brand} {ending}"));
    std::iter::once(brand.to_owned()).chain(ended).find(free).unwrap_or_else(|| format!("{brand} {address}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inbox_is_called_by_the_brand_and_told_from_others_by_its_number() {
        let table: [(&str, &str, &[&str], &str); 7] = [
            ("Fern & Fig", "+18885550100", &[], "Fern & Fig"),
            (" Fern & Fig ", "+18885550100", &["Simulated number"], "Fern & Fig"),
            ("Fern & Fig", "+12125550142", &["fern & fig "], "Fern & Fig 0142"),
            ("Fern & Fig", "72345", &["Fern & Fig"], "Fern & Fig 72345"),
            ("Fern & Fig", "+13125550142", &["Fern & Fig", "Fern & Fig 0142"], "Fern & Fig +13125550142"),
            ("", "+18885550100", &[], "+18885550100"),
            ("Fern & Fig", "desk@example.com", &["Fern & Fig", "Fern & Fig "], "Fern & Fig desk@example.com"),
        ];
        for (brand, address, taken, expected) in table {
            let taken: Vec<String> = taken.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(name(brand, address, &taken), expected, "{brand} {address} {taken:?}");
        }
    }
}
