//! Smart encoding: plain characters in place of typographic ones, where that
//! saves parts.
//!
//! One curly quote turns a whole text into UTF-16 and can double its price.
//! What is replaced here reads the same to the customer: quotes, dashes,
//! spaces, dots. Letters are never changed, so names stay names. Addresses of
//! web pages stay as they are, because there a character is not decoration.

use unicode_normalization::UnicodeNormalization as _;

use crate::encoding::{self, Encoding, septets};

/// The text with plain characters, where that makes it cheaper or lets it go
/// out in the GSM alphabet at the same price; `None` where it should stay.
///
/// Accented letters are composed first, so that an `e` with a separate accent
/// becomes the `é` the alphabet has.
#[must_use]
pub fn repair(text: &str) -> Option<String> {
    let before = encoding::measure(text);
    if before.encoding == Encoding::Gsm7 {
        return None;
    }
    let plain = rewritten(text, replacement);
    let after = encoding::measure(&plain);
    if after.encoding == Encoding::Gsm7 && after.parts <= before.parts {
        return Some(plain);
    }
    // The text stays UTF-16: plain quotes would gain nothing, so only what cannot
    // be seen and does not steer right-to-left writing may go.
    let lean = rewritten(text, |ch| {
        let gone = replacement(ch).filter(|with| with.is_empty());
        gone.filter(|_| !matches!(ch, '\u{200e}' | '\u{200f}'))
    });
    (encoding::measure(&lean).parts < before.parts).then_some(lean)
}

/// What stands in for a character outside the GSM alphabet; empty where it is
/// left out, `None` where nothing does.
#[must_use]
pub fn replacement(ch: char) -> Option<&'static str> {
    if let '\u{ff01}'..='\u{ff5e}' = ch {
        return fullwidth(ch);
    }
    Some(match ch {
        '\u{2018}'
        | '\u{2019}'
        | '\u{201b}'
        | '\u{2032}'
        | '\u{2035}'
        | '\u{02b9}'
        | '\u{02bb}'..='\u{02bd}'
        | '\u{02c8}'
        | '\u{02ca}'
        | '\u{02cb}'
        | '\u{00b4}'
        | '`'
        | '\u{275b}'
        | '\u{275c}' => "'",
        '\u{201a}' | '\u{275f}' | '\u{3001}' | '\u{fe10}' | '\u{fe11}' | '\u{fe50}' | '\u{fe51}' | '\u{ff64}' => ",",
        '\u{201c}'..='\u{201f}'
        | '\u{2033}'
        | '\u{2036}'
        | '\u{02ba}'
        | '\u{02ee}'
        | '\u{00ab}'
        | '\u{00bb}'
        | '\u{275d}'
        | '\u{275e}'
        | '\u{2760}'
        | '\u{301d}'..='\u{301f}' => "\"",
        '\u{2039}' | '\u{fe64}' => "<",
        '\u{203a}' | '\u{fe65}' => ">",
        '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{2043}'
        | '\u{2022}'
        | '\u{2023}'
        | '\u{25e6}'
        | '\u{25aa}'
        | '\u{25cf}'
        | '\u{23bc}'
        | '\u{23bd}'
        | '\u{fe58}'
        | '\u{fe63}' => "-",
        '\u{2026}' => "...",
        '\u{2025}' => "..",
        '\u{2024}' | '\u{3002}' | '\u{fe52}' | '\u{ff61}' => ".",
        '\u{00a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\t' => " ",
        '\u{2028}' | '\u{2029}' | '\u{0085}' | '\u{000b}' => "\n",
        '\u{00d7}' => "x",
        '\u{00f7}' | '\u{2044}' | '\u{2215}' | '\u{29f8}' => "/",
        '\u{2216}' | '\u{29f5}' | '\u{29f9}' | '\u{fe68}' => "\\",
        '\u{2217}'
        | '\u{204e}'
        | '\u{229b}'
        | '\u{2722}'..='\u{2725}'
        | '\u{2731}'..='\u{2733}'
        | '\u{273a}'..='\u{273d}'
        | '\u{2743}'
        | '\u{2749}'..='\u{274b}'
        | '\u{29c6}'
        | '\u{fe61}' => "*",
        '\u{2223}' | '\u{00a6}' | '\u{239c}' | '\u{239f}' | '\u{23b8}' | '\u{23b9}' | '\u{23d0}' => "|",
        '\u{223c}' | '\u{02dc}' | '\u{02f7}' => "~",
        '\u{02c6}' => "^",
        '\u{2236}' | '\u{02d0}' | '\u{02f8}' | '\u{2982}' | '\u{a789}' | '\u{fe13}' => ":",
        '\u{204f}' | '\u{fe14}' | '\u{fe54}' => ";",
        '\u{2017}' => "_",
        '\u{02d6}' | '\u{fe62}' => "+",
        '\u{a78a}' | '\u{fe66}' => "=",
        '\u{fe15}' | '\u{fe57}' => "!",
        '\u{fe16}' | '\u{fe56}' => "?",
        '\u{fe5f}' => "#",
        '\u{fe60}' => "&",
        '\u{fe69}' => "$",
        '\u{fe6a}' => "%",
        '\u{fe6b}' => "@",
        '\u{2768}' | '\u{276a}' | '\u{27ee}' | '\u{2985}' | '\u{fe59}' => "(",
        '\u{2769}' | '\u{276b}' | '\u{27ef}' | '\u{2986}' | '\u{fe5a}' => ")",
        '\u{2774}' | '\u{fe5b}' => "{",
        '\u{2775}' | '\u{fe5c}' => "}",
        '\u{00bc}' => "1/4",
        '\u{00bd}' => "1/2",
        '\u{00be}' => "3/4",
        '\u{2153}' => "1/3",
        '\u{2154}' => "2/3",
        '\u{203c}' => "!!",
        '\u{2047}' => "??",
        '\u{2048}' => "?!",
        '\u{2049}' => "!?",
        '\u{fb00}' => "ff",
        '\u{fb01}' => "fi",
        '\u{fb02}' => "fl",
        '\u{fb03}' => "ffi",
        '\u{fb04}' => "ffl",
        // Nothing to see: soft hyphen, zero-width space, word joiner, byte
        // order mark, direction marks. The joiners of emoji and of Indic and
        // Arabic letters (U+200C, U+200D) carry meaning and stay.
        '\u{00ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{200e}' | '\u{200f}' => "",
        _ if ch.is_control() && septets(ch).is_none() => "",
        _ => return None,
    })
}

