//! `hark backups`: for how long the copies in Hark's own folder are kept.

use std::fmt::Write as _;

use clap::Subcommand;
use engine::Engine;
use engine::audit::Actor;
use engine::backups::{BackupsError, BackupsKept};
use serde::{Deserialize, Serialize};

use crate::exit::Failure;

/// What to do about the copies.
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub enum Action {
    /// Say how many there are, how long they are kept, and what goes next.
    Status,
    /// Set for how long they are kept. What is over the term goes by itself, on every node.
    Keep {
        /// For so many days.
        #[arg(long, value_name = "DAYS", required_unless_present = "for_good")]
        days: Option<i64>,
        /// Until somebody removes them; copies made before an upgrade go after 30 days.
        #[arg(long, conflicts_with = "days")]
        for_good: bool,
        /// Do it. Without this it only tells what would go.
        #[arg(long)]
        yes: bool,
    },
}

/// Does it; what it answers is for the terminal.
pub async fn run(engine: &Engine, action: &Action) -> Result<String, Failure> {
    match action {
        Action::Status => Ok(told(&engine.backups_kept().await.map_err(failure)?)),
        Action::Keep { days, yes, .. } => {
            if let (Some(days), false) = (*days, *yes) {
                let would = engine.backups_due(days).await.map_err(failure)?;
                return Ok(format!("{}Nothing was changed: say so with --yes.\n", told(&would)));
            }
            engine.backups_set(Actor::Cli, *days).await.map_err(failure)?;
            let gone = engine.backups_round().await.map_err(failure)?;
            Ok(format!("{gone} went now.\n{}", told(&engine.backups_kept().await.map_err(failure)?)))
        }
    }
}

fn told(kept: &BackupsKept) -> String {
    let mut text = match kept.days {
        Some(days) => format!("Copies are kept for {days} day(s).\n"),
        None => "Copies are kept for good, those made before an upgrade for 30 days.\n".to_owned(),
    };
    let _ = writeln!(text, "There are {}; {} are over their term.", kept.copies, kept.due);
    if let Some(at) = kept.oldest_at {
        let _ =
            writeln!(text, "The oldest of those is of {}.", jiff::Timestamp::from_millisecond(at).unwrap_or_default());
    }
    if let Some(at) = kept.run_at {
        let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
        let _ = writeln!(text, "Last went {}, at {at}.", kept.gone);
    }
    text
}

fn failure(error: BackupsError) -> Failure {
    match error {
        BackupsError::Days => Failure::Data(error.to_string()),
        BackupsError::File { .. } => Failure::CannotCreate(error.to_string()),
        BackupsError::Store(error) => error.into(),
    }
}
