//! The words of a receipt: `id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…`
//! (SMPP 3.4, appendix B), which every centre writes a little differently.

/// What the words of a receipt say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// The centre's id of the text.
    pub id: Option<String>,
    /// Where it stands, as written.
    pub stat: Option<String>,
    /// What went wrong, as written.
    pub err: Option<String>,
    /// When it ended, in Unix ms.
    pub done_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Id,
    Sub,
    Delivered,
    SubmitDate,
    DoneDate,
    Stat,
    Err,
    Text,
}

/// Every spelling met, longest first, in lower case. A space also stands for an underscore or nothing.
const KEYS: &[(&str, Key)] = &[
    ("submit date", Key::SubmitDate),
    ("message id", Key::Id),
    ("error code", Key::Err),
    ("done date", Key::DoneDate),
    ("delivered", Key::Delivered),
    ("status", Key::Stat),
    ("dlvrd", Key::Delivered),
    ("error", Key::Err),
    ("state", Key::Stat),
    ("msgid", Key::Id),
    ("stat", Key::Stat),
    ("text", Key::Text),
    ("sub", Key::Sub),
    ("err", Key::Err),
    ("id", Key::Id),
];

/// Most characters of a receipt that are looked at.
const CHARS_MAX: usize = 2_000;

/// Reads the words of a receipt: keys in any order and letters, with colons or equals signs, any of
/// them missing. `offset_minutes` is how far the centre's clock is ahead of UTC.
///
/// What follows `text:` is the customer's or ours: a key in there counts only where it was not seen before.
#[must_use]
pub fn read(text: &str, offset_minutes: i16) -> Said {
    let text: String = text.chars().take(CHARS_MAX).collect();
    let mut found: Vec<(Key, usize, usize)> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match key_at(&text, at) {
            Some((key, value_at)) if !found.iter().any(|(known, ..)| *known == key) => {
                found.push((key, at, value_at));
                at = value_at;
            }
            _ => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    let value = |wanted: Key| {
        let at = found.iter().position(|(key, ..)| *key == wanted)?;
        let end = found.get(at + 1).map_or(text.len(), |(_, start, _)| *start);
        let value = text[found[at].2..end].trim().trim_matches(['"', '\'', ',', ';', '|', '\0']).trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    // Words and numbers have no spaces in them: what follows one belongs to a key nobody knows.
    let word = |wanted| {
        value(wanted).and_then(|value| {
            value.split_whitespace().next().map(|word| word.trim_end_matches([',', ';', '|']).to_owned())
        })
    };
    Said {
        id: word(Key::Id).filter(|id| id.len() <= crate::pdu::MESSAGE_ID_MAX),
        stat: word(Key::Stat),
        err: word(Key::Err),
        done_at: value(Key::DoneDate).and_then(|date| unix_ms(&date, offset_minutes)),
    }
}

/// A key that begins here, and where its value begins.
fn key_at(text: &str, at: usize) -> Option<(Key, usize)> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|ch| ch.is_alphanumeric() || ch == '_') {
        return None;
    }
    KEYS.iter().find_map(|(spelling, key)| {
        let mut rest = &text[at..];
        for wanted in spelling.chars() {
            if wanted == ' ' {
                rest = rest.strip_prefix([' ', '_', '-']).unwrap_or(rest);
                continue;
            }
            let mut chars = rest.chars();
            chars.next().filter(|ch| ch.eq_ignore_ascii_case(&wanted))?;
            rest = chars.as_str();
        }
        let rest = rest.trim_start_matches(['"', ' ']).strip_prefix([':', '='])?;
        Some((*key, text.len() - rest.len()))
    })
}

/// A date as receipts write it: `YYMMDDhhmm`, with seconds, with a century, or with signs between.
fn unix_ms(date: &str, offset_minutes: i16) -> Option<i64> {
    let digits: Vec<i16> =
        date.chars().filter_map(|ch| ch.to_digit(10)).filter_map(|digit| i16::try_from(digit).ok()).take(14).collect();
    let (year, rest) = match digits.len() {
        10 | 12 if !(digits.len() == 12 && digits[..2] == [2, 0] && digits[4] <= 1 && digits[2] >= 2) => {
            (2000 + digits[0] * 10 + digits[1], &digits[2..])
        }
        12 | 14 => (digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3], &digits[4..]),
        _ => return None,
    };
    let two = |at: usize| -> Option<i8> {
        let (tens, ones) = (*rest.get(at)?, *rest.get(at + 1)?);
        i8::try_from(tens * 10 + ones).ok()
    };
    let civil = jiff::civil::DateTime::new(year, two(0)?, two(2)?, two(4)?, two(6)?, two(8).unwrap_or(0), 0).ok()?;
    let offset = jiff::tz::Offset::from_seconds(i32::from(offset_minutes) * 60).ok()?;
    Some(offset.to_timestamp(civil).ok()?.as_millisecond())
}
