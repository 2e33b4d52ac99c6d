//! The real server as a child process.

use std::fs::OpenOptions;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::fault::Fault;
use crate::load::Connection;
use crate::place::Place;
use crate::stopwatch;

/// A running `hark serve`. It is ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Node {
    /// Its process.
    pub(crate) pid: u32,
    /// Where it answers.
    pub(crate) address: SocketAddr,
    /// Its data directory.
    pub(crate) data: PathBuf,
    /// Its PostgreSQL database; SQLite without one.
    pub(crate) database: Option<String>,
    log: PathBuf,
    child: Child,
}

/// How nodes are started.
#[derive(Debug, Clone, Default)]
pub(crate) struct Manner {
    /// The binary: the one that runs this.
    pub(crate) binary: PathBuf,
    /// The most writes in one commit.
    pub(crate) group: Option<usize>,
    /// Which node of the place it is, from 0. All share the first one's key and
    /// public address.
    pub(crate) node: usize,
    /// The public address, if not its own.
    pub(crate) public_url: Option<String>,
}

/// How long a start may take.
const START: Duration = Duration::from_secs(60);

impl Node {
    /// Starts one and waits until it is ready for requests.
    pub(crate) async fn start(manner: &Manner, place: &Place) -> Result<Self, Fault> {
        let mut node = Self::spawn(manner, place)?;
        node.ready().await?;
        Ok(node)
    }

    /// Starts one without waiting for anything.
    pub(crate) fn spawn(manner: &Manner, place: &Place) -> Result<Self, Fault> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let data = place.data(manner.node);
        let log = place.file(&format!("node{}.log", manner.node));
        let output = OpenOptions::new().create(true).append(true).open(&log)?;
        let mut command = program(&manner.binary);
        command.arg("serve").arg("--data").arg(&data).args(["--listen", &address.to_string()]);
        command.arg("--key-file").arg(place.file("hark.key"));
        // Nobody else shares the server, so one caller may ask as often as it likes.
        command.args(["--caller-rate", "1000000"]);
        if let Some(url) = &manner.public_url {
            command.args(["--public-url", url]);
        }
        if let Some(database) = place.database() {
            command.args(["--database", database]);
        }
        if let Some(group) = manner.group {
            command.args(["--commit-group", &group.to_string()]);
        }
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let child = command.kill_on_drop(true).spawn()?;
        let pid = child.id().ok_or_else(|| Fault::wrong("the server ended at once"))?;
        let database = place.database().map(str::to_owned);
        Ok(Self { pid, address, data, database, log, child })
    }

    /// Waits until it is ready for requests.
    pub(crate) async fn ready(&mut self) -> Result<(), Fault> {
        let late = stopwatch::now() + START;
        while stopwatch::now() < late {
            if let Some(status) = self.child.try_wait()? {
                return Err(Fault::wrong(format!("the server ended by itself ({status}): {}", self.said())));
            }
            let asked = async { Connection::open(self.address).await?.get("/readyz", "").await };
            if asked.await.is_ok() {
                return Ok(());
            }
            stopwatch::pause(1).await;
        }
        Err(Fault::wrong(format!("the server was not ready within a minute: {}", self.said())))
    }

    /// What it has printed.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Its address as a URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Asks it to end, and waits for that.
    pub(crate) async fn stop(mut self) -> Result<(), Fault> {
        Command::new("kill").args(["-TERM", &self.pid.to_string()]).status().await?;
        match tokio::time::timeout(Duration::from_secs(15), self.child.wait()).await {
            Ok(ended) => ended.map(|_| ()).map_err(Fault::from),
            Err(_) => Err(Fault::wrong("the server did not stop within 15 s")),
        }
    }
}

/// A command of this binary, deaf to the settings of whoever runs the benchmark.
pub(crate) fn program(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("HARK_") {
            command.env_remove(name);
        }
    }
    command
}
