//! The API as its callers see it: a real server on a port of its own for each test, on both stores.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod document;
mod entry;
mod inbox;
mod keys;
mod live;
mod people;
mod repeats;
mod server;
mod tenancy;
mod web;
