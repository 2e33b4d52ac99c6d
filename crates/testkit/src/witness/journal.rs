//! The journal: one line of JSON per submit, on the disk before it is answered.

use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::mpsc;
use tokio::sync::oneshot;

/// What was done with a submit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Carried out: a text left.
    Taken,
    /// Carried out, and then the connection was broken without an answer.
    TakenUnanswered,
    /// Known by its key: answered as before, and nothing left.
    Repeated,
    /// Refused with 429: nothing left.
    Throttled,
}

impl Verdict {
    /// Whether a text left.
    #[must_use]
    pub const fn left(self) -> bool {
        matches!(self, Self::Taken | Self::TakenUnanswered)
    }
}

/// One submit, as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1, in the order in which submits were read.
    pub number: u64,
    /// What was done with it.
    pub verdict: Verdict,
    /// The id it was given.
    pub sid: String,
    /// Our try, from the status callback's URL.
    pub attempt: Option<String>,
    /// The idempotency key, where one came along.
    pub key: Option<String>,
    /// The recipient.
    pub to: String,
    /// The sender, or the messaging service.
    pub from: String,
    /// SHA-256 of the body, in hexadecimal.
    pub body_sha256: String,
    /// How many pictures came along.
    pub media: usize,
    /// When it was read, in microseconds of a clock that never steps back.
    pub monotonic_us: u64,
    /// When it was read, in Unix milliseconds.
    pub at: i64,
}

struct Line {
    bytes: Vec<u8>,
    written: oneshot::Sender<bool>,
}

/// Appends entries, many to one sync.
#[derive(Debug, Clone)]
pub struct Journal {
    lines: mpsc::Sender<Line>,
}

/// Most entries of one sync.
const GROUP_MAX: usize = 1_000;

impl Journal {
    /// Begins a journal in a new file. An old file is refused: its counts would mix.
    ///
    /// # Errors
    /// The file exists or cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create_new(true).open(path)?;
        let (lines, received) = mpsc::channel();
        std::thread::Builder::new().name("journal".to_owned()).spawn(move || write_all(file, &received))?;
        Ok(Self { lines })
    }

    /// Appends an entry, and returns when it is on the disk.
    ///
    /// # Errors
    /// It could not be written.
    pub async fn append(&self, entry: &Entry) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(entry)?;
        bytes.push(b'\n');
        let (written, on_disk) = oneshot::channel();
        let gone = || io::Error::other("the journal has ended");
        self.lines.send(Line { bytes, written }).map_err(|_| gone())?;
        if on_disk.await.map_err(|_| gone())? { Ok(()) } else { Err(io::Error::other("the journal cannot be written")) }
    }

    /// All entries of a journal's file.
    ///
    /// # Errors
    /// It cannot be read, or holds something else.
    pub fn read(path: &Path) -> io::Result<Vec<Entry>> {
        let text = std::fs::read_to_string(path)?;
        text.lines().map(|line| serde_json::from_str(line).map_err(io::Error::other)).collect()
    }
}

fn write_all(mut file: File, received: &mpsc::Receiver<Line>) {
    while let Ok(first) = received.recv() {
        let mut group = vec![first];
        while group.len() < GROUP_MAX
            && let Ok(next) = received.try_recv()
        {
            group.push(next);
        }
        let bytes: Vec<u8> = group.iter().flat_map(|line| line.bytes.iter().copied()).collect();
        let written = file.write_all(&bytes).and_then(|()| file.sync_data());
        if let Err(error) = &written {
            eprintln!("witness: the journal cannot be written: {error}");
        }
        for line in group {
            // Who has gone away no longer wants to know.
            let _ = line.written.send(written.is_ok());
        }
    }
}
