//! What a row looks for in the words of a text.

use serde::Serialize;

/// How a text is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// A link to one of these hosts, or a name under one.
    Hosts,
    /// More links than this.
    LinksOver(usize),
    /// One of these phrases.
    Phrases,
    /// One of these phrases, in a campaign without an age gate.
    PhrasesWithoutAgeGate,
    /// One of these phrases makes it marketing.
    Marketing,
    /// None of these phrases, when opt-out wording is due.
    MissingOptOut {
        /// How long after it was last due it is due again, in ms.
        every_ms: i64,
    },
    /// The brand is not named.
    MissingBrand,
}

/// What a row looks for, and what follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Words {
    /// The stable code of the finding.
    pub code: String,
    /// How it looks.
    pub look: Look,
    /// Whether a finding stops the text.
    pub refuses: bool,
    /// What the writer can do.
    pub fix: String,
    /// Hosts or phrases, lower case.
    pub list: Vec<String>,
}

impl Words {
    pub(super) fn read(code: &str, find: &str, list: &str) -> Option<Self> {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        let look = match find {
            "hosts" => Look::Hosts,
            "phrases" => Look::Phrases,
            "phrases unless age gated" => Look::PhrasesWithoutAgeGate,
            "marketing" => Look::Marketing,
            "no brand" => Look::MissingBrand,
            _ => match (find.strip_prefix("links over "), find.strip_prefix("no opt-out words in ")) {
                (Some(count), _) => Look::LinksOver(count.parse().ok()?),
                (_, Some(days)) => {
                    let days: i64 = days.strip_suffix(" days")?.parse().ok()?;
                    Look::MissingOptOut { every_ms: days.checked_mul(DAY)? }
                }
                (None, None) => return None,
            },
        };
        let list: Vec<String> =
            list.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
        if list.is_empty() != matches!(look, Look::LinksOver(_) | Look::MissingBrand) {
            return None;
        }
        Some(Self { code: code.to_owned(), look, refuses: false, fix: String::new(), list })
    }

    /// The first host of the list that a text links to, or under which it does.
    #[must_use]
    pub fn host<'a>(&'a self, text: &Text<'_>) -> Option<&'a str> {
        let under = |host: &String, listed: &str| {
            host.strip_suffix(listed).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.list.iter().find(|listed| text.hosts.iter().any(|host| under(host, listed))).map(String::as_str)
    }
}

/// The phrases of all rows of a pack by their first two letters, so that one
/// walk through a text finds them all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrases(Vec<Vec<Phrase>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Phrase {
    stem: Box<[u8]>,
    /// Whether any ending is meant.
    open: bool,
    row: u16,
    place: u16,
}

/// Letters, the per cent sign, and everything else.
const LETTERS: usize = 28;

const fn letter(byte: u8) -> usize {
    match byte {
        b'a'..=b'z' => (byte - b'a') as usize,
        b'%' => 26,
        _ => 27,
    }
}

fn bucket(one: u8, two: u8) -> usize {
    letter(one) * LETTERS + letter(two)
}

impl Phrases {
    /// The phrases of rows, given by their places in the pack.
    pub(super) fn of<'a>(rows: impl Iterator<Item = (u16, &'a Words)>) -> Self {
        let mut buckets = vec![Vec::new(); LETTERS * LETTERS];
        for (row, words) in rows.filter(|(_, words)| words.look != Look::Hosts) {
            for (place, phrase) in (0_u16..).zip(&words.list) {
                let (stem, open) = phrase.strip_suffix('*').map_or((phrase.as_str(), false), |stem| (stem, true));
                if let [one, two, ..] = *stem.as_bytes() {
                    buckets[bucket(one, two)].push(Phrase { stem: stem.as_bytes().into(), open, row, place });
                }
            }
        }
        Self(buckets)
    }

    /// Reads a body, and finds every phrase in it.
    pub(super) fn read<'a>(&self, body: &'a str) -> Text<'a> {
        let words = plain(body);
        let mut hits: Vec<(u16, u16)> = Vec::new();
        for (at, pair) in words.windows(3).enumerate() {
            let [before, one, two] = *pair else { break };
            // A phrase begins where a word does; a per cent sign follows its number.
            if one == b' ' || before != b' ' && one != b'%' {
                continue;
            }
            for phrase in &self.0[bucket(one, two)] {
                let rest = &words[at + 1..];
                if rest.starts_with(&phrase.stem) && (phrase.open || rest.get(phrase.stem.len()) == Some(&b' ')) {
                    hits.push((phrase.row, phrase.place));
                }
            }
        }
        Text { body, hits, hosts: hosts(body) }
    }
}

/// A text with what was found in it.
#[derive(Debug)]
pub struct Text<'a> {
    body: &'a str,
    /// The row and the place of the phrase in its list, in the order of the text.
    hits: Vec<(u16, u16)>,
    /// Hosts of its links, lower case.
    pub hosts: Vec<String>,
}

