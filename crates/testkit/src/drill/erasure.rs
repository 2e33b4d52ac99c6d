//! An erasure, to the last byte: what is planted of one customer among many is
//! searched for in every file of the store after it.

use super::client::{Program, Text, ask, http};
use super::cluster::{Cluster, is_root};
use super::place::{Folder, binary};
use super::process::{ServerPlan, WitnessPlan, WitnessProcess, free_port};
use super::shop::{Line, text};
use super::{Fault, Report, pause, shop, until};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use store::Engine;

const ADA: &str = "+12125550101";
/// Customers beside the one who is erased: enough for pages to be split and filled anew.
const OTHERS: usize = 150;

/// What is planted of the customer, each in its place.
const PLANTED: [&str; 12] = [
    "Zephyrine Quill",   // the name
    "quibblenote about", // notes about the customer
    "wombatinbound",     // what they wrote
    "searchableword8",   // a word found by search
    "wombatbelow",       // what we wrote, in a kept answer too
    "batchwords77",      // the same, in the answer to a batch
    "sotto-voce-9",      // a private note
    "keptnote66",        // one whose answer is kept
    "waitingwords31",    // a text that waits
    "198.51.100.77",     // from where they agreed
    "shopsession55",     // what else proves it
    "2125550101",        // the number
];

/// Erases one customer among many, and searches the files of the store.
///
/// # Errors
/// The drill could not be carried out.
pub async fn run(on: Engine, report: &mut Report) -> Result<(), Fault> {
    if on == Engine::Postgres && !is_root().await {
        report.skip("erasure: only root may start a cluster of its own");
        return Ok(());
    }
    let client = http()?;
    let mut folder = Folder::new("erasure")?;
    let place = folder.path().join("cluster");
    let cluster = match on {
        Engine::Sqlite => None,
        Engine::Postgres => Some(Cluster::start(&place).await?),
    };
    let plan = ServerPlan {
        binary: binary(),
        data: folder.path().join("data"),
        database: cluster.as_ref().map(Cluster::url),
        port: free_port()?,
        log: folder.path().join("server.log"),
        more: Vec::new(),
    };
    if let Some(cluster) = &cluster {
        // Old segments are removed, so that what is found is not merely waiting to be overwritten.
        cluster.sql(&["alter system set wal_recycle = off", "select pg_reload_conf()"]).await?;
    }
    let witness = WitnessProcess::start("erasure", &WitnessPlan::default(), folder.path(), &client).await?;
    let mut server = plan.start()?;
    let program = shop::open(&plan, &mut server, &client).await?;
    let line = shop::line(&program, &witness, "+18885550100", false).await?;
    let failed = report.counts().1;
    let store = Files { data: plan.data.clone(), cluster: cluster.as_ref().map(|_| place.join("data")) };
    let outcome = carry_out(&program, &line, cluster.as_ref(), &store, &witness, report).await;
    if outcome.is_err() || report.counts().1 > failed {
        println!("{}", plan.last_words());
        folder.keep();
    }
    server.kill().await?;
    if let Some(cluster) = cluster {
        cluster.down().await?;
    }
    outcome
}

/// Where the store's bytes lie.
struct Files {
    data: PathBuf,
    cluster: Option<PathBuf>,
}

impl Files {
    /// Which of some words are in any file, each with the file.
    fn holding(&self, words: &[&str]) -> Result<Vec<String>, Fault> {
        let mut found = Vec::new();
        for root in [Some(&self.data), self.cluster.as_ref()].into_iter().flatten() {
            let mut folders = vec![root.clone()];
            while let Some(folder) = folders.pop() {
                for entry in std::fs::read_dir(&folder)? {
                    let path = entry?.path();
                    if path.is_dir() {
                        folders.push(path);
                    } else if let Ok(bytes) = std::fs::read(&path) {
                        found.extend(words.iter().filter(|word| holds(&bytes, word)).map(|word| told(word, &path)));
                    }
                }
            }
        }
        Ok(found)
    }
}

fn told(word: &str, path: &Path) -> String {
    format!("{word} in {}", path.display())
}

/// Whether a word is in some bytes, in whichever case.
fn holds(bytes: &[u8], word: &str) -> bool {
    let Some(first) = word.bytes().next() else { return false };
    let starts = bytes.iter().enumerate().filter(|(_, byte)| byte.eq_ignore_ascii_case(&first));
    starts
        .map(|(at, _)| bytes.get(at..at + word.len()))
        .any(|part| part.is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes())))
}

