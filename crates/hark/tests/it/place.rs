//! Commands in the wrong place, and run by root.

use std::os::unix::fs::MetadataExt as _;
use std::process::Stdio;

use store::Engine;
use testkit::database::for_each_engine;
use testkit::drill::Fault;

use crate::shop::{Shop, arg, command, hark, place, plain};

async fn wrong_place(engine: Engine) -> Result<(), Fault> {
    let home = place(engine).await?;
    let commands: [&[&str]; 5] =
        [&["member", "list"], &["stop", "on"], &["workspace", "list"], &["key", "rotate"], &["demo"]];
    for args in commands {
        hark(&home, args).await?.refused(66, "holds no data of Hark")?;
    }
    let said = hark(&home, &["doctor"]).await?;
    assert!(said.code == 0 && said.out.contains("there is no data yet"), "{said:?}");
    assert!(hark(&home, &["migrate", "--show"]).await?.good()?.starts_with("due "));
    assert!(!home.server.data.join("hark.db").exists() && !home.server.data.join("hark.key").exists());

    hark(&home, &["migrate"]).await?.good()?;
    for args in [["member", "list"], ["workspace", "list"]] {
        assert!(hark(&home, &args).await?.good()?.contains("There is no workspace yet"));
    }
    let mode = std::fs::metadata(&home.server.data)?.mode() & 0o777;
    assert!(mode == 0o700, "others may look into the data directory: {mode:o}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_in_the_wrong_place_says_so_and_makes_nothing() {
    for_each_engine(|engine| async move { plain(wrong_place(engine).await) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_looks_at_the_database_that_is_named() -> Result<(), Fault> {
    // Nothing listens there.
    let wrong = ["doctor", "--database", "postgres://hark@127.0.0.1:9/hark"];
    let shop = Shop::open(Engine::Sqlite, 0).await?;
    hark(&shop.home, &["doctor"]).await?.good()?;
    hark(&shop.home, &wrong).await?.refused(69, "1 of the findings above is bad")?;
    let (home, _) = shop.stop().await?;
    hark(&home, &wrong).await?.refused(69, "1 of the findings above is bad")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_that_was_removed_is_said_to_be() -> Result<(), Fault> {
    let shop = Shop::open(Engine::Sqlite, 0).await?;
    hark(&shop.home, &["demo", "--conversations", "5"]).await?.good()?;
    let said = [
        hark(&shop.home, &["demo", "--remove"]).await?.good()?,
        hark(&shop.home, &["demo", "--remove"]).await?.good()?,
    ];
    assert_eq!(said, ["The demo shop was removed.\n", "There is no demo shop.\n"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_whose_answer_cannot_be_written_has_done_its_work() -> Result<(), Fault> {
    let (home, _) = Shop::open(Engine::Sqlite, 0).await?.stop().await?;
    let file = home.folder.path().join("copy.db");
    // Whoever reads has gone: that is no failure.
    let (reader, writer) = std::io::pipe()?;
    drop(reader);
    let ended = command(&home, &["backup", "--to", &arg(&file)]).stdout(writer).status().await?;
    assert_eq!((ended.code(), file.exists()), (Some(0), true));
    // The disk behind it is full: that is one, told on stderr.
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full")?;
    let listing = command(&home, &["workspace", "list"]).stdout(full).stderr(Stdio::piped()).spawn()?;
    let ended = listing.wait_with_output().await?;
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(74), "{said}");
    assert!(said.contains("the answer was not written") && !said.contains("panicked"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_database_than_postgresql_is_named_as_none() -> Result<(), Fault> {
    let home = place(Engine::Sqlite).await?;
    hark(&home, &["workspace", "list", "--database", "mysql://shop:secret@db/hark"])
        .await?
        .refused(64, "mysql:// is no")
}

/// An id that no user of this machine has, as with systemd's dynamic users.
const STRANGER: u32 = 61_234;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_root_does_on_a_servers_data_stays_the_servers() -> Result<(), Fault> {
    if std::fs::metadata("/proc/self")?.uid() != 0 {
        eprintln!("SKIPPED: only root can run a command on what belongs to somebody else");
        return Ok(());
    }
    let (home, ws) = Shop::open(Engine::Sqlite, 0).await?.stop().await?;
    // The stranger must reach the program, which may lie in a private folder.
    let program = home.folder.path().join("hark");
    std::fs::copy(env!("CARGO_BIN_EXE_hark"), &program)?;
    let owner = format!("{STRANGER}:{STRANGER}");
    let owned = tokio::process::Command::new("chown").args(["-R", &owner]).arg(&home.server.data).status().await?;
    assert!(owned.success());
    let run = async |args: &[&str]| {
        let mut command = tokio::process::Command::new(&program);
        command.args(args).arg("--data").arg(&home.server.data).env_remove("HARK_DATABASE").stderr(Stdio::inherit());
        let done = command.output().await?;
        if done.status.success() { Ok(()) } else { Err(Fault::from(format!("{args:?}: {}", done.status))) }
    };
    run(&["backup"]).await?;
    run(&["key", "rotate"]).await?;
    run(&["stop", "on"]).await?;
    run(&["workspace", "export", &ws, "--to", &arg(&home.server.data.join("export.jsonl"))]).await?;
    let mut seen = 0;
    let mut folders = vec![home.server.data.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let found = entry.metadata()?;
            assert_eq!(found.uid(), STRANGER, "{}", entry.path().display());
            folders.extend(found.is_dir().then(|| entry.path()));
            seen += 1;
        }
    }
    assert!(seen >= 6, "{seen} files");
    Ok(())
}
