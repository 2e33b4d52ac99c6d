//! Copies of a SQLite data directory: made while it is in use, and put back.
//!
//! A copy is one SQLite file, complete in itself, and beside it a file with its
//! SHA-256 in the form that `sha256sum --check` reads. A PostgreSQL database is
//! copied into a file of the same kind: see `transfer::portable`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;
use sha2::{Digest, Sha256};

use super::error::{DbError, OpenError};
use super::lock::DirLock;
use super::migration::{self, Migration};
use super::sqlite::{self, FILE, Role, sql_error};
use uuid::Uuid;

/// Pages copied between two looks at the progress: 4 MiB.
const STEP: i32 = 1_024;

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Pages copied.
    pub done: u64,
    /// Pages there are.
    pub total: u64,
}

/// What was copied or put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The file.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// The newest schema step in it.
    pub schema: String,
    /// Whether a SHA-256 lay beside the file that was put back, and agreed.
    pub hash_agreed: bool,
}

/// What a copy holds, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// Workspaces in it.
    pub workspaces: u64,
    /// Conversations in it.
    pub conversations: u64,
    /// Messages in it.
    pub messages: u64,
    /// Texts that waited to be sent.
    pub waiting: u64,
    /// Sealed logins of provider accounts: workspace, account, what is sealed.
    pub sealed: Vec<(Uuid, Uuid, Vec<u8>)>,
}

/// Why a copy was not made or not put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something already where the copy shall go.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// There is no database.
    #[error("{0} holds no data of Hark")]
    Missing(PathBuf),
    /// The copy is damaged.
    #[error("{file} is damaged: {message}")]
    Damaged {
        /// The file.
        file: PathBuf,
        /// The first thing the check found.
        message: String,
    },
    /// The data directory is in use, the schema is newer, or a file cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl From<DbError> for BackupError {
    fn from(error: DbError) -> Self {
        Self::Open(OpenError::Db(error))
    }
}

fn failed(error: &rusqlite::Error) -> BackupError {
    sql_error("backup", error).into()
}

pub(crate) fn file_error(path: &Path) -> impl FnOnce(std::io::Error) -> BackupError + use<> {
    let wrap = OpenError::file(path);
    move |error| wrap(error).into()
}

/// Copies the data directory's database to a new file, as it is at one moment.
///
/// Others may go on reading and writing meanwhile, this process or another.
/// The copy is checked before it gets its name, so a file there is a good one.
pub fn save(dir: &Path, to: &Path, progress: &mut dyn FnMut(Progress)) -> Result<Saved, BackupError> {
    let from = dir.join(FILE);
    if !from.exists() {
        return Err(BackupError::Missing(dir.to_owned()));
    }
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let part = beside(to, "part");
    remove(&part)?;
    let source = sqlite::open(&from, Role::Reader)?;
    // A reading transaction that stays open holds the moment: without it each
    // write of others would make the copy begin anew.
    source.execute_batch("begin").map_err(|error| failed(&error))?;
    source.query_row("select count(*) from sqlite_schema", [], |_| Ok(())).map_err(|error| failed(&error))?;
    let done = copy(&source, &part, progress).and_then(|()| finish(&part, to));
    if done.is_err() {
        remove(&part)?;
    }
    done
}

/// Checks what was written, notes its hash beside it, and gives it its name.
pub(crate) fn finish(part: &Path, to: &Path) -> Result<Saved, BackupError> {
    let schema = check(part)?;
    let mut file = File::open(part).map_err(file_error(part))?;
    let hash = copy_hashing(&mut file, &mut std::io::sink()).map_err(file_error(part))?;
    let note = beside(to, "sha256");
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    std::fs::write(&note, format!("{hash}  {name}\n")).map_err(file_error(&note))?;
    settle(part, to)?;
    let bytes = std::fs::metadata(to).map_err(file_error(to))?.len();
    Ok(Saved { file: to.to_owned(), bytes, schema, hash_agreed: true })
}

/// Copies bytes; answers their SHA-256 in hexadecimal.
fn copy_hashing(from: &mut impl std::io::Read, to: &mut impl std::io::Write) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 1 << 20];
    loop {
        let read = from.read(&mut chunk)?;
        let bytes = chunk.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(bytes);
        to.write_all(bytes)?;
    }
}

