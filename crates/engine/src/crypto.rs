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

/// The keys that seal secrets. The first seals; all open.
#[derive(Clone)]
pub struct Keyring {
    keys: Vec<([u8; KEY_ID], [u8; 32])>,
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
        Ok(Self { keys: vec![(random()?, random()?)] })
    }

    /// Reads a key file: one line `<id> <key>` each, in hexadecimal, newest first.
    ///
    /// # Errors
    /// [`CryptoError::KeyFile`].
    pub fn parse(text: &str) -> Result<Self, CryptoError> {
        let broken = || CryptoError::KeyFile("this text".to_owned());
        let mut keys = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (id, key) = line.split_once(' ').ok_or_else(broken)?;
            let id = hex::decode(id).ok().and_then(|id| id.try_into().ok()).ok_or_else(broken)?;
            let key = hex::decode(key.trim()).ok().and_then(|key| key.try_into().ok()).ok_or_else(broken)?;
            keys.push((id, key));
        }
        if keys.is_empty() { Err(broken()) } else { Ok(Self { keys }) }
    }

    /// The key file's text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = "# Hark's key file. Without it, provider logins in the database cannot be read.\n".to_owned();
        for (id, key) in &self.keys {
            text.push_str(&format!("{} {}\n", hex::encode(id), hex::encode(key)));
        }
        text
    }

    /// Reads the key file, or makes one that only its owner can read.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn load_or_create(path: &Path) -> Result<Self, CryptoError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(|_| CryptoError::KeyFile(path.display().to_string())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let keyring = Self::generate()?;
                keyring.save(path)?;
                Ok(keyring)
            }
            Err(source) => Err(CryptoError::File { path: path.display().to_string(), source }),
        }
    }

    /// Writes the key file beside its place and moves it there, so that a crash leaves the old or the new one.
    ///
    /// # Errors
    /// [`CryptoError::File`].
    pub fn save(&self, path: &Path) -> Result<(), CryptoError> {
        let write = || {
            use std::io::Write;
            let beside = path.with_extension("key.new");
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&beside)?;
            file.write_all(self.text().as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&beside, path)?;
            path.parent()
                .filter(|dir| !dir.as_os_str().is_empty())
                .map_or(Ok(()), |dir| std::fs::File::open(dir)?.sync_all())
        };
        write().map_err(|source| CryptoError::File { path: path.display().to_string(), source })
    }

    /// A keyring whose fresh first key seals from now on.
    ///
    /// # Errors
    /// [`CryptoError::Random`].
    pub fn rotated(&self) -> Result<Self, CryptoError> {
        let mut keys = Self::generate()?.keys;
        keys.extend(self.keys.iter().copied());
        Ok(Self { keys })
    }

    /// Only the key that seals.
    #[must_use]
    pub fn newest_alone(&self) -> Self {
        Self { keys: self.keys.iter().take(1).copied().collect() }
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
        self.parts.keyring.seal(&account_place(ws, id), &text).map(Some)
    }

    /// Opens an account's secrets.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn secrets_open(&self, ws: WorkspaceId, id: AccountId, sealed: Option<&[u8]>) -> Result<Secrets, CryptoError> {
        let Some(sealed) = sealed else { return Ok(Secrets::default()) };
        let text = self.parts.keyring.open(&account_place(ws, id), sealed)?;
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
        assert_eq!(rotated.newest_alone().open("p", &again)?, b"x");
        Ok(())
    }

    #[test]
    fn broken_key_files_are_refused() {
        for text in ["", "# only words", "00", "00000000 00", "zz zz"] {
            assert!(Keyring::parse(text).is_err(), "{text}");
        }
    }
}
