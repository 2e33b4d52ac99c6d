//! One file for each benchmark.

pub(crate) mod blast;
pub(crate) mod inbound;
pub(crate) mod inbox;
pub(crate) mod nodes;
pub(crate) mod pure;
pub(crate) mod start;
