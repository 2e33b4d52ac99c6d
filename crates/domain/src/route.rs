//! Which way a message leaves.
//!
//! For now an inbox has one account and one sender, so the choice is the
//! conversation's own number: a thread never changes its number.

use crate::address::Address;
use crate::id::{AccountId, InboxId};

/// A provider account and sender that can carry a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The inbox whose sender is used.
    pub inbox: InboxId,
    /// The account that carries it.
    pub account: AccountId,
    /// Our sender.
    pub from: Address,
}

/// Chooses among the routes of a workspace: the conversation's own inbox, or nothing.
#[must_use]
pub fn choose(routes: &[Route], conversation_inbox: InboxId) -> Option<&Route> {
    routes.iter().find(|route| route.inbox == conversation_inbox)
}
