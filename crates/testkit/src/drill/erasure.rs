//! An erasure, to the last byte: what is planted of one customer among many is
//! searched for in every file of the store after it, in the copies made before it once their
//! term is over, and in what is put back from such a copy.

use super::bytes::{Needle, Place, holding, named};
use super::client::{Program, Text, ask, http};
use super::cluster::{Cluster, is_root};
use super::copies;
use super::place::{Folder, binary};
use super::process::{Server, ServerPlan, WitnessPlan, WitnessProcess, free_port};
use super::shop::{Line, TOKEN, text};
use super::{Fault, Report, pause, shop, until};
use crate::witness::picture;
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
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

/// What docs/privacy.md tells an operator of PostgreSQL to do after an erasure.
pub(super) const CLEAN: [&str; 2] = ["vacuum (full, analyze)", "vacuum full pg_statistic"];
/// What brings the rows of PostgreSQL onto the disk.
pub(super) const SETTLE: [&str; 3] = ["checkpoint", "select pg_switch_wal()", "checkpoint"];
/// The name of the picture they sent, in the address it was brought home from.
const PICTURE: &str = "wombatpicture";

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
    let store = Place {
        roots: [Some(plan.data.clone()), cluster.as_ref().map(|_| place.join("data"))].into_iter().flatten().collect(),
        copies: plan.data.join("backups"),
    };
    let drill = Drill { plan: &plan, program: &program, line: &line, witness: &witness, cluster: cluster.as_ref() };
    let outcome = drill.carry_out(&store, &mut server, folder.path(), report).await;
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

/// What the drill works with.
struct Drill<'a> {
    plan: &'a ServerPlan,
    program: &'a Program,
    line: &'a Line,
    witness: &'a WitnessProcess,
    cluster: Option<&'a Cluster>,
}

impl Drill<'_> {
    async fn carry_out(
        &self,
        store: &Place,
        server: &mut Server,
        folder: &Path,
        report: &mut Report,
    ) -> Result<(), Fault> {
        let (program, line) = (self.program, self.line);
        for number in 0..OTHERS {
            let from = format!("+1312555{number:04}");
            writes(program, line, &from, &format!("other {number} asks"), "SMother", number).await?;
            if number == OTHERS / 2 {
                plant(program, line, self.witness).await?;
            }
        }
        let customer = customer(program).await?;
        until("the words can be found", 30, 100, || async {
            Ok(!program.get("/search?q=searchableword8").await?["items"].as_array().is_none_or(Vec::is_empty))
        })
        .await?;
        let picture = brought_home(program, &customer).await?;
        let planted: Vec<Needle> = PLANTED.iter().chain([&PICTURE]).map(|word| Needle::word(word)).collect();
        let planted: Vec<Needle> = planted.into_iter().chain(Needle::pieces("the picture", &picture)).collect();

        settle(self.cluster, false).await?;
        let before = holding(&store.store()?, &planted)?;
        told_before(report, "the store's files", &before);
        let hidden = holding(&store.store()?, &[Needle::word(picture::METADATA)])?;
        report.none("erasure: what hides in a picture is not kept", &hidden);
        // One that somebody asked for, and one as a step of the schema makes it.
        let copy = copies::make(self.plan).await?;
        let step = store.copies.join("before-0001.db");
        std::fs::copy(&copy, &step)?;
        for copy in [&copy, &step] {
            told_before(report, &file_name(copy), &holding(std::slice::from_ref(copy), &planted)?);
        }

        let wished = program.request(Method::POST, &format!("/customers/{customer}/erasure"));
        let wish = ask(wished).await?.good("the wish")?;
        let path = format!("/erasures/{}", text(&wish, "id")?);
        until("the erasure is done", 60, 50, || async { Ok(program.get(&path).await?["state"] == "done") }).await?;
        settle(self.cluster, true).await?;
        let mut after = holding(&store.store()?, &planted)?;
        for _ in 0..100 {
            // SQLite puts its log away as soon as nothing is written for a moment.
            if after.is_empty() {
                break;
            }
            pause(100).await;
            after = holding(&store.store()?, &planted)?;
        }
        report.none("erasure: none of them lies in any file after it", &after);

        let others = program.get("/customers?limit=200").await?;
        let left = others["items"].as_array().map_or(0, Vec::len);
        report.check(left == OTHERS, format!("erasure: the {left} other customers are there"));

        copies::put_back(self.plan, self.cluster, &copy, folder, &planted, report).await?;
        copies::over_their_term(self.plan, server, &program.client, &store.copies, &planted, report).await?;
        settle(self.cluster, false).await?;
        report.none("erasure: none of them lies in any file or copy then", &holding(&store.all()?, &planted)?);

        // The text that is tried holds the number anew, so it comes last.
        sending(program, true).await?;
        self.refused(report).await
    }

    /// A text to the number does not leave.
    async fn refused(&self, report: &mut Report) -> Result<(), Fault> {
        let before = self.witness.total().await?;
        let text =
            json!({ "to": ADA, "inbox_id": self.line.inbox, "body": "anybody there?", "purpose": "transactional" });
        let sent = self.program.post("/messages", &text).await?;
        let code = sent.pointer("/message/reason/code").and_then(Value::as_str).unwrap_or("sent");
        report.check(code == "opted_out", format!("erasure: a text to the number is refused ({code})"));
        report.check(self.witness.total().await? == before, "erasure: nothing reaches the provider");
        Ok(())
    }
}

