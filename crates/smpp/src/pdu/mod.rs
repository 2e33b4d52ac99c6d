//! The units of the protocol (SMPP 3.4, chapters 3 to 5), as bytes and as values.
//!
//! Reading is lenient where peers are known to be careless and the meaning is plain; it never
//! panics, never reads beyond a unit, and keeps at most one unit's bytes.

mod bind;
mod fields;
mod frame;
mod short_message;
mod tlv;

pub use bind::{Bind, BindKind, INTERFACE_VERSION};
pub use fields::{Fields, Malformed, write_c_string};
pub use frame::{FrameError, Framer, HEADER, PDU_BYTES_MAX};
pub use short_message::{EsmKind, Party, ShortMessage};
pub use tlv::{Tag, Tlvs};

use bytes::{BufMut as _, Bytes, BytesMut};

/// What a unit asks or answers (SMPP 3.4, 5.1.2.1).
pub mod command {
    /// A log-in that only receives.
    pub const BIND_RECEIVER: u32 = 0x01;
    /// A log-in that only sends.
    pub const BIND_TRANSMITTER: u32 = 0x02;
    /// A text from us.
    pub const SUBMIT_SM: u32 = 0x04;
    /// A text or a receipt for us.
    pub const DELIVER_SM: u32 = 0x05;
    /// The end of a log-in.
    pub const UNBIND: u32 = 0x06;
    /// A log-in that does both.
    pub const BIND_TRANSCEIVER: u32 = 0x09;
    /// A wish of the centre that we log in; it has no answer.
    pub const OUTBIND: u32 = 0x0B;
    /// A sign of life.
    pub const ENQUIRE_LINK: u32 = 0x15;
    /// Word that a phone is reachable; it has no answer.
    pub const ALERT_NOTIFICATION: u32 = 0x102;
    /// A text in another shape, in either direction.
    pub const DATA_SM: u32 = 0x103;
    /// The answer to what was not understood.
    pub const GENERIC_NACK: u32 = 0x8000_0000;
    /// The bit that makes an answer of a request.
    pub const ANSWER: u32 = 0x8000_0000;
    /// The answer to a text of ours.
    pub const SUBMIT_SM_RESP: u32 = SUBMIT_SM | ANSWER;
}

/// One unit: its header and what follows.
#[derive(Clone, PartialEq, Eq)]
pub struct Pdu {
    /// What it asks or answers; see [`command`].
    pub command: u32,
    /// What an answer says; 0 in a request. See [`crate::status`].
    pub status: u32,
    /// What an answer has in common with its request.
    pub sequence: u32,
    /// What follows the header.
    pub body: Bytes,
}

impl Pdu {
    /// A request.
    #[must_use]
    pub const fn request(command: u32, sequence: u32, body: Bytes) -> Self {
        Self { command, status: 0, sequence, body }
    }

    /// The answer to a request. What acknowledges a text carries an empty id, as the protocol wants.
    #[must_use]
    pub fn answer(request: u32, status: u32, sequence: u32) -> Self {
        let with_id = matches!(request, command::DELIVER_SM | command::DATA_SM);
        let body = Bytes::from_static(if with_id { &[0] } else { &[] });
        Self { command: request | command::ANSWER, status, sequence, body }
    }

    /// Whether it answers a request of ours.
    #[must_use]
    pub const fn is_answer(&self) -> bool {
        self.command & command::ANSWER != 0
    }

    /// Appends its bytes.
    pub fn write(&self, out: &mut BytesMut) {
        let length = u32::try_from(HEADER + self.body.len()).unwrap_or(u32::MAX);
        out.reserve(HEADER + self.body.len());
        out.put_u32(length);
        out.put_u32(self.command);
        out.put_u32(self.status);
        out.put_u32(self.sequence);
        out.extend_from_slice(&self.body);
    }

    /// The id in the answer to a text: the centre's name for it. Empty where there is none.
    ///
    /// The closing zero may be missing, and an id may be longer than the 64 octets the protocol gives it.
    #[must_use]
    pub fn message_id(&self) -> String {
        let end = self.body.iter().position(|octet| *octet == 0).unwrap_or(self.body.len());
        String::from_utf8_lossy(&self.body[..end.min(MESSAGE_ID_MAX)]).trim().to_owned()
    }
}

/// Longest id that is kept, in octets; the protocol allows 64 with the closing zero.
pub const MESSAGE_ID_MAX: usize = 128;

impl std::fmt::Debug for Pdu {
    /// Bodies never reach a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pdu")
            .field("command", &format_args!("{:#x}", self.command))
            .field("status", &format_args!("{:#x}", self.status))
            .field("sequence", &self.sequence)
            .field("body", &self.body.len())
            .finish()
    }
}
