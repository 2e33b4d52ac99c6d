//! STOP, and START right after it, while texts are with a provider that refuses
//! some of them only when the customer has returned: none may be tried again.

use super::client::{Program, ask};
use super::place::Home;
use super::process::{WitnessPlan, WitnessProcess};
use super::stop::{cleared_after, ours, said, send_all, sent_by};
use super::thread::Message;
use super::traffic::message_id;
use super::{Fault, Report, check, pause, shop, unix_ms, until};
use crate::sim::random::Random;
use std::collections::HashSet;

/// Texts that wait for the customer.
const WAITING: usize = 300;
/// How long the witness takes to answer, in ms: time for both words.
const DELAY_MS: u64 = 2_000;
/// How many of a hundred submits it refuses for now.
const THROTTLE_PCT: u8 = 40;
/// The customer.
const CUSTOMER: &str = "+13125550143";
/// Our number.
const NUMBER: &str = "+18885550102";

pub(super) async fn run(
    report: &mut Report,
    random: &mut Random,
    home: &Home,
    client: &reqwest::Client,
    servers: &[Program; 2],
) -> Result<(), Fault> {
    let plan = WitnessPlan { delay_ms: DELAY_MS, throttle_pct: THROTTLE_PCT, ..WitnessPlan::default() };
    let witness = WitnessProcess::start("returns", &plan, home.folder.path(), client).await?;
    let [program, other] = servers;
    let line = shop::line(program, &witness, NUMBER, false).await?;
    let mut say = |body: &str| said(random, CUSTOMER, NUMBER, body);
    let (hello, stop, start) = (say("Hi, is the stove back in stock?"), say("STOP"), say("START"));
    ask(line.webhook(program, &hello)).await?.good("a text")?;
    let sends: Vec<(String, String)> =
        (0..WAITING).map(|at| (message_id(random), format!("Stove news {at}"))).collect();
    send_all(servers, &line.inbox, CUSTOMER, &sends).await?;
    let seen = witness.total().await?;
    until("a round of hand-overs begins", 20, 1, || async { Ok(witness.total().await? > seen) }).await?;
    ask(line.webhook(program, &stop)).await?.good("STOP")?;
    let after = unix_ms();
    // At the other server, before the provider has answered anything of this round.
    ask(line.webhook(other, &start)).await?.good("START")?;
    let settled = || async { Ok(!ours(program, CUSTOMER).await?.iter().any(Message::waits)) };
    until("nothing waits any more", 60, 300, settled).await?;
    pause(DELAY_MS + 500).await;

    let messages = ours(program, CUSTOMER).await?;
    let sent: Vec<&Message> = messages.iter().filter(|message| sent_by(message, "api")).collect();
    let came_back = sent.iter().filter(|message| message.in_flight_at_opt_out && message.state == "refused").count();
    report.figure("STOP and START: texts that came back from the provider after both", came_back);
    report.check(came_back > 0, format!("STOP and START: {came_back} texts came back after both"));
    report.check(sent.len() == WAITING, format!("STOP and START: all {WAITING} texts are kept"));
    let cleared = cleared_after(program, sent.iter().copied(), after).await?;
    report.none("STOP and START: the gate lets nothing out that was accepted before the STOP", &cleared);
    let known: HashSet<String> = sent.iter().map(|message| check::digest(&message.body)).collect();
    let latest = after + domain::limits::HAND_OVER_MS;
    let journal = witness.journal()?;
    let late = journal.iter().filter(|entry| entry.at > latest && known.contains(&entry.body_sha256));
    let late: Vec<String> = late.map(|entry| format!("{} ms after", entry.at - after)).collect();
    report.none("STOP and START: nothing of it reaches the witness later than 250 ms after the STOP", &late);
    Ok(())
}
