//! Benchmarks of Hark: the real server under real requests, with what each
//! item cost told apart by who paid. The method is in the README beside this.

mod baseline;
mod benches;
mod cost;
mod fault;
mod figure;
mod law;
mod load;
mod place;
mod progress;
mod server;
mod shop;
mod stopwatch;
mod tally;
mod wish;

pub use fault::Fault;
pub use wish::{Name, Stores, Wish};

use std::io::Write;
use std::path::PathBuf;

use benches::{blast, inbound, inbox, nodes, pure, start};
use figure::Figure;
use server::Manner;
use tokio::signal::unix::{SignalKind, signal};
use wish::Engine;

/// Runs what is wished for with the server in `binary`, and prints the figures.
/// True unless something cost more than it may. What could not be carried out is told,
/// and the rest goes on.
///
/// # Errors
/// Where a benchmark could not be carried out. A missed bound is no error.
pub async fn run(wish: Wish, binary: PathBuf) -> Result<bool, Fault> {
    if let Some(path) = &wish.count {
        return pure::count(path, wish.items.unwrap_or(0)).map(|()| true);
    }
    let mut terminate = signal(SignalKind::terminate())?;
    // What is under way is dropped, and its data and processes with it.
    tokio::select! {
        done = all(&wish, binary) => done,
        _ = tokio::signal::ctrl_c() => Err(Fault::wrong("broken off")),
        _ = terminate.recv() => Err(Fault::wrong("broken off")),
    }
}

async fn all(wish: &Wish, binary: PathBuf) -> Result<bool, Fault> {
    let manner = Manner { binary, ..Manner::default() };
    let (mut told, mut undone) = (Vec::new(), Vec::new());
    if !wish.json {
        say(&around(wish).await?)?;
    }
    for name in names(wish) {
        for engine in engines(wish, *name) {
            let title = titled(*name, engine);
            match progress::told(&title, one(wish, *name, engine, &manner)).await {
                Ok(figures) => tell(wish, &mut told, *name, engine, figures)?,
                Err(fault) => {
                    eprintln!("{title} could not be carried out: {fault}");
                    undone.push((title, fault));
                }
            }
        }
    }
    let held = conclude(wish, &told)?;
    match Fault::of(undone) {
        Some(fault) => Err(fault),
        None => Ok(held),
    }
}

/// What a benchmark is run on, one after the other; nothing is for those that need no store.
fn engines(wish: &Wish, name: Name) -> Vec<Option<Engine>> {
    match name {
        Name::Pure => vec![None],
        Name::Nodes if wish.store == Stores::Sqlite => Vec::new(),
        Name::Nodes => vec![Some(Engine::Postgres)],
        Name::All | Name::Start | Name::Inbound | Name::Blast | Name::Reply | Name::Inbox => {
            wish.store.each().iter().copied().map(Some).collect()
        }
    }
}

async fn one(wish: &Wish, name: Name, engine: Option<Engine>, manner: &Manner) -> Result<Vec<Figure>, Fault> {
    match engine {
        None => pure::run(wish, &manner.binary).await,
        Some(engine) => on_a_store(wish, name, engine, manner).await,
    }
}

fn names(wish: &Wish) -> &'static [Name] {
    match wish.name {
        // The gate looks at costs alone; instructions are a release's.
        Name::All if wish.costs_alone() && cfg!(debug_assertions) => &[Name::Inbound, Name::Blast],
        Name::All if wish.costs_alone() => &[Name::Pure, Name::Inbound, Name::Blast],
        Name::All => &[Name::Start, Name::Pure, Name::Inbound, Name::Blast, Name::Reply, Name::Nodes, Name::Inbox],
        Name::Start => &[Name::Start],
        Name::Inbound => &[Name::Inbound],
        Name::Blast => &[Name::Blast],
        Name::Reply => &[Name::Reply],
        Name::Nodes => &[Name::Nodes],
        Name::Inbox => &[Name::Inbox],
        Name::Pure => &[Name::Pure],
    }
}

fn titled(name: Name, engine: Option<Engine>) -> String {
    format!("{}{}", title(name), engine.map_or_else(String::new, |on| format!(" · {}", on.name())))
}

const fn title(name: Name) -> &'static str {
    match name {
        Name::All => "all",
        Name::Start => "start",
        Name::Inbound => "inbound",
        Name::Blast => "blast",
        Name::Reply => "reply",
        Name::Nodes => "nodes",
        Name::Inbox => "inbox",
        Name::Pure => "pure",
    }
}

async fn on_a_store(wish: &Wish, name: Name, engine: Engine, manner: &Manner) -> Result<Vec<Figure>, Fault> {
    match name {
        Name::Start => start::run(wish, engine, manner).await,
        Name::Inbound => inbound::run(wish, engine, manner).await,
        Name::Blast => blast::run(wish, engine, manner).await,
        Name::Reply => blast::run_reply(wish, engine, manner).await,
        Name::Inbox => inbox::run(wish, engine, manner).await,
        Name::Nodes => nodes::run(wish, manner).await,
        Name::All | Name::Pure => Ok(Vec::new()),
    }
}

/// What figures depend on beside the code.
async fn around(wish: &Wish) -> Result<String, Fault> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let build = if cfg!(debug_assertions) { "a debug build: its times mean nothing" } else { "a release build" };
    let folder = std::env::temp_dir();
    let disk = cost::process::file_system(&folder).unwrap_or_else(|| "an unknown file system".to_owned());
    let mut text = format!("hark bench: {build}, {cores} cores shared with this generator, data on {disk}");
    if wish.store != Stores::Sqlite && !matches!(wish.name, Name::Pure) {
        let place = place::Place::fresh(Engine::Postgres).await?;
        if let Some(url) = place.database() {
            let (version, fsync) = (place::setting(url, "server_version").await?, place::setting(url, "fsync").await?);
            text = format!("{text}; PostgreSQL {version}, fsync {fsync}");
        }
    }
    Ok(text)
}

fn tell(
    wish: &Wish,
    told: &mut Vec<Figure>,
    name: Name,
    engine: Option<Engine>,
    figures: Vec<Figure>,
) -> Result<(), Fault> {
    if !wish.json {
        say(&format!("\n{}", titled(name, engine)))?;
    }
    for figure in figures {
        let figure = Figure { bench: title(name), store: engine.map(Engine::name), ..figure };
        say(&if wish.json { serde_json::to_string(&figure)? } else { figure.lines() })?;
        told.push(figure);
    }
    Ok(())
}

fn say(line: &str) -> Result<(), Fault> {
    Ok(writeln!(std::io::stdout().lock(), "{line}")?)
}

fn conclude(wish: &Wish, told: &[Figure]) -> Result<bool, Fault> {
    let missed = told.iter().filter(|figure| figure.met == Some(false)).count();
    let judged = told.iter().filter(|figure| figure.met.is_some()).count();
    if !wish.json {
        say(&format!("\n{} of {judged} musts met", judged - missed))?;
    }
    if let Some(file) = &wish.record {
        let before = std::fs::read_to_string(file).unwrap_or_default();
        std::fs::write(file, baseline::recorded(&before, told)?)?;
    }
    if !wish.gate {
        return Ok(true);
    }
    let excesses = baseline::excesses(told)?;
    for excess in &excesses {
        eprintln!("costs more: {excess}");
    }
    Ok(excesses.is_empty())
}
