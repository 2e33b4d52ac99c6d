//! The fields of a unit's body, one after the other.

use bytes::{BufMut as _, BytesMut};

/// A body that ends in the middle of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the unit ends before its {field}")]
pub struct Malformed {
    /// The field that is not there.
    pub field: &'static str,
}

/// Reads a body from its start.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// A reader of a body.
    #[must_use]
    pub const fn new(body: &'a [u8]) -> Self {
        Self { rest: body }
    }

    /// What has not been read.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// An octet.
    ///
    /// # Errors
    /// There is none.
    pub fn octet(&mut self, field: &'static str) -> Result<u8, Malformed> {
        let (first, rest) = self.rest.split_first().ok_or(Malformed { field })?;
        self.rest = rest;
        Ok(*first)
    }

    /// A word of the protocol: octets up to a zero. How long it may be is not checked, since peers
    /// exceed the lengths of the protocol and a unit's own length bounds all of them.
    ///
    /// # Errors
    /// There is no zero.
    pub fn c_string(&mut self, field: &'static str) -> Result<String, Malformed> {
        let end = self.rest.iter().position(|octet| *octet == 0).ok_or(Malformed { field })?;
        let word = String::from_utf8_lossy(&self.rest[..end]).into_owned();
        self.rest = &self.rest[end + 1..];
        Ok(word)
    }

    /// So many octets.
    ///
    /// # Errors
    /// There are fewer.
    pub fn octets(&mut self, count: usize, field: &'static str) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Malformed { field })?;
        self.rest = rest;
        Ok(taken)
    }
}

/// Appends a word of at most `most` octets and its zero. A longer one is cut, and a zero within it
/// ends it: settings are checked before they come here.
pub fn write_c_string(out: &mut BytesMut, word: &str, most: usize) {
    let octets = word.as_bytes();
    let end = octets.iter().position(|octet| *octet == 0).unwrap_or(octets.len());
    out.extend_from_slice(&octets[..end.min(most)]);
    out.put_u8(0);
}
