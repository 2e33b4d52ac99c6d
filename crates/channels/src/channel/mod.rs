//! What a channel is: a provider, split by ability.
//!
//! A provider that only sends has no receiving half to stub out. Everything
//! that the settings form, the documentation table and the contract suite need
//! is declared here, so none of them names a provider.

pub(crate) mod account;
pub(crate) mod ask;
mod codes;
mod fields;
mod number;
pub(crate) mod one_by_one;
mod outcome;
mod own_words;
pub(crate) mod picture;
mod text;
mod webhook;

pub use account::{Account, Secret, Secrets};
pub use codes::{CodeRow, Source, WordRow, class_in, state_in};
pub use domain::outcome::Submission;
pub use domain::receipt::ReceiptState;
pub(crate) use fields::Fields;
pub use number::{CheckNumbers, InboundAddress, NumberReport};
pub use outcome::{Cause, Outcome, OutcomeRow, row_for};
pub use own_words::{Handled, OwnWords, is_toll_free};
pub use text::{BodyHash, FoundText, InboundMedia, InboundText, LookUpQuery, Receipt, body_hash};
pub use webhook::{SignatureError, WebhookAnswer, WebhookError, WebhookRequest};

use bytes::Bytes;
use domain::id::AttemptId;
use domain::send::{Cleared, OutboundText};
use serde::Serialize;
use std::future::Future;
use std::pin::Pin;

/// A future that a trait object can return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A clock that never steps back, in milliseconds since an unnamed instant.
pub trait Monotonic: Send + Sync {
    /// The present reading, in milliseconds.
    fn monotonic_ms(&self) -> i64;
}

/// What a provider can do, and what its answers mean. Facts, not wishes: the
/// contract suite tries each of them.
#[derive(Debug, Clone, Copy, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent fact shown in a table")]
pub struct Capabilities {
    /// Texts reach a real network, and real people.
    pub real: bool,
    /// Pictures can be sent.
    pub mms: bool,
    /// The provider says later what became of a text.
    pub receipts: bool,
    /// A submit that is repeated with the same key is carried out once.
    pub idempotency_key: bool,
    /// A text can be made to die after an instant.
    pub validity_period: bool,
    /// The shortest time (ms) that a text can be given until it dies; 0 where any is taken.
    pub validity_min_ms: i64,
    /// Texts can be looked up by number and time.
    pub look_up: bool,
    /// The words it acts upon by itself, unless an account says otherwise.
    pub own_words: OwnWords,
    /// Most parts of one text.
    pub max_parts: u32,
    /// Most pictures in one text.
    pub media_max: u32,
    /// What each answer to a submit means.
    pub outcomes: &'static [OutcomeRow],
}

/// A provider of texts. Its abilities are asked for one by one; what it lacks
/// is `None`.
pub trait Channel: Send + Sync {
    /// The stable word in addresses and rows, such as `twilio`.
    fn provider(&self) -> &'static str;
    /// The name people know.
    fn title(&self) -> &'static str;
    /// What it can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// What its error codes mean, sorted by code. A code that comes with a refused submit may be
    /// tried again as its class says; one that comes with a receipt is told and never tried again
    /// by itself, for the text may have left after all.
    fn error_codes(&self) -> &'static [CodeRow] {
        &[]
    }
    /// What the words of its receipts mean.
    fn receipt_words(&self) -> &'static [WordRow] {
        &[]
    }
    /// JSON Schema (2020-12) of an account's settings; secrets are marked
    /// `"writeOnly": true` and are stored apart, encrypted.
    fn settings_schema(&self) -> serde_json::Value;
    /// Checks an account's settings by themselves, without a network.
    ///
    /// # Errors
    /// What is wrong, field by field.
    fn check_settings(&self, account: &Account) -> Result<(), SettingsError>;
    /// Whether a submit on this account may be repeated under the same key.
    /// A provider's word by default; a gateway may promise more than its shape.
    fn repeats_safely(&self, _account: &Account) -> bool {
        self.capabilities().idempotency_key
    }
    /// The sending half.
    fn sends(&self) -> Option<&dyn SendTexts> {
        None
    }
    /// The receiving half.
    fn receives(&self) -> Option<&dyn ReceiveTexts> {
        None
    }
    /// What became of texts.
    fn receipts(&self) -> Option<&dyn ReadReceipts> {
        None
    }
    /// Proof that a webhook comes from the provider.
    fn webhooks(&self) -> Option<&dyn VerifyWebhooks> {
        None
    }
    /// Settling what nobody knows.
    fn looks_up(&self) -> Option<&dyn LookUp> {
        None
    }
    /// Whether an account's login works.
    fn checks(&self) -> Option<&dyn CheckAccount> {
        None
    }
    /// How our numbers are set up at the provider.
    fn numbers(&self) -> Option<&dyn CheckNumbers> {
        None
    }
    /// Getting the pictures customers send.
    fn media(&self) -> Option<&dyn FetchMedia> {
        None
    }
}

/// What is wrong with an account's settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {detail}")]
pub struct SettingsError {
    /// The field, as in the settings schema.
    pub field: &'static str,
    /// What is wrong, without the value.
    pub detail: &'static str,
}

/// Hands texts to a provider.
pub trait SendTexts: Send + Sync {
    /// Submits each text at most once and says what came of it: one answer per
    /// item, in any order.
    ///
    /// `Cleared::hand_over_by` is in the units of `clock`. It is checked just
    /// before a text's first byte is written; what comes too late is answered
    /// with [`Submission::HandedBack`] and never written.
    fn send<'a>(
        &'a self,
        account: &'a Account,
        clock: &'a dyn Monotonic,
        batch: Vec<Cleared<OutboundText>>,
    ) -> BoxFuture<'a, Vec<(AttemptId, Submission)>>;
}

