//! What an entry must be before it is written down.

use domain::address::Address;
use domain::consent::{Action, Channel, Method, Permits, Proof, TOPIC_CHARS_MAX, Unfit};
use domain::id::DisclosureId;
use domain::message::Purpose;
use sha2::{Digest, Sha256};
use store::consent::DisclosureRow;
use store::{DbError, suppression};

/// A clock of another program may be ahead by this much, in ms.
const AHEAD_MS: i64 = 5 * 60 * 1000;
/// Most characters of a disclosure.
const DISCLOSURE_CHARS_MAX: usize = 4_000;
/// Most bytes of the evidence of one entry, as JSON.
const EVIDENCE_BYTES_MAX: usize = 8_000;

/// The words shown when consent was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// A language tag, such as `en-US`.
    pub locale: String,
    /// The words, byte by byte.
    pub text: String,
}

impl Disclosure {
    pub(crate) fn row(self, id: DisclosureId, channel: Channel, permits: Permits, now: i64) -> DisclosureRow {
        let sha256 = Sha256::digest(self.text.as_bytes()).to_vec();
        DisclosureRow { id, channel, permits, locale: self.locale, text: self.text, sha256, created_at: now }
    }
}

/// Something a customer permitted, asked for, confirmed or withdrew.
#[derive(Debug, Clone, PartialEq)]
pub struct NewConsent {
    /// The customer's address.
    pub address: Address,
    /// The channel.
    pub channel: Channel,
    /// What it permits or withdraws.
    pub permits: Permits,
    /// The topic; empty for every topic.
    pub topic: String,
    /// What it does.
    pub action: Action,
    /// How good the permission is.
    pub proof: Proof,
    /// By which way.
    pub method: Method,
    /// The words shown.
    pub disclosure: Option<Disclosure>,
    /// More: source url, ip, user agent, order, the customer's own words.
    pub evidence: serde_json::Value,
    /// When the customer acted, Unix ms; now where nobody knows.
    pub occurred_at: Option<i64>,
}

/// Why an entry is not written down.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// The address cannot be texted.
    #[error("this is no phone number that can be texted")]
    BadAddress,
    /// Everything can be withdrawn or resumed, and nothing else.
    #[error("only an opt-out or its end can cover everything; name a purpose")]
    EverythingOnlyWithdrawn,
    /// What covers everything has no topic.
    #[error("an opt-out of everything has no topic; name a purpose")]
    TopicOfEverything,
    /// A topic with a name that means something else.
    #[error("this name is no topic's: it stands for a purpose or for everything")]
    TopicReserved,
    /// A doubt comes from a text and is settled by its answer; what is kept of an opt-out, the customer says.
    #[error("a doubt is neither raised nor settled by hand, nor is an opt-out narrowed by it")]
    ByTextOnly,
    /// Written permission without the words that were shown.
    #[error("written consent needs the exact words that were shown")]
    DisclosureMissing,
    /// The words are too long.
    #[error("a disclosure has at most {DISCLOSURE_CHARS_MAX} characters")]
    DisclosureTooLong,
    /// The topic's name is too long.
    #[error("a topic has at most {TOPIC_CHARS_MAX} characters")]
    TopicTooLong,
    /// More evidence than is kept.
    #[error("the evidence of one entry has at most {EVIDENCE_BYTES_MAX} bytes, as a JSON object")]
    BadEvidence,
    /// It has not happened yet.
    #[error("it is said to occur in the future")]
    InTheFuture,
    /// It makes no sense where consent stands.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl ConsentError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadAddress => "bad_address",
            Self::EverythingOnlyWithdrawn => "purpose_missing",
            Self::TopicOfEverything => "topic_without_purpose",
            Self::TopicReserved => "topic_reserved",
            Self::ByTextOnly => "action_reserved",
            Self::DisclosureMissing => "disclosure_missing",
            Self::DisclosureTooLong => "disclosure_too_long",
            Self::TopicTooLong => "topic_too_long",
            Self::BadEvidence => "bad_evidence",
            Self::InTheFuture => "in_the_future",
            Self::Unfit(unfit) => unfit.code(),
            Self::Store(_) => "unavailable",
        }
    }
}

/// Whether a topic's name stands for a purpose or for everything.
pub(crate) fn topic_reserved(topic: &str) -> bool {
    let topic = topic.trim().to_lowercase();
    [suppression::ALL_TEXTS, suppression::UNSURE].contains(&topic.as_str()) || Purpose::from_word(&topic).is_some()
}

/// Refuses what cannot be an entry.
pub(super) fn check(new: &NewConsent, now: i64) -> Result<(), ConsentError> {
    // Consent to e-mail waits for addresses of that kind.
    if new.channel != Channel::Sms || !matches!(new.address, Address::Phone(_) | Address::ShortCode(_)) {
        return Err(ConsentError::BadAddress);
    }
    if matches!(new.action, Action::Doubt | Action::Settle | Action::Keep) {
        return Err(ConsentError::ByTextOnly);
    }
    if new.permits == Permits::All && !matches!(new.action, Action::Revoke | Action::Resume | Action::Expire) {
        return Err(ConsentError::EverythingOnlyWithdrawn);
    }
    if new.permits == Permits::All && !new.topic.trim().is_empty() {
        return Err(ConsentError::TopicOfEverything);
    }
    check_topic(&new.topic)?;
    let words = new.disclosure.as_ref().map(|words| words.text.trim());
    if new.proof == Proof::Written && new.action == Action::Grant && words.is_none_or(str::is_empty) {
        return Err(ConsentError::DisclosureMissing);
    }
    if words.is_some_and(|words| words.chars().count() > DISCLOSURE_CHARS_MAX || words.contains('\0')) {
        return Err(ConsentError::DisclosureTooLong);
    }
    if !new.evidence.is_object() || new.evidence.to_string().len() > EVIDENCE_BYTES_MAX {
        return Err(ConsentError::BadEvidence);
    }
    if new.occurred_at.is_some_and(|at| at > now + AHEAD_MS || at < 0) {
        return Err(ConsentError::InTheFuture);
    }
    Ok(())
}

/// Refuses what cannot name a topic.
///
/// # Errors
/// [`ConsentError::TopicReserved`] and [`ConsentError::TopicTooLong`].
pub fn check_topic(topic: &str) -> Result<(), ConsentError> {
    if topic_reserved(topic) {
        return Err(ConsentError::TopicReserved);
    }
    if topic.trim().chars().count() > TOPIC_CHARS_MAX {
        return Err(ConsentError::TopicTooLong);
    }
    Ok(())
}
