//! `hark workspace`: one shop's data as a whole.

use std::path::PathBuf;

use clap::Subcommand;
use domain::id::WorkspaceId;
use engine::Engine;
use engine::audit::Actor;
use engine::workspaces::{NewWorkspace, WorkspaceError};
use serde::{Deserialize, Serialize};

use crate::exit::Failure;
use crate::public_url;

/// Said where nobody has set the server up.
pub const NONE: &str = "There is no workspace yet: start the server and set it up in the browser.\n";

/// What to do with workspaces.
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub enum Action {
    /// Make a workspace with a simulated number.
    Create {
        /// Its name.
        #[arg(long)]
        name: String,
        /// The name that texts; the workspace's name where absent.
        #[arg(long)]
        brand: Option<String>,
        /// Its IANA time zone.
        #[arg(long, default_value = "America/New_York")]
        time_zone: String,
        /// The e-mail address of a member who becomes its owner; without it an
        /// invitation for an owner is printed.
        #[arg(long)]
        owner: Option<String>,
    },
    /// List every workspace.
    List,
    /// Write everything of a workspace into a file of JSON lines (see docs/export.md).
    Export {
        /// The workspace's id.
        id: String,
        /// The file; it must not exist.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Remove a workspace with everything in it.
    Delete {
        /// The workspace's id.
        id: String,
        /// Says that you mean it.
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
        Action::Create { name, brand, time_zone, owner } => {
            create(engine, NewWorkspace { brand: brand.unwrap_or_else(|| name.clone()), name, time_zone }, owner).await
        }
        Action::List => {
            let rows = engine.workspace_list().await?;
            if rows.is_empty() {
                return Ok(NONE.to_owned());
            }
            Ok(rows.iter().map(|row| format!("{} {} ({}, {})\n", row.id, row.name, row.brand, row.time_zone)).collect())
        }
        Action::Export { id, to } => {
            let ws = known(engine, &id).await?;
            let lines =
                engine.workspace_export(ws, &to).await.map_err(|error| Failure::CannotCreate(error.to_string()))?;
            Ok(format!("{lines} lines in {}\n", to.display()))
        }
        Action::Delete { id, yes } => {
            let ws = known(engine, &id).await?;
            if !yes {
                return Err(Failure::Data(
                    "everything in the workspace would be gone for good; say so with --yes".to_owned(),
                ));
            }
            engine.workspace_delete(ws).await?;
            Ok(format!("{ws} is gone.\n"))
        }
    }
}

async fn create(engine: &Engine, new: NewWorkspace, owner: Option<String>) -> Result<String, Failure> {
    let owner = match owner {
        Some(email) => {
            let found = engine.member_by_email(&email).await?;
            Some(found.ok_or_else(|| Failure::Missing(format!("no member has the e-mail address {email}")))?)
        }
        None => None,
    };
    let row = engine.workspace_create(Actor::Cli, new, owner).await.map_err(failure)?;
    engine.simulator_provide(row.id).await.map_err(|error| Failure::Software(error.to_string()))?;
    let mut text = format!("{} {}\n", row.id, row.name);
    if owner.is_none() {
        let role = engine::members::Role::Owner;
        let keep = engine::idempotency::Keep::NOTHING;
        let link = engine.invite_create(row.id, Actor::Cli, None, None, role, keep).await;
        let link = link.map_err(|error| Failure::Software(error.to_string()))?;
        text.push_str("An owner joins at ");
        text.push_str(&public_url::link(engine, &format!("invite/{}", link.token)));
    }
    Ok(text)
}

/// A workspace that exists, by the id as typed.
pub async fn known(engine: &Engine, id: &str) -> Result<WorkspaceId, Failure> {
    let ws: WorkspaceId =
        id.parse().map_err(|error| Failure::Data(format!("{id}: {error}; see `hark workspace list`")))?;
    match engine.workspace_get(ws).await? {
        Some(_) => Ok(ws),
        None => Err(Failure::Missing(format!("there is no workspace {id}: see `hark workspace list`"))),
    }
}

/// The workspace that was named, or the only one.
pub async fn only(engine: &Engine, named: Option<String>) -> Result<WorkspaceId, Failure> {
    match named {
        Some(id) => known(engine, &id).await,
        None => match engine.workspace_list().await?.as_slice() {
            [only] => Ok(only.id),
            [] => Err(Failure::Missing(NONE.trim_end().to_owned())),
            _ => Err(Failure::Data("there are several workspaces: name one with --workspace".to_owned())),
        },
    }
}

fn failure(error: WorkspaceError) -> Failure {
    match error {
        WorkspaceError::Store(error) => error.into(),
        other => Failure::Data(other.to_string()),
    }
}
