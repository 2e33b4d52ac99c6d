//! The server and the witness as processes.

use super::{Fault, until};
use crate::witness::{Entry, Journal};
use std::fs::OpenOptions;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use tokio::process::{Child, Command};

/// A free port of this machine. Somebody else may take it before it is used.
///
/// # Errors
/// There is none.
pub fn free_port() -> Result<u16, Fault> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// How a server is started.
#[derive(Debug, Clone)]
pub struct ServerPlan {
    /// The binary.
    pub binary: PathBuf,
    /// Its data directory.
    pub data: PathBuf,
    /// Its PostgreSQL database; SQLite without one.
    pub database: Option<String>,
    /// Its port, the same after each start.
    pub port: u16,
    /// Where its output goes.
    pub log: PathBuf,
    /// What else it is told on its command line.
    pub more: Vec<String>,
}

impl ServerPlan {
    /// Where it answers.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Starts it, without waiting for anything.
    ///
    /// # Errors
    /// The binary cannot be started.
    pub fn start(&self) -> Result<Server, Fault> {
        let log = OpenOptions::new().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(&self.binary);
        command
            .arg("serve")
            .arg("--data")
            .arg(&self.data)
            .args(["--listen", &format!("127.0.0.1:{}", self.port), "--public-url", &self.url()])
            // The witness is on this machine, and nobody else shares the server.
            .args(["--provider-reach", "anywhere", "--caller-rate", "20000"]);
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        let child = command
            .args(&self.more)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", self.binary.display()))?;
        Ok(Server { child })
    }

    /// What it has said so far.
    #[must_use]
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it is ready for requests.
    ///
    /// # Errors
    /// It ended, or took longer than a minute.
    pub async fn ready(&self, server: &mut Server, client: &reqwest::Client) -> Result<(), Fault> {
        let url = format!("{}/readyz", self.url());
        loop {
            if let Some(status) = server.child.try_wait()? {
                return Err(
                    format!("the server ended by itself ({status}); its last words:\n{}", self.last_words()).into()
                );
            }
            if client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            super::pause(10).await;
        }
    }

    /// The end of what it said.
    #[must_use]
    pub fn last_words(&self) -> String {
        let said = self.said();
        let lines: Vec<&str> = said.lines().collect();
        lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n")
    }
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
}

impl Server {
    /// Ends it as a power cut would (SIGKILL).
    ///
    /// # Errors
    /// It cannot be ended.
    pub async fn kill(mut self) -> Result<(), Fault> {
        Ok(self.child.kill().await?)
    }

    /// Asks it to end (SIGTERM), without waiting.
    ///
    /// # Errors
    /// It has ended already, or cannot be asked.
    pub async fn terminate(&self) -> Result<(), Fault> {
        let id = self.child.id().ok_or("the server has ended already")?;
        let asked = Command::new("kill").args(["-TERM", &id.to_string()]).status().await?;
        if asked.success() { Ok(()) } else { Err("SIGTERM could not be sent".into()) }
    }

    /// How it ended, if it did.
    ///
    /// # Errors
    /// It cannot be looked at.
    pub fn exit(&mut self) -> Result<Option<ExitStatus>, Fault> {
        Ok(self.child.try_wait()?)
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub async fn ended(&mut self) -> Result<ExitStatus, Fault> {
        Ok(self.child.wait().await?)
    }
}

/// How the witness behaves.
#[derive(Debug, Clone, Default)]
pub struct WitnessPlan {
    /// Whether it honours idempotency keys.
    pub keys: bool,
    /// Whether it lists no texts, so that nobody can look up what became of one.
    pub unlisted: bool,
    /// Milliseconds an answer takes, beside the disk.
    pub delay_ms: u64,
    /// How many submits in a hundred it refuses with 429.
    pub throttle_pct: u8,
    /// The auth token to sign status callbacks with; without one there are none.
    pub receipts: Option<String>,
}

/// A running witness.
#[derive(Debug)]
pub struct WitnessProcess {
    /// Where it answers.
    pub url: String,
    journal: PathBuf,
    client: reqwest::Client,
    _child: Child,
}

impl WitnessProcess {
    /// Starts a witness with its journal in a folder.
    ///
    /// # Errors
    /// It cannot be started.
    pub async fn start(name: &str, plan: &WitnessPlan, folder: &Path, client: &reqwest::Client) -> Result<Self, Fault> {
        let binary = std::env::current_exe()?.with_file_name("witness");
        let journal = folder.join(format!("{name}.jsonl"));
        let said = folder.join(format!("{name}.log"));
        let log = OpenOptions::new().create(true).append(true).open(&said)?;
        let mut command = Command::new(&binary);
        command.arg("--journal").arg(&journal).args(["--delay-ms", &plan.delay_ms.to_string()]);
        command.args(["--throttle-pct", &plan.throttle_pct.to_string()]);
        if plan.keys {
            command.arg("--keys");
        }
        if plan.unlisted {
            command.arg("--unlisted");
        }
        if let Some(token) = &plan.receipts {
            command.args(["--receipts", token]);
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", binary.display()))?;
        let mut address: Option<SocketAddr> = None;
        until("the witness listens", 20, 10, || {
            let text = std::fs::read_to_string(&said).unwrap_or_default();
            address = text.lines().find_map(|line| line.strip_prefix("listening on ")?.trim().parse().ok());
            let found = address.is_some();
            async move { Ok(found) }
        })
        .await?;
        let url =
            address.map(|address| format!("http://{address}")).ok_or("the witness did not say where it listens")?;
        Ok(Self { url, journal, client: client.clone(), _child: child })
    }

    /// How many submits it has read.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn total(&self) -> Result<u64, Fault> {
        self.count("total").await
    }

    /// How many submits it has written down and not answered yet.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn unanswered(&self) -> Result<u64, Fault> {
        self.count("unanswered").await
    }

    /// Has answers wait from now on, or lets them go.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn hold_answers(&self, held_back: bool) -> Result<(), Fault> {
        let at = if held_back { "hold" } else { "release" };
        self.client.post(format!("{}/{at}", self.url)).send().await?.error_for_status()?;
        Ok(())
    }

    async fn count(&self, of: &str) -> Result<u64, Fault> {
        // Nothing is listed after a number that high.
        let answer = self.client.get(format!("{}/journal?since=999999999", self.url)).send().await?;
        let answer: serde_json::Value = answer.json().await?;
        answer.get(of).and_then(serde_json::Value::as_u64).ok_or_else(|| format!("the witness has no {of}").into())
    }

    /// What it swears to, from the disk.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn journal(&self) -> Result<Vec<Entry>, Fault> {
        Ok(Journal::read(&self.journal)?)
    }
}
