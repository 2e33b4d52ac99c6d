//! The sealed permission to hand one message to a provider.

use crate::address::Address;
use crate::id::{AccountId, AttemptId, MessageId, WorkspaceId};

/// A picture or file that goes out with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundMedia {
    /// Where the provider can fetch it, signed and expiring.
    pub url: String,
    /// Its MIME type.
    pub content_type: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A text as a channel sends it.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboundText {
    /// Whose text it is.
    pub workspace: WorkspaceId,
    /// The account that carries it.
    pub account: AccountId,
    /// The message in the conversation.
    pub message: MessageId,
    /// This try; its id rides along to the provider, so that a receipt can settle it.
    pub attempt: AttemptId,
    /// Our sender.
    pub from: Address,
    /// The customer.
    pub to: Address,
    /// The words.
    pub body: String,
    /// Pictures.
    pub media: Vec<OutboundMedia>,
    /// After this instant (Unix ms) the provider must let it die rather than deliver it.
    pub valid_until: Option<i64>,
}

impl std::fmt::Debug for OutboundText {
    /// Bodies never reach a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboundText")
            .field("message", &self.message)
            .field("attempt", &self.attempt)
            .field("to", &self.to)
            .field("media", &self.media.len())
            .finish_non_exhaustive()
    }
}

/// What a provider can be told to let die.
pub trait Mortal {
    /// Lets it die at this instant (Unix ms) at the latest.
    fn die_at(&mut self, until: i64);
}

impl Mortal for OutboundText {
    fn die_at(&mut self, until: i64) {
        self.valid_until = Some(self.valid_until.map_or(until, |known| known.min(until)));
    }
}

/// Nothing that could arrive.
impl Mortal for () {
    fn die_at(&mut self, _: i64) {}
}

/// An item the gate has let pass, once, until `hand_over_by`.
///
/// Only [`crate::gate::clear`] makes one. It can be neither cloned nor stored:
/// what waits in the outbox is an intent that must pass the gate again.
#[derive(Debug)]
pub struct Cleared<T> {
    item: T,
    hand_over_by: i64,
}

impl<T> Cleared<T> {
    pub(crate) const fn seal(item: T, hand_over_by: i64) -> Self {
        Self { item, hand_over_by }
    }

    /// The item, to build a request from.
    pub const fn item(&self) -> &T {
        &self.item
    }

    /// The instant (Unix ms) after which it must not be written to the provider any more.
    pub const fn hand_over_by(&self) -> i64 {
        self.hand_over_by
    }

    /// Ends the permission and gives the item back.
    pub fn spend(self) -> T {
        self.item
    }
}
