//! Single messages: looked up, explained, sent again.

use crate::Engine;
use crate::reply::{Accepted, Author, Destination, NewText, ReplyError};
use domain::gate::Decision;
use domain::id::{Id, MediaId, MessageId, WorkspaceId};
use domain::message::{Kind, Origin, Purpose, State};
use store::media::MediaRow;
use store::message::MessageRow;
use store::{DbError, decision, media, message};

/// A message with its pictures.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The message.
    pub row: MessageRow,
    /// Its pictures.
    pub media: Vec<MediaRow>,
}

/// Why a text is not sent again.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// No such message.
    #[error("no such message")]
    NotFound,
    /// It arrived, is on its way, or was no text of ours.
    #[error("a message that is {0} is not sent again")]
    NotRetryable(State),
    /// The new text was not kept.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Engine {
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

    /// Every decision of the gate on a message, oldest first: when (Unix ms) and what.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn message_decisions(
        &self,
        ws: WorkspaceId,
        id: MessageId,
    ) -> Result<Option<Vec<(i64, Decision)>>, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                if message::get(tx, id)?.is_none() {
                    return Ok(None);
                }
                let kept = decision::of_message(tx, id)?;
                let read = |(_, at, record): (i64, i64, String)| match serde_json::from_str(&record) {
                    Ok(decision) => Some((at, decision)),
                    Err(error) => {
                        tracing::error!(message.id = %id, %error, "a decision of an unknown form is left out");
                        None
                    }
                };
                Ok(Some(kept.into_iter().filter_map(read).collect()))
            })
            .await
    }

    /// Sends a text that did not arrive again, as a new message through the same gate.
    ///
    /// An ambiguous text may have arrived: only a person can ask for it again.
    ///
    /// # Errors
    /// [`RetryError`].
    pub async fn message_retry(
        &self,
        ws: WorkspaceId,
        by: Author,
        id: MessageId,
        again: MessageId,
    ) -> Result<Accepted, RetryError> {
        let old = self.message_get(ws, id).await?.ok_or(RetryError::NotFound)?;
        let person = by.kind == "member";
        let missed = match old.row.state {
            State::Failed | State::Undelivered | State::Refused | State::Cancelled => true,
            State::Ambiguous | State::SentUnconfirmed => person,
            State::Received
            | State::Noted
            | State::Queued
            | State::Held
            | State::HandingOver
            | State::Accepted
            | State::Sent
            | State::Delivered => false,
        };
        if old.row.kind != Kind::Outbound || !missed {
            return Err(RetryError::NotRetryable(old.row.state));
        }
        let pictures = self.pictures_copied(ws, again, &old.media).await?;
        let text = NewText {
            message: again,
            body: old.row.body,
            media: pictures,
            origin: if person { Origin::Person } else { Origin::Api },
            purpose: old.row.purpose.unwrap_or(Purpose::Conversational),
            author: by,
            send_after: None,
            valid_until: None,
            retry_of: Some(id),
        };
        let to = Destination::Conversation { id: old.row.conversation_id, after_seq: None };
        Ok(self.text_accept(ws, to, text).await?)
    }

    /// Pictures belong to one message, so the new one gets its own.
    async fn pictures_copied(
        &self,
        ws: WorkspaceId,
        again: MessageId,
        old: &[MediaRow],
    ) -> Result<Vec<MediaId>, DbError> {
        let kept = self.message_get(ws, again).await?;
        if let Some(kept) = kept {
            // The same retry came before; its pictures are in place.
            return Ok(kept.media.iter().map(|row| row.id).collect());
        }
        let now = self.now();
        let mut copies = Vec::with_capacity(old.len());
        for picture in old {
            let (from, to) = (picture.id, self.new_id::<MediaId>());
            let row = MediaRow { id: to, message: None, ..picture.clone() };
            self.workspace(ws)
                .write(move |tx| {
                    let content = media::content(tx, from)?.map(|(_, content)| content);
                    media::insert(tx, &row, 0, content, now)
                })
                .await?;
            copies.push(to);
        }
        Ok(copies)
    }
}
