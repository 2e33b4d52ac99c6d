//! A pack of evidence about one address, and its verifier.
//!
//! A pack is a few files. `evidence.json` holds one item a line, `manifest.json`
//! lists every item and file with its digest, and `manifest.sig` signs the list
//! with the key that signs the heads of the chain. Items that the chain seals
//! carry the way from their row to a signed head as well. So a change is found
//! twice: against the list, which names the item and its fields, and against
//! the chain, which whoever makes a new list cannot make anew.
//!
//! Everything here is pure: bytes in, findings out.

mod chain;
mod item;
mod manifest;
mod report;
mod verify;

pub use item::{
    About, Attempt, Audit, Consent, Decision, Disclosure, Head, Item, Media, Message, OptOut, Span, Standing, Way,
};
pub use manifest::{Listed, ListedFile, Manifest, Signature, listed, sha256_hex};
pub use report::{Fault, Finding, Report};
pub use verify::{PackFile, Trust, verify};

/// The name and version of the format.
pub const FORMAT: &str = "hark-evidence 1";
/// The file of items.
pub const EVIDENCE_FILE: &str = "evidence.json";
/// The same for people.
pub const DOCUMENT_FILE: &str = "evidence.pdf";
/// How to read the pack.
pub const README_FILE: &str = "README.txt";
/// The list of all items and files.
pub const MANIFEST_FILE: &str = "manifest.json";
/// The list's signature.
pub const SIGNATURE_FILE: &str = "manifest.sig";
