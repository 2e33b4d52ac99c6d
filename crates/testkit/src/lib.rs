//! What tests of several crates share, and what stands outside Hark while it is tried.

pub mod database;
pub mod drill;
pub mod hold;
pub mod rows;
pub mod sim;
pub mod stored;
mod template;
pub mod witness;
pub mod world;

/// Which database a test runs on, and what shall go wrong there.
pub use store::{Engine as On, Faults};
