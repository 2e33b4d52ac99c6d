//! The messages of a conversation: reading, replying, noting.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::message::Purpose;
use engine::MessageRow;
use engine::conversation::Span;
use engine::names::Names;
use engine::reply::{Destination, NewText, ReplyError};
use engine::text_request::{Sent, TextRequest};
use http::StatusCode;

use super::start::{check_text, origin};
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path, Query};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::v1::decision::Decision;
use crate::v1::messages::Message;
use crate::v1::page::limit;
use crate::wire::{ConversationId, MediaId, MessageId};

/// Which messages of a thread.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ThreadQuery {
    /// Messages older than this number; the newest where neither bound is given.
    pub before_seq: Option<i64>,
    /// Messages newer than this number.
    pub after_seq: Option<i64>,
    /// Most messages.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// A stretch of a thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct Thread {
    /// The messages by number, oldest first.
    pub items: Vec<Message>,
    /// Whether there are more in the asked direction.
    pub has_more: bool,
}

/// A reply.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplyNew {
    /// An id made by the caller: the same id twice is one text.
    pub message_id: Option<MessageId>,
    /// The text.
    #[serde(default)]
    #[schema(max_length = 1600)]
    pub body: String,
    /// Pictures uploaded before.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub media_ids: Vec<MediaId>,
    /// The number of the last message the writer saw. Where the customer or a
    /// teammate wrote since, the reply is not sent and the answer is 409.
    pub after_seq: Option<i64>,
    /// Whether to close the conversation with it.
    #[serde(default)]
    pub close: bool,
}

/// What came of a reply.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageSent {
    /// The text.
    pub message: Message,
    /// What the gate decided.
    pub decision: Decision,
}

/// A private note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteNew {
    /// An id made by the caller: the same id twice is one note.
    pub message_id: Option<MessageId>,
    /// The note.
    #[schema(min_length = 1, max_length = 5000)]
    pub body: String,
}

/// The reply was not sent, since its writer had not seen everything.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaleConversation {
    /// Names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words.
    pub title: String,
    /// 409.
    pub status: u16,
    /// `stale_conversation`; other codes have no `missed`.
    #[schema(example = "stale_conversation")]
    pub code: String,
    /// What happened here, in a sentence.
    pub detail: String,
    /// What the writer had not seen; absent with every other code.
    #[schema(required = false)]
    pub missed: Vec<Message>,
}

/// A stretch of the thread.
#[utoipa::path(get, path = "/conversations/{id}/messages", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation"), ThreadQuery), responses((status = 200, description = "Messages", body = Thread)))]
pub async fn conversation_message_list(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ConversationId>,
    Query(query): Query<ThreadQuery>,
) -> Answer<Json<Thread>> {
    let limit = i64::from(limit(query.limit)?);
    let span = match (query.before_seq, query.after_seq) {
        (Some(_), Some(_)) => return Err(Problem::field("after_seq", "both", "give one of before_seq and after_seq")),
        (_, Some(after)) => Span::After(after),
        (before, None) => Span::Before(before.unwrap_or(i64::MAX)),
    };
    let found = api.engine.conversation_thread(caller.ws, id.0, span, limit).await?;
    let thread = found.ok_or_else(|| Problem::not_found("conversation"))?;
    let names = api.engine.names(caller.ws).await?;
    let items = thread.rows.iter().map(|row| Message::of(row, &thread.media, &names)).collect();
    Ok(Json(Thread { items, has_more: thread.more }))
}

