//! `hark evidence`: everything about one address in one signed file.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Subcommand;
use domain::address::Address;
use domain::id::{EvidencePackId, WorkspaceId};
use engine::Engine;
use engine::audit::Actor;
use engine::evidence::{PackError, PackRow};
use engine::idempotency::Keep;
use serde::{Deserialize, Serialize};

use crate::exit::Failure;

/// What to do with evidence.
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub enum Action {
    /// Write a pack of evidence about one address into a file: consent with the words shown, every text
    /// with the gate's decisions, opt-outs, the audit log, and the proof that nothing was changed since.
    Pack {
        /// The address: a phone number in international form.
        #[arg(long)]
        address: String,
        /// The file; it must not exist.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// The workspace's id; needed where there are several.
        #[arg(long)]
        workspace: Option<String>,
    },
}

impl Action {
    /// The running server may be in another directory.
    pub fn absolute(&mut self) -> Result<(), Failure> {
        let Self::Pack { to, .. } = self;
        *to = std::path::absolute(&*to)?;
        Ok(())
    }
}

/// Does it; what it answers is for the terminal.
pub async fn run(engine: &Engine, action: Action) -> Result<String, Failure> {
    let Action::Pack { address, to, workspace } = action;
    let ws = super::workspace::only(engine, workspace).await?;
    let broken = |error: std::io::Error| Failure::CannotCreate(format!("{}: {error}", to.display()));
    // Made before the pack, so that nothing is written down for a file that cannot be.
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&to).map_err(broken)?;
    let wish = engine.pack_wish(ws, Actor::Cli, Address::parse(address.trim()), Keep::NOTHING).await;
    let made = match wish {
        Ok(row) => fill(engine, ws, row.id, &file, broken).await,
        Err(error) => Err(failure(error)),
    };
    if made.is_err() {
        // Half a pack would only look like a forged one. What cannot be removed is told by the error.
        let _ = std::fs::remove_file(&to);
    }
    let row = made?;
    let mut text = String::new();
    let _ = writeln!(text, "{}: {} bytes about {}", to.display(), row.bytes, row.address);
    if let Some(key) = engine.heads_key()? {
        let _ = writeln!(text, "Verify it on any computer: hark verify-evidence {} --key {key}", to.display());
    }
    Ok(text)
}

/// Has a pack made that was wished for, and writes it into a file.
pub async fn fill(
    engine: &Engine,
    ws: WorkspaceId,
    id: EvidencePackId,
    mut file: &std::fs::File,
    broken: impl Fn(std::io::Error) -> Failure,
) -> Result<PackRow, Failure> {
    let row = engine.pack_make(ws, id).await.map_err(failure)?;
    let mut no = 0;
    while let Some(part) = engine.pack_part(ws, row.id, no).await? {
        std::io::Write::write_all(&mut file, &part).map_err(&broken)?;
        no += 1;
    }
    file.sync_all().map_err(broken)?;
    Ok(row)
}

/// A failure as the terminal tells it.
pub fn failure(error: PackError) -> Failure {
    match error {
        PackError::Store(error) => error.into(),
        PackError::NotFound => Failure::Missing(error.to_string()),
        PackError::Busy => Failure::Busy(error.to_string()),
        PackError::NoKey
        | PackError::Key(_)
        | PackError::Heads(_)
        | PackError::TooLarge(_)
        | PackError::BrokenOff
        | PackError::Failed => Failure::Software(error.to_string()),
    }
}
