//! Copies of a data directory in use, and putting them back.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use store::Store;
use store::backup::{self, BackupError, Progress};
use store::db::{Engine, Migration, OpenError, StoreConfig, StoreUrl};
use testkit::database::{Place, TestStore};

use super::groups::open;
use super::schema::{MIGRATIONS, add, event, numbers, ws};

fn dir(url: &StoreUrl) -> Result<PathBuf, Box<dyn Error>> {
    match url {
        StoreUrl::Sqlite(dir) => Ok(dir.clone()),
        StoreUrl::Postgres(_) => Err("not SQLite".into()),
    }
}

async fn save(from: PathBuf, to: PathBuf) -> Result<(backup::Saved, Vec<Progress>), BackupError> {
    let saving = tokio::task::spawn_blocking(move || {
        let mut steps = Vec::new();
        let saved = backup::save(&from, &to, &mut |step| steps.push(step))?;
        Ok((saved, steps))
    });
    saving.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// Numbers and events in the database of a directory.
async fn contents(url: StoreUrl) -> Result<(Vec<u32>, usize), Box<dyn Error>> {
    let store = Store::open(StoreConfig { migrations: MIGRATIONS, ..StoreConfig::new(url) }).await?;
    let found = store.workspace(ws(1)).read(numbers).await?;
    let events = store.workspace(ws(1)).read(super::events::all).await?.len();
    store.close().await;
    Ok((found, events))
}

async fn fill(test: &TestStore, from: u32, to: u32) -> Result<(), Box<dyn Error>> {
    for n in from..to {
        // Two rows and an event each, so that half a write would be seen.
        test.store
            .workspace(ws(1))
            .write(move |tx| {
                add(tx, n * 2)?;
                tx.event(event("note.created", n));
                add(tx, n * 2 + 1)
            })
            .await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_under_writes_is_whole_and_can_be_put_back() -> Result<(), Box<dyn Error>> {
    let test = Arc::new(open(Engine::Sqlite).await);
    let from = dir(&test.config.url)?;
    fill(&test, 0, 2_000).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let (writing, stopping) = (Arc::clone(&test), Arc::clone(&stop));
    let writer = tokio::spawn(async move {
        let mut n = 2_000;
        while !stopping.load(Ordering::SeqCst) {
            fill(&writing, n, n + 1).await.map_err(|error| error.to_string())?;
            n += 1;
        }
        Ok::<_, String>(n)
    });
    let copy = Place::new(Engine::Sqlite).await;
    let place = dir(&copy.url())?;
    std::fs::create_dir_all(&place)?;
    let file = place.join("copy.db");
    let (saved, steps) = save(from.clone(), file.clone()).await?;
    stop.store(true, Ordering::SeqCst);
    let written = writer.await??;
    assert_eq!((saved.schema.as_str(), &saved.file), ("0001_notes", &file));
    assert_eq!(saved.bytes, std::fs::metadata(&file)?.len());
    assert!(steps.last().is_some_and(|last| last.done == last.total && last.total > 0), "{steps:?}");
    assert!(matches!(save(from.clone(), file.clone()).await, Err(BackupError::Exists(_))));

    // In use: nothing is put back over it.
    let refused = backup::restore(&file, &from, true, MIGRATIONS);
    assert!(matches!(refused, Err(BackupError::Open(OpenError::Locked { .. }))), "{refused:?}");

    let target = Place::new(Engine::Sqlite).await;
    let restored = backup::restore(&file, &dir(&target.url())?, false, MIGRATIONS)?;
    assert_eq!(restored.schema, "0001_notes");
    let (found, events) = contents(target.url()).await?;
    assert_eq!(found, (0..u32::try_from(found.len())?).collect::<Vec<_>>());
    assert_eq!(found.len(), events * 2, "half a write is in the copy");
    assert!((2_000..=written as usize).contains(&events));

    // Data that is there is kept, unless asked for, and then set aside whole.
    let refused = backup::restore(&file, &dir(&target.url())?, false, MIGRATIONS);
    assert!(matches!(refused, Err(BackupError::Exists(_))));
    backup::restore(&file, &dir(&target.url())?, true, MIGRATIONS)?;
    assert_eq!(contents(target.url()).await?.1, events);
    let aside = Place::new(Engine::Sqlite).await;
    let old = dir(&target.url())?.join("backups/before-restore.db");
    backup::restore(&old, &dir(&aside.url())?, false, MIGRATIONS)?;
    assert_eq!(contents(aside.url()).await?.1, events);
    Ok(())
}

#[tokio::test]
async fn a_bad_copy_is_refused_and_changes_nothing() -> Result<(), Box<dyn Error>> {
    static OLDER: &[Migration] = &[];
    let test = open(Engine::Sqlite).await;
    fill(&test, 0, 300).await?;
    let from = dir(&test.config.url)?;
    let file = from.join("copy.db");
    save(from.clone(), file.clone()).await?;
    let target = Place::new(Engine::Sqlite).await;
    let to = dir(&target.url())?;

    let newer = backup::restore(&file, &to, false, OLDER);
    assert!(matches!(newer, Err(BackupError::Open(OpenError::Newer { .. }))), "{newer:?}");

    let mut bytes = std::fs::read(&file)?;
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4_096].fill(0xA5);
    let bad = from.join("bad.db");
    std::fs::write(&bad, &bytes)?;
    let damaged = backup::restore(&bad, &to, false, MIGRATIONS);
    assert!(matches!(&damaged, Err(BackupError::Damaged { file, .. }) if file == &bad), "{damaged:?}");

    std::fs::write(&bad, b"not a database at all")?;
    assert!(backup::restore(&bad, &to, false, MIGRATIONS).is_err());
    assert!(matches!(backup::restore(&from.join("none.db"), &to, false, MIGRATIONS), Err(BackupError::Missing(_))));
    let left: Vec<_> = std::fs::read_dir(&to)?.filter_map(|entry| entry.ok().map(|entry| entry.file_name())).collect();
    assert_eq!(left, ["hark.lock"], "a refused copy left something behind");
    assert!(matches!(save(to.clone(), to.join("x.db")).await, Err(BackupError::Missing(_))));
    Ok(())
}
