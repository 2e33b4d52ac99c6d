//! Secrets: made at random, kept as digests, or sealed with a key outside the database.

use crate::Engine;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use channels::channel::Secrets;
use domain::id::{AccountId, WorkspaceId};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use subtle::ConstantTimeEq;

/// The first byte of everything sealed: how it was sealed.
const VERSION: u8 = 1;
const NONCE: usize = 24;
const KEY_ID: usize = 4;

/// Why a secret cannot be made, sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum CryptoError {
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Random,
    /// The key that sealed it is not in the key file.
    #[error("sealed with key {0}, which is not in the key file")]
    UnknownKey(String),
    /// It was altered, or belongs to another row.
    #[error("a sealed secret was altered or belongs elsewhere")]
    Altered,
    /// The key file is not one.
    #[error("{0} is not a key file")]
    KeyFile(String),
    /// The key file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The path.
        path: String,
        /// The system's words.
        source: std::io::Error,
    },
}

/// Random bytes from the system.
///
/// # Errors
/// [`CryptoError::Random`].
pub fn random<const N: usize>() -> Result<[u8; N], CryptoError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| CryptoError::Random)?;
    Ok(bytes)
}

/// The SHA-256 of a secret that is itself random: such a digest needs no salt.
#[must_use]
pub fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Compares digests in constant time.
#[must_use]
pub fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// A fresh secret of 256 bits, in letters that need no escaping anywhere.
///
/// # Errors
/// [`CryptoError::Random`].
pub fn token() -> Result<String, CryptoError> {
    Ok(hex::encode(random::<32>()?))
}

/// Writes a file for its owner alone: beside its place, then moved there, so that a
/// crash leaves the old or the new one.
pub(crate) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let beside = path.with_extension("key.new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).map_or(Ok(()), |dir| std::fs::File::open(dir)?.sync_all())
}

/// The keys that seal secrets. The first seals; all open.
#[derive(Clone)]
pub struct Keyring {
    keys: Vec<([u8; KEY_ID], [u8; 32])>,
    next: Option<[u8; KEY_ID]>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({} keys)", self.keys.len())
    }
}

impl Keyring {
    /// A keyring with one fresh key.
    ///
    /// # Errors
    /// [`CryptoError::Random`].
    pub fn generate() -> Result<Self, CryptoError> {
        Ok(Self { keys: vec![(random()?, random()?)], next: None })
    }

