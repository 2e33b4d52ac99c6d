//! A text that a request asks for: accepted, shown and, under an idempotency
//! key, kept for a repeat, all in one transaction.

use crate::Engine;
use crate::conversation::{Change, ConversationError, Page, change_in, page_of};
use crate::idempotency::Keep;
use crate::reply::{Accepted, Destination, NewText, ReplyError, Wanted, accept_one};
use domain::gate::Decision;
use domain::id::{Id, MemberId, MessageId, WorkspaceId};
use domain::message::State;
use store::media::MediaRow;
use store::message::MessageRow;
use store::{Tx, decision, media};

/// A text, where it goes, and what its answer shows.
#[derive(Debug, Clone)]
pub struct TextRequest {
    /// Where it goes.
    pub to: Destination,
    /// The text.
    pub text: NewText,
    /// Whether to close the conversation with it, unless it is refused.
    pub close: bool,
    /// Whether the answer shows the conversation, and with whose marks.
    pub show: Option<Option<MemberId>>,
}

/// What came of a text, with all that an answer shows.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The message as it stands.
    pub message: MessageRow,
    /// Its pictures.
    pub media: Vec<MediaRow>,
    /// What the gate decided; of a repeat, what was kept of that.
    pub decision: Option<Decision>,
    /// Its conversation, where that was asked for.
    pub conversation: Option<Page>,
}

impl Engine {
    /// Accepts a text as [`Engine::text_accept`] does, and keeps its answer.
    ///
    /// # Errors
    /// [`ReplyError`] when nothing was kept.
    pub async fn text_request(
        &self,
        ws: WorkspaceId,
        asked: TextRequest,
        keep: Keep<Sent>,
    ) -> Result<Sent, ReplyError> {
        let now = self.now();
        let accounts = self.accounts(ws).await?;
        let TextRequest { to, text, close, show } = asked;
        let wanted = Wanted { fresh: self.fresh(ws, &to), to, text };
        let line: MessageId = self.new_id();
        let sent = self
            .text_write(ws, move |tx| {
                let accepted = accept_one(tx, &accounts, &wanted, now)?;
                let mut sent = sent_in(tx, accepted)?;
                let conversation = sent.message.conversation_id;
                if close && sent.message.state != State::Refused {
                    change_in(tx, conversation, wanted.text.author, Change::Close, line, now)?;
                }
                if let Some(member) = show {
                    sent.conversation = page_of(tx, member, conversation)?;
                }
                keep.keep(tx, &sent, now)?;
                Ok::<_, ReplyError>(sent)
            })
            .await?;
        self.wake();
        Ok(sent)
    }
}

/// An accepted text with its pictures and the gate's word.
pub(crate) fn sent_in(tx: &mut Tx<'_>, accepted: Accepted) -> Result<Sent, ReplyError> {
    let message = accepted.message;
    let media = if message.media > 0 { media::of_messages(tx, vec![Id::uuid(message.id)])? } else { Vec::new() };
    let decision = match accepted.decision {
        Some(decision) => Some(decision),
        None => {
            let kept = decision::of_message(tx, message.id)?;
            kept.first().and_then(|kept| serde_json::from_str(&kept.record).ok())
        }
    };
    Ok(Sent { message, media, decision, conversation: None })
}

impl From<ConversationError> for ReplyError {
    fn from(error: ConversationError) -> Self {
        match error {
            ConversationError::Store(error) => Self::Store(error),
            ConversationError::IdTaken => Self::IdTaken,
            _ => Self::NoConversation,
        }
    }
}
