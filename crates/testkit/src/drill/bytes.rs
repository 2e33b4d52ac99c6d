//! Words and pieces of pictures, looked for in the bytes of files.

use super::Fault;
use std::path::{Path, PathBuf};

/// What is looked for.
#[derive(Debug, Clone)]
pub(super) struct Needle {
    name: String,
    bytes: Vec<u8>,
}

/// How many bytes of a picture are one piece, and how many pieces are looked for.
const PIECE: usize = 32;
const PIECES: usize = 8;

impl Needle {
    /// A word, in whichever case.
    pub(super) fn word(word: &str) -> Self {
        Self { name: word.to_owned(), bytes: word.as_bytes().to_vec() }
    }

    /// Pieces from all over some bytes, but for their beginning and end, which others share: a store
    /// parts what is large, so not each of them must lie in one place.
    pub(super) fn pieces(name: &str, of: &[u8]) -> Vec<Self> {
        let apart = of.len() / (PIECES + 1);
        let piece = |n: usize| Some(of.get(n * apart..n * apart + PIECE)?.to_vec());
        (1..=PIECES).filter_map(piece).map(|bytes| Self { name: name.to_owned(), bytes }).collect()
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        let Some(first) = self.bytes.first() else { return false };
        let starts = bytes.iter().enumerate().filter(|(_, byte)| byte.eq_ignore_ascii_case(first));
        starts
            .map(|(at, _)| bytes.get(at..at + self.bytes.len()))
            .any(|part| part.is_some_and(|part| part.eq_ignore_ascii_case(&self.bytes)))
    }
}

/// Where a store's bytes lie.
pub(super) struct Place {
    /// The data directory, and PostgreSQL's.
    pub(super) roots: Vec<PathBuf>,
    /// The folder of copies, in the first of them.
    pub(super) copies: PathBuf,
}

impl Place {
    /// Every file.
    pub(super) fn all(&self) -> Result<Vec<PathBuf>, Fault> {
        files(&self.roots, None)
    }

    /// Every file but the copies.
    pub(super) fn store(&self) -> Result<Vec<PathBuf>, Fault> {
        files(&self.roots, Some(&self.copies))
    }
}

/// Every file under some folders, but for those in one.
pub(super) fn files(roots: &[PathBuf], but: Option<&Path>) -> Result<Vec<PathBuf>, Fault> {
    let (mut folders, mut all) = (roots.to_vec(), Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.extend((but != Some(path.as_path())).then_some(path));
            } else {
                all.push(path);
            }
        }
    }
    Ok(all)
}

/// What is found in which file, a line each.
pub(super) fn holding(files: &[PathBuf], needles: &[Needle]) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    for path in files {
        let Ok(bytes) = std::fs::read(path) else {
            // A socket, or a file that is gone by now.
            continue;
        };
        let inside = needles.iter().filter(|needle| needle.is_in(&bytes));
        found.extend(inside.map(|needle| format!("{} in {}", needle.name, path.display())));
    }
    Ok(found)
}

/// Whether one of these lines tells of a needle.
pub(super) fn named(found: &[String], name: &str) -> bool {
    found.iter().any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(" in ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_any_case_and_a_piece_in_its_middle() -> Result<(), Fault> {
        let folder = crate::drill::place::Folder::new("bytes")?;
        let copies = folder.path().join("backups");
        std::fs::create_dir(&copies)?;
        let noise: Vec<u8> = (0..2_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
        std::fs::write(folder.path().join("one"), [b"..WomBat..", &noise[900..]].concat())?;
        std::fs::write(copies.join("two"), &noise[..300])?;
        let needles = [vec![Needle::word("wombat")], Needle::pieces("noise", &noise)].concat();
        let place = Place { roots: vec![folder.path().to_owned()], copies };
        let found = holding(&place.store()?, &needles)?;
        assert!(named(&found, "wombat") && named(&found, "noise") && !named(&found, "wom"), "{found:?}");
        assert!(found.iter().all(|line| line.ends_with("/one")), "{found:?}");
        assert!(holding(&place.all()?, &needles)?.iter().any(|line| line.ends_with("/two")));
        Ok(())
    }
}
