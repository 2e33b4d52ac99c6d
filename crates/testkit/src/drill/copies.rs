//! Copies of the database that were made before an erasure: put back, and over their term.

use super::bytes::{Needle, files, holding};
use super::cluster::Cluster;
use super::erasure::{CLEAN, SETTLE};
use super::process::{Server, ServerPlan};
use super::{Fault, Report, until};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::process::Command;

/// The term that the drill sets, in days.
const DAYS: u64 = 30;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Runs the server's program on a data directory; answers what it said.
async fn hark(plan: &ServerPlan, data: &Path, database: Option<&str>, arguments: &[&str]) -> Result<String, Fault> {
    let mut command = Command::new(&plan.binary);
    command.args(arguments).arg("--data").arg(data).kill_on_drop(true);
    for name in ["HARK_DATA", "HARK_DATABASE", "HARK_KEY_FILE", "HARK_LOG", "HARK_PUBLIC_URL"] {
        command.env_remove(name);
    }
    if let Some(database) = database {
        command.args(["--database", database]);
    }
    let output = command.output().await?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(format!("hark {}: {}", arguments.join(" "), text(&output.stderr).trim()).into())
}

/// Makes a copy in Hark's own folder, beside the running server.
pub(super) async fn make(plan: &ServerPlan) -> Result<PathBuf, Fault> {
    hark(plan, &plan.data, plan.database.as_deref(), &["backup"]).await?;
    let made = files(&[plan.data.join("backups")], None)?;
    let copy = made.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "db"));
    copy.ok_or_else(|| "no copy was made".into())
}

/// Puts a copy of before an erasure back, in another place: what was erased is erased there too.
pub(super) async fn put_back(
    plan: &ServerPlan,
    cluster: Option<&Cluster>,
    copy: &Path,
    folder: &Path,
    planted: &[Needle],
    report: &mut Report,
) -> Result<(), Fault> {
    const AGAIN: &str = "again";
    let data = folder.join(AGAIN);
    std::fs::create_dir_all(&data)?;
    for name in ["erasures.jsonl", "hark.key"] {
        std::fs::copy(plan.data.join(name), data.join(name))?;
    }
    let database = cluster.map(|cluster| cluster.url_of(AGAIN));
    if let Some(cluster) = cluster {
        cluster.sql(&["create database again"]).await?;
    }
    let file = copy.display().to_string();
    let said = hark(plan, &data, database.as_deref(), &["restore", &file]).await?;
    report.check(
        said.contains("1 were made after the copy"),
        "erasure: what is put back from a copy of before is erased again",
    );
    let mut roots = vec![data];
    if let Some(cluster) = cluster {
        cluster.sql_in(AGAIN, &CLEAN).await?;
        cluster.sql_in(AGAIN, &SETTLE).await?;
        roots.push(cluster.data().to_owned());
    }
    report.none("erasure: none of them lies in what was put back", &holding(&files(&roots, None)?, planted)?);
    if let Some(cluster) = cluster {
        cluster.sql(&["drop database again"]).await?;
    }
    Ok(())
}

/// Sets a term, lets it pass for the copies, and starts the server again: it looks at once.
pub(super) async fn over_their_term(
    plan: &ServerPlan,
    server: &mut Server,
    client: &reqwest::Client,
    copies: &Path,
    planted: &[Needle],
    report: &mut Report,
) -> Result<(), Fault> {
    let term = DAYS.to_string();
    let keep = ["backups", "keep", "--days", term.as_str()];
    let database = plan.database.as_deref();
    let said = hark(plan, &plan.data, database, &keep).await?;
    report.check(
        said.contains("0 are over their term") && said.contains("Nothing was changed"),
        "erasure: what the term of copies would take is told before it is set",
    );
    hark(plan, &plan.data, database, &[&keep[..], &["--yes"]].concat()).await?;
    report.check(
        !holding(&files(&[copies.to_owned()], None)?, planted)?.is_empty(),
        "erasure: copies within their term still hold them",
    );
    age(copies)?;
    let said = hark(plan, &plan.data, database, &["backups", "status"]).await?;
    report.check(said.contains("2 are over their term"), "erasure: the copies are over their term");
    server.terminate().await?;
    server.ended().await?;
    *server = plan.start()?;
    plan.ready(server, client).await?;
    until("the copies are gone", 30, 100, || async { Ok(files(&[copies.to_owned()], None)?.is_empty()) }).await
}

/// As if the copies had been made a day longer ago than their term.
#[expect(clippy::disallowed_methods, reason = "a process of its own, outside Hark and its clock")]
fn age(copies: &Path) -> Result<(), Fault> {
    let then = SystemTime::now() - DAY * u32::try_from(DAYS + 1)?;
    let moment = jiff::Timestamp::try_from(then)?.strftime("hark-%Y%m%dT%H%M%SZ").to_string();
    for path in files(&[copies.to_owned()], None)? {
        std::fs::File::options().append(true).open(&path)?.set_modified(then)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let (true, Some((_, ending))) = (name.starts_with("hark-"), name.split_once('.')) {
            std::fs::rename(&path, copies.join(format!("{moment}.{ending}")))?;
        }
    }
    Ok(())
}
