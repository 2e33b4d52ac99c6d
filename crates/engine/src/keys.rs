//! The keys in use: read from the key file, changed while the server runs.

use crate::Engine;
use crate::audit::Actor;
use crate::crypto::{self, CryptoError, Keyring, account_place};
use crate::erasure::Hasher;
use domain::id::{AccountId, WorkspaceId};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::SystemTime;
use store::{DbError, ServerTx, account, audit, workspace};

/// Logins resealed in one transaction.
const CHUNK: usize = 100;
/// The fact that names the key which this installation seals with.
const FACT: &str = "key";
/// How often logins sealed meanwhile with an older key are looked for.
const ROUNDS: usize = 10;

/// The keyring of this process and the file it comes from.
pub struct Keys {
    file: Option<PathBuf>,
    now: RwLock<Now>,
}

/// The keys at this moment.
struct Now {
    ring: Keyring,
    /// When the file was changed that they were read from.
    read: Option<SystemTime>,
    /// What remembers numbers, derived once: each text that comes in or goes out asks for it.
    hasher: Option<Arc<Hasher>>,
}

impl Now {
    fn of(ring: Keyring, read: Option<SystemTime>) -> Self {
        let hasher = ring.remembering().map(|(id, key)| Arc::new(Hasher::new(id, &key)));
        Self { ring, read, hasher }
    }
}

/// Why keys are not changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Some logins cannot be opened, so they cannot be sealed anew either.
    #[error("{} of {of} provider logins cannot be opened with this key file", unopened.len())]
    Unopened {
        /// Whose logins, and the name of the key each needs.
        unopened: Vec<(AccountId, String)>,
        /// How many logins there are.
        of: usize,
    },
    /// Logins still need the key.
    #[error("{0} provider logins are sealed with this key: rotate first")]
    Needed(usize),
    /// Erased numbers are remembered by the key.
    #[error("the numbers of {0} erasures are remembered by this key: without it they could be texted again")]
    Remembers(i64),
    /// There is no such key, or it is the one that seals.
    #[error("no key of that name can be removed")]
    NoSuchKey,
    /// Another process seals with an older key at the same time.
    #[error("logins are sealed with an older key again and again: does another node run with an old key file?")]
    Restless,
    /// Keys or sealed secrets are broken.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The name of the key that seals now.
    pub key: String,
    /// Whether it only ended an earlier rotation that broke off.
    pub finished: bool,
    /// Logins sealed anew.
    pub resealed: usize,
    /// Accounts whose logins were given up, for the key of them is lost.
    pub given_up: Vec<AccountId>,
}

/// A key as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// Its name.
    pub id: String,
    /// Whether it seals.
    pub seals: bool,
    /// Whether it is made for the next rotation.
    pub next: bool,
    /// Whether the key file holds it.
    pub held: bool,
    /// Logins sealed with it.
    pub logins: usize,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({:?})", self.file)
    }
}

impl Keys {
    /// Keys that no file holds: for tests, and where nothing will be sealed.
    #[must_use]
    pub fn fixed(ring: Keyring) -> Self {
        Self { file: None, now: RwLock::new(Now::of(ring, None)) }
    }

    /// Keys as they were read from a file.
    #[must_use]
    pub fn of_file(file: PathBuf, ring: Keyring) -> Self {
        let at = changed_at(&file);
        Self { file: Some(file), now: RwLock::new(Now::of(ring, at)) }
    }

    /// The keyring at this moment.
    #[must_use]
    pub fn ring(&self) -> Keyring {
        self.now().ring.clone()
    }

    /// What remembers numbers at this moment; none only where the keyring is empty.
    pub(crate) fn hasher(&self) -> Option<Arc<Hasher>> {
        self.now().hasher.clone()
    }

    fn now(&self) -> RwLockReadGuard<'_, Now> {
        self.now.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key file, where there is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// See [`Keyring::seal`].
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn seal(&self, place: &str, text: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.ring().seal(place, text)
    }

