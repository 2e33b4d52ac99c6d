//! The rules of Hark: pure functions and the types they speak.
//!
//! Nothing here reads a clock, makes randomness, waits, or touches a disk or a
//! network. Times are Unix milliseconds (`i64`) that come in as arguments.
//! The modules of the road carry the same names as the deeds in `engine`.

pub mod address;
pub mod answers;
pub mod complaint;
pub mod consent;
pub mod conversation;
pub mod customer_merge;
pub mod encoding;
pub mod evidence;
pub mod gate;
pub mod id;
pub mod import;
pub mod inbound;
pub mod inbox;
pub mod join;
pub mod keyword;
pub mod language;
pub mod limits;
pub mod message;
pub mod outcome;
pub mod receipt;
pub mod retention;
pub mod retry;
pub mod route;
pub mod rule_pack;
pub mod send;
pub mod smart;
pub mod snippet;
pub mod supervision;
pub mod table;
pub mod watch;
pub mod windows;
pub mod words;
pub mod zones;

/// Reads the tables that are built at their first use, so that nobody's first text waits for them.
///
/// It takes a quarter of a second in a development build, and whoever needs a table meanwhile waits.
pub fn read_ahead() {
    keyword::read_ahead();
    complaint::read_ahead();
    let _ = zones::nanp_country("212");
    std::sync::LazyLock::force(&rule_pack::DEFAULT);
}
