//! The Hark binary: reads the command line and hands over.

mod commands;
mod control;
mod exit;
mod open;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::{demo, doctor, member, probe, sending, serve, workspace};
use exit::Failure;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Self-hosted SMS customer support for e-commerce.
///
/// Exit codes: 0 done, 64 wrong command line, 65 wrong input, 66 no such thing,
/// 69 the database is unreachable, 70 a fault of Hark, 73 a file or port cannot
/// be made, 75 another process is in the way, 78 wrong settings.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the web app, the API and the providers' webhooks.
    Serve(Box<serve::Serve>),
    /// Members: list, reset a password, shut out, let in.
    Member {
        #[command(flatten)]
        place: open::Place,
        #[command(subcommand)]
        action: member::Action,
    },
    /// Workspaces: create, list, export, delete.
    Workspace {
        #[command(flatten)]
        place: open::Place,
        #[command(subcommand)]
        action: workspace::Action,
    },
    /// Stop all sending of this server, resume it, or say how it stands.
    Stop {
        #[command(flatten)]
        place: open::Place,
        #[command(subcommand)]
        action: sending::Action,
    },
    /// A demo shop to look around in: put it in, take it out, or say how far it is.
    Demo {
        #[command(flatten)]
        place: open::Place,
        #[command(flatten)]
        wish: demo::Wish,
    },
    /// Look for what could keep Hark from running here.
    Doctor(doctor::Doctor),
    /// Print the API's OpenAPI document.
    Openapi,
    /// Ask a pure rule: JSON lines in, JSON lines out.
    Probe {
        /// The rule.
        kind: probe::Kind,
    },
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; everything else is the caller's.
            let code = if error.use_stderr() { exit::USAGE } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let done = match cli.command {
        Command::Serve(serve) => run(serve::run(*serve)),
        Command::Member { place, action } => run(control::order(place, control::Order::Member(action))),
        Command::Workspace { place, action } => run(control::order(place, control::Order::Workspace(action))),
        Command::Stop { place, action } => run(control::order(place, control::Order::Stop(action))),
        Command::Demo { place, wish } => run(control::order(place, control::Order::Demo(wish))),
        Command::Doctor(doctor) => run(doctor::run(doctor)),
        Command::Openapi => print(&api::document::text()),
        Command::Probe { kind } => probe::run(kind, io::stdin().lock(), io::stdout().lock()).map_err(Failure::from),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("hark: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

fn print(text: &str) -> Result<(), Failure> {
    use io::Write;
    io::stdout().write_all(text.as_bytes()).map_err(Failure::from)
}

fn run(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    // Whoever uses TLS first would choose otherwise; a second choice changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    done
}
