//! Moving a whole store from one engine to the other.
//!
//! Table by table, parents before children, in one transaction of the target;
//! it commits only when each table has the same rows there: the same count and
//! the same sum over hashes of rows, whatever their order.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use self::postgres::PostgresEnd;
use self::sqlite::SqliteEnd;
use super::config::{StoreConfig, StoreUrl};
use super::error::{DbError, OpenError};
use super::migration::Migration;
use super::store::Store;
use super::value::Val;

pub mod portable;
mod postgres;
mod sqlite;

/// Tables each engine has in its own form, or that tell of one database alone.
/// The search index follows the event log and is filled anew from it.
const OWN: &[&str] = &["message_search", "schema_migrations"];
/// Rows held in memory at a time.
pub(crate) const BATCH: usize = 500;

/// How far the move is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The table at work.
    pub table: String,
    /// Rows of it copied so far.
    pub rows: u64,
    /// Rows of it there are.
    pub of: u64,
}

/// What was moved, table by table, in the order it was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Each table with its rows.
    pub tables: Vec<Moved>,
}

/// Why a store was not moved. The target is left empty.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// Both ends are of one engine.
    #[error("both ends are of the same engine; copy the file, or use pg_dump")]
    SameEngine,
    /// The target is in use already.
    #[error("the target holds data already: {rows} row(s) in {table}")]
    NotEmpty {
        /// A table with rows.
        table: String,
        /// How many.
        rows: u64,
    },
    /// Servers run on a database that must be at rest.
    #[error("{sessions} sessions of Hark are open on the PostgreSQL database: stop its servers first")]
    InUse {
        /// How many sessions.
        sessions: u64,
    },
    /// The two schemas have different tables or columns.
    #[error("the two schemas differ in {0}")]
    Schema(String),
    /// What arrived is not what was sent.
    #[error("{table}: {sent} rows were sent and {arrived} arrived, or they differ")]
    Differs {
        /// The table.
        table: String,
        /// Rows in the source.
        sent: u64,
        /// Rows in the target.
        arrived: u64,
    },
    /// A store cannot be opened or the data directory is in use.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl From<DbError> for TransferError {
    fn from(error: DbError) -> Self {
        Self::Open(OpenError::Db(error))
    }
}

/// A table to move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Field>,
}

/// A column, as PostgreSQL describes it; SQLite does not tell a UUID from bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: tokio_postgres::types::Type,
}

impl Table {
    pub(crate) fn column_list(&self) -> String {
        self.columns.iter().map(|field| format!("\"{}\"", field.name)).collect::<Vec<_>>().join(", ")
    }

    /// Which rows are moved: the follower that fills the search index starts over.
    pub(crate) fn filter(&self) -> &'static str {
        if self.name == "followers" { "where name <> 'search'" } else { "" }
    }
}

/// The number and the identity of a set of rows, whatever their order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    rows: u64,
    sum: u128,
}

impl Tally {
    pub(crate) fn add(&mut self, row: &[Val]) {
        let mut hash = Sha256::new();
        for value in row {
            match value {
                Val::Null => hash.update(b"n"),
                Val::Int(value) => {
                    hash.update(b"i");
                    hash.update(value.to_le_bytes());
                }
                Val::Text(value) => bytes(&mut hash, b"t", value.as_bytes()),
                Val::Blob(value) => bytes(&mut hash, b"b", value),
                Val::Uuid(value) => bytes(&mut hash, b"b", value.as_bytes()),
                // No column holds these.
                Val::UuidArray(_) | Val::IntArray(_) | Val::TextArray(_) => hash.update(b"a"),
            }
        }
        let digest = hash.finalize();
        let low = digest.iter().take(16).fold(0u128, |sum, byte| (sum << 8) | u128::from(*byte));
        // A sum, unlike an exclusive or, tells a row that is there twice.
        self.sum = self.sum.wrapping_add(low);
        self.rows += 1;
    }
}

fn bytes(hash: &mut Sha256, tag: &[u8], value: &[u8]) {
    hash.update(tag);
    hash.update((value.len() as u64).to_le_bytes());
    hash.update(value);
}

/// Takes a batch of rows.
pub(crate) type Take<'a> = &'a mut dyn FnMut(Vec<Vec<Val>>) -> Result<(), TransferError>;

