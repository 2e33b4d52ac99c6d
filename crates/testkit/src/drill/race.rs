//! Eight writers queue texts to one customer at one server while the customer's STOP arrives
//! at another, over and over, each round with a customer of its own.
//!
//! As in [`super::stop`], before and after are told by the order of commits; beside that,
//! nothing may reach the witness later than 250 ms after the STOP was answered.

use super::client::{Program, http};
use super::order::{self, Book};
use super::place::Home;
use super::process::{WitnessPlan, WitnessProcess};
use super::shop::{self, Line};
use super::stop::{beside, said};
use super::traffic::{message_id, phone};
use super::{Fault, Report, check, client, pause, unix_ms, until};
use crate::sim::random::Random;
use crate::witness::Entry;
use domain::limits::HAND_OVER_MS;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::Engine;
use tokio::task::JoinSet;

/// Who queues texts at the same time, and how many each.
const WRITERS: usize = 8;
const TEXTS: usize = 3;
/// Rounds at the same time.
const ABREAST: usize = 4;
/// STOP is sent once so many texts are taken at most.
const STOP_AFTER: u64 = 20;
/// How long the witness takes to answer, in ms, so that something is in hand when STOP comes.
const DELAY_MS: u64 = 30;
/// Our number; its provider leaves STOP to Hark, which then owes one confirmation.
const NUMBER: &str = "+13125550100";
/// Area code of the customers.
const GROUP: u32 = 630;

/// What was done in a round.
struct Round {
    customer: String,
    /// When the STOP was answered, Unix ms.
    answered_at: i64,
    /// The texts by the digests of their words.
    texts: HashMap<String, String>,
}

/// What rounds came to.
#[derive(Default)]
struct Found {
    claimed_after: Vec<String>,
    late: Vec<String>,
    unclaimed: Vec<String>,
    confirmations: Vec<String>,
    /// Rounds in which something left and something did not.
    raced: usize,
    left: usize,
    /// Claims that began after the STOP had and committed before it.
    between: usize,
}

/// Two servers on one PostgreSQL database, and so many rounds.
///
/// # Errors
/// The drill could not be carried out.
pub async fn run(rounds: usize, seed: u64, report: &mut Report) -> Result<(), Fault> {
    let client = http()?;
    let failed = report.counts().1;
    let mut home = Home::new(Engine::Postgres, "race").await?;
    let plan = WitnessPlan { delay_ms: DELAY_MS, ..WitnessPlan::default() };
    let witness = WitnessProcess::start("race", &plan, home.folder.path(), &client).await?;
    let mut first = home.server.start()?;
    let program = shop::open(&home.server, &mut first, &client).await?;
    let line = shop::line_with(&program, &witness, NUMBER, json!({ "opt_out_handling": "off" })).await?;
    let second_plan = beside(&home)?;
    let mut second = second_plan.start()?;
    second_plan.ready(&mut second, &client).await?;
    let nodes = [program.clone(), program.at(&second_plan.url())];

    let begun = unix_ms();
    let mut random = Random::new(seed ^ 0x7261_6365);
    let (mut done, mut running): (Vec<Round>, JoinSet<Result<Round, Fault>>) = (Vec::new(), JoinSet::new());
    let tenth = (rounds / 10).max(1);
    for number in 0..rounds {
        if running.len() >= ABREAST
            && let Some(round) = running.join_next().await
        {
            done.push(round??);
            if done.len() % tenth == 0 {
                println!("         {} of {rounds} rounds, {} s", done.len(), (unix_ms() - begun) / 1_000);
            }
        }
        let random = Random::new(random.next());
        running.spawn(round(number, nodes.clone(), line.clone(), random));
    }
    while let Some(round) = running.join_next().await {
        done.push(round??);
    }
    let database = home.server.database.clone().ok_or("no PostgreSQL")?;
    until("nothing waits any more", 120, 500, || async { Ok(order::waiting(&database).await? == 0) }).await?;
    // Longer than any submit that was under way can take.
    pause(DELAY_MS + 1_000).await;
    let book = order::book(&database).await?;
    let journal = witness.journal()?;
    told(report, &done, &judge(&done, &book, &journal));
    report.check(done.len() == rounds, format!("race: all {rounds} rounds were run"));
    report.figure("race: seconds", (unix_ms() - begun) / 1_000);
    if report.counts().1 > failed {
        home.folder.keep();
    }
    Ok(())
}

/// Writers at one server, STOP at the other; they take turns at it.
async fn round(number: usize, nodes: [Program; 2], line: Line, mut random: Random) -> Result<Round, Fault> {
    let customer = phone(GROUP, number);
    let [one, two] = nodes;
    let (writers, hears) = if number.is_multiple_of(2) { (one, two) } else { (two, one) };
    // Within a day of their text, our answers may leave at any hour.
    let hello = said(&mut random, &customer, NUMBER, "Hi, is the tent back in stock?");
    client::ask(line.webhook(&hears, &hello)).await?.good("a text")?;
    let mut tasks: JoinSet<Result<(), Fault>> = JoinSet::new();
    let (mut texts, taken) = (HashMap::new(), Arc::new(AtomicU64::new(0)));
    for writer in 0..WRITERS {
        let mut sends = Vec::with_capacity(TEXTS);
        for text in 0..TEXTS {
            let (id, body) = (message_id(&mut random), format!("Race {number}, writer {writer}, text {text}"));
            texts.insert(check::digest(&body), id.clone());
            sends.push(json!({
                "message_id": id, "inbox_id": line.inbox, "to": customer, "body": body, "purpose": "conversational",
            }));
        }
        let (writers, taken) = (writers.clone(), Arc::clone(&taken));
        tasks.spawn(async move {
            for send in sends {
                writers.post("/messages", &send).await?;
                taken.fetch_add(1, Ordering::SeqCst);
            }
            Ok(())
        });
    }
    let some = random.below(STOP_AFTER);
    until("some texts are taken", 20, 1, || async { Ok(taken.load(Ordering::SeqCst) >= some) }).await?;
    let stop = said(&mut random, &customer, NUMBER, "STOP");
    client::ask(line.webhook(&hears, &stop)).await?.good("STOP")?;
    let answered_at = unix_ms();
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(Round { customer, answered_at, texts })
}

