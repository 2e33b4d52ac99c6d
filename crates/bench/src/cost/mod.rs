//! What items cost, told apart by who paid.

mod database;
pub(crate) mod meter;
pub(crate) mod process;

pub(crate) use meter::{Cost, Meter, written_out};
