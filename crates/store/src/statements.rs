//! The inventory: every SQL text of the crate, so that tests can prepare each
//! one on both engines and check that tenant statements name their workspace.
//!
//! A module that declares statements adds one line to each list it needs.

use crate::db::{InsertMany, Sql};

/// The statement lists of all modules.
const STATEMENTS: &[&[&Sql]] = &[
    crate::account::STATEMENTS,
    crate::api_key::STATEMENTS,
    crate::attempt::STATEMENTS,
    crate::audit::STATEMENTS,
    crate::conversation::STATEMENTS,
    crate::customer::STATEMENTS,
    crate::decision::STATEMENTS,
    crate::demo::STATEMENTS,
    crate::draft::STATEMENTS,
    crate::event::STATEMENTS,
    crate::export::STATEMENTS,
    crate::idempotency::STATEMENTS,
    crate::inbound::STATEMENTS,
    crate::inbox::STATEMENTS,
    crate::invite::STATEMENTS,
    crate::media::STATEMENTS,
    crate::member::STATEMENTS,
    crate::message::STATEMENTS,
    crate::order::STATEMENTS,
    crate::outbox::STATEMENTS,
    crate::receipt::STATEMENTS,
    crate::search::STATEMENTS,
    crate::sending::STATEMENTS,
    crate::session::STATEMENTS,
    crate::simulator::STATEMENTS,
    crate::suppression::STATEMENTS,
    crate::workspace::STATEMENTS,
];

/// The bulk insert lists of all modules.
const INSERTS: &[&[&InsertMany]] = &[
    crate::attempt::INSERTS,
    crate::decision::INSERTS,
    crate::demo::INSERTS,
    crate::message::INSERTS,
    crate::outbox::INSERTS,
    crate::receipt::INSERTS,
    crate::simulator::INSERTS,
    crate::suppression::INSERTS,
];

/// Names of the server statements that may touch tables of workspaces.
///
/// Each one is work that is by its nature across workspaces: sign-in, claims
/// of due work, deletion of a workspace.
pub const CROSS_WORKSPACE: &[&str] = &[
    "ACCOUNT_WORKSPACE",
    "ACCOUNT_SECRETS",
    "ACCOUNT_SECRETS_SET",
    "API_KEY_BY_ID",
    "AUDIT_INSERT_SERVER",
    "EVENT_COUNTERS",
    "OUTBOX_WORKSPACES_DUE",
];

/// Every statement of the crate.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    STATEMENTS.iter().flat_map(|list| list.iter().copied())
}

/// Every bulk insert of the crate.
pub fn inserts() -> impl Iterator<Item = &'static InsertMany> {
    INSERTS.iter().flat_map(|list| list.iter().copied())
}
