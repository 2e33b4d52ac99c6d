//! PostgreSQL as a [`Conn`].
//!
//! The client of `tokio-postgres` is driven by a runtime of this thread alone.
//! A request is on its way as soon as its future was polled once; waiting for
//! it can come later. So `begin`, the writes nobody waits for, and `commit`
//! with its events cost no round trips of their own.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use futures::TryStreamExt;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, Config, Statement};
use uuid::Uuid;

use super::conn::{Begin, Conn, Engine, Events};
use super::error::DbError;
pub(crate) use super::postgres_connect::{CONNECT, config, connect, runtime};
use super::postgres_value::{Column, chunks, is_lost, postgres_error, row};
use super::sql::{InsertMany, Sql};
use super::sqlite::argument_count;
use super::stopwatch;
use super::update_many::UpdateMany;
use super::value::{Row, Val};

/// How long the server works on one statement before it gives up.
const STATEMENT: &str = "10s";
/// How long a statement waits for a row that another transaction has.
const LOCK: &str = "5s";
/// As [`LOCK`], of a transaction that shall not wait.
const LOCK_BRIEF: &str = "500ms";
/// How long a thread waits for the server at all: more than a statement may take.
const ANSWER: Duration = Duration::from_secs(15);
/// After a failed attempt, callers are refused at once for this long.
const PAUSE: Duration = Duration::from_millis(250);
/// A connection unused for longer is tried before it is used.
const IDLE: Duration = Duration::from_secs(1);
/// Requests on their way at a time.
const PIPELINE: usize = 512;

const EVENTS: &str = "with counter as (
    insert into event_counters (ws, last) values ($1, $2)
    on conflict (ws) do update set last = event_counters.last + excluded.last
    returning last
), written as (
    insert into events (ws, seq, kind, conversation, subject, at, data)
    select $1, counter.last - $2 + given.n, given.kind, given.conversation, given.subject,
           given.at, given.data
    from counter, unnest($3::text[], $4::uuid[], $5::uuid[], $6::int8[], $7::text[])
         with ordinality as given (kind, conversation, subject, at, data, n)
)
select last from counter";

/// The last sequence number of each workspace, on its way.
type SentEvents = Vec<(Uuid, Sent<Option<tokio_postgres::Row>>)>;
/// An answer on its way.
type Sent<T> = Pin<Box<dyn Future<Output = Result<T, tokio_postgres::Error>>>>;

struct Pending {
    name: &'static str,
    answer: Sent<u64>,
}

/// A connection that is made when needed and made anew when lost.
pub(crate) struct PgConn {
    config: Config,
    runtime: Runtime,
    client: Option<Rc<Client>>,
    prepared: HashMap<usize, Statement>,
    events: Option<Statement>,
    pending: VecDeque<Pending>,
    row_security: bool,
    open: bool,
    /// The last failure was of the connection, not an answer of the server.
    lost: bool,
    failed_at: Option<Instant>,
    used_at: Instant,
}

/// Polls once: the request is encoded and handed to the connection in order.
fn send<T>(answer: &mut Sent<T>) -> Option<Result<T, tokio_postgres::Error>> {
    match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}

impl PgConn {
    pub(crate) fn new(config: Config, row_security: bool) -> Result<Self, DbError> {
        Ok(Self {
            config,
            runtime: runtime()?,
            client: None,
            prepared: HashMap::new(),
            events: None,
            pending: VecDeque::new(),
            row_security,
            open: false,
            lost: false,
            failed_at: None,
            used_at: stopwatch::start(),
        })
    }

    fn client(&self) -> Result<Rc<Client>, DbError> {
        self.client.clone().ok_or_else(|| DbError::Unavailable("not connected".to_owned()))
    }

    /// Whether there is a connection of use. Nobody drives it between
    /// transactions, so after a while only asking shows that it was lost.
    fn alive(&self) -> bool {
        let Some(client) = self.client.clone().filter(|client| !client.is_closed()) else {
            return false;
        };
        self.used_at.elapsed() < IDLE
            || self.runtime.block_on(async {
                let asked = tokio::time::timeout(CONNECT, client.check_connection()).await;
                matches!(asked, Ok(Ok(())))
            })
    }

    /// Forgets a connection that is no longer of use.
    fn drop_client(&mut self) {
        self.pending.clear();
        self.prepared.clear();
        self.events = None;
        self.client = None;
        self.open = false;
    }

