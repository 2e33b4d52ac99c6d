//! The one list of schema migrations, oldest first.

use crate::db::Migration;

/// Names a file of `crates/store/migrations` and embeds its text.
macro_rules! migration {
    ($name:literal) => {
        Migration { name: $name, text: include_str!(concat!("../migrations/", $name, ".sql")) }
    };
}

/// Every migration of this version of Hark, in the order they are applied.
pub static MIGRATIONS: &[Migration] = &[
    migration!("0001_start"),
    migration!("0002_erasable_words"),
    migration!("0003_evidence"),
    migration!("0004_presence"),
    migration!("0005_plans"),
    migration!("0006_watches"),
    migration!("0007_one_confirmation"),
    migration!("0008_evidence_packs"),
    migration!("0009_news_of_accounts"),
    migration!("0010_consent_ends"),
    migration!("0011_recipients"),
    migration!("0012_unsure_texts"),
    migration!("0013_stopped"),
    migration!("0014_typed_texts"),
    migration!("0015_recent_texts"),
    migration!("0016_packs_are_jobs"),
    migration!("0017_erasures"),
    migration!("0018_imports"),
    migration!("0019_held_and_refused"),
    migration!("0020_join_words"),
    migration!("0021_optin_pages"),
    migration!("0022_rules"),
    migration!("0023_quick_search"),
    migration!("0024_message_class"),
    migration!("0025_rows_stay"),
    migration!("0026_customer_places"),
    migration!("0027_caps_and_courtesy"),
    migration!("0028_opting_out"),
    migration!("0029_merges"),
];
