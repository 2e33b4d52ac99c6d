//! Runs the simulation: `sim --seed N [--runs K] [--steps S] [--store sqlite|postgres] [--deep]`.

use std::process::ExitCode;
use testkit::sim::{Plan, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (mut seed, mut runs, mut steps, mut on, mut deep) = (1_u64, 1_u64, 600_usize, store::Engine::Sqlite, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|text| text.parse::<u64>().ok());
        let known = match arg.as_str() {
            "--seed" => number().map(|n| seed = n),
            "--runs" => number().map(|n| runs = n),
            "--steps" => number().map(|n| steps = usize::try_from(n).unwrap_or(600)),
            "--deep" => {
                deep = Some(true);
                Some(())
            }
            "--store" => match args.next().as_deref() {
                Some("sqlite") => Some(()),
                Some("postgres") => {
                    on = store::Engine::Postgres;
                    Some(())
                }
                _ => None,
            },
            _ => None,
        };
        if known.is_none() {
            eprintln!("usage: sim --seed N [--runs K] [--steps S] [--store sqlite|postgres] [--deep]");
            return ExitCode::from(64);
        }
    }
    let mut broken = 0;
    for seed in seed..seed.saturating_add(runs) {
        // Every other run also dies inside transactions.
        let plan = Plan { seed, steps, on, deep: deep.unwrap_or(seed % 2 == 0) };
        match run(plan).await {
            Ok(report) => println!(
                "seed {seed}{}: {} in, {} accepted, {} delivered, {} sold, {} opt-outs, {} judged, {} deaths, \
                 {} ambiguous, {} older opened, trace {}",
                if plan.deep { " deep" } else { "" },
                report.inbound,
                report.accepted,
                report.delivered,
                report.marketing,
                report.opt_outs,
                report.judged,
                report.deaths,
                report.ambiguous,
                report.older_opened,
                report.trace.get(..16).unwrap_or_default(),
            ),
            Err(what) => {
                broken += 1;
                eprintln!("BROKEN {what}");
            }
        }
    }
    println!("{} passed, {broken} failed", runs - broken);
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
