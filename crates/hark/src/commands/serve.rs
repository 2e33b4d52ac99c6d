//! `hark serve`: the web app, the API and the webhooks, until told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use api::proxy::{Cidr, Proxies};
use api::{Api, Tls};
use clap::{Args, ValueEnum};
use engine::mail::Mailer;
use engine::rate_limit::Rate;
use engine::rehearsal::RehearsalError;
use engine::{Engine, Settings};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::control;
use crate::exit::Failure;
use crate::open::{self, Place, ProviderReach, World};
use crate::public_url;
use crate::told::tell;

/// How `hark serve` is told to serve.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// Where to listen.
    #[arg(long, env = "HARK_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where browsers and providers reach this server, if not where it listens.
    #[arg(long, env = "HARK_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// A proxy whose word on client addresses counts; may be given several times.
    #[arg(long, env = "HARK_TRUSTED_PROXIES", value_name = "CIDR", value_delimiter = ',')]
    trusted_proxy: Vec<Cidr>,
    /// A certificate chain in PEM, to serve https by itself.
    #[arg(long, env = "HARK_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key in PEM.
    #[arg(long, env = "HARK_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Who has this may read /metrics, as a bearer token; without one, programs of this machine alone.
    #[arg(long, env = "HARK_METRICS_TOKEN", value_name = "TOKEN", hide_env_values = true,
        value_parser = clap::builder::NonEmptyStringValueParser::new())]
    metrics_token: Option<String>,
    /// How to write the log.
    #[arg(long, env = "HARK_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    log: LogFormat,
    /// Requests a second for each member and API key, in the long run.
    #[arg(long, env = "HARK_CALLER_RATE", value_name = "N", default_value_t = 500)]
    caller_rate: u32,
    /// A mail server for invitations and reset links: smtps://user:password@host.
    #[arg(long, env = "HARK_SMTP_URL", value_name = "URL", hide_env_values = true, requires = "mail_from")]
    smtp_url: Option<String>,
    /// Whom that mail is from: `Acme <support@example.com>`.
    #[arg(long, env = "HARK_MAIL_FROM", value_name = "ADDRESS")]
    mail_from: Option<String>,
    /// Which addresses providers may have.
    #[arg(long, env = "HARK_PROVIDER_REACH", value_name = "WHICH", default_value = "public")]
    provider_reach: ProviderReach,
    /// Rehearse, in an empty place: the clock begins at this instant and is moved on by `hark clock`,
    /// and the simulator is the only provider.
    // Not from the environment: nobody shall rehearse because a file of settings says so.
    #[arg(long, value_name = "INSTANT")]
    rehearse_at: Option<jiff::Timestamp>,
    /// Fill the first workspace with the demo shop when the server is set up.
    #[arg(long, env = "HARK_DEMO", num_args = 0..=1, default_missing_value = "true", default_value = "false",
        value_parser = clap::builder::FalseyValueParser::new())]
    demo: bool,
}

/// How to write the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// How long the whole stop may take, the engine's seven seconds and the closing of the store;
/// the runtime has half a second more for its threads.
const STOP: Duration = Duration::from_millis(8_500);
/// How often what has ended is forgotten.
const FORGET: Duration = Duration::from_secs(60 * 60);

