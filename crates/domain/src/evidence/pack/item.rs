//! What stands in `evidence.json`: one item a line, each of a kind.
//!
//! tidy: a data table. Ids are written with their prefix, digests and salts in
//! hexadecimal, times in Unix ms. What the database holds as JSON (`evidence`,
//! `record`, `detail`) stays the text it is there, since its digest is over that.

use crate::evidence::{AuditSeal, ConsentSeal, DecisionSeal, Digest, DisclosureSeal, Kind, Sealed};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One line of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Item {
    /// What the pack is about.
    About(About),
    /// How consent stands.
    Standing(Standing),
    /// An opt-out as it holds, or held until it was lifted.
    OptOut(OptOut),
    /// Words shown when consent was asked for.
    Disclosure(Disclosure),
    /// An entry of the consent ledger.
    Consent(Consent),
    /// A text, either way.
    Message(Message),
    /// A verdict of the gate on a text.
    Decision(Decision),
    /// An entry of the audit log.
    Audit(Audit),
    /// A stretch of the chain.
    Span(Span),
    /// A signed head of the chain.
    Head(Head),
}

/// What a pack is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The name and version of the format.
    pub format: String,
    /// The pack.
    pub pack: String,
    /// The workspace.
    pub workspace: String,
    /// Its name.
    pub workspace_name: String,
    /// The name that texts.
    pub brand: String,
    /// The workspace's IANA time zone.
    pub time_zone: String,
    /// The address.
    pub address: String,
    /// The customer it belongs to, where one is known.
    pub customer: Option<String>,
    /// The customer's name; empty where unknown.
    pub customer_name: String,
    /// When the pack was made.
    pub made_at: i64,
    /// The kind of who had it made.
    pub made_by_kind: String,
    /// Who, where there is somebody.
    pub made_by: Option<String>,
    /// Their name; empty where unknown.
    pub made_by_name: String,
    /// The version of Hark.
    pub hark: String,
}

/// How consent stands for a channel, purpose and topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The channel.
    pub channel: String,
    /// The purpose.
    pub permits: String,
    /// The topic; empty for every topic.
    pub topic: String,
    /// How it stands.
    pub status: String,
    /// How good the permission is.
    pub proof: String,
    /// Since when.
    pub since: i64,
    /// The entry of the ledger that made it so.
    pub consent: String,
}

/// An opt-out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptOut {
    /// What it covers.
    pub scope: String,
    /// Since when.
    pub since: i64,
    /// When it was lifted, where it was.
    pub lifted_at: Option<i64>,
    /// How we learnt of it.
    pub source: String,
    /// The text that said so, where one did.
    pub message: Option<String>,
    /// The words that were read; empty where none were.
    pub words: String,
    /// The entry of the ledger that tells of it.
    pub consent: Option<String>,
}

/// Words shown when consent was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// Its identity: each version of the words has its own.
    pub id: String,
    /// The channel.
    pub channel: String,
    /// What it is for.
    pub permits: String,
    /// A language tag.
    pub locale: String,
    /// The words, exactly.
    pub text: String,
    /// SHA-256 of the words in UTF-8.
    pub text_sha256: String,
    /// Since when these words are kept.
    pub created_at: i64,
    /// The way to a signed head; none where it is older than the chain.
    pub way: Option<Way>,
}

/// An entry of the consent ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Its identity.
    pub id: String,
    /// The address.
    pub address: String,
    /// The customer, where one was known.
    pub customer: Option<String>,
    /// The channel.
    pub channel: String,
    /// What it permits or withdraws.
    pub permits: String,
    /// The topic; empty for every topic.
    pub topic: String,
    /// What it does.
    pub action: String,
    /// How good the permission is.
    pub proof: String,
    /// By which way.
    pub method: String,
    /// The words shown.
    pub disclosure: Option<String>,
    /// The customer's text.
    pub message: Option<String>,
    /// More, as the text of a JSON object.
    pub evidence: String,
    /// The kind of who wrote it down.
    pub actor_kind: String,
    /// Who, 32 hexadecimal digits.
    pub actor: Option<String>,
    /// When the customer acted.
    pub occurred_at: i64,
    /// When it was written down.
    pub recorded_at: i64,
    /// Random bytes under which it was sealed.
    pub salt: String,
    /// The way to a signed head; none where it is older than the chain.
    pub way: Option<Way>,
}

