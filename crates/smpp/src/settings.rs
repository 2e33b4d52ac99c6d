//! How an account talks to its centre.

use crate::coding::Alphabet;
use crate::pdu::BindKind;
use crate::tls::Tls;
use std::time::Duration;

/// How septets lie in octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Gsm {
    /// One an octet, as nearly every centre wants.
    #[default]
    Unpacked,
    /// Eight in seven octets, as on the air.
    Packed,
}

/// How the parts of a long text are told to belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Long {
    /// By a header in front of each.
    #[default]
    Header,
    /// By parameters beside each.
    Sar,
    /// The whole text is one parameter, and the centre cuts it.
    Payload,
}

/// How a centre writes the id of a text in its answer and in its receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IdForm {
    /// Nobody has said: every form that could be meant is a candidate, the same one first.
    #[default]
    Unsure,
    /// The same in both.
    Same,
    /// Hexadecimal in the answer, decimal in the receipt.
    HexThenDecimal,
    /// Decimal in the answer, hexadecimal in the receipt.
    DecimalThenHex,
}

/// A type of number and its plan.
pub type TonNpi = (u8, u8);

/// Types and plans by kind of address. `None` leaves the usual ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Numbering {
    /// Of customers; 1/1 by default.
    pub dest: Option<TonNpi>,
    /// Of our numbers; 1/1 by default.
    pub number: Option<TonNpi>,
    /// Of our short codes; 3/0 by default.
    pub short_code: Option<TonNpi>,
    /// Of our names; 5/0 by default.
    pub name: Option<TonNpi>,
}

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// To connect, TLS included; and again to log in.
    pub connect: Duration,
    /// From a text's last octet to its answer. What is later than that is ambiguous.
    pub answer: Duration,
    /// All parts of a text, from the first one's octets on.
    pub text: Duration,
    /// Silence after which a sign of life is asked for; it has [`Patience::answer`] to come.
    pub silence: Duration,
    /// One write to a peer that does not read.
    pub write: Duration,
    /// What is under way when the process is asked to end.
    pub drain: Duration,
    /// The first and the longest wait before connecting again.
    pub reconnect: (Duration, Duration),
    /// The wait before logging in again after the account itself was refused.
    pub refused: Duration,
    /// A connection that held so long was a good one: the next wait is the first again.
    pub good: Duration,
    /// The first and the longest pause after the centre said *too much*.
    pub throttle: (Duration, Duration),
    /// The missing parts of a customer's text.
    pub parts: Duration,
    /// How long a part waits for the others before the centre hears that it came. A centre that
    /// sends one at a time would otherwise never send the next.
    pub hold: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let secs = Duration::from_secs;
        Self {
            connect: secs(10),
            answer: secs(10),
            text: secs(30),
            silence: secs(30),
            write: secs(10),
            drain: secs(10),
            reconnect: (secs(1), secs(60)),
            refused: secs(300),
            good: secs(60),
            throttle: (secs(1), secs(60)),
            parts: secs(600),
            hold: secs(1),
        }
    }
}

/// How much is kept in memory at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Texts on the wire without an answer, for each connection.
    pub window: u32,
    /// What came in and has not been taken by [`crate::Inbox::next`]; more is refused for the centre
    /// to send again.
    pub inbox: usize,
    /// Customers' texts whose parts are not all there; the oldest is told as it is to make room.
    pub long_texts: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { window: 10, inbox: 1_000, long_texts: 1_000 }
    }
}