/// Notes whether all that is planted was found, so that finding nothing later means something.
fn told_before(report: &mut Report, place: &str, found: &[String]) {
    let words = PLANTED.iter().filter(|word| named(found, word)).count();
    let picture = named(found, PICTURE) && named(found, "the picture");
    report.check(
        words == PLANTED.len() && picture,
        format!(
            "erasure: {words} of {} planted words lie in {place} before{}",
            PLANTED.len(),
            if picture { ", and the picture" } else { ", the picture does not" }
        ),
    );
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The bytes of the picture that a customer sent, once it is kept.
async fn brought_home(program: &Program, customer: &str) -> Result<Vec<u8>, Fault> {
    let thread = format!("/conversations/{}/messages?limit=100", talk(program, customer).await?);
    let kept = || async {
        let thread = program.get(&thread).await?;
        let texts = thread["items"].as_array().into_iter().flatten();
        let mut media = texts.filter_map(|text| text.pointer("/media/0"));
        let here = media.find(|one| one["bytes"].as_i64().is_some_and(|bytes| bytes > 0));
        here.map(|one| text(one, "id")).transpose()
    };
    until("the picture is brought home", 30, 100, || async { Ok(kept().await?.is_some()) }).await?;
    let id = kept().await?.ok_or("the picture is gone")?;
    let answer = program.request(Method::GET, &format!("/media/{id}")).send().await?.error_for_status()?;
    Ok(answer.bytes().await?.to_vec())
}

async fn writes(program: &Program, line: &Line, from: &str, body: &str, sid: &str, n: usize) -> Result<(), Fault> {
    let text =
        Text { sid: format!("{sid}{n:030}"), from: from.to_owned(), to: line.number.clone(), body: body.to_owned() };
    ask(line.webhook(program, &text)).await?.good("a customer's text").map(|_| ())
}

/// Puts each word where it belongs.
async fn plant(program: &Program, line: &Line, witness: &WitnessProcess) -> Result<(), Fault> {
    for n in 0..20 {
        writes(program, line, ADA, &format!("wombatinbound question {n}, searchableword8"), "SMplanted", n).await?;
    }
    let picture =
        format!("{}/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages/MM1/Media/{PICTURE}", witness.url);
    let sent = Text {
        sid: format!("MMplanted{:025}", 0),
        from: ADA.to_owned(),
        to: line.number.clone(),
        body: "look at wombatinbound".to_owned(),
    };
    let url = format!("{}{}", program.base, line.inbound);
    ask(sent.webhook_with(&program.client, &url, TOKEN, Some(&picture))).await?.good("a customer's picture")?;
    let customer = customer(program).await?;
    let change = json!({ "name": "Zephyrine Quill", "notes": "a quibblenote about the customer" });
    let changed = program.request(Method::PATCH, &format!("/customers/{customer}")).json(&change);
    ask(changed).await?.good("name and notes")?;
    let talk = talk(program, &customer).await?;
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

async fn talk(program: &Program, customer: &str) -> Result<String, Fault> {
    let shown = program.get(&format!("/customers/{customer}")).await?;
    let id = shown.pointer("/conversations/0/id").and_then(Value::as_str);
    id.map(str::to_owned).ok_or_else(|| "no conversation".into())
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
        cluster.sql(&CLEAN).await?;
    }
    cluster.sql(&SETTLE).await
}
