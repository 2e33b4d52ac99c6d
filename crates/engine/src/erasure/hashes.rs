//! Numbers as keyed hashes, and sealed entries of the ledger.
//!
//! A plain hash of a phone number hides nothing: there are few enough numbers to
//! try them all. So the hash has a key, which lies outside the database.

use crate::Engine;
use crate::crypto::{CryptoError, random};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use domain::id::{Id, WorkspaceId};
use ring::hmac;
use std::sync::Arc;
use uuid::Uuid;

const NONCE: usize = 24;
/// Bytes of the mark below a customer's link: 128 bits, which nobody guesses, and short
/// enough for a text.
pub(crate) const LINK_MARK: usize = 16;
/// The first byte of a sealed entry: how it was sealed.
const VERSION: u8 = 1;

/// Hashes numbers and seals entries with one key of the key file.
#[derive(Clone)]
pub(crate) struct Hasher {
    key_id: String,
    hash: hmac::Key,
    person: hmac::Key,
    link: hmac::Key,
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hasher({})", self.key_id)
    }
}

fn of_number(key: &hmac::Key, ws: WorkspaceId, address: &str) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    // No number is hashed alike in two workspaces.
    context.update(Id::uuid(ws).as_bytes());
    context.update(address.as_bytes());
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

impl Hasher {
    pub(crate) fn new(key_id: String, key: &[u8; 32]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, key);
        let derived = |what: &[u8]| hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, what).as_ref());
        Self {
            key_id,
            hash: derived(b"hark erased address 1"),
            person: derived(b"hark sealed consent 1"),
            link: derived(b"hark customer link 1"),
        }
    }

    /// What only this server can put below a link that it hands to a customer.
    pub(crate) fn link_mark(&self, words: &[u8]) -> [u8; LINK_MARK] {
        let mut mark = [0; LINK_MARK];
        let signed = hmac::sign(&self.link, words);
        mark.iter_mut().zip(signed.as_ref()).for_each(|(to, from)| *to = *from);
        mark
    }

    /// The name of its key.
    pub(crate) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The keyed hash of a number.
    pub(crate) fn hash(&self, ws: WorkspaceId, address: &str) -> [u8; 32] {
        of_number(&self.hash, ws, address)
    }

    /// The same in hexadecimal, as it is stored.
    pub(crate) fn hash_hex(&self, ws: WorkspaceId, address: &str) -> String {
        hex::encode(self.hash(ws, address))
    }

    fn cipher(&self, ws: WorkspaceId, address: &str) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(of_number(&self.person, ws, address)))
    }

    /// Seals an entry about a number: who has not both the key and the number cannot read it.
    pub(crate) fn seal(&self, ws: WorkspaceId, address: &str, id: Uuid, text: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let nonce: [u8; NONCE] = random()?;
        let sealed = self
            .cipher(ws, address)
            .encrypt(&XNonce::from(nonce), Payload { msg: text, aad: id.as_bytes() })
            .map_err(|_| CryptoError::Altered)?;
        Ok([&[VERSION][..], &nonce, &sealed].concat())
    }

    /// Opens such an entry.
    pub(crate) fn open(&self, ws: WorkspaceId, address: &str, id: Uuid, sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let (version, rest) = sealed.split_first().ok_or(CryptoError::Altered)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or(CryptoError::Altered)?;
        if *version != VERSION {
            return Err(CryptoError::Altered);
        }
        self.cipher(ws, address)
            .decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: id.as_bytes() })
            .map_err(|_| CryptoError::Altered)
    }
}

impl Engine {
    /// What remembers numbers of this server.
    pub(crate) fn hasher(&self) -> Result<Arc<Hasher>, CryptoError> {
        self.keys().hasher().ok_or_else(|| CryptoError::KeyFile("an empty keyring".to_owned()))
    }

    /// What remembered numbers by a key of that name; none where it is not held.
    pub(crate) fn hasher_named(&self, id: &str) -> Option<Hasher> {
        self.keys().ring().named(id).map(|key| Hasher::new(id.to_owned(), &key))
    }

    /// The keyed hash of a number, by which it is known again after an erasure.
    pub(crate) fn address_hash(&self, ws: WorkspaceId, address: &str) -> [u8; 32] {
        // A keyring is never empty; one that were would recognise nobody.
        self.keys().hasher().map_or([0; 32], |hasher| hasher.hash(ws, address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "+12125550101";

    #[test]
    fn an_entry_opens_with_the_key_and_the_number_alone() -> Result<(), CryptoError> {
        let ws = WorkspaceId::new(Uuid::from_u128(1));
        let (hasher, id) = (Hasher::new("a".to_owned(), &[7; 32]), Uuid::from_u128(9));
        let sealed = hasher.seal(ws, ADA, id, b"yes")?;
        assert_eq!(hasher.open(ws, ADA, id, &sealed)?, b"yes");
        assert!(hasher.open(ws, "+12125550102", id, &sealed).is_err(), "another number");
        assert!(hasher.open(ws, ADA, Uuid::from_u128(8), &sealed).is_err(), "another entry");
        assert!(hasher.open(WorkspaceId::new(Uuid::from_u128(2)), ADA, id, &sealed).is_err(), "another workspace");
        assert!(Hasher::new("a".to_owned(), &[8; 32]).open(ws, ADA, id, &sealed).is_err(), "another key");
        assert!(hasher.open(ws, ADA, id, &sealed[..20]).is_err() && hasher.open(ws, ADA, id, &[]).is_err());
        Ok(())
    }

    #[test]
    fn a_hash_follows_key_workspace_and_number() {
        let (one, two) = (WorkspaceId::new(Uuid::from_u128(1)), WorkspaceId::new(Uuid::from_u128(2)));
        let hasher = Hasher::new("a".to_owned(), &[7; 32]);
        let hash = hasher.hash(one, ADA);
        assert_eq!(hash, Hasher::new("b".to_owned(), &[7; 32]).hash(one, ADA));
        assert_ne!(hash, hasher.hash(two, ADA));
        assert_ne!(hash, hasher.hash(one, "+12125550102"));
        assert_ne!(hash, Hasher::new("a".to_owned(), &[8; 32]).hash(one, ADA));
    }
}
