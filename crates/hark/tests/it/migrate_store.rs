//! `hark migrate-store`, there and back, and `hark migrate`.

use store::Engine;
use testkit::database::engines;
use testkit::drill::Fault;

use crate::shop::{Shop, arg, export, found, hark, place, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_moves_to_postgresql_and_back_unchanged() -> Result<(), Fault> {
    if !engines().contains(&Engine::Postgres) {
        return Ok(());
    }
    let shop = Shop::open(Engine::Sqlite, 120).await?;
    let mut target = place(Engine::Postgres).await?;
    let url = target.server.database.clone().ok_or("no database")?;
    hark(&shop.home, &["migrate-store", "--to", &url]).await?.refused(75, "is in use by process")?;
    let words = ["order", "refund", "thank"];
    let mut before = Vec::new();
    for word in words {
        before.push(found(&shop.program, word).await?);
    }
    assert!(before.iter().all(|found| !found.is_empty()), "the demo does not speak of {words:?}");
    let program = shop.program.clone();
    let (home, ws) = shop.stop().await?;
    let whole = export(&home, &ws).await?;

    hark(&home, &["migrate-store", "--to", "mysql://x"]).await?.refused(65, "mysql://")?;
    hark(&home, &["migrate-store", "--to", &arg(&home.folder.path().join("else"))]).await?.refused(65, "one engine")?;
    let said = hark(&home, &["migrate-store", "--to", &url]).await?.good()?;
    assert!(said.contains("count and hash of each table agree") && said.contains("messages"), "{said}");
    // Nobody can start on the old data by mistake; it is kept.
    assert!(!home.server.data.join("hark.db").exists());
    assert!(home.server.data.join("backups/moved-to-postgresql.db").exists());
    hark(&home, &["migrate-store", "--to", &url]).await?.refused(66, "holds no data of Hark")?;

    hark(&home, &["serve", "--listen", "127.0.0.1:0"]).await?.refused(78, "start with --database")?;

    // The server goes on with the same directory, for the key file is there.
    target.server.data = home.server.data.clone();
    assert!(export(&target, &ws).await? == whole, "the move changed something");
    let (server, there) = start(&target, &program).await?;
    for (word, before) in words.iter().zip(&before) {
        assert_eq!(&found(&there, word).await?, before, "{word}");
    }
    let back = place(Engine::Sqlite).await?;
    let to = arg(&back.server.data);
    hark(&target, &["migrate-store", "--to", &to]).await?.refused(75, "stop its servers first")?;
    server.kill().await?;
    // It has signed its heads, and may have written more.
    let whole = export(&target, &ws).await?;

    let said = hark(&target, &["migrate-store", "--to", &to]).await?.good()?;
    assert!(said.contains("start no server on it again"), "{said}");
    assert!(export(&back, &ws).await? == whole, "the way back changed something");
    assert!(back.server.data.join("hark.key").exists());
    let (server, there) = start(&back, &program).await?;
    for (word, before) in words.iter().zip(&before) {
        assert_eq!(&found(&there, word).await?, before, "{word}");
    }
    server.kill().await?;
    hark(&target, &["migrate-store", "--to", &to]).await?.refused(73, "holds data already")?;
    let full = ["migrate-store", "--to", url.as_str()];
    hark(&back, &full).await?.refused(73, "holds data already")?;

    let shown = hark(&target, &["migrate", "--show"]).await?.good()?;
    assert!(shown.starts_with("there  0001_start"), "{shown}");
    let fresh = place(Engine::Postgres).await?;
    assert!(hark(&fresh, &["migrate", "--show"]).await?.good()?.starts_with("due    0001_start"));
    assert!(hark(&fresh, &["migrate"]).await?.good()?.starts_with("taken  0001_start"));
    assert!(hark(&fresh, &["migrate"]).await?.good()?.starts_with("there  0001_start"));
    Ok(())
}
