//! Heads of chains, signed with a key that lies outside the database.
//!
//! Whoever can write the database could make a whole new chain. They cannot
//! sign its head, and not a head that was carried away before.

use crate::Engine;
use crate::crypto::{CryptoError, random, write_private};
use domain::evidence::{Digest, head_message};
use domain::id::{Id, WorkspaceId};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::DbError;
use store::chain::{self, SignatureRow};

const FIRST_LINE: &str =
    "# Hark's signing key. Whoever has it can vouch for altered records. Keep a copy of the public key elsewhere.";

/// The signing key's file.
const KEY_FILE: &str = "hark-signing.key";
/// How often heads are signed (ms): a forger has that long at most.
const EVERY_MS: i64 = 3_600_000;
/// How often it is looked whether a chain has grown fast.
const LOOK: Duration = Duration::from_secs(15);
/// A chain that grew by so many entries is signed before its hour.
const GROWN: i64 = 2_048;

/// Why heads could not be signed or carried away.
#[derive(Debug, thiserror::Error)]
pub enum HeadsError {
    /// The signing key cannot be read or made.
    #[error(transparent)]
    Key(#[from] CryptoError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
    /// The heads' file cannot be written.
    #[error("signed heads cannot be written: {0}")]
    File(#[from] std::io::Error),
}

/// Signs heads and packs.
#[derive(Clone)]
pub struct Signer {
    pair: Arc<Ed25519KeyPair>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.public_key())
    }
}

impl Signer {
    /// A signer from its secret seed.
    ///
    /// # Errors
    /// When the seed makes no key.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, CryptoError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| CryptoError::Altered)?;
        Ok(Self { pair: Arc::new(pair) })
    }

    /// Reads the key file, or makes one that only its owner can read.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn load_or_create(path: &Path) -> Result<Self, CryptoError> {
        let failed = |source| CryptoError::File { path: path.display().to_string(), source };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
                let seed = line.and_then(|line| hex::decode(line).ok()).and_then(|seed| seed.try_into().ok());
                seed.map_or(Err(CryptoError::KeyFile(path.display().to_string())), |seed| Self::from_seed(&seed))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let seed: [u8; 32] = random()?;
                write_private(path, &format!("{FIRST_LINE}\n{}\n", hex::encode(seed))).map_err(failed)?;
                Self::from_seed(&seed)
            }
            Err(source) => Err(failed(source)),
        }
    }

    /// The public key, in hexadecimal: what an auditor needs.
    #[must_use]
    pub fn public_key(&self) -> String {
        hex::encode(self.pair.public_key())
    }

    /// The signature over some bytes.
    #[must_use]
    pub fn sign_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        self.pair.sign(bytes).as_ref().to_vec()
    }

    fn sign(&self, ws: WorkspaceId, seq: i64, hash: &Digest, at: i64) -> SignatureRow {
        let message = head_message(Id::uuid(ws), seq, hash, at);
        SignatureRow {
            seq,
            hash: hash.to_vec(),
            at,
            public_key: self.pair.public_key().as_ref().to_vec(),
            signature: self.sign_bytes(&message),
        }
    }
}

