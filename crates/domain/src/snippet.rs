//! The words around what was searched for, with the finds marked.

use crate::words::{Query, tokens};

/// Most characters of a snippet.
pub const LONGEST: usize = 160;
/// Characters shown before the first find, where the text is longer than a snippet.
const BEFORE: usize = 40;
/// Most pieces that one written phone number falls into.
const NUMBER_PIECES: usize = 6;

/// A stretch of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The words as written.
    pub text: String,
    /// Whether they are what was looked for.
    pub found: bool,
}

/// A word as written: where it stands, in bytes, and its tokens.
struct Run {
    from: usize,
    until: usize,
    tokens: Vec<String>,
}

fn in_word(ch: char) -> bool {
    ch.is_alphanumeric()
        || matches!(ch, '\'' | '’' | 'ʼ' | '\u{ad}' | '\u{200c}' | '\u{200d}')
        || unicode_normalization::char::is_combining_mark(ch)
}

fn runs(body: &str) -> Vec<Run> {
    let mut found = Vec::new();
    let mut from = None;
    for (at, ch) in body.char_indices().chain([(body.len(), ' ')]) {
        match (in_word(ch), from) {
            (true, None) => from = Some(at),
            (false, Some(start)) => {
                found.push(Run { from: start, until: at, tokens: tokens(&body[start..at]) });
                from = None;
            }
            _ => {}
        }
    }
    found
}

/// A body around its first find, at most [`LONGEST`] characters, all finds in it marked.
///
/// A body that answers the question marks at least one word, unless it was
/// changed since it was indexed.
#[must_use]
pub fn snippet(body: &str, query: &Query) -> Vec<Piece> {
    let runs = runs(body);
    let mut marked = vec![false; runs.len()];
    let last = query.all.len().checked_sub(1);
    for (place, term) in query.all.iter().enumerate() {
        let start = query.prefix_last && Some(place) == last && term.chars().count() > 1;
        mark_word(body, &runs, &mut marked, term, start);
    }
    for phrase in &query.phrases {
        mark_phrase(&runs, &mut marked, phrase);
    }
    let first = marked.iter().position(|marked| *marked).map_or(0, |place| runs[place].from);
    let (from, until) = window(body, first);
    pieces(body, &runs, &marked, from, until)
}

fn mark_word(body: &str, runs: &[Run], marked: &mut [bool], term: &str, start: bool) {
    let fits = |token: &String| token == term || (start && token.starts_with(term));
    let mut any = false;
    for (run, mark) in runs.iter().zip(marked.iter_mut()) {
        if run.tokens.iter().any(fits) {
            (*mark, any) = (true, true);
        }
    }
    if any || !term.bytes().all(|byte| byte.is_ascii_digit()) {
        return;
    }
    // A number written in pieces: the fewest neighbours that together give the term.
    for length in 2..=NUMBER_PIECES {
        for (from, stretch) in runs.windows(length).enumerate() {
            let [first, .., last] = stretch else { continue };
            // A plus before it decides how it is read.
            let begin = first.from - usize::from(body[..first.from].ends_with('+'));
            if tokens(&body[begin..last.until]).iter().any(fits) {
                marked[from..from + length].fill(true);
                return;
            }
        }
    }
}

fn mark_phrase(runs: &[Run], marked: &mut [bool], phrase: &[String]) {
    let flat: Vec<(usize, &String)> =
        runs.iter().enumerate().flat_map(|(place, run)| run.tokens.iter().map(move |token| (place, token))).collect();
    for stretch in flat.windows(phrase.len()) {
        if stretch.iter().zip(phrase).all(|((_, token), word)| *token == word) {
            for (place, _) in stretch {
                marked[*place] = true;
            }
        }
    }
}

/// Where a snippet begins and ends, in bytes, so that it shows what stands at `first`.
fn window(body: &str, first: usize) -> (usize, usize) {
    let chars: Vec<usize> = body.char_indices().map(|(at, _)| at).collect();
    if chars.len() <= LONGEST {
        return (0, body.len());
    }
    let place = chars.partition_point(|at| *at < first);
    let begin = place.saturating_sub(BEFORE).min(chars.len() - LONGEST);
    let at = |place: usize| chars.get(place).copied().unwrap_or(body.len());
    let (mut from, mut until) = (at(begin), at(begin + LONGEST));
    // Whole words look better than halves, if there is a gap before the find.
    if from > 0
        && let Some(gap) = body[from..first].find(char::is_whitespace)
    {
        from += gap;
    }
    if until < body.len()
        && let Some(gap) = body[first..until].rfind(char::is_whitespace).filter(|gap| *gap > 0)
    {
        until = first + gap;
    }
    (from, until)
}

fn pieces(body: &str, runs: &[Run], marked: &[bool], from: usize, until: usize) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut push = |text: &str, found: bool| {
        if text.is_empty() {
            return;
        }
        match out.last_mut() {
            Some(last) if last.found == found => last.text.push_str(text),
            _ => out.push(Piece { text: text.to_owned(), found }),
        }
    };
    if from > 0 {
        push("…", false);
    }
    let mut at = from;
    for (run, _) in runs.iter().zip(marked).filter(|(run, marked)| **marked && run.from >= from && run.from < until) {
        push(&body[at..run.from], false);
        at = run.until.min(until);
        push(&body[run.from..at], true);
    }
    push(body[at..until].trim_end_matches(char::is_whitespace), false);
    if until < body.len() {
        push("…", false);
    }
    out
}