/// A text, either way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its identity.
    pub id: String,
    /// The conversation.
    pub conversation: String,
    /// Its number there.
    pub seq: i64,
    /// `inbound` or `outbound`.
    pub direction: String,
    /// The customer's address.
    pub address: String,
    /// Our number.
    pub our_address: String,
    /// The words, exactly.
    pub body: String,
    /// SHA-256 of the words in UTF-8.
    pub body_sha256: String,
    /// The pictures that went with it.
    pub media: Vec<Media>,
    /// Why it was sent.
    pub purpose: Option<String>,
    /// Who asked for it.
    pub origin: Option<String>,
    /// The kind of who wrote it.
    pub author_kind: Option<String>,
    /// Who, 32 hexadecimal digits.
    pub author: Option<String>,
    /// Where it stands.
    pub state: String,
    /// Since when.
    pub state_at: i64,
    /// Why it was held, refused or failed.
    pub reason_code: Option<String>,
    /// The same in plain words.
    pub reason_detail: Option<String>,
    /// Until when it is held.
    pub held_until: Option<i64>,
    /// Not to be sent before.
    pub send_after: Option<i64>,
    /// Worthless after.
    pub valid_until: Option<i64>,
    /// The message it tries again.
    pub retry_of: Option<String>,
    /// The parts it was sent in.
    pub parts: i64,
    /// Whether it was on its way already when the customer opted out.
    pub in_flight_at_opt_out: bool,
    /// The tries at handing it over: each its state, the provider's id, error and times.
    pub attempts: Vec<Attempt>,
    /// When it came in or was accepted.
    pub created_at: i64,
}

/// A picture of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Its identity.
    pub id: String,
    /// Its MIME type.
    pub content_type: String,
    /// Its size in bytes.
    pub bytes: i64,
    /// SHA-256 of its bytes; none where they were never fetched.
    pub sha256: Option<String>,
}

/// A try at handing a message to a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its identity.
    pub id: String,
    /// Where it stands.
    pub state: String,
    /// The provider's id of the message.
    pub provider_id: Option<String>,
    /// The class of an error.
    pub error_class: Option<String>,
    /// The provider's own code.
    pub error_code: Option<String>,
    /// When it began.
    pub created_at: i64,
    /// When it was settled.
    pub settled_at: Option<i64>,
}

/// A verdict of the gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The message.
    pub message: String,
    /// Its number, which orders a message's verdicts.
    pub no: i64,
    /// `send`, `hold` or `refuse`.
    pub verdict: String,
    /// The code that decided.
    pub code: String,
    /// When it was drawn.
    pub at: i64,
    /// All of it: rules, versions, local times and what it was based on, as the text of a JSON object.
    pub record: String,
    /// The way to a signed head; none where it is older than the chain.
    pub way: Option<Way>,
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// Its identity.
    pub id: String,
    /// When.
    pub at: i64,
    /// The kind of actor.
    pub actor_kind: String,
    /// The actor, 32 hexadecimal digits.
    pub actor: Option<String>,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// More, as the text of a JSON object.
    pub detail: String,
    /// The way to a signed head; none where it is older than the chain.
    pub way: Option<Way>,
}

/// How a row hangs in an entry of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// The number of the entry.
    pub entry: i64,
    /// The entry's instant.
    pub at: i64,
    /// The row's place in it, from 0.
    pub index: u64,
    /// How many rows it has.
    pub count: u64,
    /// The hashes beside the way from the row up to the root of the entry's tree.
    pub beside: Vec<String>,
}

/// A stretch of the chain: from a known hash to a signed head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The number of the entry before its first; 0 for the beginning of the chain.
    pub after: i64,
    /// That entry's hash.
    pub hash: String,
    /// The digests of its entries, in order.
    pub entries: Vec<String>,
}

/// A signed head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The workspace.
    pub workspace: String,
    /// The number of the last entry.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
    /// When it was signed.
    pub at: i64,
    /// The Ed25519 key.
    pub public_key: String,
    /// The signature.
    pub signature: String,
}

/// The identity behind a text: `con_…` or plain digits.
pub(super) fn uuid(text: &str) -> Option<Uuid> {
    let digits = text.split_once('_').map_or(text, |(_, digits)| digits);
    Uuid::try_parse(digits).ok()
}

/// An identity that may be absent: an unreadable one is not the same as none.
fn maybe(text: Option<&str>) -> Option<Option<Uuid>> {
    match text {
        None => Some(None),
        Some(text) => uuid(text).map(Some),
    }
}

