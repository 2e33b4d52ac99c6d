//! `hark stop`: the stop switches of the server, its workspaces and their inboxes.

use clap::{Args, Subcommand};
use domain::id::{InboxId, WorkspaceId};
use engine::Engine;
use engine::reply::Author;
use engine::sending::{Hand, Switch};
use serde::{Deserialize, Serialize};

use super::workspace::known;
use crate::exit::Failure;

/// What to do with a switch.
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub enum Action {
    /// Stop all sending. Texts of customers still come in.
    On {
        #[command(flatten)]
        whose: Whose,
        /// Why, for those who find it stopped.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Let sending go on, as far as no other switch stops it.
    Off {
        #[command(flatten)]
        whose: Whose,
    },
    /// Say how it stands: of the server with all that is stopped on it, or of what is named.
    Status {
        #[command(flatten)]
        whose: Whose,
    },
}

/// Whose switch; the whole server's where none is named.
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
#[group(multiple = false)]
pub struct Whose {
    /// One workspace's, by its id; see `hark workspace list`.
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
    /// One inbox's, by its id.
    #[arg(long, value_name = "ID")]
    inbox: Option<String>,
}

/// A switch that exists.
#[derive(Debug, Clone, Copy)]
enum Target {
    Server,
    Workspace(WorkspaceId),
    Inbox(WorkspaceId, InboxId),
}

/// Does it; what it answers is for the terminal.
pub async fn run(engine: &Engine, action: Action) -> Result<String, Failure> {
    let target = match &action {
        Action::On { whose, .. } | Action::Off { whose } | Action::Status { whose } => target(engine, whose).await?,
    };
    match action {
        Action::On { reason, .. } => set(engine, target, true, reason).await?,
        Action::Off { .. } => set(engine, target, false, String::new()).await?,
        Action::Status { .. } => {}
    }
    status(engine, target).await
}

async fn target(engine: &Engine, whose: &Whose) -> Result<Target, Failure> {
    if let Some(id) = &whose.workspace {
        return Ok(Target::Workspace(known(engine, id).await?));
    }
    let Some(id) = &whose.inbox else { return Ok(Target::Server) };
    let inbox: InboxId = id.parse().map_err(|error| Failure::Data(format!("{id}: {error}")))?;
    for workspace in engine.workspace_list().await? {
        if engine.inbox_list(workspace.id).await?.iter().any(|row| row.id == inbox) {
            return Ok(Target::Inbox(workspace.id, inbox));
        }
    }
    Err(no_inbox(inbox))
}

fn no_inbox(id: InboxId) -> Failure {
    Failure::Missing(format!("there is no inbox {id}"))
}

async fn set(engine: &Engine, target: Target, stopped: bool, reason: String) -> Result<(), Failure> {
    let hand = Hand { author: Author { kind: "cli", id: None }, name: "the command line".to_owned() };
    match target {
        Target::Server => engine.sending_set_server(hand, stopped, reason).await?,
        Target::Workspace(ws) => engine.sending_set_workspace(ws, hand, stopped, reason).await?,
        Target::Inbox(ws, inbox) => {
            // It may have gone since it was found.
            if !engine.sending_set_inbox(ws, inbox, hand, stopped, reason).await? {
                return Err(no_inbox(inbox));
            }
        }
    }
    Ok(())
}

/// How a switch stands. Sending needs every switch above it too, so those that
/// are thrown are told as well; of the server, those below it.
async fn status(engine: &Engine, target: Target) -> Result<String, Failure> {
    let server = engine.sending_server().await?;
    let mut text = String::new();
    match target {
        Target::Server => {
            text.push_str(&stopped("All sending", &server).unwrap_or_else(|| "Sending runs.\n".to_owned()));
            for workspace in engine.workspace_list().await? {
                let switches = engine.sending_switches(workspace.id).await?;
                let of = format!("Sending of the workspace {} ({})", workspace.name, workspace.id);
                text.extend(stopped(&of, &switches.workspace));
                for (id, name, switch) in switches.inboxes {
                    text.extend(stopped(&format!("Sending by the inbox {name} ({id})"), &switch));
                }
            }
        }
        Target::Workspace(ws) => {
            let switches = engine.sending_switches(ws).await?;
            text.push_str(&told("Sending of the workspace", &switches.workspace));
            text.extend(stopped("All sending", &server));
        }
        Target::Inbox(ws, inbox) => {
            let switches = engine.sending_switches(ws).await?;
            let of = switches.inboxes.into_iter().find(|(id, ..)| *id == inbox).ok_or_else(|| no_inbox(inbox))?;
            text.push_str(&told(&format!("Sending by the inbox {}", of.1), &of.2));
            text.extend(stopped("Sending of its workspace", &switches.workspace));
            text.extend(stopped("All sending", &server));
        }
    }
    Ok(text)
}

fn told(what: &str, switch: &Switch) -> String {
    stopped(what, switch).unwrap_or_else(|| format!("{what} runs.\n"))
}

/// Since when, by whom and why something is stopped; nothing where it runs.
fn stopped(what: &str, switch: &Switch) -> Option<String> {
    let since = jiff::Timestamp::from_millisecond(switch.stopped_at?).unwrap_or_default();
    let by = switch.by.as_deref().unwrap_or_default();
    let reason = switch.reason.as_deref().filter(|reason| !reason.is_empty());
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    Some(format!("{what} is stopped since {since} by {by}{reason}.\n"))
}
