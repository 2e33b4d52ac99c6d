//! A disk that is small, and a PostgreSQL cluster of its own on it.

use super::process::free_port;
use super::{Fault, until};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

async fn run(program: &str, arguments: &[&str]) -> Result<(), Fault> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().await;
    let output = output.map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program} {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim()).into())
}

/// Whether this process may mount a disk and start a cluster as another user.
pub async fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().await;
    id.is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

/// A small disk: a tmpfs, unmounted when it is dropped.
#[derive(Debug)]
pub struct Disk {
    at: PathBuf,
}

impl Disk {
    /// Mounts one of so many MiB. Only root may.
    ///
    /// # Errors
    /// It cannot be mounted.
    pub async fn mount(at: &Path, mib: u32) -> Result<Self, Fault> {
        std::fs::create_dir_all(at)?;
        let options = format!("size={mib}m,mode=0755");
        run("mount", &["-t", "tmpfs", "-o", &options, "tmpfs", &at.display().to_string()]).await?;
        Ok(Self { at: at.to_owned() })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.at
    }

    /// Fills it up, but for so many bytes.
    ///
    /// # Errors
    /// Something other than a full disk stopped it.
    pub fn fill(&self, but: u64) -> Result<(), Fault> {
        let mut file = std::fs::File::create(self.filler())?;
        let block = vec![0x5a_u8; 16 * 1024];
        let mut size = 0_u64;
        loop {
            match file.write(&block) {
                Ok(written) if written > 0 => size += written as u64,
                Ok(_) => break,
                Err(error) if error.kind() == std::io::ErrorKind::StorageFull => break,
                Err(error) => return Err(error.into()),
            }
        }
        file.set_len(size.saturating_sub(but))?;
        Ok(())
    }

    /// Makes room again.
    ///
    /// # Errors
    /// The filler cannot be removed.
    pub fn free(&self) -> Result<(), Fault> {
        Ok(std::fs::remove_file(self.filler())?)
    }

    fn filler(&self) -> PathBuf {
        self.at.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: what still runs on it ends a moment later.
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.at).status();
    }
}

/// A private PostgreSQL cluster.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    data: PathBuf,
    port: u16,
}

/// The user a cluster runs as: PostgreSQL refuses to be root.
const OWNER: &str = "postgres";

impl Cluster {
    /// Makes one in a folder, small in every way, and starts it.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or does not start.
    pub async fn start(at: &Path) -> Result<Self, Fault> {
        let programs = programs()?;
        std::fs::create_dir_all(at)?;
        let cluster = Self { programs, data: at.join("data"), port: free_port()? };
        run("chown", &[OWNER, &at.display().to_string()]).await?;
        let data = cluster.data.display().to_string();
        let arguments =
            ["-D", &data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--wal-segsize=1"];
        cluster.run("initdb", &arguments).await?;
        cluster.up().await?;
        Ok(cluster)
    }

    /// Where it answers.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// Where its files lie.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Where one of its databases answers.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{}/{database}", self.port)
    }

    /// Starts it, where it does not run.
    ///
    /// # Errors
    /// It does not start.
    pub async fn up(&self) -> Result<(), Fault> {
        let data = self.data.display().to_string();
        if self.run("pg_ctl", &["-D", &data, "status"]).await.is_ok() && self.answers().await {
            return Ok(());
        }
        let settings = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{data}' -c shared_buffers=16MB \
             -c max_wal_size=8MB -c min_wal_size=2MB -c max_connections=60",
            self.port
        );
        let log = format!("{data}/server.log");
        // Recovery after a full disk may end a start; the next one goes on from there.
        until("the cluster starts", 60, 500, || async {
            let started =
                self.run("pg_ctl", &["-D", &data, "-w", "-t", "20", "-l", &log, "-o", &settings, "start"]).await;
            Ok(started.is_ok() || self.answers().await)
        })
        .await
    }

    /// Runs statements as the superuser, each by itself.
    ///
    /// # Errors
    /// One of them fails.
    pub async fn sql(&self, statements: &[&str]) -> Result<(), Fault> {
        self.sql_in("postgres", statements).await
    }

    /// As [`Self::sql`], in one of its databases.
    ///
    /// # Errors
    /// One of them fails.
    pub async fn sql_in(&self, database: &str, statements: &[&str]) -> Result<(), Fault> {
        let (client, connection) = tokio_postgres::connect(&self.url_of(database), tokio_postgres::NoTls).await?;
        let running = tokio::spawn(connection);
        let mut done = Ok(());
        for statement in statements {
            if let Err(error) = client.simple_query(statement).await {
                done = Err(format!("{statement}: {error}").into());
                break;
            }
        }
        running.abort();
        done
    }

    async fn answers(&self) -> bool {
        let Ok((client, connection)) = tokio_postgres::connect(&self.url(), tokio_postgres::NoTls).await else {
            return false;
        };
        let running = tokio::spawn(connection);
        let answered = client.simple_query("select 1").await.is_ok();
        running.abort();
        answered
    }

    async fn run(&self, program: &str, arguments: &[&str]) -> Result<(), Fault> {
        let program = self.programs.join(program).display().to_string();
        let mut all = vec!["-u", OWNER, "--", program.as_str()];
        all.extend(arguments);
        run("runuser", &all).await
    }

    /// Ends it at once.
    ///
    /// # Errors
    /// It does not end.
    pub async fn down(&self) -> Result<(), Fault> {
        self.run("pg_ctl", &["-D", &self.data.display().to_string(), "-m", "immediate", "-w", "stop"]).await
    }
}

/// The folder of PostgreSQL's programs: the newest that Debian's packages put down.
fn programs() -> Result<PathBuf, Fault> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").map_err(|_| "PostgreSQL's programs are not installed")?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(Result::ok)
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().map(|(_, bin)| bin).ok_or_else(|| "PostgreSQL's programs are not installed".into())
}
