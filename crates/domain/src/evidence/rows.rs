//! What the chain keeps of each kind of row, wherever the row lies: in the
//! database or in a pack that was carried away.

use super::{Canon, Digest, Kind};
use uuid::Uuid;

/// An entry of the consent ledger.
#[derive(Debug, Clone, Copy)]
pub struct ConsentSeal<'a> {
    /// Random bytes.
    pub salt: &'a [u8],
    /// Its identity.
    pub id: Uuid,
    /// The address.
    pub address: &'a str,
    /// The customer, where one was known.
    pub customer: Option<Uuid>,
    /// The channel's word.
    pub channel: &'a str,
    /// What it permits or withdraws.
    pub permits: &'a str,
    /// The topic.
    pub topic: &'a str,
    /// What it does.
    pub action: &'a str,
    /// How good the permission is.
    pub proof: &'a str,
    /// By which way.
    pub method: &'a str,
    /// The words shown.
    pub disclosure: Option<Uuid>,
    /// The customer's text.
    pub message: Option<Uuid>,
    /// More, as it is stored.
    pub evidence: &'a str,
    /// The kind of who wrote it down.
    pub actor_kind: &'a str,
    /// Who, where there is somebody.
    pub actor_id: Option<Uuid>,
    /// Unix ms.
    pub occurred_at: i64,
    /// Unix ms.
    pub recorded_at: i64,
}

impl ConsentSeal<'_> {
    /// Its digest.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Canon::new(Kind::Consent)
            .bytes(self.salt)
            .uuid(self.id)
            .text(self.address)
            .maybe(self.customer, Canon::uuid)
            .text(self.channel)
            .text(self.permits)
            .text(self.topic)
            .text(self.action)
            .text(self.proof)
            .text(self.method)
            .maybe(self.disclosure, Canon::uuid)
            .maybe(self.message, Canon::uuid)
            .text(self.evidence)
            .text(self.actor_kind)
            .maybe(self.actor_id, Canon::uuid)
            .int(self.occurred_at)
            .int(self.recorded_at)
            .digest()
    }
}

/// A disclosure.
#[derive(Debug, Clone, Copy)]
pub struct DisclosureSeal<'a> {
    /// Its identity.
    pub id: Uuid,
    /// The channel's word.
    pub channel: &'a str,
    /// What it is for.
    pub permits: &'a str,
    /// A language tag.
    pub locale: &'a str,
    /// The words, byte by byte.
    pub text: &'a str,
    /// SHA-256 of the words, as it was kept.
    pub sha256: &'a [u8],
    /// Unix ms.
    pub created_at: i64,
}

impl DisclosureSeal<'_> {
    /// Its digest.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Canon::new(Kind::Disclosure)
            .uuid(self.id)
            .text(self.channel)
            .text(self.permits)
            .text(self.locale)
            .text(self.text)
            .bytes(self.sha256)
            .int(self.created_at)
            .digest()
    }
}

/// A verdict of the gate. Its message's identity is random enough to be its salt.
#[derive(Debug, Clone, Copy)]
pub struct DecisionSeal<'a> {
    /// The message.
    pub message: Uuid,
    /// Its number.
    pub no: i64,
    /// The verdict's word.
    pub verdict: &'a str,
    /// The code that decided.
    pub code: &'a str,
    /// Unix ms.
    pub at: i64,
    /// The whole decision, as it is stored.
    pub record: &'a str,
}

impl DecisionSeal<'_> {
    /// Its digest.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Canon::new(Kind::Decision)
            .uuid(self.message)
            .int(self.no)
            .text(self.verdict)
            .text(self.code)
            .int(self.at)
            .text(self.record)
            .digest()
    }

    /// The key it is sealed under.
    #[must_use]
    pub fn key(&self) -> Vec<u8> {
        [&self.message.as_bytes()[..], &self.no.to_be_bytes()].concat()
    }
}

/// An entry of the audit log.
#[derive(Debug, Clone, Copy)]
pub struct AuditSeal<'a> {
    /// Its identity.
    pub id: Uuid,
    /// Unix ms.
    pub at: i64,
    /// The kind of actor.
    pub actor_kind: &'a str,
    /// The actor, where there is one.
    pub actor_id: Option<Uuid>,
    /// What was done.
    pub action: &'a str,
    /// To what.
    pub subject: &'a str,
    /// More, as it is stored.
    pub detail: &'a str,
}

impl AuditSeal<'_> {
    /// Its digest.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Canon::new(Kind::Audit)
            .uuid(self.id)
            .int(self.at)
            .text(self.actor_kind)
            .maybe(self.actor_id, Canon::uuid)
            .text(self.action)
            .text(self.subject)
            .text(self.detail)
            .digest()
    }
}
