//! `hark channels test`: what it says of accounts that work, that do not, and that are not there.

use serde_json::{Value, json};
use store::Engine;
use testkit::database::for_each_engine;
use testkit::drill::Fault;

use crate::shop::{Shop, hark, plain};

async fn accounts_are_tried(engine: Engine) -> Result<(), Fault> {
    let shop = Shop::open(engine, 0).await?;
    // The simulator's login always works, and has no webhook to try.
    let said = hark(&shop.home, &["channels", "test", "Simulator"]).await?.good()?;
    assert!(said.contains("Simulator (simulator)") && said.contains("ok       login_works"), "{said}");
    assert!(!said.contains("address"), "{said}");

    // Where nothing answers, the login cannot be tried, and numbers are not asked about.
    let account = json!({
        "provider": "telnyx", "name": "Nobody there",
        "settings": {
            "api_key": "KEY0", "webhook_public_key": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
            "messaging_profile_id": "4000eba1-a0c0-4563-9925-b25e842a7cb6", "api_base_url": "http://127.0.0.1:9",
        },
    });
    let account = shop.program.post("/accounts", &account).await?;
    let id = account.get("id").and_then(Value::as_str).ok_or("no id")?;
    let number = json!({ "account_id": id, "name": "Main", "address": "+15017122661" });
    shop.program.post("/inboxes", &number).await?;
    for named in ["Nobody there", id] {
        let ran = hark(&shop.home, &["channels", "test", named]).await?;
        ran.refused(78, "WRONG    provider_unreachable")?;
        // The drill's server is on this machine alone.
        ran.refused(78, "WRONG    address_private")?;
        assert!(!ran.err.contains("Simulator") && !ran.err.contains("KEY0") && !ran.err.contains("+1501"), "{ran:?}");
    }
    let all = hark(&shop.home, &["channels", "test", "--workspace", &shop.ws]).await?;
    all.refused(78, "Simulator (simulator)")?;
    all.refused(78, "2 thing(s) are wrong")?;
    hark(&shop.home, &["channels", "test", "Somebody"]).await?.refused(66, "there is no account Somebody")?;
    // While no server runs, the command opens the data by itself.
    let (home, _) = shop.stop().await?;
    hark(&home, &["channels", "test", "Simulator"]).await?.good()?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_are_tried_beside_a_server_and_without_one() {
    for_each_engine(|engine| async move { plain(accounts_are_tried(engine).await) }).await;
}
