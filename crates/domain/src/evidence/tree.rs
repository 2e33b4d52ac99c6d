//! The rows of an entry as a tree of hashes.
//!
//! A tree lets one row be shown to belong to an entry without showing the rows
//! beside it, which are of other customers: only hashes on the way to the root
//! are told, and each covers a key that cannot be guessed. The shape is that of
//! RFC 6962: leaves and nodes are hashed apart, a last odd one rises unchanged.

use super::Digest;
use sha2::{Digest as _, Sha256};

fn leaf(row: &[u8]) -> Digest {
    Sha256::new().chain_update([0]).chain_update(row).finalize().into()
}

fn node(left: &Digest, right: &Digest) -> Digest {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

fn above(level: &[Digest]) -> Vec<Digest> {
    level
        .chunks(2)
        .filter_map(|pair| match pair {
            [left, right] => Some(node(left, right)),
            [last] => Some(*last),
            _ => None,
        })
        .collect()
}

/// The root over rows as they are encoded; of none, the hash of nothing.
#[must_use]
pub fn root(rows: &[&[u8]]) -> Digest {
    let mut level: Vec<Digest> = rows.iter().map(|row| leaf(row)).collect();
    while level.len() > 1 {
        level = above(&level);
    }
    level.first().copied().unwrap_or_else(|| Sha256::new().finalize().into())
}

/// The hashes beside the way from one row up to the root; none where there is no such row.
#[must_use]
pub fn path(rows: &[&[u8]], index: usize) -> Option<Vec<Digest>> {
    if index >= rows.len() {
        return None;
    }
    let mut level: Vec<Digest> = rows.iter().map(|row| leaf(row)).collect();
    let (mut at, mut beside) = (index, Vec::new());
    while level.len() > 1 {
        beside.extend(level.get(at ^ 1));
        level = above(&level);
        at /= 2;
    }
    Some(beside)
}

/// The root that a row and the hashes beside its way lead to; none where they do
/// not fit its place among so many rows.
#[must_use]
pub fn climb(row: &[u8], index: u64, count: u64, beside: &[Digest]) -> Option<Digest> {
    if index >= count {
        return None;
    }
    let (mut at, mut width, mut hash) = (index, count, leaf(row));
    let mut beside = beside.iter();
    while width > 1 {
        if at % 2 == 1 {
            hash = node(beside.next()?, &hash);
        } else if at + 1 < width {
            hash = node(&hash, beside.next()?);
        }
        at /= 2;
        width = width.div_ceil(2);
    }
    beside.next().is_none().then_some(hash)
}
