//! One file for each thing the program can be told to do.

pub mod audit;
pub mod backup;
pub mod backups;
pub mod bench;
pub mod channels;
pub mod clock;
pub mod customer;
pub mod demo;
pub mod doctor;
pub mod evidence;
pub mod import;
pub mod key;
pub mod member;
pub mod migrate;
pub mod migrate_store;
pub mod probe;
pub mod restore;
pub mod sending;
pub mod serve;
pub mod verify_evidence;
pub mod workspace;
