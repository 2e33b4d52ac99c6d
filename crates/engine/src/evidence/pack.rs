//! The pack of evidence about one address: made in one go, kept for a day.

use super::gather::Told;
use super::locate::{self, hang};
use super::making::making_goes_on;
use super::{HeadsError, Signer, container, document};
use crate::Engine;
use crate::crypto::CryptoError;
use domain::evidence::manifest_message;
use domain::evidence::pack::{
    About, DOCUMENT_FILE, EVIDENCE_FILE, FORMAT, Head, Item, Listed, ListedFile, MANIFEST_FILE, Manifest, PackFile,
    README_FILE, Report, SIGNATURE_FILE, Signature, Trust, listed, sha256_hex, verify,
};
use domain::id::{EvidencePackId, Id, WorkspaceId};
use std::collections::BTreeSet;
use store::evidence_pack::{self as packs, PackRow};
use store::{DbError, Tx, workspace};
use uuid::Uuid;

/// A pack holds what people wrote: it is kept this long (ms) and then forgotten.
pub const KEPT_MS: i64 = 24 * 60 * 60 * 1000;

/// Why there is no pack.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// This engine has no place for a signing key.
    #[error("this server has no signing key")]
    NoKey,
    /// No such workspace or pack.
    #[error("there is no such pack")]
    NotFound,
    /// Too many wait to be made; ask again when one is ready.
    #[error("other packs are being made")]
    Busy,
    /// Another process goes on with it, or this one ends.
    #[error("the making of the pack was broken off")]
    BrokenOff,
    /// It could not be made.
    #[error("the pack could not be made; the server's log says why")]
    Failed,
    /// The key cannot be read or made.
    #[error(transparent)]
    Key(#[from] CryptoError),
    /// The head that its rows hang below could not be signed or carried away.
    #[error(transparent)]
    Heads(#[from] HeadsError),
    /// It is too large for its container.
    #[error(transparent)]
    TooLarge(#[from] container::TooLarge),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Engine {
    /// Makes a pack about an address and answers its bytes. `told` hears how far it is.
    ///
    /// # Errors
    /// [`PackError`].
    pub async fn pack_bytes(
        &self,
        ws: WorkspaceId,
        wish: &PackRow,
        signer: &Signer,
        told: Told<'_>,
    ) -> Result<Vec<u8>, PackError> {
        let row = self.workspace(ws).read(workspace::get).await?.ok_or(PackError::NotFound)?;
        let found = self.gather(ws, &wish.address, told).await?;
        // Signed after the rows were read, so that a head covers each of them.
        self.head_sign(ws, signer).await?;
        let mut items = found.items;
        let ways = self.ways(ws, items.iter().filter_map(locate::wanted).collect()).await?;
        for item in &mut items {
            hang(item, &ways);
        }
        let entries: BTreeSet<i64> = ways.values().map(|way| way.entry).collect();
        let (spans, heads) = self.spans(ws, entries, signer.public_key()).await?;
        let names = self.names(ws).await?;
        let (made_by, made_by_name) = names.actor(&wish.actor_kind, wish.actor_id);
        let about = About {
            format: FORMAT.to_owned(),
            pack: wish.id.to_string(),
            workspace: ws.to_string(),
            workspace_name: row.name,
            brand: row.brand,
            time_zone: row.time_zone,
            address: wish.address.clone(),
            customer: found.customer.map(|id| id.to_string()),
            customer_name: found.customer_name,
            made_at: self.now(),
            made_by_kind: wish.actor_kind.clone(),
            made_by,
            made_by_name: made_by_name.unwrap_or_default(),
            hark: env!("CARGO_PKG_VERSION").to_owned(),
        };
        items.insert(0, Item::About(about.clone()));
        items.extend(spans.into_iter().map(Item::Span));
        items.extend(heads.into_iter().map(Item::Head));
        let people = names.members.iter().map(|(id, name)| (Id::uuid(*id), name.clone()));
        let keys = names.keys.iter().map(|(id, name)| (Id::uuid(*id), name.clone()));
        let names = people.chain(keys).collect();
        // Drawing pages takes processor time that requests must not wait for.
        let signer = signer.clone();
        let made = tokio::task::spawn_blocking(move || bound(&about, &items, &names, &signer)).await;
        Ok(made.map_err(|error| DbError::Unavailable(error.to_string()))??)
    }

    /// One pack; one that nobody is going to make has failed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn pack_get(&self, ws: WorkspaceId, id: EvidencePackId) -> Result<Option<PackRow>, DbError> {
        let now = self.now();
        let read = move |tx: &mut Tx<'_>| Ok::<_, DbError>((packs::get(tx, id)?, making_goes_on(tx, now)?));
        let (row, goes_on) = self.workspace(ws).read(read).await?;
        Ok(row.and_then(|row| as_it_is(row, goes_on, now)))
    }

    /// Packs before a place, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn pack_page(
        &self,
        ws: WorkspaceId,
        before: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<Vec<PackRow>, DbError> {
        let (now, before) = (self.now(), before.unwrap_or((i64::MAX, Uuid::max())));
        let read = move |tx: &mut Tx<'_>| {
            Ok::<_, DbError>((packs::page(tx, packs::EVIDENCE, before, limit)?, making_goes_on(tx, now)?))
        };
        let (rows, goes_on) = self.workspace(ws).read(read).await?;
        Ok(rows.into_iter().filter_map(|row| as_it_is(row, goes_on, now)).collect())
    }

    /// One part of a pack, counted from 0; none behind the last.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn pack_part(&self, ws: WorkspaceId, id: EvidencePackId, no: i64) -> Result<Option<Vec<u8>>, DbError> {
        self.workspace(ws).read(move |tx| packs::content(tx, id, no)).await
    }

    /// Forgets the packs of all workspaces that were kept long enough.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn packs_forget(&self) -> Result<(), DbError> {
        let before = self.now() - KEPT_MS;
        for ws in self.workspaces_all().await? {
            self.workspace(ws).write(move |tx| packs::forget(tx, before)).await?;
            self.import_pieces_forget(ws).await?;
        }
        Ok(())
    }
}

