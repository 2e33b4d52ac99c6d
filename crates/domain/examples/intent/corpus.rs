//! The committed texts with their labels.

use super::grid::{GRID, said};
use super::inputs::FILES;
use domain::keyword::{Layers, layers};
use std::io;
use std::path::Path;

/// One text and what the layers say of it.
pub struct Text {
    /// `opt_out`, `opt_in`, `help`, `none` or `unsure`.
    pub label: String,
    /// Such as `thing es`.
    pub category: String,
    pub text: String,
    pub layers: Layers,
    /// The name of its file.
    pub file: &'static str,
    /// Which of five parts it falls into, by its words.
    pub fold: usize,
}

impl Text {
    fn of(text: String, label: &str, category: &str, file: &'static str) -> Self {
        let fold = text.bytes().fold(7_usize, |sum, byte| (sum * 31 + usize::from(byte)) % 100_003) % 5;
        Self { layers: layers(&text), label: label.to_owned(), category: category.to_owned(), text, file, fold }
    }

    /// Whether it asks for no more texts.
    pub fn wish(&self) -> bool {
        self.label == "opt_out"
    }
}

/// Reads every file that the model is fitted on, and the grid of made-up texts.
pub fn read(root: &Path) -> io::Result<Vec<Text>> {
    let mut texts = labelled(root, FILES)?;
    for (verbs, things, wishes) in GRID {
        texts.extend(said(verbs, things).map(|text| Text::of(text, "none", "grid", "grid")));
        texts.extend(said(verbs, wishes).map(|text| Text::of(text, "opt_out", "grid", "grid")));
    }
    Ok(texts)
}

/// Reads some files of labelled texts.
pub fn labelled(root: &Path, files: &[&'static str]) -> io::Result<Vec<Text>> {
    let mut texts = Vec::new();
    for file in files {
        let source = std::fs::read_to_string(root.join(file))?;
        let name = file.rsplit('/').next().and_then(|name| name.strip_suffix(".txt")).unwrap_or(file);
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
            texts.push(Text::of(text.replace("\\n", "\n"), &label, &category, name));
        }
    }
    Ok(texts)
}
