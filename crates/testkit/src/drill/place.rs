//! Where a drill keeps its data: a folder, and a fresh database.

use super::Fault;
use super::process::{ServerPlan, free_port};
use crate::database::Place;
use std::path::{Path, PathBuf};
use store::{Engine, StoreUrl};

/// A folder for one drill, removed when it is dropped unless something failed.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    /// Makes one.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(name: &str) -> Result<Self, Fault> {
        let number = getrandom::u64()?;
        let path = std::env::temp_dir().join(format!("hark_drill_{name}_{number:016x}"));
        std::fs::create_dir_all(&path)?;
        Ok(Self { path, keep: false })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves it for somebody to look at.
    pub fn keep(&mut self) {
        println!("         kept for a look: {}", self.path.display());
        self.keep = true;
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            // What is left of it is in the way of nobody.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// The server's binary: `HARK_BIN`, else the development build of this workspace.
#[must_use]
pub fn binary() -> PathBuf {
    std::env::var_os("HARK_BIN").map_or_else(|| PathBuf::from("target/debug/hark"), PathBuf::from)
}

/// A place for a server's data.
pub struct Home {
    /// The folder.
    pub folder: Folder,
    /// How the server is started.
    pub server: ServerPlan,
    /// Keeps the database until the drill is over.
    _place: Option<Place>,
}

impl Home {
    /// A fresh one on an engine.
    ///
    /// # Errors
    /// It cannot be made.
    pub async fn new(engine: Engine, name: &str) -> Result<Self, Fault> {
        let folder = Folder::new(name)?;
        let place = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Place::new(engine).await),
        };
        let database = place.as_ref().and_then(|place| match place.url() {
            StoreUrl::Postgres(url) => Some(url),
            StoreUrl::Sqlite(_) => None,
        });
        let server = ServerPlan {
            binary: binary(),
            data: folder.path().join("data"),
            database,
            port: free_port()?,
            log: folder.path().join("server.log"),
            more: Vec::new(),
        };
        Ok(Self { folder, server, _place: place })
    }
}