/// Serves until SIGTERM or SIGINT.
pub async fn run(serve: Serve) -> Result<(), Failure> {
    log_to_stderr(serve.log);
    let listener = TcpListener::bind(serve.listen).await;
    let listener =
        listener.map_err(|error| Failure::CannotCreate(format!("cannot listen at {}: {error}", serve.listen)))?;
    let address = listener.local_addr()?;
    let tls = match (&serve.tls_cert, &serve.tls_key) {
        (Some(chain), Some(key)) => {
            Some(Tls::load(chain, key).await.map_err(|error| Failure::Config(error.to_string()))?)
        }
        _ => None,
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let public_url = public_url(serve.public_url.as_deref(), scheme, address)?;
    let mailer = match (&serve.smtp_url, &serve.mail_from) {
        (Some(url), Some(from)) => Some(Mailer::new(url, from).map_err(|error| Failure::Config(error.to_string()))?),
        _ => None,
    };
    let settings =
        Settings { public_url: public_url.clone(), data_dir: Some(serve.place.data.clone()), ..Settings::default() };
    let world = match serve.rehearse_at {
        Some(at) => World::Rehearsal(at.as_millisecond()),
        None => World::Real(serve.provider_reach),
    };
    let engine = serve.place.open_in(settings, world).await?;
    agreed(engine.rehearsal_agree(serve.rehearse_at.is_some()).await)?;
    open::key_file_make(&engine).await?;
    let orders = control::listen(&serve.place.socket(), engine.clone())?;
    let rate = f64::from(serve.caller_rate.max(1));
    let config = api::Config {
        secure: public_url.starts_with("https://"),
        proxies: Proxies(serve.trusted_proxy),
        mailer,
        caller_rate: Rate { burst: rate * 2.0, per_second: rate },
        metrics_token: serve.metrics_token,
        demo_at_setup: serve.demo,
        ..api::Config::default()
    };
    let stop = stop_signal()?;
    let (told, stopping) = oneshot::channel();
    engine.start().await?;
    tell!("Hark {} listens at {scheme}://{address}", env!("CARGO_PKG_VERSION"));
    if public_url != format!("{scheme}://{address}") {
        tell!("Public address: {public_url}");
    }
    if let Some(at) = serve.rehearse_at {
        tell!("A rehearsal: the clock began at {at}, and no text reaches a real phone. `hark clock` moves it on.");
    }
    if let Some(code) = engine.setup_code().await.map_err(|error| Failure::Software(error.to_string()))? {
        tell!("Set-up code: {code}");
    }
    tokio::spawn(engine.clone().supervise("forget", forget_what_ended));
    let server = api::serve(listener, tls, Api::new(engine.clone(), config), {
        let engine = engine.clone();
        async move {
            stop.await;
            tracing::info!("stopping: no new work is taken");
            // The time counts from here, whatever takes it.
            let _ = told.send(Box::pin(tokio::time::sleep(STOP)));
            // Ends live streams at once and lets hand-overs finish, beside open requests.
            tokio::spawn(async move { engine.shutdown().await });
        }
    });
    let served = server.await;
    drop(orders);
    let deadline = stopping.await.unwrap_or_else(|_| Box::pin(tokio::time::sleep(STOP)));
    let ending = async {
        engine.shutdown().await;
        engine.store().clone().close().await;
    };
    tokio::select! {
        () = ending => {}
        () = deadline => tracing::warn!("the store did not close in time; its log is replayed at the next start"),
    }
    served.map_err(|error| Failure::Config(format!("cannot serve: {error}")))
}

fn agreed(done: Result<(), RehearsalError>) -> Result<(), Failure> {
    done.map_err(|error| match error {
        RehearsalError::Shop | RehearsalError::Rehearsal => Failure::Config(error.to_string()),
        RehearsalError::Store(error) => error.into(),
    })
}

fn public_url(given: Option<&str>, scheme: &str, address: SocketAddr) -> Result<String, Failure> {
    let Some(given) = given else {
        let host = if address.ip().is_unspecified() { "127.0.0.1".to_owned() } else { address.ip().to_string() };
        let host = if address.is_ipv6() && !address.ip().is_unspecified() { format!("[{host}]") } else { host };
        return Ok(format!("{scheme}://{host}:{}", address.port()));
    };
    public_url::checked(given)
}

fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

async fn forget_what_ended(engine: Engine) {
    let mut stop = engine.stopping();
    while !*stop.borrow() {
        let forgotten = async {
            engine.session_forget_ended().await?;
            for ws in engine.workspaces_all().await? {
                engine.idempotency_forget(ws).await?;
            }
            Ok::<_, engine::DbError>(())
        };
        if let Err(error) = forgotten.await {
            tracing::warn!(%error, "sessions and kept answers that ended could not be forgotten");
        }
        tokio::select! {
            () = tokio::time::sleep(FORGET) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

fn log_to_stderr(format: LogFormat) {
    use std::io::IsTerminal;
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("HARK_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        // Where nobody reads the log any more, saying so on the same stream would panic.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_address_follows_what_is_given() -> Result<(), Box<dyn std::error::Error>> {
        assert_eq!(public_url(None, "http", "0.0.0.0:80".parse()?)?, "http://127.0.0.1:80");
        assert_eq!(public_url(None, "https", "[::1]:443".parse()?)?, "https://[::1]:443");
        assert_eq!(public_url(Some("https://a.example/"), "http", "127.0.0.1:1".parse()?)?, "https://a.example");
        assert!(public_url(Some("a.example"), "http", "127.0.0.1:1".parse()?).is_err());
        Ok(())
    }
}