impl Text<'_> {
    /// The first phrase of a row, by the row's place in the pack.
    pub(super) fn phrase(&self, row: u16) -> Option<usize> {
        self.hits.iter().find(|(hit, _)| *hit == row).map(|(_, place)| usize::from(*place))
    }

    /// Whether a name is in it, whatever its spaces and marks.
    #[must_use]
    pub fn names(&self, name: &str) -> bool {
        let plain =
            |text: &str| text.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
        plain(self.body).contains(&plain(name))
    }
}

/// A body in lower case, one space before, between and after its words. Marks
/// other than `%`, `-` and `'` count as spaces.
fn plain(body: &str) -> Vec<u8> {
    let mut words = Vec::with_capacity(body.len() + 2);
    words.push(b' ');
    let mut last = b' ';
    let mut rest = body;
    while let Some(byte) = rest.bytes().next() {
        if byte < 128 {
            let kept = KEPT[usize::from(byte)];
            if kept != b' ' || last != b' ' {
                words.push(kept);
                last = kept;
            }
            rest = &rest[1..];
            continue;
        }
        let Some(letter) = rest.chars().next() else { break };
        rest = &rest[letter.len_utf8()..];
        if letter == '\u{2019}' {
            words.push(b'\'');
        } else if letter.is_alphanumeric() {
            let mut buffer = [0; 4];
            for lower in letter.to_lowercase() {
                words.extend_from_slice(lower.encode_utf8(&mut buffer).as_bytes());
            }
        } else if last != b' ' {
            words.push(b' ');
        }
        last = words.last().copied().unwrap_or(b' ');
    }
    if last != b' ' {
        words.push(b' ');
    }
    words
}

/// What is kept of an ASCII character: its lower case, or a space.
const KEPT: [u8; 128] = {
    let mut kept = [b' '; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() || byte == b'%' || byte == b'-' || byte == b'\'' {
            kept[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    kept
};

/// The hosts of what looks like a link, lower case.
fn hosts(body: &str) -> Vec<String> {
    let mut hosts = Vec::new();
    let bytes = body.as_bytes();
    let ends = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'<' | b'>' | b'(' | b')' | b'"' | b',');
    let mut done = 0;
    for dot in memchr(b'.', bytes) {
        // Only a dot between letters can be of a link, and a word is read once.
        let inside = |at: Option<&u8>| at.is_some_and(|byte| byte.is_ascii_alphanumeric());
        if dot < done || dot == 0 || !inside(bytes.get(dot - 1)) || !inside(bytes.get(dot + 1)) {
            continue;
        }
        let from = bytes[..dot].iter().rposition(|byte| ends(*byte)).map_or(0, |at| at + 1);
        let to = bytes[dot..].iter().position(|byte| ends(*byte)).map_or(bytes.len(), |at| dot + at);
        done = to;
        if let Some(host) = body.get(from..to).and_then(host) {
            hosts.push(host);
        }
    }
    hosts
}

fn memchr(byte: u8, bytes: &[u8]) -> impl Iterator<Item = usize> {
    bytes.iter().enumerate().filter(move |(_, known)| **known == byte).map(|(at, _)| at)
}

/// The host of a word that looks like a link.
fn host(word: &str) -> Option<String> {
    let (scheme, rest) = match word.find("://") {
        Some(at) => (true, &word[at + 3..]),
        None => (false, word),
    };
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    let path = end < rest.len();
    let host = rest[..end].trim_end_matches(['.', '!', ';', '\'']);
    let (_, top) = host.rsplit_once('.')?;
    let named = top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    // `sale.Today` is a slip of the space bar, `shop.example` is a link.
    let lower = top.bytes().all(|byte| byte.is_ascii_lowercase());
    (named && !rest.contains('@') && (scheme || path || lower)).then(|| host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_told_from_slips_of_the_space_bar() {
        for (body, found) in [
            ("See https://Bit.ly/x.", &["bit.ly"][..]),
            ("see bit.ly/x and shop.example/a?b", &["bit.ly", "shop.example"]),
            ("Sale.Today only 3.50 off", &[]),
            ("www.shop.example!", &["www.shop.example"]),
            ("(shop.example),other.example", &["shop.example", "other.example"]),
            ("write to help@shop.example", &[]),
            ("no link here. None.", &[]),
            ("…ü.é", &[]),
        ] {
            assert_eq!(hosts(body), found, "{body}");
        }
    }

    #[test]
    fn phrases_are_whole_words_in_any_case() {
        let words = Words::read("code", "phrases", "% off, vape*, stop is the only way, arrêt");
        let Some(words) = words else { unreachable!() };
        let phrases = Phrases::of(std::iter::once((3, &words)));
        for (body, found) in [
            ("20% OFF today", Some("% off")),
            ("20 % off", Some("% off")),
            ("20% offers", None),
            ("Vapes!", Some("vape*")),
            ("seavape", None),
            ("Texting \"STOP\" is the only way out", Some("stop is the only way")),
            ("ARRÊT", Some("arrêt")),
            ("", None),
        ] {
            let hit = phrases.read(body).phrase(3).map(|place| words.list[place].as_str());
            assert_eq!(hit, found, "{body}");
        }
    }
}
