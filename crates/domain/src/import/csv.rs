//! Reading comma-separated text as programs and spreadsheets write it (RFC 4180 and
//! around it): any usual delimiter, any line end, quoted or not.

/// A quoted field with more line ends than this was never closed.
const QUOTED_LINES_MAX: u32 = 50;

/// What a delimiter may be.
const DELIMITERS: &[char] = &[',', ';', '\t', '|'];

/// A file's bytes as text: UTF-8, UTF-16 with its mark, or else Latin-1.
/// Without U+0000, which no database column keeps.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    let wide = |rest: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.chunks_exact(2).map(|pair| read([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().copied().map(char::from).collect(),
        },
    };
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

/// What stands between the fields, judged by the first line.
#[must_use]
pub fn delimiter(text: &str) -> char {
    let first = text.trim_start_matches(['\r', '\n']).lines().next().unwrap_or_default();
    let count = |wanted: char| {
        let mut quoted = false;
        first
            .chars()
            .filter(|&ch| {
                quoted ^= ch == '"';
                ch == wanted && !quoted
            })
            .count()
    };
    // Of equal counts the first, so that a comma needs no rival.
    let most = DELIMITERS.iter().map(|&one| count(one)).max().unwrap_or(0);
    DELIMITERS.iter().copied().find(|&one| count(one) == most).unwrap_or(',')
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The line it begins on, from 1.
    pub line: u32,
    /// Its fields without the space around them; none where its quotation marks do not match.
    pub fields: Option<Vec<String>>,
}

/// The rows of a text; empty lines are none.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    delimiter: char,
}

impl<'a> Records<'a> {
    /// The rows of a text whose first line has a number.
    #[must_use]
    pub const fn new(text: &'a str, first_line: u32, delimiter: char) -> Self {
        Self { text, at: 0, line: first_line, delimiter }
    }

    /// The byte at which the next row is looked for.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }

    /// The number of the line that begins there.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.line
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The row that begins here, its length in bytes, and how many lines it covers.
    fn quoted(&self) -> Option<(Vec<String>, usize, u32)> {
        let rest = self.rest();
        let (mut fields, mut field, mut lines) = (Vec::new(), String::new(), 1);
        // Whether this field is within quotation marks, has closed them, or has none.
        let (mut inside, mut closed) = (false, false);
        let mut chars = rest.char_indices().peekable();
        while let Some((at, ch)) = chars.next() {
            if inside {
                match ch {
                    '"' if chars.peek().is_some_and(|(_, next)| *next == '"') => {
                        chars.next();
                        field.push('"');
                    }
                    '"' => (inside, closed) = (false, true),
                    _ => {
                        lines += u32::from(ch == '\n');
                        if lines > QUOTED_LINES_MAX {
                            return None;
                        }
                        field.push(ch);
                    }
                }
                continue;
            }
            match ch {
                '"' if field.trim().is_empty() && !closed => {
                    field.clear();
                    inside = true;
                }
                '\n' | '\r' => {
                    fields.push(taken(&mut field));
                    let end = at + if rest.get(at..).is_some_and(|rest| rest.starts_with("\r\n")) { 2 } else { 1 };
                    return Some((fields, end, lines));
                }
                _ if ch == self.delimiter => {
                    fields.push(taken(&mut field));
                    closed = false;
                }
                _ if closed && !ch.is_whitespace() => return None,
                _ => field.push(ch),
            }
        }
        if inside {
            return None;
        }
        fields.push(taken(&mut field));
        Some((fields, rest.len(), lines))
    }
}

fn taken(field: &mut String) -> String {
    std::mem::take(field).trim().to_owned()
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        loop {
            if self.rest().is_empty() {
                return None;
            }
            let line = self.line;
            let Some((fields, length, lines)) = self.quoted() else {
                // Only its own line is given up, not all that follows a stray mark.
                let rest = self.rest();
                let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
                self.at += end;
                self.line += 1;
                return Some(Record { line, fields: None });
            };
            self.at += length;
            self.line += lines;
            if fields.iter().any(|field| !field.is_empty()) {
                return Some(Record { line, fields: Some(fields) });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, Vec<String>)> {
        let records = Records::new(text, 1, delimiter(text));
        records.map(|record| (record.line, record.fields.unwrap_or_else(|| vec!["!".to_owned()]))).collect()
    }

    fn row(line: u32, fields: &[&str]) -> (u32, Vec<String>) {
        (line, fields.iter().map(|field| (*field).to_owned()).collect())
    }

    #[test]
    fn rows_are_read_as_programs_write_them() {
        assert_eq!(
            read("a,b\r\n1, 2 \n\n\"3\"\"x\",\"4,\n5\"\n6,7"),
            [row(1, &["a", "b"]), row(2, &["1", "2"]), row(4, &["3\"x", "4,\n5"]), row(6, &["6", "7"]),]
        );
        assert_eq!(read("a;\"b,c,d\"\n1;2"), [row(1, &["a", "b,c,d"]), row(2, &["1", "2"])]);
        assert_eq!(read("a\tb\n1\t2"), [row(1, &["a", "b"]), row(2, &["1", "2"])]);
        assert_eq!(read("+12125550101\n+12125550102\n"), [row(1, &["+12125550101"]), row(2, &["+12125550102"])]);
        assert_eq!(read("\n\n"), []);
    }

    #[test]
    fn a_stray_mark_costs_its_own_row_alone() {
        let rest: String = (0..60).map(|n| format!("{n},x\n")).collect();
        let all = read(&format!("a,b\n\"1,2\n{rest}"));
        assert_eq!(all[1], row(2, &["!"]));
        assert_eq!((all[2].clone(), all.len()), (row(3, &["0", "x"]), 62));
        assert_eq!(read("\"a\"b,c\nd,e")[..], [row(1, &["!"]), row(2, &["d", "e"])]);
        assert_eq!(read("a\n\"b")[1], row(2, &["!"]));
        // A mark inside a field is a sign like any other.
        assert_eq!(read("5\" pipe,b"), [row(1, &["5\" pipe", "b"])]);
    }

    #[test]
    fn a_place_between_rows_is_where_reading_goes_on() {
        let text = "a,b\n1,\"2\n3\"\n4,5\n";
        let mut records = Records::new(text, 1, ',');
        records.next();
        records.next();
        let (at, line) = (records.at(), records.line());
        let rest: Vec<Record> = Records::new(&text[at..], line, ',').collect();
        assert_eq!(rest, [Record { line: 4, fields: Some(vec!["4".to_owned(), "5".to_owned()]) }]);
    }

    #[test]
    fn bytes_become_text_whatever_wrote_them() {
        assert_eq!(text(b"\xef\xbb\xbfa"), "a");
        assert_eq!(text(b"\xff\xfea\0,\0"), "a,");
        assert_eq!(text(b"\xfe\xff\0a"), "a");
        assert_eq!(text(b"Zo\xeb"), "Zo\u{eb}");
        assert_eq!(text("Zo\u{eb}".as_bytes()), "Zo\u{eb}");
        assert_eq!(text(b"a\0b"), "ab");
        assert_eq!(text(b""), "");
    }
}
