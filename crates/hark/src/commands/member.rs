//! `hark member`: help for members from the server itself.

use clap::Subcommand;
use engine::Engine;
use engine::audit::Actor;
use engine::members::{MemberChange, MemberError};
use serde::{Deserialize, Serialize};

use crate::exit::Failure;
use crate::public_url;

/// What to do with members.
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub enum Action {
    /// List every member with their workspaces and roles.
    List,
    /// Print a link with which a member sets a new password.
    Reset {
        /// The member's e-mail address.
        email: String,
    },
    /// Shut a member out and end their sessions.
    Disable {
        /// The member's e-mail address.
        email: String,
    },
    /// Let a member in again.
    Enable {
        /// The member's e-mail address.
        email: String,
    },
}

/// Does it; what it answers is for the terminal.
pub async fn run(engine: &Engine, action: Action) -> Result<String, Failure> {
    match action {
        Action::List => list(engine).await,
        Action::Reset { email } => {
            let made = engine.reset_by_email(&email).await.map_err(failure)?.ok_or_else(|| nobody(&email))?;
            let link = public_url::link(engine, &format!("reset/{}", made.token));
            Ok(format!("{link}The link works once, for a day.\n"))
        }
        Action::Disable { email } => set_disabled(engine, &email, true).await,
        Action::Enable { email } => set_disabled(engine, &email, false).await,
    }
}

async fn list(engine: &Engine) -> Result<String, Failure> {
    let mut text = String::new();
    if engine.setup_needed().await? {
        return Ok(super::workspace::NONE.to_owned());
    }
    for workspace in engine.workspace_list().await? {
        text.push_str(&format!("{} {}\n", workspace.id, workspace.name));
        for found in engine.member_list(workspace.id).await? {
            let out = if found.member.disabled_at.is_some() { "  (shut out)" } else { "" };
            text.push_str(&format!("  {:7} {} <{}>{out}\n", found.role.word(), found.member.name, found.member.email));
        }
    }
    Ok(text)
}

async fn set_disabled(engine: &Engine, email: &str, disabled: bool) -> Result<String, Failure> {
    let kept = engine::auth::email_kept(email);
    for workspace in engine.workspace_list().await? {
        let members = engine.member_list(workspace.id).await?;
        if let Some(found) = members.into_iter().find(|found| found.member.email == kept) {
            let change = MemberChange { disabled: Some(disabled), ..MemberChange::default() };
            engine.member_change(workspace.id, Actor::Cli, None, found.member.id, change).await.map_err(failure)?;
            let done = if disabled { "is shut out; their sessions have ended" } else { "can sign in again" };
            return Ok(format!("{} {done}.\n", found.member.email));
        }
    }
    Err(nobody(email))
}

fn nobody(email: &str) -> Failure {
    Failure::Missing(format!("no member has the e-mail address {email}, or they are shut out: see `hark member list`"))
}

fn failure(error: MemberError) -> Failure {
    match error {
        MemberError::Store(error) => error.into(),
        MemberError::Crypto(error) => error.into(),
        other => Failure::Data(other.to_string()),
    }
}
