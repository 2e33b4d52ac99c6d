//! PostgreSQL as an end of a move.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

use futures::TryStreamExt;
use tokio::runtime::Runtime;
use tokio_postgres::Client;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::{BATCH, End, Field, Table, Take, TransferError};
use crate::db::error::DbError;
use crate::db::postgres;
use crate::db::postgres_value::{postgres_error, row};
use crate::db::value::Val;

const COLUMNS: &str = "select c.relname::text, a.attname::text, a.atttypid
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relkind in ('r', 'p') and not c.relispartition
      and c.relnamespace = current_schema()::regnamespace
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    order by c.relname, a.attnum";
const PARENTS: &str = "select child.relname::text, parent.relname::text
    from pg_constraint k
    join pg_class child on child.oid = k.conrelid
    join pg_class parent on parent.oid = k.confrelid
    where k.contype = 'f' and child.oid <> parent.oid
      and child.relnamespace = current_schema()::regnamespace";

/// Sessions of servers; a session just closed may be listed for a moment.
const OTHERS: &str = "select count(*) from pg_stat_activity
    where datname = current_database() and application_name = 'hark' and pid <> pg_backend_pid()";
const APPLIED: &str = "select name, checksum from schema_migrations order by version";
/// How often, and how many ms apart, a session just closed is looked for.
const LOOKS: (u32, u64) = (20, 100);

/// One connection in one transaction.
pub(crate) struct PostgresEnd {
    // Before the runtime: what is in it must be dropped while it is there.
    writer: Option<Pin<Box<BinaryCopyInWriter>>>,
    client: Client,
    runtime: Runtime,
}

impl PostgresEnd {
    pub(crate) fn open(url: &str, write: bool) -> Result<Self, TransferError> {
        let config = postgres::config(url)?;
        let runtime = postgres::runtime()?;
        let client = runtime.block_on(async {
            let client = postgres::connect(&config).await?;
            let begin = if write { "begin" } else { "begin isolation level repeatable read read only" };
            client.batch_execute(begin).await.map_err(|error| postgres_error("begin", &error))?;
            Ok::<_, DbError>(client)
        })?;
        Ok(Self { writer: None, client, runtime })
    }

    fn rows(&self, text: &str) -> Result<Vec<tokio_postgres::Row>, DbError> {
        let rows = self.runtime.block_on(self.client.query(text, &[]));
        rows.map_err(|error| postgres_error("schema", &error))
    }

    /// Fails while servers run on the database.
    pub(crate) fn at_rest(&self) -> Result<(), TransferError> {
        let mut sessions = 0;
        for _ in 0..LOOKS.0 {
            // Within a transaction the first look would be repeated for ever.
            self.run("select pg_stat_clear_snapshot()")?;
            sessions = self.number(OTHERS)?;
            if sessions == 0 {
                return Ok(());
            }
            self.runtime.block_on(tokio::time::sleep(std::time::Duration::from_millis(LOOKS.1)));
        }
        Err(TransferError::InUse { sessions })
    }

    /// The schema's steps, as they were applied; none where the table is not there.
    pub(crate) fn applied(&self) -> Result<Vec<(String, String)>, TransferError> {
        let failed = |error: tokio_postgres::Error| postgres_error("schema", &error);
        if self.number(
            "select count(*) from pg_tables where schemaname = current_schema() and tablename = 'schema_migrations'",
        )? == 0
        {
            return Ok(Vec::new());
        }
        let rows = self.rows(APPLIED)?;
        rows.iter().map(|row| Ok((row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?))).collect()
    }

    /// Empties every table but the list of the schema's steps, in this transaction.
    pub(crate) fn clear(&self) -> Result<(), TransferError> {
        let names: Vec<String> = self.order()?.into_iter().map(|table| table.name).collect();
        let names = names.iter().filter(|name| *name != "schema_migrations").map(|name| format!("\"{name}\""));
        self.run(&format!("truncate {}", names.collect::<Vec<_>>().join(", ")))
    }

    fn run(&self, text: &str) -> Result<(), TransferError> {
        let ran = self.runtime.block_on(self.client.batch_execute(text));
        Ok(ran.map_err(|error| postgres_error("transfer", &error))?)
    }

    pub(crate) fn number(&self, text: &str) -> Result<u64, TransferError> {
        let failed = |error: tokio_postgres::Error| postgres_error("transfer", &error);
        let row = self.runtime.block_on(self.client.query_one(text, &[])).map_err(failed)?;
        Ok(u64::try_from(row.try_get::<_, i64>(0).map_err(failed)?).unwrap_or(0))
    }

