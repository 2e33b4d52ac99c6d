//! Where a benchmark's data lies: its own, and gone with it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_postgres::NoTls;

use crate::fault::Fault;
use crate::wish::Engine;

/// The variable that names a PostgreSQL server on which databases can be made.
const SERVER: &str = "HARK_TEST_POSTGRES";

/// A fresh data directory and, on PostgreSQL, a fresh database. Both go when
/// this is dropped, unless they are to be kept.
#[derive(Debug)]
pub(crate) struct Place {
    folder: PathBuf,
    database: Option<String>,
    keep: bool,
}

static NEXT: AtomicU64 = AtomicU64::new(0);

fn server() -> Result<String, Fault> {
    let named = std::env::var(SERVER).ok().filter(|url| !url.is_empty() && url != "off");
    named.ok_or_else(|| Fault::wrong(format!("no PostgreSQL: set {SERVER}, or ask for --store sqlite")))
}

impl Place {
    /// Makes one.
    pub(crate) async fn fresh(engine: Engine) -> Result<Self, Fault> {
        let name = format!("hark_bench_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(&name);
        Self::make(engine, folder, name, false).await
    }

    /// Makes one that stays, or finds it again. True where it was there.
    pub(crate) async fn kept(engine: Engine, under: &Path) -> Result<(Self, bool), Fault> {
        let folder = under.join(engine.name());
        if folder.join(FILLED).exists() {
            let database = match engine {
                Engine::Sqlite => None,
                Engine::Postgres => Some(with_database(&server()?, KEPT)),
            };
            return Ok((Self { folder, database, keep: true }, true));
        }
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        Ok((Self::make(engine, folder, KEPT.to_owned(), true).await?, false))
    }

    async fn make(engine: Engine, folder: PathBuf, name: String, keep: bool) -> Result<Self, Fault> {
        std::fs::create_dir_all(&folder)?;
        let mut place = Self { folder, database: None, keep };
        if engine == Engine::Postgres {
            run(&format!("drop database if exists {name} with (force)")).await?;
            run(&format!("create database {name}")).await?;
            place.database = Some(with_database(&server()?, &name));
        }
        Ok(place)
    }

    /// The data directory of a node.
    pub(crate) fn data(&self, node: usize) -> PathBuf {
        self.folder.join(format!("node{node}"))
    }

    /// The database, where it is PostgreSQL's.
    pub(crate) fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// A file beside the data.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Notes that what should be in it is in it.
    pub(crate) fn filled(&self) -> Result<(), Fault> {
        Ok(std::fs::write(self.file(FILLED), b"")?)
    }
}

/// The database that stays.
const KEPT: &str = "hark_bench_kept";
/// Says that a kept place is whole.
const FILLED: &str = "filled";

impl Drop for Place {
    fn drop(&mut self) {
        if self.keep {
            return;
        }
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("cannot remove {}: {error}", self.folder.display());
        }
        let name =
            self.database.as_deref().and_then(|url| url.split('?').next()?.rsplit('/').next()).map(str::to_owned);
        let Some(name) = name else { return };
        // A runtime cannot be entered from inside another: a thread of its own.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(run(&format!("drop database if exists {name} with (force)")))
        });
        if let Ok(Err(error)) = dropping.join() {
            eprintln!("cannot drop the benchmark's database: {error}");
        }
    }
}

async fn run(statement: &str) -> Result<(), Fault> {
    let (client, connection) = tokio_postgres::connect(&server()?, NoTls).await?;
    let running = tokio::spawn(connection);
    let done = client.batch_execute(statement).await;
    running.abort();
    Ok(done?)
}

/// One setting of a database's server.
pub(crate) async fn setting(url: &str, name: &str) -> Result<String, Fault> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let running = tokio::spawn(connection);
    let found = client.query_one("select current_setting($1)", &[&name]).await;
    running.abort();
    Ok(found?.get(0))
}

/// The connection string with another database's name.
fn with_database(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, ""), |(base, query)| (base, query));
    let start = base.find("://").map_or(0, |at| at + 3);
    let end = base.get(start..).and_then(|rest| rest.find('/')).map_or(base.len(), |at| start + at);
    let base = base.get(..end).unwrap_or(base);
    if query.is_empty() { format!("{base}/{name}") } else { format!("{base}/{name}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn the_database_is_replaced_in_a_connection_string() {
        let made = with_database("postgres://me:pw@host:5432/postgres?sslmode=disable", "x");
        assert_eq!(made, "postgres://me:pw@host:5432/x?sslmode=disable");
        assert_eq!(with_database("postgres://host", "x"), "postgres://host/x");
    }
}
