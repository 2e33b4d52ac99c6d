//! `hark migrate-store`: from the embedded database to PostgreSQL, or back.

use std::path::PathBuf;

use clap::Args;
use engine::Settings;
use engine::crypto::Keyring;
use store::{MIGRATIONS, StoreUrl, backup, migrate_store};

use super::restore::index;
use crate::exit::Failure;
use crate::open::{Place, ProviderReach};
use crate::shown::Shown;
use crate::told::tell;

/// Where from, and where to.
#[derive(Debug, Args)]
pub struct MigrateStore {
    #[command(flatten)]
    pub place: Place,
    /// An empty PostgreSQL database, or, with --database for where the data is, an empty data directory.
    #[arg(long, value_name = "URL|DIR")]
    to: String,
}

/// Moves everything and says what moved.
pub async fn run(wish: MigrateStore) -> Result<(), Failure> {
    let (place, to) = (wish.place, place_of(&wish.to)?);
    let from = place.url();
    let same_engine = matches!(
        (&from, &to),
        (StoreUrl::Sqlite(_), StoreUrl::Sqlite(_)) | (StoreUrl::Postgres(_), StoreUrl::Postgres(_))
    );
    if same_engine {
        return Err(Failure::Data(
            "both ends are of one engine (is HARK_DATABASE set?); `hark backup` and `hark restore` carry data \
             between places of one engine"
                .to_owned(),
        ));
    }
    if let StoreUrl::Sqlite(dir) = &from
        && !dir.join("hark.db").exists()
    {
        return Err(Failure::Missing(format!("{} holds no data of Hark", dir.display())));
    }
    let mut shown = Shown::new();
    let report = migrate_store(from.clone(), to.clone(), MIGRATIONS, move |moved| {
        shown.show(&moved.table, moved.rows, moved.of);
    });
    let report = report.await?;
    let target = match (&from, &to) {
        (StoreUrl::Sqlite(dir), StoreUrl::Postgres(url)) => {
            // At once: two servers on the same waiting texts would send them twice.
            let away = backup::put_away(dir)?;
            tell!("What was in {} is kept in {}.", dir.display(), away.display());
            Place { database: Some(url.clone()), ..place.clone() }
        }
        (_, StoreUrl::Sqlite(dir)) => {
            let target =
                Place { data: dir.clone(), database: None, key_file: place.key_file.clone(), commit_group: None };
            if let (Some(ring), false) = (Keyring::load(&place.key_path())?, target.key_path().exists()) {
                ring.save(&target.key_path())?;
            }
            tell!("The PostgreSQL database is as it was: start no server on it again, or texts leave twice.");
            target
        }
        _ => place.clone(),
    };
    let engine = target.open(Settings::default(), ProviderReach::Public).await?;
    let indexed = index(&engine).await;
    engine.store().clone().close().await;
    indexed?;
    for table in report.tables.iter().filter(|table| table.rows > 0) {
        tell!("{:>12} {}", table.rows, table.table);
    }
    let rows: u64 = report.tables.iter().map(|table| table.rows).sum();
    tell!("{rows} rows moved; count and hash of each table agree, and all that was said can be searched.");
    match &target.database {
        Some(_) => {
            tell!("Start with --database from now on, and the same key file, {}.", target.key_path().display())
        }
        None => tell!("Start with --data {} from now on, without --database.", target.data.display()),
    }
    Ok(())
}

fn place_of(text: &str) -> Result<StoreUrl, Failure> {
    match text.split_once("://") {
        Some(("postgres" | "postgresql", _)) => Ok(StoreUrl::Postgres(text.to_owned())),
        Some((scheme, _)) => {
            Err(Failure::Data(format!("--to: {scheme}:// is neither postgres://… nor a data directory")))
        }
        None => Ok(StoreUrl::Sqlite(PathBuf::from(text))),
    }
}
