//! How receipts merge: what the carrier said, in any order, any number of times.
//!
//! A [`Progress`] is a join-semilattice: merging is commutative, associative and
//! idempotent. [`Progress::state`] is monotone: more knowledge never makes it less.
//! So where a message ends is a function of all that was heard of it, the submit's
//! answer included, and not of the order; and what is shown on the way there only
//! moves forward. Words nobody knows are kept by the store and change nothing here.
//!
//! The price is patience with texts of several parts: since a part that was given up
//! may still arrive, the text has not failed before every part's fate is known. Until
//! then it is shown as sent.

use crate::message::{State, words};
use crate::outcome::{ErrorClass, Submission};
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

/// Why something was not delivered. The order decides which of several is told: the
/// one said with the weightiest word, and any fixed choice among equals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Told {
    /// The word it came with.
    said: ReceiptState,
    /// The provider's own code.
    code: String,
    /// The class of the error.
    class: ErrorClass,
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
    /// The error that is told, should it have failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Told>,
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

    /// Adds the error that a receipt gave as its reason, with the provider's own code.
    pub fn merge_error(&mut self, said: ReceiptState, class: ErrorClass, code: &str) {
        self.error = self.error.take().max(Some(Told { said, code: code.to_owned(), class }));
    }

    /// Adds all of another progress.
    pub fn merge_all(&mut self, other: &Self) {
        if let Some(whole) = other.whole {
            self.merge(0, whole);
        }
        for (part, said) in &other.parts {
            self.merge(*part, *said);
        }
        self.error = self.error.take().max(other.error.clone());
    }

    /// The error that is told: its class and the provider's own code.
    #[must_use]
    pub fn error(&self) -> Option<(ErrorClass, &str)> {
        self.error.as_ref().map(|told| (told.class, told.code.as_str()))
    }

    /// What is known of the whole, given how many parts the message has.
    ///
    /// Once the fate of all parts is known, a message is what the worst of them is.
    /// Until then it is sent as soon as one part is, and accepted as soon as
    /// anything was said. What was said of the whole counts where it is more.
    #[must_use]
    pub fn state(&self, parts: u32) -> Option<ReceiptState> {
        self.whole.max(self.parts_state(parts))
    }

    fn parts_state(&self, parts: u32) -> Option<ReceiptState> {
        let mut said: Vec<ReceiptState> = self.parts.values().copied().collect();
        said.sort_unstable_by(|one, other| other.cmp(one));
        let furthest = *said.first()?;
        // Counted rather than numbered: should a provider cut more parts than we
        // did, one more part heard of must not take back what was shown.
        let worst = said.get(usize::try_from(parts.max(1)).ok()?.saturating_sub(1));
        match worst {
            Some(worst) if worst.is_final() => Some(*worst),
            Some(_) | None => Some(furthest.min(ReceiptState::Sent)),
        }
    }
}

impl ReceiptState {
    /// Whether a part's fate is known.
    const fn is_final(self) -> bool {
        match self {
            Self::Accepted | Self::Sent => false,
            Self::Failed | Self::Undelivered | Self::Delivered => true,
        }
    }
}

/// The state of a message after its submit was answered, for good: nothing that a
/// provider refused in passing is to be tried again. Adds what the answer proves.
///
/// Receipts may have been faster. They prove that the provider has it, whatever
/// became of the connection; an answer that says otherwise is one more word that
/// is merged, so that the order does not matter.
pub fn answered_state(now: State, answer: &Submission, progress: &mut Progress, parts: u32) -> State {
    let before = match answer {
        Submission::Taken { .. } => {
            progress.merge(0, ReceiptState::Accepted);
            now
        }
        Submission::NotTaken { class, code, .. } => {
            progress.merge(0, ReceiptState::Failed);
            progress.merge_error(ReceiptState::Failed, *class, code);
            now
        }
        Submission::HandedBack => now,
        Submission::Unknown { .. } if now == State::HandingOver => State::Ambiguous,
        Submission::Unknown { .. } => now,
    };
    progress.state(parts).map_or(before, |known| message_state(before, known))
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