/// The plain form of the full-width forms U+FF01 to U+FF5E.
fn fullwidth(ch: char) -> Option<&'static str> {
    const PLAIN: &str =
        "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    let at = (ch as usize).checked_sub(0xff01)?;
    match PLAIN.get(at..=at)? {
        // The grave accent itself is outside the alphabet.
        "`" => Some("'"),
        plain => Some(plain),
    }
}

fn rewritten(text: &str, with: impl Fn(char) -> Option<&'static str>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (before, link, after) = next_link(rest);
        for ch in before.nfc() {
            match with(ch) {
                Some(plain) if septets(ch).is_none() => out.push_str(plain),
                _ => out.push(ch),
            }
        }
        out.push_str(link);
        rest = after;
    }
    out
}

/// Splits at the first web or mail address: what is before it, it, the rest.
fn next_link(text: &str) -> (&str, &str, &str) {
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end_matches(char::is_whitespace);
        if let Some((start, end)) = link_in(bare) {
            return (&text[..at + start], &text[at + start..at + end], &text[at + end..]);
        }
        at += word.len();
    }
    (text, "", "")
}

/// Where in a word the address lies, without the quotes and stops around it.
fn link_in(word: &str) -> Option<(usize, usize)> {
    let bare = word.trim_start_matches(around);
    let start = word.len() - bare.len();
    let bare = bare.trim_end_matches(around);
    if let Some(colon) = bare.find("://") {
        // Whatever stands before the scheme is not part of the address.
        let scheme = |ch: char| ch.is_ascii_alphanumeric() || "+-.".contains(ch);
        let head = bare[..colon].trim_end_matches(scheme).len();
        return Some((start + head, start + bare.len()));
    }
    let linked =
        bare.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www.")) || host_of(bare).is_some_and(hostname);
    (linked && !bare.is_empty()).then_some((start, start + bare.len()))
}

/// The part of a word that would be the host of an address.
fn host_of(word: &str) -> Option<&str> {
    match word.split_once('@') {
        Some((_, host)) => Some(host),
        // Without a path, "end.Next" would pass for a host.
        None => word.split_once('/').map(|(host, _)| host),
    }
}

/// Whether a text is a name such as `shop.example` with its letters and dots.
fn hostname(host: &str) -> bool {
    let Some((name, top)) = host.rsplit_once('.') else {
        return false;
    };
    let label = |ch: char| ch.is_alphanumeric() || ch == '-' || ch == '.';
    top.len() >= 2 && top.chars().all(char::is_alphabetic) && !name.is_empty() && name.chars().all(label)
}

/// What stands around an address in a sentence without belonging to it.
fn around(ch: char) -> bool {
    matches!(
        ch,
        '.' | ',' | ';' | ':' | '!' | '?' | '"' | '\'' | '(' | ')' | '<' | '>' | '[' | ']' | '\u{2018}'
            ..='\u{201f}'
                | '\u{2026}'
                | '\u{ab}'
                | '\u{bb}'
                | '\u{2039}'
                | '\u{203a}'
                | '\u{200b}'
                | '\u{feff}'
                | '\u{2013}'
                | '\u{2014}'
    )
}
