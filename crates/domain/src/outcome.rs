//! What a provider's answer or error means, in one vocabulary.

use serde::{Deserialize, Serialize};

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $retry:ident;)*) => {
        /// The class of a delivery error. One provider code has exactly one class.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorClass { $($(#[$doc])* $name,)* }

        impl ErrorClass {
            /// Every class, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The stable code shown to people and clients.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $(Self::$name => $code,)* } }
            /// What may be done next with the message.
            #[must_use]
            pub const fn retry(self) -> Retry { match self { $(Self::$name => Retry::$retry,)* } }
            /// A class by its stable code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)* _ => None }
            }
        }
    };
}

/// What may be done with a message after an error of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Never again by itself.
    Never,
    /// The provider is busy: later, with back-off, as long as the message is valid.
    BackOff,
    /// A passing fault: a few times at growing distance.
    Few,
    /// At the next midnight in US Pacific time, when carriers reset daily caps.
    NextCarrierDay,
    /// Once, since the cause is not known.
    Once,
}

classes! {
    /// The customer told the carrier or provider to stop.
    OptedOut = "opted_out", Never;
    /// The carrier took it for spam.
    CarrierFiltered = "carrier_filtered", Never;
    /// The provider took it for spam.
    ProviderFiltered = "provider_filtered", Never;
    /// Body, size or encoding was refused.
    ContentRejected = "content_rejected", Never;
    /// The sender has no registration.
    SenderUnregistered = "sender_unregistered", Never;
    /// The sender number may not send.
    SenderBlocked = "sender_blocked", Never;
    /// No such number.
    InvalidNumber = "invalid_number", Never;
    /// A landline that takes no texts.
    Landline = "landline", Never;
    /// The number was given up.
    Deactivated = "deactivated", Never;
    /// The handset or carrier blocks us.
    RecipientBlocked = "recipient_blocked", Never;
    /// The handset is off or out of reach.
    Unreachable = "unreachable", Few;
    /// Too fast.
    RateLimited = "rate_limited", BackOff;
    /// The carrier's daily cap is used up.
    DailyCap = "daily_cap", NextCarrierDay;
    /// A fault between provider and carrier.
    Network = "network", Few;
    /// Its time ran out.
    Expired = "expired", Never;
    /// The country is not enabled.
    GeoBlocked = "geo_blocked", Never;
    /// The login is refused or suspended.
    Account = "account", Never;
    /// A picture could not be sent.
    Media = "media", Never;
    /// A code nobody mapped; the raw word is kept.
    Unknown = "unknown", Once;
}

/// What a submit to a provider came to. Clients of providers only classify:
/// they never repeat a submit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submission {
    /// The provider has it and named it.
    Taken {
        /// The provider's own id of the message.
        provider_id: String,
        /// Parts the provider counted, where it says so.
        parts: Option<u32>,
    },
    /// The provider certainly does not have it.
    NotTaken {
        /// Why.
        class: ErrorClass,
        /// The provider's own code.
        code: String,
        /// How long the provider asked us to wait, in milliseconds.
        retry_after_ms: Option<i64>,
    },
    /// The permission ran out before the first byte was written.
    HandedBack,
    /// Nobody knows: the connection broke or timed out after the first byte.
    Unknown {
        /// What was seen, without body or number.
        detail: String,
    },
}

impl Submission {
    /// Whether the outbox may try again, since nothing can have left.
    #[must_use]
    pub const fn untouched(&self) -> bool {
        matches!(self, Self::NotTaken { .. } | Self::HandedBack)
    }
}
