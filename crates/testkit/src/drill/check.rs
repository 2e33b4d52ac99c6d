//! What must hold after a kill drill, held against the API and the witnesses.

use super::kill::Survivor;
use super::thread::{self, Message, Thread};
use super::{Fault, Report};
use crate::witness::{Entry, Verdict};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The digest by which the journal names a body.
#[must_use]
pub fn digest(body: &str) -> String {
    hex::encode(Sha256::digest(body.as_bytes()))
}

/// Everything answered is there exactly once, in its order; nothing else is.
pub fn kept(report: &mut Report, survivor: &Survivor, threads: &[Thread]) {
    let answered = &survivor.answered;
    report.none("every answer was one the protocol knows", &answered.wrong);
    let texts: usize = answered.inbound.values().map(Vec::len).sum();
    report.check(
        (texts, answered.sends.len()) == (survivor.plan.items, survivor.plan.items),
        format!("{texts} customers' texts and {} sends were answered", answered.sends.len()),
    );
    let mut there: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for thread in threads {
        let inbound = thread.messages.iter().filter(|message| message.kind == "inbound");
        there.entry(&thread.address).or_default().extend(inbound.map(|message| message.body.as_str()));
    }
    there.retain(|_, bodies| !bodies.is_empty());
    let mut wrong = Vec::new();
    for (address, bodies) in &answered.inbound {
        let found = there.remove(address.as_str()).unwrap_or_default();
        if found != bodies.iter().map(String::as_str).collect::<Vec<_>>() {
            let first = found.iter().zip(bodies).position(|(one, other)| one != other);
            wrong.push(format!("{address}: {} answered, {} there, unlike from {first:?}", bodies.len(), found.len()));
        }
    }
    wrong.extend(there.keys().map(|address| format!("{address}: texts that nobody wrote")));
    report.none("each customer's texts are there exactly once, in the order of the answers", &wrong);

    let mut count: HashMap<&str, usize> = HashMap::new();
    let ours: Vec<&Message> = outbound(threads).collect();
    for message in &ours {
        *count.entry(message.id.as_str()).or_default() += 1;
    }
    let asked: HashMap<&str, &str> =
        survivor.script.sends.iter().map(|send| (send.id.as_str(), send.body.as_str())).collect();
    let mut wrong: Vec<String> = answered
        .sends
        .iter()
        .filter(|id| count.get(id.as_str()) != Some(&1))
        .map(|id| format!("{id} is there {} times", count.get(id.as_str()).unwrap_or(&0)))
        .collect();
    wrong.extend(
        ours.iter()
            .filter(|message| asked.get(message.id.as_str()) != Some(&message.body.as_str()))
            .map(|message| format!("{} was not asked for like that", message.id)),
    );
    report.none("each send is there exactly once, and nothing else is", &wrong);
    let waiting: Vec<String> = ours
        .iter()
        .filter(|message| message.waits())
        .map(|message| format!("{} is {}", message.id, message.state))
        .collect();
    report.none("the outbox is empty", &waiting);
    let numbers = threads.iter().filter(|thread| {
        let mut last = 0;
        !thread.messages.iter().all(|message| std::mem::replace(&mut last, message.seq) < message.seq)
    });
    report.none("numbers in threads rise", &numbers.map(|thread| thread.address.clone()).collect::<Vec<_>>());
}

fn outbound(threads: &[Thread]) -> impl Iterator<Item = &Message> {
    threads.iter().flat_map(|thread| &thread.messages).filter(|message| message.kind == "outbound")
}

fn of_line<'a>(threads: &'a [Thread], inbox: &str) -> Vec<&'a Message> {
    let of_inbox = threads.iter().filter(|thread| thread.inbox == inbox);
    of_inbox.flat_map(|thread| &thread.messages).filter(|message| message.kind == "outbound").collect()
}

/// How often each body left, by its digest.
fn times_left(journal: &[Entry]) -> HashMap<&str, usize> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for entry in journal.iter().filter(|entry| entry.verdict.left()) {
        *times.entry(entry.body_sha256.as_str()).or_default() += 1;
    }
    times
}

