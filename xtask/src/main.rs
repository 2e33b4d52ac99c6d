//! `cargo xtask <chore>`: tidy, gen, intent, sim.

use std::io;
use std::process::{Command, ExitCode};

const USAGE: &str = "cargo xtask <chore>
  tidy                 the rules of the repository's shape
  gen                  the OpenAPI document, the web client made from it, tables in docs
  intent train|report|judge|missed  fits and judges how customers' own words are read
  sim --seed N [--runs K] [--store sqlite|postgres]
                       the engine on a virtual clock, with failing stores and carriers
  sim --year [--sends N] [--seed N] [--store sqlite|postgres]
                       a leap year in every area code, judged by a slow oracle of the law";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.split_first() {
        Some((&"tidy", [])) => tidy(),
        Some((&"gen", [])) => xtask::generate::write().map(|()| ExitCode::SUCCESS),
        Some((&"intent", [step @ ("train" | "report" | "judge" | "missed")])) => intent(step),
        Some((&"sim", rest)) => simulate(rest),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("xtask: {error}");
        ExitCode::FAILURE
    })
}

fn tidy() -> io::Result<ExitCode> {
    let outcomes = xtask::tidy::run(&xtask::repository::Repository::here()?)?;
    let mut failed = 0;
    for (rule, findings) in &outcomes {
        for finding in findings {
            println!("{}: {finding}", rule.name);
        }
        if !findings.is_empty() {
            println!("  {}\n", rule.cure);
            failed += 1;
        }
    }
    println!("checks: {} passed, {failed} failed", outcomes.len() - failed);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Fits or judges the model of `domain::keyword`, which an example of `domain` does.
fn intent(step: &str) -> io::Result<ExitCode> {
    let status = Command::new(xtask::metadata::cargo())
        .current_dir(xtask::repository::root())
        .args(["run", "--quiet", "--release", "--package", "domain", "--example", "intent", "--", step])
        .status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The simulation lives in `testkit`; this chore only starts it, so that the
/// other chores need not compile the whole of Hark.
fn simulate(rest: &[&str]) -> io::Result<ExitCode> {
    let status = Command::new(xtask::metadata::cargo())
        .current_dir(xtask::repository::root())
        // The whole workspace is selected, so that features are those of the
        // checks' own build and nothing is compiled twice.
        .args(["run", "--quiet", "--bin", "sim", "--features", "hark/ui", "--"])
        .args(rest)
        .status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
