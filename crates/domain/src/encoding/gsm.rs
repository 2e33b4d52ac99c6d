//! The GSM 7-bit default alphabet (3GPP TS 23.038, clause 6.2.1).

use crate::smart;

/// Septets a character takes: one in the basic table, two in the extension
/// table, `None` outside both. The escape character itself carries no text.
#[must_use]
pub fn septets(ch: char) -> Option<u32> {
    match ch {
        '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' | '\u{c}' | '€' => Some(2),
        '`' => None,
        ' '..='z' | '\n' | '\r' => Some(1),
        '£' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | 'Ø' | 'ø' | 'Å' | 'å' | 'Δ' | 'Φ' | 'Γ' | 'Λ' | 'Ω' | 'Π'
        | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' | 'Æ' | 'æ' | 'ß' | 'É' | '¤' | '¡' | 'Ä' | 'Ö' | 'Ñ' | 'Ü' | '§' | '¿' | 'ä' | 'ö'
        | 'ñ' | 'ü' | 'à' => Some(1),
        _ => None,
    }
}

/// A character that keeps a text from the GSM alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NonGsm {
    /// Its place in the text, counted in characters.
    pub index: usize,
    /// The character.
    pub ch: char,
    /// What smart encoding would put in its place, where it knows something;
    /// empty means it would be left out.
    pub replacement: Option<&'static str>,
}

/// The characters that keep a text from the GSM alphabet, in their order.
#[must_use]
pub fn non_gsm(text: &str) -> Vec<NonGsm> {
    if text.is_ascii() && text.bytes().all(|byte| septets(char::from(byte)).is_some()) {
        return Vec::new();
    }
    let outside = text.chars().enumerate().filter(|&(_, ch)| septets(ch).is_none());
    outside.map(|(index, ch)| NonGsm { index, ch, replacement: smart::replacement(ch) }).collect()
}
