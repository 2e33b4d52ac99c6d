//! `hark backup`: one file with everything, made while the server runs.

use std::path::{Path, PathBuf};

use clap::Args;
use engine::crypto::Keyring;
use engine::{Clock as _, SystemClock};
use store::backup::{self, Contents};
use store::{MIGRATIONS, StoreUrl, portable};
use tokio::signal::unix::{SignalKind, signal};

use crate::exit::Failure;
use crate::open::{self, Place};
use crate::shown::{Shown, size};
use crate::told::tell;

/// What to copy, and where to.
#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    pub place: Place,
    /// The file to make, or a folder to make it in; `backups` in the data directory where absent.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

/// Makes the copy, checks it, and says what it holds and what it does not.
///
/// It reads the database itself, beside a server that may be running: a reader
/// hinders neither engine.
pub async fn run(wish: Backup) -> Result<(), Failure> {
    let place = wish.place;
    let to = target(&place, wish.to)?;
    let part = part(&to);
    let saved = tokio::select! {
        saved = save(&place, to.clone()) => saved?,
        name = told_to_end() => {
            // The work goes on until this process ends, into a file without a name.
            let _ = std::fs::remove_file(&part).or_else(|_| std::fs::remove_dir_all(&part));
            return Err(Failure::Interrupted(format!("{}: no copy was made", name?)));
        }
    };
    let held = backup::contents(&saved.file)?;
    tell!("{}: {}, schema {}", saved.file.display(), size(saved.bytes), saved.schema);
    tell!("It holds {}, pictures among them.", holds(&held));
    tell!("It was read back and is whole; its SHA-256 is in {}.sha256.", saved.file.display());
    tell!("Not in it is the key file, {}. {}", place.key_path().display(), about_key(&place, &held)?);
    Ok(())
}

/// Copies the database of a place to a file.
pub async fn save(place: &Place, to: PathBuf) -> Result<backup::Saved, Failure> {
    let mut shown = Shown::new();
    match place.url() {
        StoreUrl::Sqlite(dir) => {
            let saving = tokio::task::spawn_blocking(move || {
                backup::save(&dir, &to, &mut |progress| shown.show("pages", progress.done, progress.total))
            });
            Ok(saving.await.map_err(|error| Failure::Software(error.to_string()))??)
        }
        StoreUrl::Postgres(url) => {
            let copied = move |moved: &store::db::Moved| shown.show(&moved.table, moved.rows, moved.of);
            Ok(portable::save(url, to, MIGRATIONS, copied).await?)
        }
    }
}

fn target(place: &Place, to: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let now = jiff::Timestamp::from_millisecond(SystemClock::new().now()).unwrap_or_default();
    let name = format!("hark-{}.db", now.strftime("%Y%m%dT%H%M%SZ"));
    match to {
        Some(folder) if folder.is_dir() => Ok(folder.join(name)),
        Some(file) => Ok(file),
        None => {
            // A data directory that is not there is not made: it would be a typing error.
            if !place.data.is_dir() {
                return Err(Failure::Missing(format!("{} is no data directory", place.data.display())));
            }
            let folder = place.backups();
            open::folder(&folder)?;
            Ok(folder.join(name))
        }
    }
}

fn part(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    to.with_file_name(name)
}

async fn told_to_end() -> Result<&'static str, Failure> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => Ok("SIGTERM"),
        _ = interrupt.recv() => Ok("interrupted"),
    }
}

/// What a copy holds, in words.
pub fn holds(held: &Contents) -> String {
    let Contents { workspaces, conversations, messages, .. } = held;
    format!("{workspaces} workspace(s), {conversations} conversations and {messages} messages")
}

/// What is lost without the key file, and whether the one at hand is right.
pub fn about_key(place: &Place, held: &Contents) -> Result<String, Failure> {
    let logins = held.sealed.len();
    if logins == 0 {
        return Ok("No provider login is sealed with it yet, so nothing is lost without it.".to_owned());
    }
    let ring = Keyring::load(&place.key_path())?;
    let lost = engine::keys::unopened(ring.as_ref(), &held.sealed);
    let words = format!(
        "Without it the logins of {logins} provider account(s) cannot be opened and must be entered anew; \
         all else reads without it."
    );
    Ok(match (ring, lost.is_empty()) {
        (Some(_), true) => format!("{words} The file at hand opens them: keep a copy of it apart from the backups."),
        (Some(_), false) => {
            format!("{words} WARNING: the file at hand does not open {}, which need key {}.", lost.len(), names(&lost))
        }
        (None, _) => format!("{words} WARNING: it is not there. They need key {}.", names(&lost)),
    })
}

fn names(keys: &[String]) -> String {
    let names: std::collections::BTreeSet<&str> = keys.iter().map(String::as_str).collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}
