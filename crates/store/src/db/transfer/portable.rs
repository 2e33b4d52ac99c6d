//! A PostgreSQL database as one file, and back.
//!
//! The file is a SQLite database like every other copy, so one kind of backup
//! serves both engines and can be put back on either. The search index is not
//! in it: it is filled anew after the file is put back.

use std::path::Path;

use super::postgres::PostgresEnd;
use super::sqlite::SqliteEnd;
use super::{Moved, Report, TransferError, transfer};
use crate::db::backup::{self, BackupError, Saved};
use crate::db::config::{StoreConfig, StoreUrl};
use crate::db::error::{DbError, OpenError};
use crate::db::migration::{self, Migration};
use crate::db::sqlite::{self, Role};
use crate::db::store::Store;

/// Why a copy of a PostgreSQL database was not made or not put back.
#[derive(Debug, thiserror::Error)]
pub enum PortableError {
    /// The file.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The database, or the rows on their way.
    #[error(transparent)]
    Transfer(#[from] TransferError),
}

impl From<OpenError> for PortableError {
    fn from(error: OpenError) -> Self {
        Self::Transfer(error.into())
    }
}

impl From<DbError> for PortableError {
    fn from(error: DbError) -> Self {
        Self::Transfer(error.into())
    }
}

/// Copies a PostgreSQL database to a new file, as it is at one moment. Servers
/// may go on meanwhile. The schema is left as it is; a newer one is refused.
///
/// Every table is read back from the file and compared by count and hash
/// before the file gets its name.
pub async fn save(
    url: String,
    to: std::path::PathBuf,
    known: &'static [Migration],
    mut progress: impl FnMut(&Moved) + Send + 'static,
) -> Result<Saved, PortableError> {
    blocking(move || {
        if to.exists() {
            return Err(BackupError::Exists(to).into());
        }
        let part = backup::beside(&to, "part");
        let scratch = Scratch::new(&part)?;
        let mut source = PostgresEnd::open(&url, false)?;
        let applied = source.applied()?;
        let left = migration::pending(&applied, known)?;
        if applied.is_empty() {
            return Err(BackupError::Missing("the PostgreSQL database".into()).into());
        }
        let steps = known.get(..known.len() - left.len()).unwrap_or(known);
        let file = sqlite::create(scratch.path)?;
        let mut conn = sqlite::open(&file, Role::Writer)?;
        migration::run_sqlite(&mut conn, scratch.path, steps)?;
        let order = source.order()?;
        let mut target = SqliteEnd::scratch(conn)?;
        transfer(&mut source, &mut target, &order, &mut progress)?;
        drop(target);
        seal(&file)?;
        Ok(backup::finish(&file, &to)?)
    })
    .await
}

/// Puts a copy into a PostgreSQL database on which no server runs.
///
/// Data that is there is removed if `replace` says so, in the transaction that
/// brings the new, and refused otherwise. A copy of an older schema is brought
/// up to date on the way, one of a newer schema is refused. `work` is a folder
/// that may be made and removed, with room for another copy.
pub async fn restore(
    from: std::path::PathBuf,
    work: std::path::PathBuf,
    url: String,
    replace: bool,
    known: &'static [Migration],
    mut progress: impl FnMut(&Moved) + Send + 'static,
) -> Result<(Saved, Report), PortableError> {
    let (file, schema, hash_agreed) = {
        let (from, work) = (from.clone(), work.clone());
        blocking(move || {
            let scratch = Scratch::new(&work)?;
            let file = sqlite::create(scratch.path)?;
            let (schema, hash_agreed) = backup::fetch_checked(&from, &file, known)?;
            let mut conn = sqlite::open(&file, Role::Writer)?;
            migration::run_sqlite(&mut conn, scratch.path, known)?;
            scratch.keep();
            Ok((file, schema, hash_agreed))
        })
        .await?
    };
    let config =
        StoreConfig { migrations: known, readers: 1, lanes: 1, ..StoreConfig::new(StoreUrl::Postgres(url.clone())) };
    let opened = Store::open(config).await;
    blocking(move || {
        let _scratch = Scratch { path: &work, keep: std::cell::Cell::new(false) };
        drop(opened?);
        let mut target = PostgresEnd::open(&url, true)?;
        target.at_rest()?;
        if replace {
            target.clear()?;
        }
        let order = target.order()?;
        let report = transfer(&mut SqliteEnd::open(&work, false)?, &mut target, &order, &mut progress)?;
        let bytes = std::fs::metadata(&file).map_err(backup::file_error(&file))?.len();
        Ok((Saved { file: from, bytes, schema, hash_agreed }, report))
    })
    .await
}

/// Whether a PostgreSQL database holds nothing that anybody put there.
pub async fn is_empty(url: String) -> Result<bool, PortableError> {
    blocking(move || {
        let end = PostgresEnd::open(&url, false)?;
        if end.applied()?.is_empty() {
            return Ok(true);
        }
        let made = end.number("select (select count(*) from workspaces) + (select count(*) from members)")?;
        Ok(made == 0)
    })
    .await
}

/// Names of the schema's steps a database has, oldest first. It is not changed.
pub async fn applied(url: StoreUrl) -> Result<Vec<String>, PortableError> {
    blocking(move || {
        let applied = match url {
            StoreUrl::Postgres(url) => PostgresEnd::open(&url, false)?.applied()?,
            StoreUrl::Sqlite(dir) if dir.join(sqlite::FILE).exists() => {
                let conn = sqlite::open(&dir.join(sqlite::FILE), Role::Reader)?;
                migration::applied_sqlite(&conn)?
            }
            StoreUrl::Sqlite(_) => Vec::new(),
        };
        Ok(applied.into_iter().map(|(name, _)| name).collect())
    })
    .await
}

/// Brings a scratch database into one file.
fn seal(file: &Path) -> Result<(), PortableError> {
    let conn = sqlite::open(file, Role::Writer)?;
    let sealed = conn.pragma_update(None, "journal_mode", "delete");
    Ok(sealed.map_err(|error| sqlite::sql_error("backup", &error))?)
}

/// A folder that goes with whatever is in it.
struct Scratch<'a> {
    path: &'a Path,
    keep: std::cell::Cell<bool>,
}

impl<'a> Scratch<'a> {
    fn new(path: &'a Path) -> Result<Self, PortableError> {
        // What a process that was killed has left.
        match std::fs::remove_dir_all(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(backup::file_error(path)(error).into()),
            _ => Ok(Self { path, keep: std::cell::Cell::new(false) }),
        }
    }

    fn keep(&self) {
        self.keep.set(true);
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        if !self.keep.get()
            && let Err(error) = std::fs::remove_dir_all(self.path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, path = %self.path.display(), "a folder of work could not be removed");
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PortableError> + Send + 'static,
) -> Result<T, PortableError> {
    let ran = tokio::task::spawn_blocking(work).await;
    ran.unwrap_or_else(|error| Err(DbError::Unavailable(format!("the work broke off: {error}")).into()))
}
