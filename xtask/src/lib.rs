//! Chores of the repository: guards over its shape, and what is generated.

pub mod generate;
pub mod graph;
pub mod metadata;
pub mod packages;
pub mod repository;
pub mod tidy;