impl Item {
    /// The word of its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::About(_) => "about",
            Self::Standing(_) => "standing",
            Self::OptOut(_) => "opt_out",
            Self::Disclosure(_) => "disclosure",
            Self::Consent(_) => "consent",
            Self::Message(_) => "message",
            Self::Decision(_) => "decision",
            Self::Audit(_) => "audit",
            Self::Span(_) => "span",
            Self::Head(_) => "head",
        }
    }

    /// What names it among those of its kind.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::About(about) => about.pack.clone(),
            Self::Standing(row) if row.topic.is_empty() => format!("{} {}", row.channel, row.permits),
            Self::Standing(row) => format!("{} {} {}", row.channel, row.permits, row.topic),
            Self::OptOut(row) => row.scope.clone(),
            Self::Disclosure(row) => row.id.clone(),
            Self::Consent(row) => row.id.clone(),
            Self::Message(row) => row.id.clone(),
            Self::Decision(row) => format!("{} {}", row.message, row.no),
            Self::Audit(row) => row.id.clone(),
            Self::Span(row) => format!("after {}", row.after),
            Self::Head(row) => format!("{} signed {}", row.seq, row.at),
        }
    }

    /// Its way into the chain, for a kind that has one; inside, none where it is older than the chain.
    #[must_use]
    pub const fn way(&self) -> Option<Option<&Way>> {
        match self {
            Self::Disclosure(row) => Some(row.way.as_ref()),
            Self::Consent(row) => Some(row.way.as_ref()),
            Self::Decision(row) => Some(row.way.as_ref()),
            Self::Audit(row) => Some(row.way.as_ref()),
            Self::About(_) | Self::Standing(_) | Self::OptOut(_) | Self::Message(_) | Self::Span(_) | Self::Head(_) => {
                None
            }
        }
    }

    /// The row as the chain seals it; none for a kind it does not seal, or where an id cannot be read.
    #[must_use]
    pub fn sealed(&self) -> Option<Sealed> {
        let row = |kind, key: Uuid, digest: Digest| Sealed { kind, key: key.as_bytes().to_vec(), digest };
        Some(match self {
            Self::Consent(one) => row(Kind::Consent, uuid(&one.id)?, one.digest()?),
            Self::Disclosure(one) => row(Kind::Disclosure, uuid(&one.id)?, one.digest()?),
            Self::Audit(one) => row(Kind::Audit, uuid(&one.id)?, one.digest()?),
            Self::Decision(one) => {
                let seal = DecisionSeal {
                    message: uuid(&one.message)?,
                    no: one.no,
                    verdict: &one.verdict,
                    code: &one.code,
                    at: one.at,
                    record: &one.record,
                };
                Sealed { kind: Kind::Decision, key: seal.key(), digest: seal.digest() }
            }
            Self::About(_) | Self::Standing(_) | Self::OptOut(_) | Self::Message(_) | Self::Span(_) | Self::Head(_) => {
                return None;
            }
        })
    }
}

impl Consent {
    fn digest(&self) -> Option<Digest> {
        let seal = ConsentSeal {
            salt: &hex::decode(&self.salt).ok()?,
            id: uuid(&self.id)?,
            address: &self.address,
            customer: maybe(self.customer.as_deref())?,
            channel: &self.channel,
            permits: &self.permits,
            topic: &self.topic,
            action: &self.action,
            proof: &self.proof,
            method: &self.method,
            disclosure: maybe(self.disclosure.as_deref())?,
            message: maybe(self.message.as_deref())?,
            evidence: &self.evidence,
            actor_kind: &self.actor_kind,
            actor_id: maybe(self.actor.as_deref())?,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
        };
        Some(seal.digest())
    }
}

impl Disclosure {
    fn digest(&self) -> Option<Digest> {
        let seal = DisclosureSeal {
            id: uuid(&self.id)?,
            channel: &self.channel,
            permits: &self.permits,
            locale: &self.locale,
            text: &self.text,
            sha256: &hex::decode(&self.text_sha256).ok()?,
            created_at: self.created_at,
        };
        Some(seal.digest())
    }
}

impl Audit {
    fn digest(&self) -> Option<Digest> {
        let seal = AuditSeal {
            id: uuid(&self.id)?,
            at: self.at,
            actor_kind: &self.actor_kind,
            actor_id: maybe(self.actor.as_deref())?,
            action: &self.action,
            subject: &self.subject,
            detail: &self.detail,
        };
        Some(seal.digest())
    }
}
