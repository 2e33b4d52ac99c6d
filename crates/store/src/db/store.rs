//! The store: its threads and the handles callers use.

use std::sync::mpsc;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;

use domain::id::WorkspaceId;
use tokio::sync::{broadcast, oneshot};

use super::config::{StoreConfig, StoreUrl};
use super::conn::{Conn, Engine};
use super::error::{DbError, OpenError};
use super::job::{Ran, Read, ReadJob, Write, WriteJob, in_server, in_workspace, once_in_server, once_in_workspace};
use super::lane::{Job, Lane};
use super::lock::DirLock;
use super::migration;
use super::postgres::{self, PgConn};
use super::postgres_statistics;
use super::queue::{Queue, Refused, Share};
use super::reader::Reader;
use super::sqlite::{self, Role, SqliteConn};
use super::stats::{Counters, Stats};
use super::transaction::{ServerTx, Step, Tx};
use super::way::{Person, Way};

/// How many commits a slow listener may lag behind before it is told so.
const COMMITS: usize = 4_096;

/// A workspace's events up to `last_seq` are committed and can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commit {
    /// The workspace.
    pub ws: WorkspaceId,
    /// The sequence number of its last event.
    pub last_seq: i64,
}

/// An open database. Clones share it.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Engine,
    group: usize,
    lanes: Vec<Arc<Queue<Job>>>,
    reads: Arc<Queue<Box<dyn ReadJob>>>,
    way: Way,
    counters: Arc<Counters>,
    commits: broadcast::Sender<Commit>,
    threads: std::sync::Mutex<Vec<JoinHandle<()>>>,
    /// Gone once the store is closed.
    open: std::sync::Mutex<Option<mpsc::Sender<()>>>,
}

impl Shared {
    fn end_keeper(&self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn close_queues(&self) {
        self.end_keeper();
        self.lanes.iter().for_each(|lane| lane.close());
        self.reads.close();
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // The threads finish what has queued up and then free the data directory.
        self.close_queues();
    }
}

/// What makes the connection of a thread; each thread makes its own.
type Work = Box<dyn FnOnce(&mut dyn Conn) + Send>;

impl Store {
    /// Opens the database: locks the data directory, brings the schema up to
    /// date and starts the threads.
    pub async fn open(config: StoreConfig) -> Result<Self, OpenError> {
        let opening = tokio::task::spawn_blocking(move || Self::open_blocking(&config));
        opening
            .await
            .unwrap_or_else(|error| Err(OpenError::Db(DbError::Unavailable(format!("opening broke off: {error}")))))
    }

    fn open_blocking(config: &StoreConfig) -> Result<Self, OpenError> {
        let engine = match config.url {
            StoreUrl::Sqlite(_) => Engine::Sqlite,
            StoreUrl::Postgres(_) => Engine::Postgres,
        };
        let connect = Connector::prepare(config)?;
        let counters = Arc::new(Counters::default());
        let (commits, _) = broadcast::channel(COMMITS);
        let lanes = if engine == Engine::Sqlite { 1 } else { config.lanes.max(1) };
        let (open, closed) = mpsc::channel();
        let way = Way::default();
        let shared = Shared {
            engine,
            group: config.group.max(1),
            lanes: (0..lanes).map(|lane| Arc::new(Queue::sharing(way.clone(), lane))).collect(),
            reads: Arc::new(Queue::new()),
            way,
            counters: Arc::clone(&counters),
            commits: commits.clone(),
            threads: std::sync::Mutex::new(Vec::new()),
            open: std::sync::Mutex::new(Some(open)),
        };
        let mut threads = Vec::new();
        for (i, queue) in shared.lanes.iter().enumerate() {
            let lane = Lane {
                queue: Arc::clone(queue),
                group: config.group.max(1),
                faults: config.faults.clone(),
                counters: Arc::clone(&counters),
                commits: commits.clone(),
            };
            let work: Work = Box::new(move |conn| lane.run(conn));
            threads.push(connect.spawn(&format!("store-lane-{i}"), Role::Writer, work)?);
        }
        for i in 0..config.readers.max(1) {
            let reader = Reader {
                queue: Arc::clone(&shared.reads),
                faults: config.faults.clone(),
                counters: Arc::clone(&counters),
            };
            let work: Work = Box::new(move |conn| reader.run(conn));
            threads.push(connect.spawn(&format!("store-read-{i}"), Role::Reader, work)?);
        }
        threads.extend(connect.spawn_keeper(closed)?);
        if let Ok(mut held) = shared.threads.lock() {
            *held = threads;
        }
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The rows of one workspace.
    #[must_use]
    pub fn workspace(&self, id: WorkspaceId) -> Workspace {
        Workspace { store: self.clone(), id, track: Track::Road }
    }

    /// Rows of no workspace, and work across workspaces.
    #[must_use]
    pub fn server(&self) -> Server {
        Server { store: self.clone() }
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.shared.engine
    }

    /// The most writes in one transaction: whoever gathers work into one write
    /// gathers no more.
    #[must_use]
    pub fn group(&self) -> usize {
        self.shared.group
    }

    /// Somebody waits for an answer, until what this returns is dropped: on
    /// PostgreSQL the bulky writes of this process then run one at a time.
    pub fn person(&self) -> Person {
        self.shared.way.person()
    }

    /// Tells of each commit that wrote events, from now on, after it is durable.
    #[must_use]
    pub fn commits(&self) -> broadcast::Receiver<Commit> {
        self.shared.commits.subscribe()
    }

    /// What the store did since it was opened.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.counters.snapshot()
    }

