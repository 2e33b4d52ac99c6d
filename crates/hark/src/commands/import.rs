//! `hark opt-outs import`, `hark consents import` and `hark number-events import`: files from elsewhere.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Subcommand;
use domain::id::WorkspaceId;
use domain::import::{Fault, Told};
use engine::Engine;
use engine::audit::Actor;
use engine::import::{ImportError, ImportRow, NewImport, Phase};
use serde::{Deserialize, Serialize};

use crate::exit::Failure;
use crate::shown::Shown;

/// Odd rows told of by line; more are in the web app and the API.
const FAULTS_SHOWN: i64 = 20;

/// What to do with them.
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub enum Action {
    /// Read a file of the former tool. The same file may come twice: what is known is not added again.
    Import {
        /// The file: comma-, semicolon- or tab-separated, with a heading that names the phone number.
        file: PathBuf,
        /// The country whose numbers need no calling code, by its ISO 3166 code.
        #[arg(long, default_value = "US")]
        country: String,
        /// The workspace's id; needed where there are several.
        #[arg(long)]
        workspace: Option<String>,
    },
}

impl Action {
    /// The running server may be in another directory.
    pub fn absolute(&mut self) -> Result<(), Failure> {
        let Self::Import { file, .. } = self;
        *file = std::path::absolute(&*file)?;
        Ok(())
    }
}

/// Does it; what it answers is for the terminal.
pub async fn run(engine: &Engine, told: Told, action: Action) -> Result<String, Failure> {
    let Action::Import { file, country, workspace } = action;
    let ws = match workspace {
        Some(id) => super::workspace::known(engine, &id).await?,
        None => match engine.workspace_list().await?.as_slice() {
            [only] => only.id,
            [] => return Err(Failure::Missing(super::workspace::NONE.trim_end().to_owned())),
            _ => return Err(Failure::Data("there are several workspaces: name one with --workspace".to_owned())),
        },
    };
    let unreadable = |error: std::io::Error| Failure::Missing(format!("{}: {error}", file.display()));
    let content = std::fs::read(&file).map_err(unreadable)?;
    let begun = engine.import_begin(ws, Actor::Cli, NewImport { told, content, country }).await.map_err(failure)?;
    let mut shown = Shown::new();
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    let read =
        engine.import_read(ws, begun.id, |row| shown.show("rows", count(row.counts.rows), count(row.rows))).await;
    drop(shown);
    let (row, phase) = read.map_err(failure)?;
    said(engine, ws, &row, phase).await
}

async fn said(engine: &Engine, ws: WorkspaceId, row: &ImportRow, phase: Phase) -> Result<String, Failure> {
    let counts = row.counts;
    let mut text = String::new();
    match phase {
        Phase::Done => {}
        Phase::Reading | Phase::Failed => {
            let done = format!("it broke off after {} of {} rows", counts.rows, row.rows);
            return Err(Failure::Unavailable(format!("{done}: import the same file again")));
        }
    }
    let _ = writeln!(
        text,
        "{} rows: {} new, {} known, {} refused.",
        row.rows, counts.added, counts.already, counts.refused
    );
    for (count, what) in [
        (counts.overtaken, "count for nothing: the customer has said otherwise since"),
        (counts.unproven, "of the new ones are without proof: marketing waits until the customer confirms"),
        (counts.other, "are about customers of the other kind"),
    ] {
        if count > 0 {
            let _ = writeln!(text, "{count} {what}.");
        }
    }
    let faults = engine.import_faults(ws, row.id, None, FAULTS_SHOWN + 1).await?.unwrap_or_default();
    let most = usize::try_from(FAULTS_SHOWN).unwrap_or(usize::MAX);
    for fault in faults.iter().take(most) {
        let reason = Fault::from_code(&fault.code).map_or_else(String::new, |known| format!(": {known}"));
        let kept = if fault.refused { "refused" } else { "taken" };
        let _ = writeln!(text, "line {}, {kept}, {}{reason}", fault.line, fault.code);
    }
    if faults.len() > most {
        let _ = writeln!(text, "… and more: GET /api/v1/imports/{}/faults", row.id);
    }
    Ok(text)
}

fn failure(error: ImportError) -> Failure {
    match error {
        ImportError::Store(error) => error.into(),
        ImportError::Busy => Failure::Busy(error.to_string()),
        ImportError::NotFound => Failure::Missing(error.to_string()),
        ImportError::TooLarge
        | ImportError::TooManyRows
        | ImportError::Empty
        | ImportError::NoNumbers
        | ImportError::UnknownCountry => Failure::Data(error.to_string()),
    }
}
