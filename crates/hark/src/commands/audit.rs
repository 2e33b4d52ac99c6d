//! `hark audit`: whether what proves something is still what was written down.

use clap::Subcommand;
use engine::Engine;
use engine::evidence::{SignedHead, Verification};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::exit::Failure;

/// What to do with the evidence.
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub enum Action {
    /// Compare every sealed row with its chain, and the chains with the signed heads.
    Verify {
        /// The workspace's id; all of them where absent.
        #[arg(long)]
        workspace: Option<String>,
        /// Signed heads that were carried away: a file of JSON lines, as in the data directory's `heads`.
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
        /// The key (hexadecimal) every head must be signed with, carried or in the database, as `hark audit key`
        /// printed it once. Several nodes have a key each: name them all.
        #[arg(long, value_name = "KEY")]
        public: Vec<String>,
    },
    /// Sign the chains as they stand, and print the heads to be carried away.
    Heads,
    /// Print the public key that verifies this server's signed heads.
    Key,
}

impl Action {
    /// The same with a path that holds wherever the server runs.
    pub fn absolute(&mut self) -> Result<(), Failure> {
        if let Self::Verify { heads: Some(path), .. } = self {
            *path = std::path::absolute(&path)?;
        }
        Ok(())
    }
}

/// Does it; what it answers is for the terminal.
pub async fn run(engine: &Engine, action: Action) -> Result<String, Failure> {
    let no_key = || Failure::Software("this engine has no signing key".to_owned());
    match action {
        Action::Key => Ok(format!(
            "{}\n",
            engine.heads_key().map_err(|error| Failure::CannotCreate(error.to_string()))?.ok_or_else(no_key)?
        )),
        Action::Heads => {
            let mut text = String::new();
            for head in engine.heads_keep().await.map_err(|error| Failure::Software(error.to_string()))? {
                let line = serde_json::to_string(&head).map_err(|error| Failure::Software(error.to_string()))?;
                let _ = writeln!(text, "{line}");
            }
            Ok(text)
        }
        Action::Verify { workspace, heads, public } => {
            let carried = heads.map(|path| read(&path)).transpose()?.unwrap_or_default();
            let known = |head: &SignedHead| public.iter().any(|key| key.eq_ignore_ascii_case(&head.public_key));
            if let Some(stranger) = carried.iter().find(|head| !public.is_empty() && !known(head)) {
                return Err(Failure::Data(format!(
                    "head {} is signed with another key: {}",
                    stranger.seq, stranger.public_key
                )));
            }
            verify(engine, workspace, &carried, &public).await
        }
    }
}

fn read(path: &std::path::Path) -> Result<Vec<SignedHead>, Failure> {
    let text =
        std::fs::read_to_string(path).map_err(|error| Failure::Missing(format!("{}: {error}", path.display())))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line)
                .map_err(|error| Failure::Data(format!("{}:{}: {error}", path.display(), number + 1)))
        })
        .collect()
}

async fn verify(
    engine: &Engine,
    workspace: Option<String>,
    carried: &[SignedHead],
    keys: &[String],
) -> Result<String, Failure> {
    let workspaces = match workspace {
        Some(id) => vec![super::workspace::known(engine, &id).await?],
        None => engine.workspace_list().await?.into_iter().map(|row| row.id).collect(),
    };
    let (mut text, mut wrong) = (String::new(), 0);
    for ws in workspaces {
        let found = engine.evidence_verify(ws, carried.to_vec(), keys).await?;
        wrong += found.count;
        tell(&mut text, &ws.to_string(), &found);
    }
    if wrong == 0 { Ok(text) } else { Err(Failure::Data(format!("the evidence does not hold.\n{text}"))) }
}

fn tell(text: &mut String, ws: &str, found: &Verification) {
    let Verification { entries, rows, older, heads, head, erased, erased_otherwise, problems, count } = found;
    let _ = writeln!(
        text,
        "{ws}: {rows} rows in {entries} entries, {heads} signed heads, {older} rows older than the chain; head {head}"
    );
    for deed in erased {
        let at =
            jiff::Timestamp::from_millisecond(deed.at).unwrap_or_default().strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let by = deed.actor_id.map(|id| format!(" {}", id.simple())).unwrap_or_default();
        let _ = writeln!(text, "  erased: {} row(s) of {} on {at} by {}{by}", deed.rows, deed.subject, deed.actor_kind);
    }
    if *erased_otherwise > 0 {
        let _ = writeln!(text, "  erased: {erased_otherwise} row(s) with their account or the demo shop");
    }
    for problem in problems {
        let entry = problem.seq.map(|seq| format!(", entry {seq}")).unwrap_or_default();
        let _ = writeln!(text, "  {} {}: {}{entry}", problem.fault.word(), problem.of, problem.which);
    }
    match usize::try_from(*count).unwrap_or(usize::MAX) {
        0 => text.push_str("  everything is as it was written down\n"),
        all if all > problems.len() => {
            let _ = writeln!(text, "  and {} more", all - problems.len());
        }
        _ => {}
    }
}
