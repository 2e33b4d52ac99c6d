//! Cutting a text into parts.

use unicode_segmentation::GraphemeCursor;

use super::{Encoding, units};

/// The parts of a text, each as long as can be. Made by [`parts`].
#[derive(Debug, Clone)]
pub struct Parts<'a> {
    rest: Option<&'a str>,
    encoding: Encoding,
    limit: u32,
}

/// Cuts a text into the parts a carrier would receive; an empty text is one.
///
/// An escape pair, a surrogate pair and a grapheme cluster that fits into one
/// part are never cut. A larger cluster is filled into parts character by
/// character, because it has to be cut somewhere.
#[must_use]
pub fn parts(text: &str) -> Parts<'_> {
    let encoding = Encoding::of(text);
    let limit = if units(text, encoding) <= encoding.single() { encoding.single() } else { encoding.joined() };
    Parts { rest: Some(text), encoding, limit }
}

/// The parts as owned texts; together they are the text.
#[must_use]
pub fn split(text: &str) -> Vec<String> {
    parts(text).map(str::to_owned).collect()
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest.take()?;
        let cut = cut(rest, self.encoding, self.limit);
        let (part, rest) = rest.split_at(cut);
        self.rest = (!rest.is_empty()).then_some(rest);
        Some(part)
    }
}

/// The byte at which the first part of `text` ends. It is never 0 for a text
/// that is not empty, because a part holds more than any one character.
fn cut(text: &str, encoding: Encoding, limit: u32) -> usize {
    let mut sum = 0;
    let full = text.char_indices().find(|&(_, ch)| {
        sum += encoding.units(ch);
        sum > limit
    });
    let Some((full, _)) = full else {
        return text.len();
    };
    // Looking back from the end of the part keeps the whole linear. The text
    // starts where a part does, so flags are paired as in the whole.
    let mut cursor = GraphemeCursor::new(full, text.len(), true);
    if cursor.is_boundary(text, 0) == Ok(true) {
        return full;
    }
    match cursor.prev_boundary(text, 0) {
        Ok(Some(boundary)) if boundary > 0 => boundary,
        _ => full,
    }
}