    /// All tables, parents before their children.
    pub(crate) fn order(&self) -> Result<Vec<Table>, TransferError> {
        let failed = |error: tokio_postgres::Error| postgres_error("schema", &error);
        let mut tables: BTreeMap<String, Vec<Field>> = BTreeMap::new();
        for row in self.rows(COLUMNS)? {
            let table: String = row.try_get(0).map_err(failed)?;
            let name: String = row.try_get(1).map_err(failed)?;
            let kind = Type::from_oid(row.try_get(2).map_err(failed)?)
                .ok_or_else(|| TransferError::Schema(format!("the type of {table}.{name}")))?;
            tables.entry(table).or_default().push(Field { name, kind });
        }
        let mut parents: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in self.rows(PARENTS)? {
            let child: String = row.try_get(0).map_err(failed)?;
            parents.entry(child).or_default().insert(row.try_get(1).map_err(failed)?);
        }
        let mut order: Vec<Table> = Vec::new();
        while !tables.is_empty() {
            let ready = |name: &String| {
                let waits = parents.get(name).is_some_and(|all| all.iter().any(|parent| tables.contains_key(parent)));
                !waits
            };
            let Some(name) = tables.keys().find(|name| ready(name)).cloned() else {
                return Err(TransferError::Schema("foreign keys that go in a circle".to_owned()));
            };
            let columns = tables.remove(&name).unwrap_or_default();
            order.push(Table { name, columns });
        }
        Ok(order)
    }
}

impl End for PostgresEnd {
    fn count(&mut self, table: &Table) -> Result<u64, TransferError> {
        self.number(&format!("select count(*) from \"{}\" {}", table.name, table.filter()))
    }

    fn tables(&mut self) -> Result<BTreeMap<String, BTreeSet<String>>, TransferError> {
        let tables = self.order()?.into_iter();
        Ok(tables.map(|table| (table.name, table.columns.into_iter().map(|field| field.name).collect())).collect())
    }

    fn read(&mut self, table: &Table, take: Take<'_>) -> Result<(), TransferError> {
        let failed = |error: tokio_postgres::Error| postgres_error(&table.name, &error);
        let text = format!("select {} from \"{}\" {}", table.column_list(), table.name, table.filter());
        let none: [&str; 0] = [];
        let stream = self.runtime.block_on(self.client.query_raw(&text, none)).map_err(failed)?;
        let mut stream = std::pin::pin!(stream);
        loop {
            let batch = self.runtime.block_on(async {
                let mut batch = Vec::with_capacity(BATCH);
                while batch.len() < BATCH {
                    match stream.try_next().await.map_err(failed)? {
                        Some(found) => batch.push(row("TRANSFER", &found)?.values),
                        None => break,
                    }
                }
                Ok::<_, DbError>(batch)
            })?;
            let last = batch.len() < BATCH;
            if !batch.is_empty() {
                take(batch)?;
            }
            if last {
                return Ok(());
            }
        }
    }

    fn write(&mut self, table: &Table, mut rows: Vec<Vec<Val>>) -> Result<(), TransferError> {
        let failed = |error: tokio_postgres::Error| postgres_error(&table.name, &error);
        for (value, field) in rows.iter_mut().flat_map(|row| row.iter_mut().zip(&table.columns)) {
            // SQLite has no type for it: 16 bytes are one.
            if let (Val::Blob(bytes), true) = (&*value, field.kind == Type::UUID)
                && let Ok(id) = Uuid::from_slice(bytes)
            {
                *value = Val::Uuid(id);
            }
        }
        let (client, writer) = (&self.client, &mut self.writer);
        let wrote: Result<(), DbError> = self.runtime.block_on(async {
            let writer = match writer {
                Some(writer) => writer,
                None => {
                    let copy = format!("copy \"{}\" ({}) from stdin binary", table.name, table.column_list());
                    let sink = client.copy_in(&copy).await.map_err(failed)?;
                    let types: Vec<_> = table.columns.iter().map(|field| field.kind.clone()).collect();
                    writer.insert(Box::pin(BinaryCopyInWriter::new(sink, &types)))
                }
            };
            for row in &rows {
                let values: Vec<&(dyn ToSql + Sync)> = row.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
                writer.as_mut().write(&values).await.map_err(failed)?;
            }
            Ok(())
        });
        Ok(wrote?)
    }

    fn flush(&mut self, table: &Table) -> Result<(), TransferError> {
        if let Some(mut writer) = self.writer.take() {
            self.runtime.block_on(writer.as_mut().finish()).map_err(|error| postgres_error(&table.name, &error))?;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), TransferError> {
        let committed = self.runtime.block_on(self.client.batch_execute("commit"));
        Ok(committed.map_err(|error| postgres_error("commit", &error))?)
    }
}
