//! Opening the engine for a command.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use channels::http::{HttpClient, Reach};
use channels::registry::Registry;
use channels::simulator::SimulatorCarrier;
use clap::{Args, ValueEnum};
use engine::crypto::Keyring;
use engine::keys::Keys;
use engine::{Clock, Engine, Parts, RehearsalClock, Settings, SystemClock, TimeIds};
use store::{MIGRATIONS, Store, StoreConfig, StoreUrl};

use crate::exit::Failure;

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The data directory: the embedded database, the key file, backups.
    #[arg(long, env = "HARK_DATA", value_name = "DIR", default_value = "./data", global = true)]
    pub data: PathBuf,
    /// A PostgreSQL database instead of the embedded one.
    #[arg(long, env = "HARK_DATABASE", value_name = "URL", hide_env_values = true, global = true, value_parser = postgres)]
    pub database: Option<String>,
    /// The key that seals provider logins; nodes of one database share it.
    /// The file `hark.key` in the data directory where absent.
    #[arg(long, env = "HARK_KEY_FILE", value_name = "FILE", global = true)]
    pub key_file: Option<PathBuf>,
    /// Most writes in one commit: what `hark bench` measures group commit against.
    #[arg(long, value_name = "N", hide = true, global = true)]
    pub commit_group: Option<usize>,
}

/// A connection string of PostgreSQL, as a URL or as `key=value` words.
fn postgres(text: &str) -> Result<String, String> {
    match text.split_once("://") {
        Some(("postgres" | "postgresql", _)) => Ok(text.to_owned()),
        None if text.contains('=') => Ok(text.to_owned()),
        // What stands behind may hold a password.
        Some((scheme, _)) => Err(format!("{scheme}:// is no PostgreSQL; it begins with postgres://")),
        None => Err("it begins with postgres://".to_owned()),
    }
}

/// Which addresses providers may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProviderReach {
    /// Public ones over https.
    Public,
    /// Any, for gateways in one's own network and for tests.
    Anywhere,
}

impl Place {
    /// The socket on which a server takes orders of this machine's commands.
    pub fn socket(&self) -> PathBuf {
        self.data.join("hark.sock")
    }

    /// The key file.
    pub fn key_path(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.data.join("hark.key"))
    }

    /// Where copies go, unless told otherwise.
    pub fn backups(&self) -> PathBuf {
        self.data.join("backups")
    }

    /// The store.
    pub fn url(&self) -> StoreUrl {
        match &self.database {
            Some(url) => StoreUrl::Postgres(url.clone()),
            None => StoreUrl::Sqlite(self.data.clone()),
        }
    }

    /// Fails where there is no data, or data that an upgrade has not reached.
    /// A server, or `hark migrate`, makes and changes it; a command that is
    /// given the wrong place must not.
    pub async fn has_data(&self) -> Result<(), Failure> {
        let steps = store::applied(self.url()).await?;
        let what = || match self.url() {
            StoreUrl::Sqlite(dir) => dir.display().to_string(),
            StoreUrl::Postgres(_) => "the PostgreSQL database".to_owned(),
        };
        match (steps.last(), MIGRATIONS.last()) {
            (None, _) => Err(Failure::Missing(format!(
                "{} holds no data of Hark: name the right place with --data or --database, or start a server there",
                what()
            ))),
            (Some(found), Some(known)) if steps.len() < MIGRATIONS.len() => Err(Failure::Config(format!(
                "the schema of {} is {found} and this binary's is {}: start the server with it, or run `hark migrate`",
                what(),
                known.name
            ))),
            _ => Ok(()),
        }
    }

    /// Opens the store and makes an engine at rest.
    pub async fn open(&self, settings: Settings, reach: ProviderReach) -> Result<Engine, Failure> {
        self.open_in(settings, World::Real(reach)).await
    }

    /// As [`Self::open`], in the real world or in a rehearsal.
    pub async fn open_in(&self, settings: Settings, world: World) -> Result<Engine, Failure> {
        folder(&self.data)?;
        self.has_not_moved()?;
        let mut config = StoreConfig::new(self.url());
        config.group = self.commit_group.unwrap_or(config.group);
        config.backups = Some(self.backups());
        let keys = self.keys()?;
        let settings = Settings { evidence: Some(self.data.clone()), ..settings };
        assemble(Store::open(config).await?, keys, settings, world)
    }

    /// Fails where the data that was here was carried to PostgreSQL: a server that began anew
    /// in its place would let whoever asks first set it up, and answer webhooks with 404.
    fn has_not_moved(&self) -> Result<(), Failure> {
        let moved = self.backups().join(format!("{}.db", store::backup::MOVED));
        if self.database.is_some() || self.data.join("hark.db").exists() || !moved.exists() {
            return Ok(());
        }
        Err(Failure::Config(format!(
            "what was in {} moved to PostgreSQL: start with --database. To begin anew, take another data directory",
            self.data.display()
        )))
    }

    /// The keys. A file that is not there is not made: see [`key_file_make`].
    fn keys(&self) -> Result<Keys, Failure> {
        let file = self.key_path();
        let ring = Keyring::load(&file)?.map_or_else(Keyring::generate, Ok)?;
        Ok(Keys::of_file(file, ring))
    }
}

