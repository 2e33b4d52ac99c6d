//! The API as its callers see it: a real server on a port of its own for each test, on both stores.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod answers;
mod audit;
mod batches;
mod consents;
mod customer_places;
mod document;
mod edges;
mod entry;
mod gated;
mod go_live;
mod inbox;
mod join_words;
mod keys;
mod live;
mod manners;
mod once;
mod optin;
mod people;
mod repeats;
mod retries;
mod server;
mod tenancy;
mod web;
