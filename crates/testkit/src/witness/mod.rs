//! The outside witness: a provider that swears to what it was given.
//!
//! A process of its own that speaks Twilio's HTTP. It writes each submit down
//! and syncs it to the disk before it answers, so that after any crash of Hark
//! the journal says what really left, and how often.

mod answers;
mod journal;
mod message;
pub mod picture;
mod receipts;
mod server;
#[cfg(test)]
mod tests;

pub use journal::{Entry, Journal, Verdict};
pub use message::Message;
pub use receipts::sign;
pub use server::Witness;

use std::time::Duration;

/// How the witness behaves. At rest it answers everything at once.
#[derive(Debug, Clone, Default)]
pub struct Behaviour {
    /// A submit with a key it knows is answered as before, and not carried out again.
    pub keys: bool,
    /// It lists no texts, so that nobody can look up what became of one.
    pub unlisted: bool,
    /// How long an answer takes, beside the disk.
    pub delay: Duration,
    /// Submits out of a hundred that are refused with 429, and not carried out.
    pub throttle_pct: u8,
    /// Submits out of a hundred that are carried out, and whose connection then breaks.
    pub drop_pct: u8,
    /// What chances follow from.
    pub seed: u64,
    /// The auth token to sign status callbacks with; without one there are none.
    pub receipts: Option<String>,
}

/// A number from 0 to 99 that follows from a seed and a counter (SplitMix64).
fn chance(seed: u64, counter: u64) -> u8 {
    let mut z = seed.wrapping_add(counter.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    u8::try_from((z ^ (z >> 31)) % 100).unwrap_or(0)
}