/// Texts that the witness with receipts took and reported, but that do not stand as delivered yet.
///
/// # Errors
/// The journal cannot be read.
pub fn unheard(survivor: &Survivor, threads: &[Thread]) -> Result<Vec<String>, Fault> {
    let journal = survivor.witnesses[1].journal()?;
    let left = times_left(&journal);
    Ok(outbound(threads)
        .filter(|message| left.contains_key(digest(&message.body).as_str()) && message.state != "delivered")
        .map(|message| format!("{} is {}", message.id, message.state))
        .collect())
}

/// What left is what the server says left, at most once, and what it cannot know it says.
///
/// # Errors
/// A journal or a decision cannot be read.
pub async fn left(report: &mut Report, survivor: &Survivor, threads: &[Thread]) -> Result<(), Fault> {
    for (at, name) in [(0, "without keys and receipts"), (1, "with keys and receipts")] {
        let journal = survivor.witnesses[at].journal()?;
        let times = times_left(&journal);
        let messages = of_line(threads, &survivor.lines[at].inbox);
        let sent = messages.iter().filter(|message| message.left()).count();
        let ambiguous: Vec<&&Message> = messages.iter().filter(|message| message.state == "ambiguous").collect();
        let reached = ambiguous.iter().filter(|message| times.contains_key(digest(&message.body).as_str())).count();
        let repeated = journal.iter().filter(|entry| entry.verdict == Verdict::Repeated).count();
        report.figure(format!("{name}: sends that left and are known to have"), sent);
        report.figure(format!("{name}: ambiguous"), format!("{}, of which {reached} had left", ambiguous.len()));
        report.figure(
            format!("{name}: submits the witness saw"),
            format!("{}, of which {repeated} repeated", journal.len()),
        );

        let twice = times.iter().filter(|(_, times)| **times > 1).map(|(body, times)| format!("{body}: {times} times"));
        report.none(&format!("{name}: nothing reached the witness twice"), &twice.collect::<Vec<_>>());
        let known: HashSet<String> = messages.iter().map(|message| digest(&message.body)).collect();
        let strange = times.keys().filter(|body| !known.contains(**body)).map(|body| (*body).to_owned());
        report.none(&format!("{name}: nothing left that is not in a thread"), &strange.collect::<Vec<_>>());
        let wrong = messages.iter().filter(|message| {
            let left = times.contains_key(digest(&message.body).as_str());
            message.state != "ambiguous" && message.left() != left
        });
        let wrong = wrong.map(|message| format!("{} is {}", message.id, message.state));
        report.none(&format!("{name}: what is known to have left did, and nothing else"), &wrong.collect::<Vec<_>>());
        if at == 0 {
            report.check(reached > 0, format!("{name}: {reached} texts were hit between submit and answer"));
        } else {
            report.none(
                &format!("{name}: what the witness took stands as delivered in the end"),
                &unheard(survivor, threads)?,
            );
        }
        window(report, survivor, name, &ambiguous).await?;
    }
    Ok(())
}

/// No kill leaves more in doubt than was being handed over at that moment.
async fn window(report: &mut Report, survivor: &Survivor, name: &str, ambiguous: &[&&Message]) -> Result<(), Fault> {
    let window = usize::try_from(engine::Settings::default().claim_real).unwrap_or(0);
    let mut by_life: BTreeMap<usize, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for message in ambiguous {
        let Some(at) = thread::cleared_at(&survivor.program, &message.id).await? else {
            wrong.push(format!("{} is ambiguous and was never cleared", message.id));
            continue;
        };
        match survivor.lives.iter().position(|life| (life.from..=life.to).contains(&at)) {
            Some(life) => *by_life.entry(life).or_default() += 1,
            None => wrong.push(format!("{} is ambiguous, but no kill made it so", message.id)),
        }
    }
    report.none(&format!("{name}: what is ambiguous was being handed over when a kill came"), &wrong);
    let most = by_life.values().max().copied().unwrap_or(0);
    report.check(
        most <= window,
        format!("{name}: at most {most} ambiguous per kill, {window} may be handed over at once"),
    );
    Ok(())
}

/// The event log has no gaps.
pub fn log(report: &mut Report, events: &[i64]) {
    let gaps: Vec<String> = events
        .windows(2)
        .filter_map(|pair| match pair {
            [one, other] if one + 1 != *other => Some(format!("{other} follows {one}")),
            _ => None,
        })
        .collect();
    report.none(&format!("the log of {} events has no gaps", events.len()), &gaps);
}