    /// Waits for the answer to something sent, and for all that was sent before.
    fn wait<T>(&mut self, name: &'static str, mut own: Sent<T>) -> Result<T, DbError> {
        let mut early = send(&mut own);
        let pending = &mut self.pending;
        let all = async {
            // The first failure is the cause; the ones after it only say that
            // the transaction is aborted.
            let mut cause = Ok(());
            while let Some(Pending { name, answer }) = pending.pop_front() {
                let result = answer.await;
                if cause.is_ok() {
                    cause = result.map(|_| ()).map_err(|error| (name, error));
                }
            }
            let result = match early.take() {
                Some(result) => result,
                None => own.await,
            };
            cause.and(result.map_err(|error| (name, error)))
        };
        // The timer needs the runtime's context, so it is made inside of it.
        let waited = self.runtime.block_on(async { tokio::time::timeout(ANSWER, all).await });
        let result = match waited {
            Ok(result) => {
                self.lost = matches!(&result, Err((_, error)) if is_lost(error));
                result.map_err(|(name, error)| postgres_error(name, &error))
            }
            Err(_) => {
                self.lost = true;
                Err(DbError::Unavailable("no answer from PostgreSQL within 15 s".to_owned()))
            }
        };
        if self.lost {
            self.drop_client();
        }
        result
    }

    /// Sends without waiting.
    fn push(&mut self, name: &'static str, mut answer: Sent<u64>) -> Result<(), DbError> {
        match send(&mut answer) {
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) => {
                let error = postgres_error(name, &error);
                // An earlier request may hold the cause.
                self.settle().and(Err(error))
            }
            None => {
                self.pending.push_back(Pending { name, answer });
                // Without end they would outgrow memory and the time to answer.
                if self.pending.len() < PIPELINE { Ok(()) } else { self.settle() }
            }
        }
    }

    fn batch(&mut self, name: &'static str, text: String) -> Result<(), DbError> {
        let client = self.client()?;
        self.push(name, Box::pin(async move { client.batch_execute(&text).await.map(|()| 0) }))
    }

    fn prepare(&mut self, name: &'static str, text: String) -> Result<Statement, DbError> {
        let client = self.client()?;
        self.wait(name, Box::pin(async move { client.prepare(&text).await }))
    }

    fn statement(&mut self, sql: &'static Sql) -> Result<Statement, DbError> {
        if let Some(found) = self.prepared.get(&sql.address()) {
            return Ok(found.clone());
        }
        let statement = self.prepare(sql.name, sql.expand(Engine::Postgres)?)?;
        self.prepared.insert(sql.address(), statement.clone());
        Ok(statement)
    }

    fn statement_many(&mut self, many: &'static InsertMany) -> Result<Statement, DbError> {
        if let Some(found) = self.prepared.get(&many.address()) {
            return Ok(found.clone());
        }
        let statement = self.prepare(many.table, many.expand(Engine::Postgres))?;
        self.prepared.insert(many.address(), statement.clone());
        Ok(statement)
    }

    fn statement_updates(&mut self, many: &'static UpdateMany) -> Result<Statement, DbError> {
        if let Some(found) = self.prepared.get(&many.address()) {
            return Ok(found.clone());
        }
        let statement = self.prepare(many.name, many.expand(Engine::Postgres)?)?;
        self.prepared.insert(many.address(), statement.clone());
        Ok(statement)
    }

    /// Prepares a change of many rows without running it.
    pub(crate) fn check_updates(&mut self, many: &'static UpdateMany) -> Result<(), DbError> {
        self.ready()?;
        self.statement_updates(many).map(|_| ())
    }

    /// Prepares a statement without running it.
    pub(crate) fn check(&mut self, sql: &'static Sql) -> Result<(), DbError> {
        self.ready()?;
        self.statement(sql).map(|_| ())
    }

    /// Prepares a bulk insert without running it.
    pub(crate) fn check_many(&mut self, many: &'static InsertMany) -> Result<(), DbError> {
        self.ready()?;
        self.statement_many(many).map(|_| ())
    }

    fn send_events(&mut self, events: &Events) -> Result<SentEvents, DbError> {
        let statement = match self.events.clone() {
            Some(found) => found,
            None => {
                let statement = self.prepare("EVENTS", EVENTS.to_owned())?;
                self.events.insert(statement).clone()
            }
        };
        let mut sent = Vec::with_capacity(events.len());
        for (ws, events) in events {
            let (ws, statement, client) = (*ws, statement.clone(), self.client()?);
            let params = vec![
                Column::One(Val::Uuid(ws)),
                Column::One(Val::Int(i64::try_from(events.len()).unwrap_or(i64::MAX))),
                Column::many(events.iter().map(|event| Val::from(event.kind))),
                Column::many(events.iter().map(|event| Val::from(event.conversation))),
                Column::many(events.iter().map(|event| Val::from(event.subject))),
                Column::many(events.iter().map(|event| Val::Int(event.at))),
                Column::many(events.iter().map(|event| Val::from(event.data.as_str()))),
            ];
            let mut answer: Sent<Option<tokio_postgres::Row>> = Box::pin(async move {
                let rows = client.query_raw(&statement, params).await?;
                Ok(rows.try_collect::<Vec<_>>().await?.pop())
            });
            if let Some(Err(error)) = send(&mut answer) {
                return self.settle().and(Err(postgres_error("EVENTS", &error)));
            }
            sent.push((ws, answer));
        }
        Ok(sent)
    }
}