/// An account at a centre.
#[derive(Clone)]
pub struct Settings {
    /// The centre's name or address.
    pub host: String,
    /// Its port; usually 2775, or 3550 with TLS.
    pub port: u16,
    /// How the connection is kept secret; `None` for not at all.
    pub tls: Option<Tls>,
    /// Which addresses of the host may be connected to; `None` for all. Whoever may set a host must
    /// not thereby reach what is inside.
    pub reach: Option<fn(std::net::IpAddr) -> bool>,
    /// Our name there, at most 15 octets.
    pub system_id: String,
    /// Its password, at most 8 octets.
    pub password: String,
    /// The kind of our system, at most 12 octets; usually empty.
    pub system_type: String,
    /// The kind of service of our texts, at most 5 octets; usually empty.
    pub service_type: String,
    /// Which of our addresses are served, at most 40 octets; usually empty.
    pub address_range: String,
    /// The connections, each of them logged in for itself.
    pub binds: Vec<BindKind>,
    /// How septets lie in octets, in both directions.
    pub gsm: Gsm,
    /// What `data_coding` 0 means in texts that come in.
    pub inbound_default: Alphabet,
    /// The `data_coding` of our texts in the GSM alphabet.
    pub gsm_data_coding: u8,
    /// How long texts go out.
    pub long: Long,
    /// How ids are matched.
    pub id_form: IdForm,
    /// Whether receipts are asked for.
    pub receipts: bool,
    /// Take a text for a receipt where it reads like one, though it is not marked as one. A customer
    /// could write such a text.
    pub unmarked_receipts: bool,
    /// Minutes the centre's clock is ahead of UTC in the dates of receipts.
    pub receipt_offset_minutes: i16,
    /// Types and plans of addresses.
    pub numbering: Numbering,
    /// Times.
    pub patience: Patience,
    /// Amounts.
    pub bounds: Bounds,
}

impl Settings {
    /// One connection both ways, everything else as usual.
    #[must_use]
    pub fn new(host: impl Into<String>, port: u16, system_id: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port,
            tls: None,
            reach: None,
            system_id: system_id.into(),
            password: password.into(),
            system_type: String::new(),
            service_type: String::new(),
            address_range: String::new(),
            binds: vec![BindKind::Transceiver],
            gsm: Gsm::default(),
            inbound_default: Alphabet::Gsm,
            gsm_data_coding: 0,
            long: Long::default(),
            id_form: IdForm::default(),
            receipts: true,
            unmarked_receipts: false,
            receipt_offset_minutes: 0,
            numbering: Numbering::default(),
            patience: Patience::default(),
            bounds: Bounds::default(),
        }
    }

    /// Checks what the protocol bounds.
    ///
    /// # Errors
    /// The first setting that cannot be.
    pub fn check(&self) -> Result<(), SettingsError> {
        let words = [
            ("system_id", &self.system_id, 15),
            ("password", &self.password, 8),
            ("system_type", &self.system_type, 12),
            ("service_type", &self.service_type, 5),
            ("address_range", &self.address_range, 40),
        ];
        for (field, word, most) in words {
            if word.len() > most {
                return Err(SettingsError { field, detail: "is longer than the protocol allows" });
            }
            if !word.is_ascii() || word.contains('\0') {
                return Err(SettingsError { field, detail: "holds what the protocol cannot carry" });
            }
        }
        let wrong = |field, detail| Err(SettingsError { field, detail });
        match () {
            () if self.host.is_empty() => wrong("host", "is missing"),
            () if self.system_id.is_empty() => wrong("system_id", "is missing"),
            () if self.binds.is_empty() || self.binds.len() > BINDS_MAX => wrong("binds", "must be 1 to 16"),
            () if self.bounds.window == 0 || self.bounds.window > WINDOW_MAX => wrong("window", "must be 1 to 1000"),
            () if self.bounds.inbox == 0 => wrong("inbox", "must be at least 1"),
            () => Ok(()),
        }
    }
}

/// Most connections of an account.
pub const BINDS_MAX: usize = 16;
/// Largest window.
pub const WINDOW_MAX: u32 = 1_000;

/// A setting that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {detail}")]
pub struct SettingsError {
    /// Which.
    pub field: &'static str,
    /// What is wrong, without the value.
    pub detail: &'static str,
}

impl std::fmt::Debug for Settings {
    /// The password is never seen.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("system_id", &self.system_id)
            .field("binds", &self.binds)
            .finish_non_exhaustive()
    }
}
