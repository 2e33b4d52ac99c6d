//! SQLite as an end of a move.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::{Connection, params_from_iter};

use super::{BATCH, End, Table, Take, TransferError};
use crate::db::error::DbError;
use crate::db::lock::DirLock;
use crate::db::sqlite::{self, FILE, Role, sql_error, value};
use crate::db::value::Val;

/// A locked data directory.
pub(crate) struct SqliteEnd {
    conn: Connection,
    _lock: Option<DirLock>,
}

impl SqliteEnd {
    pub(crate) fn open(dir: &Path, write: bool) -> Result<Self, TransferError> {
        let lock = DirLock::take(dir)?;
        let conn = sqlite::open(&dir.join(FILE), if write { Role::Writer } else { Role::Reader })?;
        // Parents come first, but rows of one table may refer to each other;
        // the keys are checked at the end.
        conn.execute_batch("pragma foreign_keys = off; begin").map_err(|error| sql_error("begin", &error))?;
        Ok(Self { conn, _lock: Some(lock) })
    }

    /// A file nobody else knows: made by [`portable`](super::portable), and
    /// thrown away if anything goes wrong, so it needs no journal.
    pub(crate) fn scratch(conn: Connection) -> Result<Self, TransferError> {
        let settings = "pragma journal_mode = off; pragma synchronous = off; pragma foreign_keys = off; begin";
        conn.execute_batch(settings).map_err(|error| sql_error("begin", &error))?;
        Ok(Self { conn, _lock: None })
    }
}

impl End for SqliteEnd {
    fn count(&mut self, table: &Table) -> Result<u64, TransferError> {
        let text = format!("select count(*) from \"{}\" {}", table.name, table.filter());
        let count: Result<i64, _> = self.conn.query_row(&text, [], |row| row.get(0));
        Ok(count.map(|count| u64::try_from(count).unwrap_or(0)).map_err(|error| sql_error(&table.name, &error))?)
    }

    fn tables(&mut self) -> Result<BTreeMap<String, BTreeSet<String>>, TransferError> {
        let failed = |error: rusqlite::Error| sql_error("schema", &error);
        // Virtual tables and the tables behind them are of other types.
        let mut statement = self
            .conn
            .prepare(
                "select list.name, info.name from pragma_table_list as list \
                 join pragma_table_xinfo(list.name) as info \
                 where list.schema = 'main' and list.type = 'table' and list.name not like 'sqlite_%' \
                 and info.hidden = 0",
            )
            .map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        while let Some(row) = rows.next().map_err(failed)? {
            let table: String = row.get(0).map_err(failed)?;
            tables.entry(table).or_default().insert(row.get(1).map_err(failed)?);
        }
        Ok(tables)
    }

    fn read(&mut self, table: &Table, take: Take<'_>) -> Result<(), TransferError> {
        let failed = |error: rusqlite::Error| sql_error(&table.name, &error);
        let text = format!("select {} from \"{}\" {}", table.column_list(), table.name, table.filter());
        let mut statement = self.conn.prepare(&text).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        let mut batch = Vec::with_capacity(BATCH);
        while let Some(row) = rows.next().map_err(failed)? {
            let values = (0..table.columns.len())
                .map(|i| value(&table.name, row.get_ref(i).map_err(failed)?))
                .collect::<Result<Vec<Val>, DbError>>()?;
            batch.push(values);
            if batch.len() == BATCH {
                take(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))?;
            }
        }
        if batch.is_empty() { Ok(()) } else { take(batch) }
    }

    fn write(&mut self, table: &Table, rows: Vec<Vec<Val>>) -> Result<(), TransferError> {
        let failed = |error: rusqlite::Error| sql_error(&table.name, &error);
        let marks = vec!["?"; table.columns.len()].join(", ");
        let text = format!("insert into \"{}\" ({}) values ({marks})", table.name, table.column_list());
        let mut statement = self.conn.prepare_cached(&text).map_err(failed)?;
        for row in &rows {
            statement.execute(params_from_iter(row)).map_err(failed)?;
        }
        Ok(())
    }

    fn flush(&mut self, _: &Table) -> Result<(), TransferError> {
        Ok(())
    }

    fn commit(&mut self) -> Result<(), TransferError> {
        let failed = |error: rusqlite::Error| sql_error("commit", &error);
        let dangling: i64 = self
            .conn
            .query_row("select count(*) from pragma_foreign_key_check", [], |row| row.get(0))
            .map_err(failed)?;
        if dangling > 0 {
            return Err(TransferError::Schema(format!("their keys: {dangling} rows lack their parents")));
        }
        Ok(self.conn.execute_batch("commit").map_err(failed)?)
    }
}
