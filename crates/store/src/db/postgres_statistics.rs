//! Statistics for PostgreSQL's planner, in time.
//!
//! PostgreSQL plans a prepared statement when it is first used and keeps the
//! plan. In a new database that is a plan for empty tables; without statistics
//! it takes each workspace for one of two hundred, and reads all of it where it
//! should look up single rows. Its own keeper looks once a minute, which is
//! after a first campaign. So each node looks whether tables have grown by much
//! and has those analyzed; the kept plans are made anew then.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use tokio_postgres::{Client, Config};

use super::error::DbError;
use super::postgres_connect::{connect, runtime};
use super::postgres_value::postgres_error;

/// How often tables are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How long one look and what follows from it may take.
const MOST: Duration = Duration::from_secs(60);

/// Tables with four times the rows the planner takes them for, which are never
/// taken for less than 250. Only what is committed counts: a table analyzed in the
/// middle of a large insert would be taken for empty.
const GROWN: &str = "select s.relid::regclass::text from pg_stat_user_tables s join pg_class c on c.oid = s.relid
    where s.schemaname = current_schema() and s.n_live_tup > 4 * greatest(c.reltuples, 250)
    order by 1";
/// The lock under which a node analyzes: of this database alone.
const LOCK: &str = "select pg_try_advisory_lock(hashtext('hark statistics'))";
const UNLOCK: &str = "select pg_advisory_unlock(hashtext('hark statistics'))";

/// Looks until the store is closed.
pub(crate) fn keep(config: &Config, closed: &Receiver<()>) {
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return tracing::error!(%error, "nobody looks after the statistics of PostgreSQL"),
    };
    let mut client = None;
    while closed.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        let round = async { tokio::time::timeout(MOST, look(config, &mut client)).await };
        let outcome = runtime.block_on(round).unwrap_or_else(|_| Err(DbError::Unavailable("no answer".to_owned())));
        if let Err(error) = outcome {
            // Whoever has work to do there is told louder.
            tracing::debug!(%error, "the statistics of PostgreSQL cannot be looked after");
            client = None;
        }
    }
}

async fn look(config: &Config, client: &mut Option<Client>) -> Result<(), DbError> {
    let client = match client.take().filter(|client| !client.is_closed()) {
        Some(open) => client.insert(open),
        None => client.insert(connect(config).await?),
    };
    let failed = |error| postgres_error("STATISTICS", &error);
    if client.query(GROWN, &[]).await.map_err(failed)?.is_empty() {
        return Ok(());
    }
    if !client.query_one(LOCK, &[]).await.map_err(failed)?.get::<_, bool>(0) {
        return Ok(());
    }
    // Another node may have just done it.
    for row in client.query(GROWN, &[]).await.map_err(failed)? {
        let table: String = row.get(0);
        client.batch_execute(&format!("analyze {table}")).await.map_err(failed)?;
        tracing::debug!(table, "has grown and was analyzed");
    }
    client.query_one(UNLOCK, &[]).await.map_err(failed)?;
    Ok(())
}
