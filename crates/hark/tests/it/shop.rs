//! A shop with a server of its own, and the program run beside it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use store::Engine;
use testkit::drill::client::{Program, http};
use testkit::drill::place::Home;
use testkit::drill::process::Server;
use testkit::drill::{Fault, shop};

/// What a run of the program came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// What it said, if it ended well.
    pub fn good(self) -> Result<String, Fault> {
        if self.code == 0 { Ok(self.out) } else { Err(format!("{self:?}").into()) }
    }

    /// Fails unless it ended with this code and said these words.
    pub fn refused(&self, code: i32, words: &str) -> Result<(), Fault> {
        let said = self.code == code && self.err.contains(words);
        if said { Ok(()) } else { Err(format!("not {code} with {words:?}: {self:?}").into()) }
    }
}

/// A command of the program, on the data of a place.
pub fn command(home: &Home, args: &[&str]) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_hark"));
    command.args(args).arg("--data").arg(&home.server.data).kill_on_drop(true);
    // What the tester's own shell says must not lead the program elsewhere.
    for name in ["HARK_DATA", "HARK_DATABASE", "HARK_KEY_FILE", "HARK_LOG", "HARK_PUBLIC_URL"] {
        command.env_remove(name);
    }
    if let Some(database) = &home.server.database {
        command.args(["--database", database]);
    }
    command
}

/// Runs the program on the data of a place.
pub async fn hark(home: &Home, args: &[&str]) -> Result<Ran, Fault> {
    ran(command(home, args)).await
}

/// Runs a command to its end.
pub async fn ran(mut command: tokio::process::Command) -> Result<Ran, Fault> {
    let output = command.kill_on_drop(true).output().await?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) })
}

/// An empty place on an engine.
pub async fn place(engine: Engine) -> Result<Home, Fault> {
    let mut home = Home::new(engine, "operator").await?;
    home.server.binary = PathBuf::from(env!("CARGO_BIN_EXE_hark"));
    Ok(home)
}

/// A shop, its server running.
pub struct Shop {
    pub home: Home,
    pub server: Server,
    pub program: Program,
    pub ws: String,
    pub inbox: String,
}

impl Shop {
    /// A shop with a demo of some conversations.
    pub async fn open(engine: Engine, conversations: u32) -> Result<Self, Fault> {
        let home = place(engine).await?;
        let mut server = home.server.start()?;
        let program = shop::open(&home.server, &mut server, &http()?).await?;
        let listed = hark(&home, &["workspace", "list"]).await?.good()?;
        let ws = listed.split_whitespace().next().ok_or("no workspace")?.to_owned();
        let inboxes = program.get("/inboxes").await?;
        let inbox = inboxes.pointer("/items/0/id").and_then(Value::as_str).ok_or("no inbox")?.to_owned();
        if conversations > 0 {
            hark(&home, &["demo", "--conversations", &conversations.to_string()]).await?.good()?;
            // The index follows in order: when this is found, so is all before it.
            types(&program, &inbox, "zebra").await?;
            testkit::drill::until("the demo can be searched", 60, 100, || async {
                Ok(!found(&program, "zebra").await?.is_empty())
            })
            .await?;
        }
        Ok(Self { home, server, program, ws, inbox })
    }

    /// Ends the server as a service manager would.
    pub async fn stop(mut self) -> Result<(Home, String), Fault> {
        self.server.terminate().await?;
        let ended = self.server.ended().await?;
        if ended.success() { Ok((self.home, self.ws)) } else { Err(format!("the server ended with {ended}").into()) }
    }
}

/// A customer's text from a simulated phone.
pub async fn types(program: &Program, inbox: &str, body: &str) -> Result<(), Fault> {
    let text = json!({ "from": "+13125550142", "inbox_id": inbox, "body": body });
    program.post("/simulator/texts", &text).await.map(|_| ())
}

/// A server on a place, started again for the same program.
pub async fn start(home: &Home, program: &Program) -> Result<(Server, Program), Fault> {
    let mut server = home.server.start()?;
    home.server.ready(&mut server, &program.client).await?;
    Ok((server, program.at(&home.server.url())))
}

/// Everything of a workspace, without the moment it was written at.
pub async fn export(home: &Home, ws: &str) -> Result<Vec<String>, Fault> {
    let number = getrandom();
    let to = home.folder.path().join(format!("export-{number}.jsonl"));
    let to_text = to.to_string_lossy().into_owned();
    hark(home, &["workspace", "export", ws, "--to", &to_text]).await?.good()?;
    let text = std::fs::read_to_string(&to)?;
    let mut lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
    lines.sort_unstable();
    Ok(lines)
}

fn getrandom() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0)
}

/// What a search finds, over all pages.
pub async fn found(program: &Program, words: &str) -> Result<Vec<String>, Fault> {
    let (mut all, mut cursor) = (Vec::new(), None::<String>);
    loop {
        // Words and cursors of these tests need no escaping.
        let next = cursor.take().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = program.get(&format!("/search?q={words}&limit=200{next}")).await?;
        let ids = page.get("items").and_then(Value::as_array).ok_or("no items")?;
        all.extend(ids.iter().filter_map(|item| Some(item.get("message_id")?.as_str()?.to_owned())));
        cursor = page.get("next_cursor").and_then(Value::as_str).map(str::to_owned);
        if cursor.is_none() {
            return Ok(all);
        }
    }
}

/// A path as an argument.
pub fn arg(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// An outcome as a test of both engines takes it.
pub fn plain(done: Result<(), Fault>) -> Result<(), Box<dyn std::error::Error>> {
    match done {
        Ok(()) => Ok(()),
        Err(fault) => Err(fault),
    }
}
