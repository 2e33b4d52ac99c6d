//! Fresh databases for tests, on both engines.
//!
//! PostgreSQL is the server named by `HARK_TEST_POSTGRES`, a connection string
//! of a role that may create databases and roles; the default is the role
//! `root` on this machine. Where there is none, tests fail, unless
//! `HARK_TEST_POSTGRES=off`. `scripts/with-postgres` finds or makes one.

#![expect(clippy::panic, reason = "a test without its database must fail loudly")]

use std::future::Future;
use std::path::{Path, PathBuf};

use store::{Engine, MIGRATIONS, Store, StoreConfig, StoreUrl};
use tokio_postgres::NoTls;

use crate::template;

/// The server used where `HARK_TEST_POSTGRES` is not set.
const DEFAULT: &str = "postgres://root@127.0.0.1:5432/postgres";

/// A store on a database of its own, which goes when this is dropped.
pub struct TestStore {
    /// The open store.
    pub store: Store,
    /// How it was opened, to open it again.
    pub config: StoreConfig,
    /// Keeps the database; dropped after the store, in the order of declaration.
    pub place: Place,
}

/// An empty database, which goes when this is dropped.
pub struct Place {
    url: StoreUrl,
}

/// The server that `HARK_TEST_POSTGRES` names, unless it is off.
pub(crate) fn server() -> Option<String> {
    match std::env::var("HARK_TEST_POSTGRES") {
        Ok(value) if value == "off" => None,
        Ok(value) => Some(value),
        Err(_) => Some(DEFAULT.to_owned()),
    }
}

/// The engines to test on. Says so where PostgreSQL is left out.
#[must_use]
pub fn engines() -> Vec<Engine> {
    if server().is_some() {
        vec![Engine::Sqlite, Engine::Postgres]
    } else {
        eprintln!("SKIPPED on PostgreSQL: HARK_TEST_POSTGRES=off");
        vec![Engine::Sqlite]
    }
}

/// Runs a test on each engine, and names the engine if it fails.
pub async fn for_each_engine<F, R>(test: F)
where
    F: Fn(Engine) -> R,
    R: Future<Output = Result<(), Box<dyn std::error::Error>>>,
{
    for engine in engines() {
        eprintln!("on {engine:?}");
        if let Err(error) = test(engine).await {
            panic!("on {engine:?}: {error}");
        }
    }
}

/// Opens a store with Hark's schema on a fresh database.
pub async fn open(engine: Engine) -> TestStore {
    open_with(engine, |_| {}).await
}

/// As [`open`], with changed settings.
pub async fn open_with(engine: Engine, change: impl FnOnce(&mut StoreConfig)) -> TestStore {
    // The place is chosen last, since a schema of a test's own begins with an empty one.
    let mut config = StoreConfig::new(StoreUrl::Sqlite(PathBuf::new()));
    // Two are enough to find races, and tests run beside each other.
    (config.readers, config.lanes) = (2, 2);
    // The database itself holds each transaction to its workspace in all tests.
    config.row_security = true;
    change(&mut config);
    let place = if std::ptr::eq(config.migrations, MIGRATIONS) {
        match template::place(engine).await {
            Ok(place) => place,
            Err(error) => panic!("no database with the schema on {engine:?}: {error}"),
        }
    } else {
        Place::new(engine).await
    };
    config.url = place.url();
    match Store::open(config.clone()).await {
        Ok(store) => TestStore { store, config, place },
        Err(error) => panic!("cannot open a store on {engine:?}: {error}"),
    }
}

impl TestStore {
    /// Closes the store and opens it again on the same database.
    pub async fn reopen(self) -> Self {
        let Self { store, config, place } = self;
        store.close().await;
        match Store::open(config.clone()).await {
            Ok(store) => Self { store, config, place },
            Err(error) => panic!("cannot open the store again: {error}"),
        }
    }
}

impl Place {
    /// Makes an empty database.
    pub async fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self { url: StoreUrl::Sqlite(directory(&name())) },
            Engine::Postgres => Self::copied("template1").await,
        }
    }

    /// Makes a database of PostgreSQL that is a copy of a template.
    pub(crate) async fn copied(template: &str) -> Self {
        let name = name();
        if let Err(error) = run_on_server(format!("create database {name} template {template}")).await {
            panic!("no PostgreSQL for tests (HARK_TEST_POSTGRES=off skips them): {error}");
        }
        Self { url: StoreUrl::Postgres(connection_string(&name)) }
    }

    /// The data directory, of the embedded database.
    pub(crate) fn dir(&self) -> Option<&Path> {
        match &self.url {
            StoreUrl::Sqlite(dir) => Some(dir),
            StoreUrl::Postgres(_) => None,
        }
    }

    /// How many transactions wait for a lock of another, on PostgreSQL.
    pub async fn waiting(&self) -> i64 {
        let StoreUrl::Postgres(url) = &self.url else { return 0 };
        let count = async {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            let running = tokio::spawn(connection);
            let sql =
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
            let row = client.query_one(sql, &[]).await;
            running.abort();
            row?.try_get::<_, i64>(0)
        };
        match count.await {
            Ok(count) => count,
            Err(error) => panic!("cannot see who waits: {error}"),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> StoreUrl {
        self.url.clone()
    }
}

/// A name of 16 hexadecimal digits, which cannot meet another test's.
fn name() -> String {
    match getrandom::u64() {
        Ok(number) => format!("hark_test_{number:016x}"),
        Err(error) => panic!("no randomness for a database's name: {error}"),
    }
}

/// How a database of the server for tests is reached.
pub(crate) fn connection_string(database: &str) -> String {
    with_database(&server().unwrap_or_else(|| DEFAULT.to_owned()), database)
}

fn directory(name: &str) -> PathBuf {
    std::env::temp_dir().join(name)
}

/// The connection string with another database's name.
fn with_database(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, ""), |(base, query)| (base, query));
    let start = base.find("://").map_or(0, |at| at + 3);
    let end = base.get(start..).and_then(|rest| rest.find('/')).map_or(base.len(), |at| start + at);
    let base = base.get(..end).unwrap_or(base);
    if query.is_empty() { format!("{base}/{name}") } else { format!("{base}/{name}?{query}") }
}

async fn run_on_server(statement: String) -> Result<(), tokio_postgres::Error> {
    let server = server().unwrap_or_else(|| DEFAULT.to_owned());
    let (client, connection) = tokio_postgres::connect(&server, NoTls).await?;
    let running = tokio::spawn(connection);
    let result = client.batch_execute(&statement).await;
    running.abort();
    result
}

impl Drop for Place {
    fn drop(&mut self) {
        match &self.url {
            StoreUrl::Sqlite(dir) => {
                // There is none if the store was never opened.
                let _ = std::fs::remove_dir_all(dir);
            }
            StoreUrl::Postgres(url) => {
                let base = url.split('?').next().unwrap_or(url);
                let name = base.rsplit('/').next().unwrap_or_default();
                let statement = format!("drop database if exists {name} with (force)");
                // A runtime cannot be entered from inside another: a thread of its own.
                let dropping = std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    match runtime.map(|runtime| runtime.block_on(run_on_server(statement))) {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => eprintln!("cannot drop a test database: {error}"),
                        Err(error) => eprintln!("cannot drop a test database: {error}"),
                    }
                });
                let _ = dropping.join();
            }
        }
    }
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
