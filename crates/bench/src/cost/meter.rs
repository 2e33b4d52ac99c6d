//! A stretch of time and what it cost.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Instant;

use serde::Serialize;

use super::database::{DatabaseMeter, Spent};
use super::process;
use crate::fault::Fault;
use crate::load::Connection;
use crate::server::Node;
use crate::stopwatch;

/// What a number of items cost.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Cost {
    /// How many items.
    pub(crate) items: u64,
    /// Processor time of the servers for each, PostgreSQL's with it, in µs.
    pub(crate) cpu_us: f64,
    /// Of that, PostgreSQL's own; none on SQLite or where it is elsewhere.
    pub(crate) database_cpu_us: Option<f64>,
    /// Flushes to the disk for each.
    pub(crate) syncs: f64,
    /// Transactions for each.
    pub(crate) commits: f64,
    /// Statements of Hark's write and read closures for each.
    pub(crate) statements: f64,
    /// Bytes written to the disk for each; none where we may not see it.
    pub(crate) bytes: Option<f64>,
    /// Memory of the servers at the end, in MiB.
    pub(crate) rss_mib: f64,
    /// Cores that others kept busy meanwhile.
    pub(crate) other_cores: f64,
    /// Cores this load generator kept busy meanwhile.
    pub(crate) load_cores: f64,
}

/// Counters of the servers and of the machine at one instant.
#[derive(Debug, Clone, Copy, Default)]
struct Reading {
    cpu_us: u64,
    written: u64,
    statements: u64,
    commits: u64,
    resets: u64,
    own_us: u64,
    machine_us: u64,
}

/// Measures what the servers spend from its start on.
#[derive(Debug)]
pub(crate) struct Meter {
    nodes: Vec<(u32, std::net::SocketAddr)>,
    log: Option<PathBuf>,
    database: Option<DatabaseMeter>,
    before: Reading,
    threads: HashMap<u32, u64>,
    began: Instant,
}

/// How busy all cores, or one thread, must be to be what a rate is bound by.
const BUSY: f64 = 0.85;

/// Flushes a checkpoint that empties SQLite's log takes: the log before, the
/// database after, and the log's new header (wal.c). Those that empty only a
/// part of it take one or two, and are not seen from outside.
const CHECKPOINT_SYNCS: u64 = 3;

impl Meter {
    /// Starts to measure.
    pub(crate) async fn start(nodes: &[&Node]) -> Result<Self, Fault> {
        let database = match nodes.first().and_then(|node| node.database.as_deref()) {
            Some(url) => Some(DatabaseMeter::start(url).await?),
            None => None,
        };
        let log = nodes.first().filter(|node| node.database.is_none()).map(|node| node.data.join("hark.db-wal"));
        let nodes: Vec<_> = nodes.iter().map(|node| (node.pid, node.address)).collect();
        let before = read(&nodes, log.as_deref()).await?;
        let threads = nodes.iter().flat_map(|(pid, _)| process::threads(*pid));
        let threads = threads.map(|thread| (thread.id, thread.cpu_us)).collect();
        Ok(Self { nodes, log, database, before, threads, began: stopwatch::now() })
    }

    /// What the rate of the work since was bound by, in words.
    pub(crate) async fn bound(&self) -> Result<String, Fault> {
        let took_us = self.began.elapsed().as_micros().max(1) as f64;
        let after = read(&self.nodes, self.log.as_deref()).await?;
        let spent = match &self.database {
            Some(database) => database.spent().await?,
            None => Spent::default(),
        };
        let cores = |us: u64| us as f64 / took_us;
        let of = |which: fn(&Reading) -> u64| which(&after).saturating_sub(which(&self.before));
        let (servers, own) = (cores(of(|reading| reading.cpu_us)), cores(of(|reading| reading.own_us)));
        let (database, machine) = (cores(spent.cpu_us.unwrap_or(0)), cores(of(|reading| reading.machine_us)));
        let mut busiest = ("a process of PostgreSQL".to_owned(), cores(spent.busiest_us));
        for thread in self.nodes.iter().flat_map(|(pid, _)| process::threads(*pid)) {
            let busy = cores(thread.cpu_us.saturating_sub(self.threads.get(&thread.id).copied().unwrap_or(0)));
            if busy > busiest.1 {
                busiest = (format!("the thread {}", thread.name), busy);
            }
        }
        let all = std::thread::available_parallelism().map_or(1, usize::from) as f64;
        let others = (machine - servers - database - own).max(0.0);
        let shares = format!(
            "{machine:.2} of {all:.0} cores busy: server {servers:.2}, PostgreSQL {database:.2}, generator {own:.2}, \
             others {others:.2}; {} had {:.2}",
            busiest.0, busiest.1
        );
        let bound = if machine >= BUSY * all {
            "the processor"
        } else if busiest.1 >= BUSY {
            "one thread"
        } else {
            "waiting for the disk and for each other"
        };
        Ok(format!("bound by {bound} ({shares})"))
    }

