//! The kill drill: SIGKILL at seeded moments while customers text and a program sends.
//!
//! One server, two numbers at two witnesses. The first honours no idempotency
//! keys and sends no receipts: what nobody knows after a kill stays ambiguous,
//! and can be counted. The second honours keys and sends receipts: what it
//! took must end as delivered.

use super::check;
use super::client::{Program, http};
use super::place::Home;
use super::process::{Server, WitnessPlan, WitnessProcess};
use super::shop::{self, Line, TOKEN};
use super::thread::{self, Thread};
use super::traffic::{Answered, Script, Traffic};
use super::{Fault, Report, pause, unix_ms, until};
use crate::sim::random::Random;
use std::sync::atomic::Ordering;
use store::Engine;

/// How hard to try.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// On which store.
    pub on: Engine,
    /// How often the server is killed.
    pub kills: usize,
    /// Customers' texts, and as many of ours.
    pub items: usize,
    /// What moments and words follow from.
    pub seed: u64,
}

/// One life of the server, from its start to its end.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    /// When it was started, Unix ms.
    pub from: i64,
    /// When it was killed, Unix ms.
    pub to: i64,
}

/// A server that survived its kills, with all that was said and seen.
pub struct Survivor {
    /// The plan.
    pub plan: Plan,
    /// Where it lives.
    pub home: Home,
    /// A program that may ask it.
    pub program: Program,
    /// What was to be said.
    pub script: Script,
    /// What was answered.
    pub answered: Answered,
    /// The number without keys and receipts, and the one with both.
    pub lines: [Line; 2],
    /// Their witnesses.
    pub witnesses: [WitnessProcess; 2],
    /// The lives that ended.
    pub lives: Vec<Life>,
    tries: u64,
    moments: Moments,
    _server: Server,
}

#[derive(Debug, Default)]
struct Moments {
    starting: usize,
    after_answers: usize,
    after_submit: usize,
}

/// When to kill.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// So many ms after the start of the process, ready or not.
    Starting(u64),
    /// After so many answers of this life.
    Answers(u64),
    /// Once a witness without keys has read so many submits of this life and
    /// keeps at least one answer to itself.
    Submits(u64),
}

impl Moment {
    fn choose(random: &mut Random, quota: u64) -> Self {
        match random.below(10) {
            0 | 1 => Self::Starting(random.below(400)),
            2..=4 => Self::Answers(1 + random.below(quota.max(1))),
            _ => Self::Submits(1 + random.below((quota / 6).max(1))),
        }
    }
}

/// How long both witnesses take to answer, in ms: wide enough that kills at
/// other moments hit the gap between submit and answer as well.
const WITNESS_DELAY_MS: u64 = 200;
/// How long hand-overs and receipts may take to settle, in s: a lease of a minute, and some.
const SETTLE_MAX_S: usize = 90;
/// How long the next submit is waited for, in ms: less than a client waits for its answer.
const GAP_MAX_MS: u64 = 3_000;
/// How long one life may take to reach its moment, in s.
const LIFE_MAX_S: u64 = 60;