/// Where rows come from and go to: one connection inside one transaction.
pub(crate) trait End {
    /// How many rows of a table are moved.
    fn count(&mut self, table: &Table) -> Result<u64, TransferError>;
    /// The tables with their columns, by name.
    fn tables(&mut self) -> Result<BTreeMap<String, BTreeSet<String>>, TransferError>;
    /// Hands out the rows of a table in batches.
    fn read(&mut self, table: &Table, take: Take<'_>) -> Result<(), TransferError>;
    /// Takes rows of a table in.
    fn write(&mut self, table: &Table, rows: Vec<Vec<Val>>) -> Result<(), TransferError>;
    /// Ends the writing of a table.
    fn flush(&mut self, table: &Table) -> Result<(), TransferError>;
    /// Keeps what was written.
    fn commit(&mut self) -> Result<(), TransferError>;
}

/// Moves all data from one engine to the other, into an empty target.
///
/// Both schemas are brought up to date first. Nobody may use either end
/// meanwhile: a SQLite data directory is locked, and a PostgreSQL database on
/// which servers run is refused.
///
/// All of it is one transaction of the target: whatever breaks it off, the
/// target stays empty and the move can be begun anew.
pub async fn migrate_store(
    from: StoreUrl,
    to: StoreUrl,
    known: &'static [Migration],
    mut progress: impl FnMut(&Moved) + Send + 'static,
) -> Result<Report, TransferError> {
    // Opening brings the schema up to date and checks it.
    for url in [&from, &to] {
        let config = StoreConfig { migrations: known, readers: 1, lanes: 1, ..StoreConfig::new(url.clone()) };
        Store::open(config).await?.close().await;
    }
    let moving = tokio::task::spawn_blocking(move || match (&from, &to) {
        (StoreUrl::Sqlite(dir), StoreUrl::Postgres(url)) => {
            let mut target = PostgresEnd::open(url, true)?;
            target.at_rest()?;
            let order = target.order()?;
            transfer(&mut SqliteEnd::open(dir, false)?, &mut target, &order, &mut progress)
        }
        (StoreUrl::Postgres(url), StoreUrl::Sqlite(dir)) => {
            let mut source = PostgresEnd::open(url, false)?;
            source.at_rest()?;
            let order = source.order()?;
            transfer(&mut source, &mut SqliteEnd::open(dir, true)?, &order, &mut progress)
        }
        _ => Err(TransferError::SameEngine),
    });
    moving.await.unwrap_or_else(|error| Err(DbError::Unavailable(error.to_string()).into()))
}

fn transfer(
    source: &mut dyn End,
    target: &mut dyn End,
    order: &[Table],
    progress: &mut dyn FnMut(&Moved),
) -> Result<Report, TransferError> {
    same_schema(&source.tables()?, &target.tables()?)?;
    let order: Vec<_> = order.iter().filter(|table| !OWN.contains(&table.name.as_str())).collect();
    for table in &order {
        let rows = target.count(table)?;
        if rows > 0 {
            return Err(TransferError::NotEmpty { table: table.name.clone(), rows });
        }
    }
    let mut report = Report { tables: Vec::new() };
    for table in order {
        let mut sent = Tally::default();
        let of = source.count(table)?;
        source.read(table, &mut |rows| {
            rows.iter().for_each(|row| sent.add(row));
            target.write(table, rows)?;
            progress(&Moved { table: table.name.clone(), rows: sent.rows, of });
            Ok(())
        })?;
        target.flush(table)?;
        let arrived = tally(target, table)?;
        if arrived != sent {
            return Err(TransferError::Differs { table: table.name.clone(), sent: sent.rows, arrived: arrived.rows });
        }
        report.tables.push(Moved { table: table.name.clone(), rows: sent.rows, of: sent.rows });
    }
    target.commit()?;
    Ok(report)
}

fn tally(end: &mut dyn End, table: &Table) -> Result<Tally, TransferError> {
    let mut tally = Tally::default();
    end.read(table, &mut |rows| {
        rows.iter().for_each(|row| tally.add(row));
        Ok(())
    })?;
    Ok(tally)
}

/// Both ends have the same tables and columns, apart from each engine's own.
fn same_schema(
    one: &BTreeMap<String, BTreeSet<String>>,
    other: &BTreeMap<String, BTreeSet<String>>,
) -> Result<(), TransferError> {
    for name in one.keys().chain(other.keys()) {
        if !OWN.contains(&name.as_str()) && one.get(name) != other.get(name) {
            return Err(TransferError::Schema(name.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[&[Val]]) -> Tally {
        let mut tally = Tally::default();
        rows.iter().for_each(|row| tally.add(row));
        tally
    }

    #[test]
    fn a_tally_sees_contents_and_not_order() {
        let (a, b) = ([Val::from("a"), Val::Int(1)], [Val::from("b"), Val::Null]);
        assert_eq!(sum(&[&a, &b]), sum(&[&b, &a]));
        assert_ne!(sum(&[&a, &b]), sum(&[&a, &a]));
        assert_ne!(sum(&[&a, &a]), sum(&[&b, &b]));
        // Where one value ends is part of it.
        let (c, d) = ([Val::from("ab"), Val::from("c")], [Val::from("a"), Val::from("bc")]);
        assert_ne!(sum(&[&c]), sum(&[&d]));
        // SQLite knows a UUID as 16 bytes.
        let id = uuid::Uuid::from_u128(7);
        assert_eq!(sum(&[&[Val::Uuid(id)]]), sum(&[&[Val::Blob(id.as_bytes().to_vec())]]));
    }
}
