//! Logging in.

use super::{command, write_c_string};
use bytes::{BufMut as _, Bytes, BytesMut};

/// SMPP 3.4.
pub const INTERFACE_VERSION: u8 = 0x34;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindKind {
    /// Both ways.
    Transceiver,
    /// Texts of ours.
    Transmitter,
    /// Texts and receipts for us.
    Receiver,
}

impl BindKind {
    /// The command that asks for it.
    #[must_use]
    pub const fn command(self) -> u32 {
        match self {
            Self::Transceiver => command::BIND_TRANSCEIVER,
            Self::Transmitter => command::BIND_TRANSMITTER,
            Self::Receiver => command::BIND_RECEIVER,
        }
    }

    /// Whether texts of ours may be written to it.
    #[must_use]
    pub const fn sends(self) -> bool {
        match self {
            Self::Transceiver | Self::Transmitter => true,
            Self::Receiver => false,
        }
    }
}

/// A log-in (SMPP 3.4, 4.1).
#[derive(Clone, Copy)]
pub struct Bind<'a> {
    /// Our name at the centre.
    pub system_id: &'a str,
    /// Its password.
    pub password: &'a str,
    /// The kind of our system, where the centre wants one.
    pub system_type: &'a str,
    /// Type and plan of our addresses.
    pub ton_npi: (u8, u8),
    /// Which of our addresses this connection serves; empty for all.
    pub address_range: &'a str,
}

impl Bind<'_> {
    /// Its body.
    #[must_use]
    pub fn body(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(64);
        write_c_string(&mut out, self.system_id, 15);
        write_c_string(&mut out, self.password, 8);
        write_c_string(&mut out, self.system_type, 12);
        out.put_u8(INTERFACE_VERSION);
        out.put_u8(self.ton_npi.0);
        out.put_u8(self.ton_npi.1);
        write_c_string(&mut out, self.address_range, 40);
        out.freeze()
    }
}
