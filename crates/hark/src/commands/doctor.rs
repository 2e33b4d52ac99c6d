//! `hark doctor`: what could keep Hark from running here.

use std::path::Path;

use clap::Args;
use engine::Settings;

use crate::exit::Failure;
use crate::open::{Place, ProviderReach};

/// Where to look.
#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    place: Place,
}

/// Looks, prints one line for each finding, and fails where one is bad.
pub async fn run(doctor: Doctor) -> Result<(), Failure> {
    let place = doctor.place;
    let mut bad = 0;
    let mut say = |good: bool, text: String| {
        println!("{} {text}", if good { "ok " } else { "BAD" });
        bad += usize::from(!good);
    };
    match writable(&place.data) {
        Ok(()) => say(true, format!("the data directory {} can be written", place.data.display())),
        Err(error) => say(false, format!("the data directory {}: {error}", place.data.display())),
    }
    let key = place.key_file.clone().unwrap_or_else(|| place.data.join("hark.key"));
    match std::fs::read_to_string(&key).map(|text| engine::crypto::Keyring::parse(&text)) {
        Ok(Ok(_)) => say(true, format!("the key file {} is one; keep a copy of it apart from backups", key.display())),
        Ok(Err(_)) => say(false, format!("{} is no key file: provider logins cannot be read", key.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            say(true, format!("no key file yet; the first start makes {}", key.display()));
        }
        Err(error) => say(false, format!("{}: {error}", key.display())),
    }
    match tokio::net::UnixStream::connect(place.socket()).await {
        Ok(_) => say(true, "a server runs on this data and takes orders".to_owned()),
        Err(_) => match place.open(Settings::default(), ProviderReach::Public).await {
            Ok(engine) => {
                say(true, "the database opens and its schema is current".to_owned());
                match engine.setup_needed().await {
                    Ok(true) => {
                        say(true, "nobody has set this server up yet: start it and use the printed code".to_owned())
                    }
                    Ok(false) => say(true, "the server is set up".to_owned()),
                    Err(error) => say(false, format!("the database cannot be read: {error}")),
                }
                engine.store().clone().close().await;
            }
            Err(failure) => say(false, failure.to_string()),
        },
    }
    if bad == 0 { Ok(()) } else { Err(Failure::Config(format!("{bad} of the findings above are bad"))) }
}

fn writable(dir: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)?;
    let trial = dir.join(".doctor");
    std::fs::write(&trial, b"hark")?;
    std::fs::remove_file(trial)
}
