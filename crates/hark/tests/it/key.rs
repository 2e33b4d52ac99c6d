//! `hark key`: rotation while a server runs, broken off, and with a lost key.

use std::sync::Arc;
use std::time::Duration;

use channels::simulator::SimulatorCarrier;
use engine::audit::Actor;
use engine::crypto::Keyring;
use engine::reply::Author;
use engine::workspaces::NewWorkspace;
use serde_json::{Value, json};
use store::{Engine, Store, StoreConfig, StoreUrl, account};
use testkit::database::{engines, for_each_engine};
use testkit::drill::client::{Program, Text};
use testkit::drill::place::Home;
use testkit::drill::shop::TOKEN;
use testkit::drill::{Fault, unix_ms, until};
use testkit::world::{TestClock, engine_on};

use crate::shop::{Shop, arg, command, hark, place, plain, start};

/// Logins to seal anew: enough for a kill to fall between two of them.
const LOGINS: usize = 2_000;

/// Adds an account with a login, and answers where its webhook is.
async fn account(program: &Program, number: &str) -> Result<String, Fault> {
    let account = json!({
        "provider": "twilio", "name": number,
        "settings": { "account_sid": "AC00000000000000000000000000000000", "auth_token": TOKEN },
    });
    let account = program.post("/accounts", &account).await?;
    let id = account.get("id").and_then(Value::as_str).ok_or("no id")?.to_owned();
    program.post("/inboxes", &json!({ "account_id": id, "name": number, "address": number })).await?;
    Ok(format!("/hooks/twilio/{id}/inbound"))
}

/// A signed webhook is taken only if the login opens.
async fn hears(program: &Program, path: &str, number: &str, sid: u32) -> Result<(), Fault> {
    let text = Text {
        sid: format!("SM{sid:032x}"),
        from: "+13125550142".to_owned(),
        to: number.to_owned(),
        body: format!("text {sid}"),
    };
    let answer = text.webhook(&program.client, &format!("{}{path}", program.base), TOKEN).send().await?;
    if answer.status().is_success() { Ok(()) } else { Err(format!("text {sid}: {}", answer.status()).into()) }
}

/// Names and logins of each key, the one that seals first.
async fn listed(home: &Home) -> Result<Vec<(String, usize)>, Fault> {
    let said = hark(home, &["key", "list"]).await?.good()?;
    if said.contains("MISSING") {
        return Err(said.into());
    }
    let key = |line: &str| {
        let (id, rest) = line.trim().split_once(' ')?;
        Some((id.to_owned(), rest.split("; ").nth(1)?.split(' ').next()?.parse().ok()?))
    };
    said.lines().skip(1).map(|line| key(line).ok_or_else(|| line.to_owned().into())).collect()
}

