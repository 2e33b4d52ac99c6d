//! How many rows each table has: what a deed did, whichever deed it was.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use store::db::{Scope, Sql};
use store::{DbError, Engine, Store};

static TABLES_SQLITE: Sql = Sql {
    cold: None,
    name: "TABLES_SQLITE",
    text: "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name",
    scope: Scope::Server,
};
static TABLES_POSTGRES: Sql = Sql {
    cold: None,
    name: "TABLES_POSTGRES",
    text: "select tablename::text from pg_tables where schemaname = 'public' order by tablename",
    scope: Scope::Server,
};

static COUNTS_SQLITE: OnceLock<Sql> = OnceLock::new();
static COUNTS_POSTGRES: OnceLock<Sql> = OnceLock::new();

/// The rows of every table, by its name.
///
/// # Errors
/// When the store fails.
pub async fn counts(store: &Store) -> Result<BTreeMap<String, i64>, DbError> {
    let (tables, counts) = match store.engine() {
        Engine::Sqlite => (&TABLES_SQLITE, &COUNTS_SQLITE),
        Engine::Postgres => (&TABLES_POSTGRES, &COUNTS_POSTGRES),
    };
    let names = store.server().read(|tx| tx.query(tables, &[])).await?;
    let names: Vec<String> = names.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    let counts = counts.get_or_init(|| {
        let each: Vec<String> =
            names.iter().map(|name| format!("select '{name}' as name, count(*) as n from \"{name}\"")).collect();
        // A statement lives as long as the process; this one is made once.
        Sql::new("COUNTS", Box::leak(each.join(" union all ").into_boxed_str()), Scope::Server)
    });
    let rows = store.server().read(move |tx| tx.query(counts, &[])).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
