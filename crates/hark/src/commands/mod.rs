//! One file for each thing the program can be told to do.

pub mod probe;
