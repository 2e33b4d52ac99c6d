//! STOP while a thousand texts wait, and two servers hand them over.

use super::client::{Program, Text, ask, http};
use super::place::Home;
use super::process::{ServerPlan, WitnessPlan, WitnessProcess, free_port};
use super::thread::{self, Message};
use super::traffic::message_id;
use super::{Fault, Report, check, pause, shop, unix_ms, until};
use crate::sim::random::Random;
use crate::witness::Entry;
use channels::channel::Channel as _;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use store::Engine;
use tokio::task::JoinSet;

/// Texts that wait for one customer.
const WAITING: usize = 1_000;
/// Fewer than that still waiting when STOP comes would prove little.
const STILL_WAITING_MIN: usize = 400;
/// How long the witness takes to answer, in ms, so that texts wait.
const DELAY_MS: u64 = 2_000;
/// The customer.
const CUSTOMER: &str = "+13125550142";
/// Our number.
const NUMBER: &str = "+18885550100";

/// Two servers on one PostgreSQL database; STOP is posted to the first.
///
/// # Errors
/// The drill could not be carried out.
pub async fn run(seed: u64, report: &mut Report) -> Result<(), Fault> {
    let client = http()?;
    let failed = report.counts().1;
    let mut home = Home::new(Engine::Postgres, "stop").await?;
    let plan = WitnessPlan { delay_ms: DELAY_MS, ..WitnessPlan::default() };
    let witness = WitnessProcess::start("stop", &plan, home.folder.path(), &client).await?;
    let mut first = home.server.start()?;
    let program = shop::open(&home.server, &mut first, &client).await?;
    let line = shop::line(&program, &witness, NUMBER, false).await?;
    let second_plan = beside(&home)?;
    let mut second = second_plan.start()?;
    second_plan.ready(&mut second, &client).await?;
    let other = program.at(&second_plan.url());

    let mut random = Random::new(seed);
    let said = |random: &mut Random, body: &str| Text {
        sid: format!("SM{:016x}{:016x}", random.next(), random.next()),
        from: CUSTOMER.to_owned(),
        to: NUMBER.to_owned(),
        body: body.to_owned(),
    };
    // Within a day of their text, our answers may leave at any hour.
    let hello = said(&mut random, "Hi, is the tent back in stock?");
    ask(line.webhook(&program, &hello)).await?.good("a text")?;
    let sends: Vec<(String, String)> =
        (0..WAITING).map(|at| (message_id(&mut random), format!("Tent news {at}"))).collect();
    send_all(&[program.clone(), other.clone()], &line.inbox, &sends).await?;

    let stop = said(&mut random, "STOP");
    // Amid a round of hand-overs, where claims and the opt-out meet.
    let seen = witness.total().await?;
    until("a round of hand-overs begins", 20, 1, || async { Ok(witness.total().await? > seen) }).await?;
    let before = unix_ms();
    ask(line.webhook(&program, &stop)).await?.good("STOP")?;
    let after = unix_ms();
    until("nothing waits any more", 60, 300, || async { Ok(!ours(&program).await?.iter().any(Message::waits)) })
        .await?;
    // Longer than any submit that was under way can take.
    pause(DELAY_MS + 500).await;

    let messages = ours(&program).await?;
    let journal = witness.journal()?;
    let digests: HashMap<String, &Message> =
        messages.iter().map(|message| (check::digest(&message.body), message)).collect();
    let refused = messages.iter().filter(|message| message.state == "refused").count();
    report.figure("STOP: texts that had reached the witness", journal.len());
    report.figure("STOP: texts refused while they waited", refused);
    report.figure("STOP: the webhook's answer", format!("{} ms", after - before));
    report.check(refused >= STILL_WAITING_MIN, format!("STOP: {refused} texts were still waiting for the customer"));
    report.check(
        messages.iter().filter(|message| sent_by(message, "api")).count() == WAITING,
        format!("STOP: all {WAITING} texts are kept, with what became of them"),
    );
    let wire = domain::limits::HAND_OVER_MS;
    let late =
        journal.iter().filter(|entry| entry.at > after + wire).map(|entry| format!("{} ms after", entry.at - after));
    report.none("STOP: nothing reaches the witness later than 250 ms after its commit", &late.collect::<Vec<_>>());
    let last = journal.iter().map(|entry| entry.at).max().unwrap_or(0);
    report.figure("STOP: the last submit came", format!("{} ms after its answer", last - after));
    unmarked(report, &journal, &digests, after);
    let mut claimed = Vec::new();
    for message in
        messages.iter().filter(|message| digests_left(&journal).contains(check::digest(&message.body).as_str()))
    {
        if thread::cleared_at(&program, &message.id).await?.is_some_and(|at| at > after) {
            claimed.push(message.id.clone());
        }
    }
    report.none("STOP: the gate of neither server lets anything out after its commit", &claimed);
    confirmations(report, &messages);
    start_again(report, &program, &line, &said(&mut random, "START"), &witness).await?;
    if report.counts().1 > failed {
        home.folder.keep();
    }
    Ok(())
}

