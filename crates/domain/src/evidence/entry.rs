//! How the rows of one chain entry are written down.

use super::{Digest, Kind};

/// One row as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// What it is.
    pub kind: Kind,
    /// Its key, at most 255 bytes; for a row that was erased, the kind's byte and then the key.
    pub key: Vec<u8>,
    /// The digest of its content; for a row that was erased, the mark of the deed, or nothing.
    pub digest: Digest,
}

/// Bytes that are no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an entry of a chain: broken at byte {at}")]
pub struct Malformed {
    /// Where.
    pub at: usize,
}

/// Writes rows down: for each, kind, length of the key, key, digest.
#[must_use]
pub fn encode(items: &[Sealed]) -> Vec<u8> {
    let mut out = Vec::with_capacity(items.len() * 60);
    for item in items {
        out.push(item.kind.tag());
        // A longer key would be cut; the keys of this version are 16 to 24 bytes.
        let length = u8::try_from(item.key.len()).unwrap_or(u8::MAX);
        out.push(length);
        out.extend(item.key.iter().take(usize::from(length)));
        out.extend_from_slice(&item.digest);
    }
    out
}

/// Reads rows back.
///
/// # Errors
/// [`Malformed`], with the place.
pub fn decode(bytes: &[u8]) -> Result<Vec<Sealed>, Malformed> {
    let mut items = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let broken = Malformed { at: bytes.len() - rest.len() };
        let (head, after) = rest.split_first_chunk::<2>().ok_or(broken)?;
        let kind = Kind::from_tag(head[0]).ok_or(broken)?;
        let (key, after) = after.split_at_checked(usize::from(head[1])).ok_or(broken)?;
        let (digest, after) = after.split_first_chunk::<32>().ok_or(broken)?;
        items.push(Sealed { kind, key: key.to_vec(), digest: *digest });
        rest = after;
    }
    Ok(items)
}

/// The rows of an entry as they are encoded, each apart. What cannot be read
/// counts as one last row, so that every entry has its digest.
#[must_use]
pub fn slices(bytes: &[u8]) -> Vec<&[u8]> {
    let mut rows = Vec::with_capacity(bytes.len() / 50 + 1);
    let mut rest = bytes;
    while let Some(length) = rest.get(1) {
        let Some((row, after)) = rest.split_at_checked(2 + usize::from(*length) + 32) else { break };
        rows.push(row);
        rest = after;
    }
    if !rest.is_empty() {
        rows.push(rest);
    }
    rows
}