    /// What each of so many items cost since.
    pub(crate) async fn cost(&self, items: u64) -> Result<Cost, Fault> {
        let took_us = self.began.elapsed().as_micros().max(1) as f64;
        let after = read(&self.nodes, self.log.as_deref()).await?;
        let spent = match &self.database {
            Some(database) => Some(database.spent().await?),
            None => None,
        };
        let before = self.before;
        let each = |sum: u64| sum as f64 / items.max(1) as f64;
        let servers = after.cpu_us.saturating_sub(before.cpu_us);
        let database = spent.as_ref().and_then(|spent| spent.cpu_us);
        let own = after.own_us.saturating_sub(before.own_us);
        let commits = after.commits.saturating_sub(before.commits);
        let syncs = match &spent {
            // No commit of ours takes more than one sync; those of others are not ours.
            Some(spent) => u64::try_from(spent.syncs.max(0)).unwrap_or(0).min(commits.max(1)),
            None => commits + CHECKPOINT_SYNCS * after.resets.saturating_sub(before.resets),
        };
        let written = after.written.saturating_sub(before.written);
        let bytes = match &spent {
            Some(spent) => spent.written.map(|more| written + more),
            None => Some(written),
        };
        let busy = after.machine_us.saturating_sub(before.machine_us);
        let others = busy.saturating_sub(servers + database.unwrap_or(0) + own);
        let memory = self.nodes.iter().filter_map(|(pid, _)| process::memory_mib(*pid));
        Ok(Cost {
            items,
            cpu_us: each(servers + database.unwrap_or(0)),
            database_cpu_us: database.map(each),
            syncs: each(syncs),
            commits: each(commits),
            statements: each(after.statements.saturating_sub(before.statements)),
            bytes: bytes.map(each),
            rss_mib: memory.map(|(now, _)| now).sum(),
            other_cores: others as f64 / took_us,
            load_cores: own as f64 / took_us,
        })
    }

    /// Waits until the servers have nothing left to do: what they put off
    /// belongs to the cost of what caused it. A minute at most.
    pub(crate) async fn rest(&self) {
        let mut quiet = 0;
        for _ in 0..300 {
            let before: u64 = self.nodes.iter().filter_map(|(pid, _)| process::cpu_us(*pid)).sum();
            stopwatch::pause(200).await;
            let after: u64 = self.nodes.iter().filter_map(|(pid, _)| process::cpu_us(*pid)).sum();
            // Looking around for due work takes a few ms of each second.
            quiet = if after.saturating_sub(before) <= 20_000 { quiet + 1 } else { 0 };
            if quiet == 3 {
                return;
            }
        }
    }
}

/// Waits until a server has written nothing for three seconds: what came in bulk is
/// indexed in the background, much of it by PostgreSQL, in small steps.
pub(crate) async fn written_out(node: &Node) -> Result<(), Fault> {
    const STILL: u32 = 15;
    let (mut quiet, mut last) = (0, u64::MAX);
    while quiet < STILL {
        stopwatch::pause(200).await;
        let metrics = Connection::open(node.address).await?.get("/metrics", "").await?;
        let commits = metric(&String::from_utf8_lossy(&metrics), "hark_store_commits_total")?;
        quiet = if commits == last { quiet + 1 } else { 0 };
        last = commits;
    }
    Ok(())
}

async fn read(nodes: &[(u32, std::net::SocketAddr)], log: Option<&std::path::Path>) -> Result<Reading, Fault> {
    let mut reading = Reading {
        resets: log.and_then(log_resets).unwrap_or(0),
        own_us: process::cpu_us(std::process::id()).unwrap_or(0),
        machine_us: process::machine_us().unwrap_or_default(),
        ..Reading::default()
    };
    for (pid, address) in nodes {
        let gone = || Fault::wrong(format!("the server {pid} is gone"));
        reading.cpu_us += process::cpu_us(*pid).ok_or_else(gone)?;
        reading.written += process::written(*pid).unwrap_or(0);
        let metrics = Connection::open(*address).await?.get("/metrics", "").await?;
        let metrics = String::from_utf8_lossy(&metrics).into_owned();
        reading.statements += metric(&metrics, "hark_store_statements_total")?;
        reading.commits += metric(&metrics, "hark_store_commits_total")?;
    }
    Ok(reading)
}

/// One number of a node's metrics.
pub(crate) fn metric(metrics: &str, name: &str) -> Result<u64, Fault> {
    let found = metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    found.ok_or_else(|| Fault::wrong(format!("the metrics have no {name}")))
}

/// How often SQLite's log was begun anew: bytes 12 to 15 of its header
/// (the file format's "checkpoint sequence number").
fn log_resets(log: &std::path::Path) -> Option<u64> {
    use std::io::Read;
    let mut header = [0; 16];
    std::fs::File::open(log).ok()?.read_exact(&mut header).ok()?;
    let number = header.get(12..16)?.try_into().ok()?;
    Some(u64::from(u32::from_be_bytes(number)))
}
