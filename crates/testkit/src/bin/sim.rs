//! Runs the simulation: `sim --seed N [--runs K] [--steps S] [--store sqlite|postgres] [--deep]`.
//!
//! `sim --year --sends N` lives through a leap year instead: every area code, both weekends
//! in which the clocks change, judged by the slow oracle of the law.

use std::process::ExitCode;
use testkit::drill::unix_ms;
use testkit::sim::year::{self, Untold};
use testkit::sim::{Plan, run};

const USAGE: &str = "usage: sim --seed N [--runs K] [--steps S] [--store sqlite|postgres] [--deep]
       sim --year [--sends N] [--seed N] [--runs K] [--store sqlite|postgres] [--untold stop|withdrawal|hours]";

struct Wanted {
    seed: u64,
    runs: u64,
    steps: usize,
    on: store::Engine,
    deep: Option<bool>,
    year: bool,
    sends: u64,
    untold: Option<Untold>,
}

fn wanted() -> Option<Wanted> {
    let on = store::Engine::Sqlite;
    let mut wanted = Wanted { seed: 1, runs: 1, steps: 600, on, deep: None, year: false, sends: 10_000, untold: None };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|text| text.parse::<u64>().ok());
        match arg.as_str() {
            "--seed" => wanted.seed = number()?,
            "--runs" => wanted.runs = number()?,
            "--steps" => wanted.steps = usize::try_from(number()?).ok()?,
            "--sends" => wanted.sends = number()?,
            "--deep" => wanted.deep = Some(true),
            "--year" => wanted.year = true,
            "--store" => {
                wanted.on = match args.next()?.as_str() {
                    "sqlite" => store::Engine::Sqlite,
                    "postgres" => store::Engine::Postgres,
                    _ => return None,
                }
            }
            "--untold" => {
                wanted.untold = match args.next()?.as_str() {
                    "stop" => Some(Untold::Stop),
                    "withdrawal" => Some(Untold::Withdrawal),
                    "hours" => Some(Untold::Hours),
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
    Some(wanted)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(wanted) = wanted() else {
        eprintln!("{USAGE}");
        return ExitCode::from(64);
    };
    let mut broken = 0;
    for seed in wanted.seed..wanted.seed.saturating_add(wanted.runs) {
        let done = if wanted.year { one_year(&wanted, seed).await } else { one(&wanted, seed).await };
        if let Err(what) = done {
            broken += 1;
            eprintln!("BROKEN {what}");
        }
    }
    println!("{} passed, {broken} failed", wanted.runs - broken);
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn one(wanted: &Wanted, seed: u64) -> Result<(), String> {
    // Every other run also dies inside transactions; every third runs each write twice, so some do both.
    let plan = Plan {
        seed,
        steps: wanted.steps,
        on: wanted.on,
        deep: wanted.deep.unwrap_or(seed.is_multiple_of(2)),
        twice: seed.is_multiple_of(3),
    };
    let report = run(plan).await.map_err(|broken| broken.to_string())?;
    println!(
        "seed {seed}{}{}: {} in, {} accepted, {} delivered, {} sold, {} opt-outs, {} judged, {} joined, {} moved, \
         {} deaths, {} ambiguous, {} older opened, trace {}",
        if plan.deep { " deep" } else { "" },
        if plan.twice { " twice" } else { "" },
        report.inbound,
        report.accepted,
        report.delivered,
        report.marketing,
        report.opt_outs,
        report.judged,
        report.joined,
        report.moved,
        report.deaths,
        report.ambiguous,
        report.older_opened,
        report.trace.get(..16).unwrap_or_default(),
    );
    Ok(())
}

async fn one_year(wanted: &Wanted, seed: u64) -> Result<(), String> {
    let Wanted { on, sends, untold, .. } = *wanted;
    let begun = unix_ms();
    let seconds = || (unix_ms() - begun) / 1_000;
    let told = |tally: &year::Tally, now: i64| {
        let day = jiff::Timestamp::from_millisecond(now).map(|at| at.strftime("%Y-%m-%d").to_string());
        println!(
            "{}: {} of {sends} sends, {} sold, {} opt-outs, {} s",
            day.unwrap_or_default(),
            tally.sends,
            tally.sold,
            tally.stops,
            seconds()
        );
    };
    let lived = year::run(year::Plan { seed, sends, on, untold }, told).await;
    let store = if on == store::Engine::Sqlite { "sqlite" } else { "postgres" };
    let tally = lived.map_err(|broken| {
        format!("{broken}\nrun it again: sim --year --sends {sends} --seed {seed} --store {store}")
    })?;
    println!(
        "a year, seed {seed} on {store}: {} sends in {} area codes: {} sold ({} while the clocks changed), {} held, \
         {} refused, {} opt-outs ({} while a text was in hand), {} batches too late, {} deaths, {} ambiguous, \
         {} arrived, 0 violations, {} s",
        tally.sends,
        tally.area_codes,
        tally.sold,
        tally.sold_at_changes,
        tally.held,
        tally.refused,
        tally.stops,
        tally.stops_in_hand,
        tally.late,
        tally.deaths,
        tally.ambiguous,
        tally.arrived,
        seconds()
    );
    Ok(())
}
