//! Copies of the database in Hark's own folder: which are over their term, and their removal.
//!
//! A copy holds whoever was erased after it was made. Copies that were put elsewhere are
//! their owner's to remove. The term is the server's, since a copy holds every workspace;
//! each node looks after its own folder.

use crate::Engine;
use crate::audit::Actor;
use crate::retention::{ACTION, DAY_MS};
use domain::retention::{Copy, DAYS_MAX};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use store::{DbError, audit, workspace};

/// The folder in the data directory.
pub const FOLDER: &str = "backups";
/// The fact of the server that says how copies are kept.
const FACT: &str = "backups";

/// How copies are kept, and what a run now would take from this node's folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BackupsKept {
    /// Their term in days; none: for good, but for those that steps of the schema made.
    pub days: Option<i64>,
    /// Copies in the folder.
    pub copies: i64,
    /// Of those, copies over their term.
    pub due: i64,
    /// When the first of them was made, Unix ms.
    pub oldest_at: Option<i64>,
    /// When copies were last removed, Unix ms.
    pub run_at: Option<i64>,
    /// How many went then.
    pub gone: i64,
}

/// Why a term is not set, or a copy not removed.
#[derive(Debug, thiserror::Error)]
pub enum BackupsError {
    /// Too few days, or too many.
    #[error("backups are kept from {} to {DAYS_MAX} days", Copy::DAYS_MIN)]
    Days,
    /// The folder cannot be read, or a copy in it not removed.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// The fact, as it is kept.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default)]
struct Said {
    days: Option<i64>,
    run_at: Option<i64>,
    gone: i64,
}

/// A file that belongs to a copy.
struct Found {
    path: PathBuf,
    copy: Copy,
    /// When it was made, Unix ms.
    at: i64,
}

impl Found {
    fn over(&self, said: Option<i64>, now: i64) -> bool {
        self.copy.days(said).is_some_and(|days| self.at < now - days * DAY_MS)
    }

    /// Whether it is a copy itself: what lies beside one is not counted.
    fn counts(&self) -> bool {
        self.path.extension().is_none_or(|ending| ending != "sha256")
    }
}

impl Engine {
    /// How copies are kept, and what a run now would take; nothing is changed.
    ///
    /// # Errors
    /// [`BackupsError`].
    pub async fn backups_kept(&self) -> Result<BackupsKept, BackupsError> {
        let said = self.backups_said().await?;
        let found = self.backups_found()?;
        Ok(kept(said, &found, self.now()))
    }

    /// The same, if copies were kept so many days.
    ///
    /// # Errors
    /// [`BackupsError`].
    pub async fn backups_due(&self, days: i64) -> Result<BackupsKept, BackupsError> {
        allowed(days)?;
        let said = Said { days: Some(days), ..self.backups_said().await? };
        let found = self.backups_found()?;
        Ok(kept(said, &found, self.now()))
    }

    /// Sets the term of copies, in days; none: for good. Every workspace's audit log says so, since
    /// every workspace is in a copy.
    ///
    /// # Errors
    /// [`BackupsError`].
    pub async fn backups_set(&self, by: Actor, days: Option<i64>) -> Result<(), BackupsError> {
        days.map_or(Ok(()), allowed)?;
        let said = Said { days, ..self.backups_said().await? };
        self.backups_say(said).await?;
        self.backups_audit(by, "retention.change", &json!({ "category": FACT, "days": days })).await?;
        Ok(())
    }

