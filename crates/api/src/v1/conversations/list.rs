//! Lists of conversations.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Conversation, ConversationRow};
use crate::problem::Problem;
use crate::v1::page::Page;
use crate::wire::{ConversationId, InboxId};

/// Which conversations a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConversationView {
    /// Open and mine.
    Mine,
    /// Open and nobody's.
    Unassigned,
    /// Open.
    #[default]
    All,
    /// Put off.
    Snoozed,
    /// Done.
    Closed,
    /// Open, and the customer waits for an answer.
    Waiting,
    /// A text in it did not arrive.
    Failed,
}

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConversationSort {
    /// Last message, newest first.
    #[default]
    Newest,
    /// Last message, oldest first.
    Oldest,
    /// Who waits longest first.
    Waiting,
}

/// Which conversations, in which order, which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConversationQuery {
    /// Which conversations.
    #[param(inline = false)]
    pub view: Option<ConversationView>,
    /// Of this inbox alone.
    pub inbox_id: Option<InboxId>,
    /// In which order.
    pub sort: Option<ConversationSort>,
    /// Most items of the page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// How many conversations each list has. Counted to 1,000 at most.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConversationCounts {
    /// Open and mine.
    pub mine: u32,
    /// Open and nobody's.
    pub unassigned: u32,
    /// Open.
    pub open: u32,
    /// Put off.
    pub snoozed: u32,
    /// With a text that did not arrive.
    pub failed: u32,
}

/// A page of conversations.
#[utoipa::path(get, path = "/conversations", tag = "conversations", params(ConversationQuery), responses((status = 200, description = "A page", body = Page<ConversationRow>)))]
pub async fn conversation_list() -> Problem {
    Problem::pending()
}

/// How many conversations each list has.
#[utoipa::path(get, path = "/conversation-counts", tag = "conversations", responses((status = 200, description = "The counts", body = ConversationCounts)))]
pub async fn conversation_count() -> Problem {
    Problem::pending()
}

/// One conversation.
#[utoipa::path(get, path = "/conversations/{id}", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), responses((status = 200, description = "The conversation", body = Conversation)))]
pub async fn conversation_get() -> Problem {
    Problem::pending()
}
