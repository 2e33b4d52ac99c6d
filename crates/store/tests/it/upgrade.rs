//! A database of the first schema, with a row in every table, brought up to date.
//!
//! An empty database goes through the same steps when it is made, so only rows
//! that are there already can tell whether a step keeps them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use store::db::{Engine, Migration, StoreConfig, StoreUrl};
use store::{MIGRATIONS, Store};
use testkit::database::{Place, for_each_engine};
use tokio_postgres::{Client, NoTls};

type Failure = Box<dyn std::error::Error>;

/// Made anew by a step or by a server; rows in them are nobody's.
const OWN: &[&str] = &["schema_migrations", "message_search"];

/// Each table's columns with their types.
type Catalogue = BTreeMap<String, BTreeSet<(String, String)>>;

/// The one value of each type. Every key has the same value, so that every row
/// finds the rows it refers to.
fn literal(kind: &str) -> &'static str {
    match kind.to_ascii_lowercase().as_str() {
        "uuid" => "'018f0000-0000-7000-8000-000000000001'",
        "bytea" => "'\\x018f00000000700080000000000000ff'",
        "blob" => "x'018f00000000700080000000000000ff'",
        "bigint" | "integer" => "1",
        _ => "'[]'",
    }
}

fn insert(table: &str, columns: &BTreeSet<(String, String)>) -> String {
    let names = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    let values = columns.iter().map(|(_, kind)| literal(kind)).collect::<Vec<_>>().join(", ");
    format!("insert into \"{table}\" ({names}) values ({values})")
}

/// A database seen from outside the store.
enum Raw {
    Sqlite(Connection),
    Postgres(Client),
}

impl Raw {
    async fn open(url: &StoreUrl) -> Result<Self, Failure> {
        Ok(match url {
            StoreUrl::Sqlite(dir) => Self::Sqlite(Connection::open(dir.join("hark.db"))?),
            StoreUrl::Postgres(url) => {
                let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
                tokio::spawn(connection);
                Self::Postgres(client)
            }
        })
    }

    async fn catalogue(&self) -> Result<Catalogue, Failure> {
        let mut found = Catalogue::new();
        match self {
            Self::Sqlite(conn) => {
                let mut statement = conn.prepare(
                    "select t.name, c.name, c.type from pragma_table_list t join pragma_table_info(t.name) c
                     where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite_%'",
                )?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    found.entry(row.get(0)?).or_default().insert((row.get(1)?, row.get(2)?));
                }
            }
            Self::Postgres(client) => {
                let rows = client
                    .query(
                        "select table_name::text, column_name::text, data_type::text
                         from information_schema.columns where table_schema = 'public'",
                        &[],
                    )
                    .await?;
                for row in rows {
                    found.entry(row.get(0)).or_default().insert((row.get(1), row.get(2)));
                }
            }
        }
        found.retain(|table, _| !OWN.contains(&table.as_str()));
        Ok(found)
    }

    async fn run(&self, text: &str) -> Result<(), Failure> {
        match self {
            Self::Sqlite(conn) => conn.execute_batch(text)?,
            Self::Postgres(client) => client.batch_execute(text).await?,
        }
        Ok(())
    }

    async fn count(&self, table: &str) -> Result<i64, Failure> {
        let text = format!("select count(*) from \"{table}\"");
        Ok(match self {
            Self::Sqlite(conn) => conn.query_row(&text, [], |row| row.get(0))?,
            Self::Postgres(client) => client.query_one(&text, &[]).await?.get(0),
        })
    }

    /// One row in every table, parents first.
    async fn fill(&self) -> Result<BTreeSet<String>, Failure> {
        self.run(if matches!(self, Self::Sqlite(_)) { "pragma foreign_keys = on" } else { "select 1" }).await?;
        let mut left: Vec<_> = self.catalogue().await?.into_iter().collect();
        let mut filled = BTreeSet::new();
        while !left.is_empty() {
            let (before, mut refused, mut why) = (left.len(), Vec::new(), String::new());
            for (table, columns) in left {
                match self.run(&insert(&table, &columns)).await {
                    Ok(()) => _ = filled.insert(table),
                    Err(error) => {
                        why = format!("{table}: {error:?}");
                        refused.push((table, columns));
                    }
                }
            }
            left = refused;
            if left.len() == before {
                return Err(why.into());
            }
        }
        Ok(filled)
    }
}

async fn open(url: StoreUrl, migrations: &'static [Migration], backups: Option<&Path>) -> Result<Store, Failure> {
    let backups = backups.map(Path::to_owned);
    Ok(Store::open(StoreConfig { migrations, backups, ..StoreConfig::new(url) }).await?)
}

/// Where the copies before each step are, for either engine.
fn copies(place: &Place, apart: &Path) -> PathBuf {
    match place.url() {
        StoreUrl::Sqlite(dir) => dir.join("backups"),
        StoreUrl::Postgres(_) => apart.to_owned(),
    }
}

#[tokio::test]
async fn every_row_of_the_first_schema_is_still_there_after_all_steps() {
    for_each_engine(|engine| async move {
        let first = MIGRATIONS.get(..1).ok_or("no steps")?;
        let (old, fresh, apart) =
            (Place::new(engine).await, Place::new(engine).await, Place::new(Engine::Sqlite).await);
        let StoreUrl::Sqlite(apart_dir) = apart.url() else { return Err("not a folder".into()) };
        let apart_dir = apart_dir.join("copies");
        open(old.url(), first, None).await?.close().await;
        let raw = Raw::open(&old.url()).await?;
        let filled = raw.fill().await?;
        assert!(filled.len() > 25, "{filled:?}");
        drop(raw);

        open(old.url(), MIGRATIONS, Some(&apart_dir)).await?.close().await;
        open(fresh.url(), MIGRATIONS, None).await?.close().await;
        let (raw, made) = (Raw::open(&old.url()).await?, Raw::open(&fresh.url()).await?);
        let catalogue = raw.catalogue().await?;
        assert_eq!(catalogue, made.catalogue().await?, "an old database differs from a new one");
        for table in filled.iter().filter(|table| catalogue.contains_key(*table)) {
            assert_eq!(raw.count(table).await?, 1, "{table}");
        }

        // Each step but the first began with a copy, and the first of them is the old database.
        let folder = copies(&old, &apart_dir);
        for step in MIGRATIONS.iter().skip(1) {
            let number = step.name.split('_').next().unwrap_or_default();
            assert!(folder.join(format!("before-{number}.db")).exists(), "no copy before {}", step.name);
        }
        let copy = Raw::Sqlite(Connection::open(folder.join("before-0002.db"))?);
        for table in &filled {
            assert_eq!(copy.count(table).await?, 1, "{table} in the copy");
        }
        Ok(())
    })
    .await;
}
