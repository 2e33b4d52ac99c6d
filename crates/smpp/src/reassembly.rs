//! Putting the parts of customers' texts together, within bounds of memory and time.
//!
//! Nothing that came is thrown away: what is never completed is told with a mark in each gap. The
//! answers to the parts are held until the whole text can be stored, so that a process that dies
//! is sent them again, but only for a moment: a centre that sends one at a time waits for each answer.

use crate::coding::Alphabet;
use crate::part::Place;
use crate::pdu::Party;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use tokio::time::Instant;

/// Most octets of all parts that wait, 4 MiB.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// What the parts of one text have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Who sends.
    pub source: Party,
    /// Who receives.
    pub dest: Party,
    /// Their reference.
    pub reference: u16,
    /// How many there are.
    pub total: u8,
}

/// A text put together.
#[derive(Clone, PartialEq, Eq)]
pub struct Whole {
    /// Whose parts these are.
    pub key: Key,
    /// The words; a replacement character stands where a part is missing.
    pub body: String,
    /// The numbers of parts that never came.
    pub missing: Vec<u8>,
    /// Whether some of it is no text.
    pub binary: bool,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// How its octets are read.
    pub alphabet: Alphabet,
    /// Its octets without a header; septets unpacked.
    pub units: Vec<u8>,
}

struct Open<A> {
    pieces: BTreeMap<u8, Piece>,
    since: Instant,
    held: Vec<A>,
    hold_until: Option<Instant>,
    /// Whether the centre was told that some of it came.
    answered: bool,
}

/// The texts whose parts are not all there. `A` is what answers a part.
pub struct Reassembly<A> {
    open: HashMap<Key, Open<A>>,
    bytes: usize,
    most: usize,
    patience: Duration,
    hold: Duration,
}

/// Most texts that one part can bring to an end: its own, one whose reference it takes over, and
/// one that makes room.
pub const ENDED_MAX: usize = 3;

impl<A> Reassembly<A> {
    /// Nothing yet; at most `most` texts, each for at most `patience`, answers held for `hold`.
    #[must_use]
    pub fn new(most: usize, patience: Duration, hold: Duration) -> Self {
        Self { open: HashMap::new(), bytes: 0, most: most.max(1), patience, hold }
    }

    /// Adds a part; gives the texts that end by it, with the answers still held.
    pub fn add(&mut self, now: Instant, key: Key, place: Place, piece: Piece, answer: A) -> Vec<(Whole, Vec<A>)> {
        let mut ended = Vec::new();
        let other = |open: &Open<A>| open.pieces.get(&place.number).is_some_and(|known| *known != piece);
        if self.open.get(&key).is_some_and(other) {
            // The sender's references have come around: this is another text.
            ended.extend(self.end(&key));
        }
        let size = piece.units.len();
        let room = self.open.len() < self.most && self.bytes.saturating_add(size) <= BYTES_MAX;
        if !room && !self.open.contains_key(&key) {
            let oldest = self.open.iter().min_by_key(|(_, open)| open.since).map(|(key, _)| key.clone());
            ended.extend(oldest.and_then(|oldest| self.end(&oldest)));
        }
        let open = self.open.entry(key.clone()).or_insert_with(|| Open {
            pieces: BTreeMap::new(),
            since: now,
            held: Vec::new(),
            hold_until: None,
            answered: false,
        });
        if open.pieces.insert(place.number, piece).is_none() {
            self.bytes += size;
        }
        open.held.push(answer);
        open.hold_until.get_or_insert(now + self.hold);
        if open.pieces.len() == usize::from(key.total) {
            ended.extend(self.end(&key));
        }
        ended
    }

    /// The answers that must not be held any longer.
    pub fn overdue_answers(&mut self, now: Instant) -> Vec<A> {
        let overdue = self.open.values_mut().filter(|open| open.hold_until.is_some_and(|until| until <= now));
        overdue
            .flat_map(|open| {
                open.hold_until = None;
                open.answered = true;
                std::mem::take(&mut open.held)
            })
            .collect()
    }

    /// A text whose missing parts have not come in time.
    pub fn overdue_text(&mut self, now: Instant) -> Option<(Whole, Vec<A>)> {
        let overdue = self.open.iter().find(|(_, open)| open.since + self.patience <= now);
        let key = overdue.map(|(key, _)| key.clone())?;
        self.end(&key)
    }

    /// A text of which the centre has been told that parts of it came, though not all have: nobody
    /// would send those again.
    pub fn answered_text(&mut self) -> Option<Whole> {
        let answered = self.open.iter().find(|(_, open)| open.answered);
        let key = answered.map(|(key, _)| key.clone())?;
        self.end(&key).map(|(whole, _)| whole)
    }

    /// When to look again.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        let dues = self.open.values().flat_map(|open| [Some(open.since + self.patience), open.hold_until]);
        dues.flatten().min()
    }

    /// Texts that wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether no text waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    fn end(&mut self, key: &Key) -> Option<(Whole, Vec<A>)> {
        let open = self.open.remove(key)?;
        let octets: usize = open.pieces.values().map(|piece| piece.units.len()).sum();
        self.bytes = self.bytes.saturating_sub(octets);
        Some((put_together(key.clone(), &open.pieces), open.held))
    }
}

/// Neighbours in one alphabet are read as one, since some senders cut a character in two.
fn put_together(key: Key, pieces: &BTreeMap<u8, Piece>) -> Whole {
    let mut whole = Whole { body: String::new(), missing: Vec::new(), binary: false, key };
    let mut run: Option<(Alphabet, Vec<u8>)> = None;
    for number in 1..=whole.key.total {
        match (pieces.get(&number), &mut run) {
            (Some(piece), Some((alphabet, units))) if *alphabet == piece.alphabet => units.extend(&piece.units),
            (piece, run) => {
                if let Some((alphabet, units)) = run.take() {
                    whole.body.push_str(&alphabet.text(&units));
                }
                match piece {
                    Some(piece) => *run = Some((piece.alphabet, piece.units.clone())),
                    None => {
                        if !whole.body.ends_with(char::REPLACEMENT_CHARACTER) {
                            whole.body.push(char::REPLACEMENT_CHARACTER);
                        }
                        whole.missing.push(number);
                    }
                }
            }
        }
        whole.binary |= pieces.get(&number).is_some_and(|piece| piece.alphabet == Alphabet::Binary);
    }
    if let Some((alphabet, units)) = run {
        whole.body.push_str(&alphabet.text(&units));
    }
    whole
}
