//! An open inbox: the live stream, as a browser follows it.

use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;
use http::Method;
use http_body_util::BodyExt;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{Connection, Headers, good};
use crate::fault::Fault;
use crate::stopwatch;

/// Something that happened, as far as a measurement cares.
#[derive(Debug, Deserialize)]
pub(crate) struct Change {
    /// Its number in the log.
    pub(crate) seq: i64,
    /// What happened.
    pub(crate) kind: String,
    /// In which conversation.
    pub(crate) conversation_id: Option<String>,
    /// To what.
    pub(crate) subject: Option<String>,
    /// When, Unix ms.
    pub(crate) at: i64,
    /// The particulars.
    pub(crate) data: serde_json::Value,
}

impl Change {
    /// One of its particulars.
    pub(crate) fn says(&self, name: &str, value: &str) -> bool {
        self.data.get(name).and_then(serde_json::Value::as_str) == Some(value)
    }
}

/// An open stream. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Live {
    changes: mpsc::UnboundedReceiver<(Instant, Change)>,
    reading: JoinHandle<()>,
    _connection: Connection,
}

impl Live {
    /// Opens the stream of a caller; what happens from now on comes in.
    pub(crate) async fn open(address: SocketAddr, headers: &Headers) -> Result<Self, Fault> {
        let mut connection = Connection::open(address).await?;
        let answer = connection.send(Method::GET, "/api/v1/live", headers, Bytes::new()).await?;
        let status = answer.status();
        let mut body = answer.into_body();
        if !status.is_success() {
            good("/api/v1/live", status, body.collect().await?.to_bytes())?;
            return Err(Fault::wrong("the live stream did not open"));
        }
        let (sender, changes) = mpsc::unbounded_channel();
        let reading = tokio::spawn(async move {
            let mut rest: Vec<u8> = Vec::new();
            while let Some(Ok(frame)) = body.frame().await {
                let Some(bytes) = frame.data_ref() else { continue };
                let came = stopwatch::now();
                rest.extend_from_slice(bytes);
                let Some(end) = rest.iter().rposition(|byte| *byte == b'\n') else { continue };
                for change in changes_of(rest.get(..end).unwrap_or_default()) {
                    if sender.send((came, change)).is_err() {
                        return;
                    }
                }
                rest.drain(..=end);
            }
        });
        Ok(Self { changes, reading, _connection: connection })
    }

    /// The next change and when it came; none when the stream ended.
    pub(crate) async fn next(&mut self) -> Option<(Instant, Change)> {
        self.changes.recv().await
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

/// The changes in whole lines of the stream. A `reset` has no kind and is none.
fn changes_of(lines: &[u8]) -> impl Iterator<Item = Change> {
    let data = lines.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"data: "));
    data.filter_map(|data| serde_json::from_slice(data).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_and_everything_else_is_passed_over() {
        let text = "retry: 2000\n: 4\n\nid: 5\nevent: change\ndata: {\"seq\":5,\"kind\":\"message.created\",\
            \"conversation_id\":\"conv_1\",\"subject\":null,\"at\":7,\"data\":{\"kind\":\"inbound\"}}\n\n\
            id: 9\nevent: reset\ndata: {\"seq\":9}\n";
        let changes: Vec<Change> = changes_of(text.as_bytes()).collect();
        assert_eq!(changes.len(), 1);
        assert!(changes[0].seq == 5 && changes[0].says("kind", "inbound") && !changes[0].says("kind", "note"));
    }
}
