//! Commands that print an address of the server, or judge it, while it runs and while it rests.

use serde_json::{Value, json};
use store::Engine;
use testkit::database::engines;
use testkit::drill::Fault;
use testkit::drill::client::{Answer, Program, ask};

use crate::shop::{Shop, command, hark, start};

const KIM: &str = "kim@example.com";
const PASSWORD: &str = "a battery of horses";

async fn sign_in(program: &Program, email: &str, password: &str) -> Result<Answer, Fault> {
    let who = json!({ "email": email, "password": password });
    Ok(ask(program.client.post(format!("{}/api/v1/session", program.base)).json(&who)).await?)
}

/// Whether somebody may sign in.
async fn signs_in(program: &Program, email: &str, password: &str) -> Result<bool, Fault> {
    Ok(sign_in(program, email, password).await?.status.is_success())
}

/// Another member, asked in by the owner: a program may not.
async fn kim_joins(program: &Program) -> Result<(), Fault> {
    let owner = sign_in(program, "dana@example.com", "correct horse battery").await?;
    let cookie = owner.cookie.clone().ok_or("no session")?;
    let csrf = owner.body.get("csrf").and_then(Value::as_str).ok_or("no csrf")?;
    let asked = program.client.post(format!("{}/api/v1/invites", program.base));
    let asked = asked.header("cookie", cookie).header("x-hark-csrf", csrf);
    let made = ask(asked.json(&json!({ "email": KIM, "role": "agent" }))).await?.good("an invitation")?;
    let link = made.get("link").and_then(Value::as_str).ok_or("no link")?;
    let token = link.rsplit('/').next().unwrap_or_default();
    let kim = json!({ "name": "Kim Park", "password": PASSWORD });
    let at = format!("{}/api/v1/invite-links/{token}", program.base);
    ask(program.client.post(at).json(&kim)).await?.good("joining").map(|_| ())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_leads_to_the_server_or_is_said_to_lack_its_address() -> Result<(), Fault> {
    for engine in engines() {
        let shop = Shop::open(engine, 0).await?;
        let (url, program) = (shop.home.server.url(), shop.program.clone());
        let reset = ["member", "reset", "dana@example.com"];
        let create = ["workspace", "create", "--name", "Other"];
        let said = hark(&shop.home, &reset).await?.good()?;
        assert!(said.starts_with(&format!("{url}/reset/")) && !said.contains("Put the shop's"), "{said}");
        let said = hark(&shop.home, &create).await?.good()?;
        assert!(said.contains(&format!("joins at {url}/invite/")) && !said.contains("Put the shop's"), "{said}");

        let (home, _) = shop.stop().await?;
        let said = hark(&home, &create).await?.good()?;
        assert!(said.contains("joins at /invite/") && said.contains("Put the shop's address before it"), "{said}");
        let told = [&reset[..], &["--public-url", "https://text.example.com/"]].concat();
        let said = hark(&home, &told).await?.good()?;
        assert!(said.starts_with("https://text.example.com/reset/") && !said.contains("Put the shop's"), "{said}");
        let told = command(&home, &create).env("HARK_PUBLIC_URL", "https://text.example.com").output().await?;
        let said = String::from_utf8_lossy(&told.stdout).into_owned();
        assert!(said.contains("joins at https://text.example.com/invite/"), "{said}");
        let wrong = [&reset[..], &["--public-url", "text.example.com"]].concat();
        hark(&home, &wrong).await?.refused(78, "give a scheme and a host")?;

        // What has no address before it leads somewhere once it has one.
        let said = hark(&home, &reset).await?.good()?;
        let path = said.lines().next().and_then(|line| line.strip_prefix("/reset/")).ok_or(said.clone())?;
        assert!(said.contains("Put the shop's address before it"), "{said}");
        let (_server, program) = start(&home, &program).await?;
        let new = json!({ "password": "a new battery of horses" });
        let at = format!("{url}/api/v1/reset-links/{path}");
        ask(program.client.post(at).json(&new)).await?.good("a new password")?;
        assert!(signs_in(&program, "dana@example.com", "a new battery of horses").await?);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_shut_out_and_what_is_deleted_is_gone() -> Result<(), Fault> {
    for engine in engines() {
        let shop = Shop::open(engine, 0).await?;
        kim_joins(&shop.program).await?;
        assert!(signs_in(&shop.program, KIM, PASSWORD).await?);
        let said = hark(&shop.home, &["member", "disable", KIM]).await?.good()?;
        assert_eq!(said, format!("{KIM} is shut out; their sessions have ended.\n"));
        assert!(!signs_in(&shop.program, KIM, PASSWORD).await?);
        hark(&shop.home, &["member", "reset", KIM]).await?.refused(66, "no member has the e-mail address")?;
        hark(&shop.home, &["member", "enable", KIM]).await?.good()?;
        assert!(signs_in(&shop.program, KIM, PASSWORD).await?);
        hark(&shop.home, &["member", "disable", "dana@example.com"]).await?.refused(65, "owner")?;

        hark(&shop.home, &["workspace", "create", "--name", " "]).await?.refused(65, "needs a name")?;
        let made = hark(&shop.home, &["workspace", "create", "--name", "Other"]).await?.good()?;
        let other = made.split(' ').next().ok_or("no id")?.to_owned();
        hark(&shop.home, &["workspace", "delete", &other]).await?.refused(65, "say so with --yes")?;
        let program = shop.program.clone();
        let (home, ws) = shop.stop().await?;
        let listed = hark(&home, &["workspace", "list"]).await?.good()?;
        assert!(listed.contains(&other) && listed.contains(&ws), "{listed}");
        let said = hark(&home, &["workspace", "delete", &other, "--yes"]).await?.good()?;
        assert_eq!(said, format!("{other} is gone.\n"));
        hark(&home, &["workspace", "delete", &other, "--yes"]).await?.refused(66, "there is no workspace")?;
        hark(&home, &["member", "disable", KIM]).await?.good()?;
        let (_server, program) = start(&home, &program).await?;
        assert!(!signs_in(&program, KIM, PASSWORD).await?);
        let listed = hark(&home, &["workspace", "list"]).await?.good()?;
        assert!(!listed.contains(&other) && listed.contains(&ws), "{listed}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_judges_the_address_it_is_told() -> Result<(), Fault> {
    const UNREACHED: &str = "Providers reach this server only over https";
    let shop = Shop::open(Engine::Sqlite, 0).await?;
    // Nothing listens there, and nothing is sent.
    let settings = json!({
        "account_sid": "AC00000000000000000000000000000000", "auth_token": "token", "api_base_url": "http://127.0.0.1:9",
    });
    let account = json!({ "provider": "twilio", "name": "Twilio", "settings": settings });
    shop.program.post("/accounts", &account).await?;
    let said = hark(&shop.home, &["doctor"]).await?;
    assert!(said.code == 78 && said.out.contains(UNREACHED), "a server knows its address: {said:?}");

    let (home, _) = shop.stop().await?;
    let said = hark(&home, &["doctor"]).await?.good()?;
    assert!(said.contains("is not looked at: give its --public-url") && !said.contains(UNREACHED), "{said}");
    let said = hark(&home, &["doctor", "--public-url", "https://text.example.com"]).await?.good()?;
    assert!(!said.contains("is not looked at"), "{said}");
    let said = hark(&home, &["doctor", "--public-url", "http://text.example.com"]).await?;
    assert!(said.code == 78 && said.out.contains(UNREACHED), "{said:?}");
    hark(&home, &["doctor", "--public-url", "text.example.com"]).await?.refused(78, "give a scheme and a host")
}
