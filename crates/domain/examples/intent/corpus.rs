//! The committed texts with their labels.

use domain::keyword::{Layers, layers};
use std::io;
use std::path::Path;

/// The files, and whether the model is fitted on them. What it is not fitted
/// on was written after the rules and the model were last touched.
pub const FILES: &[(&str, bool)] = &[
    ("tests/data/intent_dev.txt", true),
    ("tests/data/intent_things.txt", true),
    ("tests/it/keyword_cases.txt", true),
    ("tests/data/intent_holdout_1.txt", true),
    ("tests/data/intent_holdout_2.txt", true),
    ("tests/data/intent_holdout_3.txt", true),
    ("tests/data/intent_holdout_4.txt", true),
    ("tests/data/intent_holdout_5.txt", true),
    ("tests/data/intent_holdout_6.txt", true),
    ("tests/data/intent_holdout_7.txt", true),
    ("tests/data/intent_holdout_8.txt", false),
    ("tests/data/intent_holdout_9.txt", false),
    ("tests/data/intent_holdout_10.txt", false),
];

/// One text and what the layers say of it.
pub struct Text {
    /// `opt_out`, `opt_in`, `help`, `none` or `unsure`.
    pub label: String,
    /// Such as `thing es`.
    pub category: String,
    pub text: String,
    pub layers: Layers,
    pub fitted: bool,
    /// Which of five parts it falls into, by its words.
    pub fold: usize,
}

/// Reads every file.
pub fn read(root: &Path) -> io::Result<Vec<Text>> {
    let mut texts = Vec::new();
    for (file, fitted) in FILES {
        let source = std::fs::read_to_string(root.join(file))?;
        let (mut label, mut category) = ("none".to_owned(), "thing en".to_owned());
        for line in source.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
            let text = if let Some(head) = line.strip_prefix("@ ") {
                let (first, rest) = head.split_once(' ').unwrap_or((head, ""));
                (label, category) = (first.to_owned(), rest.to_owned());
                continue;
            } else if let Some((class, text)) = line.split_once(" |").filter(|_| file.ends_with("cases.txt")) {
                (label, category) = (class.to_owned(), "table".to_owned());
                text.strip_prefix(' ').unwrap_or(text)
            } else {
                line
            };
            let text = text.replace("\\n", "\n");
            let fold = text.bytes().fold(7_usize, |sum, byte| (sum * 31 + usize::from(byte)) % 100_003) % 5;
            texts.push(Text {
                layers: layers(&text),
                label: label.clone(),
                category: category.clone(),
                text,
                fitted: *fitted,
                fold,
            });
        }
    }
    Ok(texts)
}

/// Other shops' customers, none of whom asks to stop texts. They lie beside the
/// repository where they lie at all, and are read in place.
const BACKGROUND: &[&str] = &[
    "banking77_train",
    "clinc150_train",
    "hint3_curekart_train",
    "hint3_powerplay11_train",
    "hint3_sofmattress_train",
    "bitext_train",
    "goemotions_train",
];
/// The model is fitted on one in so many of them, and judged on the rest.
pub const BACKGROUND_EVERY: usize = 6;

/// The background's texts; says on stderr what is absent.
pub fn background(root: &Path) -> Vec<String> {
    let folder = root.join("../../../shared/data/ai");
    let mut texts = Vec::new();
    for file in BACKGROUND {
        let Ok(source) = std::fs::read_to_string(folder.join(format!("{file}.jsonl"))) else {
            eprintln!("{file} is absent: neither fitted on nor judged");
            continue;
        };
        let lines = source.lines().filter_map(|line| line.split("\"text\": \"").nth(1)?.split("\", \"").next());
        texts.extend(lines.map(str::to_owned));
    }
    texts
}
