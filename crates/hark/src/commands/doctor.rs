//! `hark doctor`: what could keep Hark from running here.

use std::path::Path;

use clap::Args;
use engine::{DbError, Engine, Settings};
use store::Engine as StoreEngine;

use crate::control::{self, Order};
use crate::exit::Failure;
use crate::open::{Place, ProviderReach};
use crate::public_url::PublicUrl;
use crate::told::tell;

/// Where to look.
#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    public: PublicUrl,
}

/// Looks, prints one line for each finding, and fails where one is bad.
pub async fn run(doctor: Doctor) -> Result<(), Failure> {
    let (place, public_url) = (doctor.place, doctor.public.checked()?);
    let mut bad = 0;
    let mut say = |good: bool, text: String| {
        tell!("{} {text}", if good { "ok " } else { "BAD" });
        bad += usize::from(!good);
    };
    match writable(&place.data) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            say(
                true,
                format!("the data directory {} is not there yet; the first start makes it", place.data.display()),
            );
        }
        Ok(()) => say(true, format!("the data directory {} can be written", place.data.display())),
        Err(error) => say(false, format!("the data directory {}: {error}", place.data.display())),
    }
    let key = place.key_path();
    let no_key = (!key.exists()).then(|| format!("no key file yet; the first start makes {}", key.display()));
    match std::fs::read_to_string(&key).map(|text| engine::crypto::Keyring::parse(&text)) {
        Ok(Ok(_)) => say(true, format!("the key file {} is one; keep a copy of it apart from backups", key.display())),
        Ok(Err(_)) => say(false, format!("{} is no key file: provider logins cannot be read", key.display())),
        // What that means hangs by what is sealed already.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => say(false, format!("{}: {error}", key.display())),
    }
    let mut unreachable = false;
    match tokio::net::UnixStream::connect(place.socket()).await {
        Ok(_) => {
            // The server speaks of its own database, which may be another than the one named.
            if place.database.is_some() {
                match place.has_data().await {
                    Ok(()) => say(true, "the database named can be reached and its schema is current".to_owned()),
                    Err(failure) => {
                        unreachable |= matches!(failure, Failure::Unavailable(_));
                        say(false, failure.to_string());
                    }
                }
            }
            say(true, "a server runs on this data and takes orders".to_owned());
            match control::asked(&place, Order::Watches).await {
                Ok(text) => text.lines().for_each(|line| say(false, line.to_owned())),
                Err(failure) => say(false, format!("the server was asked how it fares: {failure}")),
            }
        }
        Err(_) => match open(&place, &public_url).await {
            Err(Failure::Missing(_)) => {
                no_key.into_iter().for_each(|text| say(true, text));
                say(true, "there is no data yet; the first start makes it".to_owned());
            }
            Ok(engine) => {
                say(true, "the database opens and its schema is current".to_owned());
                if engine.store().engine() == StoreEngine::Postgres {
                    say(true, "the disk of PostgreSQL cannot be seen from here: watch it there".to_owned());
                }
                if let Some(text) = disk(&engine) {
                    say(engine.disk().is_none_or(|disk| disk.low_since.is_none()), text);
                }
                match engine.key_list().await {
                    Ok(keys) => {
                        if keys.iter().all(|one| one.held) {
                            no_key.into_iter().for_each(|text| say(true, text));
                        }
                        for key in keys.iter().filter(|key| !key.held) {
                            say(
                                false,
                                format!(
                                    "{} provider login(s) need key {}, which the key file lacks",
                                    key.logins, key.id
                                ),
                            );
                        }
                    }
                    Err(error) => say(false, format!("the sealed logins cannot be read: {error}")),
                }
                match engine.setup_needed().await {
                    Ok(true) => {
                        say(true, "nobody has set this server up yet: start it and use the printed code".to_owned())
                    }
                    Ok(false) => say(true, "the server is set up".to_owned()),
                    Err(error) => say(false, format!("the database cannot be read: {error}")),
                }
                if public_url.is_empty() {
                    let text = "whether providers can reach this server is not looked at: give its --public-url";
                    say(true, text.to_owned());
                }
                match watched(&engine).await {
                    Ok(text) => text.lines().for_each(|line| say(false, line.to_owned())),
                    Err(error) => say(false, format!("the database cannot be read: {error}")),
                }
                engine.store().clone().close().await;
            }
            Err(failure) => {
                unreachable |= matches!(failure, Failure::Unavailable(_));
                say(false, failure.to_string());
            }
        },
    }
    let summary = format!("{bad} of the findings above {} bad", if bad == 1 { "is" } else { "are" });
    match bad {
        0 => Ok(()),
        _ if unreachable => Err(Failure::Unavailable(summary)),
        _ => Err(Failure::Config(summary)),
    }
}

/// Opens what is there; looking must not make or change anything.
async fn open(place: &Place, public_url: &str) -> Result<Engine, Failure> {
    place.has_data().await?;
    let settings =
        Settings { public_url: public_url.to_owned(), data_dir: Some(place.data.clone()), ..Settings::default() };
    place.open(settings, ProviderReach::Public).await
}

/// What needs a look, a line each.
pub async fn watched(engine: &Engine) -> Result<String, DbError> {
    let mut lines: Vec<String> = engine.watches_server().into_iter().map(|watch| watch.detail).collect();
    for ws in engine.workspaces_all().await? {
        let name = engine.workspace_get(ws).await?.map(|row| row.name).unwrap_or_default();
        let found = engine.watches_workspace(ws).await?;
        lines.extend(found.into_iter().map(|watch| format!("{name}: {}", watch.detail)));
    }
    Ok(lines.join("\n"))
}

/// The data directory's disk, a line.
fn disk(engine: &Engine) -> Option<String> {
    let disk = engine.disk_look()?;
    let percent = disk.free_bytes.saturating_mul(100).checked_div(disk.total_bytes)?;
    Some(format!("{percent} % of the data directory's disk is free"))
}

fn writable(dir: &Path) -> std::io::Result<()> {
    let trial = dir.join(".doctor");
    std::fs::write(&trial, b"hark")?;
    std::fs::remove_file(trial)
}