    /// See [`Keyring::open`]. A key that is not known is looked for in the key
    /// file, if that changed: another node has rotated, and the file was copied.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
        match self.ring().open(place, sealed) {
            Err(CryptoError::UnknownKey(_)) if self.read_again() => self.ring().open(place, sealed),
            other => other,
        }
    }

    /// Reads a changed key file; true when there are other keys now.
    fn read_again(&self) -> bool {
        let Some(file) = &self.file else { return false };
        let at = changed_at(file);
        let known = self.now().read;
        if at.is_none() || at == known {
            return false;
        }
        match Keyring::load(file) {
            Ok(Some(ring)) => {
                tracing::info!(file = %file.display(), "the key file changed and was read again");
                self.set(ring, at);
                true
            }
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(%error, "the key file changed and cannot be read");
                false
            }
        }
    }

    fn set(&self, ring: Keyring, at: Option<SystemTime>) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Now::of(ring, at);
    }

    /// Takes other keys into use, once the file holds them.
    fn replace(&self, ring: Keyring) -> Result<(), CryptoError> {
        if let Some(file) = &self.file {
            ring.save(file)?;
        }
        self.set(ring, self.file.as_deref().and_then(changed_at));
        Ok(())
    }
}

fn changed_at(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|found| found.modified()).ok()
}

/// A sealed login: whose, and what.
type Login = (WorkspaceId, AccountId, Vec<u8>);
/// What takes its place; nothing where the login is given up.
type New = Option<Vec<u8>>;