/// Adds heads to a file, durably.
fn append(folder: &Path, name: &str, heads: &[SignedHead]) -> std::io::Result<()> {
    use std::io::Write as _;
    std::fs::create_dir_all(folder)?;
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(folder.join(name))?;
    let mut text = String::new();
    for head in heads {
        text.push_str(&serde_json::to_string(head)?);
        text.push('\n');
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A signed head as it is carried away: one line of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHead {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The number of the last entry.
    pub seq: i64,
    /// Its hash, in hexadecimal.
    pub hash: String,
    /// When it was signed, Unix ms.
    pub at: i64,
    /// The key, in hexadecimal.
    pub public_key: String,
    /// The signature, in hexadecimal.
    pub signature: String,
}

impl SignedHead {
    pub(super) fn of(ws: WorkspaceId, row: &SignatureRow) -> Self {
        Self {
            workspace: ws,
            seq: row.seq,
            hash: hex::encode(&row.hash),
            at: row.at,
            public_key: hex::encode(&row.public_key),
            signature: hex::encode(&row.signature),
        }
    }
}

/// Whether a head was signed with the key it names.
#[must_use]
pub fn check_head(head: &SignedHead) -> bool {
    let read = || {
        let hash: Digest = hex::decode(&head.hash).ok()?.try_into().ok()?;
        Some((hash, hex::decode(&head.public_key).ok()?, hex::decode(&head.signature).ok()?))
    };
    read().is_some_and(|(hash, key, signature)| {
        let message = head_message(Id::uuid(head.workspace), head.seq, &hash, head.at);
        holds(&key, &message, &signature)
    })
}

/// Whether an Ed25519 signature belongs to a message.
#[must_use]
pub fn holds(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok()
}

impl Engine {
    /// Signs the head of every workspace that has grown since it was last signed,
    /// and answers those heads, to be carried away.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn heads_sign(&self, signer: &Signer) -> Result<Vec<SignedHead>, DbError> {
        self.heads_sign_where(signer, |_, _| true).await
    }

    /// The same for the workspaces that a question about their head's number is answered with yes for.
    async fn heads_sign_where(
        &self,
        signer: &Signer,
        due: impl Fn(WorkspaceId, i64) -> bool + Send,
    ) -> Result<Vec<SignedHead>, DbError> {
        let mut signed = Vec::new();
        for (ws, seq, hash) in self.store().server().read(chain::heads).await? {
            let Ok(hash) = Digest::try_from(hash) else { continue };
            if due(ws, seq) {
                signed.extend(self.head_sign_at(ws, signer, seq, &hash).await?);
            }
        }
        Ok(signed)
    }

    /// Signs the head of one workspace, unless this key has signed it already, and
    /// adds it to what is carried away.
    ///
    /// # Errors
    /// [`HeadsError`].
    pub(super) async fn head_sign(&self, ws: WorkspaceId, signer: &Signer) -> Result<(), HeadsError> {
        let Some((seq, hash)) = self.workspace(ws).read(chain::head).await? else { return Ok(()) };
        let Ok(hash) = Digest::try_from(hash) else { return Ok(()) };
        let signed = self.head_sign_at(ws, signer, seq, &hash).await?;
        Ok(self.carry_away(signed.as_slice())?)
    }

    /// Adds heads to the day's file beside the signing key, where there is a place for them.
    fn carry_away(&self, signed: &[SignedHead]) -> std::io::Result<()> {
        let Some(place) = self.settings().evidence.as_ref().filter(|_| !signed.is_empty()) else { return Ok(()) };
        let day = jiff::Timestamp::from_millisecond(self.now()).unwrap_or_default().strftime("%Y-%m-%d").to_string();
        append(&place.join("heads"), &format!("{day}.jsonl"), signed)
    }

    async fn head_sign_at(
        &self,
        ws: WorkspaceId,
        signer: &Signer,
        seq: i64,
        hash: &Digest,
    ) -> Result<Option<SignedHead>, DbError> {
        let row = signer.sign(ws, seq, hash, self.now());
        let kept = row.clone();
        let new = self
            .workspace(ws)
            .write(move |tx| {
                // Each node signs a head once with its own key, however often others did.
                if chain::signers(tx, kept.seq, &kept.hash)?.contains(&kept.public_key) {
                    return Ok::<_, DbError>(false);
                }
                chain::sign(tx, &kept)?;
                Ok(true)
            })
            .await?;
        Ok(new.then(|| SignedHead::of(ws, &row)))
    }

    /// Signs the heads that have grown, and adds them to the day's file beside the
    /// signing key, from where they can be carried away. None where this engine
    /// has no place for them.
    ///
    /// # Errors
    /// [`HeadsError`].
    pub async fn heads_keep(&self) -> Result<Vec<SignedHead>, HeadsError> {
        self.heads_keep_where(|_, _| true).await
    }

    async fn heads_keep_where(
        &self,
        due: impl Fn(WorkspaceId, i64) -> bool + Send,
    ) -> Result<Vec<SignedHead>, HeadsError> {
        let Some(signer) = self.signer()? else { return Ok(Vec::new()) };
        let signed = self.heads_sign_where(&signer, due).await?;
        self.carry_away(&signed)?;
        Ok(signed)
    }

    /// The public key that verifies this server's heads, in hexadecimal.
    ///
    /// # Errors
    /// When the key file cannot be read or made.
    pub fn heads_key(&self) -> Result<Option<String>, CryptoError> {
        Ok(self.signer()?.map(|signer| signer.public_key()))
    }

    /// What signs for this server; none where this engine has no place for its key.
    ///
    /// # Errors
    /// When the key file cannot be read or made.
    pub fn signer(&self) -> Result<Option<Signer>, CryptoError> {
        let Some(place) = &self.settings().evidence else { return Ok(None) };
        Signer::load_or_create(&place.join(KEY_FILE)).map(Some)
    }

    /// Keeps signing heads until the engine ends, each hour and, where a chain grows
    /// fast, each so many entries: that bounds what a pack must carry for one row.
    /// Packs that were kept long enough are forgotten meanwhile.
    pub(crate) async fn heads(self) {
        let mut last: HashMap<WorkspaceId, i64> = HashMap::new();
        let mut signed_at = None;
        while !self.stopped() {
            let now = self.clock().monotonic_ms();
            let hourly = signed_at.is_none_or(|at| now - at >= EVERY_MS);
            let grown = |ws: WorkspaceId, seq: i64| last.get(&ws).is_none_or(|last| seq - last >= GROWN);
            match self.heads_keep_where(|ws, seq| hourly || grown(ws, seq)).await {
                Ok(signed) => {
                    if !signed.is_empty() {
                        tracing::debug!(count = signed.len(), "heads are signed");
                    }
                    last.extend(signed.iter().map(|head| (head.workspace, head.seq)));
                    signed_at = if hourly { Some(now) } else { signed_at };
                }
                Err(error) => tracing::warn!(%error, "heads of the chains could not be signed"),
            }
            if hourly && let Err(error) = self.packs_forget().await {
                tracing::warn!(%error, "packs of evidence could not be forgotten");
            }
            self.nap(LOOK).await;
        }
    }

    /// The signed heads of a workspace, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn heads_signed(&self, ws: WorkspaceId) -> Result<Vec<SignedHead>, DbError> {
        let rows = self.workspace(ws).read(chain::signatures).await?;
        Ok(rows.iter().map(|row| SignedHead::of(ws, row)).collect())
    }

    /// The head of a workspace that was signed last.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn heads_signed_last(&self, ws: WorkspaceId) -> Result<Option<SignedHead>, DbError> {
        let row = self.workspace(ws).read(chain::signature_last).await?;
        Ok(row.map(|row| SignedHead::of(ws, &row)))
    }
}
