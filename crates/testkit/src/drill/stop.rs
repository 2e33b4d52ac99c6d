//! STOP while a thousand texts wait, and two servers hand them over.
//!
//! Twice: on a toll-free number, where the network in front of it confirms the
//! opt-out, and on a number whose provider was told to leave STOP to Hark.
//!
//! What came before the opt-out and what after is told by the order of commits
//! (see [`super::order`]), and each submit by the time of its own claim: the
//! webhook's answer comes later than the commit, and would let more pass.

use super::client::{Program, Text, ask, http};
use super::order::{self, Order};
use super::place::Home;
use super::process::{ServerPlan, WitnessPlan, WitnessProcess, free_port};
use super::thread::{self, Message};
use super::traffic::message_id;
use super::{Fault, Report, check, pause, returns, shop, unix_ms, until};
use crate::sim::random::Random;
use crate::witness::Entry;
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

/// Who confirms the opt-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Confirms {
    /// The network in front of toll-free numbers, whatever is set.
    Network,
    /// Hark, since the provider's own handling is switched off.
    Hark,
}

impl Confirms {
    /// Our number.
    const fn number(self) -> &'static str {
        match self {
            Self::Network => "+18885550100",
            Self::Hark => "+13125550100",
        }
    }

    const fn handling(self) -> &'static str {
        match self {
            Self::Network => "default",
            Self::Hark => "off",
        }
    }

    /// How many confirmations Hark owes.
    const fn by_hark(self) -> usize {
        match self {
            Self::Network => 0,
            Self::Hark => 1,
        }
    }

    /// How the checks are named.
    const fn name(self) -> &'static str {
        match self {
            Self::Network => "STOP, confirmed by the network",
            Self::Hark => "STOP, confirmed by Hark",
        }
    }
}

/// Two servers on one PostgreSQL database; STOP is posted to the first.
///
/// # Errors
/// The drill could not be carried out.
pub async fn run(seed: u64, report: &mut Report) -> Result<(), Fault> {
    for (at, confirms) in (0..).zip([Confirms::Network, Confirms::Hark]) {
        with(confirms, seed + at, report).await?;
    }
    Ok(())
}

async fn with(confirms: Confirms, seed: u64, report: &mut Report) -> Result<(), Fault> {
    let name = confirms.name();
    let client = http()?;
    let failed = report.counts().1;
    let mut home = Home::new(Engine::Postgres, "stop").await?;
    let plan = WitnessPlan { delay_ms: DELAY_MS, ..WitnessPlan::default() };
    let witness = WitnessProcess::start("stop", &plan, home.folder.path(), &client).await?;
    let mut first = home.server.start()?;
    let program = shop::open(&home.server, &mut first, &client).await?;
    let settings = json!({ "opt_out_handling": confirms.handling() });
    let line = shop::line_with(&program, &witness, confirms.number(), settings).await?;
    let second_plan = beside(&home)?;
    let mut second = second_plan.start()?;
    second_plan.ready(&mut second, &client).await?;
    let other = program.at(&second_plan.url());

    let mut random = Random::new(seed);
    let said = |random: &mut Random, body: &str| said(random, CUSTOMER, confirms.number(), body);
    // Within a day of their text, our answers may leave at any hour.
    let hello = said(&mut random, "Hi, is the tent back in stock?");
    ask(line.webhook(&program, &hello)).await?.good("a text")?;
    let sends: Vec<(String, String)> =
        (0..WAITING).map(|at| (message_id(&mut random), format!("Tent news {at}"))).collect();
    let servers = [program.clone(), other];
    send_all(&servers, &line.inbox, CUSTOMER, &sends).await?;

    let stop = said(&mut random, "STOP");
    // Amid a round of hand-overs, where claims and the opt-out meet.
    let seen = witness.total().await?;
    until("a round of hand-overs begins", 20, 1, || async { Ok(witness.total().await? > seen) }).await?;
    let before = unix_ms();
    ask(line.webhook(&program, &stop)).await?.good("STOP")?;
    let after = unix_ms();
    until("nothing waits any more", 60, 300, || async {
        Ok(!ours(&program, CUSTOMER).await?.iter().any(Message::waits))
    })
    .await?;
    // Longer than any submit that was under way can take.
    pause(DELAY_MS + 500).await;

    let messages = ours(&program, CUSTOMER).await?;
    let journal = witness.journal()?;
    let database = home.server.database.as_deref().ok_or("no PostgreSQL")?;
    let order = order::read(database, CUSTOMER).await?;
    let sent = Sent::new(&messages);
    let refused = messages.iter().filter(|message| message.state == "refused").count();
    report.figure(format!("{name}: texts that had reached the witness"), journal.len());
    report.figure(format!("{name}: texts refused while they waited"), refused);
    report.figure(format!("{name}: the webhook's answer"), format!("{} ms", after - before));
    report.check(refused >= STILL_WAITING_MIN, format!("{name}: {refused} texts were still waiting for the customer"));
    report.check(sent.ids.len() == WAITING, format!("{name}: all {WAITING} texts are kept, with what became of them"));
    report.check(
        (before..=after).contains(&order.at),
        format!("{name}: the opt-out was written down between its request and its answer"),
    );
    claims(report, name, &order, &sent.ids);
    on_time(report, name, &order, &journal, &sent);
    unmarked(report, name, &journal, &sent.digests, order.at);
    let words = confirmed(report, confirms, &journal, &messages, &order, &sent);
    let renewed = ask(line.webhook(&program, &said(&mut random, "STOP")));
    renewed.await?.good("a second STOP")?;
    start_again(report, name, &program, &line, &said(&mut random, "START"), &witness).await?;
    confirmed_once(report, confirms, &witness.journal()?, &words);
    if confirms == Confirms::Network {
        returns::run(report, &mut random, &home, &client, &servers).await?;
    }
    if report.counts().1 > failed {
        home.folder.keep();
    }
    Ok(())
}

