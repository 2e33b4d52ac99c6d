//! The Hark binary: reads the command line and hands over.

mod commands;
mod control;
mod exit;
mod open;
mod owner;
mod public_url;
mod shown;
mod told;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::{
    audit, backup, backups, bench, channels, clock, customer, demo, doctor, evidence, import, key, member, migrate,
    migrate_store, probe, restore, sending, serve, verify_evidence, workspace,
};
use exit::Failure;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Self-hosted SMS customer support for e-commerce.
///
/// Exit codes: 0 done, 64 wrong command line, 65 wrong input, 66 no such thing,
/// 69 the database is unreachable, 70 a fault of Hark, 73 a file or port cannot
/// be made, 74 an answer could not be written, 75 another process is in the way,
/// 78 wrong settings, 130 interrupted.
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
        #[command(flatten)]
        public: public_url::PublicUrl,
        #[command(subcommand)]
        action: member::Action,
    },
    /// Accounts at providers: try whether they work.
    Channels {
        #[command(flatten)]
        place: open::Place,
        #[command(flatten)]
        public: public_url::PublicUrl,
        #[command(subcommand)]
        action: channels::Action,
    },
    /// Workspaces: create, list, export, delete.
    Workspace {
        #[command(flatten)]
        place: open::Place,
        #[command(flatten)]
        public: public_url::PublicUrl,
        #[command(subcommand)]
        action: workspace::Action,
    },
    /// Stop all sending, of this server, a workspace or an inbox; resume it; say how it stands.
    Stop {
        #[command(flatten)]
        place: open::Place,
        #[command(subcommand)]
        action: sending::Action,
    },
    /// The chains: verify what was sealed, sign their heads, print the public key.
    Audit {
        #[command(flatten)]
        place: open::Place,
        #[command(subcommand)]
        action: audit::Action,
    },
    /// Evidence about one address, in one signed file for an auditor.
    Evidence {
        #[command(flatten)]
        place: open::Place,
        #[command(subcommand)]
        action: evidence::Action,
    },
    /// Customers: everything about one in a file, or erase one.
    Customer {
        #[command(flatten)]
        place: open::Place,
        #[command(subcommand)]
        action: customer::Action,
    },
    /// Verify such a file, on any computer: it needs no server and no data.
    VerifyEvidence(verify_evidence::Verify),
    /// Who opted out in the former tool: import a file of it.
    OptOuts {
        #[command(flatten)]
        place: open::Place,
        #[command(subcommand)]
        action: import::Action,
    },
    /// Who agreed to what in the former tool: import a file of it, after its opt-outs.
    Consents {
        #[command(flatten)]
        place: open::Place,
        #[command(subcommand)]
        action: import::Action,
    },
    /// Numbers that were switched off or given to somebody else: import a feed of them.
    NumberEvents {
        #[command(flatten)]
        place: open::Place,
        #[command(subcommand)]
        action: import::Action,
    },
    /// A demo shop to look around in: put it in, take it out, or say how far it is.
    Demo {
        #[command(flatten)]
        place: open::Place,
        #[command(flatten)]
        wish: demo::Wish,
    },
    /// Say what time the server has, or move the clock of a rehearsal on.
    Clock {
        #[command(flatten)]
        place: open::Place,
        #[command(flatten)]
        wish: clock::Wish,
    },
    /// Copy everything into one file, also while the server runs.
    Backup(backup::Backup),
    /// The copies in Hark's own folder: list them, say for how long they are kept.
    Backups {
        #[command(flatten)]
        place: open::Place,
        #[command(subcommand)]
        action: backups::Action,
    },
    /// Put a copy back, into an empty place unless told otherwise.
    Restore(restore::Restore),
    /// The keys that seal provider logins: list, rotate, drop.
    Key {
        #[command(flatten)]
        place: open::Place,
        #[command(subcommand)]
        action: key::Action,
    },
    /// Move everything from the embedded database to PostgreSQL, or back.
    MigrateStore(migrate_store::MigrateStore),
    /// Bring the schema up to date, or show its steps. A server does it by itself when it starts.
    Migrate(migrate::Migrate),
    /// Look for what could keep Hark from running here.
    Doctor(doctor::Doctor),
    /// Measure Hark on this machine: how fast, and what each item costs.
    Bench(::bench::Wish),
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
    if let Some(place) = cli.command.place()
        && let Err(failure) = owner::begin_as_owner(&place.data)
    {
        return failed(&failure);
    }
    let done = match cli.command {
        Command::Serve(serve) => {
            small_pages();
            // Where it listens it serves, whether or not anybody read so.
            return ended(run(serve::run(*serve)));
        }
        Command::Member { place, public, action } => {
            run(control::order_at(place, public, control::Order::Member(action)))
        }
        Command::Channels { place, public, action } => {
            run(control::order_at(place, public, control::Order::Channels(action)))
        }
        Command::Workspace { place, public, action } => {
            run(control::order_at(place, public, control::Order::Workspace(action)))
        }
        Command::Stop { place, action } => run(control::order(place, control::Order::Stop(action))),
        Command::Audit { place, action } => run(control::order(place, control::Order::Audit(action))),
        Command::Evidence { place, action } => run(control::order(place, control::Order::Evidence(action))),
        Command::Customer { place, action } => run(control::order(place, control::Order::Customer(action))),
        Command::VerifyEvidence(wish) => verify_evidence::run(&wish),
        Command::OptOuts { place, action } => run(control::order(place, control::Order::OptOuts(action))),
        Command::Consents { place, action } => run(control::order(place, control::Order::Consents(action))),
        Command::NumberEvents { place, action } => run(control::order(place, control::Order::NumberEvents(action))),
        Command::Demo { place, wish } => run(control::order(place, control::Order::Demo(wish))),
        Command::Clock { place, wish } => run(control::order(place, control::Order::Clock(wish))),
        Command::Backup(wish) => run(backup::run(wish)),
        Command::Backups { place, action } => run(control::order(place, control::Order::Backups(action))),
        Command::Restore(wish) => run(restore::run(wish)),
        Command::Key { place, action } => run(control::order(place, control::Order::Key(action))),
        Command::MigrateStore(wish) => run(migrate_store::run(wish)),
        Command::Migrate(wish) => run(migrate::run(wish)),
        Command::Doctor(doctor) => run(doctor::run(doctor)),
        Command::Bench(wish) => run(bench::run(wish)),
        Command::Openapi => {
            told::text(format_args!("{}", api::document::text()));
            Ok(())
        }
        Command::Probe { kind } => probe::run(kind, io::stdin().lock(), io::stdout().lock()).map_err(Failure::from),
    };
    ended(done.and_then(|()| told::all()))
}

