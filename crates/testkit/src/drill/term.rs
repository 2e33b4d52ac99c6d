//! SIGTERM amid traffic: the server ends in good order, and in time.

use super::client::http;
use super::place::Home;
use super::process::{WitnessPlan, WitnessProcess};
use super::traffic::{Script, Traffic};
use super::{Fault, Report, check, pause, shop, thread, unix_ms, until};
use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::Engine;

/// Texts each way.
const ITEMS: usize = 120;
/// How long the server may take to end, in ms.
const END_MS: i64 = 10_000;
/// Texts each way to a provider that hangs.
const FEW: usize = 8;
/// How long a provider hangs, in ms: longer than anybody waits.
const HANGS_MS: u64 = 30_000;
/// How long after the signal a claim's submit may reach the witness, in ms.
const HAND_OVER_MS: i64 = domain::limits::HAND_OVER_MS;

/// Ends a server in good order while it has much to do.
///
/// # Errors
/// The drill could not be carried out.
pub async fn run(on: Engine, seed: u64, report: &mut Report) -> Result<(), Fault> {
    let client = http()?;
    let mut home = Home::new(on, "term").await?;
    // Slow enough that hand-overs are under way when the signal comes.
    let plan = WitnessPlan { delay_ms: 700, ..WitnessPlan::default() };
    let witness = WitnessProcess::start("term", &plan, home.folder.path(), &client).await?;
    let mut server = home.server.start()?;
    let program = shop::open(&home.server, &mut server, &client).await?;
    let line = shop::line(&program, &witness, "+18885550100", false).await?;
    let script = Script::new(seed, ITEMS, std::slice::from_ref(&line));
    let bodies: Vec<(String, String)> = script.sends.iter().map(|send| (send.id.clone(), send.body.clone())).collect();
    let traffic = Traffic::start(seed, script, &program);
    let mut stream = client
        .get(format!("{}/api/v1/live", program.base))
        .bearer_auth(&program.secret)
        .timeout(Duration::from_secs(120))
        .send()
        .await?;
    let heard = tokio::spawn(async move {
        let mut bytes = 0;
        while let Ok(Some(piece)) = stream.chunk().await {
            bytes += piece.len();
        }
        (bytes, unix_ms())
    });

    traffic.allow(ITEMS);
    let answers = std::sync::Arc::clone(&traffic.answers);
    until("hand-overs are under way", 60, 2, || async {
        Ok(witness.total().await? >= 8 && answers.load(Ordering::Relaxed) >= ITEMS as u64 / 2)
    })
    .await?;
    let asked = unix_ms();
    server.terminate().await?;
    let ended = tokio::time::timeout(Duration::from_secs(30), server.ended()).await;
    let took = unix_ms() - asked;
    report.figure("SIGTERM: time until the server had ended", format!("{took} ms"));
    match ended {
        Ok(status) => {
            let status = status?;
            report.check(took <= END_MS, "SIGTERM: the server ends within 10 s");
            report.check(status.success(), format!("SIGTERM: it ends well ({status})"));
        }
        Err(_) => report.check(false, "SIGTERM: the server ends within 10 s"),
    }
    drop(server);
    let stream = tokio::time::timeout(Duration::from_secs(5), heard).await;
    let (bytes, at) = stream.map_err(|_| "the live stream did not end with the server")??;
    report.check(
        bytes > 0,
        format!("SIGTERM: the live stream told {bytes} bytes, and ended {} ms after the signal", at - asked),
    );
    let late: Vec<String> = witness
        .journal()?
        .iter()
        .filter(|entry| entry.at > asked + HAND_OVER_MS)
        .map(|entry| format!("submit {} came {} ms after", entry.number, entry.at - asked))
        .collect();
    report.none("SIGTERM: nothing reaches the witness later than 250 ms after the signal", &late);
    let before = witness.total().await?;

    let mut server = home.server.start()?;
    home.server.ready(&mut server, &client).await?;
    traffic.allow(ITEMS);
    let (answered, _) = traffic.finish(120).await?;
    report.none("SIGTERM: every answer was one the protocol knows", &answered.wrong);
    until("the outbox drains", 90, 300, || async {
        let threads = thread::all(&program).await?;
        Ok(!threads.iter().flat_map(|thread| &thread.messages).any(thread::Message::waits))
    })
    .await?;
    let threads = thread::all(&program).await?;
    let mut ambiguous = Vec::new();
    let mut claimed = Vec::new();
    for message in threads.iter().flat_map(|thread| &thread.messages).filter(|message| message.kind == "outbound") {
        if message.state == "ambiguous" {
            ambiguous.push(message.id.clone());
        }
        let between = thread::cleared_at(&program, &message.id).await?;
        if between.is_some_and(|at| at > asked + HAND_OVER_MS && at < asked + took) {
            claimed.push(message.id.clone());
        }
    }
    report.none("SIGTERM: hand-overs under way are finished, none is ambiguous", &ambiguous);
    report.none("SIGTERM: nothing is claimed after it", &claimed);
    let journal = witness.journal()?;
    let left: Vec<&str> =
        journal.iter().filter(|entry| entry.verdict.left()).map(|entry| entry.body_sha256.as_str()).collect();
    let once: HashSet<&str> = left.iter().copied().collect();
    let missing: Vec<String> = bodies
        .iter()
        .filter(|(_, body)| !once.contains(check::digest(body).as_str()))
        .map(|(id, _)| id.clone())
        .collect();
    report.none("SIGTERM: after the next start everything leaves", &missing);
    report.check(
        left.len() == once.len(),
        format!("SIGTERM: nothing left twice ({before} submits before, {} after)", left.len()),
    );
    if !ambiguous.is_empty() || !missing.is_empty() || !late.is_empty() {
        home.folder.keep();
    }
    pause(1).await;
    Ok(())
}

/// Ends a server whose provider has taken a text and says nothing.
///
/// # Errors
/// The drill could not be carried out.
pub async fn run_hanging(on: Engine, seed: u64, report: &mut Report) -> Result<(), Fault> {
    let client = http()?;
    let home = Home::new(on, "hang").await?;
    let plan = WitnessPlan { delay_ms: HANGS_MS, ..WitnessPlan::default() };
    let witness = WitnessProcess::start("hang", &plan, home.folder.path(), &client).await?;
    let mut server = home.server.start()?;
    let program = shop::open(&home.server, &mut server, &client).await?;
    let line = shop::line(&program, &witness, "+18885550100", false).await?;
    let script = Script::new(seed, FEW, std::slice::from_ref(&line));
    let traffic = Traffic::start(seed, script, &program);
    traffic.allow(2 * FEW);
    until("a submit hangs", 30, 5, || async { Ok(witness.total().await? >= 1) }).await?;
    let asked = unix_ms();
    server.terminate().await?;
    let ended = tokio::time::timeout(Duration::from_secs(30), server.ended()).await;
    let took = unix_ms() - asked;
    report.figure("SIGTERM, a provider hanging: time until the server had ended", format!("{took} ms"));
    let good = matches!(ended, Ok(Ok(status)) if status.success());
    report.check(good && took <= END_MS, "SIGTERM, a provider hanging: the server ends well within 10 s");
    if on == Engine::Sqlite {
        // A closed store leaves nothing beside its file.
        let left = home.server.data.join("hark.db-wal").exists();
        report.check(!left, "SIGTERM, a provider hanging: the store was closed in time");
    }
    Ok(())
}
