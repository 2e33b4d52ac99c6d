//! The GSM 7-bit default alphabet as codes (3GPP TS 23.038, 6.2.1), and its packing (6.1.2).
//!
//! Which characters are in it is `domain::encoding`'s to say; a test holds the two together.

/// The basic table; its 27th place is the escape.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table, reached through the escape.
const EXTENSION: &[(u8, char)] = &[
    (0x0A, '\u{c}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2F, '\\'),
    (0x3C, '['),
    (0x3D, '~'),
    (0x3E, ']'),
    (0x40, '|'),
    (0x65, '€'),
];
const ESCAPE: u8 = 0x1B;
const RETURN: u8 = 0x0D;

static DECODE: std::sync::LazyLock<Vec<char>> = std::sync::LazyLock::new(|| BASIC.chars().collect());
static ENCODE: std::sync::LazyLock<std::collections::HashMap<char, u8>> = std::sync::LazyLock::new(|| {
    (0_u8..).zip(BASIC.chars()).filter(|(code, _)| *code != ESCAPE).map(|(code, ch)| (ch, code)).collect()
});

/// A text as septets, one an octet. A character outside the alphabet becomes a question mark.
#[must_use]
pub fn septets(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for ch in text.chars() {
        match (ENCODE.get(&ch), EXTENSION.iter().find(|(_, known)| *known == ch)) {
            (Some(code), _) => out.push(*code),
            (None, Some((code, _))) => out.extend([ESCAPE, *code]),
            (None, None) => out.push(0x3F),
        }
    }
    out
}

/// Septets as a text. An escape before what is in no extension table shows the basic character, and
/// one before an escape or at the end a space (TS 23.038, 6.2.1.1). The eighth bit is not looked at.
#[must_use]
pub fn text(septets: &[u8]) -> String {
    let mut out = String::with_capacity(septets.len());
    let mut codes = septets.iter().map(|octet| octet & 0x7F);
    while let Some(code) = codes.next() {
        if code != ESCAPE {
            out.push(basic(code));
            continue;
        }
        match codes.next() {
            None | Some(ESCAPE) => out.push(' '),
            Some(code) => match EXTENSION.iter().find(|(known, _)| *known == code) {
                Some((_, ch)) => out.push(*ch),
                None => out.push(basic(code)),
            },
        }
    }
    out
}

fn basic(code: u8) -> char {
    DECODE.get(usize::from(code)).copied().unwrap_or('?')
}

/// Packs septets into octets behind a header of so many octets, whose end is filled up to a
/// septet's beginning. Seven bits that are left over at the end become a carriage return, which
/// could otherwise be read as an `@` (TS 23.038, 6.1.2.3.1).
#[must_use]
pub fn pack(septets: &[u8], header: usize) -> Vec<u8> {
    let fill = fill_bits(header);
    let mut padded = septets.to_vec();
    if (fill + septets.len() * 7) % 8 == 1 {
        padded.push(RETURN);
    }
    let mut out = vec![0_u8; (fill + padded.len() * 7).div_ceil(8)];
    for (index, septet) in padded.iter().enumerate() {
        let bit = fill + index * 7;
        let shifted = u16::from(septet & 0x7F) << (bit % 8);
        out[bit / 8] |= (shifted & 0xFF) as u8;
        if let Some(next) = out.get_mut(bit / 8 + 1) {
            *next |= (shifted >> 8) as u8;
        }
    }
    out
}

/// The septets in octets that follow a header of so many octets. A carriage return in what may be
/// padding is taken for it.
#[must_use]
pub fn unpack(octets: &[u8], header: usize) -> Vec<u8> {
    let fill = fill_bits(header);
    let bits = octets.len() * 8;
    let count = bits.saturating_sub(fill) / 7;
    let mut out: Vec<u8> = (0..count)
        .map(|index| {
            let bit = fill + index * 7;
            let low = u16::from(octets[bit / 8]);
            let high = octets.get(bit / 8 + 1).map_or(0, |octet| u16::from(*octet) << 8);
            (((low | high) >> (bit % 8)) & 0x7F) as u8
        })
        .collect();
    if (fill + count * 7) == bits && out.last() == Some(&RETURN) {
        out.pop();
    }
    out
}

/// Bits between the end of a header and the next septet's beginning.
const fn fill_bits(header: usize) -> usize {
    (7 - (header * 8) % 7) % 7
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_alphabet_is_the_domain_s() {
        for ch in ('\0'..='\u{ffff}').filter(|ch| *ch != '?') {
            let ours = septets(&ch.to_string());
            match domain::encoding::septets(ch) {
                Some(count) => {
                    assert_eq!(ours.len(), count as usize, "{ch:?}");
                    assert_eq!(text(&ours), ch.to_string());
                }
                None => assert_eq!(ours, [0x3F], "{ch:?}"),
            }
        }
    }

    #[test]
    fn packs_as_the_published_example() {
        assert_eq!(pack(&septets("hellohello"), 0), [0xE8, 0x32, 0x9B, 0xFD, 0x46, 0x97, 0xD9, 0xEC, 0x37]);
        // Seven septets leave seven bits over; eight leave none.
        assert_eq!(pack(&septets("1234567"), 0), [0x31, 0xD9, 0x8C, 0x56, 0xB3, 0xDD, 0x1A]);
        assert_eq!(unpack(&[0x31, 0xD9, 0x8C, 0x56, 0xB3, 0xDD, 0x1A], 0), septets("1234567"));
    }

    #[test]
    fn a_strange_escape_shows_the_basic_character() {
        assert_eq!(text(&[0x1B, 0x41]), "A");
        assert_eq!(text(&[0x1B, 0x1B]), " ");
        assert_eq!(text(&[0x41, 0x1B]), "A ");
        assert_eq!(text(&[0xC1]), "A");
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(codes in proptest::collection::vec(0_u8..0x80, 0..200), header in 0_usize..12) {
            // A return at the very end of a full octet is padding to every reader.
            prop_assume!(codes.last() != Some(&RETURN));
            prop_assert_eq!(unpack(&pack(&codes, header), header), codes);
        }
    }
}
