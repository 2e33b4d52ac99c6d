//! Preparing statements without running them, for the test of the inventory.

use super::config::{StoreConfig, StoreUrl};
use super::error::DbError;
use super::postgres::{self, PgConn};
use super::sql::{InsertMany, Sql};
use super::sqlite::{self, Role, SqliteConn};
use super::update_many::UpdateMany;

/// Prepares every statement on a connection of its own and answers the errors.
/// The store must have been opened before, so that its schema is there.
pub async fn prepare_all(
    config: &StoreConfig,
    statements: impl Iterator<Item = &'static Sql>,
    inserts: impl Iterator<Item = &'static InsertMany>,
    updates: impl Iterator<Item = &'static UpdateMany>,
) -> Result<Vec<DbError>, DbError> {
    let (url, statements, inserts) = (config.url.clone(), statements.collect(), inserts.collect());
    let updates = updates.collect();
    let preparing = tokio::task::spawn_blocking(move || prepare(&url, statements, inserts, updates));
    preparing.await.unwrap_or_else(|error| Err(DbError::Unavailable(error.to_string())))
}

fn prepare(
    url: &StoreUrl,
    statements: Vec<&'static Sql>,
    inserts: Vec<&'static InsertMany>,
    updates: Vec<&'static UpdateMany>,
) -> Result<Vec<DbError>, DbError> {
    let (statements, inserts, updates) = (statements.into_iter(), inserts.into_iter(), updates.into_iter());
    let mut errors = Vec::new();
    match url {
        StoreUrl::Sqlite(dir) => {
            let file = sqlite::open(&dir.join(sqlite::FILE), Role::Reader)?;
            let mut conn = SqliteConn::new(&file, Role::Reader);
            errors.extend(statements.filter_map(|sql| conn.check(sql).err()));
            errors.extend(inserts.filter_map(|many| conn.check_many(many).err()));
            errors.extend(updates.filter_map(|many| conn.check_updates(many).err()));
        }
        StoreUrl::Postgres(url) => {
            let mut conn = PgConn::new(postgres::config(url)?, false)?;
            errors.extend(statements.filter_map(|sql| conn.check(sql).err()));
            errors.extend(inserts.filter_map(|many| conn.check_many(many).err()));
            errors.extend(updates.filter_map(|many| conn.check_updates(many).err()));
        }
    }
    Ok(errors)
}
