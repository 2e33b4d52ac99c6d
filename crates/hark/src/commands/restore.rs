//! `hark restore`: putting a copy back, on either engine.

use std::path::PathBuf;

use clap::Args;
use engine::erasure::Reapplied;
use engine::reply::Author;
use engine::sending::Hand;
use engine::{Engine, Settings};
use store::backup::{self, BackupError, Saved};
use store::{MIGRATIONS, StoreUrl, portable};

use super::backup::{about_key, holds, save};
use crate::exit::Failure;
use crate::open::{self, Place, ProviderReach};
use crate::shown::{Shown, size};
use crate::told::tell;

/// What to put back, and where to.
#[derive(Debug, Args)]
pub struct Restore {
    /// A file that `hark backup` made, on either engine.
    file: PathBuf,
    #[command(flatten)]
    pub place: Place,
    /// Replace the data that is there; it is kept in `backups` in the data directory.
    #[arg(long)]
    force: bool,
    /// Let sending go on at once. Only where nothing happened after the copy was made.
    #[arg(long)]
    resume: bool,
}

/// Puts the copy back and says what that means.
pub async fn run(wish: Restore) -> Result<(), Failure> {
    let Restore { file, place, force, resume } = wish;
    let saved = put(&place, file.clone(), force).await?;
    let engine = place.open(Settings::default(), ProviderReach::Public).await?;
    let done = settle(&engine, resume).await;
    engine.store().clone().close().await;
    let again = done?;
    let held = backup::contents(&file)?;
    let place_name = match place.url() {
        StoreUrl::Sqlite(dir) => dir.display().to_string(),
        StoreUrl::Postgres(_) => "the PostgreSQL database".to_owned(),
    };
    tell!("{}, schema {}, is in {place_name}: {}.", size(saved.bytes), saved.schema, holds(&held));
    tell!(
        "{}",
        match saved.hash_agreed {
            true => "The file agreed with the SHA-256 beside it.",
            false => "There was no SHA-256 beside the file; its structure is sound.",
        }
    );
    tell!("It does not hold the key file, {}. {}", place.key_path().display(), about_key(&place, &held)?);
    if again.listed > 0 {
        tell!(
            "Of {} erasure(s) in {}, {} were made after the copy, and were made again.",
            again.listed,
            place.data.join(engine::erasure::FILE).display(),
            again.again
        );
    }
    if !resume {
        tell!(
            "All sending is stopped: the copy knows neither what left nor who opted out after it was made, and {} \
             text(s) in it waited to be sent. Look at them, then let sending go on with `hark stop off`.",
            held.waiting
        );
    }
    Ok(())
}

async fn put(place: &Place, file: PathBuf, force: bool) -> Result<Saved, Failure> {
    match place.url() {
        StoreUrl::Sqlite(dir) => {
            open::folder(&dir)?;
            let putting = tokio::task::spawn_blocking(move || {
                let replace = force || backup::is_empty(&dir)?;
                backup::restore(&file, &dir, replace, MIGRATIONS)
            });
            let put = putting.await.map_err(|error| Failure::Software(error.to_string()))?;
            put.map_err(|error| match error {
                BackupError::Exists(database) => Failure::CannotCreate(format!(
                    "{} holds data already; --force replaces it and keeps it in backups/",
                    database.display()
                )),
                other => other.into(),
            })
        }
        StoreUrl::Postgres(url) => {
            open::folder(&place.data)?;
            let empty = portable::is_empty(url.clone()).await?;
            if !empty && !force {
                return Err(Failure::CannotCreate(
                    "the PostgreSQL database holds data already; --force replaces it and keeps a copy in backups/"
                        .to_owned(),
                ));
            }
            if !empty {
                let backups = place.backups();
                open::folder(&backups)?;
                let kept = save(place, backup::free_name(&backups, "before-restore")).await?;
                tell!("What was there is kept in {}.", kept.file.display());
            }
            let mut shown = Shown::new();
            let copied = move |moved: &store::db::Moved| shown.show(&moved.table, moved.rows, moved.of);
            let work = place.data.join("restore.part");
            Ok(portable::restore(file, work, url, true, MIGRATIONS, copied).await?.0)
        }
    }
}

/// What the copy needs before a server may run on it.
async fn settle(engine: &Engine, resume: bool) -> Result<Reapplied, Failure> {
    engine.key_forget().await?;
    if !resume {
        let hand = Hand { author: Author { kind: "cli", id: None }, name: "hark restore".to_owned() };
        engine.sending_set_server(hand, true, "put back from a copy".to_owned()).await?;
    }
    // Whoever was erased since must not come back with the copy, nor be found in it.
    let again = engine.erasures_reapply().await.map_err(super::customer::failure)?;
    index(engine).await?;
    Ok(again)
}

/// Makes everything that was said findable.
pub async fn index(engine: &Engine) -> Result<(), Failure> {
    let mut shown = Shown::new();
    for row in engine.workspace_list().await? {
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        engine
            .search_fill(row.id, |progress| shown.show("search", count(progress.done), count(progress.total)))
            .await?;
    }
    Ok(())
}
