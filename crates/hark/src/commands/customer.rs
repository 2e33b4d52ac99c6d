//! `hark customer`: what a person may ask for by law.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use domain::address::Address;
use domain::id::{CustomerId, WorkspaceId};
use engine::Engine;
use engine::audit::Actor;
use engine::erasure::{Counts, ErasureError, counts};
use serde::{Deserialize, Serialize};

use crate::exit::Failure;

/// What to do with a customer.
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub enum Action {
    /// Write everything about a customer into a zip, for themselves: tables, JSON, pictures.
    Export {
        /// The customer: an id, or a phone number in international form.
        customer: String,
        /// The file; it must not exist.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// The workspace's id; needed where there are several.
        #[arg(long)]
        workspace: Option<String>,
    },
    /// Erase a customer: texts, pictures, name, notes, drafts, orders, search words. What stays is a keyed
    /// hash of each number, so that it is still not texted, and sealed evidence of consent.
    Erase {
        /// The customer: an id, or a phone number in international form.
        customer: String,
        /// The workspace's id; needed where there are several.
        #[arg(long)]
        workspace: Option<String>,
        /// Do it. Without this it only tells what would go.
        #[arg(long)]
        yes: bool,
    },
}

impl Action {
    /// The running server may be in another directory.
    pub fn absolute(&mut self) -> Result<(), Failure> {
        if let Self::Export { to, .. } = self {
            *to = std::path::absolute(&*to)?;
        }
        Ok(())
    }
}

/// Does it; what it answers is for the terminal.
pub async fn run(engine: &Engine, action: Action) -> Result<String, Failure> {
    match action {
        Action::Export { customer, to, workspace } => {
            let (ws, id) = known(engine, &customer, workspace).await?;
            export(engine, ws, id, &to).await
        }
        Action::Erase { customer, workspace, yes } => {
            let (ws, id) = known(engine, &customer, workspace).await?;
            erase(engine, ws, id, yes).await
        }
    }
}

async fn known(
    engine: &Engine,
    customer: &str,
    workspace: Option<String>,
) -> Result<(WorkspaceId, CustomerId), Failure> {
    let ws = super::workspace::only(engine, workspace).await?;
    let id = match customer.parse::<CustomerId>() {
        Ok(id) => engine.erasure_preview(ws, id).await?.map(|_| id),
        Err(_) => engine.customer_by_address(ws, Address::parse(customer.trim())).await?,
    };
    id.map(|id| (ws, id)).ok_or_else(|| Failure::Missing(format!("there is no customer {customer}")))
}

async fn export(engine: &Engine, ws: WorkspaceId, id: CustomerId, to: &Path) -> Result<String, Failure> {
    let broken = |error: std::io::Error| Failure::CannotCreate(format!("{}: {error}", to.display()));
    let mut options = std::fs::OpenOptions::new();
    std::os::unix::fs::OpenOptionsExt::mode(options.write(true).create_new(true), 0o600);
    // Made before the rest, so that nothing is written down for a file that cannot be.
    let file = options.open(to).map_err(broken)?;
    let wish = engine.access_wish(ws, Actor::Cli, id).await;
    let made = match wish {
        Ok(row) => super::evidence::fill(engine, ws, row.id, &file, broken).await,
        Err(error) => Err(super::evidence::failure(error)),
    };
    if made.is_err() {
        // Half of it would look like all of it. What cannot be removed is told by the error.
        let _ = std::fs::remove_file(to);
    }
    Ok(format!("{}: {} bytes, everything about {id}\n", to.display(), made?.bytes))
}

async fn erase(engine: &Engine, ws: WorkspaceId, id: CustomerId, yes: bool) -> Result<String, Failure> {
    let gone = || Failure::Missing(format!("there is no customer {id}"));
    let there = engine.erasure_preview(ws, id).await?.ok_or_else(gone)?;
    if !yes {
        return Ok(format!("{id} has {}.\nNothing was erased: say so with --yes.\n", told(&there)));
    }
    let wish = engine.erasure_wish(ws, Actor::Cli, id).await.map_err(failure)?;
    let now = engine.erasure_follow(ws, wish.id).await.map_err(failure)?;
    let mut text = String::new();
    let _ = match now.finished_at {
        Some(_) => writeln!(text, "{id} is erased ({}): {} are gone.", now.id, told(&counts(&now.gone))),
        // The server is told to end; its next start goes on.
        None => writeln!(text, "{id} is being erased ({}): {} of {} done.", now.id, now.done, now.total),
    };
    text.push_str(
        "On PostgreSQL the pages they lay on are emptied by the next VACUUM; backups made before hold them until \
         they are removed (docs/privacy.md).\n",
    );
    Ok(text)
}

fn told(there: &Counts) -> String {
    let Counts { conversations, texts, notes, media, drafts, orders, waiting, consents } = there;
    format!(
        "{texts} texts ({waiting} of them waiting) and {notes} notes in {conversations} conversations, {media} pictures, \
         {drafts} drafts, {orders} orders and {consents} entries of the consent ledger"
    )
}

/// A failure as the terminal tells it.
pub fn failure(error: ErasureError) -> Failure {
    match error {
        ErasureError::Store(error) => error.into(),
        ErasureError::NotFound => Failure::Missing(error.to_string()),
        ErasureError::Busy => Failure::Busy(error.to_string()),
        ErasureError::NoKey | ErasureError::OtherKey(_) => Failure::Config(error.to_string()),
        ErasureError::File { .. } => Failure::CannotCreate(error.to_string()),
        ErasureError::Crypto(error) => error.into(),
    }
}
