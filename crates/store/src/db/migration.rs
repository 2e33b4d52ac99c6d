//! The schema's steps: one text for both engines, applied once, forward only.
//!
//! Tokens: `{uuid}`, `{blob}`, `{bigint}`, `{strict}`. Lines between
//! `-- sqlite:` or `-- postgres:` and `-- end` are for that engine alone.

use std::fmt::Write as _;
use std::path::Path;

use rusqlite::Connection;
use sha2::{Digest, Sha256};
use tokio_postgres::Client;

use super::conn::Engine;
use super::error::OpenError;
use super::postgres_value::postgres_error;
use super::sqlite::sql_error;
use super::stopwatch::unix_ms;
use super::transfer::portable;

/// Any number does; all nodes must agree on it.
const LOCK: i64 = 0x6861_726b;

const TABLE: &str = "create table if not exists schema_migrations (
    version bigint not null primary key,
    name text not null,
    checksum text not null,
    applied_at bigint not null
)";
const APPLIED: &str = "select name, checksum from schema_migrations order by version";

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// `NNNN_what`, the file's name without its ending.
    pub name: &'static str,
    /// The file's text.
    pub text: &'static str,
}

impl Migration {
    /// The number the name begins with.
    #[must_use]
    pub fn version(&self) -> Option<i64> {
        self.name.split_once('_').and_then(|(number, _)| number.parse().ok())
    }

    /// The SHA-256 of the text, in hexadecimal.
    #[must_use]
    pub fn checksum(&self) -> String {
        hex::encode(Sha256::digest(self.text.as_bytes()))
    }

    /// The text one engine understands.
    pub fn expand(&self, engine: Engine) -> Result<String, OpenError> {
        let wrong = |message: &str| OpenError::Migration { name: self.name.to_owned(), message: message.to_owned() };
        let mut out = String::with_capacity(self.text.len());
        let mut block: Option<Engine> = None;
        for line in self.text.lines() {
            let opens = match line.trim() {
                "-- sqlite:" => Some(Engine::Sqlite),
                "-- postgres:" => Some(Engine::Postgres),
                "-- end" => {
                    block.take().ok_or_else(|| wrong("-- end without a block"))?;
                    continue;
                }
                _ => None,
            };
            match (opens, block) {
                (Some(_), Some(_)) => return Err(wrong("a block inside a block")),
                (Some(opened), None) => block = Some(opened),
                (None, Some(only)) if only != engine => {}
                (None, _) => {
                    out.push_str(line);
                    out.push('\n');
                }
            }
        }
        if block.is_some() {
            return Err(wrong("a block without -- end"));
        }
        let words = match engine {
            Engine::Sqlite => ["blob", "blob", "integer", "strict"],
            Engine::Postgres => ["uuid", "bytea", "bigint", ""],
        };
        for (token, word) in ["{uuid}", "{blob}", "{bigint}", "{strict}"].iter().zip(words) {
            out = out.replace(token, word);
        }
        Ok(out)
    }
}

/// Checks what was applied against the list; answers what is left to do.
pub(crate) fn pending(
    applied: &[(String, String)],
    known: &'static [Migration],
) -> Result<&'static [Migration], OpenError> {
    let mut before = 0;
    for migration in known {
        let version = migration.version().filter(|version| *version > before);
        before = version.ok_or_else(|| OpenError::Migration {
            name: migration.name.to_owned(),
            message: "names begin with rising numbers".to_owned(),
        })?;
    }
    let last_known = known.last().map_or("nothing", |migration| migration.name);
    let mut rest = known.iter();
    for (name, checksum) in applied {
        let Some(migration) = rest.next() else {
            return Err(OpenError::Newer {
                found: applied.last().map_or(name, |(last, _)| last).clone(),
                known: last_known.to_owned(),
            });
        };
        if migration.name != name {
            return Err(OpenError::Migration {
                name: name.clone(),
                message: format!("was applied where this binary knows {}", migration.name),
            });
        }
        let found = migration.checksum();
        if &found != checksum {
            return Err(OpenError::Changed { name: name.clone(), found, applied: checksum.clone() });
        }
    }
    Ok(rest.as_slice())
}

fn broken(migration: &Migration, error: impl std::fmt::Display) -> OpenError {
    OpenError::Migration { name: migration.name.to_owned(), message: error.to_string() }
}

pub(crate) fn applied_sqlite(conn: &Connection) -> Result<Vec<(String, String)>, OpenError> {
    let failed = |error: rusqlite::Error| OpenError::Db(sql_error("migrate", &error));
    let mut statement = conn.prepare(APPLIED).map_err(failed)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.and_then(Iterator::collect).map_err(failed)
}

/// Checks that this binary knows all steps of a SQLite database; changes nothing.
pub(crate) fn check_sqlite(conn: &Connection, known: &'static [Migration]) -> Result<(), OpenError> {
    pending(&applied_sqlite(conn)?, known).map(|_| ())
}

/// Brings a SQLite database up to date, with a copy of it before each step.
pub(crate) fn run_sqlite(conn: &mut Connection, dir: &Path, known: &'static [Migration]) -> Result<(), OpenError> {
    let failed = |error: &rusqlite::Error| OpenError::Db(sql_error("migrate", error));
    conn.execute_batch(TABLE).map_err(|error| failed(&error))?;
    let applied = applied_sqlite(conn)?;
    let mut holds_data = !applied.is_empty();
    for migration in pending(&applied, known)? {
        if holds_data {
            backup_sqlite(conn, dir, migration)?;
        }
        apply_sqlite(conn, migration)?;
        tracing::info!(migration = migration.name, "schema step applied");
        holds_data = !applied.is_empty();
    }
    Ok(())
}

