//! `hark demo`: a shop to look around in.

use std::io::{IsTerminal as _, Write as _};

use clap::Args;
use domain::id::WorkspaceId;
use engine::Engine;
use engine::audit::Actor;
use engine::demo::{CONVERSATIONS, CONVERSATIONS_MAX, DemoError, Phase, Progress};
use engine::members::Role;
use serde::{Deserialize, Serialize};

use crate::exit::Failure;

/// What shop, and whether it comes or goes.
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
pub struct Wish {
    /// The workspace; may be left out where there is only one.
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
    /// How many conversations, of about ten messages each.
    #[arg(long, value_name = "N", default_value_t = CONVERSATIONS,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(CONVERSATIONS_MAX)))]
    conversations: u32,
    /// Another number tells of another shop.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Take the shop out, with whatever was added to its customers; nothing else is touched.
    #[arg(long, conflicts_with = "status")]
    remove: bool,
    /// Say how far it is.
    #[arg(long)]
    status: bool,
}

/// Does it; what it answers is for the terminal.
pub async fn run(engine: &Engine, wish: Wish) -> Result<String, Failure> {
    let ws = workspace(engine, wish.workspace.as_deref()).await?;
    if wish.status {
        return Ok(said(engine.demo_progress(ws).await.map_err(failure)?));
    }
    let mut shown = Shown::default();
    let there = engine.demo_progress(ws).await.map_err(failure)?.phase != Phase::None;
    let done = if wish.remove {
        engine.demo_remove(ws, Actor::Cli, |progress| shown.show(progress)).await
    } else {
        // Who owns the workspace finds some of the open conversations to be theirs.
        let members = engine.member_list(ws).await?;
        let owner = members.iter().find(|one| one.role == Role::Owner).map(|one| one.member.id);
        engine.demo_wish(ws, Actor::Cli, wish.conversations, wish.seed, owner).await.map_err(failure)?;
        engine.demo_fill(ws, |progress| shown.show(progress)).await
    };
    shown.end();
    let done = done.map_err(failure)?;
    Ok(match done.phase {
        Phase::None if there => "The demo shop was removed.\n".to_owned(),
        Phase::None | Phase::Ready | Phase::Filling | Phase::Removing | Phase::Failed => said(done),
    })
}

async fn workspace(engine: &Engine, given: Option<&str>) -> Result<WorkspaceId, Failure> {
    let all = engine.workspace_list().await?;
    let known = |id: WorkspaceId| all.iter().any(|row| row.id == id);
    match (given, all.as_slice()) {
        (Some(id), _) => match id.parse() {
            Ok(id) if known(id) => Ok(id),
            _ => Err(Failure::Missing(format!("there is no workspace {id}"))),
        },
        (None, [only]) => Ok(only.id),
        (None, []) => Err(Failure::Missing("there is no workspace yet: set Hark up in the browser first".to_owned())),
        (None, _) => Err(Failure::Data("there are several workspaces: name one with --workspace".to_owned())),
    }
}

fn said(progress: Progress) -> String {
    let Progress { phase, done, total } = progress;
    match phase {
        Phase::None => "There is no demo shop.\n".to_owned(),
        Phase::Ready => format!("The demo shop is there: {done} conversations.\n"),
        Phase::Filling => format!("The demo shop is coming: {done} of {total} conversations.\n"),
        Phase::Removing => format!("The demo shop is going: {done} conversations are left.\n"),
        Phase::Failed => format!("The demo shop broke off at {done} of {total} conversations; run hark demo again.\n"),
    }
}

fn failure(error: DemoError) -> Failure {
    match error {
        DemoError::Store(error) => error.into(),
        DemoError::Busy => Failure::Busy("the demo shop is being changed already".to_owned()),
        DemoError::Exists => Failure::Busy("there is a demo shop already: remove it first with --remove".to_owned()),
        DemoError::Setup(error) => Failure::Software(error.to_string()),
    }
}

/// A line that counts, where somebody looks on.
#[derive(Default)]
struct Shown {
    last: i64,
}

impl Shown {
    fn show(&mut self, progress: Progress) {
        // Often enough to be seen moving, seldom enough not to cost.
        if (progress.done - self.last).abs() >= 500 && std::io::stderr().is_terminal() {
            self.last = progress.done;
            let _ = write!(std::io::stderr(), "\r{} of {} conversations ", progress.done, progress.total);
        }
    }

    fn end(&self) {
        if self.last != 0 {
            let _ = writeln!(std::io::stderr());
        }
    }
}
