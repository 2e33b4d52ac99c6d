//! Single messages: looked up, explained, sent again.

use crate::Engine;
use crate::accounts::audited;
use crate::idempotency::Keep;
use crate::reply::{Author, Destination, Fresh, NewText, ReplyError, Wanted, accept_one};
use crate::text_request::{Sent, sent_in};
use domain::gate::Decision;
use domain::id::{ConversationId, Id, InboxId, MediaId, MessageId, WorkspaceId};
use domain::limits::MEDIA_MAX;
use domain::message::{Kind, Origin, Purpose, State};
use std::collections::HashMap;
use store::decision::{DecisionRow, Pass, SealedDecision};
use store::media::MediaRow;
use store::message::MessageRow;
use store::{DbError, Tx, attempt, conversation, customer, decision, media, message};
use uuid::Uuid;

/// A message with its pictures.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The message.
    pub row: MessageRow,
    /// Its pictures.
    pub media: Vec<MediaRow>,
}

/// A decision of the gate, as it was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// Whether it was drawn as the text was claimed, not as it was accepted.
    pub at_claim: bool,
    /// The instant, Unix ms.
    pub at: i64,
    /// What was decided, and why.
    pub decision: Decision,
}

impl Decided {
    fn of(message: MessageId, pass: Pass, at: i64, record: &str) -> Option<Self> {
        match serde_json::from_str(record) {
            Ok(decision) => Some(Self { at_claim: pass == Pass::Claim, at, decision }),
            Err(error) => {
                tracing::error!(message.id = %message, %error, "a decision of an unknown form is left out");
                None
            }
        }
    }

    /// A decision of a list over many messages.
    pub(crate) fn read(kept: &SealedDecision) -> Option<Self> {
        Self::of(kept.message, Pass::of_no(kept.no), kept.at, &kept.record)
    }
}

/// A text of a list over all conversations.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The message.
    pub row: MessageRow,
    /// The inbox of its conversation.
    pub inbox: InboxId,
    /// The customer's address there.
    pub address: String,
    /// When it was last handed over, Unix ms.
    pub handed_at: Option<i64>,
    /// What its provider last called its error.
    pub error_code: Option<String>,
}

/// A place in a list of texts, the latest first: Unix ms and id, exclusive.
pub type Before = (i64, MessageId);

/// Most conversations of one customer that a list of their texts looks into.
const TALKS_MAX: i64 = 200;

/// Why a text is not sent again.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// No such message.
    #[error("no such message")]
    NotFound,
    /// It arrived, is on its way, or was no text of ours.
    #[error("a message that is {0} is not sent again")]
    NotRetryable(State),
    /// It was sent again before, and that is on its way or has arrived.
    #[error("it was sent again as {0}; if that did not arrive either, ask for that one")]
    SentAgain(MessageId),
    /// The new text was not kept.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Engine {
    /// Texts of all conversations or of one address, the latest first, from a place
    /// on and not from before `since` (Unix ms).
    ///
    /// # Errors
    /// When the store fails.
    pub async fn message_recent(
        &self,
        ws: WorkspaceId,
        address: Option<String>,
        before: Option<Before>,
        since: i64,
        limit: i64,
    ) -> Result<Vec<Listed>, DbError> {
        let before = before.unwrap_or((i64::MAX, MessageId::new(Uuid::max())));
        self.workspace(ws)
            .read(move |tx| {
                let rows = match &address {
                    Some(address) => recent_with(tx, address, before, since, limit)?,
                    None => message::recent(tx, before, since, limit)?,
                };
                listed(tx, rows)
            })
            .await
    }

    /// A message of a list.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn message_listed(&self, ws: WorkspaceId, id: MessageId) -> Result<Option<Listed>, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let row = message::get(tx, id)?;
                Ok(listed(tx, row.into_iter().collect())?.pop())
            })
            .await
    }

    /// A message with its pictures.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn message_get(&self, ws: WorkspaceId, id: MessageId) -> Result<Option<Whole>, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let Some(row) = message::get(tx, id)? else { return Ok(None) };
                let media = if row.media > 0 { media::of_messages(tx, vec![Id::uuid(id)])? } else { Vec::new() };
                Ok(Some(Whole { row, media }))
            })
            .await
    }

    /// Every decision of the gate that was kept on a message, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn message_decisions(&self, ws: WorkspaceId, id: MessageId) -> Result<Option<Vec<Decided>>, DbError> {
        Ok(self.message_explained(ws, id).await?.map(|(_, decided)| decided))
    }

    /// A message with every decision that was kept on it, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn message_explained(
        &self,
        ws: WorkspaceId,
        id: MessageId,
    ) -> Result<Option<(MessageRow, Vec<Decided>)>, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let Some(row) = message::get(tx, id)? else { return Ok(None) };
                let kept = decision::of_message(tx, id)?;
                let read = |kept: &DecisionRow| Decided::of(id, kept.pass, kept.at, &kept.record);
                Ok(Some((row, kept.iter().filter_map(read).collect())))
            })
            .await
    }

    /// Sends a text that did not arrive again, as a new message through the same gate.
    ///
    /// An ambiguous text, or one whose receipts stayed away, may have arrived: only a
    /// person can ask for it again, and that they did is audited.
    ///
    /// # Errors
    /// [`RetryError`].
    pub async fn message_retry(
        &self,
        ws: WorkspaceId,
        by: Author,
        id: MessageId,
        keep: Keep<Sent>,
    ) -> Result<Sent, RetryError> {
        let now = self.now();
        let accounts = self.accounts(ws).await?;
        // It goes into a conversation that is there.
        let fresh = Fresh { conversation: self.new_id(), customer: self.new_id(), hash: [0; 32] };
        let (again, audit): (MessageId, _) = (self.new_id(), self.new_uuid());
        let copies: Vec<MediaId> = (0..MEDIA_MAX).map(|_| self.new_id()).collect();
        let sent = self
            .workspace(ws)
            .write(move |tx| {
                let old = message::get(tx, id)?.ok_or(RetryError::NotFound)?;
                if old.kind != Kind::Outbound || !may_retry(old.state, by) {
                    return Err(RetryError::NotRetryable(old.state));
                }
                // Two people, or one in two windows, ask at once.
                if let Some(again) = message::sent_again_as(tx, id)? {
                    return Err(RetryError::SentAgain(again));
                }
                if may_have_arrived(old.state) {
                    let detail = serde_json::json!({ "message": again, "state": old.state.word() }).to_string();
                    audited(tx, audit, by, "message.retry", &id.to_string(), &detail, now)?;
                }
                let to = Destination::Conversation { id: old.conversation_id, after_seq: None };
                let text = NewText { message: again, media: pictures_copied(tx, &old, &copies, now)?, ..text(old, by) };
                let accepted = accept_one(tx, &accounts, &Wanted { to, text, fresh }, now)?;
                let sent = sent_in(tx, accepted)?;
                keep.keep(tx, &sent, now)?;
                Ok(sent)
            })
            .await?;
        self.wake();
        Ok(sent)
    }
}

