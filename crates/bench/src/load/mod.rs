//! The load generator: as little of it as possible, so that the machine's
//! cores are left to what is measured.

mod live;
mod texts;
mod twilio;

pub(crate) use live::{Change, Live};
pub(crate) use texts::{Numbers, words};
pub(crate) use twilio::Line;

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::fault::Fault;

/// One kept-open connection; requests go one after another.
#[derive(Debug)]
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

/// Who asks: lines of headers, as `name: value`.
pub(crate) type Headers = str;

impl Connection {
    /// Opens one.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Fault> {
        let stream = TcpStream::connect(address).await?;
        // Nagle's algorithm and delayed acknowledgements would make 40 ms of each request.
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            // Whoever sends next is told that it broke.
            let _ = connection.await;
        });
        Ok(Self { sender, host: address.to_string() })
    }

    /// Sends a request; answers when the answer begins.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &Headers,
        body: Bytes,
    ) -> Result<http::Response<Incoming>, Fault> {
        let mut request = Request::builder().method(method).uri(path).header("host", &self.host);
        for line in headers.lines() {
            if let Some((name, value)) = line.split_once(": ") {
                request = request.header(name, value);
            }
        }
        self.sender.ready().await?;
        Ok(self.sender.send_request(request.body(Full::new(body))?).await?)
    }

    /// Sends a request and reads its whole answer.
    pub(crate) async fn ask(
        &mut self,
        method: Method,
        path: &str,
        headers: &Headers,
        body: Bytes,
    ) -> Result<(StatusCode, http::HeaderMap, Bytes), Fault> {
        let answer = self.send(method, path, headers, body).await?;
        let (parts, body) = answer.into_parts();
        Ok((parts.status, parts.headers, body.collect().await?.to_bytes()))
    }

    /// Reads something.
    pub(crate) async fn get(&mut self, path: &str, headers: &Headers) -> Result<Bytes, Fault> {
        let (status, _, body) = self.ask(Method::GET, path, headers, Bytes::new()).await?;
        good(path, status, body)
    }
}

/// The body of a success.
pub(crate) fn good(path: &str, status: StatusCode, body: Bytes) -> Result<Bytes, Fault> {
    if status.is_success() {
        return Ok(body);
    }
    Err(Fault::wrong(format!("{path} answered {status}: {}", String::from_utf8_lossy(&body))))
}
