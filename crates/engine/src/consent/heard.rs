//! What was read in an opt-out: the entry of the ledger that made it.

use crate::Engine;
use domain::id::{ConsentId, ConversationId, Id, WorkspaceId};
use std::collections::HashMap;
use store::consent::{self, ConsentRow};
use store::suppression::SuppressionRow;
use store::{DbError, message};
use uuid::Uuid;

/// How an opt-out became known.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The entry of the ledger.
    pub entry: ConsentRow,
    /// The conversation of the customer's text, where a text did it.
    pub conversation: Option<ConversationId>,
}

/// The entry that an opt-out names as its source, `keyword:con_…`.
#[must_use]
pub fn entry_of(row: &SuppressionRow) -> Option<ConsentId> {
    row.source.split_once(':')?.1.parse().ok()
}

impl Engine {
    /// The entries behind some opt-outs, by id. Opt-outs of the demo shop have none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn opt_outs_heard(
        &self,
        ws: WorkspaceId,
        rows: &[SuppressionRow],
    ) -> Result<HashMap<ConsentId, Heard>, DbError> {
        let ids: Vec<Uuid> = rows.iter().filter_map(entry_of).map(Id::uuid).collect();
        self.workspace(ws)
            .read(move |tx| {
                let entries = consent::by_ids(tx, ids)?;
                let texts = entries.iter().filter_map(|entry| entry.message).map(Id::uuid).collect();
                let places: HashMap<_, _> =
                    message::get_many(tx, texts)?.into_iter().map(|row| (row.id, row.conversation_id)).collect();
                let heard = |entry: ConsentRow| {
                    let conversation = entry.message.and_then(|message| places.get(&message).copied());
                    (entry.id, Heard { entry, conversation })
                };
                Ok(entries.into_iter().map(heard).collect())
            })
            .await
    }
}
