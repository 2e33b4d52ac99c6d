//! How hold-outs are read: texts of hands that had seen nothing, which no weight was fitted on.

use super::corpus::Text;
use super::report::Found;
use domain::keyword::{Class, Weights};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Labelled texts that the model is never fitted on, each by a hand that had seen neither rules nor texts.
pub const FILES: &[&str] = &[
    "tests/data/intent_holdout_13.txt",
    "tests/data/intent_holdout_14.txt",
    "tests/data/intent_holdout_15.txt",
    "tests/data/intent_holdout_16.txt",
    "tests/data/intent_holdout_17.txt",
    "tests/data/intent_holdout_18.txt",
    "tests/data/intent_holdout_19.txt",
];

/// What became of one kind of text.
#[derive(Default)]
struct Tally {
    found: Found,
    /// Wishes that were not found, but asked about.
    asked: u32,
    /// Other texts that are asked about.
    needless: u32,
    others: u32,
}

/// The figures of each hold-out and of its tiers, and what was read wrongly where `wrong`.
pub fn judged(texts: &[Text], weights: &Weights, wrong: bool) -> String {
    let (mut out, mut tallies, mut lines) = (String::new(), BTreeMap::<String, Tally>::new(), String::new());
    for text in texts.iter().filter(|text| text.label != "unsure") {
        let odds = weights.odds(&text.layers.features);
        let found = text.layers.judged(odds);
        let tier = text.category.split('_').next().unwrap_or_default();
        for group in [text.file.to_owned(), format!("{} {tier}", text.file)] {
            let tally = tallies.entry(group).or_default();
            tally.found.count(text.wish(), found.class == Class::OptOut);
            if text.wish() {
                tally.asked += u32::from(found.class == Class::Unsure);
            } else {
                tally.others += 1;
                tally.needless += u32::from(found.class == Class::Unsure);
            }
        }
        if text.wish() != (found.class == Class::OptOut) {
            let words = text.text.replace('\n', "\\n");
            let _ = writeln!(lines, "{:8} {odds:.2} {:24} {} {words}", text.label, found.matched_by, text.file);
        }
    }
    for (group, tally) in &tallies {
        let Tally { found, asked, needless, others } = tally;
        let _ = writeln!(
            out,
            "{group:44} {}; missed but asked about {asked}; asked about needlessly {needless} of {others}",
            found.words()
        );
    }
    if wrong {
        out.push_str(&lines);
    }
    out
}