/// A second server on the same database, with the same key.
fn beside(home: &Home) -> Result<ServerPlan, Fault> {
    let data = home.folder.path().join("data-2");
    std::fs::create_dir_all(&data)?;
    for file in std::fs::read_dir(&home.server.data)? {
        let file = file?;
        if file.file_type()?.is_file() {
            std::fs::copy(file.path(), data.join(file.file_name()))?;
        }
    }
    Ok(ServerPlan { data, port: free_port()?, log: home.folder.path().join("server-2.log"), ..home.server.clone() })
}

async fn send_all(servers: &[Program], inbox: &str, sends: &[(String, String)]) -> Result<(), Fault> {
    let mut tasks = JoinSet::new();
    for (share, program) in sends.chunks(sends.len().div_ceil(16).max(1)).zip(servers.iter().cycle()) {
        let (share, program, inbox) = (share.to_vec(), program.clone(), inbox.to_owned());
        tasks.spawn(async move {
            for (id, body) in share {
                let send = json!({ "message_id": id, "inbox_id": inbox, "to": CUSTOMER, "body": body, "purpose": "conversational" });
                program.post("/messages", &send).await?;
            }
            Ok::<_, Fault>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

/// The customer's thread, our side of it.
async fn ours(program: &Program) -> Result<Vec<Message>, Fault> {
    let threads = thread::all(program).await?;
    let all = threads.into_iter().filter(|thread| thread.address == CUSTOMER).flat_map(|thread| thread.messages);
    Ok(all.filter(|message| message.kind == "outbound").collect())
}

fn sent_by(message: &Message, kind: &str) -> bool {
    message.author.as_ref().is_some_and(|author| author.kind == kind)
}

fn digests_left(journal: &[Entry]) -> HashSet<&str> {
    journal.iter().filter(|entry| entry.verdict.left()).map(|entry| entry.body_sha256.as_str()).collect()
}

/// A text that came to the witness after the commit was claimed before it, and says so.
fn unmarked(report: &mut Report, journal: &[Entry], digests: &HashMap<String, &Message>, after: i64) {
    let wrong: Vec<String> = journal
        .iter()
        .filter(|entry| entry.at > after)
        .filter(|entry| digests.get(&entry.body_sha256).is_none_or(|message| !message.in_flight_at_opt_out))
        .map(|entry| format!("submit {}", entry.number))
        .collect();
    report.none("STOP: whatever still reached the witness is marked as in flight at the opt-out", &wrong);
    let refused = digests.iter().filter(|(_, message)| message.state == "refused");
    let left = digests_left(journal);
    let wrong: Vec<String> =
        refused.filter(|(body, _)| left.contains(body.as_str())).map(|(_, message)| message.id.clone()).collect();
    report.none("STOP: nothing refused had left", &wrong);
}

/// One confirmation in all: the provider's own where it has one, else ours.
fn confirmations(report: &mut Report, messages: &[Message]) {
    let ours = messages.iter().filter(|message| sent_by(message, "system")).count();
    let theirs = channels::http::HttpClient::new(channels::http::Reach::Public)
        .is_ok_and(|http| channels::twilio::Twilio::new(http).capabilities().answers_stop_itself);
    report.check(
        ours + usize::from(theirs) == 1,
        format!("STOP: one confirmation ({ours} by Hark, {} by the provider)", u8::from(theirs)),
    );
}

/// START lets later texts pass; what was refused stays refused.
async fn start_again(
    report: &mut Report,
    program: &Program,
    line: &shop::Line,
    start: &Text,
    witness: &WitnessProcess,
) -> Result<(), Fault> {
    let refused = |messages: &[Message]| messages.iter().filter(|message| message.state == "refused").count();
    let before = refused(&ours(program).await?);
    ask(line.webhook(program, start)).await?.good("START")?;
    let later = json!({ "inbox_id": line.inbox, "to": CUSTOMER, "body": "Welcome back, the tent is here", "purpose": "conversational" });
    program.post("/messages", &later).await?;
    let wanted = check::digest("Welcome back, the tent is here");
    let came = until("a later text leaves", 20, 100, || async {
        Ok(witness.journal()?.iter().any(|entry| entry.body_sha256 == wanted))
    });
    report.check(came.await.is_ok(), "START: a later text leaves");
    report.check(refused(&ours(program).await?) == before, "START: what was refused stays refused");
    Ok(())
}