    /// Reads a key file: one line `<id> <key>` each, in hexadecimal, newest first.
    /// A line that ends in `next` holds a key made for the next rotation: it opens
    /// and does not seal yet.
    ///
    /// # Errors
    /// [`CryptoError::KeyFile`].
    pub fn parse(text: &str) -> Result<Self, CryptoError> {
        let broken = || CryptoError::KeyFile("this text".to_owned());
        let (mut keys, mut next) = (Vec::new(), None);
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let mut words = line.split_whitespace();
            let mut word = || words.next().and_then(|word| hex::decode(word).ok());
            let id: [u8; KEY_ID] = word().and_then(|id| id.try_into().ok()).ok_or_else(broken)?;
            let key = word().and_then(|key| key.try_into().ok()).ok_or_else(broken)?;
            keys.push((id, key));
            match words.next() {
                None => {}
                Some("next") if next.is_none() && keys.len() > 1 => next = Some(id),
                Some(_) => return Err(broken()),
            }
        }
        if keys.is_empty() { Err(broken()) } else { Ok(Self { keys, next }) }
    }

    /// The key file's text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = "# Hark's key file. Without it, provider logins in the database cannot be read.\n".to_owned();
        for (id, key) in &self.keys {
            let next = if self.next == Some(*id) { " next" } else { "" };
            text.push_str(&format!("{} {}{next}\n", hex::encode(id), hex::encode(key)));
        }
        text
    }

    /// Reads the key file; none where there is no such file.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn load(path: &Path) -> Result<Option<Self>, CryptoError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map(Some).map_err(|_| CryptoError::KeyFile(path.display().to_string())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(CryptoError::File { path: path.display().to_string(), source }),
        }
    }

    /// Writes the key file beside its place and moves it there, so that a crash leaves the old or the new one.
    ///
    /// # Errors
    /// [`CryptoError::File`].
    pub fn save(&self, path: &Path) -> Result<(), CryptoError> {
        write_private(path, &self.text())
            .map_err(|source| CryptoError::File { path: path.display().to_string(), source })
    }

    /// A keyring whose first key, the prepared or a fresh one, seals from now on.
    ///
    /// # Errors
    /// [`CryptoError::Random`].
    pub fn rotated(&self) -> Result<Self, CryptoError> {
        let mut keys = Vec::new();
        match self.keys.iter().find(|(id, _)| Some(*id) == self.next) {
            Some(prepared) => keys.push(*prepared),
            None => keys.extend(Self::generate()?.keys),
        }
        keys.extend(self.keys.iter().filter(|(id, _)| Some(*id) != self.next));
        Ok(Self { keys, next: None })
    }

    /// A keyring that also opens with the key of the next rotation. It changes
    /// nothing where that key is there already.
    ///
    /// # Errors
    /// [`CryptoError::Random`].
    pub fn prepared(&self) -> Result<Self, CryptoError> {
        let mut prepared = self.clone();
        if prepared.next.is_none() {
            prepared.keys.extend(Self::generate()?.keys);
            prepared.next = prepared.keys.last().map(|(id, _)| *id);
        }
        Ok(prepared)
    }

    /// A keyring without one of its keys; none where that key seals, or is not there.
    #[must_use]
    pub fn without(&self, id: &str) -> Option<Self> {
        let (gone, kept): (Vec<_>, Vec<_>) = self.keys.iter().copied().partition(|(known, _)| hex::encode(known) == id);
        let allowed = gone.len() == 1 && self.ids().next().is_some_and(|first| first != id);
        let next = self.next.filter(|next| hex::encode(next) != id);
        allowed.then_some(Self { keys: kept, next })
    }

    /// The names of its keys, the one that seals first.
    pub fn ids(&self) -> impl Iterator<Item = String> + '_ {
        self.keys.iter().map(|(id, _)| hex::encode(id))
    }

    /// The key that erased numbers are remembered by, and its name: the oldest, which
    /// every node of a database holds. It stays as long as anything needs it.
    #[must_use]
    pub fn remembering(&self) -> Option<(String, [u8; 32])> {
        let held = self.keys.iter().rfind(|(id, _)| Some(*id) != self.next);
        held.map(|(id, key)| (hex::encode(id), *key))
    }

    /// One of its keys, by its name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<[u8; 32]> {
        self.keys.iter().find(|(id, _)| hex::encode(id) == name).map(|(_, key)| *key)
    }

    /// The name of the key made for the next rotation.
    #[must_use]
    pub fn next_id(&self) -> Option<String> {
        self.next.map(hex::encode)
    }

    /// Seals a text for one place: what is sealed cannot be opened as another row's.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn seal(&self, place: &str, text: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let (id, key) = self.keys.first().ok_or_else(|| CryptoError::KeyFile("an empty keyring".to_owned()))?;
        let nonce: [u8; NONCE] = random()?;
        let sealed = XChaCha20Poly1305::new(&Key::from(*key))
            .encrypt(&XNonce::from(nonce), Payload { msg: text, aad: place.as_bytes() })
            .map_err(|_| CryptoError::Altered)?;
        Ok([&[VERSION][..], id, &nonce, &sealed].concat())
    }

    /// Opens what was sealed for a place.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let (version, rest) = sealed.split_first().ok_or(CryptoError::Altered)?;
        let (id, rest) = rest.split_at_checked(KEY_ID).filter(|_| *version == VERSION).ok_or(CryptoError::Altered)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or(CryptoError::Altered)?;
        let known = self.keys.iter().find(|(known, _)| known == id);
        let (_, key) = known.ok_or_else(|| CryptoError::UnknownKey(hex::encode(id)))?;
        XChaCha20Poly1305::new(&Key::from(*key))
            .decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: place.as_bytes() })
            .map_err(|_| CryptoError::Altered)
    }
}

/// The name of the key that sealed something; none where nothing sealed it.
#[must_use]
pub fn sealed_by(sealed: &[u8]) -> Option<String> {
    let (version, rest) = sealed.split_first()?;
    rest.get(..KEY_ID).filter(|_| *version == VERSION).map(hex::encode)
}

