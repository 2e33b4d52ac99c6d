//! A rehearsal has a clock that is moved by hand, and nothing that reaches a real phone.

use serde_json::{Value, json};
use store::Engine;
use testkit::database::for_each_engine;
use testkit::drill::client::http;
use testkit::drill::{Fault, shop, until};

use crate::shop::{Shop, hark, place, plain};

/// A Tuesday, half past two in New York.
const NIGHT: &str = "2028-03-14T06:30:00Z";

async fn overnight(engine: Engine) -> Result<(), Fault> {
    let mut home = place(engine).await?;
    home.server.more = vec!["--rehearse-at".to_owned(), NIGHT.to_owned()];
    let mut server = home.server.start()?;
    let program = shop::open(&home.server, &mut server, &http()?).await?;
    assert!(hark(&home, &["clock"]).await?.good()?.starts_with("2028-03-14T06:3"));
    let known = program.get("/providers").await?;
    let known: Vec<_> = known["items"].as_array().into_iter().flatten().map(|one| one["provider"].clone()).collect();
    assert_eq!(known, [json!("simulator")], "no provider that reaches a phone");

    let consent = json!({
        "address": "+12125550123", "permits": "marketing", "action": "grant", "proof": "written", "method": "web_form",
        "disclosure": { "locale": "en-US", "text": "I agree to get marketing texts from Acme." },
    });
    program.post("/consents", &consent).await?;
    let inboxes = program.get("/inboxes").await?;
    let inbox = inboxes.pointer("/items/0/id").and_then(Value::as_str).ok_or("no inbox")?.to_owned();
    let sale = json!({
        "to": "+12125550123", "inbox_id": inbox, "purpose": "marketing", "body": "Acme: tents are back. Reply STOP to cancel.",
    });
    let held = program.post("/messages", &sale).await?;
    assert_eq!(held["message"]["state"], "held", "{held}");
    // 8 am, daylight time.
    assert_eq!(held["message"]["held_until"], 1_836_648_000_000_i64, "{held}");

    hark(&home, &["clock", "2028-03-14T11:59:00Z"]).await?.good()?;
    let phone = async || program.get("/simulator/phones/%2B12125550123").await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(phone().await?["texts"], json!([]), "a minute too early");
    assert!(hark(&home, &["clock", "2028-03-14T12:00:00Z"]).await?.good()?.starts_with("2028-03-14T12:00"));
    until("it leaves at eight", 20, 50, || async {
        Ok(phone().await?["texts"].as_array().is_some_and(|texts| texts.len() == 1))
    })
    .await?;
    hark(&home, &["clock", NIGHT]).await?.refused(78, "only on")?;

    server.terminate().await?;
    server.ended().await?;
    hark(&home, &["serve", "--listen", "127.0.0.1:0"]).await?.refused(78, "a rehearsal's")?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_held_overnight_leaves_at_eight_by_the_clock_that_was_moved() {
    for_each_engine(|engine| async move { plain(overnight(engine).await) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_is_never_rehearsed_in() -> Result<(), Fault> {
    let shop = Shop::open(Engine::Sqlite, 0).await?;
    hark(&shop.home, &["clock", "2099-01-01T00:00:00Z"]).await?.refused(78, "only that of a rehearsal")?;
    let (home, _) = shop.stop().await?;
    let rehearse = ["serve", "--listen", "127.0.0.1:0", "--rehearse-at", NIGHT];
    hark(&home, &rehearse).await?.refused(78, "there is a shop in this database")
}
