//! The list of erasures outside the database, and what a restored copy needs it for.
//!
//! A backup brings back whoever was erased after it was made. So each erasure is
//! written down beside the database before anything goes, with ids and keyed hashes
//! alone, and `hark restore` does again what the copy does not know of.

use super::{ACTION, ErasureError, ErasureRow, Hasher, gone};
use crate::Engine;
use crate::audit::Actor;
use domain::id::{AuditId, CustomerId, ErasureId, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Write as _;
use std::path::Path;
use store::erasure as rows;
use store::{DbError, Tx, audit, consent, customer, job, suppression};
use uuid::Uuid;

/// The list's file.
pub const FILE: &str = "erasures.jsonl";
/// Addresses read in one transaction.
const PAGE: i64 = 1_000;

/// Reads addresses after one in order.
type Source = fn(&mut Tx<'_>, &str, i64) -> Result<Vec<String>, DbError>;
/// Where a database may hold an address.
const SOURCES: [Source; 3] = [customer::addresses_after, consent::standing_addresses, suppressed_after];

/// An erasure as it is written down outside the database: one line of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// The erasure.
    pub erasure: ErasureId,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Whom it erased.
    pub customer: CustomerId,
    /// The key of the hashes.
    pub key: String,
    /// Keyed hashes of the customer's addresses, in hexadecimal.
    pub hashes: Vec<String>,
    /// When it was asked for, Unix ms.
    pub at: i64,
    /// The kind of who asked for it.
    pub actor_kind: String,
    /// Who, where there is somebody.
    pub actor_id: Option<Uuid>,
}

impl Carried {
    fn of(ws: WorkspaceId, row: &ErasureRow) -> Self {
        Self {
            erasure: row.id,
            workspace: ws,
            customer: row.customer,
            key: row.key_id.clone(),
            hashes: row.hashes.clone(),
            at: row.created_at,
            actor_kind: row.actor_kind.clone(),
            actor_id: row.actor_id,
        }
    }
}

/// What was done again after a copy was put back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reapplied {
    /// Erasures the list holds for workspaces that are there.
    pub listed: usize,
    /// Those that the copy did not know.
    pub again: usize,
}

fn append(path: &Path, line: &Carried) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // A line that a crash cut short is ended first, and counts as none.
    let whole = std::fs::read(path)?.last().is_none_or(|last| *last == b'\n');
    let text = format!("{}{}\n", if whole { "" } else { "\n" }, serde_json::to_string(line)?);
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// The erasures that a file lists, each once. A line that is none is left out and told.
fn read(path: &Path) -> std::io::Result<Vec<Carried>> {
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read?,
    };
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<Carried>(line) {
            Ok(carried) => {
                if seen.insert((carried.workspace, carried.erasure)) {
                    all.push(carried);
                }
            }
            Err(error) => tracing::warn!(line = number + 1, %error, "a line of the list of erasures cannot be read"),
        }
    }
    Ok(all)
}

impl Engine {
    /// Writes an erasure down outside the database, where there is a place for it.
    pub(super) fn erasure_carry(&self, ws: WorkspaceId, row: &ErasureRow) -> Result<(), ErasureError> {
        let Some(place) = &self.settings().evidence else { return Ok(()) };
        let path = place.join(FILE);
        append(&path, &Carried::of(ws, row))
            .map_err(|source| ErasureError::File { path: path.display().to_string(), source })
    }

    /// Does again what the list outside the database tells and the database does not know.
    /// Nothing else may work on the database meanwhile.
    ///
    /// # Errors
    /// [`ErasureError`]. Called again, it goes on.
    pub async fn erasures_reapply(&self) -> Result<Reapplied, ErasureError> {
        let Some(place) = &self.settings().evidence else { return Ok(Reapplied::default()) };
        let path = place.join(FILE);
        let all = read(&path).map_err(|source| ErasureError::File { path: path.display().to_string(), source })?;
        let mut reapplied = Reapplied::default();
        for ws in self.workspaces_all().await? {
            let listed: Vec<Carried> = all.iter().filter(|one| one.workspace == ws).cloned().collect();
            reapplied.listed += listed.len();
            let mut due = Vec::new();
            for one in listed {
                let id = one.erasure;
                if self.workspace(ws).read(move |tx| rows::get(tx, id)).await?.is_none() {
                    due.push(one);
                }
            }
            reapplied.again += due.len();
            if !due.is_empty() {
                let found = self.found_again(ws, &due).await?;
                for one in due {
                    self.wish_again(ws, one, &found).await?;
                }
            }
            // An erasure that the copy holds half done is gone on with, too.
            self.erasures_take_up(ws).await?;
        }
        Ok(reapplied)
    }

