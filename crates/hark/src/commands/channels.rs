//! `hark channels`: whether accounts at providers work, tried from the server itself.

use clap::Subcommand;
use domain::id::WorkspaceId;
use engine::Engine;
use engine::account_trial::Standing;
use engine::accounts::AccountView;
use serde::{Deserialize, Serialize};

use super::workspace::known;
use crate::exit::Failure;

/// What to do with accounts.
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub enum Action {
    /// Try each account's login, its numbers, and where their texts are posted. Nothing is sent.
    /// Ends with 78 where something is wrong.
    Test {
        /// Only the accounts of this name, or the one with this id.
        account: Option<String>,
        /// Only one workspace's, by its id; see `hark workspace list`.
        #[arg(long, value_name = "ID")]
        workspace: Option<String>,
    },
}

/// Does it; what it answers is for the terminal.
pub async fn run(engine: &Engine, action: Action) -> Result<String, Failure> {
    let Action::Test { account, workspace } = action;
    let only = match &workspace {
        Some(id) => Some(known(engine, id).await?),
        None => None,
    };
    if engine.setup_needed().await? {
        return Ok(super::workspace::NONE.to_owned());
    }
    let mut report = Report::default();
    for found in engine.workspace_list().await?.iter().filter(|found| only.is_none_or(|id| found.id == id)) {
        let accounts = engine.account_list(found.id).await?;
        let wanted = |view: &&AccountView| {
            account.as_ref().is_none_or(|name| view.row.name == *name || view.row.id.to_string() == *name)
        };
        let accounts: Vec<&AccountView> = accounts.iter().filter(wanted).collect();
        if !accounts.is_empty() {
            report.text.push_str(&format!("{} {}\n", found.id, found.name));
        }
        for view in accounts {
            tried(engine, found.id, view, &mut report).await?;
        }
    }
    match report {
        Report { accounts: 0, .. } => Err(Failure::Missing(match account {
            Some(name) => format!("there is no account {name}"),
            None => "there is no account".to_owned(),
        })),
        Report { wrong: 0, text, .. } => Ok(text),
        Report { wrong, text, .. } => Err(Failure::Config(format!("{wrong} thing(s) are wrong:\n{text}"))),
    }
}

#[derive(Default)]
struct Report {
    text: String,
    accounts: usize,
    wrong: usize,
}

async fn tried(engine: &Engine, ws: WorkspaceId, view: &AccountView, report: &mut Report) -> Result<(), Failure> {
    report.accounts += 1;
    let off = if view.row.disabled_at.is_some() { "  (switched off)" } else { "" };
    report.text.push_str(&format!("  {} ({}) {}{off}\n", view.row.name, view.row.provider, view.row.id));
    let Some(trials) = engine.account_try(ws, view.row.id).await? else {
        report.wrong += 1;
        report.text.push_str(
            "    WRONG    account_closed: the key file does not open its login, or no such provider is known.\n",
        );
        return Ok(());
    };
    for trial in trials {
        let word = match trial.standing {
            Standing::Right => "ok",
            Standing::Untold => "unknown",
            Standing::Wrong => "WRONG",
        };
        report.wrong += usize::from(trial.standing == Standing::Wrong);
        report.text.push_str(&format!("    {word:8} {}: {}\n", trial.code, trial.detail));
    }
    Ok(())
}