/// The texts that were to be sent.
struct Sent<'a> {
    ids: Vec<String>,
    digests: HashMap<String, &'a Message>,
}

impl<'a> Sent<'a> {
    fn new(messages: &'a [Message]) -> Self {
        let ours = || messages.iter().filter(|message| sent_by(message, "api"));
        Self {
            ids: ours().map(|message| message.id.clone()).collect(),
            digests: ours().map(|message| (check::digest(&message.body), message)).collect(),
        }
    }
}

/// Of all texts, whatever became of them, none was claimed once the opt-out was committed.
fn claims(report: &mut Report, name: &str, order: &Order, ids: &[String]) {
    let all: Vec<_> = order.sent(ids).collect();
    report.figure(format!("{name}: claims of the {} texts", ids.len()), all.len());
    let begun = all.iter().filter(|(_, claim)| claim.at > order.at && claim.place < order.place).count();
    report.figure(format!("{name}: claims between the opt-out's begin and its commit"), begun);
    report.check(!all.is_empty(), format!("{name}: texts were being claimed when it came"));
    let after = all.iter().filter(|(_, claim)| claim.place > order.place);
    let after: Vec<String> = after.map(|(id, claim)| format!("{id}, {} ms after", claim.at - order.at)).collect();
    report.none(&format!("{name}: the gate of neither server lets anything out after its commit"), &after);
}

/// What reached the witness was claimed before the opt-out, and no longer ago than a claim is good for.
fn on_time(report: &mut Report, name: &str, order: &Order, journal: &[Entry], sent: &Sent<'_>) {
    let wire = domain::limits::HAND_OVER_MS;
    let mut wrong = Vec::new();
    for entry in journal {
        let Some(message) = sent.digests.get(&entry.body_sha256) else { continue };
        let ids = [message.id.clone()];
        let claimed = order.sent(&ids).filter(|(_, claim)| claim.place < order.place);
        let fits = |at: i64| (at..=at + wire).contains(&entry.at);
        let ages: Vec<i64> = claimed.map(|(_, claim)| claim.at).collect();
        if !ages.iter().any(|at| fits(*at)) {
            wrong.push(format!("submit {}, of claims {ages:?} at {}", entry.number, entry.at));
        }
    }
    report.none(
        &format!("{name}: whatever reaches the witness was claimed before its commit, at most 250 ms ago"),
        &wrong,
    );
    let last = journal.iter().filter(|entry| sent.digests.contains_key(&entry.body_sha256)).map(|entry| entry.at).max();
    let last = last.map_or_else(|| "none".to_owned(), |at| format!("{} ms after it began", at - order.at));
    report.figure(format!("{name}: the last submit"), last);
}