async fn carry_out(
    program: &Program,
    line: &Line,
    cluster: Option<&Cluster>,
    files: &Files,
    witness: &WitnessProcess,
    report: &mut Report,
) -> Result<(), Fault> {
    for number in 0..OTHERS {
        writes(program, line, &format!("+1312555{number:04}"), &format!("other {number} asks"), "SMother", number)
            .await?;
        if number == OTHERS / 2 {
            plant(program, line).await?;
        }
    }
    let customer = customer(program).await?;
    until("the words can be found", 30, 100, || async {
        Ok(!program.get("/search?q=searchableword8").await?["items"].as_array().is_none_or(Vec::is_empty))
    })
    .await?;
    settle(cluster, false).await?;
    let before = files.holding(&PLANTED)?;
    let seen = PLANTED.iter().filter(|word| before.iter().any(|found| found.starts_with(*word))).count();
    report.check(
        seen == PLANTED.len(),
        format!("erasure: {seen} of {} planted words lie in the files before", PLANTED.len()),
    );

    let wished = program.request(Method::POST, &format!("/customers/{customer}/erasure"));
    let wish = ask(wished).await?.good("the wish")?;
    let path = format!("/erasures/{}", text(&wish, "id")?);
    until("the erasure is done", 60, 50, || async { Ok(program.get(&path).await?["state"] == "done") }).await?;
    settle(cluster, true).await?;
    let mut after = files.holding(&PLANTED)?;
    for _ in 0..100 {
        // SQLite puts its log away as soon as nothing is written for a moment.
        if after.is_empty() {
            break;
        }
        pause(100).await;
        after = files.holding(&PLANTED)?;
    }
    report.none("erasure: none of them lies in any file after it", &after);

    let others = program.get("/customers?limit=200").await?;
    let left = others["items"].as_array().map_or(0, Vec::len);
    report.check(left == OTHERS, format!("erasure: the {left} other customers are there"));
    sending(program, true).await?;
    let before = witness.total().await?;
    let text = json!({ "to": ADA, "inbox_id": line.inbox, "body": "anybody there?", "purpose": "transactional" });
    let sent = program.post("/messages", &text).await?;
    let code = sent.pointer("/message/reason/code").and_then(Value::as_str).unwrap_or("sent");
    report.check(code == "opted_out", format!("erasure: a text to the number is refused ({code})"));
    report.check(witness.total().await? == before, "erasure: nothing reaches the provider");
    Ok(())
}

async fn writes(program: &Program, line: &Line, from: &str, body: &str, sid: &str, n: usize) -> Result<(), Fault> {
    let text =
        Text { sid: format!("{sid}{n:030}"), from: from.to_owned(), to: line.number.clone(), body: body.to_owned() };
    ask(line.webhook(program, &text)).await?.good("a customer's text").map(|_| ())
}

/// Puts each word where it belongs.
async fn plant(program: &Program, line: &Line) -> Result<(), Fault> {
    for n in 0..20 {
        writes(program, line, ADA, &format!("wombatinbound question {n}, searchableword8"), "SMplanted", n).await?;
    }
    let customer = customer(program).await?;
    let change = json!({ "name": "Zephyrine Quill", "notes": "a quibblenote about the customer" });
    let changed = program.request(Method::PATCH, &format!("/customers/{customer}")).json(&change);
    ask(changed).await?.good("name and notes")?;
    let talk = program.get(&format!("/customers/{customer}")).await?;
    let talk = talk.pointer("/conversations/0/id").and_then(Value::as_str).ok_or("no conversation")?.to_owned();
    let notes = format!("/conversations/{talk}/notes");
    program.post(&notes, &json!({ "body": "sotto-voce-9" })).await?;
    keyed(program, &notes, &json!({ "body": "keptnote66" })).await?;
    let answer = json!({ "to": ADA, "inbox_id": line.inbox, "body": "wombatbelow answer", "purpose": "transactional" });
    keyed(program, "/messages", &answer).await?;
    let one = json!({ "to": ADA, "inbox_id": line.inbox, "body": "batchwords77", "purpose": "transactional" });
    keyed(program, "/messages/batch", &json!({ "items": [one] })).await?;
    sending(program, false).await?;
    let waits = json!({ "to": ADA, "inbox_id": line.inbox, "body": "waitingwords31", "purpose": "transactional" });
    program.post("/messages", &waits).await?;
    let consent = json!({
        "address": ADA, "permits": "marketing", "action": "grant", "proof": "written", "method": "web_form",
        "disclosure": { "locale": "en-US", "text": "Yes to texts from Acme." },
        "evidence": { "ip": "198.51.100.77", "session": "shopsession55" },
    });
    program.post("/consents", &consent).await?;
    Ok(())
}

/// Lets texts leave, or not.
async fn sending(program: &Program, on: bool) -> Result<(), Fault> {
    let turned = program.request(Method::PUT, "/sending/workspace").json(&json!({ "stopped": !on }));
    ask(turned).await?.good("the switch").map(|_| ())
}

/// A request whose answer is kept.
async fn keyed(program: &Program, path: &str, body: &Value) -> Result<(), Fault> {
    let asked = program.request(Method::POST, path).header("Idempotency-Key", format!("erasure:{path}"));
    ask(asked.json(body)).await?.good(path).map(|_| ())
}

async fn customer(program: &Program) -> Result<String, Fault> {
    let found = program.get("/customers?q=2125550101").await?;
    let id = found.pointer("/items/0/id").and_then(Value::as_str);
    id.map(str::to_owned).ok_or_else(|| "the customer is not there".into())
}

/// Brings what was written onto the disk, and with `clean` does what docs/privacy.md tells an operator to.
async fn settle(cluster: Option<&Cluster>, clean: bool) -> Result<(), Fault> {
    let Some(cluster) = cluster else { return Ok(()) };
    if clean {
        cluster.sql(&["vacuum (full, analyze)", "vacuum full pg_statistic"]).await?;
    }
    cluster.sql(&["checkpoint", "select pg_switch_wal()", "checkpoint"]).await
}
