//! The Hark binary: reads the command line and hands over.

mod commands;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::probe;

/// Self-hosted SMS customer support for e-commerce.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Ask a pure rule: JSON lines in, JSON lines out.
    Probe {
        /// The rule.
        kind: probe::Kind,
    },
}

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    let done = match command {
        Command::Probe { kind } => probe::run(kind, io::stdin().lock(), io::stdout().lock()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the answers has had enough of them.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hark: {error}");
            ExitCode::FAILURE
        }
    }
}
