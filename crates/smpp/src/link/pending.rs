//! Texts on the wire whose answers have not come.

use std::collections::{HashMap, VecDeque};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// What came of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The centre has it, under this id.
    Taken(String),
    /// The centre refused it with this code.
    Refused(u32),
    /// Its time was over before its first octet.
    Late,
    /// The connection ended before its first octet.
    NotWritten,
    /// Nobody knows; the word says what was seen.
    Unknown(&'static str),
}

/// Which part of which text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PartName {
    pub reference: u128,
    pub part: u8,
    pub parts: u8,
}

/// Whoever waits for an answer. Dropped, it says what that proves: nothing before the first octet
/// was written, ambiguity after it.
#[derive(Debug)]
pub(crate) struct Reply {
    to: Option<oneshot::Sender<Answer>>,
    written: bool,
}

impl Reply {
    pub(crate) fn new() -> (Self, oneshot::Receiver<Answer>) {
        let (to, from) = oneshot::channel();
        (Self { to: Some(to), written: false }, from)
    }

    /// Whoever waited has gone.
    fn abandoned(&self) -> bool {
        self.to.as_ref().is_none_or(oneshot::Sender::is_closed)
    }

    pub(crate) fn give(mut self, answer: Answer) {
        if let Some(to) = self.to.take() {
            let _ = to.send(answer);
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if let Some(to) = self.to.take() {
            let _ = to.send(if self.written { Answer::Unknown("connection lost") } else { Answer::NotWritten });
        }
    }
}

/// Late answers that are waited for.
const LATE_MAX: usize = 1_000;
/// The greatest number of a unit (SMPP 3.4, 3.2).
const SEQUENCE_MAX: u32 = 0x7FFF_FFFF;

/// What an answer belongs to.
#[derive(Debug)]
pub(crate) enum Owner {
    /// Somebody who waits.
    Waiting(Reply),
    /// A part that was called ambiguous, or that nobody waits for any more.
    Late(PartName),
}

/// The texts of one connection that wait for answers.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    last: u32,
    open: HashMap<u32, (PartName, Reply)>,
    deadlines: VecDeque<(Instant, u32)>,
    late: VecDeque<(u32, PartName)>,
}

impl Pending {
    /// Nothing yet; numbers go on behind the log-in's.
    pub(crate) fn after(last: u32) -> Self {
        Self { last, ..Self::default() }
    }

    /// The next number that nothing waits under.
    pub(crate) fn sequence(&mut self) -> u32 {
        loop {
            self.last = if self.last == SEQUENCE_MAX { 1 } else { self.last + 1 };
            if !self.open.contains_key(&self.last) {
                return self.last;
            }
        }
    }

    /// Keeps a part that is being written; deadlines come in their order.
    pub(crate) fn insert(&mut self, sequence: u32, deadline: Instant, name: PartName, mut reply: Reply) {
        reply.written = true;
        self.open.insert(sequence, (name, reply));
        self.deadlines.push_back((deadline, sequence));
    }

    /// What an answer belongs to; nothing, where it was invented or came twice.
    pub(crate) fn answered(&mut self, sequence: u32) -> Option<Owner> {
        if let Some((name, reply)) = self.open.remove(&sequence) {
            return Some(if reply.abandoned() { Owner::Late(name) } else { Owner::Waiting(reply) });
        }
        let at = self.late.iter().position(|(known, _)| *known == sequence)?;
        self.late.remove(at).map(|(_, name)| Owner::Late(name))
    }

    /// Calls ambiguous what has waited too long.
    pub(crate) fn expire(&mut self, now: Instant) {
        while let Some((_, sequence)) = self.deadlines.front().copied().filter(|(deadline, _)| *deadline <= now) {
            self.deadlines.pop_front();
            let Some((name, reply)) = self.open.remove(&sequence) else { continue };
            reply.give(Answer::Unknown("no answer in time"));
            if self.late.len() == LATE_MAX {
                self.late.pop_front();
            }
            self.late.push_back((sequence, name));
        }
    }

    /// When to look again.
    pub(crate) fn next_due(&mut self) -> Option<Instant> {
        while let Some((_, sequence)) = self.deadlines.front() {
            if self.open.contains_key(sequence) {
                break;
            }
            self.deadlines.pop_front();
        }
        self.deadlines.front().map(|(deadline, _)| *deadline)
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}
