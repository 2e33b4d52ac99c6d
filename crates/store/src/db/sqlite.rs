//! SQLite as a [`Conn`].

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement};
use uuid::Uuid;

use super::conn::{Begin, Conn, Engine, Events};
use super::error::{DbError, OpenError};
use super::sql::{InsertMany, Sql};
use super::update_many::UpdateMany;
use super::value::{Row, Val};

/// The database's file in the data directory.
pub(crate) const FILE: &str = "hark.db";

/// How long to wait for another connection's lock.
const BUSY: Duration = Duration::from_secs(5);

/// What a connection is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Writer,
    Reader,
}

/// Makes the data directory and the database's file, for their owner alone.
pub(crate) fn create(dir: &Path) -> Result<PathBuf, OpenError> {
    let mut builder = std::fs::DirBuilder::new();
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    builder.recursive(true).create(dir).map_err(OpenError::file(dir))?;
    let file = dir.join(FILE);
    // The log and its index take on the file's permissions.
    options.append(true).create(true).open(&file).map_err(OpenError::file(&file))?;
    Ok(file)
}

/// How long the log may grow, in pages, before its pages go to their places: a page
/// that was written often meanwhile is copied once.
const LOG_PAGES: u32 = 4_000;

/// Opens one connection with the settings every connection has.
pub(crate) fn open(file: &Path, role: Role) -> Result<Connection, DbError> {
    let failed = |error| sql_error("open", &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(file, flags).map_err(failed)?;
    conn.busy_timeout(BUSY).map_err(failed)?;
    // A plan must not hang on bound values: each other value of a column that a partial
    // index names would have the statement prepared again.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failed)?;
    // A negative cache size is in KiB. The cache only grows as pages are touched, and
    // after a commit SQLite may look through all of it, so that more is not always faster.
    let (cache, query_only) = match role {
        Role::Writer => (-16 * 1024, "off"),
        Role::Reader => (-4 * 1024, "on"),
    };
    conn.execute_batch(&format!(
        "pragma journal_mode = wal;
         pragma synchronous = full;
         pragma foreign_keys = on;
         pragma secure_delete = on;
         pragma cache_size = {cache};
         pragma wal_autocheckpoint = {LOG_PAGES};
         pragma journal_size_limit = 67108864;
         pragma query_only = {query_only};"
    ))
    .map_err(failed)?;
    rusqlite::vtab::array::load_module(&conn).map_err(failed)?;
    Ok(conn)
}

/// A connection with its prepared statements, which borrow it.
pub(crate) struct SqliteConn<'c> {
    conn: &'c Connection,
    prepared: HashMap<usize, Prepared<'c>>,
    writer: bool,
}

struct Prepared<'c> {
    name: &'static str,
    statement: Statement<'c>,
}

// The statements of the layer itself have addresses too.
macro_rules! own {
    ($($name:ident = $text:literal;)*) => {
        $(static $name: Sql = Sql::new(stringify!($name), $text, super::sql::Scope::Server);)*
    };
}

own! {
    BEGIN_WRITE = "begin immediate";
    BEGIN_READ = "begin";
    COMMIT = "commit";
    SAVEPOINT = "savepoint one";
    RELEASE = "release one";
    UNDO = "rollback to one";
    COUNT = "insert into event_counters (ws, last) values ($1, $2) on conflict (ws) \
             do update set last = event_counters.last + excluded.last returning last";
    EVENT = "insert into events (ws, seq, kind, conversation, subject, at, data) \
             values ($1, $2, $3, $4, $5, $6, $7)";
}

impl<'c> SqliteConn<'c> {
    pub(crate) fn new(conn: &'c Connection, role: Role) -> Self {
        Self { conn, prepared: HashMap::new(), writer: role == Role::Writer }
    }

    fn prepare(&mut self, sql: &'static Sql) -> Result<&mut Prepared<'c>, DbError> {
        use std::collections::hash_map::Entry;
        Ok(match self.prepared.entry(sql.address()) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(free) => {
                let text = sql.expand(Engine::Sqlite)?;
                let statement = self.conn.prepare(&text).map_err(|error| sql_error(sql.name, &error))?;
                free.insert(Prepared { name: sql.name, statement })
            }
        })
    }