/// Kills the server again and again, and lets the last life answer everything.
///
/// # Errors
/// The drill could not be carried out.
pub async fn run(plan: Plan) -> Result<Survivor, Fault> {
    let client = http()?;
    let home = Home::new(plan.on, "kill").await?;
    let folder = home.folder.path();
    // Looked up, a text in doubt would be settled before it is counted.
    let bare = WitnessPlan { delay_ms: WITNESS_DELAY_MS, unlisted: true, ..WitnessPlan::default() };
    let kind = WitnessPlan { keys: true, receipts: Some(TOKEN.to_owned()), unlisted: false, ..bare.clone() };
    let witnesses = [
        WitnessProcess::start("bare", &bare, folder, &client).await?,
        WitnessProcess::start("kind", &kind, folder, &client).await?,
    ];
    let mut server = home.server.start()?;
    let mut from = unix_ms();
    let program = shop::open(&home.server, &mut server, &client).await?;
    let lines = [
        shop::line(&program, &witnesses[0], "+18885550100", false).await?,
        shop::line(&program, &witnesses[1], "+18885550101", true).await?,
    ];
    let script = Script::new(plan.seed, plan.items, &lines);
    let traffic = Traffic::start(plan.seed, script.clone(), &program);
    let mut random = Random::new(plan.seed);
    let mut lives = Vec::new();
    let mut moments = Moments::default();
    let mut allowed = 0;
    for life in 0..plan.kills {
        let goal = plan.items * 2 * (life + 1) / (plan.kills + 1);
        let quota = goal - allowed;
        traffic.allow(quota);
        allowed = goal;
        let moment = Moment::choose(&mut random, quota as u64);
        match moment {
            Moment::Starting(ms) => {
                moments.starting += 1;
                pause(ms).await;
            }
            Moment::Answers(count) => {
                moments.after_answers += 1;
                let goal = traffic.answers.load(Ordering::Relaxed) + count;
                // What is asked of this life may have been answered by the last.
                let goal = goal.min(allowed as u64);
                let reached = || async { Ok(traffic.answers.load(Ordering::Relaxed) >= goal) };
                reach(&home, &mut server, reached).await?;
            }
            Moment::Submits(count) => {
                moments.after_submit += 1;
                let before = witnesses[0].total().await?;
                // Fewer may be left than that: then the last answer is the moment.
                let reached = || async {
                    let seen = witnesses[0].total().await?;
                    Ok(seen >= before + count || traffic.answers.load(Ordering::Relaxed) >= allowed as u64)
                };
                reach(&home, &mut server, reached).await?;
                in_the_gap(&witnesses[0]).await?;
            }
        }
        server.kill().await?;
        witnesses[0].hold_answers(false).await?;
        lives.push(Life { from, to: unix_ms() });
        from = unix_ms();
        server = home.server.start()?;
    }
    home.server.ready(&mut server, &client).await?;
    traffic.allow(plan.items * 2 - allowed);
    let (answered, tries) = traffic.finish(300).await?;
    Ok(Survivor { plan, home, program, script, answered, lines, witnesses, lives, tries, moments, _server: server })
}

/// Waits until a submit is written down and unanswered, so that the kill hits
/// the gap however slow the machine is. Where nothing more is to be handed
/// over there is no gap to hit.
async fn in_the_gap(witness: &WitnessProcess) -> Result<(), Fault> {
    witness.hold_answers(true).await?;
    for _ in 0..GAP_MAX_MS / 10 {
        if witness.unanswered().await? > 0 {
            return Ok(());
        }
        pause(10).await;
    }
    Ok(())
}

async fn reach<F, R>(home: &Home, server: &mut Server, reached: F) -> Result<(), Fault>
where
    F: FnMut() -> R,
    R: Future<Output = Result<bool, Fault>>,
{
    match until("a life reaches its moment", LIFE_MAX_S, 1, reached).await {
        Ok(()) => Ok(()),
        Err(error) => match server.exit()? {
            Some(status) => Err(format!("the server ended by itself ({status}):\n{}", home.server.last_words()).into()),
            None => Err(format!("{error}; the server's last words:\n{}", home.server.last_words()).into()),
        },
    }
}

impl Survivor {
    /// Waits for the outbox and for receipts, then checks everything.
    ///
    /// # Errors
    /// It cannot be checked.
    pub async fn judge(mut self, report: &mut Report) -> Result<(), Fault> {
        let begun = unix_ms();
        let threads = self.settled().await?;
        report.figure(
            "kills",
            format!(
                "{} ({} while starting, {} after so many answers, {} right after a submit)",
                self.lives.len(),
                self.moments.starting,
                self.moments.after_answers,
                self.moments.after_submit,
            ),
        );
        report.figure("requests", format!("{} tries for {} items", self.tries, self.plan.items * 2));
        report.figure("time until the outbox was empty", format!("{} s", (unix_ms() - begun) / 1000));
        let failed = report.counts().1;
        check::kept(report, &self, &threads);
        check::left(report, &self, &threads).await?;
        check::log(report, &thread::events(&self.program).await?);
        if report.counts().1 > failed {
            self.home.folder.keep();
        }
        Ok(())
    }

    /// All threads, once nothing waits any more. On PostgreSQL the claims of a
    /// killed server end with their leases.
    async fn settled(&self) -> Result<Vec<Thread>, Fault> {
        let mut last = (0, 0);
        for _ in 0..SETTLE_MAX_S {
            let threads = thread::all(&self.program).await?;
            let waiting = threads.iter().flat_map(|thread| &thread.messages).filter(|message| message.waits()).count();
            let unheard = check::unheard(self, &threads)?.len();
            last = (waiting, unheard);
            if last == (0, 0) {
                return Ok(threads);
            }
            pause(1_000).await;
        }
        println!("         still waiting: {}, without the receipt they should have: {}", last.0, last.1);
        thread::all(&self.program).await
    }
}