/// The place of an account's secrets.
#[must_use]
pub fn account_place(ws: WorkspaceId, id: AccountId) -> String {
    format!("account {ws} {id}")
}

impl Engine {
    /// Seals an account's secrets; none where there are none.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn secrets_seal(
        &self,
        ws: WorkspaceId,
        id: AccountId,
        secrets: &Secrets,
    ) -> Result<Option<Vec<u8>>, CryptoError> {
        let words: BTreeMap<&str, &str> =
            secrets.names().filter_map(|name| secrets.get(name).map(|secret| (name, secret.expose()))).collect();
        if words.is_empty() {
            return Ok(None);
        }
        let text = serde_json::to_vec(&words).map_err(|_| CryptoError::Altered)?;
        self.parts.keys.seal(&account_place(ws, id), &text).map(Some)
    }

    /// Opens an account's secrets.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn secrets_open(&self, ws: WorkspaceId, id: AccountId, sealed: Option<&[u8]>) -> Result<Secrets, CryptoError> {
        let Some(sealed) = sealed else { return Ok(Secrets::default()) };
        let text = self.parts.keys.open(&account_place(ws, id), sealed)?;
        let words: BTreeMap<String, String> = serde_json::from_slice(&text).map_err(|_| CryptoError::Altered)?;
        Ok(words.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_in_its_place_and_unaltered() -> Result<(), CryptoError> {
        let keyring = Keyring::generate()?;
        let sealed = keyring.seal("account a", b"token")?;
        assert_eq!(keyring.open("account a", &sealed)?, b"token");
        assert!(matches!(keyring.open("account b", &sealed), Err(CryptoError::Altered)));
        for at in [0, sealed.len() / 2, sealed.len() - 1] {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(keyring.open("account a", &altered).is_err(), "byte {at}");
        }
        assert!(keyring.open("account a", &sealed[..10]).is_err());
        assert!(matches!(Keyring::generate()?.open("account a", &sealed), Err(CryptoError::UnknownKey(_))));
        Ok(())
    }

    #[test]
    fn a_rotated_keyring_opens_the_old_and_seals_with_the_new() -> Result<(), CryptoError> {
        let old = Keyring::generate()?;
        let sealed = old.seal("p", b"x")?;
        let rotated = Keyring::parse(&old.rotated()?.text())?;
        assert_eq!(rotated.open("p", &sealed)?, b"x");
        let again = rotated.seal("p", b"x")?;
        assert!(old.open("p", &again).is_err());
        let [new, former]: [String; 2] = rotated.ids().collect::<Vec<_>>().try_into().unwrap_or_default();
        assert_eq!(sealed_by(&again), Some(new.clone()));
        assert!(rotated.without(&new).is_none(), "the key that seals cannot go");
        let alone = rotated.without(&former).ok_or(CryptoError::Altered)?;
        assert_eq!(alone.open("p", &again)?, b"x");
        assert!(matches!(alone.open("p", &sealed), Err(CryptoError::UnknownKey(id)) if id == former));
        Ok(())
    }

    #[test]
    fn a_prepared_key_opens_first_and_seals_after_the_rotation() -> Result<(), CryptoError> {
        let old = Keyring::generate()?;
        let prepared = Keyring::parse(&old.prepared()?.text())?;
        assert_eq!(prepared.prepared()?.text(), prepared.text(), "one is enough");
        let sealed = prepared.seal("p", b"x")?;
        assert_eq!(old.open("p", &sealed)?, b"x", "a node without the new key is still understood");
        let rotated = prepared.rotated()?;
        assert_eq!((rotated.ids().next(), rotated.next_id()), (prepared.next_id(), None));
        assert_eq!(prepared.open("p", &rotated.seal("p", b"y")?)?, b"y", "a node not told yet understands");
        Ok(())
    }

    #[test]
    fn broken_key_files_are_refused() {
        let key = "07".repeat(32);
        let alone = format!("00000000 {key} next");
        let twice = format!("00000000 {key}\n00000001 {key} next\n00000002 {key} next");
        let more = format!("00000000 {key} what");
        for text in ["", "# only words", "00", "00000000 00", "zz zz", &alone, &twice, &more] {
            assert!(Keyring::parse(text).is_err(), "{text}");
        }
    }
}
