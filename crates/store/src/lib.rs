//! Both databases behind one thin layer (`db`), and one repository per noun.
//!
//! Repositories hold SQL and nothing else: no rules, no clock, no randomness.
//! Only [`Store::workspace`] yields a transaction that may touch the rows of a
//! workspace; work across workspaces has its own type, [`ServerTx`].

pub mod account;
pub mod api_key;
pub mod attempt;
pub mod audit;
pub mod conversation;
pub mod customer;
pub mod db;
pub mod decision;
pub mod demo;
pub mod draft;
pub mod event;
pub mod export;
pub mod idempotency;
pub mod inbound;
pub mod inbox;
pub mod invite;
pub mod media;
pub mod member;
pub mod message;
mod migrations;
pub mod order;
pub mod outbox;
pub mod receipt;
pub mod search;
pub mod sending;
pub mod session;
pub mod simulator;
mod statements;
pub mod suppression;
pub mod workspace;

pub use db::{
    Commit, DbError, DbErrorKind, Engine, Faults, InsertMany, Migration, NewEvent, OpenError, Row, Scope, Server,
    ServerTx, Sql, Stats, Store, StoreConfig, StoreUrl, TransferError, Tx, Type, Val, Workspace, backup, migrate_store,
};
pub use migrations::MIGRATIONS;
pub use statements::{CROSS_WORKSPACE, inserts, statements};
