//! `hark stop`: each switch stops what is its own, is told of, and is audited.

use crate::shop::{Shop, hark, types};
use serde_json::{Value, json};
use testkit::database::engines;
use testkit::drill::client::Program;
use testkit::drill::{Fault, until};

/// The number that [`types`] texts from.
const CUSTOMER: &str = "+13125550142";

/// Sends a text; returns its id, and why it was refused.
async fn send(program: &Program, inbox: &str) -> Result<(String, Option<String>), Fault> {
    let text = json!({ "to": CUSTOMER, "inbox_id": inbox, "body": "It is ready", "purpose": "conversational" });
    let sent = program.post("/messages", &text).await?;
    let at = |pointer: &str| sent.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let refused = at("/message/state").as_deref() == Some("refused");
    Ok((at("/message/id").ok_or("no id")?, at("/message/reason/code").filter(|_| refused)))
}

async fn arrives(program: &Program, id: &str) -> Result<(), Fault> {
    let path = format!("/messages/{id}");
    until("the text arrives", 20, 50, || async {
        Ok(program.get(&path).await?.get("state").and_then(Value::as_str) == Some("delivered"))
    })
    .await
}

/// What the audit says of the switches, newest first: by whom, what, of what, why.
async fn audited(program: &Program) -> Result<Vec<[String; 4]>, Fault> {
    let page = program.get("/audit?limit=200").await?;
    let rows = page.get("items").and_then(Value::as_array).ok_or("no items")?;
    let text = |row: &Value, at: &str| row.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    let told = rows.iter().map(|row| ["/actor_kind", "/action", "/subject", "/detail/reason"].map(|at| text(row, at)));
    Ok(told.filter(|row| row[1].starts_with("sending.")).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_switch_stops_its_own_and_is_audited() -> Result<(), Fault> {
    for engine in engines() {
        let shop = Shop::open(engine, 0).await?;
        let (home, program, ws, inbox) = (&shop.home, &shop.program, shop.ws.as_str(), shop.inbox.as_str());
        types(program, inbox, "Is it ready?").await?;
        until("the text is in", 20, 50, || async {
            let list = program.get("/conversations").await?;
            Ok(list.pointer("/items/0/id").is_some())
        })
        .await?;
        hark(home, &["workspace", "create", "--name", "Other"]).await?.good()?;
        let listed = hark(home, &["workspace", "list"]).await?.good()?;
        let other = listed.lines().find(|line| line.contains("Other")).and_then(|line| line.split(' ').next());
        let other = other.ok_or("no other workspace")?.to_owned();
        assert_eq!(hark(home, &["stop", "status"]).await?.good()?, "Sending runs.\n");

        for (flag, id, word) in [("--workspace", ws, "workspace"), ("--inbox", inbox, "inbox")] {
            let said = hark(home, &["stop", "on", flag, id, "--reason", "wrong price"]).await?.good()?;
            assert!(said.contains("is stopped since") && said.contains(": wrong price."), "{said}");
            let again = hark(home, &["stop", "on", flag, id]).await?.good()?;
            assert_eq!(again, said, "the {word} is stopped since it was stopped first");
            let again = hark(home, &["stop", "on", flag, id, "--reason", "wrong shop"]).await?.good()?;
            assert_eq!(again, said.replace("wrong price", "wrong shop"), "{word}");
            assert_eq!(send(program, inbox).await?.1.as_deref(), Some("sending_stopped"), "{word}");
            let switches = program.get("/sending").await?;
            let thrown = |at: &str| switches.pointer(at).and_then(Value::as_bool);
            assert_eq!(thrown("/server/stopped"), Some(false));
            assert_eq!(thrown("/workspace/stopped"), Some(word == "workspace"));
            assert_eq!(thrown("/inboxes/0/stopped"), Some(word == "inbox"));
            let all = hark(home, &["stop", "status"]).await?.good()?;
            assert!(all.starts_with("Sending runs.\n") && all.contains(word) && all.contains(id), "{all}");
            let theirs = hark(home, &["stop", "status", "--workspace", &other]).await?.good()?;
            assert!(theirs.contains("runs") && !theirs.contains("stopped"), "{theirs}");
            // The server's own switch is another one: turning it changes nothing here.
            hark(home, &["stop", "off"]).await?.good()?;
            assert_eq!(send(program, inbox).await?.1.as_deref(), Some("sending_stopped"), "{word}");
            let said = hark(home, &["stop", "off", flag, id]).await?.good()?;
            assert!(said.contains("runs") && !said.contains("stopped"), "{said}");
            let (sent, refused) = send(program, inbox).await?;
            assert_eq!(refused, None, "{word}");
            arrives(program, &sent).await?;
            let subject = if word == "workspace" { "workspace" } else { id };
            let rows = audited(program).await?;
            let row = |action: &str, subject: &str, reason: &str| ["cli", action, subject, reason].map(str::to_owned);
            assert_eq!(
                rows.get(..3),
                Some(
                    [
                        row("sending.resume", subject, ""),
                        row("sending.resume", "server", ""),
                        row("sending.stop", subject, "wrong shop"),
                    ]
                    .as_slice()
                )
            );
        }

        let nobody = "inb_00000000000000000000000000000000";
        hark(home, &["stop", "on", "--inbox", nobody]).await?.refused(66, "there is no inbox")?;
        hark(home, &["stop", "on", "--inbox", ws]).await?.refused(65, ws)?;
        hark(home, &["stop", "on", "--workspace", "ws_00000000000000000000000000000000"])
            .await?
            .refused(66, "there is no workspace")?;
        hark(home, &["stop", "on", "--workspace", ws, "--inbox", inbox]).await?.refused(64, "cannot be used with")?;

        let said = hark(home, &["stop", "on", "--reason", "all wrong"]).await?.good()?;
        assert_eq!(
            hark(home, &["stop", "on"]).await?.good()?,
            said,
            "the server is stopped since it was stopped first"
        );
        hark(home, &["stop", "off"]).await?.good()?;

        // With no server running, the command throws the switch itself.
        let (home, ws) = shop.stop().await?;
        hark(&home, &["stop", "on", "--workspace", &ws]).await?.good()?;
        let said = hark(&home, &["stop", "status"]).await?.good()?;
        assert!(said.contains(&ws) && said.contains("by the command line"), "{said}");
    }
    Ok(())
}