/// A pack as it is now: forgotten after its day, failed when nobody is going to make it.
fn as_it_is(mut row: PackRow, goes_on: bool, now: i64) -> Option<PackRow> {
    if row.created_at < now - KEPT_MS {
        return None;
    }
    if row.state == "making" && !goes_on {
        row.state = "failed".to_owned();
    }
    Some(row)
}

/// Verifies a pack from its bytes.
///
/// # Errors
/// When the bytes are no pack at all.
pub fn verify_pack(bytes: &[u8], keys: &[String], heads: &[Head]) -> Result<Report, container::ContainerError> {
    let check = |key: &[u8], message: &[u8], signature: &[u8]| super::sign::holds(key, message, signature);
    Ok(verify(&container::read(bytes)?, &Trust { keys, heads, check: &check }))
}

/// Writes items into `evidence.json`, one a line, and lists them.
#[must_use]
pub fn written(items: &[Item]) -> (Vec<u8>, Vec<Listed>) {
    let mut lines = Vec::with_capacity(items.len());
    let mut list = Vec::with_capacity(items.len());
    for item in items {
        // Items hold words, numbers and lists of them, which always serialise.
        let line = serde_json::to_string(item).unwrap_or_default();
        list.push(listed(item, &line));
        lines.push(line);
    }
    (format!("[\n{}\n]\n", lines.join(",\n")).into_bytes(), list)
}

/// Binds items into one signed file.
fn bound(
    about: &About,
    items: &[Item],
    names: &document::Names,
    signer: &Signer,
) -> Result<Vec<u8>, container::TooLarge> {
    let (evidence, list) = written(items);
    let digest = sha256_hex(&evidence);
    let key = signer.public_key();
    let file = |name: &str, content: Vec<u8>| PackFile { name: name.to_owned(), content };
    let files = vec![
        file(README_FILE, readme(about, &key, &digest).into_bytes()),
        file(DOCUMENT_FILE, document::draw(items, names, &document::Colophon { evidence_sha256: &digest, key: &key })),
        file(EVIDENCE_FILE, evidence),
    ];
    signed(about, files, list, signer)
}

/// Lists files and items, signs the list, and packs all of it.
fn signed(
    about: &About,
    mut files: Vec<PackFile>,
    items: Vec<Listed>,
    signer: &Signer,
) -> Result<Vec<u8>, container::TooLarge> {
    let listed = files.iter().map(|file| ListedFile {
        name: file.name.clone(),
        bytes: u64::try_from(file.content.len()).unwrap_or(u64::MAX),
        sha256: sha256_hex(&file.content),
    });
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        pack: about.pack.clone(),
        workspace: about.workspace.clone(),
        address: about.address.clone(),
        made_at: about.made_at,
        files: listed.collect(),
        items,
    };
    let manifest = serde_json::to_vec(&manifest).unwrap_or_default();
    let signature = Signature {
        public_key: signer.public_key(),
        signature: hex::encode(signer.sign_bytes(&manifest_message(&manifest))),
    };
    files.push(PackFile { name: MANIFEST_FILE.to_owned(), content: manifest });
    let signature = serde_json::to_vec(&signature).unwrap_or_default();
    files.push(PackFile { name: SIGNATURE_FILE.to_owned(), content: signature });
    container::write(&files)
}

fn readme(about: &About, key: &str, digest: &str) -> String {
    let made = jiff::Timestamp::from_millisecond(about.made_at).unwrap_or_default().strftime("%Y-%m-%d %H:%M:%S UTC");
    let (address, brand, workspace) = (&about.address, &about.brand, &about.workspace);
    format!(
        "EVIDENCE ABOUT {address}\n\
         {brand}, workspace {workspace}. Made {made} by Hark {hark}.\n\
         \n\
         What is in here\n\
         \n\
         evidence.pdf   for people: consent, opt-outs, every text with the gate's verdict, the audit log\n\
         evidence.json  the same for machines, and more: one item a line\n\
         manifest.json  every item and file with its SHA-256\n\
         manifest.sig   the shop's Ed25519 signature over the list\n\
         \n\
         How to verify it, on any computer and without the shop's server\n\
         \n\
         1. Get the shop's public key from where the shop published it before there was a dispute, not\n\
         \x20  from this file. This pack says it was signed with\n\
         \x20  {key}\n\
         2. hark verify-evidence FILE --key PUBLIC\n\
         \x20  If you kept signed heads of the shop's chain: --heads FILE compares with them.\n\
         3. It ends with 0 when everything holds. Otherwise each line names what does not hold and where.\n\
         \n\
         What a genuine pack shows\n\
         \n\
         Every row of the consent ledger, every disclosure, every verdict of the gate and every entry of\n\
         the audit log in it hangs in the workspace's hash chain below a head that was signed with the\n\
         shop's key. Rows of other customers show as hashes alone. Texts, and how consent stands, are\n\
         vouched for by the signed list; an outbound text is also tied to the verdict on it by the\n\
         SHA-256 of its words. Private notes of the shop's staff are not part of a pack.\n\
         A row whose `way` is null is older than the chain: only the signed list vouches for it.\n\
         \n\
         SHA-256 of evidence.json: {digest}\n",
        hark = about.hark,
    )
}
