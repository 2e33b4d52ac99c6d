//! Both databases behind one thin layer (`db`), and one repository per noun.
//!
//! Repositories hold SQL and nothing else: no rules, no clock, no randomness.
//! Only [`Store::workspace`] yields a transaction that may touch the rows of a
//! workspace; work across workspaces has its own type, [`ServerTx`].

pub mod account;
pub mod answering;
pub mod api_key;
pub mod attempt;
pub mod audit;
pub mod chain;
pub mod consent;
pub mod conversation;
mod conversation_list;
pub mod courtesy;
pub mod customer;
pub mod customer_find;
pub mod customer_merge;
pub mod customer_place;
pub mod db;
pub mod decision;
pub mod demo;
pub mod draft;
pub mod dry_run;
pub mod erasure;
pub mod event;
pub mod evidence_pack;
pub mod export;
pub mod idempotency;
pub mod import;
pub mod inbound;
pub mod inbox;
pub mod invite;
pub mod job;
pub mod join_word;
pub mod media;
pub mod member;
pub mod message;
mod migrations;
pub mod number;
pub mod optin_page;
pub mod order;
pub mod outbox;
pub mod presence;
pub mod receipt;
pub mod recipient;
pub mod retention;
pub mod rules;
pub mod search;
pub mod sending;
pub mod session;
pub mod simulator;
mod statements;
pub mod suppression;
pub mod unsure_text;
pub mod watch;
pub mod workspace;

pub use db::portable::applied;
pub use db::{
    Commit, DbError, DbErrorKind, Engine, Faults, InsertMany, Migration, NewEvent, NewSeal, OpenError, Outage, Row,
    Scope, Server, ServerTx, Sql, Stats, Store, StoreConfig, StoreUrl, Track, TransferError, Tx, Type, UpdateMany, Val,
    Workspace, backup, migrate_store, portable,
};
pub use migrations::MIGRATIONS;

/// From how many rows on a write counts as bulky.
pub const BULK: usize = 32;

pub use statements::{CROSS_WORKSPACE, inserts, statements, updates};
