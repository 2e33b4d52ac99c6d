//! The outside witness as a process: see `testkit::witness`.
//!
//! Prints `listening on ADDRESS` once it does, and runs until it is ended.

use clap::Parser;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use testkit::witness::{Behaviour, Journal, Witness};

/// A provider that speaks Twilio's HTTP and journals each submit before it answers.
#[derive(Parser)]
struct Arguments {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The journal's file, which must not exist yet.
    #[arg(long)]
    journal: PathBuf,
    /// Honour idempotency keys (I-Twilio-Idempotency-Token or Idempotency-Key).
    #[arg(long)]
    keys: bool,
    /// List no texts, so that nobody can look up what became of one.
    #[arg(long)]
    unlisted: bool,
    /// Milliseconds an answer takes, beside the disk.
    #[arg(long, default_value_t = 0)]
    delay_ms: u64,
    /// Submits out of a hundred refused with 429.
    #[arg(long, default_value_t = 0)]
    throttle_pct: u8,
    /// Submits out of a hundred carried out and then left without an answer.
    #[arg(long, default_value_t = 0)]
    drop_pct: u8,
    /// What the chances follow from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Send status callbacks, signed with this auth token.
    #[arg(long)]
    receipts: Option<String>,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let behaviour = Behaviour {
        keys: arguments.keys,
        unlisted: arguments.unlisted,
        delay: Duration::from_millis(arguments.delay_ms),
        throttle_pct: arguments.throttle_pct,
        drop_pct: arguments.drop_pct,
        seed: arguments.seed,
        receipts: arguments.receipts,
    };
    let witness = Witness::new(Journal::create(&arguments.journal)?, behaviour)?;
    let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
    println!("listening on {}", listener.local_addr()?);
    std::io::stdout().flush()?;
    witness.serve(listener).await
}
