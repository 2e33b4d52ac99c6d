//! The thin layer over SQLite and PostgreSQL.
//!
//! One SQL text serves both engines. Writes are closures that a lane runs in
//! groups, one transaction per group; the answer goes out after the commit.
//! Reads are closures on a pool of reader threads. Inside both everything is
//! plain blocking code over `conn::Conn`.

pub mod backup;
mod chain;
mod check;
mod config;
mod conn;
mod error;
mod fault;
#[cfg(test)]
mod full_disk;
mod job;
mod lane;
mod lock;
mod migration;
mod postgres;
mod postgres_connect;
mod postgres_statistics;
mod postgres_value;
mod queue;
mod reader;
mod row_security;
mod sql;
mod sqlite;
mod stats;
mod stopwatch;
mod store;
mod transaction;
mod transfer;
mod update_many;
mod value;
mod way;

pub use crate::{args, inserts, statements, updates};
pub use chain::NewSeal;
pub use check::prepare_all;
pub use config::{StoreConfig, StoreUrl};
pub use conn::{Engine, NewEvent};
pub use error::{DbError, DbErrorKind, OpenError};
pub use fault::{Faults, Outage};
pub use migration::Migration;
pub use sql::{InsertMany, Scope, Sql, Type};
pub use stats::Stats;
pub use store::{Commit, Server, Store, Track, Workspace};
pub use transaction::{ServerTx, Tx};
pub use transfer::portable::{self, PortableError};
pub use transfer::{Moved, Report, TransferError, migrate_store};
pub use update_many::UpdateMany;
pub use value::{FromVal, Row, ToVal, Val};
pub use way::Person;
