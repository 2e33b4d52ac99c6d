//! A brand's own words for the answers, and what must stand in them.

use crate::join::{self, Offer, Part};
use crate::keyword::plain_words;
use crate::language::Language;
use crate::message::words;
use crate::rule_pack::RulePack;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// An answer that a brand may word itself.
    Answer {
        /// The single confirmation of an opt-out of everything.
        OptOut = "opt_out",
        /// The answer to START.
        OptIn = "opt_in",
        /// The answer to HELP.
        Help = "help",
    }
}

/// A brand's own words, by language and answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OwnWords(BTreeMap<Language, BTreeMap<Answer, String>>);

impl OwnWords {
    /// The words as they are kept. Those of a newer Hark, which nobody here can read, are none.
    #[must_use]
    pub fn read(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// As they are kept.
    #[must_use]
    pub fn kept(&self) -> String {
        // Maps of words always serialise.
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }

    /// The words for an answer in a language.
    #[must_use]
    pub fn get(&self, language: Language, answer: Answer) -> Option<&str> {
        self.0.get(&language)?.get(&answer).map(String::as_str)
    }

    /// Sets them; empty ones leave the answer to Hark.
    pub fn set(&mut self, language: Language, answer: Answer, words: &str) {
        let words = words.trim();
        let of_language = self.0.entry(language).or_default();
        if words.is_empty() {
            of_language.remove(&answer);
        } else {
            of_language.insert(answer, words.to_owned());
        }
        self.0.retain(|_, answers| !answers.is_empty());
    }
}

/// What keeps a brand's words from being an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The stable code.
    pub code: &'static str,
    /// What is wrong, and what mends it.
    pub detail: String,
}

/// Words by which a confirmation says that the texts end: begun like that, whatever their ending.
const ENDED: &[&str] = &[
    "unsubscrib",
    "remov",
    "ended",
    "stopped",
    "cancel",
    "discontinu",
    "baja",
    "elimin",
    "desabonn",
    "desinscri",
    "resili",
    "retir",
    "supprim",
    "annul",
];
/// The same, said by what will not come: one of these, and one of [`NEVER_COMES`].
const NO: &[&str] = &[
    "no", "not", "never", "wont", "cannot", "last", "out", "off", "final", "ya", "nunca", "ningun", "ultimo", "plus",
    "pas", "jamais", "aucun", "dernier",
];
const NEVER_COMES: &[&str] = &[
    "text", "message", "msg", "hear", "send", "write", "contact", "list", "receiv", "get", "mensaj", "escrib", "envi",
    "recib", "sms", "ecri", "recev", "envoi", "envoy", "list", "opt",
];

/// Whether a confirmation says that no more texts come.
fn says_the_end(words: &str) -> bool {
    let words = plain_words(words);
    let begins = |word: &String, stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
    words.iter().any(|word| begins(word, ENDED))
        || (words.iter().any(|word| NO.contains(&word.as_str())) && words.iter().any(|word| begins(word, NEVER_COMES)))
}

/// What is wrong with a brand's own words for an answer: a confirmation that sells (47 CFR 64.1200(a)(12)),
/// one that does not say who texts, or, where all else is right, that no more texts come (the same: it
/// is to confirm the wish and nothing else); an answer to HELP that does not say how to leave, one to START that says
/// neither that nor where help is (CTIA Messaging Principles 5.1.2).
#[must_use]
pub fn faults(answer: Answer, words: &str, brand: &str, pack: &RulePack) -> Vec<Fault> {
    let needed: &[Part] = match answer {
        Answer::OptOut => &[Part::Brand],
        Answer::OptIn => &[Part::Brand, Part::Help, Part::OptOut],
        Answer::Help => &[Part::Brand, Part::OptOut],
    };
    let lacking = join::lacking(words, &of(brand), needed)
        .into_iter()
        .map(|found| Fault { code: found.code(), detail: format!("{} {}", found.detail, found.fix) });
    let sells = pack.offers(words).then(|| Fault {
        code: "marketing",
        detail: "It reads as an offer. An answer of this kind must not sell; take it out.".to_owned(),
    });
    let mut faults: Vec<Fault> = lacking.chain(sells).collect();
    if answer == Answer::OptOut && faults.is_empty() && !says_the_end(words) {
        faults.push(Fault {
            code: "end_missing",
            detail: "It does not say that no more texts come. Say it: \"You will get no more texts.\"".to_owned(),
        });
    }
    faults
}

/// Whether words name a brand.
pub(super) fn names(words: &str, brand: &str) -> bool {
    join::lacking(words, &of(brand), &[Part::Brand]).is_empty()
}

/// Of the words of an answer only the brand is asked about what they offer.
const fn of(brand: &str) -> Offer<'_> {
    Offer { brand, programme: "", frequency: "", locale: "", confirmation: "", welcome: "" }
}
