//! `hark key`: the keys that seal provider logins.

use clap::Subcommand;
use engine::Engine;
use engine::keys::KeyError;
use serde::{Deserialize, Serialize};

use crate::exit::Failure;

/// What to do with the keys.
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub enum Action {
    /// List every key with what it seals.
    List,
    /// Seal every login with a new key. Broken off, it is finished by running it again.
    Rotate {
        /// Only put the new key into the file, so that it can be copied to every node first.
        #[arg(long, conflicts_with = "give_up")]
        prepare: bool,
        /// Empty the logins whose key is lost, to be entered anew.
        #[arg(long)]
        give_up: bool,
    },
    /// Remove a former key from the file: links to pictures sent with it, and older backups' logins, need it.
    Drop {
        /// Its name, as listed.
        id: String,
    },
}

/// Does it; what it answers is for the terminal.
pub async fn run(engine: &Engine, action: Action) -> Result<String, Failure> {
    let file = engine.keys().file().map(|file| file.display().to_string()).unwrap_or_default();
    match action {
        Action::List => list(engine, &file).await,
        Action::Rotate { prepare: true, .. } => {
            let id = engine.key_prepare()?;
            Ok(format!(
                "Key {id} is in {file} and seals from the next rotation on. Copy the file to every node \
                 (a running one reads it when it needs to), then run `hark key rotate`.\n"
            ))
        }
        Action::Rotate { give_up, .. } => rotate(engine, &file, give_up).await,
        Action::Drop { id } => {
            engine.key_drop(&id).await.map_err(failure)?;
            Ok(format!("Key {id} is no longer in {file}.\n"))
        }
    }
}

async fn list(engine: &Engine, file: &str) -> Result<String, Failure> {
    let mut text = format!("{file}\n");
    for key in engine.key_list().await? {
        let role = match (key.held, key.seals, key.next) {
            (false, ..) => "MISSING from the file",
            (_, true, _) => "seals",
            (_, _, true) => "seals from the next rotation on",
            _ => "only opens",
        };
        text.push_str(&format!("  {} {role}; {} login(s)\n", key.id, key.logins));
    }
    Ok(text)
}

async fn rotate(engine: &Engine, file: &str, give_up: bool) -> Result<String, Failure> {
    let done = engine.key_rotate(give_up).await.map_err(failure)?;
    let mut text = match done.finished {
        true => format!(
            "An earlier rotation had broken off. It is finished: {} login(s) were sealed anew with key {}. \
             Run this again for another key.\n",
            done.resealed, done.key
        ),
        false => format!("{} login(s) are sealed anew with key {}.\n", done.resealed, done.key),
    };
    for account in &done.given_up {
        text.push_str(&format!("The login of account {account} is empty: enter it anew.\n"));
    }
    text.push_str(&format!(
        "{file} holds the new key: copy it to where its copy is kept, and to every other node. The former keys \
         stay in it, for links to pictures on their way and for older backups; `hark key drop` removes one.\n"
    ));
    Ok(text)
}

fn failure(error: KeyError) -> Failure {
    match error {
        KeyError::Store(error) => error.into(),
        KeyError::Crypto(error) => error.into(),
        KeyError::Unopened { ref unopened, .. } => {
            let each = unopened.iter().map(|(account, key)| format!("\n  account {account} needs key {key}"));
            Failure::Config(format!(
                "{error}; nothing was changed.{}\nPut the right key file there, or, if the key is lost, \
                 empty them with --give-up and enter them anew.",
                each.collect::<String>()
            ))
        }
        KeyError::NoSuchKey => Failure::Missing(format!("{error}: see `hark key list`")),
        KeyError::Needed(_) | KeyError::Remembers(_) | KeyError::Restless => Failure::Busy(error.to_string()),
    }
}