    /// The addresses of a database that some erasures are about, by their hashes.
    async fn found_again(&self, ws: WorkspaceId, due: &[Carried]) -> Result<HashMap<String, String>, ErasureError> {
        let mut hashers: BTreeMap<&str, Hasher> = BTreeMap::new();
        for one in due {
            let hasher = self.hasher_named(&one.key).ok_or_else(|| ErasureError::OtherKey(one.key.clone()))?;
            hashers.insert(&one.key, hasher);
        }
        let wanted: HashSet<&String> = due.iter().flat_map(|one| &one.hashes).collect();
        let mut found = HashMap::new();
        for source in SOURCES {
            let mut after = String::new();
            loop {
                let from = after.clone();
                let page = self.workspace(ws).read(move |tx| source(tx, &from, PAGE)).await?;
                let Some(last) = page.last() else { break };
                after.clone_from(last);
                for address in page {
                    for hash in hashers.values().map(|hasher| hasher.hash_hex(ws, &address)) {
                        if wanted.contains(&hash) {
                            found.insert(hash, address.clone());
                        }
                    }
                }
            }
        }
        Ok(found)
    }

    /// Wishes an erasure again: of its customer, and of whoever has its numbers in the copy.
    async fn wish_again(
        &self,
        ws: WorkspaceId,
        one: Carried,
        found: &HashMap<String, String>,
    ) -> Result<(), ErasureError> {
        let addresses: Vec<String> = one.hashes.iter().filter_map(|hash| found.get(hash)).cloned().collect();
        let now = self.now();
        let fresh: Vec<(ErasureId, AuditId, CustomerId)> =
            (0..=addresses.len()).map(|_| (self.new_id(), self.new_id(), self.new_id())).collect();
        let (job, entry) = (self.new_uuid(), self.audit_entry(Actor::System, ACTION, String::new(), &json!({})));
        self.workspace(ws)
            .write(move |tx| {
                job::ask(tx, job, super::KIND, super::AT_WORK, now)?;
                let mut customers = vec![one.customer];
                for (address, (_, _, fresh)) in addresses.iter().zip(&fresh) {
                    // A number that nobody has in the copy may have consent or opt-outs in it.
                    customers.push(customer::resolve(tx, address, "phone", "", *fresh, now)?);
                }
                let mut named = HashSet::new();
                customers.retain(|id| named.insert(*id));
                for ((place, id), (erasure, audit, _)) in customers.iter().enumerate().zip(&fresh) {
                    let erasure = if place == 0 { one.erasure } else { *erasure };
                    let mut entry = entry.clone();
                    (entry.id, entry.subject) = (*audit, id.to_string());
                    entry.detail = json!({ "erasure": erasure.to_string(), "again": true }).to_string();
                    audit::insert(tx, &entry)?;
                    let addresses = customer::addresses(tx, *id)?;
                    let counts = rows::count(tx, *id, &addresses)?;
                    let row = ErasureRow {
                        id: erasure,
                        customer: *id,
                        state: "erasing".to_owned(),
                        actor_kind: one.actor_kind.clone(),
                        actor_id: one.actor_id,
                        audit: *audit,
                        key_id: one.key.clone(),
                        hashes: one.hashes.clone(),
                        gone: gone(&counts),
                        total: counts.texts + counts.notes,
                        done: 0,
                        created_at: one.at,
                        finished_at: None,
                    };
                    rows::insert(tx, &row)?;
                }
                Ok::<_, ErasureError>(())
            })
            .await
    }
}

fn suppressed_after(tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<String>, DbError> {
    suppression::addresses_after(tx, crate::gate::BRAND, after, limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_short_costs_no_other() -> Result<(), Box<dyn std::error::Error>> {
        let dir = std::env::temp_dir().join(format!("hark_erasures_{}", std::process::id()));
        std::fs::create_dir_all(&dir)?;
        let path = dir.join(FILE);
        assert!(read(&path)?.is_empty(), "no file, no erasures");
        let line = |n| Carried {
            erasure: ErasureId::new(Uuid::from_u128(n)),
            workspace: WorkspaceId::new(Uuid::from_u128(1)),
            customer: CustomerId::new(Uuid::from_u128(n)),
            key: "01020304".to_owned(),
            hashes: vec!["ab".to_owned()],
            at: 5,
            actor_kind: "cli".to_owned(),
            actor_id: None,
        };
        append(&path, &line(1))?;
        let whole = std::fs::read(&path)?;
        std::fs::write(&path, [&whole[..], &whole[..whole.len() / 2]].concat())?;
        append(&path, &line(2))?;
        append(&path, &line(2))?;
        assert_eq!(read(&path)?, [line(1), line(2)]);
        std::fs::remove_dir_all(&dir)?;
        Ok(())
    }
}
