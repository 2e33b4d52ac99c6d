//! A provider that follows a script, on a socket of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request that was read whole.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Seen {
    /// The fields of the form, sorted.
    pub fn form(&self) -> Vec<(String, String)> {
        let mut fields: Vec<_> = url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect();
        fields.sort();
        fields
    }

    pub fn field(&self, name: &str) -> Option<String> {
        self.form().into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

/// What the peer does with a request.
#[derive(Debug, Clone)]
pub enum Act {
    /// Answers.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Never answers.
    Silence,
    /// Breaks the connection with a reset.
    Reset,
    /// Answers with less than it promised, and closes.
    Half,
}

impl Act {
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::Answer(status, vec![("content-type", "application/json".to_owned())], body.to_string())
    }

    /// A message as created.
    pub fn created(sid: &str) -> Self {
        Self::json(201, &serde_json::json!({ "sid": sid, "status": "queued", "num_segments": "1" }))
    }
}

/// A listening peer.
pub struct Peer {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Peer {
    pub async fn start(script: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let script = Arc::new(script);
        let known = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, known) = (Arc::clone(&script), Arc::clone(&known));
                tokio::spawn(async move {
                    let _ = serve(stream, &*script, &known).await;
                });
            }
        });
        Self { url, seen }
    }

    /// The submits that were read whole; what only warms a connection is left out.
    pub fn seen(&self) -> Vec<Seen> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().filter(|request| request.method != "HEAD").cloned().collect()
    }
}

async fn serve(
    mut stream: TcpStream,
    script: &(dyn Fn(&Seen) -> Act + Send + Sync),
    known: &Mutex<Vec<Seen>>,
) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let Some(request) = read(&mut stream, &mut buffer).await? else { return Ok(()) };
        known.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        if request.method == "HEAD" {
            stream.write_all(b"HTTP/1.1 404 Not Found\r\n\r\n").await?;
            continue;
        }
        match script(&request) {
            Act::Answer(status, headers, body) => {
                let mut head = format!("HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                stream.write_all(format!("{head}\r\n{body}").as_bytes()).await?;
            }
            Act::Silence => std::future::pending().await,
            Act::Reset => {
                stream.set_zero_linger()?;
                return Ok(());
            }
            Act::Half => {
                return stream.write_all(b"HTTP/1.1 201 Scripted\r\ncontent-length: 400\r\n\r\n{\"sid\":").await;
            }
        }
    }
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<Option<Seen>> {
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&buffer[..head_end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, path) = (first.next().unwrap_or_default().to_owned(), first.next().unwrap_or_default().to_owned());
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    assert!(!headers.contains_key("transfer-encoding"), "bodies have a known length");
    let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    buffer.drain(..head_end + 4);
    while buffer.len() < length {
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
    let body = String::from_utf8_lossy(&buffer[..length]).into_owned();
    buffer.drain(..length);
    Ok(Some(Seen { method, path, headers, body }))
}
