//! The files of the repository, as git sees them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Every text file that is or would be committed, by its path from the root.
#[derive(Debug, Default)]
pub struct Repository {
    /// Contents by path. Files that are not UTF-8 are left out.
    pub texts: BTreeMap<String, String>,
    /// Every path, folders included.
    pub paths: std::collections::BTreeSet<String>,
}

impl Repository {
    /// Reads the repository this program was built from.
    ///
    /// # Errors
    /// When git cannot list the files or one cannot be read.
    pub fn here() -> io::Result<Self> {
        let root = root();
        let listing = Command::new("git")
            .current_dir(&root)
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .output()?;
        if !listing.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&listing.stderr).into_owned()));
        }
        let mut repository = Self::default();
        for path in String::from_utf8_lossy(&listing.stdout).split('\0').filter(|path| !path.is_empty()) {
            match std::fs::read(root.join(path)) {
                Ok(bytes) => repository.insert(path, String::from_utf8(bytes).ok()),
                // Deleted in the work tree and not yet in the index.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(repository)
    }

    /// Adds a file and its folders.
    pub fn insert(&mut self, path: &str, text: Option<String>) {
        for (at, _) in path.match_indices('/') {
            self.paths.insert(path[..at].to_owned());
        }
        self.paths.insert(path.to_owned());
        if let Some(text) = text {
            self.texts.insert(path.to_owned(), text);
        }
    }

    /// The text files whose path ends in one of `endings`.
    pub fn ending<'a>(&'a self, endings: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.texts
            .iter()
            .filter(move |(path, _)| endings.iter().any(|ending| path.ends_with(ending)))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }
}