/// Makes a folder that only its owner may look into.
pub fn folder(path: &Path) -> Result<(), Failure> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| Failure::CannotCreate(format!("{}: {error}", path.display())))
}

/// Checks that the key file opens all that is sealed and holds the key this
/// installation seals with, and makes one where there is no such key yet. A server that could not open its logins would let
/// texts fail that another node could send.
pub async fn key_file_make(engine: &Engine) -> Result<(), Failure> {
    let missing: Vec<_> = engine.key_list().await?.into_iter().filter(|key| !key.held).collect();
    let file = engine.keys().file().map(Path::to_owned).unwrap_or_default();
    if !missing.is_empty() {
        let logins: usize = missing.iter().map(|key| key.logins).sum();
        let names: Vec<&str> = missing.iter().map(|key| key.id.as_str()).collect();
        return Err(Failure::Config(format!(
            "{logins} provider login(s) are sealed with key {}, and {} does not hold it: copy the right key file there. \
             If it is lost, `hark key rotate --give-up` empties those logins, to be entered anew",
            names.join(", "),
            file.display()
        )));
    }
    match engine.key_known().await? {
        Some(key) if !engine.keys().ring().ids().any(|id| id == key) => {
            return Err(Failure::Config(format!(
                "this database is sealed with key {key}, and {} does not hold it: copy the key file of the node that \
                 runs on it already. If it is lost, `hark key rotate --give-up` goes on with a new one",
                file.display()
            )));
        }
        Some(_) => {}
        None => {
            if !file.exists() {
                engine.keys().ring().save(&file)?;
            }
            engine.key_note().await?;
        }
    }
    Ok(())
}

/// What lies outside an engine.
#[derive(Debug, Clone, Copy)]
pub enum World {
    /// The machine's clock, and every provider.
    Real(ProviderReach),
    /// A clock that begins at an instant (Unix ms) and is moved by hand, and the simulator
    /// alone: no other provider is there, so that no text can reach a real phone.
    Rehearsal(i64),
}

/// An engine at rest on an open store.
fn assemble(store: Store, keys: Keys, settings: Settings, world: World) -> Result<Engine, Failure> {
    let reach = match world {
        World::Real(ProviderReach::Anywhere) => Reach::Anywhere,
        World::Real(ProviderReach::Public) | World::Rehearsal(_) => Reach::Public,
    };
    let http = HttpClient::new(reach).map_err(|error| {
        Failure::Config(format!(
            "{error}: are the certificates of public authorities on this machine (Debian's package ca-certificates)?"
        ))
    })?;
    let random = || getrandom::u64().map_err(|error| Failure::Software(format!("no random bytes: {error}")));
    let simulator = Arc::new(SimulatorCarrier::new(random()?));
    let (clock, registry): (Arc<dyn Clock>, Registry) = match world {
        World::Real(_) => (Arc::new(SystemClock::new()), Registry::new(http, Arc::clone(&simulator))),
        World::Rehearsal(at) => (Arc::new(RehearsalClock::at(at)), Registry::simulated(http, Arc::clone(&simulator))),
    };
    let ids = Arc::new(TimeIds::new(random()?));
    Ok(Engine::new(Parts { store, registry, simulator, clock, ids, keys, settings }))
}
