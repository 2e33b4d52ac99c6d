//! Opening the engine for a command.

use std::path::PathBuf;
use std::sync::Arc;

use channels::http::{HttpClient, Reach};
use channels::registry::Registry;
use channels::simulator::SimulatorCarrier;
use clap::{Args, ValueEnum};
use engine::crypto::Keyring;
use engine::{Engine, Parts, Settings, SystemClock, TimeIds};
use store::{Store, StoreConfig, StoreUrl};

use crate::exit::Failure;

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The data directory: the embedded database, the key file, backups.
    #[arg(long, env = "HARK_DATA", value_name = "DIR", default_value = "./data", global = true)]
    pub data: PathBuf,
    /// A PostgreSQL database instead of the embedded one.
    #[arg(long, env = "HARK_DATABASE", value_name = "URL", hide_env_values = true, global = true)]
    pub database: Option<String>,
    /// The key that seals provider logins; nodes of one database share it.
    /// The file `hark.key` in the data directory where absent.
    #[arg(long, env = "HARK_KEY_FILE", value_name = "FILE", global = true)]
    pub key_file: Option<PathBuf>,
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

    fn url(&self) -> StoreUrl {
        match &self.database {
            Some(url) => StoreUrl::Postgres(url.clone()),
            None => StoreUrl::Sqlite(self.data.clone()),
        }
    }

    /// Opens the store and makes an engine at rest.
    pub async fn open(&self, settings: Settings, reach: ProviderReach) -> Result<Engine, Failure> {
        let made = std::fs::create_dir_all(&self.data);
        made.map_err(|error| Failure::CannotCreate(format!("{}: {error}", self.data.display())))?;
        let mut config = StoreConfig::new(self.url());
        config.backups = Some(self.data.join("backups"));
        let store = Store::open(config).await?;
        let key_file = self.key_file.clone().unwrap_or_else(|| self.data.join("hark.key"));
        let keyring = Keyring::load_or_create(&key_file)?;
        let reach = match reach {
            ProviderReach::Public => Reach::Public,
            ProviderReach::Anywhere => Reach::Anywhere,
        };
        let http = HttpClient::new(reach).map_err(|error| Failure::Software(error.to_string()))?;
        let random = || getrandom::u64().map_err(|error| Failure::Software(format!("no random bytes: {error}")));
        let simulator = Arc::new(SimulatorCarrier::new(random()?));
        Ok(Engine::new(Parts {
            store,
            registry: Registry::new(http, Arc::clone(&simulator)),
            simulator,
            clock: Arc::new(SystemClock::new()),
            ids: Arc::new(TimeIds::new(random()?)),
            keyring,
            settings,
        }))
    }
}
