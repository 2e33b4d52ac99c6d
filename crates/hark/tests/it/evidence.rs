//! `hark evidence` and `hark verify-evidence`: an auditor with the file, the
//! verifier and the published key alone.

use crate::key::url;
use crate::shop::{Ran, Shop, arg, hark, types};
use serde_json::{Value, json};
use store::{Scope, Sql, Store, StoreConfig};
use testkit::database::engines;
use testkit::drill::{Fault, until};

static TURNED: Sql = Sql {
    cold: None,
    name: "TURNED",
    scope: Scope::Server,
    text: "update consents set action = 'resume' where action = 'revoke'",
};

const NUMBER: &str = "+13125550142";

/// The verifier as an auditor runs it: no data, no server.
async fn verify(args: &[&str]) -> Result<Ran, Fault> {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_hark"));
    let output = command.arg("verify-evidence").args(args).env_clear().kill_on_drop(true).output().await?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_confirms_a_genuine_pack_and_locates_what_was_changed() -> Result<(), Fault> {
    for engine in engines() {
        let shop = Shop::open(engine, 0).await?;
        types(&shop.program, &shop.inbox, "¿Dónde está mi pedido? 👍").await?;
        types(&shop.program, &shop.inbox, "STOP").await?;
        until("the opt-out is written down", 20, 50, || async {
            Ok(shop.program.get("/opt-outs").await?.to_string().contains(NUMBER))
        })
        .await?;
        let key = hark(&shop.home, &["audit", "key"]).await?.good()?.trim().to_owned();
        assert_eq!(shop.program.get("/evidence-key").await?["public_key"], key.as_str());

        // Asked for by the API: made in the background.
        let asked = shop.program.post("/evidence-packs", &json!({ "address": NUMBER })).await?;
        let path = format!("/evidence-packs/{}", asked["id"].as_str().ok_or("no id")?);
        until("the pack is ready", 20, 50, || async { Ok(shop.program.get(&path).await?["state"] == "ready") }).await?;
        assert!(shop.program.get(&path).await?["bytes"].as_i64() > Some(10_000));

        // On the command line, while the server runs.
        let file = arg(&shop.home.folder.path().join("pack.zip"));
        let pack = ["evidence", "pack", "--address", NUMBER, "--to", &file];
        assert!(hark(&shop.home, &pack).await?.good()?.contains(&key));
        hark(&shop.home, &pack).await?.refused(73, "pack.zip")?;
        let said = verify(&[&file, "--key", &key]).await?.good()?;
        assert!(said.contains("everything in it is as it was put there") && said.contains(NUMBER), "{said}");
        let report: Value = serde_json::from_str(&verify(&[&file, "--key", &key, "--json"]).await?.good()?)?;
        assert_eq!(report["findings"], json!([]));
        assert!(report["sealed"].as_u64() >= Some(3), "{report}");
        let heads = hark(&shop.home, &["audit", "heads"]).await?.good()?;
        let own = std::fs::read_dir(shop.home.server.data.join("heads"))?.next().ok_or("no heads")??;
        let carried = arg(&own.path());
        verify(&[&file, "--key", &key, "--heads", &carried]).await?.good()?;
        assert!(heads.is_empty() || heads.contains(&key), "{heads}");

        verify(&[&file, "--key", &"0".repeat(64)]).await?.refused(65, "the evidence does not hold")?;
        verify(&[&file, "--key", "short"]).await?.refused(65, "no public key")?;
        verify(&[&format!("{file}.none"), "--key", &key]).await?.refused(66, "pack.zip.none")?;
        let mut bytes = std::fs::read(&file)?;
        bytes.truncate(bytes.len() / 2);
        let half = arg(&shop.home.folder.path().join("half.zip"));
        std::fs::write(&half, &bytes)?;
        verify(&[&half, "--key", &key]).await?.refused(65, "no pack of evidence")?;

        // Somebody with the database turns the opt-out around; the server vouches for what it finds,
        // and the chain does not.
        let (home, _) = shop.stop().await?;
        let store = Store::open(StoreConfig::new(url(&home))).await?;
        store.server().write(move |tx| tx.exec(&TURNED, &[])).await?;
        store.close().await;
        let turned = arg(&home.folder.path().join("turned.zip"));
        hark(&home, &["evidence", "pack", "--address", NUMBER, "--to", &turned]).await?.good()?;
        let ran = verify(&[&turned, "--key", &key]).await?;
        ran.refused(65, "the evidence does not hold")?;
        assert!(ran.out.contains("unsealed consent: con_"), "{}", ran.out);
    }
    Ok(())
}