    /// Finishes what has queued up and ends the threads; later calls on clones
    /// are refused. The data directory is free afterwards.
    pub async fn close(self) {
        let mut lanes = match self.shared.threads.lock() {
            Ok(mut held) => std::mem::take(&mut *held),
            Err(poisoned) => std::mem::take(&mut *poisoned.into_inner()),
        };
        // Readers, and the keeper of statistics.
        let readers = lanes.split_off(self.shared.lanes.len().min(lanes.len()));
        let shared = Arc::clone(&self.shared);
        let joined = tokio::task::spawn_blocking(move || {
            // On SQLite the writer's connection goes last: only the last one, and only
            // alone, writes the log back and removes it.
            shared.end_keeper();
            shared.reads.close();
            join(readers);
            shared.close_queues();
            join(lanes);
        });
        if joined.await.is_err() {
            tracing::error!("closing the store broke off");
        }
    }

    /// The lane of a workspace's track: always the same, so its writes stay in order.
    fn lane(&self, id: Option<WorkspaceId>, track: Track) -> Option<&Arc<Queue<Job>>> {
        let lanes = &self.shared.lanes;
        // The low half of a UUIDv7 is random.
        let number = id.map_or(0, |id| id.uuid().as_u64_pair().1).wrapping_add(track as u64);
        let place = number % u64::try_from(lanes.len()).unwrap_or(1).max(1);
        lanes.get(usize::try_from(place).unwrap_or(0))
    }

    async fn send_write<R, T, E>(
        &self,
        (id, track): (Option<WorkspaceId>, Track),
        name: &'static str,
        share: Share,
        run: R,
    ) -> Result<T, E>
    where
        R: Fn(Step<'_>) -> Ran<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job: Box<dyn WriteJob> = Box::new(Write {
            ws: id.map(WorkspaceId::uuid),
            name,
            run,
            counters: Arc::clone(&self.shared.counters),
            result: None,
            caller,
        });
        let pushed = self.lane(id, track).map_or(Err(Refused::Closed), |lane| lane.push(job, share));
        pushed.map_err(|refused| E::from(refused_error(refused)))?;
        answer.await.unwrap_or_else(|_| Err(E::from(refused_error(Refused::Closed))))
    }

    async fn send_read<R, T, E>(&self, id: Option<WorkspaceId>, name: &'static str, run: R) -> Result<T, E>
    where
        R: FnOnce(Step<'_>) -> Ran<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job: Box<dyn ReadJob> = Box::new(Read {
            ws: id.map(WorkspaceId::uuid),
            name,
            run,
            counters: Arc::clone(&self.shared.counters),
            caller,
        });
        self.shared.reads.push(job, Share::Quick).map_err(|refused| E::from(refused_error(refused)))?;
        answer.await.unwrap_or_else(|_| Err(E::from(refused_error(Refused::Closed))))
    }
}

fn join(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        if thread.join().is_err() {
            tracing::error!("a thread of the store panicked");
        }
    }
}

fn refused_error(refused: Refused) -> DbError {
    DbError::Unavailable(match refused {
        Refused::Full => "too much work is waiting".to_owned(),
        Refused::Closed => "the store is closed".to_owned(),
    })
}

/// Which writes of a workspace stay in order. On PostgreSQL each track has a
/// lane of its own and runs beside the others, as another node's writes do; on
/// SQLite all are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Track {
    /// Everything else.
    Road = 0,
    /// Hand-overs: claims, providers' answers, receipts.
    HandOver = 1,
    /// What follows the log: the search index, the simulated phones.
    Aside = 2,
}

/// The rows of one workspace.
#[derive(Clone)]
pub struct Workspace {
    store: Store,
    id: WorkspaceId,
    track: Track,
}

impl Workspace {
    /// The workspace.
    #[must_use]
    pub fn id(&self) -> WorkspaceId {
        self.id
    }

    /// The same rows, written on another track.
    #[must_use]
    pub fn on(self, track: Track) -> Self {
        Self { track, ..self }
    }

    /// Runs a closure as (part of) one transaction; answers after the commit.
    ///
    /// The closure may run more than once and must do nothing but work on the
    /// transaction: ids and times come in with it.
    pub async fn write<T, E, F>(&self, run: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let name = std::any::type_name::<F>();
        self.store.send_write((Some(self.id), self.track), name, Share::Quick, in_workspace(self.id, run)).await
    }