    fn own(&mut self, sql: &'static Sql) -> Result<(), DbError> {
        self.prepare(sql)?.run(&[]).map(|_| ())
    }

    /// Prepares a statement without running it.
    pub(crate) fn check(&mut self, sql: &'static Sql) -> Result<(), DbError> {
        self.prepare(sql).map(|_| ())
    }

    fn prepare_many(&mut self, many: &'static InsertMany) -> Result<&mut Prepared<'c>, DbError> {
        use std::collections::hash_map::Entry;
        Ok(match self.prepared.entry(many.address()) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(free) => {
                let text = many.expand(Engine::Sqlite);
                let statement = self.conn.prepare(&text).map_err(|error| sql_error(many.table, &error))?;
                free.insert(Prepared { name: many.table, statement })
            }
        })
    }

    fn prepare_updates(&mut self, many: &'static UpdateMany) -> Result<&mut Prepared<'c>, DbError> {
        use std::collections::hash_map::Entry;
        Ok(match self.prepared.entry(many.address()) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(free) => {
                let text = many.expand(Engine::Sqlite)?;
                let statement = self.conn.prepare(&text).map_err(|error| sql_error(many.name, &error))?;
                free.insert(Prepared { name: many.name, statement })
            }
        })
    }

    /// Prepares a change of many rows without running it.
    pub(crate) fn check_updates(&mut self, many: &'static UpdateMany) -> Result<(), DbError> {
        self.prepare_updates(many).map(|_| ())
    }

    /// Prepares a bulk insert without running it.
    pub(crate) fn check_many(&mut self, many: &'static InsertMany) -> Result<(), DbError> {
        self.prepare_many(many).map(|_| ())
    }
}

impl Prepared<'_> {
    fn bind(&mut self, args: &[&Val]) -> Result<(), DbError> {
        let wanted = self.statement.parameter_count();
        if wanted != args.len() {
            return Err(argument_count(self.name, wanted, args.len()));
        }
        for (i, value) in args.iter().enumerate() {
            self.statement.raw_bind_parameter(i + 1, *value).map_err(|error| sql_error(self.name, &error))?;
        }
        Ok(())
    }

    fn run(&mut self, args: &[&Val]) -> Result<u64, DbError> {
        self.bind(args)?;
        let done = if self.statement.column_count() == 0 {
            self.statement.raw_execute().map(|count| count as u64)
        } else {
            // `returning` that nobody wants to see: the rows are the count.
            let mut rows = self.statement.raw_query();
            let mut count = 0;
            loop {
                match rows.next() {
                    Ok(Some(_)) => count += 1,
                    Ok(None) => break Ok(count),
                    Err(error) => break Err(error),
                }
            }
        };
        // Bound values are not kept in memory longer than needed.
        self.statement.clear_bindings();
        done.map_err(|error| sql_error(self.name, &error))
    }

    fn rows(&mut self, args: &[&Val]) -> Result<Vec<Row>, DbError> {
        self.bind(args)?;
        let name = self.name;
        let failed = |error| sql_error(name, &error);
        let columns = self.statement.column_count();
        let mut rows = self.statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            let mut values = Vec::with_capacity(columns);
            for i in 0..columns {
                values.push(value(name, row.get_ref(i).map_err(failed)?)?);
            }
            found.push(Row { statement: name, values });
        }
        drop(rows);
        self.statement.clear_bindings();
        Ok(found)
    }
}

/// Reads one value.
pub(crate) fn value(name: &str, found: ValueRef<'_>) -> Result<Val, DbError> {
    let bad = |message: &str| DbError::Statement { statement: name.to_owned(), message: message.to_owned() };
    Ok(match found {
        ValueRef::Null => Val::Null,
        ValueRef::Integer(value) => Val::Int(value),
        ValueRef::Text(bytes) => {
            Val::Text(std::str::from_utf8(bytes).map_err(|_| bad("text that is not UTF-8"))?.to_owned())
        }
        ValueRef::Blob(bytes) => Val::Blob(bytes.to_vec()),
        ValueRef::Real(_) => return Err(bad("floating point numbers are not used")),
    })
}

