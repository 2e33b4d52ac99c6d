//! What the octets of a text say, by its `data_coding` (SMPP 3.4, 5.2.19).

use crate::gsm;
use crate::settings::Gsm;

/// How octets are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Alphabet {
    /// The GSM 7-bit default alphabet.
    Gsm,
    /// ISO 8859-1, in which ASCII is.
    Latin1,
    /// UTF-16, which carriers call UCS-2.
    Utf16,
    /// Octets that are no text: ring tones, settings.
    Binary,
}

impl Alphabet {
    /// The alphabet of a `data_coding`; `default` is the centre's own, for 0.
    #[must_use]
    pub const fn of(data_coding: u8, default: Self) -> Self {
        match data_coding {
            0 => default,
            1 | 3 => Self::Latin1,
            2 | 4 => Self::Binary,
            8 => Self::Utf16,
            // GSM's own coding of the alphabet (3GPP TS 23.038, 4): general groups, and the one with
            // a message class. Other values name alphabets that no phone here writes in.
            0x10..=0x3F => match (data_coding >> 2) & 3 {
                0 => Self::Gsm,
                2 => Self::Utf16,
                _ => Self::Binary,
            },
            0xF0..=0xFF => {
                if data_coding & 4 == 0 {
                    Self::Gsm
                } else {
                    Self::Binary
                }
            }
            _ => default,
        }
    }

    /// The octets behind a header of so many octets, one for each septet where they were packed.
    #[must_use]
    pub fn units(self, octets: &[u8], header: usize, gsm: Gsm) -> Vec<u8> {
        match (self, gsm) {
            (Self::Gsm, Gsm::Packed) => gsm::unpack(octets, header),
            _ => octets.to_vec(),
        }
    }

    /// The text of such units. What cannot be read is replaced, never refused.
    #[must_use]
    pub fn text(self, units: &[u8]) -> String {
        match self {
            Self::Gsm => gsm::text(units),
            Self::Latin1 | Self::Binary => units.iter().map(|octet| char::from(*octet)).collect(),
            Self::Utf16 => {
                let pairs = units.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                let text = char::decode_utf16(pairs).map(|ch| ch.unwrap_or(char::REPLACEMENT_CHARACTER));
                // Some phones begin with a mark of the byte order.
                text.enumerate().filter(|(at, ch)| *at > 0 || *ch != '\u{feff}').map(|(_, ch)| ch).collect()
            }
        }
    }
}

/// A text as UTF-16, most significant octet first.
#[must_use]
pub fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}