impl Engine {
    /// The keys in use.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.parts.keys
    }

    /// Every key that is held or needed, the one that seals first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn key_list(&self) -> Result<Vec<KeyFacts>, DbError> {
        self.keys().read_again();
        let (ring, logins) = (self.keys().ring(), self.logins().await?);
        let next = ring.next_id();
        let held = ring.ids().enumerate().map(|(at, id)| (id, at == 0, true));
        let mut all: Vec<KeyFacts> = held
            .map(|(id, seals, held)| KeyFacts { next: next.as_ref() == Some(&id), id, seals, held, logins: 0 })
            .collect();
        for (_, _, sealed) in &logins {
            let id = crypto::sealed_by(sealed).unwrap_or_default();
            match all.iter_mut().find(|key| key.id == id) {
                Some(key) => key.logins += 1,
                None => all.push(KeyFacts { id, seals: false, next: false, held: false, logins: 1 }),
            }
        }
        Ok(all)
    }

    /// The name of the key this installation seals with, once a server has run on it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn key_known(&self) -> Result<Option<String>, DbError> {
        self.store().server().read(|tx| workspace::fact(tx, FACT)).await
    }

    /// Notes which key this installation seals with, so that a node with another file is
    /// told from one that is the first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn key_note(&self) -> Result<(), DbError> {
        let (first, now) = (self.keys().ring().ids().next().unwrap_or_default(), self.now());
        self.store().server().write(move |tx| workspace::fact_set(tx, FACT, &first, now)).await
    }

    /// Forgets it: data put back from a copy may go on with whatever key is there.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn key_forget(&self) -> Result<(), DbError> {
        self.store().server().write(|tx| workspace::fact_delete(tx, FACT).map(|_| ())).await
    }

    /// Puts a key into the file that opens already and seals from the next
    /// rotation on, so that the file can be copied to every node before.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn key_prepare(&self) -> Result<String, CryptoError> {
        self.keys().read_again();
        let prepared = self.keys().ring().prepared()?;
        let id = prepared.next_id().unwrap_or_default();
        self.keys().replace(prepared)?;
        Ok(id)
    }

    /// Seals every login with a new key. The former keys stay in the file, so
    /// whatever breaks this off, everything opens, and the next call goes on.
    ///
    /// Logins that no key opens stop it before anything is changed, unless
    /// `give_up` says to empty them.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn key_rotate(&self, give_up: bool) -> Result<Rotated, KeyError> {
        self.keys().read_again();
        let (ring, logins) = (self.keys().ring(), self.logins().await?);
        let held: Vec<String> = ring.ids().collect();
        let (kept, lost): (Vec<Login>, Vec<Login>) = logins.into_iter().partition(|login| opens(&ring, login));
        if !lost.is_empty() && !give_up {
            let of = kept.len() + lost.len();
            let key = |sealed: &[u8]| crypto::sealed_by(sealed).unwrap_or_default();
            let unopened = lost.iter().map(|(_, id, sealed)| (*id, key(sealed))).collect();
            return Err(KeyError::Unopened { unopened, of });
        }
        let given_up: Vec<AccountId> = lost.iter().map(|(_, id, _)| *id).collect();
        self.logins_replace(lost.into_iter().map(|(ws, id, old)| (ws, id, old, None)).collect()).await?;
        let behind = kept.iter().any(|(_, _, sealed)| crypto::sealed_by(sealed).as_ref() != held.first());
        if !behind {
            self.keys().replace(ring.rotated()?)?;
        }
        let resealed = self.logins_reseal().await?;
        self.key_note().await?;
        let key = self.keys().ring().ids().next().unwrap_or_default();
        self.key_noted("key.rotate", &key, &json!({ "resealed": resealed, "given_up": given_up.len() })).await?;
        Ok(Rotated { key, finished: behind, resealed, given_up })
    }

    /// Removes a former key that no login needs.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn key_drop(&self, id: &str) -> Result<(), KeyError> {
        self.keys().read_again();
        let without = self.keys().ring().without(id).ok_or(KeyError::NoSuchKey)?;
        let needed = self.logins().await?.iter().filter(|login| !opens(&without, login)).count();
        if needed > 0 {
            return Err(KeyError::Needed(needed));
        }
        let remembering = self.store().server().read(store::erasure::keys).await?;
        if let Some((_, erasures)) = remembering.into_iter().find(|(key, _)| key == id) {
            return Err(KeyError::Remembers(erasures));
        }
        self.keys().replace(without)?;
        Ok(self.key_noted("key.drop", id, &json!({})).await?)
    }

    /// Says in every workspace's audit log what was done to the keys of them all.
    async fn key_noted(&self, action: &'static str, key: &str, detail: &serde_json::Value) -> Result<(), DbError> {
        let all = self.workspaces_all().await?;
        let entry = self.audit_entry(Actor::Cli, action, key.to_owned(), detail);
        let note = move |tx: &mut ServerTx<'_>| all.iter().try_for_each(|ws| audit::insert_in(tx, *ws, &entry));
        self.store().server().write(note).await
    }

    /// Seals with the first key what another one sealed, until nothing is left.
    async fn logins_reseal(&self) -> Result<usize, KeyError> {
        let mut resealed = 0;
        for _ in 0..ROUNDS {
            let ring = self.keys().ring();
            let first = ring.ids().next();
            let mut behind = self.logins().await?;
            behind.retain(|(_, _, sealed)| crypto::sealed_by(sealed) != first);
            if behind.is_empty() {
                return Ok(resealed);
            }
            for chunk in behind.chunks(CHUNK) {
                let again = chunk.iter().map(|(ws, id, old)| {
                    let place = account_place(*ws, *id);
                    Ok((*ws, *id, old.clone(), Some(ring.seal(&place, &ring.open(&place, old)?)?)))
                });
                resealed += self.logins_replace(again.collect::<Result<_, CryptoError>>()?).await?;
            }
        }
        Err(KeyError::Restless)
    }

    /// Replaces logins that are still what they were; answers how many.
    async fn logins_replace(&self, logins: Vec<(WorkspaceId, AccountId, Vec<u8>, New)>) -> Result<usize, DbError> {
        let touched: Vec<WorkspaceId> = logins.iter().map(|(ws, _, _, _)| *ws).collect();
        let server = self.store().server();
        let replacing = server.write(move |tx| {
            let mut replaced = 0;
            for (ws, id, old, new) in &logins {
                replaced += usize::from(account::secrets_replace(tx, *ws, *id, old.clone(), new.clone())?);
            }
            Ok::<_, DbError>(replaced)
        });
        let replaced = replacing.await?;
        touched.into_iter().for_each(|ws| self.accounts_forget(ws));
        Ok(replaced)
    }

    async fn logins(&self) -> Result<Vec<Login>, DbError> {
        self.store().server().read(account::secrets_all).await
    }
}

fn opens(ring: &Keyring, (ws, id, sealed): &Login) -> bool {
    ring.open(&account_place(*ws, *id), sealed).is_ok()
}

/// The keys that a keyring lacks to open sealed logins, one for each login.
#[must_use]
pub fn unopened(ring: Option<&Keyring>, sealed: &[(uuid::Uuid, uuid::Uuid, Vec<u8>)]) -> Vec<String> {
    let closed = |ws: &uuid::Uuid, id: &uuid::Uuid, sealed: &Vec<u8>| {
        let login = (WorkspaceId::new(*ws), AccountId::new(*id), sealed.clone());
        !ring.is_some_and(|ring| opens(ring, &login))
    };
    let lost = sealed.iter().filter(|(ws, id, sealed)| closed(ws, id, sealed));
    lost.map(|(_, _, sealed)| crypto::sealed_by(sealed).unwrap_or_default()).collect()
}