/// Copies a copy to where it can be worked on, and checks it against the hash
/// beside it, where there is one.
pub(crate) fn fetch(from: &Path, to: &Path) -> Result<bool, BackupError> {
    if !from.is_file() {
        return Err(BackupError::Missing(from.to_owned()));
    }
    remove(to)?;
    private(to)?;
    let mut source = File::open(from).map_err(file_error(from))?;
    let mut target = File::options().write(true).open(to).map_err(file_error(to))?;
    let hash = copy_hashing(&mut source, &mut target).map_err(file_error(to))?;
    let note = beside(from, "sha256");
    match std::fs::read_to_string(&note) {
        Ok(noted) if noted.split_whitespace().next() == Some(hash.as_str()) => Ok(true),
        Ok(_) => Err(BackupError::Damaged {
            file: from.to_owned(),
            message: format!("its SHA-256 is not the one in {}", note.display()),
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(file_error(&note)(error)),
    }
}

/// What a copy holds. Tables that its schema lacks count as empty.
pub fn contents(file: &Path) -> Result<Contents, BackupError> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(file, flags).map_err(|error| failed(&error))?;
    let count = |table: &str| {
        conn.query_row(&format!("select count(*) from {table}"), [], |row| row.get::<_, i64>(0))
            .map_or(0, |count| u64::try_from(count).unwrap_or(0))
    };
    let sealed = || {
        let mut rows =
            conn.prepare("select ws, id, secrets from accounts where secrets is not null order by ws, id")?;
        rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<Vec<_>, _>>()
    };
    Ok(Contents {
        workspaces: count("workspaces"),
        conversations: count("conversations"),
        messages: count("messages"),
        waiting: count("outbox"),
        sealed: sealed().unwrap_or_default(),
    })
}

/// Whether a data directory holds nothing that anybody put there.
pub fn is_empty(dir: &Path) -> Result<bool, BackupError> {
    let database = dir.join(FILE);
    if !database.exists() {
        return Ok(true);
    }
    let conn = sqlite::open(&database, Role::Reader)?;
    let made = |table: &str| conn.query_row(&format!("select 1 from {table} limit 1"), [], |_| Ok(()));
    Ok(["workspaces", "members"]
        .into_iter()
        .all(|table| matches!(made(table), Err(rusqlite::Error::QueryReturnedNoRows))))
}

fn copy(source: &Connection, to: &Path, progress: &mut dyn FnMut(Progress)) -> Result<(), BackupError> {
    private(to)?;
    let mut target = Connection::open(to).map_err(|error| failed(&error))?;
    {
        let backup = Backup::new(source, &mut target).map_err(|error| failed(&error))?;
        loop {
            let step = backup.step(STEP).map_err(|error| failed(&error))?;
            let now = backup.progress();
            let total = u64::try_from(now.pagecount).unwrap_or(0);
            progress(Progress { done: total.saturating_sub(u64::try_from(now.remaining).unwrap_or(0)), total });
            match step {
                rusqlite::backup::StepResult::Done => break,
                rusqlite::backup::StepResult::More => {}
                // Another connection is at work on the file: it will not be long.
                _ => pause(),
            }
        }
    }
    // The copy says it has a write-ahead log; without it the copy is one file.
    target.pragma_update(None, "journal_mode", "delete").map_err(|error| failed(&error))?;
    target.close().map_err(|(_, error)| failed(&error))
}

/// Makes an empty file that only its owner may read.
fn private(file: &Path) -> Result<(), BackupError> {
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.append(true).create(true).open(file).map(drop).map_err(file_error(file))
}

#[expect(clippy::disallowed_methods, reason = "a copy runs on a thread of its own and nobody waits for its steps")]
fn pause() {
    std::thread::sleep(Duration::from_millis(10));
}

/// Checks a copy; answers its newest schema step.
pub(crate) fn check(file: &Path) -> Result<String, BackupError> {
    let damaged = |message: String| BackupError::Damaged { file: file.to_owned(), message };
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(file, flags).map_err(|error| damaged(error.to_string()))?;
    let said: String = conn
        .query_row("pragma integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| damaged(error.to_string()))?;
    if said != "ok" {
        return Err(damaged(said));
    }
    conn.query_row("select name from schema_migrations order by version desc limit 1", [], |row| row.get(0))
        .map_err(|_| BackupError::Missing(file.to_owned()))
}

/// Puts a copy into a data directory nobody uses.
///
/// Data that is there is moved to `backups/before-restore.db` (or a numbered
/// name beside it) if `replace` says so, and refused otherwise. A copy of a newer schema is refused.
pub fn restore(from: &Path, dir: &Path, replace: bool, known: &'static [Migration]) -> Result<Saved, BackupError> {
    if !from.exists() {
        return Err(BackupError::Missing(from.to_owned()));
    }
    std::fs::create_dir_all(dir).map_err(file_error(dir))?;
    let _lock = DirLock::take(dir)?;
    let database = dir.join(FILE);
    if database.exists() && !replace {
        return Err(BackupError::Exists(database));
    }
    let part = beside(&database, "part");
    let (schema, hash_agreed) = match fetch_checked(from, &part, known) {
        Ok(found) => found,
        Err(error) => {
            remove(&part)?;
            return Err(error);
        }
    };
    if database.exists() {
        set_aside(dir, "before-restore")?;
    }
    // A log left by the old data must not be applied to the new.
    for ending in ["wal", "shm"] {
        remove(&PathBuf::from(format!("{}-{ending}", database.display())))?;
    }
    settle(&part, &database)?;
    let bytes = std::fs::metadata(&database).map_err(file_error(&database))?.len();
    Ok(Saved { file: database, bytes, schema, hash_agreed })
}

/// Fetches a copy and checks it whole; answers its newest schema step, and
/// whether a hash beside it agreed.
pub(crate) fn fetch_checked(
    from: &Path,
    part: &Path,
    known: &'static [Migration],
) -> Result<(String, bool), BackupError> {
    let hash_agreed = fetch(from, part)?;
    let checked = check(part).and_then(|schema| known_schema(part, known).map(|()| (schema, hash_agreed)));
    checked.map_err(|error| match error {
        // Name the file the user knows.
        BackupError::Damaged { message, .. } => BackupError::Damaged { file: from.to_owned(), message },
        BackupError::Missing(_) => BackupError::Missing(from.to_owned()),
        other => other,
    })
}

fn known_schema(file: &Path, known: &'static [Migration]) -> Result<(), BackupError> {
    let conn = Connection::open(file).map_err(|error| failed(&error))?;
    Ok(migration::check_sqlite(&conn, known)?)
}

/// The name, without its ending, under which data that was carried to PostgreSQL is kept.
pub const MOVED: &str = "moved-to-postgresql";

/// Moves data that was carried to PostgreSQL out of the way, so that no server
/// is started on it by mistake: both would send what waits. Answers where it is.
pub fn put_away(dir: &Path) -> Result<PathBuf, BackupError> {
    let _lock = DirLock::take(dir)?;
    let away = set_aside(dir, MOVED)?;
    for ending in ["wal", "shm"] {
        remove(&dir.join(format!("{FILE}-{ending}")))?;
    }
    Ok(away)
}

/// Moves the old data away, whole: what is in its log is brought into the file.
fn set_aside(dir: &Path, stem: &str) -> Result<PathBuf, BackupError> {
    let database = &dir.join(FILE);
    let backups = dir.join("backups");
    std::fs::create_dir_all(&backups).map_err(file_error(&backups))?;
    // Data so damaged that it cannot be opened is moved as it is.
    if let Ok(old) = sqlite::open(database, Role::Writer)
        && let Err(error) = old.execute_batch("pragma wal_checkpoint(truncate)")
    {
        tracing::warn!(%error, "the old data's log could not be brought in");
    }
    let away = free_name(&backups, stem);
    settle(database, &away)?;
    Ok(away)
}

/// A name in a folder that nothing has yet: what was set aside once stays.
pub fn free_name(folder: &Path, stem: &str) -> PathBuf {
    let numbered = (2..).map(|n: u32| folder.join(format!("{stem}-{n}.db")));
    let names = std::iter::once(folder.join(format!("{stem}.db"))).chain(numbered);
    // The list has no end, so one of it is free.
    names.into_iter().find(|name| !name.exists()).unwrap_or_else(|| folder.join(stem))
}

pub(crate) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    file.with_file_name(name)
}

pub(crate) fn remove(file: &Path) -> Result<(), BackupError> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(file_error(file)(error)),
        _ => Ok(()),
    }
}

/// Gives a file its name once its contents are on the disk, and the name too.
pub(crate) fn settle(file: &Path, name: &Path) -> Result<(), BackupError> {
    File::open(file).and_then(|opened| opened.sync_all()).map_err(file_error(file))?;
    std::fs::rename(file, name).map_err(file_error(name))?;
    let parent = name.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or_else(|| Path::new("."));
    File::open(parent).and_then(|opened| opened.sync_all()).map_err(file_error(parent))
}
