//! Keeping one connection: connect, log in, work, and again.

use crate::clock::now;
use crate::dice::Backoff;
use crate::link::{End, Link, OUT_MAX, Pending, Wire};
use crate::pdu::{Bind, BindKind, Framer, Pdu, command};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::status;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Where one connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindState {
    /// Being made.
    Connecting,
    /// Logged in.
    Bound,
    /// It could not be made; tried again soon.
    Unreachable(&'static str),
    /// The centre refused the log-in with this code.
    Refused(u32),
    /// It ended; tried again soon.
    Lost(End),
    /// Not kept any longer.
    Closed,
}

/// Why no connection came about.
enum Failure {
    Unreachable(&'static str),
    Refused(u32),
}

/// Keeps a connection until the account is closed.
pub(crate) async fn keep(shared: &Shared, index: usize) {
    let patience = shared.settings.patience;
    let mut closing = shared.closing.subscribe();
    let mut backoff = Backoff::new(patience.reconnect);
    let kind = shared.slots[index].kind;
    while !*closing.borrow() {
        shared.show(index, BindState::Connecting);
        let made = tokio::select! {
            made = connect(&shared.settings, kind) => made,
            _ = closing.wait_for(|closing| *closing) => break,
        };
        let (state, wait) = match made {
            Ok((wire, framer)) => {
                let since = now();
                let end = work(shared, index, wire, framer).await;
                if since.elapsed() >= patience.good {
                    backoff.reset();
                }
                (BindState::Lost(end), backoff.wait(&shared.dice))
            }
            Err(Failure::Unreachable(why)) => (BindState::Unreachable(why), backoff.wait(&shared.dice)),
            Err(Failure::Refused(code)) => {
                // Asked again and again, a centre locks an account out.
                let wait = backoff.wait(&shared.dice);
                let wait = if status::is_final_for_bind(code) { wait.max(patience.refused) } else { wait };
                (BindState::Refused(code), wait)
            }
        };
        if *closing.borrow() {
            break;
        }
        tracing::warn!(connection = index, ?state, wait_ms = wait.as_millis(), "an SMPP connection is down");
        shared.show(index, state);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = closing.wait_for(|closing| *closing) => {}
        }
    }
    shared.show(index, BindState::Closed);
}

async fn work(shared: &Shared, index: usize, wire: Box<dyn Wire>, framer: Framer) -> End {
    let (out, orders) = mpsc::channel(OUT_MAX);
    let link = Link {
        patience: &shared.settings.patience,
        intake: &shared.intake,
        out: out.clone(),
        closing: shared.closing.subscribe(),
        refuse_orders: &|| shared.set_out(index, None),
        pending: Mutex::new(Pending::after(LOG_IN)),
        written: Notify::new(),
    };
    tracing::info!(connection = index, "an SMPP connection is logged in");
    if shared.slots[index].kind.sends() {
        shared.set_out(index, Some(out));
    }
    shared.show(index, BindState::Bound);
    link.run(wire, framer, orders).await
}

/// A connection that is logged in, and what came after the answer to that.
async fn connect(settings: &Settings, kind: BindKind) -> Result<(Box<dyn Wire>, Framer), Failure> {
    let most = settings.patience.connect;
    let wire = timed(most, "connecting took too long", dial(settings)).await?;
    timed(most, "the centre did not answer the log-in", log_in(settings, kind, wire)).await
}

async fn timed<T>(
    most: Duration,
    why: &'static str,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    timeout(most, work).await.unwrap_or(Err(Failure::Unreachable(why)))
}

async fn dial(settings: &Settings) -> Result<Box<dyn Wire>, Failure> {
    let failed = |why| move |_: std::io::Error| Failure::Unreachable(why);
    let found =
        tokio::net::lookup_host((settings.host.as_str(), settings.port)).await.map_err(failed("no such host"))?;
    let may = |ip: IpAddr| settings.reach.is_none_or(|reach| reach(ip));
    let addresses: Vec<_> = found.filter(|address| may(address.ip())).collect();
    if addresses.is_empty() {
        return Err(Failure::Unreachable("the host is not to be reached"));
    }
    let stream = TcpStream::connect(&addresses[..]).await.map_err(failed("no connection"))?;
    // A unit is written whole; waiting for more would only delay it.
    let _ = stream.set_nodelay(true);
    let Some(tls) = &settings.tls else { return Ok(Box::new(stream)) };
    let connector = TlsConnector::from(tls.config.clone());
    let stream = connector.connect(tls.name.clone(), stream).await.map_err(failed("the certificate is not trusted"))?;
    Ok(Box::new(stream))
}

/// The number of the log-in; those of texts go on from there.
const LOG_IN: u32 = 1;

async fn log_in(
    settings: &Settings,
    kind: BindKind,
    mut wire: Box<dyn Wire>,
) -> Result<(Box<dyn Wire>, Framer), Failure> {
    let lost = |_: std::io::Error| Failure::Unreachable("the connection broke while logging in");
    let bind = Bind {
        system_id: &settings.system_id,
        password: &settings.password,
        system_type: &settings.system_type,
        ton_npi: (0, 0),
        address_range: &settings.address_range,
    };
    let mut bytes = bytes::BytesMut::new();
    Pdu::request(kind.command(), LOG_IN, bind.body()).write(&mut bytes);
    wire.write_all(&bytes).await.map_err(lost)?;
    wire.flush().await.map_err(lost)?;
    let mut framer = Framer::default();
    loop {
        match framer.take() {
            Ok(Some(pdu)) if pdu.sequence == LOG_IN && pdu.command == kind.command() | command::ANSWER => {
                return if pdu.status == status::OK { Ok((wire, framer)) } else { Err(Failure::Refused(pdu.status)) };
            }
            Ok(Some(pdu)) if pdu.command == command::GENERIC_NACK => return Err(Failure::Refused(pdu.status.max(1))),
            // Nothing else can be meant for us before that.
            Ok(Some(_)) => {}
            Ok(None) => {
                if wire.read_buf(framer.buffer()).await.map_err(lost)? == 0 {
                    return Err(Failure::Unreachable("the centre closed the connection while logging in"));
                }
            }
            Err(_) => return Err(Failure::Unreachable("what answers is no SMPP centre")),
        }
    }
}
