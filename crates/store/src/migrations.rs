//! The one list of schema migrations, oldest first.

use crate::db::Migration;

/// Names a file of `crates/store/migrations` and embeds its text.
macro_rules! migration {
    ($name:literal) => {
        Migration { name: $name, text: include_str!(concat!("../migrations/", $name, ".sql")) }
    };
}

/// Every migration of this version of Hark, in the order they are applied.
pub static MIGRATIONS: &[Migration] = &[migration!("0001_start")];