    /// Removes the copies that are over their term from this node's folder. Answers how many went.
    ///
    /// # Errors
    /// [`BackupsError`]. Called again, it goes on.
    pub async fn backups_round(&self) -> Result<i64, BackupsError> {
        let (now, said) = (self.now(), self.backups_said().await?);
        let due: Vec<Found> = self.backups_found()?.into_iter().filter(|found| found.over(said.days, now)).collect();
        if due.is_empty() {
            return Ok(0);
        }
        let mut gone = 0;
        let mut failed = None;
        for found in due {
            match remove(&found.path) {
                Ok(()) => gone += i64::from(found.counts()),
                Err(source) => failed = Some(BackupsError::File { path: found.path.display().to_string(), source }),
            }
        }
        if gone > 0 {
            // What was said meanwhile stays.
            self.backups_say(Said { run_at: Some(now), gone, ..self.backups_said().await? }).await?;
            let detail = json!({ "category": FACT, "days": said.days, "gone": gone });
            self.backups_audit(Actor::System, ACTION, &detail).await?;
            tracing::info!(gone, "backups over their term are gone");
        }
        failed.map_or(Ok(gone), Err)
    }

    async fn backups_said(&self) -> Result<Said, DbError> {
        let kept = self.store().server().read(|tx| workspace::fact(tx, FACT)).await?;
        // The form of a newer Hark: nothing is removed by what is not understood.
        Ok(kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default())
    }

    async fn backups_say(&self, said: Said) -> Result<(), DbError> {
        let (now, text) = (self.now(), serde_json::to_string(&said).unwrap_or_default());
        self.store().server().write(move |tx| workspace::fact_set(tx, FACT, &text, now)).await
    }

    async fn backups_audit(&self, by: Actor, action: &str, detail: &serde_json::Value) -> Result<(), DbError> {
        for ws in self.workspaces_all().await? {
            let entry = self.audit_entry(by, action, "server".to_owned(), detail);
            self.workspace(ws).write(move |tx| audit::insert(tx, &entry)).await?;
        }
        Ok(())
    }

    /// What of this node's folder belongs to copies; nothing where there is no folder.
    fn backups_found(&self) -> Result<Vec<Found>, BackupsError> {
        let Some(place) = &self.settings().evidence else { return Ok(Vec::new()) };
        let folder = place.join(FOLDER);
        found(&folder).map_err(|source| BackupsError::File { path: folder.display().to_string(), source })
    }
}

fn allowed(days: i64) -> Result<(), BackupsError> {
    if (Copy::DAYS_MIN..=DAYS_MAX).contains(&days) { Ok(()) } else { Err(BackupsError::Days) }
}

fn kept(said: Said, found: &[Found], now: i64) -> BackupsKept {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let due = || found.iter().filter(|found| found.counts() && found.over(said.days, now));
    BackupsKept {
        days: said.days,
        copies: count(found.iter().filter(|found| found.counts()).count()),
        due: count(due().count()),
        oldest_at: due().map(|found| found.at).min(),
        run_at: said.run_at,
        gone: said.gone,
    }
}

fn found(folder: &Path) -> std::io::Result<Vec<Found>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut all = Vec::new();
    for entry in entries {
        let entry = entry?;
        let Some(copy) = entry.file_name().to_str().and_then(Copy::of) else { continue };
        let about = match entry.metadata() {
            // Gone meanwhile: another took it.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            about => about?,
        };
        // Of what moved to PostgreSQL the name alone stays: see `remove`.
        if about.is_file() && about.len() == 0 || about.is_symlink() {
            continue;
        }
        let at = match copy {
            Copy::Asked(at) => at,
            Copy::Step => about.mtime() * 1000,
            // It was moved here, and is as old as that, not as its last write.
            Copy::SetAside => about.mtime().max(about.ctime()) * 1000,
        };
        all.push(Found { path: entry.path(), copy, at });
    }
    Ok(all)
}

/// Removes a file of a copy. What moved to PostgreSQL is emptied instead: its name keeps a server
/// from beginning anew in its place.
fn remove(path: &Path) -> std::io::Result<()> {
    let moved = path.file_name().is_some_and(|name| name == format!("{}.db", store::backup::MOVED).as_str());
    let done = if moved {
        std::fs::File::options().write(true).truncate(true).open(path).and_then(|file| file.sync_all())
    } else if path.is_dir() {
        // A copy of PostgreSQL that was not finished is a folder.
        std::fs::remove_dir_all(path)
    } else {
        std::fs::remove_file(path)
    };
    match done {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
