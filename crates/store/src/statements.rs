//! The inventory: every SQL text of the crate, so that tests can prepare each
//! one on both engines and check that tenant statements name their workspace.
//!
//! A module that declares statements adds one line to each list it needs.

use crate::db::{InsertMany, Sql, UpdateMany};

/// The statement lists of all modules.
const STATEMENTS: &[&[&Sql]] = &[
    crate::account::STATEMENTS,
    crate::answering::STATEMENTS,
    crate::api_key::STATEMENTS,
    crate::attempt::STATEMENTS,
    crate::audit::STATEMENTS,
    crate::chain::STATEMENTS,
    crate::consent::STATEMENTS,
    crate::conversation::STATEMENTS,
    crate::conversation_list::STATEMENTS,
    crate::courtesy::STATEMENTS,
    crate::customer::STATEMENTS,
    crate::customer_find::STATEMENTS,
    crate::customer_merge::STATEMENTS,
    crate::customer_place::STATEMENTS,
    crate::decision::STATEMENTS,
    crate::demo::STATEMENTS,
    crate::draft::STATEMENTS,
    crate::dry_run::STATEMENTS,
    crate::erasure::STATEMENTS,
    crate::event::STATEMENTS,
    crate::evidence_pack::STATEMENTS,
    crate::export::STATEMENTS,
    crate::idempotency::STATEMENTS,
    crate::import::STATEMENTS,
    crate::inbound::STATEMENTS,
    crate::inbox::STATEMENTS,
    crate::job::STATEMENTS,
    crate::join_word::STATEMENTS,
    crate::invite::STATEMENTS,
    crate::media::STATEMENTS,
    crate::member::STATEMENTS,
    crate::message::STATEMENTS,
    crate::number::STATEMENTS,
    crate::optin_page::STATEMENTS,
    crate::order::STATEMENTS,
    crate::outbox::STATEMENTS,
    crate::presence::STATEMENTS,
    crate::receipt::STATEMENTS,
    crate::recipient::STATEMENTS,
    crate::retention::STATEMENTS,
    crate::rules::STATEMENTS,
    crate::search::STATEMENTS,
    crate::search::FIND_STATEMENTS,
    crate::sending::STATEMENTS,
    crate::session::STATEMENTS,
    crate::simulator::STATEMENTS,
    crate::suppression::STATEMENTS,
    crate::unsure_text::STATEMENTS,
    crate::watch::STATEMENTS,
    crate::workspace::STATEMENTS,
];

/// The bulk insert lists of all modules.
const INSERTS: &[&[&InsertMany]] = &[
    crate::attempt::INSERTS,
    crate::consent::INSERTS,
    crate::conversation::INSERTS,
    crate::customer::INSERTS,
    crate::customer_find::INSERTS,
    crate::customer_place::INSERTS,
    crate::decision::INSERTS,
    crate::demo::INSERTS,
    crate::dry_run::INSERTS,
    crate::erasure::INSERTS,
    crate::import::INSERTS,
    crate::inbound::INSERTS,
    crate::message::INSERTS,
    crate::number::INSERTS,
    crate::outbox::INSERTS,
    crate::receipt::INSERTS,
    crate::search::INSERTS,
    crate::simulator::INSERTS,
    crate::suppression::INSERTS,
];

/// The lists of changes of many rows of all modules.
const UPDATES: &[&[&UpdateMany]] = &[
    crate::attempt::UPDATES,
    crate::conversation::UPDATES,
    crate::message::UPDATES,
    crate::outbox::UPDATES,
    crate::suppression::UPDATES,
];

/// Names of the server statements that may touch tables of workspaces.
///
/// Each one is work that is by its nature across workspaces: sign-in, claims
/// of due work, deletion of a workspace.
pub const CROSS_WORKSPACE: &[&str] = &[
    "ACCOUNT_WORKSPACE",
    "ACCOUNT_SECRETS",
    "ACCOUNT_SECRETS_REPLACE",
    "API_KEY_BY_ID",
    "AUDIT_INSERT_SERVER",
    "CHAIN_HEADS",
    "ERASURE_KEYS",
    "EVENT_COUNTERS",
    "IDEMPOTENCY_DROP_OLD_SERVER",
    "IDEMPOTENCY_INSERT_SERVER",
    "OPTIN_PAGE_BY_TOKEN",
    "OUTBOX_WORKSPACES_DUE",
    "PRESENCE_ALL",
    "PRESENCE_FORGET",
];

/// Every statement of the crate.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    STATEMENTS.iter().flat_map(|list| list.iter().copied())
}

/// Every bulk insert of the crate.
pub fn inserts() -> impl Iterator<Item = &'static InsertMany> {
    INSERTS.iter().flat_map(|list| list.iter().copied())
}

/// Every change of many rows of the crate.
pub fn updates() -> impl Iterator<Item = &'static UpdateMany> {
    UPDATES.iter().flat_map(|list| list.iter().copied())
}
