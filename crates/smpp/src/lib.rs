//! SMPP 3.4: texts to and from a carrier's own centre, over connections that are kept.
//!
//! The parts that decide are pure: the units and their bytes ([`pdu`]), what a text becomes
//! ([`outgoing`]) and how parts become one ([`reassembly`]), what a receipt says ([`receipt`]), what
//! a code means ([`status`]), and how fast to go ([`throttle`]). The [`Client`] keeps an account's
//! connections, each in a task of its own, and comes to the same three ends as every other channel:
//! taken, not taken, unknown. It never sends again what may have been taken.
//!
//! It knows no gate: like the HTTP client of `channels`, it is theirs alone to use.

mod address;
mod client;
mod clock;
mod coding;
mod dice;
mod event;
mod gsm;
mod intake;
mod keeper;
mod link;
pub mod outgoing;
mod part;
pub mod pdu;
pub mod reassembly;
pub mod receipt;
pub mod receipt_id;
pub mod receipt_text;
mod settings;
mod shared;
pub mod status;
pub mod throttle;
mod tls;

pub use client::{Client, Inbox, Submitted};
pub use coding::Alphabet;
pub use event::{Ack, Event, InboundText, Settled};
pub use keeper::BindState;
pub use link::End;
pub use outgoing::Text;
pub use part::{Part, Place, part_of};
pub use pdu::BindKind;
pub use receipt::Receipt;
pub use settings::{
    BINDS_MAX, Bounds, Gsm, IdForm, Long, Numbering, Patience, Settings, SettingsError, TonNpi, WINDOW_MAX,
};
pub use tls::{Tls, TlsError};
