//! The rules of Hark: pure functions and the types they speak.
//!
//! Nothing here reads a clock, makes randomness, waits, or touches a disk or a
//! network. Times are Unix milliseconds (`i64`) that come in as arguments.
//! The modules of the road carry the same names as the deeds in `engine`.

pub mod address;
pub mod conversation;
pub mod encoding;
pub mod gate;
pub mod id;
pub mod inbound;
pub mod keyword;
pub mod limits;
pub mod message;
pub mod outcome;
pub mod receipt;
pub mod retry;
pub mod route;
pub mod rule_pack;
pub mod send;
pub mod smart;
pub mod snippet;
pub mod windows;
pub mod words;
pub mod zones;
