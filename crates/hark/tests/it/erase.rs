//! `hark customer erase`, and what a copy of before brings back.

use serde_json::{Value, json};
use store::Engine;
use testkit::database::for_each_engine;
use testkit::drill::Fault;
use testkit::drill::client::Program;

use crate::shop::{Shop, arg, export, found, hark, place, plain, start, types};

const NUMBER: &str = "+13125550142";

async fn refused(program: &Program, inbox: &str) -> Result<bool, Fault> {
    let text = json!({ "to": NUMBER, "inbox_id": inbox, "body": "anybody there?", "purpose": "otp" });
    let sent = program.post("/messages", &text).await?;
    Ok(sent.pointer("/message/reason/code").and_then(Value::as_str) == Some("opted_out"))
}

async fn and_restored(engine: Engine) -> Result<(), Fault> {
    let shop = Shop::open(engine, 0).await?;
    types(&shop.program, &shop.inbox, "my name is Zephyrine").await?;
    testkit::drill::until("the text can be found", 30, 100, || async {
        Ok(!found(&shop.program, "zephyrine").await?.is_empty())
    })
    .await?;
    let file = shop.home.folder.path().join("before.db");
    hark(&shop.home, &["backup", "--to", &arg(&file)]).await?.good()?;

    // It tells first, and does it when asked to, beside the running server.
    let told = hark(&shop.home, &["customer", "erase", NUMBER]).await?.good()?;
    assert!(told.contains("1 texts") && told.contains("Nothing was erased"), "{told}");
    let said = hark(&shop.home, &["customer", "erase", NUMBER, "--yes"]).await?.good()?;
    assert!(said.contains("is erased") && said.contains("1 texts"), "{said}");
    hark(&shop.home, &["customer", "erase", NUMBER, "--yes"]).await?.refused(66, "there is no customer")?;
    assert!(found(&shop.program, "zephyrine").await?.is_empty());
    assert!(refused(&shop.program, &shop.inbox).await?);
    let verified = hark(&shop.home, &["audit", "verify"]).await?.good()?;
    assert!(verified.contains("as it was written down"), "{verified}");
    let list = std::fs::read_to_string(shop.home.server.data.join("erasures.jsonl"))?;
    assert!(list.lines().count() == 1 && !list.contains("3125550142"), "{list}");
    let (program, inbox) = (shop.program.clone(), shop.inbox.clone());
    let (home, ws) = shop.stop().await?;
    let late = home.folder.path().join("late.db");
    hark(&home, &["backup", "--to", &arg(&late)]).await?.good()?;

    // The copy of before brings them back for a moment, and loses them again.
    let said = hark(&home, &["restore", &arg(&file), "--force", "--resume"]).await?.good()?;
    assert!(said.contains("Of 1 erasure(s)") && said.contains("1 were made after the copy"), "{said}");
    assert!(!export(&home, &ws).await?.iter().any(|line| line.contains("Zephyrine") || line.contains("3125550142")));
    let (server, again) = start(&home, &program).await?;
    assert!(refused(&again, &inbox).await?);
    server.kill().await?;

    // A copy of after knows, and nothing is done twice.
    let said = hark(&home, &["restore", &arg(&late), "--force", "--resume"]).await?.good()?;
    assert!(said.contains("0 were made after the copy"), "{said}");

    // Without the key nobody could tell who was erased: that is said, and sending stays stopped.
    let other = place(engine).await?;
    std::fs::create_dir_all(&other.server.data)?;
    std::fs::copy(home.server.data.join("erasures.jsonl"), other.server.data.join("erasures.jsonl"))?;
    hark(&other, &["restore", &arg(&file)]).await?.refused(78, "the key file does not hold")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_erased_does_not_come_back_with_a_copy() {
    for_each_engine(|engine| async move { plain(and_restored(engine).await) }).await;
}
