//! What PostgreSQL's own processes cost.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_postgres::{Client, NoTls};

use super::process;
use crate::fault::Fault;

/// How often PostgreSQL's processes are looked at: those that end in between
/// are counted up to the last look.
const LOOK: Duration = Duration::from_millis(200);

/// Our database's backends (and parallel and vacuum workers), and the helpers
/// all databases share.
const PIDS: &str = "select pid, datname is not distinct from current_database() from pg_stat_activity
    where pid <> pg_backend_pid() and (datname = current_database()
        or backend_type in ('walwriter', 'checkpointer', 'background writer', 'autovacuum launcher'))";
/// Log syncs of the whole server. With `fsync` off there are none.
const SYNCS: &str = "select wal_sync from pg_stat_wal";

#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    cpu_us: u64,
    written: Option<u64>,
}

/// What PostgreSQL has spent since its meter was started.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spent {
    /// Processor time of our backends and of the shared helpers, in µs. `None`
    /// where the server is on another machine.
    pub(crate) cpu_us: Option<u64>,
    /// Bytes they had written. `None` where we may not see it.
    pub(crate) written: Option<u64>,
    /// Syncs of its log, for whomever.
    pub(crate) syncs: i64,
    /// Processor time of the process that took most, in µs.
    pub(crate) busiest_us: u64,
}

/// Watches the processes of one database.
#[derive(Debug)]
pub(crate) struct DatabaseMeter {
    client: Arc<Client>,
    first: Arc<Mutex<HashMap<u32, Seen>>>,
    last: Arc<Mutex<HashMap<u32, Seen>>>,
    syncs: i64,
    watching: tokio::task::JoinHandle<()>,
    connection: tokio::task::JoinHandle<()>,
}

impl DatabaseMeter {
    /// Starts to watch.
    pub(crate) async fn start(url: &str) -> Result<Self, Fault> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        let connection = tokio::spawn(async move {
            // Whoever asks next is told that it broke.
            let _ = connection.await;
        });
        let client = Arc::new(client);
        let first = Arc::new(Mutex::new(look(&client).await?));
        let last = Arc::new(Mutex::new(locked(&first).clone()));
        let syncs = client.query_one(SYNCS, &[]).await?.get(0);
        let watching = tokio::spawn({
            let (client, last) = (Arc::clone(&client), Arc::clone(&last));
            async move {
                loop {
                    tokio::time::sleep(LOOK).await;
                    if let Ok(seen) = look(&client).await {
                        locked(&last).extend(seen);
                    }
                }
            }
        });
        Ok(Self { client, first, last, syncs, watching, connection })
    }

    /// What was spent since.
    pub(crate) async fn spent(&self) -> Result<Spent, Fault> {
        let seen = look(&self.client).await?;
        locked(&self.last).extend(seen);
        let syncs: i64 = self.client.query_one(SYNCS, &[]).await?.get(0);
        let (first, last) = (locked(&self.first), locked(&self.last));
        let (mut cpu_us, mut busiest_us) = (0, 0);
        let mut written = Some(0);
        for (pid, now) in last.iter() {
            let before = first.get(pid).copied().unwrap_or_default();
            let its_us = now.cpu_us.saturating_sub(before.cpu_us);
            cpu_us += its_us;
            busiest_us = busiest_us.max(its_us);
            let more = now.written.map(|now| now.saturating_sub(before.written.unwrap_or(0)));
            written = written.zip(more).map(|(sum, more)| sum + more);
        }
        Ok(Spent {
            cpu_us: (!last.is_empty()).then_some(cpu_us),
            written: written.filter(|_| !last.is_empty()),
            syncs: syncs - self.syncs,
            busiest_us,
        })
    }
}

impl Drop for DatabaseMeter {
    fn drop(&mut self) {
        self.watching.abort();
        self.connection.abort();
    }
}

fn locked<T>(what: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What each process has spent so far. One that is not among the first look's
/// began after it, at nothing.
async fn look(client: &Client) -> Result<HashMap<u32, Seen>, Fault> {
    let mut seen = HashMap::new();
    for row in client.query(PIDS, &[]).await? {
        let Ok(pid) = u32::try_from(row.get::<_, i32>(0)) else { continue };
        // Another machine's process of that number is not PostgreSQL.
        if process::name(pid).is_none_or(|name| !name.starts_with("postgres")) {
            continue;
        }
        if let Some(cpu_us) = process::cpu_us(pid) {
            seen.insert(pid, Seen { cpu_us, written: process::written(pid) });
        }
    }
    Ok(seen)
}