/// Proves that a webhook was sent by the provider.
pub trait VerifyWebhooks: Send + Sync {
    /// Checks the signature over the raw request.
    ///
    /// # Errors
    /// Why it cannot be believed. The caller answers 403 and logs it.
    fn verify(&self, account: &Account, request: &WebhookRequest) -> Result<(), SignatureError>;
}

/// Reads the texts customers send.
pub trait ReceiveTexts: Send + Sync {
    /// The texts in a verified webhook. No number is ever refused.
    ///
    /// # Errors
    /// The request is none of this provider's inbound webhooks.
    fn read_inbound(&self, account: &Account, request: &WebhookRequest) -> Result<Vec<InboundText>, WebhookError>;
    /// What the provider wants to hear once the texts are stored.
    fn inbound_answer(&self) -> WebhookAnswer;
}

/// Reads what became of texts.
pub trait ReadReceipts: Send + Sync {
    /// The receipts in a verified webhook. Unknown words are kept, not refused.
    ///
    /// # Errors
    /// The request is none of this provider's status webhooks.
    fn read_receipts(&self, account: &Account, request: &WebhookRequest) -> Result<Vec<Receipt>, WebhookError>;
    /// What the provider wants to hear once the receipts are stored.
    fn receipt_answer(&self) -> WebhookAnswer;
}

/// Finds texts at the provider, to settle what nobody knows. Only reads, so it
/// may be repeated.
pub trait LookUp: Send + Sync {
    /// The provider's texts that match the query, body included.
    fn find<'a>(
        &'a self,
        account: &'a Account,
        query: LookUpQuery,
    ) -> BoxFuture<'a, Result<Vec<FoundText>, LookUpError>>;
}

/// Why a look-up told nothing. It says nothing about the text itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookUpError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The login was refused.
    #[error("the provider refused the login")]
    Account,
    /// The provider did not answer usefully; `detail` holds no number and no body.
    #[error("the provider did not answer: {detail}")]
    Unreachable {
        /// What was seen.
        detail: String,
    },
    /// The answer was longer than can be read in one look; ask for less time.
    #[error("too many texts in that time")]
    TooMany,
}

/// Checks that an account's login works, without sending anything.
pub trait CheckAccount: Send + Sync {
    /// Asks the provider about the account.
    fn check<'a>(&'a self, account: &'a Account) -> BoxFuture<'a, Result<CheckReport, CheckError>>;
}

/// What the provider says about an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// The account's name at the provider.
    pub name: String,
    /// Whether it may send at present.
    pub active: bool,
    /// The provider's own word for its state.
    pub status: String,
    /// The provider's time of its answer in Unix ms, to notice a wrong clock here.
    pub provider_at: Option<i64>,
}

/// Why an account could not be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The login was refused.
    #[error("the provider refused the login ({code})")]
    Refused {
        /// The provider's own code.
        code: String,
    },
    /// The provider did not answer usefully.
    #[error("the provider did not answer: {detail}")]
    Unreachable {
        /// What was seen.
        detail: String,
    },
}

impl CheckError {
    /// The stable code shown to people and clients.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Settings(_) => "account_settings",
            Self::Refused { .. } => "account_refused",
            Self::Unreachable { .. } => "provider_unreachable",
        }
    }
}

/// Downloads the pictures customers send.
pub trait FetchMedia: Send + Sync {
    /// Gets a picture named in an inbound text. Only the provider's own hosts
    /// are asked, whatever the webhook said, and the login goes to no other.
    fn fetch_media<'a>(
        &'a self,
        account: &'a Account,
        url: &'a str,
        limits: MediaLimits,
    ) -> BoxFuture<'a, Result<FetchedMedia, MediaError>>;
}

/// What a downloaded picture may be.
#[derive(Debug, Clone, Copy)]
pub struct MediaLimits {
    /// Most bytes.
    pub max_bytes: u64,
    /// Accepted MIME types, such as `image/jpeg`; an entry such as `image/*` accepts all of a kind.
    pub content_types: &'static [&'static str],
}

impl MediaLimits {
    /// Whether a MIME type, possibly with parameters, is accepted.
    #[must_use]
    pub fn accepts(&self, content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        self.content_types.iter().any(|accepted| match accepted.strip_suffix("/*") {
            Some(kind) => essence.split_once('/').is_some_and(|(head, _)| head.eq_ignore_ascii_case(kind)),
            None => essence.eq_ignore_ascii_case(accepted),
        })
    }
}

/// A downloaded picture. Its type is what the provider said: sniff before use.
#[derive(Clone, PartialEq, Eq)]
pub struct FetchedMedia {
    /// The MIME type without parameters.
    pub content_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

impl std::fmt::Debug for FetchedMedia {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FetchedMedia({}, {} bytes)", self.content_type, self.bytes.len())
    }
}

/// Why a picture could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The URL leads away from the provider.
    #[error("the picture is not on one of the provider's hosts")]
    ForeignHost,
    /// It is larger than allowed.
    #[error("the picture is too large")]
    TooLarge,
    /// It is of a type that is not accepted.
    #[error("pictures of this type are not accepted")]
    ContentType,
    /// The provider does not have it (any more), or refused the login.
    #[error("the provider refused the picture with status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// The provider did not answer usefully; worth another try later.
    #[error("the provider did not answer: {detail}")]
    Unreachable {
        /// What was seen.
        detail: String,
    },
}

impl MediaError {
    /// Whether a later try can succeed.
    #[must_use]
    pub const fn passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            // A picture can be announced a moment before it is stored.
            Self::Refused { status } => *status == 404 || *status == 429 || *status >= 500,
            Self::Settings(_) | Self::ForeignHost | Self::TooLarge | Self::ContentType => false,
        }
    }
}
