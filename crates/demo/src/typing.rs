//! From what somebody means to what they type.

use crate::chance::Chance;
use crate::person::Manner;

const SHORT: &[(&str, &str)] = &[
    ("you", "u"),
    ("your", "ur"),
    ("are", "r"),
    ("please", "pls"),
    ("because", "bc"),
    ("thanks", "thx"),
    ("thank", "thx"),
    ("right", "rite"),
    ("tomorrow", "tmrw"),
    ("with", "w"),
    ("without", "w/o"),
    ("about", "abt"),
    ("to", "2"),
    ("for", "4"),
    ("people", "ppl"),
    ("really", "rly"),
    ("order", "ordr"),
    ("what", "wat"),
    ("probably", "prob"),
    ("going", "goin"),
    ("don't", "dont"),
    ("can't", "cant"),
    ("didn't", "didnt"),
    ("i'm", "im"),
    ("it's", "its"),
    ("okay", "k"),
    ("message", "msg"),
    ("know", "kno"),
    ("before", "b4"),
];
/// Abbreviations most texters use, as against the few who use all of [`SHORT`].
const COMMON: &[&str] = &["please", "because", "thanks", "tomorrow", "don't", "can't", "didn't", "i'm", "it's", "you"];

const MISSPELT: &[(&str, &str)] = &[
    ("received", "recieved"),
    ("receive", "recieve"),
    ("definitely", "definately"),
    ("the", "teh"),
    ("tomorrow", "tommorow"),
    ("address", "adress"),
    ("really", "realy"),
    ("until", "untill"),
    ("package", "packge"),
    ("delivered", "deliverd"),
    ("tracking", "traking"),
    ("order", "oder"),
    ("ordered", "orderd"),
    ("refund", "refudn"),
    ("which", "wich"),
    ("their", "thier"),
    ("wrong", "wrogn"),
    ("because", "becuase"),
    ("thanks", "thnaks"),
    ("waiting", "wating"),
    ("beautiful", "beatiful"),
    ("anything", "anythign"),
    ("instead", "insted"),
    ("broken", "brokn"),
    ("supposed", "suposed"),
    ("different", "diffrent"),
    ("questions", "qestions"),
    ("birthday", "brithday"),
    ("something", "somthing"),
    ("blanket", "blankt"),
];

/// How somebody of this manner would type `meant`: one text, or several in a row.
#[must_use]
pub fn typed(meant: &str, manner: Manner, angry: bool, chance: &mut Chance) -> Vec<String> {
    let texts = if manner.bursts && chance.percent(55) { thoughts(meant) } else { vec![meant.to_owned()] };
    let count = texts.len();
    texts
        .into_iter()
        .enumerate()
        .map(|(index, text)| one(&text, manner, angry, index + 1 == count, chance))
        .filter(|text| !text.is_empty())
        .collect()
}

fn one(meant: &str, manner: Manner, angry: bool, last: bool, chance: &mut Chance) -> String {
    let words = meant.split(' ').map(|word| spelled(word, manner, chance)).collect::<Vec<_>>();
    let mut text = words.join(" ");
    if angry && manner.shouts && text.len() < 90 && chance.percent(50) {
        text = text.to_uppercase();
    } else if manner.lowercase {
        text = text.to_lowercase();
    }
    if manner.unstopped && text.ends_with('.') {
        text.truncate(text.trim_end_matches('.').len());
    }
    if angry && text.ends_with(['?', '!']) && chance.percent(40) {
        let mark = if text.ends_with('?') { "??" } else { "!!" };
        text.push_str(mark);
    } else if manner.bright && text.ends_with('.') && !angry {
        text.pop();
        text.push('!');
    }
    if last && !angry && !manner.emoji.is_empty() && chance.percent(30) {
        text.push(' ');
        text.push_str(chance.pick(manner.emoji));
    }
    text
}

/// A text's sentences, each of which somebody may send by itself.
fn thoughts(meant: &str) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    let mut start = 0;
    for (at, mark) in meant.char_indices() {
        let end = at + mark.len_utf8();
        if matches!(mark, '.' | '?' | '!') && meant[end..].starts_with(' ') {
            list.push(meant[start..end].trim().to_owned());
            start = end;
        }
    }
    list.push(meant[start..].trim().to_owned());
    list
}

fn spelled(word: &str, manner: Manner, chance: &mut Chance) -> String {
    let bare = word.trim_end_matches(['.', ',', '?', '!']);
    let marks = &word[bare.len()..];
    let lower = bare.to_lowercase();
    if manner.abbreviates
        && chance.percent(if COMMON.contains(&lower.as_str()) { 70 } else { 25 })
        && let Some((_, short)) = SHORT.iter().find(|(long, _)| *long == lower)
    {
        return format!("{short}{marks}");
    }
    // Numbers and codes are copied, not typed.
    if manner.slips == 0 || chance.below(manner.slips) != 0 || bare.bytes().any(|byte| byte.is_ascii_digit()) {
        return word.to_owned();
    }
    if let Some((_, wrong)) = MISSPELT.iter().find(|(right, _)| *right == lower) {
        return format!("{wrong}{marks}");
    }
    format!("{}{marks}", slip(bare, chance))
}

/// A slip of the thumb: two letters swapped, one left out, or one doubled.
fn slip(word: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 4 || !letters.iter().all(|letter| letter.is_alphabetic()) {
        return word.to_owned();
    }
    let at = 1 + chance.below(letters.len() - 2);
    match chance.below(3) {
        0 => letters.swap(at, at + 1),
        1 => {
            letters.remove(at);
        }
        _ => letters.insert(at, letters[at]),
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Manner = Manner {
        lowercase: false,
        unstopped: false,
        abbreviates: false,
        slips: 0,
        bursts: false,
        greets: true,
        emoji: &[],
        chatty: false,
        shouts: false,
        bright: false,
    };

    #[test]
    fn a_plain_typist_types_what_they_mean() {
        let meant = "Hi, where is order 1042? It was due Friday.";
        assert_eq!(typed(meant, PLAIN, true, &mut Chance::of(1, 1))[0].replace("??", "?"), meant);
    }

    #[test]
    fn bursts_keep_every_word() {
        let manner = Manner { bursts: true, ..PLAIN };
        let seen: Vec<Vec<String>> = (0..20)
            .map(|n| typed("One here. Two there? Three at 3.50.", manner, false, &mut Chance::of(n, 0)))
            .collect();
        assert!(seen.iter().any(|texts| texts.len() == 3));
        assert!(seen.iter().all(|texts| texts.join(" ") == "One here. Two there? Three at 3.50."));
    }

    #[test]
    fn codes_are_never_misspelt() {
        let manner = Manner { slips: 1, abbreviates: true, ..PLAIN };
        for n in 0..50 {
            let texts = typed("The order OM-20417 to 12b please", manner, false, &mut Chance::of(n, 0));
            assert!(texts[0].contains("OM-20417") && texts[0].contains("12b"), "{texts:?}");
        }
    }
}
