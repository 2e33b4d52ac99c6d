//! Conversations: one thread between a customer and an inbox.

pub mod act;
pub mod draft;
pub mod list;
pub mod presence;
pub mod start;
pub mod thread;

use engine::names::Names;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::{ConversationId, ConversationStatus, CustomerId, InboxId, MemberId};

/// Who wrote last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The customer.
    Inbound,
    /// The shop.
    Outbound,
}

/// A customer, in brief.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerBrief {
    /// Their id.
    pub id: CustomerId,
    /// Their name; empty when not known.
    pub name: String,
    /// The address they text from in this conversation.
    #[schema(example = "+12125550123")]
    pub address: String,
}

/// An inbox, in brief.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxBrief {
    /// Its id.
    pub id: InboxId,
    /// Its name.
    pub name: String,
    /// Its address.
    #[schema(example = "+18885550100")]
    pub address: String,
}

/// A member, in brief.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberBrief {
    /// Their id.
    pub id: MemberId,
    /// Their name.
    pub name: String,
}

/// A conversation as lists show it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConversationRow {
    /// Its id.
    pub id: ConversationId,
    /// Who texts.
    pub customer: CustomerBrief,
    /// Where they text to.
    pub inbox: InboxBrief,
    /// Where it stands.
    pub status: ConversationStatus,
    /// Who answers; null when nobody was chosen.
    pub assignee: Option<MemberBrief>,
    /// The first words of the last message.
    pub preview: String,
    /// Who wrote last.
    pub last_direction: Direction,
    /// When the last message came, Unix ms.
    pub last_at: i64,
    /// Since when the customer waits for an answer, Unix ms.
    pub waiting_since: Option<i64>,
    /// Whether something in it was not read yet.
    pub unread: bool,
    /// When it comes back, Unix ms; only while snoozed.
    pub snoozed_until: Option<i64>,
    /// Since when a complaint is open in it, Unix ms: marketing rests for its customer.
    pub complaint_since: Option<i64>,
    /// Whether a text in it did not arrive and nobody dealt with that.
    pub has_failed: bool,
    /// Whether the customer opted out of this brand's texts.
    pub opted_out: bool,
    /// Whether the asking member has an unsent draft in it.
    pub draft: bool,
    /// The number of its last message.
    pub last_seq: i64,
}

/// A conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conversation {
    /// What lists show.
    #[serde(flatten)]
    pub row: ConversationRow,
    /// When it was started, Unix ms.
    pub created_at: i64,
    /// Up to which message it was read.
    pub read_seq: i64,
}

impl ConversationRow {
    /// A conversation of a page, with its names.
    #[must_use]
    pub fn of(row: &engine::ConversationRow, names: &Names, page: &engine::conversation::Page) -> Self {
        Self::with_marks(row, names, page.opted_out.contains(&row.address), page.drafts.contains(&row.id))
    }

    /// A conversation with its names and what is known of it besides.
    #[must_use]
    pub fn with_marks(row: &engine::ConversationRow, names: &Names, opted_out: bool, draft: bool) -> Self {
        let (inbox, address) = names.inboxes.get(&row.inbox_id).cloned().unwrap_or_default();
        Self {
            id: row.id.into(),
            customer: CustomerBrief {
                id: row.customer_id.into(),
                name: row.customer_name.clone(),
                address: row.address.clone(),
            },
            inbox: InboxBrief { id: row.inbox_id.into(), name: inbox, address },
            status: row.status.into(),
            assignee: row
                .assignee_id
                .map(|id| MemberBrief { id: id.into(), name: names.members.get(&id).cloned().unwrap_or_default() }),
            preview: row.preview.clone(),
            last_direction: if row.last_direction == "outbound" { Direction::Outbound } else { Direction::Inbound },
            last_at: row.last_at,
            waiting_since: row.waiting_since,
            unread: row.read_seq < row.last_seq,
            snoozed_until: row.snoozed_until,
            complaint_since: row.complaint_at,
            has_failed: row.failed > 0,
            opted_out,
            draft,
            last_seq: row.last_seq,
        }
    }
}
