//! What both engines offer to a transaction: one blocking connection.

use std::collections::BTreeMap;

use super::error::DbError;
use super::sql::{InsertMany, Sql};
use super::update_many::UpdateMany;
use super::value::{Row, Val};
use uuid::Uuid;

/// The database behind a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// One file in the data directory.
    Sqlite,
    /// A server.
    Postgres,
}

/// A change to be told to live views and other nodes, written with the change.
///
/// Holds ids, never bodies or numbers: the event log outlives erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// What happened, such as `message.created`.
    pub kind: &'static str,
    /// The conversation it belongs to.
    pub conversation: Option<Uuid>,
    /// What it happened to.
    pub subject: Option<Uuid>,
    /// Unix milliseconds.
    pub at: i64,
    /// A JSON object.
    pub data: String,
}

/// The events of a group, by workspace; ordered, so that counters lock in one order.
pub(crate) type Events = BTreeMap<Uuid, Vec<NewEvent>>;

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// Writes; of one workspace if given (PostgreSQL narrows its rights to it).
    Write(Option<Uuid>),
    /// Reads one consistent state.
    Read(Option<Uuid>),
}

/// One connection. All calls block; one transaction at a time.
pub(crate) trait Conn {
    fn engine(&self) -> Engine;
    /// Connects if there is no connection.
    fn ready(&mut self) -> Result<(), DbError>;
    fn begin(&mut self, what: Begin) -> Result<(), DbError>;
    /// Lets the statements of this transaction from here on wait only briefly for a row
    /// that another has. On SQLite nobody waits: there is one writer.
    fn wait_briefly(&mut self) -> Result<(), DbError>;
    /// Runs a statement; `args` include the workspace of a tenant statement.
    fn exec(&mut self, sql: &'static Sql, args: &[&Val]) -> Result<u64, DbError>;
    fn query(&mut self, sql: &'static Sql, args: &[&Val]) -> Result<Vec<Row>, DbError>;
    /// Runs a statement whose failure may surface later, at the latest at the commit.
    fn later(&mut self, sql: &'static Sql, args: Vec<Val>) -> Result<(), DbError>;
    fn insert_many(&mut self, many: &'static InsertMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<u64, DbError>;
    /// As [`Conn::insert_many`], failing as [`Conn::later`] may.
    fn insert_many_later(&mut self, many: &'static InsertMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<(), DbError>;
    /// Changes many rows; answers what the statement returns of them.
    fn update_many(&mut self, many: &'static UpdateMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<Vec<Row>, DbError>;
    /// As [`Conn::update_many`] without an answer, failing as [`Conn::later`] may.
    fn update_many_later(&mut self, many: &'static UpdateMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<(), DbError>;
    /// Waits for everything sent by [`Conn::later`].
    fn settle(&mut self) -> Result<(), DbError>;
    fn savepoint(&mut self) -> Result<(), DbError>;
    fn release(&mut self) -> Result<(), DbError>;
    /// Rolls back to the savepoint and removes it.
    fn undo(&mut self) -> Result<(), DbError>;
    /// Writes the events as the last rows of the transaction, then commits.
    /// Answers each workspace's last sequence number.
    fn commit(&mut self, events: &Events) -> Result<Vec<(Uuid, i64)>, DbError>;
    /// Ends the transaction without its changes. Harmless when there is none.
    fn rollback(&mut self);
    /// Ends a reading transaction; may leave waiting for it to [`Conn::settle`].
    fn end_read(&mut self);
    /// Whether the transaction begun is still there. SQLite ends it by itself
    /// on some errors (full disk, failed write).
    fn in_transaction(&self) -> bool;
    /// Nobody has needed the connection for a while: puts away what it can.
    fn rest(&mut self);
}
