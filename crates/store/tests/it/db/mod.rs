//! Tests of the data layer on a small schema of their own.

mod schema;

mod backup;
mod events;
mod faults;
mod files;
mod groups;
mod inventory;
mod outage;
mod row_security;
mod statements;
mod transfer;