fn ended(done: Result<(), Failure>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => failed(&failure),
    }
}

fn failed(failure: &Failure) -> ExitCode {
    eprintln!("hark: {failure}");
    ExitCode::from(failure.code())
}

impl Command {
    /// The place whose owner this should run as; a server runs as whoever starts it.
    fn place(&self) -> Option<&open::Place> {
        match self {
            Self::Member { place, .. }
            | Self::Channels { place, .. }
            | Self::Workspace { place, .. }
            | Self::Stop { place, .. }
            | Self::Demo { place, .. }
            | Self::Clock { place, .. }
            | Self::Key { place, .. }
            | Self::Backups { place, .. }
            | Self::Audit { place, .. }
            | Self::OptOuts { place, .. }
            | Self::Consents { place, .. }
            | Self::NumberEvents { place, .. }
            | Self::Evidence { place, .. }
            | Self::Customer { place, .. } => Some(place),
            Self::Backup(wish) => Some(&wish.place),
            Self::Restore(wish) => Some(&wish.place),
            Self::MigrateStore(wish) => Some(&wish.place),
            Self::Migrate(wish) => Some(&wish.place),
            Self::Doctor(wish) => Some(&wish.place),
            Self::Serve(_) | Self::Bench(_) | Self::Openapi | Self::Probe { .. } | Self::VerifyEvidence(_) => None,
        }
    }
}

/// The allocator asks for pages of 2 MiB, and a server at rest then holds 35 MiB more than it uses.
fn small_pages() {
    // An old kernel that cannot is as it was; nothing depends on it.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

fn run(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    // Whoever uses TLS first would choose otherwise; a second choice changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(std::time::Duration::from_millis(500));
    done
}
