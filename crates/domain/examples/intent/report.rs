//! How the readings do, by category, with what chance alone would allow.

use super::corpus::Text;
use super::fit::fit;
use domain::keyword::{Class, Guard};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const FOLDS: usize = 5;
/// From so many letters on a text is a letter.
const LETTER: usize = 90;

/// Right and all, of one category or class.
#[derive(Default, Clone, Copy)]
struct Share {
    right: u32,
    all: u32,
}

impl Share {
    fn count(&mut self, right: bool) {
        self.right += u32::from(right);
        self.all += 1;
    }

    /// The share with its 95 % bounds after Wilson, in percent.
    fn words(self) -> String {
        if self.all == 0 {
            return "-".to_owned();
        }
        let (n, share, z) = (f64::from(self.all), f64::from(self.right) / f64::from(self.all), 1.959_964);
        let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let half = z / (1.0 + z * z / n) * f64::sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n));
        let (low, high) = ((middle - half).max(0.0) * 100.0, (middle + half).min(1.0) * 100.0);
        format!("{:5.1} % ({low:.1} to {high:.1}), {}/{}", share * 100.0, self.right, self.all)
    }
}

/// Found and right: of the wishes, and of what was read as one.
#[derive(Default)]
pub struct Found {
    found: Share,
    right: Share,
}

impl Found {
    pub fn count(&mut self, wanted: bool, read: bool) {
        if wanted {
            self.found.count(read);
        }
        if read {
            self.right.count(wanted);
        }
    }

    pub fn words(&self) -> String {
        format!("found {}; right {}", self.found.words(), self.right.words())
    }
}

fn agrees(label: &str, found: Class) -> bool {
    match label {
        "unsure" => found.as_str() == "none",
        _ => found.as_str() == label,
    }
}

/// Each text's odds from weights that were fitted without its group.
fn held_out<K: Ord + Copy>(texts: &[Text], group: impl Fn(&Text) -> Option<K>) -> Vec<Option<f32>> {
    let groups: std::collections::BTreeSet<K> = texts.iter().filter_map(&group).collect();
    let mut odds = vec![None; texts.len()];
    for held in groups {
        let weights = fit(texts.iter().filter(|text| group(text) != Some(held)), &[0; 32]);
        for (text, odds) in texts.iter().zip(&mut odds).filter(|(text, _)| group(text) == Some(held)) {
            *odds = Some(weights.odds(&text.layers.features));
        }
    }
    odds
}

/// The report, as text.
pub fn of(texts: &[Text]) -> String {
    let mut out = format!("{} texts. Five parts: the model fitted on the other four.\n", texts.len());
    parts(texts, &mut out);
    files(texts, &mut out);
    out
}

/// By category, five-fold.
fn parts(texts: &[Text], out: &mut String) {
    let odds = held_out(texts, |text| Some(text.fold % FOLDS));
    let mut categories = BTreeMap::<String, Share>::new();
    let (mut whole, mut alone) = (Found::default(), Found::default());
    for (text, odds) in texts.iter().zip(odds) {
        let odds = odds.unwrap_or_default();
        let found = text.layers.judged(odds).class;
        categories.entry(format!("{} {}", text.label, text.category)).or_default().count(agrees(&text.label, found));
        whole.count(text.wish(), found == Class::OptOut);
        if !text.layers.decided {
            alone.count(text.wish(), odds >= 0.5);
        }
    }
    for (category, share) in &categories {
        let _ = writeln!(out, "{category:36} {}", share.words());
    }
    let _ = writeln!(out, "opt_out                              {}", whole.words());
    let _ = writeln!(out, "the model alone                      {}", alone.words());
}

/// By file, each read by a model that was fitted on the others: what an unknown hand writes.
fn files(texts: &[Text], out: &mut String) {
    // Voices 11 was written in sight of the rules: it is fitted on and judges nothing.
    let unseen = |file: &str| {
        (file.starts_with("intent_voices") && file != "intent_voices_11")
            || matches!(file, "intent_holdout_11" | "intent_holdout_12")
    };
    let odds = held_out(texts, |text| unseen(text.file).then_some(text.file));
    let _ = writeln!(out, "\nOne file of an unknown hand left out at a time:");
    let mut files = BTreeMap::<&str, (Found, Share)>::new();
    let mut wrong = String::new();
    for (text, odds) in texts.iter().zip(&odds) {
        let Some(odds) = *odds else { continue };
        let found = text.layers.judged(odds);
        let (wish, read) = (text.wish(), found.class == Class::OptOut);
        let length = if text.text.chars().count() >= LETTER { "letters" } else { "short" };
        let stops = text.label == "none";
        let guard = match text.layers.guard {
            Guard::Open => "guard: open",
            Guard::Wordless => "guard: wordless",
            Guard::Lone => "guard: lone",
            Guard::Hushed => "guard: hushed",
            Guard::Thing => "guard: thing",
        };
        for group in [text.file, length, "all", guard] {
            let (counts, none) = files.entry(group).or_default();
            if text.label != "unsure" {
                counts.count(wish, read);
            }
            if stops {
                none.count(!read);
            }
        }
        // A fifth of them shows what kinds there are.
        if text.fold == 0 && text.label != "unsure" && wish != read {
            let words = text.text.replace('\n', "\\n");
            let _ = writeln!(
                wrong,
                "{:8} {odds:.2} {:24} {:24} {} {words}",
                text.label, found.matched_by, text.category, text.file
            );
        }
    }
    for (group, (counts, none)) in &files {
        let _ = writeln!(out, "{group:20} {}; none kept {}", counts.words(), none.words());
    }
    for (name, guard) in [
        ("open", Guard::Open),
        ("wordless", Guard::Wordless),
        ("lone", Guard::Lone),
        ("hushed", Guard::Hushed),
        ("thing", Guard::Thing),
    ] {
        let _ = writeln!(out, "\nBy the model's odds, where the guard is {name}:");
        for least in [0.35, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95] {
            let mut open = Found::default();
            for (text, odds) in texts.iter().zip(&odds).filter(|(text, _)| text.label != "unsure") {
                if let (Some(odds), false) = (odds, text.layers.decided)
                    && text.layers.guard == guard
                {
                    open.count(text.wish(), *odds >= least);
                }
            }
            let _ = writeln!(out, "{least:.2}  {}", open.words());
        }
    }
    let _ = writeln!(out, "\nRead wrongly, one in five of them (label, odds, rule, category, file, text):\n{wrong}");
}
