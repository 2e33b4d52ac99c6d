//! One way to write a row down before it is digested.

use super::{Digest, Kind};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Digests a row, field by field, in the order of the calls.
///
/// Every field is written with its type and length, so that no two different
/// rows read the same: `("ab", "c")` is not `("a", "bc")`.
#[derive(Debug, Clone)]
pub struct Canon(Sha256);

impl Canon {
    /// Begins a row of a kind.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"hark row 1");
        hash.update([kind.tag()]);
        Self(hash)
    }

    fn field(mut self, tag: u8, bytes: &[u8]) -> Self {
        self.0.update([tag]);
        // A length of 64 bits holds whatever memory holds.
        self.0.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(bytes);
        self
    }

    /// A text.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.field(b't', text.as_bytes())
    }

    /// Bytes.
    #[must_use]
    pub fn bytes(self, bytes: &[u8]) -> Self {
        self.field(b'b', bytes)
    }

    /// A number or an instant.
    #[must_use]
    pub fn int(self, number: i64) -> Self {
        self.field(b'i', &number.to_be_bytes())
    }

    /// An identity.
    #[must_use]
    pub fn uuid(self, id: Uuid) -> Self {
        self.field(b'u', id.as_bytes())
    }

    /// A field that may be absent, which differs from an empty one.
    #[must_use]
    pub fn maybe<T>(self, value: Option<T>, write: impl FnOnce(Self, T) -> Self) -> Self {
        match value {
            Some(value) => write(self, value),
            None => self.field(b'n', &[]),
        }
    }

    /// The digest.
    #[must_use]
    pub fn digest(self) -> Digest {
        self.0.finalize().into()
    }
}