async fn while_it_runs(engine: Engine) -> Result<(), Fault> {
    let number = "+18885550100";
    let shop = Shop::open(engine, 0).await?;
    let path = account(&shop.program, number).await?;
    hears(&shop.program, &path, number, 1).await?;
    let before = listed(&shop.home).await?;
    assert!(matches!(before.as_slice(), [(_, 1)]), "{before:?}");

    // Prepared first, so that the file can be copied to other nodes.
    let said = hark(&shop.home, &["key", "rotate", "--prepare"]).await?.good()?;
    let prepared = listed(&shop.home).await?;
    assert!(prepared.len() == 2 && prepared[0] == before[0] && said.contains(&prepared[1].0), "{prepared:?} {said}");
    let said = hark(&shop.home, &["key", "rotate"]).await?.good()?;
    assert!(said.contains("1 login(s) are sealed anew"), "{said}");
    let after = listed(&shop.home).await?;
    assert_eq!(after, [(prepared[1].0.clone(), 1), (before[0].0.clone(), 0)]);
    hears(&shop.program, &path, number, 2).await?;
    // The server seals with the new key too.
    let other = account(&shop.program, "+18885550101").await?;
    assert_eq!(listed(&shop.home).await?[0].1, 2);

    hark(&shop.home, &["key", "drop", &after[0].0]).await?.refused(66, "no key of that name")?;
    hark(&shop.home, &["key", "drop", &after[1].0]).await?.good()?;
    let program = shop.program.clone();
    let (home, _) = shop.stop().await?;
    let (server, program) = start(&home, &program).await?;
    hears(&program, &path, number, 3).await?;
    hears(&program, &other, "+18885550101", 4).await?;
    server.kill().await?;

    // The copy says what it needs; with a wrong key nothing starts, and nothing is changed.
    let file = home.folder.path().join("copy.db");
    let said = hark(&home, &["backup", "--to", &arg(&file)]).await?.good()?;
    assert!(said.contains("2 provider account(s) cannot be opened"), "{said}");
    assert!(said.contains("The file at hand opens them"), "{said}");
    let lost = place(engine).await?;
    std::fs::create_dir_all(&lost.server.data)?;
    let keyless = place(engine).await?;
    hark(&keyless, &["restore", &arg(&file)]).await?.good()?;
    let doctor = hark(&keyless, &["doctor"]).await?;
    assert!(doctor.code == 78 && !doctor.out.contains("the first start makes"), "{doctor:?}");
    Keyring::generate()?.save(&lost.server.data.join("hark.key"))?;
    let said = hark(&lost, &["restore", &arg(&file)]).await?.good()?;
    assert!(said.contains("WARNING") && said.contains(&after[0].0), "{said}");
    hark(&lost, &["serve", "--listen", "127.0.0.1:0"]).await?.refused(78, "copy the right key file there")?;
    hark(&lost, &["key", "rotate"]).await?.refused(78, "nothing was changed")?;
    let doctor = hark(&lost, &["doctor"]).await?;
    assert!(doctor.code == 78 && doctor.out.contains("BAD 2 provider login(s)"), "{doctor:?}");
    let said = hark(&lost, &["key", "rotate", "--give-up"]).await?.good()?;
    assert_eq!(said.matches("is empty: enter it anew").count(), 2, "{said}");
    let (server, program) = start(&lost, &program).await?;
    assert!(hears(&program, &path, number, 5).await.is_err(), "a login given up cannot check a signature");
    server.kill().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_rotate_while_the_server_runs_and_a_wrong_one_stops_it() {
    for_each_engine(|engine| async move { plain(while_it_runs(engine).await) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_reads_the_copied_key_file_while_it_runs() -> Result<(), Fault> {
    if !engines().contains(&Engine::Postgres) {
        return Ok(());
    }
    let (old, new) = ("+18885550100", "+18885550101");
    let shop = Shop::open(Engine::Postgres, 0).await?;
    let path = account(&shop.program, old).await?;
    let mut other = place(Engine::Sqlite).await?;
    other.server.database.clone_from(&shop.home.server.database);
    let key = |home: &Home| home.server.data.join("hark.key");
    std::fs::create_dir_all(&other.server.data)?;
    std::fs::copy(key(&shop.home), key(&other))?;
    let (server, program) = start(&other, &shop.program).await?;
    hears(&program, &path, old, 1).await?;

    hark(&shop.home, &["key", "rotate", "--prepare"]).await?.good()?;
    std::fs::copy(key(&shop.home), key(&other))?;
    hark(&shop.home, &["key", "rotate"]).await?.good()?;
    // The other node has opened the old login; the new one is sealed with a key it has not read yet.
    hears(&program, &path, old, 2).await?;
    let path = account(&shop.program, new).await?;
    // It hears of the account within a moment.
    until("the other node opens the new login", 10, 50, || async { Ok(hears(&program, &path, new, 3).await.is_ok()) })
        .await?;

    // Without the copy it does not know the key, says so, and does not start again.
    hark(&shop.home, &["key", "rotate"]).await?.good()?;
    let lacking = account(&shop.program, "+18885550102").await?;
    until("the other node says which key it lacks", 10, 50, || async {
        // Not 404, after which a provider gives the text up.
        let heard = hears(&program, &lacking, "+18885550102", 4).await.err().map(|error| error.to_string());
        let early = heard.as_deref().is_some_and(|said| said.contains("404"));
        assert!(early || heard.as_deref().is_some_and(|said| said.contains("503")), "{heard:?}");
        Ok(!early && other.server.said().contains("its secrets need another key file"))
    })
    .await?;
    // A balancer learns that it should not ask this node.
    let ready = program.client.get(format!("{}/readyz", other.server.url())).send().await?;
    assert_eq!(ready.status().as_u16(), 503);
    server.kill().await?;
    hark(&other, &["serve", "--listen", "127.0.0.1:0"]).await?.refused(78, "does not hold it")?;
    std::fs::copy(key(&shop.home), key(&other))?;
    let (server, program) = start(&other, &program).await?;
    hears(&program, &lacking, "+18885550102", 5).await?;
    server.kill().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_node_makes_no_key_of_its_own() -> Result<(), Fault> {
    if !engines().contains(&Engine::Postgres) {
        return Ok(());
    }
    // No login is sealed yet, so that nothing but the key's name tells the two apart.
    let shop = Shop::open(Engine::Postgres, 0).await?;
    let mut other = place(Engine::Sqlite).await?;
    other.server.database.clone_from(&shop.home.server.database);
    hark(&other, &["serve", "--listen", "127.0.0.1:0"]).await?.refused(78, "this database is sealed with key")?;
    let key = |home: &Home| home.server.data.join("hark.key");
    assert!(!key(&other).exists(), "a key was made that nobody asked for");
    std::fs::copy(key(&shop.home), key(&other))?;
    let (server, _) = start(&other, &shop.program).await?;
    server.kill().await?;
    Ok(())
}

pub fn url(home: &Home) -> StoreUrl {
    match &home.server.database {
        Some(url) => StoreUrl::Postgres(url.clone()),
        None => StoreUrl::Sqlite(home.server.data.clone()),
    }
}

/// A place with many logins and a key file.
async fn many(engine: Engine) -> Result<Home, Fault> {
    let home = place(engine).await?;
    std::fs::create_dir_all(&home.server.data)?;
    let store = Store::open(StoreConfig::new(url(&home))).await?;
    let clock = TestClock::at(unix_ms());
    let hark = engine_on(store.clone(), clock, Arc::default(), Arc::new(SimulatorCarrier::new(1)));
    hark.keys().ring().save(&home.server.data.join("hark.key"))?;
    let new = NewWorkspace { name: "Acme".to_owned(), brand: "Acme".to_owned(), time_zone: "UTC".to_owned() };
    let ws = hark.workspace_create(Actor::System, new, None).await?.id;
    let mut adding = tokio::task::JoinSet::new();
    for n in 0..LOGINS {
        let hark = hark.clone();
        let values =
            [("account_sid", "AC00000000000000000000000000000000".to_owned()), ("auth_token", format!("t{n}"))];
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
        adding.spawn(async move {
            hark.account_create(ws, Author::SYSTEM, "twilio", n.to_string(), values, engine::idempotency::Keep::NOTHING)
                .await
        });
    }
    while let Some(added) = adding.join_next().await {
        added??;
    }
    store.close().await;
    Ok(home)
}

/// How many logins the key file opens, each sealed by the key that it should be.
async fn opened(home: &Home) -> Result<usize, Fault> {
    let ring = Keyring::load(&home.server.data.join("hark.key"))?.ok_or("no key file")?;
    let store = Store::open(StoreConfig::new(url(home))).await?;
    let logins = store.server().read(account::secrets_all).await?;
    store.close().await;
    let opens = |(ws, id, sealed): &(_, _, Vec<u8>)| {
        let text = ring.open(&engine::crypto::account_place(*ws, *id), sealed)?;
        Ok::<_, engine::crypto::CryptoError>(String::from_utf8_lossy(&text).contains("auth_token"))
    };
    let mut count = 0;
    for login in &logins {
        count += usize::from(opens(login)?);
    }
    Ok(count)
}

async fn broken_off(engine: Engine) -> Result<(), Fault> {
    let home = many(engine).await?;
    let began = unix_ms();
    hark(&home, &["key", "rotate"]).await?.good()?;
    let whole = u64::try_from(unix_ms() - began)?;
    let mut in_the_midst = 0;
    for tenth in 2..=14 {
        let mut rotating = command(&home, &["key", "rotate"]).spawn()?;
        tokio::time::sleep(Duration::from_millis(whole * tenth / 12)).await;
        let killed = rotating.try_wait()?.is_none();
        rotating.kill().await?;
        assert_eq!(opened(&home).await?, LOGINS, "a login was lost at {tenth}/12");
        let keys = listed(&home).await?;
        let half = killed && keys.iter().filter(|(_, logins)| *logins > 0).count() > 1;
        in_the_midst += usize::from(half);
        let said = hark(&home, &["key", "rotate"]).await?.good()?;
        assert_eq!(said.contains("An earlier rotation had broken off"), keys[0].1 < LOGINS, "{keys:?} {said}");
        assert_eq!(listed(&home).await?[0].1, LOGINS);
        if half && in_the_midst == 2 {
            break;
        }
    }
    assert!(in_the_midst > 0, "no kill fell between two logins; a whole rotation takes {whole} ms");
    // The former keys are needed by nothing any more.
    for (id, _) in listed(&home).await?.iter().skip(1) {
        hark(&home, &["key", "drop", id]).await?.good()?;
    }
    assert_eq!(opened(&home).await?, LOGINS);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_killed_at_any_moment_loses_no_login_and_is_finished_by_the_next() {
    for_each_engine(|engine| async move { plain(broken_off(engine).await) }).await;
}
