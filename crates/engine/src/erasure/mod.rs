//! Erasure of one customer: everything they said and everything noted about them
//! goes, in steps of a job. What stays is named in ADR 9: a keyed hash of each
//! number, so that it is still not texted, and the evidence of consent, sealed
//! until its term.

mod answers;
mod carried;
mod hashes;
mod work;

pub use answers::{BODY as ANSWER_BODY, STATUS as ANSWER_STATUS};
pub use carried::{Carried, FILE, Reapplied};
pub use store::erasure::{Counts, ErasureRow};

pub(crate) use hashes::{Hasher, LINK_MARK};
use work::AT_WORK;
pub(crate) use work::KIND;

use crate::Engine;
use crate::audit::Actor;
use crate::crypto::CryptoError;
use crate::gate::BRAND;
use domain::id::{CustomerId, ErasureId, WorkspaceId};
use serde_json::json;
use std::collections::BTreeMap;
use store::erasure as rows;
use store::{DbError, Tx, audit, customer, customer_merge, job, suppression};
use uuid::Uuid;

/// The action in the audit log.
pub const ACTION: &str = "customer.erase";
/// The source of the opt-out that an erasure leaves.
pub const SOURCE: &str = "erasure";
/// Open erasures looked at for one of the same customer.
const OPEN_MAX: i64 = 1_000;

/// Why nobody is erased.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// No such customer.
    #[error("there is no such customer")]
    NotFound,
    /// Another process is at it.
    #[error("another process erases here already")]
    Busy,
    /// The key that numbers would be remembered by is in no file, and would be lost.
    #[error("there is no key file: start a server once, or name the file with --key-file")]
    NoKey,
    /// Numbers were remembered by a key that is not held.
    #[error("erasures were made with key {0}, which the key file does not hold")]
    OtherKey(String),
    /// Keys or sealed entries are broken.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The list outside the database cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The path.
        path: String,
        /// The system's words.
        source: std::io::Error,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Engine {
    /// How much an erasure would take of a customer; nothing is changed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn erasure_preview(&self, ws: WorkspaceId, id: CustomerId) -> Result<Option<Counts>, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let Some(id) = customer_merge::root(tx, id)? else { return Ok(None) };
                let addresses = customer::addresses(tx, id)?;
                rows::count(tx, id, &addresses).map(Some)
            })
            .await
    }

    /// Notes the wish to erase a customer, to be carried out by [`Engine::erasures_take_up`].
    /// When this returns, none of their numbers is texted any more. Asked again while
    /// it is under way, it answers the same erasure. Who was merged into another goes with
    /// them: the two are one person.
    ///
    /// # Errors
    /// [`ErasureError`].
    pub async fn erasure_wish(&self, ws: WorkspaceId, by: Actor, id: CustomerId) -> Result<ErasureRow, ErasureError> {
        if self.keys().file().is_some_and(|file| !file.exists()) {
            return Err(ErasureError::NoKey);
        }
        let (now, hasher, job) = (self.now(), self.hasher()?, self.new_uuid());
        let erasure: ErasureId = self.new_id();
        let entry = self.audit_entry(by, ACTION, id.to_string(), &json!({ "erasure": erasure.to_string() }));
        let wished = self
            .workspace(ws)
            .write(move |tx| {
                // Before the look: whoever is at work finds what is added.
                job::ask(tx, job, KIND, AT_WORK, now)?;
                if let Some(known) = under_way(tx, &[id])? {
                    return Ok(known);
                }
                let id = customer_merge::root(tx, id)?.ok_or(ErasureError::NotFound)?;
                // Whoever merges or parts them at the same time comes before this or after it.
                customer_merge::hold(tx, &[id])?;
                let id = customer_merge::root(tx, id)?.ok_or(ErasureError::NotFound)?;
                if let Some(known) = under_way(tx, &[id])? {
                    return Ok(known);
                }
                let mut entry = entry.clone();
                entry.subject = id.to_string();
                let addresses = customer::addresses(tx, id)?;
                let counts = rows::count(tx, id, &addresses)?;
                let row = ErasureRow {
                    id: erasure,
                    customer: id,
                    state: "waiting".to_owned(),
                    actor_kind: by.kind().to_owned(),
                    actor_id: by.id(),
                    audit: entry.id,
                    key_id: hasher.key_id().to_owned(),
                    hashes: addresses.iter().map(|address| hasher.hash_hex(ws, address)).collect(),
                    gone: gone(&counts),
                    total: counts.texts + counts.notes,
                    done: 0,
                    created_at: now,
                    finished_at: None,
                };
                // Accepts and claims of these numbers wait here, and are refused from then on.
                let all: Vec<&str> = addresses.iter().map(String::as_str).collect();
                suppression::lock_many(tx, &all)?;
                for address in &addresses {
                    suppression::add(tx, BRAND, address, suppression::ALL_TEXTS, now, SOURCE, None)?;
                }
                audit::insert(tx, &entry)?;
                rows::insert(tx, &row)?;
                Ok::<_, ErasureError>(row)
            })
            .await?;
        self.running.work.notify_one();
        Ok(wished)
    }

    /// One erasure.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn erasure_get(&self, ws: WorkspaceId, id: ErasureId) -> Result<Option<ErasureRow>, DbError> {
        self.workspace(ws).read(move |tx| rows::get(tx, id)).await
    }

    /// Erasures before a place, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn erasure_page(
        &self,
        ws: WorkspaceId,
        before: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<Vec<ErasureRow>, DbError> {
        let before = before.unwrap_or((i64::MAX, Uuid::max()));
        self.workspace(ws).read(move |tx| rows::page(tx, before, limit)).await
    }
}

/// An erasure of one of some customers that is not done.
pub(crate) fn under_way(tx: &mut Tx<'_>, of: &[CustomerId]) -> Result<Option<ErasureRow>, DbError> {
    Ok(rows::open(tx, OPEN_MAX)?.into_iter().find(|row| of.contains(&row.customer)))
}

/// Counts as they are kept. Numbers always serialise.
fn gone(counts: &Counts) -> String {
    serde_json::to_string(counts).unwrap_or_default()
}

/// Counts as they were kept; nothing of what cannot be read.
#[must_use]
pub fn counts(gone: &str) -> Counts {
    serde_json::from_str(gone).unwrap_or_default()
}

/// Looks whether numbers that nobody knew until now were erased, and has their
/// opt-outs stand under the numbers again. `by_hash` gives each number's own.
pub(crate) fn recognise(tx: &mut Tx<'_>, by_hash: &BTreeMap<String, &str>) -> Result<(), DbError> {
    let known = rows::known(tx, by_hash.keys().cloned().collect())?;
    if known.is_empty() { Ok(()) } else { stand_again(tx, by_hash, known) }
}

/// Has the opt-outs of erased numbers stand under the numbers again: somebody
/// brought them back. `known` are their hashes, and since when (Unix ms).
pub(crate) fn stand_again(
    tx: &mut Tx<'_>,
    by_hash: &BTreeMap<String, &str>,
    known: Vec<(String, i64)>,
) -> Result<(), DbError> {
    let mut hashes = Vec::with_capacity(known.len());
    for (hash, since) in known {
        let Some(address) = by_hash.get(&hash) else { continue };
        suppression::lock(tx, address)?;
        suppression::add(tx, BRAND, address, suppression::ALL_TEXTS, since, SOURCE, None)?;
        hashes.push(hash);
    }
    rows::forget(tx, hashes)
}