fn backup_sqlite(conn: &Connection, dir: &Path, migration: &Migration) -> Result<(), OpenError> {
    let backups = dir.join("backups");
    std::fs::create_dir_all(&backups).map_err(OpenError::file(&backups))?;
    let version = migration.version().unwrap_or_default();
    let file = backups.join(format!("before-{version:04}.db"));
    // One from a step that failed and is tried again.
    if file.exists() {
        std::fs::remove_file(&file).map_err(OpenError::file(&file))?;
    }
    let path = file.to_string_lossy();
    conn.execute("vacuum into ?1", [path.as_ref()]).map_err(|error| broken(migration, error))?;
    tracing::info!(migration = migration.name, file = %path, "backup made");
    Ok(())
}

fn apply_sqlite(conn: &mut Connection, migration: &Migration) -> Result<(), OpenError> {
    let wrong = |error: rusqlite::Error| broken(migration, error);
    let text = migration.expand(Engine::Sqlite)?;
    // A step may rebuild a table others refer to; the keys are checked at its end.
    conn.pragma_update(None, "foreign_keys", "off").map_err(wrong)?;
    let transaction = conn.transaction().map_err(wrong)?;
    transaction.execute_batch(&text).map_err(wrong)?;
    let dangling: i64 =
        transaction.query_row("select count(*) from pragma_foreign_key_check", [], |row| row.get(0)).map_err(wrong)?;
    if dangling > 0 {
        return Err(broken(migration, format!("leaves {dangling} rows without their parents")));
    }
    transaction
        .execute(
            "insert into schema_migrations (version, name, checksum, applied_at) \
             values (?1, ?2, ?3, ?4)",
            (migration.version(), migration.name, migration.checksum(), unix_ms()),
        )
        .map_err(wrong)?;
    transaction.commit().map_err(wrong)?;
    conn.pragma_update(None, "foreign_keys", "on").map_err(wrong)
}

/// Brings a PostgreSQL database up to date. Nodes that start together take turns.
pub(crate) async fn run_postgres(
    client: &mut Client,
    url: &str,
    backups: Option<&Path>,
    known: &'static [Migration],
    row_security: bool,
) -> Result<(), OpenError> {
    let failed = |error: tokio_postgres::Error| OpenError::Db(postgres_error("migrate", &error));
    client.execute("select pg_advisory_lock($1)", &[&LOCK]).await.map_err(failed)?;
    let mut result = migrate_postgres(client, url, backups, known).await;
    if result.is_ok() && row_security {
        result = super::row_security::apply(client).await.map_err(OpenError::Db);
    }
    client.execute("select pg_advisory_unlock($1)", &[&LOCK]).await.map_err(failed)?;
    result
}

async fn migrate_postgres(
    client: &mut Client,
    url: &str,
    backups: Option<&Path>,
    known: &'static [Migration],
) -> Result<(), OpenError> {
    let failed = |error: tokio_postgres::Error| OpenError::Db(postgres_error("migrate", &error));
    client.batch_execute(TABLE).await.map_err(failed)?;
    let rows = client.query(APPLIED, &[]).await.map_err(failed)?;
    let applied = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<Vec<(String, String)>, tokio_postgres::Error>>()
        .map_err(failed)?;
    for migration in pending(&applied, known)? {
        if !applied.is_empty() {
            backup_postgres(url, backups, migration, known).await?;
        }
        let wrong = |error: tokio_postgres::Error| match error.as_db_error() {
            Some(db) => broken(migration, describe(db)),
            None => OpenError::Db(postgres_error(migration.name, &error)),
        };
        let text = migration.expand(Engine::Postgres)?;
        let transaction = client.transaction().await.map_err(wrong)?;
        transaction.batch_execute(&text).await.map_err(wrong)?;
        transaction
            .execute(
                "insert into schema_migrations (version, name, checksum, applied_at) \
                 values ($1, $2, $3, $4)",
                &[&migration.version(), &migration.name, &migration.checksum(), &unix_ms()],
            )
            .await
            .map_err(wrong)?;
        transaction.commit().await.map_err(wrong)?;
        tracing::info!(migration = migration.name, "schema step applied");
    }
    Ok(())
}

fn describe(error: &tokio_postgres::error::DbError) -> String {
    let mut words = error.message().to_owned();
    if let Some(tokio_postgres::error::ErrorPosition::Original(at)) = error.position() {
        // Writing to a string cannot fail.
        let _ = write!(words, " at character {at}");
    }
    words
}

/// The copy that `hark backup` makes, if there is a place for it; a word of advice if not.
///
/// It needs no tool beside this program, and `hark restore` puts it back on either engine.
async fn backup_postgres(
    url: &str,
    backups: Option<&Path>,
    migration: &Migration,
    known: &'static [Migration],
) -> Result<(), OpenError> {
    let Some(dir) = backups else {
        tracing::warn!(migration = migration.name, "schema changes; have a backup of PostgreSQL");
        return Ok(());
    };
    std::fs::create_dir_all(dir).map_err(OpenError::file(dir))?;
    let version = migration.version().unwrap_or_default();
    let file = dir.join(format!("before-{version:04}.db"));
    // One from a step that failed and is tried again.
    if file.exists() {
        std::fs::remove_file(&file).map_err(OpenError::file(&file))?;
    }
    // The step waits for its copy: without one it must not begin.
    Box::pin(portable::save(url.to_owned(), file.clone(), known, |_| {}))
        .await
        .map_err(|error| broken(migration, format!("no copy could be made before it: {error}")))?;
    tracing::info!(migration = migration.name, file = %file.display(), "backup made");
    Ok(())
}
