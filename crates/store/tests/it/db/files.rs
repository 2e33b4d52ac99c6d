//! The data directory's lock and the schema's steps.

use store::Store;
use store::db::{Engine, Migration, OpenError, StoreConfig, StoreUrl};
use testkit::database::{Place, for_each_engine};

use super::groups::open;
use super::schema::{MIGRATIONS, add, numbers, ws};

/// Set for the second process of the test below.
const CHILD: &str = "HARK_TEST_LOCKED_DIR";

#[tokio::test]
async fn a_second_process_is_refused_by_pid_and_name() -> Result<(), Box<dyn std::error::Error>> {
    let test = open(Engine::Sqlite).await;
    let StoreUrl::Sqlite(dir) = &test.config.url else { return Err("not SQLite".into()) };
    let child = std::process::Command::new(std::env::current_exe()?)
        .args(["--exact", "db::files::second_process", "--ignored", "--nocapture"])
        .env(CHILD, dir)
        .output()?;
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    let exe = std::env::current_exe()?;
    let name = exe.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let expected = format!("the data directory {} is in use by process {} ({name})", dir.display(), std::process::id());
    assert!(said.contains(&expected), "{said}");
    // Opening it twice in one process is refused as well.
    assert!(matches!(Store::open(test.config.clone()).await, Err(OpenError::Locked { .. })));
    // After closing it is free.
    test.reopen().await;
    Ok(())
}

#[tokio::test]
#[ignore = "the second process of the test above"]
async fn second_process() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::var(CHILD)?;
    match Store::open(StoreConfig::new(StoreUrl::Sqlite(dir.into()))).await {
        Ok(_) => println!("opened"),
        Err(error) => println!("{error}"),
    }
    Ok(())
}

static CHANGED: &[Migration] = &[Migration { name: "0001_notes", text: "create table other (a {bigint});" }];

static NEWER: &[Migration] =
    &[MIGRATIONS[0], Migration { name: "0002_colour", text: "alter table notes add column colour text;" }];

static BROKEN: &[Migration] =
    &[MIGRATIONS[0], Migration { name: "0002_broken", text: "create table half (a {bigint}); create nonsense;" }];

async fn open_as(url: StoreUrl, migrations: &'static [Migration]) -> Result<Store, OpenError> {
    Store::open(StoreConfig { migrations, ..StoreConfig::new(url) }).await
}

#[tokio::test]
async fn the_schema_only_goes_forward_and_never_changes() {
    for_each_engine(|engine| async move {
        let place = Place::new(engine).await;
        open_as(place.url(), MIGRATIONS).await?.close().await;
        let changed = open_as(place.url(), CHANGED).await;
        let Err(OpenError::Changed { name, .. }) = changed else {
            return Err("a changed step went unnoticed".into());
        };
        assert_eq!(name, "0001_notes");
        // A step that fails leaves nothing of itself.
        let broken = open_as(place.url(), BROKEN).await;
        assert!(matches!(broken, Err(OpenError::Migration { name, .. }) if name == "0002_broken"));
        open_as(place.url(), NEWER).await?.close().await;
        let newer = open_as(place.url(), MIGRATIONS).await.map(|_| ());
        let said = newer.map_err(|error| error.to_string());
        assert_eq!(
            said,
            Err("this data was written by a newer Hark: schema 0002_colour, this binary knows up to 0001_notes"
                .to_owned())
        );
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_copy_is_made_before_each_later_step() -> Result<(), Box<dyn std::error::Error>> {
    let place = Place::new(Engine::Sqlite).await;
    let StoreUrl::Sqlite(dir) = place.url() else { return Err("not SQLite".into()) };
    let store = open_as(place.url(), MIGRATIONS).await?;
    assert!(!dir.join("backups").exists(), "an empty database needs no copy");
    store.workspace(ws(1)).write(|tx| add(tx, 7)).await?;
    store.close().await;
    open_as(place.url(), NEWER).await?.close().await;
    // The copy is the database as it was, and opens as one.
    let old = Place::new(Engine::Sqlite).await;
    let StoreUrl::Sqlite(old_dir) = old.url() else { return Err("not SQLite".into()) };
    std::fs::create_dir_all(&old_dir)?;
    std::fs::copy(dir.join("backups/before-0002.db"), old_dir.join("hark.db"))?;
    let store = open_as(old.url(), MIGRATIONS).await?;
    assert_eq!(store.workspace(ws(1)).read(numbers).await?, [7]);
    store.close().await;
    Ok(())
}

#[tokio::test]
async fn nodes_that_start_together_apply_each_step_once() {
    for_each_engine(|engine| async move {
        if engine == Engine::Sqlite {
            return Ok(());
        }
        let place = Place::new(engine).await;
        let opening = (0..4).map(|_| tokio::spawn(open_as(place.url(), MIGRATIONS)));
        for opened in opening.collect::<Vec<_>>() {
            opened.await??.close().await;
        }
        Ok(())
    })
    .await;
}

#[test]
fn blocks_and_tokens_become_one_engines_text() -> Result<(), OpenError> {
    let step = Migration {
        name: "0003_x",
        text: "a {uuid} {blob} {bigint} {strict}\n-- sqlite:\nonly one\n-- end\n-- postgres:\nonly two\n-- end\n",
    };
    assert_eq!(step.expand(Engine::Sqlite)?, "a blob blob integer strict\nonly one\n");
    assert_eq!(step.expand(Engine::Postgres)?, "a uuid bytea bigint \nonly two\n");
    let open = Migration { name: "0003_x", text: "-- sqlite:\n" };
    assert!(matches!(open.expand(Engine::Sqlite), Err(OpenError::Migration { .. })));
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_on_the_machine_can_read_the_data() -> Result<(), Box<dyn std::error::Error>> {
    use std::os::unix::fs::PermissionsExt;
    let test = open(Engine::Sqlite).await;
    let StoreUrl::Sqlite(dir) = &test.config.url else { return Err("not SQLite".into()) };
    let mode = |path: &std::path::Path| std::fs::metadata(path).map(|found| found.permissions().mode() & 0o777);
    assert_eq!(mode(dir)?, 0o700);
    for file in ["hark.db", "hark.db-wal", "hark.db-shm"] {
        assert_eq!(mode(&dir.join(file))?, 0o600, "{file}");
    }
    let copy = dir.join("copy.db");
    store::backup::save(dir, &copy, &mut |_| {})?;
    assert_eq!(mode(&copy)?, 0o600);
    Ok(())
}
