//! Drills against the server's binary: see `testkit::drill`.
//!
//! `drill sqlite|postgres --kills K [--items N] [--rounds R] [--seed S] [--only NAME] [--report FILE]`

use clap::{Parser, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;
use testkit::drill::{Fault, Report, erasure, full_disk, kill, race, stop, term, unix_ms};

/// Kills, starves and stops a server, and holds what it says against an outside witness.
#[derive(Parser)]
struct Arguments {
    /// The store under the server.
    store: On,
    /// How often the server is killed.
    #[arg(long, default_value_t = 10)]
    kills: usize,
    /// Customers' texts, and as many sends; 30 of each for a kill where absent.
    #[arg(long)]
    items: Option<usize>,
    /// How often a STOP races against eight writers, on PostgreSQL.
    #[arg(long, default_value_t = 10)]
    rounds: usize,
    /// What moments and words follow from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// One drill alone.
    #[arg(long)]
    only: Option<Only>,
    /// Where to write the report as a page.
    #[arg(long)]
    report: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum On {
    Sqlite,
    Postgres,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    Kill,
    FullDisk,
    Stop,
    Term,
    Erasure,
    Race,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let begun = unix_ms();
    let mut report = Report::default();
    drills(&arguments, &mut report).await;
    let took = (unix_ms() - begun) / 1000;
    if let Some(path) = &arguments.report {
        let name = format!("{:?}", arguments.store).to_lowercase();
        let made = format!(
            "`scripts/drill {name} --kills {} --items {} --seed {}`, {took} s.",
            arguments.kills,
            arguments.items(),
            arguments.seed
        );
        let page = report.page(&format!("Drills on {:?}", arguments.store), &made);
        if let Err(error) = std::fs::write(path, page) {
            report.check(false, format!("the report could be written to {}: {error}", path.display()));
        }
    }
    let (passed, failed) = report.counts();
    println!("took {took} s");
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Arguments {
    fn items(&self) -> usize {
        self.items.unwrap_or(self.kills * 30)
    }

    fn wants(&self, drill: Only) -> bool {
        self.only.is_none_or(|only| only == drill)
    }
}

async fn drills(arguments: &Arguments, report: &mut Report) {
    let on = match arguments.store {
        On::Sqlite => store::Engine::Sqlite,
        On::Postgres => store::Engine::Postgres,
    };
    let plan = kill::Plan { on, kills: arguments.kills, items: arguments.items(), seed: arguments.seed };
    let mut survivor = None;
    if arguments.wants(Only::Kill) {
        println!("▸ kill: {} kills on {on:?}, {} texts each way, seed {}", plan.kills, plan.items, plan.seed);
        match kill::run(plan).await {
            Ok(alive) => survivor = Some(alive),
            Err(fault) => carried_out(report, "kill", Err(fault)),
        }
    }
    // The last claims of killed servers wait for their leases meanwhile.
    if arguments.wants(Only::Term) {
        println!("▸ SIGTERM");
        let done = term::run(on, arguments.seed, report).await;
        carried_out(report, "SIGTERM", done);
        let done = term::run_hanging(on, arguments.seed, report).await;
        carried_out(report, "SIGTERM, a provider hanging", done);
    }
    if arguments.wants(Only::FullDisk) {
        println!("▸ full disk");
        let done = full_disk::run(on, arguments.seed, report).await;
        carried_out(report, "full disk", done);
    }
    if arguments.wants(Only::Erasure) {
        println!("▸ erasure");
        let done = erasure::run(on, report).await;
        carried_out(report, "erasure", done);
    }
    if arguments.wants(Only::Stop) && on == store::Engine::Postgres {
        println!("▸ STOP, two servers on one database");
        let done = stop::run(arguments.seed, report).await;
        carried_out(report, "STOP", done);
    }
    if arguments.wants(Only::Race) && on == store::Engine::Postgres {
        println!("▸ race: STOP against eight writers, {} rounds, seed {}", arguments.rounds, arguments.seed);
        let done = race::run(arguments.rounds, arguments.seed, report).await;
        carried_out(report, "race", done);
    }
    if let Some(survivor) = survivor {
        println!("▸ kill: what survived");
        let done = survivor.judge(report).await;
        carried_out(report, "kill", done);
    }
}

/// A drill that breaks off has found something, too.
fn carried_out(report: &mut Report, name: &str, done: Result<(), Fault>) {
    if let Err(fault) = done {
        report.check(false, format!("{name}: carried out to its end: {fault}"));
    }
}
