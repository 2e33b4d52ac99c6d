//! A member's unsent words in a conversation.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::wire::ConversationId;

/// Unsent words.
#[derive(Debug, Serialize, ToSchema)]
pub struct Draft {
    /// The words; empty when there are none.
    pub body: String,
    /// Grows with each change; 0 when there is none.
    pub revision: i64,
    /// When they were kept, Unix ms.
    pub updated_at: Option<i64>,
}

/// Words to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftChange {
    /// The words.
    #[schema(max_length = 20000)]
    pub body: String,
    /// A number greater than the kept one's; an older write changes nothing.
    #[schema(minimum = 1)]
    pub revision: i64,
}

/// The member's draft in a conversation.
#[utoipa::path(get, path = "/conversations/{id}/draft", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), responses((status = 200, description = "The draft", body = Draft)))]
pub async fn conversation_draft_get() -> Problem {
    Problem::pending()
}

/// Keeps a draft. An older revision changes nothing and gets the kept one.
#[utoipa::path(put, path = "/conversations/{id}/draft", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), request_body = DraftChange, responses((status = 200, description = "The draft as kept", body = Draft)))]
pub async fn conversation_draft_set() -> Problem {
    Problem::pending()
}

/// Throws the draft away.
#[utoipa::path(delete, path = "/conversations/{id}/draft", tag = "conversations", params(("id" = ConversationId, Path, description = "The conversation")), responses((status = 204, description = "Gone")))]
pub async fn conversation_draft_delete() -> Problem {
    Problem::pending()
}
