//! The disk runs full: what cannot be kept is not accepted, and what was accepted is kept.

use super::client::{Answer, Program, Text, ask, http};
use super::cluster::{Cluster, Disk, is_root};
use super::place::{Folder, binary};
use super::process::{ServerPlan, WitnessPlan, WitnessProcess, free_port};
use super::shop::Line;
use super::thread;
use super::traffic::{message_id, phone};
use super::{Fault, Report, check, pause, shop, until};
use crate::sim::random::Random;
use serde_json::json;
use std::collections::HashMap;
use store::Engine;

/// Whether a disk of our own can be mounted.
/// Requests after which the disk must have run full.
const TRIES_MAX: usize = 6_000;
/// Room left when the filling begins, in bytes.
const LEFT: u64 = 1_200_000;

/// Fills the disk under a server, and makes room again.
///
/// # Errors
/// The drill could not be carried out.
pub async fn run(on: Engine, seed: u64, report: &mut Report) -> Result<(), Fault> {
    if !is_root().await {
        report.skip("full disk: only root may mount a small disk");
        return Ok(());
    }
    let client = http()?;
    let mut folder = Folder::new("full_disk")?;
    let disk = match Disk::mount(&folder.path().join("disk"), if on == Engine::Sqlite { 24 } else { 160 }).await {
        Ok(disk) => disk,
        Err(error) => {
            report.skip(format!("full disk: no small disk can be mounted here ({error})"));
            return Ok(());
        }
    };
    let cluster = match on {
        Engine::Sqlite => None,
        Engine::Postgres => Some(Cluster::start(disk.path()).await?),
    };
    let plan = ServerPlan {
        binary: binary(),
        data: if on == Engine::Sqlite { disk.path().join("data") } else { folder.path().join("data") },
        database: cluster.as_ref().map(Cluster::url),
        port: free_port()?,
        log: folder.path().join("server.log"),
        more: Vec::new(),
    };
    let witness = WitnessProcess::start("full", &WitnessPlan::default(), folder.path(), &client).await?;
    let mut server = plan.start()?;
    let program = shop::open(&plan, &mut server, &client).await?;
    let line = shop::line(&program, &witness, "+18885550100", false).await?;
    let failed = report.counts().1;
    let outcome = starve(&disk, cluster.as_ref(), &program, &line, &witness, seed, report).await;
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

/// What was accepted and what was not.
#[derive(Default)]
struct Fed {
    inbound: Vec<String>,
    sends: Vec<(String, String)>,
    refused_inbound: usize,
    refused_sends: usize,
    wrong: Vec<String>,
}

async fn starve(
    disk: &Disk,
    cluster: Option<&Cluster>,
    program: &Program,
    line: &Line,
    witness: &WitnessProcess,
    seed: u64,
    report: &mut Report,
) -> Result<(), Fault> {
    let mut feeder = Feeder { program, line, random: Random::new(seed), number: 0, fed: Fed::default() };
    for _ in 0..20 {
        feeder.feed().await;
    }
    report.check(
        feeder.fed.inbound.len() == 20 && feeder.fed.sends.len() == 20,
        "full disk: with room, everything is accepted",
    );
    disk.fill(LEFT)?;
    while feeder.number < TRIES_MAX && (feeder.fed.refused_inbound < 10 || feeder.fed.refused_sends < 10) {
        feeder.feed().await;
    }
    report.figure("full disk: items accepted before it was full", feeder.fed.inbound.len() + feeder.fed.sends.len());
    report.check(feeder.fed.refused_inbound >= 10, "full disk: customers' texts get 503 with Retry-After");
    report.check(feeder.fed.refused_sends >= 10, "full disk: sends get 503 with Retry-After");
    report.none("full disk: no other answer is given", &feeder.fed.wrong);
    let alive = ask(program.client.get(format!("{}/healthz", program.base)))
        .await
        .is_ok_and(|answer| answer.status.is_success());
    report.check(alive, "full disk: the server lives on");

    disk.free()?;
    if let Some(cluster) = cluster {
        // PostgreSQL itself may have ended; whoever made room starts it again.
        cluster.up().await?;
    }
    let (inbound, sends) = (feeder.fed.inbound.len(), feeder.fed.sends.len());
    for _ in 0..300 {
        feeder.feed().await;
        if feeder.fed.inbound.len() >= inbound + 10 && feeder.fed.sends.len() >= sends + 10 {
            break;
        }
        pause(100).await;
    }
    report.check(
        feeder.fed.inbound.len() >= inbound + 10 && feeder.fed.sends.len() >= sends + 10,
        "full disk: with room again, it accepts again by itself",
    );
    judge(program, witness, &feeder.fed, report).await
}

struct Feeder<'a> {
    program: &'a Program,
    line: &'a Line,
    random: Random,
    number: usize,
    fed: Fed,
}

