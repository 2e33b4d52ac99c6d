//! `hark backup` and `hark restore`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};
use store::{Engine, MIGRATIONS, Migration, Store, StoreConfig, StoreUrl};
use testkit::database::{engines, for_each_engine};
use testkit::drill::Fault;
use testkit::drill::client::{Program, ask};

use crate::shop::{Shop, arg, export, found, hark, place, plain, start, types};

fn other(engine: Engine) -> Engine {
    match engine {
        Engine::Sqlite if engines().contains(&Engine::Postgres) => Engine::Postgres,
        _ => Engine::Sqlite,
    }
}

/// The numbers in texts of the form `number N.` in a table of an export.
fn numbers(lines: &[String], table: &str) -> Vec<usize> {
    let of = format!("\"table\":\"{table}\"");
    let number = |line: &String| line.split("number ").nth(1)?.split('.').next()?.parse().ok();
    let mut all: Vec<usize> = lines.iter().filter(|line| line.contains(&of)).filter_map(number).collect();
    all.sort_unstable();
    all
}

async fn under_writes(engine: Engine) -> Result<(), Fault> {
    let shop = Shop::open(engine, 40).await?;
    let (answered, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let writing = {
        let (program, inbox) = (shop.program.clone(), shop.inbox.clone());
        let (answered, stop) = (Arc::clone(&answered), Arc::clone(&stop));
        tokio::spawn(async move {
            while !stop.load(Ordering::SeqCst) {
                types(&program, &inbox, &format!("number {}.", answered.load(Ordering::SeqCst))).await?;
                answered.fetch_add(1, Ordering::SeqCst);
            }
            Ok::<_, Fault>(())
        })
    };
    testkit::drill::until("some texts are in", 20, 5, || {
        let some = answered.load(Ordering::SeqCst) >= 30;
        async move { Ok(some) }
    })
    .await?;
    let before = answered.load(Ordering::SeqCst);
    let file = shop.home.folder.path().join("copy.db");
    let said = hark(&shop.home, &["backup", "--to", &arg(&file)]).await?.good()?;
    let after = answered.load(Ordering::SeqCst);
    stop.store(true, Ordering::SeqCst);
    writing.await??;
    assert!(said.contains("1 workspace(s)") && said.contains("read back and is whole"), "{said}");
    assert!(said.contains("hark.key") && said.contains("nothing is lost without it"), "{said}");

    let copy = place(engine).await?;
    hark(&copy, &["restore", &arg(&file), "--resume"]).await?.good()?;
    let exported = export(&copy, &shop.ws).await?;
    // What was answered is there as a phone's text; the last of them may still be on their way.
    let typed = numbers(&exported, "simulator_texts");
    assert_eq!(typed, (0..typed.len()).collect::<Vec<_>>(), "the copy has a hole");
    assert!((before..=after + 1).contains(&typed.len()), "{before} <= {} <= {after}", typed.len());
    let arrived = numbers(&exported, "messages");
    assert_eq!(arrived, (0..arrived.len()).collect::<Vec<_>>(), "a text was passed by a later one");
    assert!(!arrived.is_empty() && arrived.len() <= typed.len(), "{} of {}", arrived.len(), typed.len());

    // At rest the copy is equal, on the other engine too, and everything is found there.
    let program = shop.program.clone();
    let there = found(&program, "number").await?;
    let words = found(&program, "order").await?;
    assert!(!there.is_empty() && !words.is_empty());
    let (home, ws) = shop.stop().await?;
    let file = home.folder.path().join("rest.db");
    hark(&home, &["backup", "--to", &arg(&file)]).await?.good()?;
    let whole = export(&home, &ws).await?;
    for engine in [engine, other(engine)] {
        let target = place(engine).await?;
        let said = hark(&target, &["restore", &arg(&file), "--resume"]).await?.good()?;
        assert!(said.contains("agreed with the SHA-256"), "{said}");
        assert!(export(&target, &ws).await? == whole, "the copy differs on {engine:?}");
        let (server, program) = start(&target, &program).await?;
        assert_eq!(found(&program, "number").await?, there);
        assert_eq!(found(&program, "order").await?, words);
        server.kill().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_under_writes_is_whole_and_can_be_put_back_on_either_engine() {
    for_each_engine(|engine| async move { plain(under_writes(engine).await) }).await;
}

async fn queue(engine: Engine) -> Result<(), Fault> {
    let shop = Shop::open(engine, 0).await?;
    let on_phone = async |program: &Program, number: &str| {
        let texts = program.get(&format!("/simulator/phones/%2B{number}")).await?;
        let texts = texts.get("texts").and_then(Value::as_array).cloned().ok_or("no texts")?;
        Ok::<_, Fault>(texts.iter().filter(|text| text["direction"] == "to_phone").count())
    };
    let state = async |program: &Program, id: &str| {
        let message = program.get(&format!("/messages/{id}")).await?;
        Ok::<_, Fault>((message["state"].clone(), message["reason"]["code"].clone()))
    };
    // A carrier that takes nothing, so that the copy has texts that wait.
    let busy = json!({
        "delay_ms": 0, "receipt_delay_ms": 0, "loss_pct": 0, "double_pct": 0, "disorder_pct": 0,
        "throttle_per_second": 0, "reject_code": null, "carrier_opt_out": false,
    });
    ask(shop.program.request("PUT".parse()?, "/simulator/faults").json(&busy)).await?.good("a busy carrier")?;
    let numbers = ["13125550141", "13125550142", "13125550143"];
    let mut waiting = Vec::new();
    for number in numbers {
        // A code may leave at any hour.
        let text = json!({
            "to": format!("+{number}"), "inbox_id": shop.inbox, "body": "Your code is 123456", "purpose": "otp",
        });
        let sent = shop.program.post("/messages", &text).await?;
        waiting.push(sent["message"]["id"].as_str().ok_or("no id")?.to_owned());
    }
    let program = shop.program.clone();
    let (home, _) = shop.stop().await?;
    let file = home.folder.path().join("copy.db");
    hark(&home, &["backup", "--to", &arg(&file)]).await?.good()?;

    let copy = place(engine).await?;
    let said = hark(&copy, &["restore", &arg(&file)]).await?.good()?;
    assert!(said.contains("3 text(s) in it waited"), "{said}");
    let (server, program) = start(&copy, &program).await?;
    let stopped = (json!("held"), json!("sending_stopped"));
    for id in &waiting {
        testkit::drill::until("what waits says why", 30, 50, || async { Ok(state(&program, id).await? == stopped) })
            .await?;
    }
    for number in numbers {
        assert_eq!(on_phone(&program, number).await?, 0, "it left although all sending is stopped");
    }
    hark(&copy, &["stop", "off"]).await?.good()?;
    for (id, number) in waiting.iter().zip(numbers) {
        testkit::drill::until("what waited has left", 30, 50, || async {
            Ok(state(&program, id).await?.0 == json!("delivered"))
        })
        .await?;
        assert_eq!(on_phone(&program, number).await?, 1);
    }
    server.kill().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_in_a_copy_is_held_until_sending_goes_on_and_then_leaves_once() {
    for_each_engine(|engine| async move { plain(queue(engine).await) }).await;
}

/// The schema of a later Hark.
fn later_schema() -> &'static [Migration] {
    let later = Migration { name: "9999_later", text: "create table later (a {bigint});" };
    Vec::leak(MIGRATIONS.iter().copied().chain([later]).collect())
}

async fn refusals(engine: Engine) -> Result<(), Fault> {
    let (home, ws) = Shop::open(engine, 5).await?.stop().await?;
    let folder = home.folder.path();
    let file = folder.join("copy.db");
    let note = folder.join("copy.db.sha256");
    hark(&home, &["backup", "--to", &arg(&file)]).await?.good()?;
    hark(&home, &["backup", "--to", &arg(&file)]).await?.refused(73, "exists already")?;
    let target = place(engine).await?;
    let refused =
        async |wanted: (i32, &str)| hark(&target, &["restore", &arg(&file)]).await?.refused(wanted.0, wanted.1);

    let whole = std::fs::read(&file)?;
    let noted = std::fs::read(&note)?;
    let mut altered = whole.clone();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    std::fs::write(&file, &altered)?;
    refused((65, "SHA-256")).await?;
    std::fs::write(&file, &whole[..whole.len() / 3])?;
    refused((65, "SHA-256")).await?;
    std::fs::remove_file(&note)?;
    refused((65, "is damaged")).await?;
    std::fs::write(&file, b"no database at all")?;
    refused((65, "is damaged")).await?;
    std::fs::remove_file(&file)?;
    refused((66, "holds no data of Hark")).await?;
    std::fs::write(&file, &whole)?;
    std::fs::write(&note, &noted)?;

    // A copy of a newer schema is refused by its name.
    let later = place(Engine::Sqlite).await?;
    let url = StoreUrl::Sqlite(later.server.data.clone());
    Store::open(StoreConfig { migrations: later_schema(), ..StoreConfig::new(url) }).await?.close().await;
    let newer = later.folder.path().join("newer.db");
    store::backup::save(&later.server.data, &newer, &mut |_| {})?;
    hark(&target, &["restore", &arg(&newer)]).await?.refused(78, "schema 9999_later")?;

    // Nothing of all that is left, and the good copy still goes in, with sending stopped.
    let said = hark(&target, &["restore", &arg(&file)]).await?.good()?;
    assert!(said.contains("All sending is stopped") && said.contains("hark stop off"), "{said}");
    let stop = hark(&target, &["stop", "status"]).await?.good()?;
    assert!(stop.contains("stopped since") && stop.contains("put back from a copy"), "{stop}");

    // What is there is not touched, unless asked for; then it is kept.
    refused((73, "--force")).await?;
    let said = hark(&target, &["restore", &arg(&file), "--force", "--resume"]).await?.good()?;
    assert!(!said.contains("All sending is stopped"), "{said}");
    let kept = target.server.data.join("backups/before-restore.db");
    assert!(kept.exists());
    assert_eq!(hark(&target, &["stop", "status"]).await?.good()?, "Sending runs.\n");
    assert!(export(&target, &ws).await? == export(&home, &ws).await?);
    let again = place(engine).await?;
    hark(&again, &["restore", &arg(&kept), "--resume"]).await?.good()?;
    let stop = hark(&again, &["stop", "status"]).await?.good()?;
    assert!(stop.contains("put back from a copy"), "what was set aside is not what was there: {stop}");

    // Nothing is put back under a running server.
    let mut server = target.server.start()?;
    target.server.ready(&mut server, &testkit::drill::client::http()?).await?;
    let busy = if engine == Engine::Sqlite { "is in use by process" } else { "stop its servers first" };
    hark(&target, &["restore", &arg(&file), "--force"]).await?.refused(75, busy)?;
    server.kill().await?;
    let nowhere = place(Engine::Sqlite).await?;
    hark(&nowhere, &["backup"]).await?.refused(66, "is no data directory")?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_good_copy_is_refused_and_what_is_there_is_kept() {
    for_each_engine(|engine| async move { plain(refusals(engine).await) }).await;
}
