//! One file for each thing the program can be told to do.

pub mod demo;
pub mod doctor;
pub mod member;
pub mod probe;
pub mod sending;
pub mod serve;
pub mod workspace;
