//! The list of what a pack holds, and what is signed of it.

use super::Item;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Bytes of a field's digest that are kept: enough to name the field that
/// changed. That something changed is told by the item's whole digest.
const FIELD_BYTES: usize = 6;

/// One item as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its kind.
    pub kind: String,
    /// What names it among those of its kind.
    pub key: String,
    /// SHA-256 of its line, without the comma behind it.
    pub sha256: String,
    /// The beginning of the SHA-256 of each field's JSON.
    pub fields: BTreeMap<String, String>,
}

/// One file as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of it.
    pub sha256: String,
}

/// The list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The name and version of the format.
    pub format: String,
    /// The pack.
    pub pack: String,
    /// The workspace.
    pub workspace: String,
    /// The address.
    pub address: String,
    /// When it was made, Unix ms.
    pub made_at: i64,
    /// Every other file.
    pub files: Vec<ListedFile>,
    /// Every item, in order.
    pub items: Vec<Listed>,
}

/// The list's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The Ed25519 key, in hexadecimal.
    pub public_key: String,
    /// The signature over `hark pack 1` and the bytes of the list, in hexadecimal.
    pub signature: String,
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The digests of a line's fields; none where the line is no JSON object.
pub(super) fn fields(line: &str) -> Option<BTreeMap<String, String>> {
    let value: Value = serde_json::from_str(line).ok()?;
    let digest = |value: &Value| {
        let whole = Sha256::digest(value.to_string().as_bytes());
        hex::encode(whole.get(..FIELD_BYTES).unwrap_or_default())
    };
    Some(value.as_object()?.iter().map(|(name, value)| (name.clone(), digest(value))).collect())
}

/// An item's place in the list, from the item and its line.
#[must_use]
pub fn listed(item: &Item, line: &str) -> Listed {
    Listed {
        kind: item.kind().to_owned(),
        key: item.key(),
        sha256: sha256_hex(line.as_bytes()),
        fields: fields(line).unwrap_or_default(),
    }
}
