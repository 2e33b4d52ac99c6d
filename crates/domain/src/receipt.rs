//! How receipts merge: what the carrier said, in any order, any number of times.
//!
//! A [`Progress`] is a join-semilattice: merging is commutative, associative and
//! idempotent, so late, doubled and disordered receipts never make a state go
//! backwards. Words nobody knows are kept by the store and change nothing here.

use crate::message::{State, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// One thing a carrier can say about a message or one of its parts.
    ///
    /// The order is the order of proof: a word of more weight replaces one of
    /// less. `Delivered` outweighs the failures, since providers give up on a
    /// message (`Undelivered`) that the handset then confirms after all.
    ReceiptState {
        /// The provider has it.
        Accepted = "accepted",
        /// The provider gave it to the carrier.
        Sent = "sent",
        /// The provider could not send it.
        Failed = "failed",
        /// The carrier could not deliver it.
        Undelivered = "undelivered",
        /// The carrier says it arrived.
        Delivered = "delivered",
    }
}

/// All that is known of one attempt's fate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// What was said of the whole message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    whole: Option<ReceiptState>,
    /// What was said of each part, by its number from 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    parts: BTreeMap<u16, ReceiptState>,
}

impl Progress {
    /// Adds one receipt. `part` 0 speaks of the whole message.
    pub fn merge(&mut self, part: u16, said: ReceiptState) {
        if part == 0 {
            self.whole = self.whole.max(Some(said));
        } else {
            let known = self.parts.entry(part).or_insert(said);
            *known = (*known).max(said);
        }
    }

    /// Adds all of another progress.
    pub fn merge_all(&mut self, other: &Self) {
        if let Some(whole) = other.whole {
            self.merge(0, whole);
        }
        for (part, said) in &other.parts {
            self.merge(*part, *said);
        }
    }

    /// What is known of the whole, given how many parts the message has.
    ///
    /// A message is delivered when all of its parts are, and has failed when
    /// one part has. Until then it is as far as its slowest part.
    #[must_use]
    pub fn state(&self, parts: u32) -> Option<ReceiptState> {
        let from_parts = self.parts_state(parts);
        match (self.whole, from_parts) {
            // A part that failed is not undone by the whole having been sent.
            (Some(whole), Some(part)) => Some(whole.max(part)),
            (known, None) | (None, known) => known,
        }
    }

    fn parts_state(&self, parts: u32) -> Option<ReceiptState> {
        let failed =
            self.parts.values().filter(|said| matches!(said, ReceiptState::Failed | ReceiptState::Undelivered)).max();
        if let Some(failed) = failed {
            return Some(*failed);
        }
        let slowest = *self.parts.values().min()?;
        let all_heard = u32::try_from(self.parts.len()).is_ok_and(|heard| heard >= parts.max(1));
        Some(if slowest == ReceiptState::Delivered && !all_heard { ReceiptState::Sent } else { slowest })
    }
}

/// The state of a message after its attempt's progress changed.
///
/// `now` is where the message stands. Receipts settle an ambiguous hand-over
/// and may come before the submit's answer; they never revive what was
/// cancelled or refused, and never touch what is back in the outbox.
#[must_use]
pub const fn message_state(now: State, known: ReceiptState) -> State {
    let after = match known {
        ReceiptState::Accepted => State::Accepted,
        ReceiptState::Sent => State::Sent,
        ReceiptState::Failed => State::Failed,
        ReceiptState::Undelivered => State::Undelivered,
        ReceiptState::Delivered => State::Delivered,
    };
    match now {
        State::HandingOver
        | State::Ambiguous
        | State::Accepted
        | State::Sent
        | State::SentUnconfirmed
        | State::Undelivered
        | State::Failed
        | State::Delivered => {
            if weight(after) > weight(now) {
                after
            } else {
                now
            }
        }
        State::Received | State::Noted | State::Queued | State::Held | State::Refused | State::Cancelled => now,
    }
}

const fn weight(state: State) -> u8 {
    match state {
        State::HandingOver | State::Ambiguous => 1,
        State::Accepted => 2,
        State::Sent | State::SentUnconfirmed => 3,
        State::Failed => 4,
        State::Undelivered => 5,
        State::Delivered => 6,
        State::Received | State::Noted | State::Queued | State::Held | State::Refused | State::Cancelled => 0,
    }
}
