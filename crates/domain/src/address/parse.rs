//! Reading an address as a provider wrote it.

use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization as _;

use super::{Address, E164};

/// The most characters an address keeps. A longer one keeps its start and a
/// digest of the whole, so that two long senders stay two customers.
const LONGEST: usize = 64;

/// More digits than any number has, counting every prefix a person may dial.
const MOST_DIGITS: usize = 24;

pub(super) fn parse(text: &str) -> Address {
    // One pass decides the usual case: a provider's own E.164 form.
    if let Some(digits) = text.strip_prefix('+')
        && international(digits)
    {
        return Address::Phone(E164::from_digits(digits));
    }
    if let Some(dialled) = dialled(text)
        && let Some(address) = from_dialled(&dialled)
    {
        return address;
    }
    let text = normalised(text);
    // Composition may have turned odd forms into plain digits.
    if let Some(dialled) = dialled(&text)
        && let Some(address) = from_dialled(&dialled)
    {
        return address;
    }
    if sender_name(&text) {
        Address::Alphanumeric(text.into_boxed_str())
    } else {
        Address::Opaque(text.into_boxed_str())
    }
}

/// What a person would dial: digits, and whether they follow a `+`.
pub(super) struct Dialled {
    pub plus: bool,
    pub digits: String,
}

/// Takes the formatting away from something that looks like a number; `None`
/// where it holds anything else.
pub(super) fn dialled(text: &str) -> Option<Dialled> {
    let text = text.trim();
    let text = match text.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => {
            // RFC 3966 lets parameters follow the number.
            text[4..].split(';').next().unwrap_or_default()
        }
        _ => text,
    };
    let mut plus = false;
    let mut digits = String::new();
    for ch in text.chars() {
        match ch {
            '+' | '\u{ff0b}' if digits.is_empty() && !plus => plus = true,
            _ => match digit(ch) {
                Some(_) if digits.len() == MOST_DIGITS => return None,
                Some(digit) => digits.push(digit),
                None if formatting(ch) => {}
                None => return None,
            },
        }
    }
    if digits.is_empty() {
        return None;
    }
    // The trunk zero some write into international numbers: +44 (0)20 …
    if plus && let Some(at) = text.find("(0)") {
        let before = text[..at].chars().filter_map(digit).count();
        if (1..=3).contains(&before) {
            digits.remove(before);
        }
    }
    Some(Dialled { plus, digits })
}

fn from_dialled(dialled: &Dialled) -> Option<Address> {
    let digits = dialled.digits.as_str();
    if dialled.plus {
        return international(digits).then(|| Address::Phone(E164::from_digits(digits)));
    }
    if let Some(rest) = digits.strip_prefix("00")
        && rest.len() >= 8
        && international(rest)
    {
        return Some(Address::Phone(E164::from_digits(rest)));
    }
    match digits.len() {
        3..=8 => Some(Address::ShortCode(digits.into())),
        10 if nanp_shaped(digits) => Some(Address::Phone(E164::from_digits(&format!("1{digits}")))),
        11 if digits.starts_with('1') => Some(Address::Phone(E164::from_digits(digits))),
        11..=15 if !digits.starts_with(['0', '1']) => Some(Address::Phone(E164::from_digits(digits))),
        _ => None,
    }
}

/// Whether the digits after a `+` are an E.164 number by syntax.
pub(super) fn international(digits: &str) -> bool {
    (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether ten digits have the shape of a North American number: neither area
/// code nor exchange starts with 0 or 1, and neither is a service code (`N11`).
pub(super) fn nanp_shaped(national: &str) -> bool {
    let Ok(digits) = <&[u8; 10]>::try_from(national.as_bytes()) else {
        return false;
    };
    let code = |first: u8, second: u8, third: u8| (b'2'..=b'9').contains(&first) && !(second == b'1' && third == b'1');
    digits.iter().all(u8::is_ascii_digit)
        && code(digits[0], digits[1], digits[2])
        && code(digits[3], digits[4], digits[5])
}

/// The digit a character stands for, in the scripts phones are seen to write.
fn digit(ch: char) -> Option<char> {
    let base = match ch {
        '0'..='9' => return Some(ch),
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06f0}'..='\u{06f9}' => 0x06f0,
        '\u{0966}'..='\u{096f}' => 0x0966,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        _ => return None,
    };
    char::from_digit(ch as u32 - base, 10)
}

/// Spaces, dashes, brackets and the invisible marks that come along when a
/// number is copied out of an address book.
fn formatting(ch: char) -> bool {
    ch.is_whitespace()
        || matches!(ch, '-' | '(' | ')' | '.' | '/' | '[' | ']')
        || matches!(ch, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' | '\u{ff08}' | '\u{ff09}')
        || invisible(ch)
}

fn invisible(ch: char) -> bool {
    ch.is_control()
        || matches!(ch, '\u{00ad}' | '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Text in one form: compatibility-composed, without invisible characters, one
/// space between words, at most [`LONGEST`] characters.
fn normalised(text: &str) -> String {
    let mut out = String::new();
    let mut kept = 0;
    let mut digest = Fnv::default();
    let mut first = String::new();
    // Invisible characters go first: one between a letter and its accent would
    // otherwise keep them from composing.
    let visible = text.chars().filter(|&ch| ch.is_whitespace() || !invisible(ch));
    let mut pending_space = false;
    for ch in visible.nfkc() {
        if ch.is_whitespace() {
            pending_space = kept > 0;
            continue;
        }
        for ch in [pending_space.then_some(' '), Some(ch)].into_iter().flatten() {
            digest.add(ch);
            kept += 1;
            if kept <= LONGEST {
                out.push(ch);
            }
            if kept == LONGEST - 17 {
                first.clone_from(&out);
            }
        }
        pending_space = false;
    }
    if kept <= LONGEST {
        return out;
    }
    while first.ends_with(' ') {
        first.pop();
    }
    // Writing to a String cannot fail.
    let _ = write!(first, "~{:016x}", digest.0);
    first
}

/// A sender name as carriers accept it: up to eleven plain characters, one of
/// them a letter.
fn sender_name(text: &str) -> bool {
    (1..=11).contains(&text.len())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" &-_.+!'".contains(&byte))
}

/// FNV-1a over 64 bits: keeps long senders apart; it guards nothing.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn add(&mut self, ch: char) {
        for byte in u32::from(ch).to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
