//! Tamper evidence: how rows that prove something are sealed into a chain.
//!
//! Each transaction that writes such rows adds one entry to its workspace's
//! chain. An entry lists the rows by their key and a digest of their content,
//! and its hash covers the hash before it: whoever alters, removes, inserts or
//! reorders a row has to make every later hash anew, and the heads that were
//! signed and carried away meanwhile give that away.
//!
//! A chain outlives erasure. So it holds digests, never content, and a row that
//! names a person carries a random salt: once row and salt are gone, nobody can
//! try numbers until a digest fits.

mod canon;
mod entry;
pub mod pack;
mod rows;
pub mod tree;

pub use canon::Canon;
pub use entry::{Malformed, Sealed, decode, encode, slices};
pub use rows::{AuditSeal, ConsentSeal, DecisionSeal, DisclosureSeal};

use crate::message::words;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A SHA-256.
pub type Digest = [u8; 32];

words! {
    /// What a sealed row is. The number of a kind, its place here, stands in chains for good.
    Kind {
        /// An entry of the consent ledger.
        Consent = "consent",
        /// A disclosure.
        Disclosure = "disclosure",
        /// A verdict of the gate.
        Decision = "decision",
        /// An entry of the audit log.
        Audit = "audit",
        /// A row that was erased, by the key it was sealed under.
        Erased = "erased",
    }
}

impl Kind {
    /// The byte that stands for it in a chain.
    #[must_use]
    pub const fn tag(self) -> u8 {
        match self {
            Self::Consent => 1,
            Self::Disclosure => 2,
            Self::Decision => 3,
            Self::Audit => 4,
            Self::Erased => 5,
        }
    }

    /// The kind a byte stands for.
    #[must_use]
    pub fn from_tag(tag: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.tag() == tag)
    }
}

/// The hash before a workspace's first entry: no two workspaces share a beginning.
#[must_use]
pub fn genesis(ws: Uuid) -> Digest {
    let mut hash = Sha256::new();
    hash.update(b"hark chain 1");
    hash.update(ws.as_bytes());
    hash.finalize().into()
}

/// The digest of one entry: its instant (Unix ms) and its encoded rows.
#[must_use]
pub fn entry_digest(at: i64, items: &[u8]) -> Digest {
    let rows = slices(items);
    entry_digest_of(at, u64::try_from(rows.len()).unwrap_or(u64::MAX), &tree::root(&rows))
}

/// The same from the number of its rows and the root of their tree.
#[must_use]
pub fn entry_digest_of(at: i64, count: u64, root: &Digest) -> Digest {
    let mut hash = Sha256::new();
    hash.update(b"hark entry 1");
    hash.update(at.to_be_bytes());
    hash.update(count.to_be_bytes());
    hash.update(root);
    hash.finalize().into()
}

/// The hash of an entry, over the one before it and the entry's own digest.
#[must_use]
pub fn link(before: &Digest, entry: &Digest) -> Digest {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(entry);
    hash.finalize().into()
}

/// What marks the rows that one deed erased: it names the entry of the audit log that tells of the deed.
#[must_use]
pub fn erasure_mark(audit: Uuid) -> Digest {
    let mut hash = Sha256::new();
    hash.update(b"hark erased 1");
    hash.update(audit.as_bytes());
    hash.finalize().into()
}

/// The bytes that are signed for the list of what a pack holds.
#[must_use]
pub fn manifest_message(manifest: &[u8]) -> Vec<u8> {
    [&b"hark pack 1"[..], manifest].concat()
}

/// The bytes that are signed for a head: workspace, number, hash and instant.
#[must_use]
pub fn head_message(ws: Uuid, seq: i64, hash: &Digest, at: i64) -> Vec<u8> {
    [&b"hark head 1"[..], ws.as_bytes(), &seq.to_be_bytes(), hash, &at.to_be_bytes()].concat()
}
