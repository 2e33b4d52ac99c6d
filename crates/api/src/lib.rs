//! The HTTP side of Hark: REST v1 with its OpenAPI document, webhooks, the live
//! stream, signing in, and the web app's files.
//!
//! Shapes live here; deeds live in `engine`. No statement to a database is written here.

pub mod access;
pub mod document;
pub mod idempotency;
pub mod problem;
pub mod v1;
pub mod wire;