    /// As [`Workspace::write`], of work on many rows: what people wait for goes
    /// before it.
    pub async fn write_bulk<T, E, F>(&self, run: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let name = std::any::type_name::<F>();
        self.store.send_write((Some(self.id), self.track), name, Share::Bulk, in_workspace(self.id, run)).await
    }

    /// As [`Workspace::write_bulk`], in a transaction of its own: its commit waits
    /// for nobody else's work.
    pub async fn write_bulk_alone<T, E, F>(&self, run: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let name = std::any::type_name::<F>();
        self.store.send_write((Some(self.id), self.track), name, Share::Alone, in_workspace(self.id, run)).await
    }

    /// Runs a closure over one consistent state of the data.
    pub async fn read<T, E, F>(&self, run: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let name = std::any::type_name::<F>();
        self.store.send_read(Some(self.id), name, once_in_workspace(self.id, run)).await
    }
}

/// Rows of no workspace, and work across workspaces.
#[derive(Clone)]
pub struct Server {
    store: Store,
}

impl Server {
    /// As [`Workspace::write`], with the statements of the server.
    pub async fn write<T, E, F>(&self, run: F) -> Result<T, E>
    where
        F: Fn(&mut ServerTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.store.send_write((None, Track::Road), std::any::type_name::<F>(), Share::Quick, in_server(run)).await
    }

    /// As [`Workspace::read`], with the statements of the server.
    pub async fn read<T, E, F>(&self, run: F) -> Result<T, E>
    where
        F: FnOnce(&mut ServerTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.store.send_read(None, std::any::type_name::<F>(), once_in_server(run)).await
    }
}

/// Makes connections, once the schema is up to date.
enum Connector {
    Sqlite { file: std::path::PathBuf, lock: Arc<DirLock> },
    Postgres { config: Box<tokio_postgres::Config>, row_security: bool },
}

impl Connector {
    fn prepare(config: &StoreConfig) -> Result<Self, OpenError> {
        match &config.url {
            StoreUrl::Sqlite(dir) => {
                let file = sqlite::create(dir)?;
                let lock = Arc::new(DirLock::take(dir)?);
                let mut conn = sqlite::open(&file, Role::Writer)?;
                migration::run_sqlite(&mut conn, dir, config.migrations)?;
                Ok(Self::Sqlite { file, lock })
            }
            StoreUrl::Postgres(url) => {
                let parsed = postgres::config(url)?;
                let runtime = postgres::runtime()?;
                runtime.block_on(async {
                    let mut client = postgres::connect(&parsed).await?;
                    let backups = config.backups.as_deref();
                    migration::run_postgres(&mut client, url, backups, config.migrations, config.row_security).await
                })?;
                Ok(Self::Postgres { config: Box::new(parsed), row_security: config.row_security })
            }
        }
    }

    /// Starts what looks after PostgreSQL's statistics.
    fn spawn_keeper(&self, closed: mpsc::Receiver<()>) -> Result<Option<JoinHandle<()>>, OpenError> {
        let Self::Postgres { config, .. } = self else { return Ok(None) };
        let (config, name) = (config.as_ref().clone(), "store-statistics");
        let builder = std::thread::Builder::new().name(name.to_owned());
        let spawned = builder.spawn(move || postgres_statistics::keep(&config, &closed));
        spawned.map(Some).map_err(OpenError::file(std::path::Path::new(name)))
    }

    /// Starts a thread with its own connection; answers once it is connected.
    fn spawn(&self, name: &str, role: Role, work: Work) -> Result<JoinHandle<()>, OpenError> {
        let (ready, started) = mpsc::channel::<Result<(), DbError>>();
        let builder = std::thread::Builder::new().name(name.to_owned());
        let spawned = match self {
            Self::Sqlite { file, lock } => {
                let (file, lock) = (file.clone(), Arc::clone(lock));
                builder.spawn(move || {
                    match sqlite::open(&file, role) {
                        Ok(conn) => {
                            // The caller may have given up; then the queue is closed.
                            let _ = ready.send(Ok(()));
                            work(&mut SqliteConn::new(&conn, role));
                        }
                        Err(error) => {
                            let _ = ready.send(Err(error));
                        }
                    }
                    // The directory is free when the last connection is closed.
                    drop(lock);
                })
            }
            Self::Postgres { config, row_security } => {
                let (config, row_security) = (config.as_ref().clone(), *row_security);
                builder.spawn(move || match PgConn::new(config, row_security) {
                    Ok(mut conn) => {
                        let _ = ready.send(Ok(()));
                        work(&mut conn);
                    }
                    Err(error) => {
                        let _ = ready.send(Err(error));
                    }
                })
            }
        };
        let path = std::path::Path::new(name);
        let handle = spawned.map_err(OpenError::file(path))?;
        let broken = || DbError::Unavailable("a thread of the store ended early".to_owned());
        started.recv().unwrap_or_else(|_| Err(broken()))?;
        Ok(handle)
    }
}
