//! Databases that have Hark's schema already, copied instead of made step by step:
//! a test's own database is then there in a fraction of the time. Tests of the
//! schema's steps start from an empty [`Place`](crate::database::Place).

use std::path::Path;

use sha2::{Digest as _, Sha256};
use store::{Engine, MIGRATIONS, Store, StoreConfig};
use tokio::sync::OnceCell;
use tokio_postgres::NoTls;

use crate::database::{Place, connection_string, server};

/// What can be wrong.
type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The advisory lock under which a template is made: test programs may start beside each other.
const LOCK: i64 = 0x6861_726b_7470_6c31;

/// The embedded database's file, with the schema and nothing else.
static SQLITE: OnceCell<Vec<u8>> = OnceCell::const_new();
/// The name of PostgreSQL's template.
static POSTGRES: OnceCell<String> = OnceCell::const_new();

/// A database that has the schema.
pub(crate) async fn place(engine: Engine) -> Result<Place, Failed> {
    match engine {
        Engine::Sqlite => {
            let bytes = SQLITE.get_or_try_init(sqlite).await?;
            let place = Place::new(engine).await;
            let dir = place.dir().unwrap_or_else(|| Path::new("."));
            std::fs::create_dir_all(dir)?;
            std::fs::write(dir.join("hark.db"), bytes)?;
            Ok(place)
        }
        Engine::Postgres => {
            let template = POSTGRES.get_or_try_init(postgres).await?;
            Ok(Place::copied(template).await)
        }
    }
}

async fn sqlite() -> Result<Vec<u8>, Failed> {
    let place = Place::new(Engine::Sqlite).await;
    Store::open(StoreConfig::new(place.url())).await?.close().await;
    Ok(std::fs::read(place.dir().unwrap_or_else(|| Path::new(".")).join("hark.db"))?)
}

/// Makes the template of this schema, unless another test program has made it. On a server
/// that outlives the tests it stays for the next ones, one for each schema.
async fn postgres() -> Result<String, Failed> {
    let name = format!("hark_template_{}", schema());
    let (client, connection) = tokio_postgres::connect(&server().ok_or("there is no PostgreSQL")?, NoTls).await?;
    let running = tokio::spawn(connection);
    // Held until this connection ends.
    client.execute("select pg_advisory_lock($1)", &[&LOCK]).await?;
    // The mark is set last, so one that nobody finished is made anew.
    let whole = match client.query_opt("select datistemplate from pg_database where datname = $1", &[&name]).await? {
        Some(row) => row.try_get(0)?,
        None => false,
    };
    if !whole {
        client.batch_execute(&format!("drop database if exists {name}")).await?;
        client.batch_execute(&format!("create database {name}")).await?;
        let url = store::StoreUrl::Postgres(connection_string(&name));
        let config = StoreConfig { row_security: true, lanes: 1, readers: 1, ..StoreConfig::new(url) };
        Store::open(config).await?.close().await;
        client.batch_execute(&format!("alter database {name} is_template true allow_connections false")).await?;
    }
    drop(client);
    running.await??;
    Ok(name)
}

/// What the schema's steps are, in 16 hexadecimal digits.
fn schema() -> String {
    let mut hash = Sha256::new();
    for step in MIGRATIONS {
        hash.update(step.checksum());
    }
    hex::encode(&hash.finalize()[..8])
}
