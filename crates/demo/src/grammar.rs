//! Sentences with choices in them.
//!
//! `{one|two|}` is one of its branches, `[maybe]` is there half of the time,
//! `%rule` is a line of a shared list (see [`crate::phrases`]) and `$slot` is
//! something this very conversation is about. All may be nested.

use crate::chance::Chance;

/// What stands behind `$slot` and `%rule`.
pub trait Words {
    /// The text of a slot; it may hold choices itself.
    fn slot(&self, name: &str, chance: &mut Chance) -> Option<String>;
    /// The lines of a rule.
    fn rule(&self, name: &str) -> Option<&'static [&'static str]>;
}

/// One of the sentences that `template` stands for.
///
/// An unknown name is left as it was written, which a test would find.
#[must_use]
pub fn compose(template: &str, words: &impl Words, chance: &mut Chance) -> String {
    let mut raw = String::with_capacity(template.len());
    expand(template, words, chance, &mut raw, 0);
    smooth(&raw)
}

fn expand(template: &str, words: &impl Words, chance: &mut Chance, out: &mut String, depth: usize) {
    // Rules name each other; eight levels are more than any of ours.
    if depth > 8 {
        return;
    }
    let mut rest = template;
    while let Some(at) = rest.find(['{', '[', '$', '%']) {
        out.push_str(&rest[..at]);
        let sign = rest.as_bytes()[at];
        let after = &rest[at + 1..];
        match sign {
            b'{' | b'[' => {
                let (inside, tail) = enclosed(after, sign);
                if sign == b'{' {
                    let branches = branches(inside);
                    expand(chance.pick(&branches), words, chance, out, depth + 1);
                } else if chance.percent(50) {
                    expand(inside, words, chance, out, depth + 1);
                }
                rest = tail;
            }
            _ => {
                let end = after.find(|c: char| !c.is_ascii_alphabetic() && c != '_').unwrap_or(after.len());
                let (name, tail) = after.split_at(end);
                let found = if sign == b'$' {
                    words.slot(name, chance)
                } else {
                    words.rule(name).map(|lines| chance.pick(lines).to_owned())
                };
                match found {
                    // A shop's own name is no sentence of ours, whatever signs are in it.
                    Some(text) if name == "brand" => out.push_str(&text),
                    Some(text) => expand(&text, words, chance, out, depth + 1),
                    None => {
                        out.push(sign as char);
                        out.push_str(name);
                    }
                }
                rest = tail;
            }
        }
    }
    out.push_str(rest);
}

/// Splits `inside} tail` at the bracket that closes what was opened before it.
fn enclosed(text: &str, open: u8) -> (&str, &str) {
    let close = if open == b'{' { b'}' } else { b']' };
    let mut depth = 1;
    for (at, byte) in text.bytes().enumerate() {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth -= 1;
            if depth == 0 {
                return (&text[..at], &text[at + 1..]);
            }
        }
    }
    (text, "")
}

/// The branches of `one|two {three|four}`, split at its own bars only.
fn branches(inside: &str) -> Vec<&str> {
    let mut depth = 0;
    let mut start = 0;
    let mut list = Vec::new();
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b'|' if depth == 0 => {
                list.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    list.push(&inside[start..]);
    list
}

/// Takes out what left-out branches leave behind, and begins sentences with capitals.
fn smooth(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    for word in raw.split_whitespace() {
        let only_marks = word.chars().all(|c| matches!(c, '.' | ',' | '?' | '!'));
        if only_marks && text.ends_with(['.', ',', '?', '!']) {
            continue;
        }
        if !text.is_empty() && !only_marks {
            text.push(' ');
        }
        text.push_str(word);
    }
    let mut sentence = String::with_capacity(text.len());
    let mut begins = true;
    let mut letters = text.trim_start_matches(['.', ',', ' ']).chars().peekable();
    while let Some(letter) = letters.next() {
        if begins && letter.is_alphabetic() {
            sentence.extend(letter.to_uppercase());
            begins = false;
        } else {
            sentence.push(letter);
            let ends = matches!(letter, '.' | '?' | '!') && letters.peek().is_some_and(|next| *next == ' ');
            if ends {
                begins = true;
            } else if letter.is_alphanumeric() {
                begins = false;
            }
        }
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    struct Few;
    impl Words for Few {
        fn slot(&self, name: &str, _: &mut Chance) -> Option<String> {
            (name == "thing").then(|| "{mug|bowl}".to_owned())
        }
        fn rule(&self, name: &str) -> Option<&'static [&'static str]> {
            (name == "hi").then_some(&["hello,", ""])
        }
    }

    fn all(template: &str) -> BTreeSet<String> {
        (0..200).map(|n| compose(template, &Few, &mut Chance::of(n, 0))).collect()
    }

    #[test]
    fn every_choice_and_nothing_else() {
        let set = |list: &[&str]| list.iter().map(|line| (*line).to_owned()).collect::<BTreeSet<String>>();
        assert_eq!(all("{a|b {c|d}|}."), set(&["A.", "B c.", "B d.", ""]));
        assert_eq!(
            all("%hi the $thing [please]?"),
            set(&[
                "Hello, the mug please?",
                "Hello, the mug?",
                "Hello, the bowl please?",
                "Hello, the bowl?",
                "The mug please?",
                "The mug?",
                "The bowl please?",
                "The bowl?",
            ])
        );
        assert_eq!(all("$nothing"), set(&["$Nothing"]));
    }

    #[test]
    fn sentences_begin_with_capitals() {
        assert_eq!(
            all("one. two? three at 3.50 e.g. now"),
            BTreeSet::from(["One. Two? Three at 3.50 e.g. Now".to_owned()])
        );
    }
}
