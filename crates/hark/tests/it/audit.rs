//! `hark audit`: signed heads are carried away, and tampering is named.

use crate::key::url;
use crate::shop::{Shop, arg, hark, types};
use store::{Scope, Sql, Store, StoreConfig};
use testkit::database::engines;
use testkit::drill::{Fault, until};

static TURNED: Sql = Sql {
    cold: None,
    name: "TURNED",
    scope: Scope::Server,
    text: "update consents set action = 'resume' where action = 'revoke'",
};
static FORGOTTEN: Sql =
    Sql { cold: None, name: "FORGOTTEN", scope: Scope::Server, text: "delete from chain_signatures" };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_opt_out_that_was_altered_is_named_with_its_entry() -> Result<(), Fault> {
    for engine in engines() {
        let shop = Shop::open(engine, 0).await?;
        types(&shop.program, &shop.inbox, "STOP").await?;
        until("the opt-out is written down", 20, 50, || async {
            let said = hark(&shop.home, &["audit", "verify"]).await?.good()?;
            Ok(said.contains("everything is as it was written down") && !said.contains(" 0 entries"))
        })
        .await?;
        let key = hark(&shop.home, &["audit", "key"]).await?.good()?.trim().to_owned();
        let heads = hark(&shop.home, &["audit", "heads"]).await?.good()?;
        let kept = shop.home.folder.path().join("carried.jsonl");
        // The server signs by itself too; what it signed lies in its folder.
        let own = std::fs::read_dir(shop.home.server.data.join("heads"))?.next().ok_or("no heads")??;
        let carried = if heads.is_empty() { std::fs::read_to_string(own.path())? } else { heads };
        assert!(carried.contains(&key), "signed with the key it names");
        std::fs::write(&kept, &carried)?;
        let verify = ["audit", "verify", "--heads", &arg(&kept), "--public", &key];
        hark(&shop.home, &verify).await?.good()?;
        let stranger = ["audit", "verify", "--heads", &arg(&kept), "--public", &"0".repeat(64)];
        hark(&shop.home, &stranger).await?.refused(65, "signed with another key")?;

        let (home, _) = shop.stop().await?;
        let store = Store::open(StoreConfig::new(url(&home))).await?;
        for sql in [&TURNED, &FORGOTTEN] {
            store.server().write(move |tx| tx.exec(sql, &[])).await?;
        }
        store.close().await;
        hark(&home, &verify).await?.refused(65, "altered consent: ")?;
        hark(&home, &["audit", "verify"]).await?.refused(65, "the evidence does not hold")?;
    }
    Ok(())
}
