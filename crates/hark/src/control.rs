//! Orders of the command line, carried out by the server that has the data.
//!
//! The embedded database has one process at a time. So a command first asks
//! the running server, over a socket in the data directory that only its owner
//! can open; where none runs, it opens the data itself.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use domain::import::Told;
use engine::{Engine, Settings};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::commands::{
    audit, backups, channels, clock, customer, demo, doctor, evidence, import, key, member, sending, workspace,
};
use crate::exit::Failure;
use crate::open::{Place, ProviderReach};
use crate::public_url::PublicUrl;
use crate::told;

/// What a command wants done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Order {
    /// See [`member::Action`].
    Member(member::Action),
    /// See [`channels::Action`].
    Channels(channels::Action),
    /// See [`workspace::Action`].
    Workspace(workspace::Action),
    /// See [`sending::Action`].
    Stop(sending::Action),
    /// See [`demo::Wish`].
    Demo(demo::Wish),
    /// See [`clock::Wish`].
    Clock(clock::Wish),
    /// See [`key::Action`].
    Key(key::Action),
    /// See [`audit::Action`].
    Audit(audit::Action),
    /// See [`evidence::Action`].
    Evidence(evidence::Action),
    /// See [`import::Action`], of who opted out.
    OptOuts(import::Action),
    /// See [`import::Action`], of who agreed.
    Consents(import::Action),
    /// See [`import::Action`], of numbers.
    NumberEvents(import::Action),
    /// See [`customer::Action`].
    Customer(customer::Action),
    /// See [`backups::Action`].
    Backups(backups::Action),
    /// Says what needs a look, a line each. See [`doctor::watched`].
    Watches,
}

#[derive(Serialize, Deserialize)]
enum Reply {
    Done(String),
    Failed { code: u8, text: String },
}

/// Has an order carried out, and prints what it says.
pub async fn order(place: Place, order: Order) -> Result<(), Failure> {
    order_at(place, PublicUrl::default(), order).await
}

/// As [`order`], for orders that answer with an address of the server.
pub async fn order_at(place: Place, public: PublicUrl, mut order: Order) -> Result<(), Failure> {
    let public_url = public.checked()?;
    if let Order::Workspace(action) = &mut order {
        action.absolute()?;
    }
    if let Order::Audit(action) = &mut order {
        action.absolute()?;
    }
    if let Order::Evidence(action) = &mut order {
        action.absolute()?;
    }
    if let Order::OptOuts(action) | Order::Consents(action) | Order::NumberEvents(action) = &mut order {
        action.absolute()?;
    }
    if let Order::Customer(action) = &mut order {
        action.absolute()?;
    }
    let text = match UnixStream::connect(place.socket()).await {
        Ok(server) => ask(server, &order).await?,
        Err(_) => {
            place.has_data().await?;
            let settings = Settings { public_url, ..Settings::default() };
            let engine = place.open(settings, ProviderReach::Public).await?;
            let done = carry_out(&engine, order).await;
            engine.store().clone().close().await;
            done?
        }
    };
    told::text(format_args!("{text}"));
    Ok(())
}

/// What the running server answers to an order.
pub async fn asked(place: &Place, order: Order) -> Result<String, Failure> {
    ask(UnixStream::connect(place.socket()).await?, &order).await
}

async fn ask(server: UnixStream, order: &Order) -> Result<String, Failure> {
    let mut server = BufReader::new(server);
    let mut line = serde_json::to_string(order).map_err(|error| Failure::Software(error.to_string()))?;
    line.push('\n');
    server.write_all(line.as_bytes()).await?;
    let mut answer = String::new();
    server.read_line(&mut answer).await?;
    match serde_json::from_str(&answer) {
        Ok(Reply::Done(text)) => Ok(text),
        Ok(Reply::Failed { code, text }) => Err(Failure::of_code(code, text)),
        Err(_) => Err(Failure::Unavailable("the running server broke off".to_owned())),
    }
}

async fn carry_out(engine: &Engine, order: Order) -> Result<String, Failure> {
    match order {
        Order::Member(action) => member::run(engine, action).await,
        Order::Channels(action) => channels::run(engine, action).await,
        Order::Workspace(action) => workspace::run(engine, action).await,
        Order::Stop(action) => sending::run(engine, action).await,
        Order::Demo(wish) => demo::run(engine, wish).await,
        Order::Clock(wish) => clock::run(engine, &wish),
        Order::Key(action) => key::run(engine, action).await,
        Order::Audit(action) => audit::run(engine, action).await,
        Order::Evidence(action) => evidence::run(engine, action).await,
        Order::OptOuts(action) => import::run(engine, Told::OptOuts, action).await,
        Order::Consents(action) => import::run(engine, Told::Consents, action).await,
        Order::NumberEvents(action) => import::run(engine, Told::NumberEvents, action).await,
        Order::Customer(action) => customer::run(engine, action).await,
        Order::Backups(action) => backups::run(engine, &action).await,
        Order::Watches => Ok(doctor::watched(engine).await?),
    }
}

/// Takes orders until dropped. A socket left by a dead server is replaced.
pub fn listen(path: &Path, engine: Engine) -> Result<Listening, Failure> {
    let broken = |error: std::io::Error| Failure::CannotCreate(format!("{}: {error}", path.display()));
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(broken(error)),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(path).map_err(broken)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(broken)?;
    let task = tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(answer(client, engine.clone()));
        }
    });
    Ok(Listening { path: path.to_owned(), task })
}

async fn answer(client: UnixStream, engine: Engine) {
    let mut client = BufReader::new(client);
    let mut line = String::new();
    if client.read_line(&mut line).await.is_err() {
        return;
    }
    let done = match serde_json::from_str(&line) {
        Ok(order) => carry_out(&engine, order).await,
        Err(error) => Err(Failure::Data(format!("not an order of this version: {error}"))),
    };
    let reply = match done {
        Ok(text) => Reply::Done(text),
        Err(failure) => Reply::Failed { code: failure.code(), text: failure.to_string() },
    };
    let mut text = serde_json::to_string(&reply).unwrap_or_default();
    text.push('\n');
    if let Err(error) = client.write_all(text.as_bytes()).await {
        tracing::debug!(%error, "a command did not wait for its answer");
    }
}

/// A server that takes orders.
pub struct Listening {
    path: std::path::PathBuf,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
        // What cannot be removed is replaced by the next server.
        let _ = std::fs::remove_file(&self.path);
    }
}