/// Whether nobody knows that a text did not arrive.
const fn may_have_arrived(state: State) -> bool {
    matches!(state, State::Ambiguous | State::SentUnconfirmed)
}

/// The latest texts from and to an address.
fn recent_with(
    tx: &mut Tx<'_>,
    address: &str,
    before: Before,
    since: i64,
    limit: i64,
) -> Result<Vec<MessageRow>, DbError> {
    let Some(customer) = customer::by_address(tx, address)? else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    for talk in conversation::of_customer(tx, customer, TALKS_MAX)? {
        if talk.address == address {
            rows.append(&mut message::recent_in(tx, talk.id, before, since, limit)?);
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.created_at, row.id)));
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(rows)
}

/// Texts with what is known around them.
fn listed(tx: &mut Tx<'_>, rows: Vec<MessageRow>) -> Result<Vec<Listed>, DbError> {
    let mut talks: Vec<Uuid> = rows.iter().map(|row| Id::uuid(row.conversation_id)).collect();
    talks.sort_unstable();
    talks.dedup();
    let ends: HashMap<ConversationId, (InboxId, String)> =
        conversation::places(tx, talks)?.into_iter().map(|(id, inbox, address)| (id, (inbox, address))).collect();
    let mut tries: HashMap<MessageId, (i64, Option<String>)> = HashMap::new();
    let ours = rows.iter().filter(|row| row.kind == Kind::Outbound).map(|row| Id::uuid(row.id)).collect();
    for (message, at, code) in attempt::of_messages(tx, ours)? {
        let last = tries.entry(message).or_insert((at, None));
        if at >= last.0 {
            *last = (at, code);
        }
    }
    let all = rows.into_iter().filter_map(|row| {
        let (inbox, address) = ends.get(&row.conversation_id).cloned()?;
        let (handed_at, error_code) = tries.remove(&row.id).map_or((None, None), |(at, code)| (Some(at), code));
        Some(Listed { row, inbox, address, handed_at, error_code })
    });
    Ok(all.collect())
}

/// Whether a text may be asked for again. What may have arrived is asked for by a person alone.
fn may_retry(state: State, by: Author) -> bool {
    state.lost() || (may_have_arrived(state) && by.kind == "member")
}

fn text(old: MessageRow, by: Author) -> NewText {
    NewText {
        message: old.id,
        body: old.body,
        media: Vec::new(),
        origin: if by.kind == "member" { Origin::Person } else { Origin::Api },
        purpose: old.purpose.unwrap_or(Purpose::Conversational),
        topic: old.topic,
        author: by,
        send_after: None,
        valid_until: None,
        retry_of: Some(old.id),
    }
}

/// Pictures belong to one message, so the new one gets its own.
fn pictures_copied(tx: &mut Tx<'_>, old: &MessageRow, copies: &[MediaId], now: i64) -> Result<Vec<MediaId>, DbError> {
    let pictures = if old.media > 0 { media::of_messages(tx, vec![Id::uuid(old.id)])? } else { Vec::new() };
    let mut made = Vec::with_capacity(pictures.len());
    for (picture, copy) in pictures.into_iter().zip(copies) {
        let content = media::content(tx, picture.id)?.map(|(_, content)| content);
        media::insert(tx, &MediaRow { id: *copy, message: None, ..picture }, 0, content, now)?;
        made.push(*copy);
    }
    Ok(made)
}
