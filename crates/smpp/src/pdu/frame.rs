//! Cutting a stream into units.

use super::Pdu;
use bytes::{Buf as _, Bytes, BytesMut};

/// Octets of a header.
pub const HEADER: usize = 16;
/// Largest unit that is read, in octets: the longest text in one parameter (64 KiB) and its company.
pub const PDU_BYTES_MAX: usize = 70 * 1024;

/// A length that cannot be: from here on nobody knows where a unit begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a unit of {length} octets, 16 to {PDU_BYTES_MAX} are possible")]
pub struct FrameError {
    /// The length it claimed.
    pub length: u32,
}

/// Collects bytes until they are a unit. It holds at most one unit and what came with its last bytes.
#[derive(Debug, Default)]
pub struct Framer {
    bytes: BytesMut,
}

impl Framer {
    /// Where the next bytes from the stream go.
    pub const fn buffer(&mut self) -> &mut BytesMut {
        &mut self.bytes
    }

    /// The next whole unit.
    ///
    /// # Errors
    /// The stream is out of step and must be given up.
    pub fn take(&mut self) -> Result<Option<Pdu>, FrameError> {
        let Some(head) = self.bytes.first_chunk::<HEADER>() else { return self.early() };
        let word = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (length, command, status, sequence) = (word(0), word(4), word(8), word(12));
        let whole = Self::checked(length)?;
        if self.bytes.len() < whole {
            return Ok(None);
        }
        self.bytes.advance(HEADER);
        // Copied, so that a text that waits for its other parts does not keep a whole buffer alive.
        let body = Bytes::copy_from_slice(&self.bytes[..whole - HEADER]);
        self.bytes.advance(whole - HEADER);
        Ok(Some(Pdu { command, status, sequence, body }))
    }

    /// A wrong length is known by its first four octets, and not waited on.
    fn early(&self) -> Result<Option<Pdu>, FrameError> {
        if let Some(length) = self.bytes.first_chunk::<4>() {
            Self::checked(u32::from_be_bytes(*length))?;
        }
        Ok(None)
    }

    fn checked(length: u32) -> Result<usize, FrameError> {
        let whole = usize::try_from(length).unwrap_or(usize::MAX);
        if (HEADER..=PDU_BYTES_MAX).contains(&whole) { Ok(whole) } else { Err(FrameError { length }) }
    }
}
