//! Preparing statements without running them, for the test of the inventory.

use super::config::{StoreConfig, StoreUrl};
use super::error::DbError;
use super::postgres::{self, PgConn};
use super::sql::{InsertMany, Sql};
use super::sqlite::{self, Role, SqliteConn};

/// Prepares every statement on a connection of its own and answers the errors.
/// The store must have been opened before, so that its schema is there.
pub fn prepare_all(
    config: &StoreConfig,
    statements: impl Iterator<Item = &'static Sql>,
    inserts: impl Iterator<Item = &'static InsertMany>,
) -> Result<Vec<DbError>, DbError> {
    let mut errors = Vec::new();
    match &config.url {
        StoreUrl::Sqlite(dir) => {
            let file = sqlite::open(&dir.join(sqlite::FILE), Role::Reader)?;
            let mut conn = SqliteConn::new(&file);
            errors.extend(statements.filter_map(|sql| conn.check(sql).err()));
            errors.extend(inserts.filter_map(|many| conn.check_many(many).err()));
        }
        StoreUrl::Postgres(url) => {
            let mut conn = PgConn::new(postgres::config(url)?, false)?;
            errors.extend(statements.filter_map(|sql| conn.check(sql).err()));
            errors.extend(inserts.filter_map(|many| conn.check_many(many).err()));
        }
    }
    Ok(errors)
}
