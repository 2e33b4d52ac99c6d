//! One opt-out, with what was read in it.

use std::collections::HashMap;

use domain::id::ConsentId as EntryId;
use engine::SuppressionRow;
use engine::consent::{Heard, entry_of};
use engine::names::Names;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::{Checked, Faults};
use crate::wire::{ConsentId, ConsentMethod, ConversationId, CustomerId, MessageId};

/// Someone who must not be texted.
#[derive(Debug, Serialize, ToSchema)]
pub struct OptOut {
    /// The number.
    pub address: String,
    /// What it covers: `all`, a purpose, or a topic of the shop's own.
    #[schema(example = "all")]
    pub scope: String,
    /// Since when, Unix ms.
    pub since: i64,
    /// How we learnt of it.
    #[schema(example = "keyword")]
    pub source: String,
    /// Whose number it is, where known.
    pub customer_id: Option<CustomerId>,
    /// Their name; empty when not known.
    pub customer_name: String,
    /// What it was read from, as the ledger keeps it; null where no entry stands behind it.
    pub heard: Option<OptOutHeard>,
}

/// What an opt-out was read from.
#[derive(Debug, Serialize, ToSchema)]
pub struct OptOutHeard {
    /// The entry of the consent ledger.
    pub consent_id: ConsentId,
    /// By which way it came.
    pub method: ConsentMethod,
    /// The customer's words, or how they asked as a member noted it; empty where nothing was kept.
    pub words: String,
    /// What the words were taken for: the layer and its row, such as `keyword:stop`; null where nobody wrote words.
    #[schema(example = "phrase:stop_texting")]
    pub matched_by: Option<String>,
    /// The customer's text, where one did it.
    pub message_id: Option<MessageId>,
    /// Its conversation.
    pub conversation_id: Option<ConversationId>,
    /// Who wrote it down: `member`, `api_key`, `cli` or `system`.
    pub actor_kind: String,
    /// Their name, where known.
    pub actor_name: Option<String>,
}

/// The e-mail by which a customer asked to stop.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptOutEmail {
    /// Its words, as they stand there.
    #[schema(max_length = 1500, example = "Please take my number off your list.")]
    pub text: String,
    /// Whom it came from, where known.
    #[serde(default)]
    #[schema(max_length = 254, example = "ava@example.com")]
    pub from: String,
    /// When it was sent, Unix ms.
    pub sent_at: i64,
}

impl OptOutEmail {
    /// What the ledger keeps of it, beside what whoever wrote it down notes.
    pub(super) fn evidence(&self, note: &str) -> serde_json::Value {
        serde_json::json!({
            "words": self.text.trim(), "from": self.from.trim(), "email_sent_at": self.sent_at, "note": note,
        })
    }
}

impl Checked for OptOutEmail {
    fn check(&self, faults: &mut Faults) {
        faults.text("text", &self.text, 1, 1500);
        faults.text("from", &self.from, 0, 254);
        faults.instant("sent_at", self.sent_at);
    }
}

impl OptOut {
    /// An opt-out with whose it is and what is behind it.
    pub(super) fn of(
        row: SuppressionRow,
        owners: &HashMap<String, (domain::id::CustomerId, String)>,
        heard: &HashMap<EntryId, Heard>,
        names: &Names,
    ) -> Self {
        let owner = owners.get(&row.address);
        Self {
            heard: entry_of(&row).and_then(|id| heard.get(&id)).map(|heard| OptOutHeard::of(heard, names)),
            scope: row.scope,
            since: row.since,
            source: row.source,
            customer_id: owner.map(|(id, _)| (*id).into()),
            customer_name: owner.map(|(_, name)| name.clone()).unwrap_or_default(),
            address: row.address,
        }
    }
}

impl OptOutHeard {
    fn of(heard: &Heard, names: &Names) -> Self {
        let entry = &heard.entry;
        let evidence: serde_json::Value = serde_json::from_str(&entry.evidence).unwrap_or_default();
        let text = |key: &str| evidence.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
        Self {
            consent_id: entry.id.into(),
            method: entry.method.into(),
            words: text("words").or_else(|| text("note")).unwrap_or_default(),
            matched_by: text("matched_by"),
            message_id: entry.message.map(Into::into),
            conversation_id: heard.conversation.map(Into::into),
            actor_kind: if entry.actor_kind == "api" { "api_key".to_owned() } else { entry.actor_kind.clone() },
            actor_name: names.actor(&entry.actor_kind, entry.actor_id).1,
        }
    }
}