impl Conn for PgConn {
    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn ready(&mut self) -> Result<(), DbError> {
        if self.alive() {
            self.used_at = stopwatch::start();
            return Ok(());
        }
        self.drop_client();
        if self.failed_at.is_some_and(|at| at.elapsed() < PAUSE) {
            return Err(DbError::Unavailable("PostgreSQL cannot be reached".to_owned()));
        }
        let config = &self.config;
        let connected = self.runtime.block_on(async {
            let client = connect(config).await?;
            let settings = format!(
                "set statement_timeout = '{STATEMENT}'; set lock_timeout = '{LOCK}'; \
                 set idle_in_transaction_session_timeout = '30s'; set jit = off"
            );
            let set = tokio::time::timeout(CONNECT, client.batch_execute(&settings)).await;
            set.map_err(|_| DbError::Unavailable("no answer within 3 s".to_owned()))?
                .map_err(|error| postgres_error("connect", &error))?;
            Ok(client)
        });
        match connected {
            Ok(client) => {
                self.client = Some(Rc::new(client));
                self.failed_at = None;
                self.used_at = stopwatch::start();
                Ok(())
            }
            Err(error) => {
                self.failed_at = Some(stopwatch::start());
                Err(error)
            }
        }
    }

    fn begin(&mut self, what: Begin) -> Result<(), DbError> {
        self.ready()?;
        let (mut text, ws) = match what {
            Begin::Write(ws) => ("begin".to_owned(), ws),
            // One consistent state for all statements, as on SQLite.
            Begin::Read(ws) => ("begin isolation level repeatable read read only".to_owned(), ws),
        };
        if let (true, Some(ws)) = (self.row_security, ws) {
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                "; set local role {}; select set_config('hark.ws', '{ws}', true)",
                super::row_security::ROLE
            );
        }
        self.batch("begin", text)?;
        self.open = true;
        Ok(())
    }

    fn wait_briefly(&mut self) -> Result<(), DbError> {
        self.batch("lock_timeout", format!("set local lock_timeout = '{LOCK_BRIEF}'"))
    }

    fn exec(&mut self, sql: &'static Sql, args: &[&Val]) -> Result<u64, DbError> {
        let args = args.iter().map(|value| (*value).clone()).collect::<Vec<_>>();
        let (client, statement) = (self.client()?, self.statement(sql)?);
        check_count(sql.name, &statement, args.len())?;
        self.wait(sql.name, Box::pin(async move { client.execute_raw(&statement, args).await }))
    }

    fn query(&mut self, sql: &'static Sql, args: &[&Val]) -> Result<Vec<Row>, DbError> {
        let args = args.iter().map(|value| (*value).clone()).collect::<Vec<_>>();
        let (client, statement) = (self.client()?, self.statement(sql)?);
        check_count(sql.name, &statement, args.len())?;
        let answer: Sent<Vec<tokio_postgres::Row>> =
            Box::pin(async move { client.query_raw(&statement, args).await?.try_collect::<Vec<_>>().await });
        let rows = self.wait(sql.name, answer)?;
        rows.iter().map(|found| row(sql.name, found)).collect()
    }

    fn later(&mut self, sql: &'static Sql, args: Vec<Val>) -> Result<(), DbError> {
        let (client, statement) = (self.client()?, self.statement(sql)?);
        check_count(sql.name, &statement, args.len())?;
        self.push(sql.name, Box::pin(async move { client.execute_raw(&statement, args).await }))
    }

    fn insert_many(&mut self, many: &'static InsertMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<u64, DbError> {
        let statement = self.statement_many(many)?;
        let mut count = 0;
        for params in chunks(many.table, many.columns.len(), ws, rows)? {
            let (client, statement) = (self.client()?, statement.clone());
            count += self.wait(many.table, Box::pin(async move { client.execute_raw(&statement, params).await }))?;
        }
        Ok(count)
    }

    fn insert_many_later(&mut self, many: &'static InsertMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<(), DbError> {
        let statement = self.statement_many(many)?;
        for params in chunks(many.table, many.columns.len(), ws, rows)? {
            let (client, statement) = (self.client()?, statement.clone());
            self.push(many.table, Box::pin(async move { client.execute_raw(&statement, params).await }))?;
        }
        Ok(())
    }

    fn update_many(&mut self, many: &'static UpdateMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<Vec<Row>, DbError> {
        let statement = self.statement_updates(many)?;
        let mut found = Vec::with_capacity(rows.len());
        for params in chunks(many.name, many.columns.len(), ws, rows)? {
            let (client, statement) = (self.client()?, statement.clone());
            let answer: Sent<Vec<tokio_postgres::Row>> =
                Box::pin(async move { client.query_raw(&statement, params).await?.try_collect::<Vec<_>>().await });
            for changed in &self.wait(many.name, answer)? {
                found.push(row(many.name, changed)?);
            }
        }
        Ok(found)
    }

    fn update_many_later(&mut self, many: &'static UpdateMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<(), DbError> {
        let statement = self.statement_updates(many)?;
        for params in chunks(many.name, many.columns.len(), ws, rows)? {
            let (client, statement) = (self.client()?, statement.clone());
            self.push(many.name, Box::pin(async move { client.execute_raw(&statement, params).await }))?;
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), DbError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        self.wait("settle", Box::pin(std::future::ready(Ok(()))))
    }

    fn savepoint(&mut self) -> Result<(), DbError> {
        self.batch("savepoint", "savepoint one".to_owned())
    }

    fn release(&mut self) -> Result<(), DbError> {
        self.batch("release", "release savepoint one".to_owned())
    }

    fn undo(&mut self) -> Result<(), DbError> {
        self.batch("undo", "rollback to savepoint one; release savepoint one".to_owned())
    }

    fn commit(&mut self, events: &Events) -> Result<Vec<(Uuid, i64)>, DbError> {
        // An answer of the server that anything failed is certain: `commit` then
        // rolls back. Only a lost connection leaves the outcome unknown.
        let sent = if events.is_empty() { Vec::new() } else { self.send_events(events)? };
        let client = self.client()?;
        let answer: Sent<Vec<(Uuid, Option<tokio_postgres::Row>)>> = {
            let mut commit: Sent<u64> = Box::pin(async move { client.batch_execute("commit").await.map(|()| 0) });
            let early = send(&mut commit);
            Box::pin(async move {
                let mut rows = Vec::with_capacity(sent.len());
                let mut cause = Ok(());
                for (ws, answer) in sent {
                    match answer.await {
                        Ok(row) => rows.push((ws, row)),
                        Err(error) if cause.is_ok() => cause = Err(error),
                        Err(_) => {}
                    }
                }
                let committed = match early {
                    Some(result) => result,
                    None => commit.await,
                };
                cause.and(committed.map(|_| rows))
            })
        };
        let result = self.wait("commit", answer);
        self.open = false;
        let rows = result.map_err(|error| match error {
            DbError::Unavailable(message) if self.lost => DbError::OutcomeUnknown(message),
            other => other,
        })?;
        rows.into_iter()
            .map(|(ws, row)| {
                let last = row.and_then(|row| row.try_get(0).ok());
                Ok((ws, last.ok_or(DbError::NoRow { statement: "EVENTS" })?))
            })
            .collect()
    }

    fn rollback(&mut self) {
        if !self.open {
            return;
        }
        self.open = false;
        let Ok(client) = self.client() else { return };
        let answer: Sent<()> = Box::pin(async move { client.batch_execute("rollback").await });
        // Failures of what was sent before are no news to a rollback. If the
        // rollback itself did not come through, the connection is of no use.
        let _ = self.wait("rollback", answer);
    }

    fn end_read(&mut self) {
        if self.open {
            self.open = false;
            if self.batch("end", "commit".to_owned()).is_err() {
                self.drop_client();
            }
        }
    }

    fn in_transaction(&self) -> bool {
        self.open
    }

    fn rest(&mut self) {}
}

fn check_count(name: &str, statement: &Statement, given: usize) -> Result<(), DbError> {
    let wanted = statement.params().len();
    if wanted == given { Ok(()) } else { Err(argument_count(name, wanted, given)) }
}
