//! Where the data is and how it is opened.

use std::path::PathBuf;

use super::fault::Faults;
use super::migration::Migration;

/// Where the data is.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A data directory; the database is the file `hark.db` in it.
    Sqlite(PathBuf),
    /// A connection string of a PostgreSQL database.
    Postgres(String),
}

impl std::fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(dir) => write!(f, "Sqlite({})", dir.display()),
            // The connection string may hold a password.
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

/// The most write closures in one transaction, unless it is set otherwise.
const GROUP: usize = 512;

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// Where the data is.
    pub url: StoreUrl,
    /// Threads (and connections) for reads.
    pub readers: usize,
    /// Threads (and connections) for writes on PostgreSQL; SQLite has one.
    pub lanes: usize,
    /// Most write closures in one transaction. One is the ruin of every rate:
    /// it is there to be measured against.
    pub group: usize,
    /// Faults for tests.
    pub faults: Faults,
    /// PostgreSQL: let the database hold each tenant transaction to the rows
    /// of its workspace, as a second witness. Needs the right to create roles.
    pub row_security: bool,
    /// The schema, oldest step first.
    pub migrations: &'static [Migration],
    /// PostgreSQL: where a copy of the database is written before each migration.
    pub backups: Option<PathBuf>,
}

impl StoreConfig {
    /// The usual settings.
    #[must_use]
    pub fn new(url: StoreUrl) -> Self {
        Self {
            url,
            readers: 4,
            lanes: 4,
            group: GROUP,
            faults: Faults::default(),
            row_security: false,
            migrations: crate::migrations::MIGRATIONS,
            backups: None,
        }
    }
}
