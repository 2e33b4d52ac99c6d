//! The inventory: every SQL text of the crate, so that tests can prepare each
//! one on both engines and check that tenant statements name their workspace.
//!
//! A module that declares statements adds one line to each list it needs.

use crate::db::{InsertMany, Sql};

/// The statement lists of all modules.
const STATEMENTS: &[&[&Sql]] = &[];

/// The bulk insert lists of all modules.
const INSERTS: &[&[&InsertMany]] = &[];

/// Names of the server statements that may touch tables of workspaces.
///
/// Each one is work that is by its nature across workspaces: sign-in, claims
/// of due work, deletion of a workspace.
pub const CROSS_WORKSPACE: &[&str] = &[];

/// Every statement of the crate.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    STATEMENTS.iter().flat_map(|list| list.iter().copied())
}

/// Every bulk insert of the crate.
pub fn inserts() -> impl Iterator<Item = &'static InsertMany> {
    INSERTS.iter().flat_map(|list| list.iter().copied())
}