impl rusqlite::ToSql for Val {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        fn array(values: impl Iterator<Item = Value>) -> ToSqlOutput<'static> {
            let values: Rc<Vec<Value>> = Rc::new(values.collect());
            ToSqlOutput::from_rc(values, c"rarray")
        }
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Int(value) => ToSqlOutput::Borrowed(ValueRef::Integer(*value)),
            Self::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Self::Blob(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
            Self::Uuid(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value.as_bytes())),
            Self::UuidArray(values) => array(values.iter().map(|value| Value::Blob(value.as_bytes().to_vec()))),
            Self::IntArray(values) => array(values.iter().map(|value| Value::Integer(*value))),
            Self::TextArray(values) => array(values.iter().map(|value| Value::Text(value.clone()))),
        })
    }
}

impl Conn for SqliteConn<'_> {
    fn engine(&self) -> Engine {
        Engine::Sqlite
    }

    fn ready(&mut self) -> Result<(), DbError> {
        Ok(())
    }

    fn wait_briefly(&mut self) -> Result<(), DbError> {
        Ok(())
    }

    fn begin(&mut self, what: Begin) -> Result<(), DbError> {
        self.own(match what {
            Begin::Write(_) => &BEGIN_WRITE,
            Begin::Read(_) => &BEGIN_READ,
        })
    }

    fn exec(&mut self, sql: &'static Sql, args: &[&Val]) -> Result<u64, DbError> {
        self.prepare(sql)?.run(args)
    }

    fn query(&mut self, sql: &'static Sql, args: &[&Val]) -> Result<Vec<Row>, DbError> {
        self.prepare(sql)?.rows(args)
    }

    fn later(&mut self, sql: &'static Sql, args: Vec<Val>) -> Result<(), DbError> {
        self.prepare(sql)?.run(&args.iter().collect::<Vec<_>>()).map(|_| ())
    }

    fn insert_many(&mut self, many: &'static InsertMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<u64, DbError> {
        let prepared = self.prepare_many(many)?;
        let ws = Val::Uuid(ws);
        let mut count = 0;
        for row in &rows {
            let mut args = Vec::with_capacity(row.len() + 1);
            args.push(&ws);
            args.extend(row);
            count += prepared.run(&args)?;
        }
        Ok(count)
    }

    fn insert_many_later(&mut self, many: &'static InsertMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<(), DbError> {
        self.insert_many(many, ws, rows).map(|_| ())
    }

    fn update_many(&mut self, many: &'static UpdateMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<Vec<Row>, DbError> {
        let prepared = self.prepare_updates(many)?;
        let ws = Val::Uuid(ws);
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let args: Vec<&Val> = std::iter::once(&ws).chain(row).collect();
            found.append(&mut prepared.rows(&args)?);
        }
        Ok(found)
    }

    fn update_many_later(&mut self, many: &'static UpdateMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<(), DbError> {
        let prepared = self.prepare_updates(many)?;
        let ws = Val::Uuid(ws);
        for row in &rows {
            let args: Vec<&Val> = std::iter::once(&ws).chain(row).collect();
            prepared.run(&args)?;
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), DbError> {
        Ok(())
    }

    fn savepoint(&mut self) -> Result<(), DbError> {
        self.own(&SAVEPOINT)
    }

    fn release(&mut self) -> Result<(), DbError> {
        self.own(&RELEASE)
    }

    fn undo(&mut self) -> Result<(), DbError> {
        self.own(&UNDO)?;
        self.own(&RELEASE)
    }

    fn commit(&mut self, events: &Events) -> Result<Vec<(Uuid, i64)>, DbError> {
        let mut numbers = Vec::with_capacity(events.len());
        for (ws, events) in events {
            let ws_value = Val::Uuid(*ws);
            let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
            let rows = self.prepare(&COUNT)?.rows(&[&ws_value, &Val::Int(count)])?;
            let row = rows.first().ok_or(DbError::NoRow { statement: COUNT.name })?;
            let last: i64 = row.get(0)?;
            let insert = self.prepare(&EVENT)?;
            for (seq, event) in (last - count + 1..).zip(events) {
                insert.run(&[
                    &ws_value,
                    &Val::Int(seq),
                    &Val::from(event.kind),
                    &Val::from(event.conversation),
                    &Val::from(event.subject),
                    &Val::Int(event.at),
                    &Val::from(event.data.as_str()),
                ])?;
            }
            numbers.push((*ws, last));
        }
        self.own(&COMMIT)?;
        Ok(numbers)
    }

    fn rollback(&mut self) {
        // After some errors SQLite has rolled back by itself.
        if !self.conn.is_autocommit()
            && let Err(error) = self.conn.execute_batch("rollback")
        {
            tracing::error!(%error, "rollback failed");
        }
    }

    fn end_read(&mut self) {
        self.rollback();
    }

    fn in_transaction(&self) -> bool {
        !self.conn.is_autocommit()
    }

    fn rest(&mut self) {
        // Erased texts must not live on in the log, nor the cache's memory be
        // kept for nothing. If a reader is in the way there is a next time.
        let text = if self.writer {
            "pragma busy_timeout = 0; pragma optimize; pragma wal_checkpoint(truncate); pragma shrink_memory"
        } else {
            "pragma shrink_memory"
        };
        if let Err(error) = self.conn.execute_batch(text) {
            tracing::debug!(%error, "a resting connection could not put things away");
        }
        if let Err(error) = self.conn.busy_timeout(BUSY) {
            tracing::warn!(%error, "the busy timeout could not be set");
        }
    }
}

