//! The program as its operator runs it: the real binary, on both stores.

mod accounts;
mod address;
mod audit;
mod backup;
mod bench;
mod erase;
mod evidence;
mod key;
mod migrate_store;
mod place;
mod rehearsal;
mod serve;
mod shop;
mod stop;
