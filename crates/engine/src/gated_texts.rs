//! What the gate held and what it refused, across all conversations, each with the
//! verdict that holds.

use crate::Engine;
use crate::messages::Decided;
use domain::id::{ConversationId, CustomerId, Id, MessageId, WorkspaceId};
use std::collections::HashMap;
use store::decision::SealedDecision;
use store::message::MessageRow;
use store::{DbError, Tx, conversation, decision, message, outbox};
use uuid::Uuid;

/// A text that the gate held or refused.
#[derive(Debug, Clone)]
pub struct GatedText {
    /// The text.
    pub row: MessageRow,
    /// Whose conversation it is in.
    pub customer: CustomerId,
    /// Their name; empty when not known.
    pub customer_name: String,
    /// The address it is for.
    pub address: String,
    /// The last verdict on it, and its number among those on this text, from 1.
    pub decided: Option<(i64, Decided)>,
}

impl GatedText {
    /// Where a held text stands in its list: until when it is held, Unix ms.
    #[must_use]
    pub fn held_place(&self) -> i64 {
        self.row.held_until.unwrap_or(outbox::WHEN_LIFTED)
    }
}

impl Engine {
    /// Held texts, the next to go on first, after a place: the instant (Unix ms) and the id.
    /// What a stop switch holds comes last.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn held_text_page(
        &self,
        ws: WorkspaceId,
        after: Option<(i64, MessageId)>,
        limit: i64,
    ) -> Result<Vec<GatedText>, DbError> {
        let after = after.unwrap_or((i64::MIN, MessageId::new(Uuid::nil())));
        self.workspace(ws)
            .read(move |tx| {
                let rows = message::held(tx, after, limit)?;
                gated(tx, rows)
            })
            .await
    }

    /// Refused texts, the latest first, before a place: the instant (Unix ms) and the id.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn refused_text_page(
        &self,
        ws: WorkspaceId,
        before: Option<(i64, MessageId)>,
        limit: i64,
    ) -> Result<Vec<GatedText>, DbError> {
        let before = before.unwrap_or((i64::MAX, MessageId::new(Uuid::max())));
        self.workspace(ws)
            .read(move |tx| {
                let rows = message::refused(tx, before, limit)?;
                gated(tx, rows)
            })
            .await
    }
}

/// Texts with their customers and the last verdict on each.
fn gated(tx: &mut Tx<'_>, rows: Vec<MessageRow>) -> Result<Vec<GatedText>, DbError> {
    let mut talks: Vec<Uuid> = rows.iter().map(|row| Id::uuid(row.conversation_id)).collect();
    talks.sort_unstable();
    talks.dedup();
    let talks: HashMap<ConversationId, _> =
        conversation::get_many(tx, talks)?.into_iter().map(|talk| (talk.id, talk)).collect();
    let mut last: HashMap<MessageId, (i64, SealedDecision)> = HashMap::new();
    // They come in the order they were drawn, so that the last one stays.
    for kept in decision::of_messages(tx, rows.iter().map(|row| Id::uuid(row.id)).collect())? {
        let before = last.get(&kept.message).map_or(0, |(no, _)| *no);
        last.insert(kept.message, (before + 1, kept));
    }
    let whole = |row: MessageRow| {
        let talk = talks.get(&row.conversation_id)?;
        Some(GatedText {
            customer: talk.customer_id,
            customer_name: talk.customer_name.clone(),
            address: talk.address.clone(),
            decided: last.remove(&row.id).and_then(|(no, kept)| Some((no, Decided::read(&kept)?))),
            row,
        })
    };
    Ok(rows.into_iter().filter_map(whole).collect())
}