/// The error of a call with the wrong number of arguments.
pub(crate) fn argument_count(statement: &str, wanted: usize, given: usize) -> DbError {
    DbError::Statement {
        statement: statement.to_owned(),
        message: format!("takes {wanted} arguments, was given {given}"),
    }
}

/// What an error of SQLite means to callers.
pub(crate) fn sql_error(statement: &str, error: &rusqlite::Error) -> DbError {
    let other = || DbError::Statement { statement: statement.to_owned(), message: error.to_string() };
    let rusqlite::Error::SqliteFailure(failure, message) = error else {
        return other();
    };
    let message = message.clone().unwrap_or_else(|| failure.to_string());
    match failure.code {
        ErrorCode::DiskFull => DbError::Full(message),
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::OutOfMemory
        | ErrorCode::DatabaseCorrupt
        | ErrorCode::NotADatabase => DbError::Unavailable(message),
        ErrorCode::ReadOnly => DbError::ReadOnly { statement: statement.to_owned() },
        ErrorCode::ConstraintViolation => constraint(statement, failure.extended_code, message),
        _ => DbError::Statement { statement: statement.to_owned(), message },
    }
}

fn constraint(statement: &str, extended: i32, message: String) -> DbError {
    let unique = [
        rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE,
        rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY,
        rusqlite::ffi::SQLITE_CONSTRAINT_ROWID,
    ];
    if !unique.contains(&extended) {
        return DbError::Constraint { statement: statement.to_owned(), message };
    }
    // `UNIQUE constraint failed: table.a, table.b`
    let columns = message.split_once(": ").map_or("", |(_, columns)| columns);
    DbError::Conflict {
        statement: statement.to_owned(),
        table: columns.split_once('.').map_or("", |(table, _)| table).to_owned(),
        constraint: columns.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resting_writer_empties_the_log_and_works_on() -> Result<(), Box<dyn std::error::Error>> {
        let dir = std::env::temp_dir().join(format!("hark_rest_{}", std::process::id()));
        std::fs::create_dir_all(&dir)?;
        let file = dir.join(FILE);
        let conn = open(&file, Role::Writer)?;
        let mut writer = SqliteConn::new(&conn, Role::Writer);
        conn.execute_batch("create table t (a text); insert into t values ('a text to be erased')")?;
        conn.execute_batch("delete from t")?;
        let log = dir.join(format!("{FILE}-wal"));
        let holds = |path: &Path| {
            let found = std::fs::read(path).unwrap_or_default();
            found.windows(7).any(|part| part == b"a text ")
        };
        assert!(holds(&log), "the test is of no use if the log never held it");
        writer.rest();
        assert!(!holds(&log) && !holds(&file), "an erased text lives on");
        conn.execute_batch("insert into t values ('b')")?;
        drop(writer);
        drop(conn);
        std::fs::remove_dir_all(&dir)?;
        Ok(())
    }
}
