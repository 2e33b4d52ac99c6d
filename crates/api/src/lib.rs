//! The HTTP side of Hark: REST v1 with its OpenAPI document, webhooks, the live
//! stream, signing in, and the web app's files.
//!
//! Shapes live here; deeds live in `engine`. No statement to a database is written here.

pub mod access;
pub mod caller;
mod cookie;
pub mod document;
pub mod extract;
mod guard;
mod hooks;
pub mod idempotency;
pub mod metrics;
mod metrics_access;
mod pages;
pub mod problem;
pub mod proxy;
pub mod request;
pub mod server;
pub mod state;
mod twilio_shaped;
pub mod v1;
mod web;
pub mod wire;

pub use server::{Tls, router, serve};
pub use state::{Api, Config};
