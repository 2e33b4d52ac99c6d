//! Why a benchmark broke off.

use std::io;

/// Why a benchmark broke off. A missed bound is no fault.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The server or this machine did something a benchmark cannot go on with.
    #[error("{0}")]
    Wrong(String),
    /// Reading, writing or starting failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A connection to the server broke.
    #[error("the server's connection: {0}")]
    Connection(#[from] hyper::Error),
    /// A request cannot be made.
    #[error("a request: {0}")]
    Request(#[from] http::Error),
    /// PostgreSQL cannot be asked.
    #[error("PostgreSQL: {0}")]
    Postgres(#[from] tokio_postgres::Error),
    /// Some benchmarks could not be carried out; each was told with its fault.
    #[error("not carried out: {0}")]
    Undone(String),
    /// An answer is not what it should be.
    #[error("an answer: {0}")]
    Answer(#[from] serde_json::Error),
}

impl Fault {
    /// The fault of a run, by what could not be carried out in it: one alone speaks for itself.
    pub(crate) fn of(mut undone: Vec<(String, Self)>) -> Option<Self> {
        match undone.len() {
            0 => None,
            1 => undone.pop().map(|(_, fault)| fault),
            _ => Some(Self::Undone(undone.into_iter().map(|(title, _)| title).collect::<Vec<_>>().join(", "))),
        }
    }

    /// A fault in words.
    pub(crate) fn wrong(words: impl Into<String>) -> Self {
        Self::Wrong(words.into())
    }
}