/// Replies. A refusal by the gate is no error: see `decision`.
#[utoipa::path(post, path = "/conversations/{id}/messages", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), request_body = ReplyNew, responses(
    (status = 201, description = "Recorded, with the gate's decision", body = MessageSent),
    (status = 409, description = "Someone wrote meanwhile (`stale_conversation`), or another conflict without `missed`", body = StaleConversation, content_type = "application/problem+json"),
))]
pub async fn conversation_reply(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Path(id): Path<ConversationId>,
    Body(new): Body<ReplyNew>,
) -> Answer<(StatusCode, Json<MessageSent>)> {
    let text = NewText {
        message: new.message_id.map_or_else(|| api.engine.new_id(), |id| id.0),
        body: new.body,
        media: new.media_ids.iter().map(|id| id.0).collect(),
        origin: origin(&caller),
        purpose: Purpose::Conversational,
        topic: String::new(),
        author: caller.author(),
        send_after: None,
        valid_until: None,
        retry_of: None,
    };
    let to = Destination::Conversation { id: id.0, after_seq: new.after_seq };
    let asked = TextRequest { to, text, close: new.close, show: None };
    let names = Arc::new(api.engine.names(caller.ws).await?);
    let shown = {
        let names = Arc::clone(&names);
        move |sent: &Sent| message_sent(sent, &names)
    };
    let keep = ticket.keep(StatusCode::CREATED, shown.clone());
    match api.engine.text_request(caller.ws, asked, keep).await {
        Err(ReplyError::Stale { missed }) => Err(stale(&names, &missed)),
        sent => Ok((StatusCode::CREATED, Json(shown(&sent?)))),
    }
}

/// Adds a private note, which never leaves Hark.
#[utoipa::path(post, path = "/conversations/{id}/notes", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), request_body = NoteNew, responses((status = 201, description = "Added", body = Message)))]
pub async fn conversation_note(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Path(id): Path<ConversationId>,
    Body(new): Body<NoteNew>,
) -> Answer<(StatusCode, Json<Message>)> {
    let note = new.message_id.map_or_else(|| api.engine.new_id(), |id| id.0);
    let names = Arc::new(api.engine.names(caller.ws).await?);
    let shown = move |row: &MessageRow| Message::of(row, &[], &names);
    let keep = ticket.keep(StatusCode::CREATED, shown.clone());
    let row = api.engine.conversation_note(caller.ws, id.0, caller.author(), note, new.body, keep).await?;
    Ok((StatusCode::CREATED, Json(shown(&row))))
}

impl Checked for ReplyNew {
    fn check(&self, faults: &mut Faults) {
        check_text(faults, &self.body, self.media_ids.len());
    }
}

impl Checked for NoteNew {
    fn check(&self, faults: &mut Faults) {
        faults.text("body", &self.body, 1, 5000);
    }
}

/// What came of a text, with its pictures and the gate's word.
pub(crate) fn message_sent(sent: &Sent, names: &Names) -> MessageSent {
    let row = &sent.message;
    // What went straight on has no decision kept: its state says what it was.
    let decision = sent.decision.as_ref().map_or_else(|| Decision::of_state(row), Decision::from);
    MessageSent { message: Message::of(row, &sent.media, names), decision }
}

fn stale(names: &Names, missed: &[MessageRow]) -> Problem {
    let missed: Vec<Message> = missed.iter().map(|row| Message::of(row, &[], names)).collect();
    let problem = Problem::new(Code::StaleConversation, "Someone wrote since you last looked. Nothing was sent.");
    problem.with_missed(serde_json::to_value(missed).unwrap_or_default())
}

impl From<ReplyError> for Problem {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::NoConversation => Self::not_found("conversation"),
            ReplyError::NoInbox => Self::not_found("inbox"),
            ReplyError::NumberGone => Self::new(
                Code::NumberGone,
                "The number was switched off or given to somebody else. A text to it would reach a stranger.",
            ),
            ReplyError::NoMedia => Self::field("media_ids", "unknown", error.to_string()),
            ReplyError::IdTaken => Self::new(Code::IdTaken, "This message id was used for another text."),
            ReplyError::Stale { .. } => Self::new(Code::StaleConversation, "Someone wrote since you last looked."),
            ReplyError::Store(error) => error.into(),
        }
    }
}