/// A second server on the same database, with the same key.
pub(super) fn beside(home: &Home) -> Result<ServerPlan, Fault> {
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

/// A customer's text.
pub(super) fn said(random: &mut Random, from: &str, to: &str, body: &str) -> Text {
    Text {
        sid: format!("SM{:016x}{:016x}", random.next(), random.next()),
        from: from.to_owned(),
        to: to.to_owned(),
        body: body.to_owned(),
    }
}

/// Those of some messages that a gate let out after an instant (Unix ms).
pub(super) async fn cleared_after(
    program: &Program,
    messages: impl Iterator<Item = &Message>,
    after: i64,
) -> Result<Vec<String>, Fault> {
    let mut cleared = Vec::new();
    for message in messages {
        if thread::cleared_at(program, &message.id).await?.is_some_and(|at| at > after) {
            cleared.push(message.id.clone());
        }
    }
    Ok(cleared)
}

/// Sends texts to a customer by all servers, many at once.
pub(super) async fn send_all(
    servers: &[Program],
    inbox: &str,
    to: &str,
    sends: &[(String, String)],
) -> Result<(), Fault> {
    let mut tasks = JoinSet::new();
    for (share, program) in sends.chunks(sends.len().div_ceil(16).max(1)).zip(servers.iter().cycle()) {
        let (share, program, inbox, to) = (share.to_vec(), program.clone(), inbox.to_owned(), to.to_owned());
        tasks.spawn(async move {
            for (id, body) in share {
                let send =
                    json!({ "message_id": id, "inbox_id": inbox, "to": to, "body": body, "purpose": "conversational" });
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

/// A customer's thread, our side of it.
pub(super) async fn ours(program: &Program, customer: &str) -> Result<Vec<Message>, Fault> {
    let threads = thread::all(program).await?;
    let all = threads.into_iter().filter(|thread| thread.address == customer).flat_map(|thread| thread.messages);
    Ok(all.filter(|message| message.kind == "outbound").collect())
}

pub(super) fn sent_by(message: &Message, kind: &str) -> bool {
    message.author.as_ref().is_some_and(|author| author.kind == kind)
}

fn digests_left(journal: &[Entry]) -> HashSet<&str> {
    journal.iter().filter(|entry| entry.verdict.left()).map(|entry| entry.body_sha256.as_str()).collect()
}

/// A text that came to the witness after the opt-out had begun was claimed before, and says so.
fn unmarked(report: &mut Report, name: &str, journal: &[Entry], digests: &HashMap<String, &Message>, at: i64) {
    let late = || journal.iter().filter(|entry| entry.at > at).filter_map(|entry| digests.get(&entry.body_sha256));
    report.figure(format!("{name}: texts that still reached the witness"), late().count());
    let wrong = late().filter(|message| !message.in_flight_at_opt_out).map(|message| message.id.clone());
    report.none(
        &format!("{name}: whatever still reached the witness is marked as in flight at the opt-out"),
        &wrong.collect::<Vec<_>>(),
    );
    let refused = digests.iter().filter(|(_, message)| message.state == "refused");
    let left = digests_left(journal);
    let wrong: Vec<String> =
        refused.filter(|(body, _)| left.contains(body.as_str())).map(|(_, message)| message.id.clone()).collect();
    report.none(&format!("{name}: nothing refused had left"), &wrong);
}

/// What left beside the texts to be sent, counted by the witness: the one confirmation
/// where it is Hark's to give, and nothing where somebody else gives it. Answers the
/// digests of its words.
fn confirmed(
    report: &mut Report,
    confirms: Confirms,
    journal: &[Entry],
    messages: &[Message],
    order: &Order,
    sent: &Sent<'_>,
) -> HashSet<String> {
    let name = confirms.name();
    let others: Vec<&Entry> = journal.iter().filter(|entry| !sent.digests.contains_key(&entry.body_sha256)).collect();
    let left = others.iter().filter(|entry| entry.verdict.left()).count();
    let kept = messages.iter().filter(|message| sent_by(message, "system"));
    let words: HashSet<String> = kept.clone().map(|message| check::digest(&message.body)).collect();
    let expected = confirms.by_hark();
    report.check(
        left == expected && kept.count() == expected,
        format!("{name}: the witness saw {left} confirmations of Hark's, and should have seen {expected}"),
    );
    let wrong: Vec<String> = others
        .iter()
        .filter(|entry| {
            let to_them = entry.to == CUSTOMER && entry.from == confirms.number();
            entry.at < order.at || !to_them || !words.contains(&entry.body_sha256)
        })
        .map(|entry| format!("submit {}", entry.number))
        .collect();
    report.none(&format!("{name}: it follows the opt-out, from its number to the customer"), &wrong);
    words
}

/// However often the customer says STOP, it is confirmed once.
fn confirmed_once(report: &mut Report, confirms: Confirms, journal: &[Entry], words: &HashSet<String>) {
    let left = journal.iter().filter(|entry| entry.verdict.left() && words.contains(&entry.body_sha256)).count();
    report.check(left == confirms.by_hark(), format!("{}: a second STOP is not confirmed again", confirms.name()));
}

/// START lets later texts pass; what was refused stays refused.
async fn start_again(
    report: &mut Report,
    name: &str,
    program: &Program,
    line: &shop::Line,
    start: &Text,
    witness: &WitnessProcess,
) -> Result<(), Fault> {
    let refused = |messages: &[Message]| messages.iter().filter(|message| message.state == "refused").count();
    let before = refused(&ours(program, CUSTOMER).await?);
    ask(line.webhook(program, start)).await?.good("START")?;
    let later = json!({ "inbox_id": line.inbox, "to": CUSTOMER, "body": "Welcome back, the tent is here", "purpose": "conversational" });
    program.post("/messages", &later).await?;
    let wanted = check::digest("Welcome back, the tent is here");
    let came = until("a later text leaves", 20, 100, || async {
        Ok(witness.journal()?.iter().any(|entry| entry.body_sha256 == wanted))
    });
    report.check(came.await.is_ok(), format!("{name}, START: a later text leaves"));
    report.check(
        refused(&ours(program, CUSTOMER).await?) == before,
        format!("{name}, START: what was refused stays refused"),
    );
    Ok(())
}