fn judge(rounds: &[Round], book: &Book, journal: &[Entry]) -> Found {
    let mut by_customer: HashMap<&str, Vec<&Entry>> = HashMap::new();
    for entry in journal {
        by_customer.entry(&entry.to).or_default().push(entry);
    }
    let mut found = Found::default();
    for round in rounds {
        let customer = &round.customer;
        let Some((place, begun_at)) = book.opt_outs.get(customer).copied() else {
            found.unclaimed.push(format!("{customer}: no opt-out was written down"));
            continue;
        };
        let claims = |id: &str| book.claims.get(id).map_or(&[][..], Vec::as_slice).iter().filter(|claim| claim.sent);
        for id in round.texts.values() {
            let after = claims(id).filter(|claim| claim.place > place);
            found.claimed_after.extend(after.map(|claim| format!("{id}, {} ms after", claim.at - begun_at)));
            found.between += claims(id).filter(|claim| claim.place < place && claim.at > begun_at).count();
        }
        let (mut left, mut others) = (HashSet::new(), 0);
        for entry in by_customer.get(customer.as_str()).into_iter().flatten() {
            let Some(id) = round.texts.get(&entry.body_sha256) else {
                others += 1;
                continue;
            };
            left.insert(id);
            let fits = |at: i64| (at..=at + HAND_OVER_MS).contains(&entry.at);
            if !claims(id).any(|claim| claim.place < place && fits(claim.at)) {
                found.unclaimed.push(format!("submit {} of {id}", entry.number));
            }
            if entry.at > round.answered_at + HAND_OVER_MS {
                found.late.push(format!("submit {}, {} ms after", entry.number, entry.at - round.answered_at));
            }
        }
        if others != 1 {
            found.confirmations.push(format!("{customer}: {others}"));
        }
        found.left += left.len();
        found.raced += usize::from(!left.is_empty() && left.len() < round.texts.len());
    }
    found
}

fn told(report: &mut Report, rounds: &[Round], found: &Found) {
    let all = rounds.len() * WRITERS * TEXTS;
    report.figure("race: texts that left, of all", format!("{} of {all}", found.left));
    report.figure("race: claims between the opt-out's begin and its commit", found.between);
    report.none("race: the gate of neither server lets anything out after the opt-out's commit", &found.claimed_after);
    report.none("race: nothing reaches the witness 250 ms after the STOP is answered", &found.late);
    report
        .none("race: whatever reaches the witness was claimed before the commit, at most 250 ms ago", &found.unclaimed);
    report.none("race: each opt-out is confirmed once", &found.confirmations);
    report.check(
        found.raced * 4 >= rounds.len(),
        format!("race: in {} of {} rounds STOP came amid the texts", found.raced, rounds.len()),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drill::order::Claim;
    use crate::witness::Verdict;

    fn entry(body: &str, at: i64) -> Entry {
        Entry {
            number: 1,
            verdict: Verdict::Taken,
            sid: String::new(),
            attempt: None,
            key: None,
            to: "+16302000000".to_owned(),
            from: NUMBER.to_owned(),
            body_sha256: body.to_owned(),
            media: 0,
            monotonic_us: 0,
            at,
        }
    }

    fn judged(claim: Claim, came_at: i64) -> Found {
        let texts = [("one", "msg_1"), ("two", "msg_2")].map(|(body, id)| (body.to_owned(), id.to_owned())).into();
        let round = Round { customer: "+16302000000".to_owned(), answered_at: 1_000, texts };
        let book = Book {
            opt_outs: [("+16302000000".to_owned(), (50, 980))].into(),
            claims: [("msg_1".to_owned(), vec![claim])].into(),
        };
        judge(&[round], &book, &[entry("one", came_at), entry("the confirmation", 1_100)])
    }

    #[test]
    fn whatever_comes_after_the_opt_out_is_found() {
        let sound = judged(Claim { place: 49, at: 985, sent: true }, 1_200);
        assert_eq!((sound.raced, sound.left, sound.between), (1, 1, 1));
        let wrong = [&sound.claimed_after, &sound.late, &sound.unclaimed, &sound.confirmations];
        assert!(wrong.iter().all(|wrong| wrong.is_empty()), "{wrong:?}");

        let after = judged(Claim { place: 51, at: 985, sent: true }, 1_200);
        assert_eq!((after.claimed_after.len(), after.unclaimed.len()), (1, 1));
        let late = judged(Claim { place: 49, at: 1_010, sent: true }, 1_251);
        assert_eq!((late.late.len(), late.unclaimed.len()), (1, 0));
        let stale = judged(Claim { place: 49, at: 900, sent: true }, 1_151);
        assert_eq!((stale.late.len(), stale.unclaimed.len()), (0, 1));
    }
}
