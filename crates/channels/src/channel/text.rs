//! Texts and receipts as a channel reads them.

use domain::address::Address;
use domain::id::AttemptId;
use domain::keyword::Class;
use domain::outcome::ErrorClass;
use domain::receipt::ReceiptState;
use sha2::{Digest, Sha256};
use std::fmt;

/// A text a customer sent.
#[derive(Clone, PartialEq, Eq)]
pub struct InboundText {
    /// The provider's id of it; the same text always has the same one.
    pub provider_id: String,
    /// The customer.
    pub from: Address,
    /// Our number.
    pub to: Address,
    /// The words.
    pub body: String,
    /// The pictures, still at the provider.
    pub media: Vec<InboundMedia>,
    /// When it was sent in Unix ms, where the provider says so.
    pub at: Option<i64>,
    /// What the provider took it for, and acted upon, by itself.
    pub took_for: Option<Class>,
    /// Whether the provider has answered the customer by itself.
    pub answered: bool,
}

/// What stands for a sender who is not told. It is too long for a sender's name.
const WITHHELD: &str = "unknown sender";

impl InboundText {
    /// Who wrote. A text whose sender is withheld is still somebody's: it is kept, under one
    /// address for all of them, which nothing can be sent to.
    #[must_use]
    pub fn sender(from: &str) -> Address {
        Address::parse(if from.trim().is_empty() { WITHHELD } else { from })
    }
}

impl fmt::Debug for InboundText {
    /// Bodies never reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboundText")
            .field("provider_id", &self.provider_id)
            .field("from", &self.from)
            .field("to", &self.to)
            .field("media", &self.media.len())
            .finish_non_exhaustive()
    }
}

/// A picture a customer sent, still at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundMedia {
    /// Where the provider keeps it.
    pub url: String,
    /// Its MIME type, as the provider says.
    pub content_type: String,
}

/// What the carrier or provider says became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The provider's id of the text.
    pub provider_id: String,
    /// Our try, where its id rode along.
    pub attempt: Option<AttemptId>,
    /// The provider's own word.
    pub word: String,
    /// What the word means; `None` for a word nobody mapped, which changes nothing.
    pub state: Option<ReceiptState>,
    /// The part it speaks of, from 1; 0 is the whole text.
    pub part: u16,
    /// The provider's own error code.
    pub error_code: Option<String>,
    /// The class of the error code.
    pub error_class: Option<ErrorClass>,
    /// When it happened in Unix ms, where the provider says so.
    pub at: Option<i64>,
}

/// A digest of a body, to compare without keeping the words.
pub type BodyHash = [u8; 32];

/// The digest of a body: SHA-256 of its UTF-8 bytes, without the space around
/// it, which providers and carriers drop.
#[must_use]
pub fn body_hash(body: &str) -> BodyHash {
    Sha256::digest(body.trim().as_bytes()).into()
}

/// Which texts to look for at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookUpQuery {
    /// The customer.
    pub to: Address,
    /// Our sender.
    pub from: Address,
    /// Not submitted before this instant, in Unix ms.
    pub since_ms: i64,
    /// Not submitted after this instant, in Unix ms.
    pub until_ms: i64,
    /// The digest of the body; see [`body_hash`].
    pub body: BodyHash,
}

/// A text found at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundText {
    /// The provider's id of it.
    pub provider_id: String,
    /// When the provider took it in Unix ms, where it says so.
    pub at: Option<i64>,
    /// Parts the provider counted.
    pub parts: Option<u32>,
    /// The provider's own word for where it stands.
    pub word: String,
    /// What the word means.
    pub state: Option<ReceiptState>,
    /// The provider's own error code.
    pub error_code: Option<String>,
    /// The class of the error code.
    pub error_class: Option<ErrorClass>,
}
