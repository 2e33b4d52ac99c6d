//! Reactions that phones send as texts.
//!
//! A phone without the other side's messaging service writes a reaction out:
//! `Liked “Your order has shipped”`. It quotes our text, with our own "Reply
//! STOP" in it, and asks for nothing.

/// What stands before the quoted text in the phones' own wordings.
const VERBS: &[&str] = &[
    "liked",
    "loved",
    "disliked",
    "laughed at",
    "emphasized",
    "emphasised",
    "questioned",
    "removed a like from",
    "removed a heart from",
    "removed a love from",
    "removed a dislike from",
    "removed a laugh from",
    "removed an exclamation from",
    "removed an emphasis from",
    "removed a question mark from",
    "removed a question from",
    "me gusta",
    "le gusta",
    "le gustó",
    "le gusto",
    "le encanta",
    "le encantó",
    "le encanto",
    "no le gusta",
    "no le gustó",
    "no le gusto",
    "se rió de",
    "se rio de",
    "se ha reído con",
    "se ha reido con",
    "ha hecho énfasis en",
    "enfatizó",
    "enfatizo",
    "ha puesto en duda",
    "preguntó por",
    "a aimé",
    "a aime",
    "a adoré",
    "a adore",
    "n'a pas aimé",
    "n'a pas aime",
    "a ri à",
    "a ri de",
    "a mis en évidence",
    "a insisté sur",
    "a mis en doute",
    "a posé une question sur",
];

/// Wordings with an emoji between their start and their end.
const REACTED: &[(&str, &[&str])] = &[
    ("reacted with ", &["to"]),
    ("reacted ", &["to"]),
    ("removed ", &["from"]),
    ("removed a ", &["reaction from", "from"]),
    ("reaccionó con ", &["a"]),
    ("reacciono con ", &["a"]),
    ("ha reaccionado con ", &["a"]),
    ("quitó ", &["de"]),
    ("a réagi par ", &["à", "a"]),
    ("a réagi avec ", &["à", "a"]),
    ("a retiré ", &["de"]),
    ("", &["to", "removed from", "reaction removed from"]),
];

/// What a reaction names instead of quoting it.
const THINGS: &[&str] = &[
    "an image",
    "a photo",
    "a picture",
    "a video",
    "a movie",
    "a message",
    "an attachment",
    "a link",
    "a sticker",
    "a contact",
    "a location",
    "an audio message",
    "a voice message",
    "a gif",
    "a file",
    "una imagen",
    "una foto",
    "un vídeo",
    "un video",
    "un mensaje",
    "une image",
    "une photo",
    "une vidéo",
    "un message",
    "your message",
];

/// Whether a text is a reaction that a phone wrote out.
#[must_use]
pub fn is_tapback(text: &str) -> bool {
    // The wording stands at the start; only that much needs a plain form.
    let head = plain(text);
    let head = head.trim();
    let quoted = VERBS
        .iter()
        .any(|verb| head.strip_prefix(verb).is_some_and(|rest| rest.starts_with(' ') && target(rest, text)));
    quoted
        || REACTED.iter().any(|(start, joins)| head.strip_prefix(start).is_some_and(|rest| reaction(rest, joins, text)))
}

/// An emoji, then one of the joining words, then the target.
fn reaction(rest: &str, joins: &[&str], text: &str) -> bool {
    let Some((emoji, rest)) = rest.split_once(' ') else {
        return false;
    };
    let pictured = !emoji.is_empty()
        && emoji.chars().count() <= 12
        && !emoji.is_ascii()
        && !emoji.chars().any(|ch| ch.is_alphanumeric() && !ch.is_ascii_digit());
    pictured
        && joins
            .iter()
            .any(|join| rest.strip_prefix(join).is_some_and(|rest| rest.starts_with(' ') && target(rest, text)))
}

/// Whether what follows is a quotation that runs to the end of the text, or
/// the name of something that cannot be quoted. Words after the quotation are
/// the customer's own and make it an ordinary text.
fn target(rest: &str, text: &str) -> bool {
    let rest = rest.trim_start();
    if THINGS.iter().any(|thing| rest.trim_end_matches(['.', ' ']) == *thing) {
        return true;
    }
    if !rest.starts_with(quote) {
        return false;
    }
    let text = text.trim_end_matches(|ch: char| ch.is_whitespace() || invisible(ch));
    // A quotation cut off by its phone has no closing mark at all.
    text.ends_with(quote) || text.matches(quote).count() == 1
}

fn quote(ch: char) -> bool {
    matches!(ch, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '「' | '」')
}

fn invisible(ch: char) -> bool {
    matches!(ch, '\u{200a}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}')
}

/// The start of a text in lower case with plain spaces and apostrophes.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(96);
    for ch in text.trim_start().chars().take(96) {
        match ch {
            '’' => out.push('\''),
            _ if ch.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            _ if invisible(ch) => {}
            _ => out.extend(ch.to_lowercase()),
        }
    }
    out
}