impl Feeder<'_> {
    /// One text each way, tried once.
    async fn feed(&mut self) {
        self.number += 1;
        let long = "a long story about a tent and the rain, ".repeat(20);
        let text = Text {
            sid: format!("SM{:016x}{:016x}", self.random.next(), self.number),
            from: phone(312, self.number % 7),
            to: self.line.number.clone(),
            body: format!("{} {long}", self.number),
        };
        match ask(self.line.webhook(self.program, &text)).await {
            Ok(answer) if answer.status.is_success() => self.fed.inbound.push(text.body),
            Ok(answer) if is_full(&answer) => self.fed.refused_inbound += 1,
            Ok(answer) => self.fed.wrong.push(format!("text {}: {} {}", self.number, answer.status, answer.body)),
            Err(error) => self.fed.wrong.push(format!("text {}: {error}", self.number)),
        }
        let id = message_id(&mut self.random);
        let body = format!("Answer {} {}", self.number, long.get(..600).unwrap_or_default());
        let send = json!({
            "message_id": id, "inbox_id": self.line.inbox, "to": phone(646, self.number % 7), "body": body, "purpose": "otp",
        });
        let request =
            self.program.request(reqwest::Method::POST, "/messages").header("Idempotency-Key", &id).json(&send);
        match ask(request).await {
            Ok(answer) if answer.status.is_success() => self.fed.sends.push((id, body)),
            Ok(answer) if is_full(&answer) => self.fed.refused_sends += 1,
            Ok(answer) => self.fed.wrong.push(format!("send {}: {} {}", self.number, answer.status, answer.body)),
            Err(error) => self.fed.wrong.push(format!("send {}: {error}", self.number)),
        }
    }
}

fn is_full(answer: &Answer) -> bool {
    answer.status.as_u16() == 503 && answer.retry_after_s.is_some()
}

async fn judge(program: &Program, witness: &WitnessProcess, fed: &Fed, report: &mut Report) -> Result<(), Fault> {
    let drained = until("the outbox drains", 120, 500, || async {
        let threads = thread::all(program).await?;
        Ok(!threads.iter().flat_map(|thread| &thread.messages).any(thread::Message::waits))
    });
    report.check(drained.await.is_ok(), "full disk: with room again, what waits leaves by itself");
    let threads = thread::all(program).await?;
    let messages = || threads.iter().flat_map(|thread| &thread.messages);
    let mut inbound: HashMap<&str, usize> = HashMap::new();
    for message in messages().filter(|message| message.kind == "inbound") {
        *inbound.entry(&message.body).or_default() += 1;
    }
    let wrong: Vec<String> = fed
        .inbound
        .iter()
        .filter(|body| inbound.get(body.as_str()) != Some(&1))
        .map(|body| body.chars().take(8).collect())
        .collect();
    report.none("full disk: every accepted text is there exactly once", &wrong);
    let sends: HashMap<&str, &str> = messages()
        .filter(|message| message.kind == "outbound")
        .map(|message| (message.id.as_str(), message.state.as_str()))
        .collect();
    let missing: Vec<String> =
        fed.sends.iter().filter(|(id, _)| !sends.contains_key(id.as_str())).map(|(id, _)| id.clone()).collect();
    report.none("full disk: every accepted send is there", &missing);
    let journal = witness.journal()?;
    let mut left: HashMap<&str, usize> = HashMap::new();
    for entry in journal.iter().filter(|entry| entry.verdict.left()) {
        *left.entry(&entry.body_sha256).or_default() += 1;
    }
    let wrong: Vec<String> = fed
        .sends
        .iter()
        .map(|(id, body)| {
            (
                id,
                sends.get(id.as_str()).copied().unwrap_or(""),
                left.get(check::digest(body).as_str()).copied().unwrap_or(0),
            )
        })
        .filter(|(_, state, times)| *times > 1 || (*state != "ambiguous" && *times != 1))
        .map(|(id, state, times)| format!("{id} is {state} and left {times} times"))
        .collect();
    report.none("full disk: every accepted send left exactly once, bar what is shown as ambiguous", &wrong);
    let ambiguous = sends.values().filter(|state| **state == "ambiguous").count();
    report.figure("full disk: ambiguous, their answers found no room", ambiguous);
    Ok(())
}
