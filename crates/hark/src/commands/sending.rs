//! `hark stop`: the server's own switch.

use clap::Subcommand;
use engine::Engine;
use engine::reply::Author;
use engine::sending::Hand;
use serde::{Deserialize, Serialize};

use crate::exit::Failure;

/// What to do with the switch.
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub enum Action {
    /// Stop all sending. Texts of customers still come in.
    On {
        /// Why, for those who find it stopped.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Let sending go on.
    Off,
    /// Say how it stands.
    Status,
}

/// Does it; what it answers is for the terminal.
pub async fn run(engine: &Engine, action: Action) -> Result<String, Failure> {
    let hand = || Hand { author: Author { kind: "cli", id: None }, name: "the command line".to_owned() };
    match action {
        Action::On { reason } => engine.sending_set_server(hand(), true, reason).await?,
        Action::Off => engine.sending_set_server(hand(), false, String::new()).await?,
        Action::Status => {}
    }
    let switch = engine.sending_server().await?;
    Ok(match switch.stopped_at {
        None => "Sending runs.\n".to_owned(),
        Some(at) => {
            let since = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
            let by = switch.by.unwrap_or_default();
            let reason = switch.reason.filter(|reason| !reason.is_empty()).map(|reason| format!(": {reason}"));
            format!("All sending is stopped since {since} by {by}{}.\n", reason.unwrap_or_default())
        }
    })
}
