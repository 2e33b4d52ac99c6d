//! How the readings do, by category, with what chance alone would allow.

use super::corpus::Text;
use super::fit::{Weights, fit, odds, quiet};
use domain::keyword::Class;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

const FOLDS: usize = 5;
/// The odds from which on the model decides; `domain::keyword` has the same.
const SURE: f64 = 0.75;
/// The same, where a row says to ask.
const SURER: f64 = 0.97;

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

/// What the whole of the layers says, with the model's part from some weights.
fn class(text: &Text, weights: &Weights) -> Class {
    let layers = &text.layers;
    match layers.ruled.class {
        found @ (Class::OptOut | Class::OptIn | Class::Help) => found,
        found @ (Class::Unsure | Class::None) => {
            let least = if found == Class::Unsure { SURER } else { SURE };
            let sure = !layers.closed && odds(weights, &layers.features) >= least;
            if sure { Class::OptOut } else { found }
        }
    }
}

fn agrees(label: &str, found: Class) -> bool {
    match label {
        "unsure" => found.as_str() == "none",
        _ => found.as_str() == label,
    }
}

/// The report, as text.
pub fn of(root: &Path, texts: &[Text]) -> String {
    let quiet = quiet(root);
    let folds: Vec<Weights> =
        (0..FOLDS).map(|fold| fit(texts.iter().filter(|text| text.fitted && text.fold != fold), &quiet)).collect();
    let all = fit(texts.iter().filter(|text| text.fitted), &quiet);
    let mut out = String::new();
    let (mut by_category, mut wrong) = (BTreeMap::<String, Share>::new(), String::new());
    let (mut recall, mut precision, mut alone_recall, mut alone_precision) = <(Share, Share, Share, Share)>::default();
    for text in texts {
        let weights = if text.fitted { &folds[text.fold] } else { &all };
        let found = class(text, weights);
        let right = agrees(&text.label, found);
        by_category.entry(format!("{} {}", text.label, text.category)).or_default().count(right);
        if !right {
            let by = text.layers.ruled.matched_by;
            let odds = odds(weights, &text.layers.features);
            let _ = writeln!(
                wrong,
                "{:8} {:8} {odds:.2} {by:24} {}",
                text.label,
                found.as_str(),
                text.text.replace('\n', "\\n")
            );
        }
        let (wanted, out) = (text.label == "opt_out", found == Class::OptOut);
        if wanted {
            recall.count(out);
        }
        if out {
            precision.count(wanted);
        }
        if !text.layers.features.is_empty() {
            let alone = odds(weights, &text.layers.features) >= 0.5;
            if wanted {
                alone_recall.count(alone);
            }
            if alone {
                alone_precision.count(wanted);
            }
        }
    }
    let _ = writeln!(
        out,
        "{} texts; the model's part of each reading is fitted on the other four parts of five.",
        texts.len()
    );
    for (category, share) in &by_category {
        let _ = writeln!(out, "{category:36} {}", share.words());
    }
    let _ = writeln!(out, "opt_out recall                       {}", recall.words());
    let _ = writeln!(out, "opt_out precision                    {}", precision.words());
    let _ = writeln!(out, "the model alone, recall              {}", alone_recall.words());
    let _ = writeln!(out, "the model alone, precision           {}", alone_precision.words());
    let _ = writeln!(out, "\nWhere no row matches and the model may decide, by its odds:");
    for least in [0.5, 0.6, SURE, 0.8, 0.9, 0.95] {
        let (mut asked, mut right) = (Share::default(), Share::default());
        for text in texts.iter().filter(|text| !text.layers.closed && text.label != "unsure") {
            if matches!(text.layers.ruled.class, Class::OptOut | Class::OptIn | Class::Help) {
                continue;
            }
            let weights = if text.fitted { &folds[text.fold] } else { &all };
            let (sure, wanted) = (odds(weights, &text.layers.features) >= least, text.label == "opt_out");
            if wanted {
                asked.count(sure);
            }
            if sure {
                right.count(wanted);
            }
        }
        let _ = writeln!(out, "{least:.2}  finds {}; right {}", asked.words(), right.words());
    }
    let _ = writeln!(out, "\nRead wrongly (label, reading, odds, rule, text):\n{wrong}");
    out
}
