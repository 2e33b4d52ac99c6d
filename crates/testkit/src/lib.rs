//! What tests of several crates share.

pub mod database;
pub mod world;
