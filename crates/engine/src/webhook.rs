//! A provider calls: who is it, is it them, and what do they say.

use crate::Engine;
use channels::channel::{SignatureError, WebhookAnswer, WebhookError, WebhookRequest};
use domain::id::{AccountId, WorkspaceId};
use store::{DbError, account};

/// What a provider calls about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookKind {
    /// A customer texted.
    Inbound,
    /// Something became of a text.
    Status,
}

/// Why a call is not taken.
#[derive(Debug, thiserror::Error)]
pub enum WebhookFault {
    /// No such account at this provider, or it takes no such calls.
    #[error("there is no such account")]
    Unknown,
    /// This node's key file does not open the account's login, so that it cannot tell
    /// whether to believe it: the provider must try again.
    #[error("this node lacks the key that opens the account's login")]
    Sealed,
    /// It cannot be believed.
    #[error(transparent)]
    Refused(#[from] SignatureError),
    /// It can be believed but not read.
    #[error(transparent)]
    Unreadable(#[from] WebhookError),
    /// The store failed: the provider must try again.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Engine {
    /// The workspace of an account.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn account_workspace(&self, id: AccountId) -> Result<Option<WorkspaceId>, DbError> {
        self.store().server().read(move |tx| account::workspace_of(tx, id)).await
    }

    /// Takes a provider's call. What it says is durable when this returns.
    ///
    /// # Errors
    /// [`WebhookFault`].
    pub async fn webhook_receive(
        &self,
        ws: WorkspaceId,
        id: AccountId,
        provider: &str,
        kind: WebhookKind,
        request: WebhookRequest,
    ) -> Result<WebhookAnswer, WebhookFault> {
        // An account that is switched off sends nothing more. What was sent by it before still has
        // its receipts coming, and what customers write to its numbers is still theirs to be heard.
        let mut facts = self.account_facts(ws, id).await?;
        if facts.is_none() {
            if self.account_sealed(ws, id).await? {
                return Err(WebhookFault::Sealed);
            }
            facts = self.account_facts(ws, id).await?;
        }
        let facts = facts.filter(|facts| facts.provider == provider).ok_or(WebhookFault::Unknown)?;
        let channel = self.registry().get(provider).ok_or(WebhookFault::Unknown)?;
        channel.webhooks().ok_or(WebhookFault::Unknown)?.verify(&facts.account, &request)?;
        if facts.capabilities.real {
            self.called(id);
        }
        match kind {
            WebhookKind::Inbound => {
                let reader = channel.receives().ok_or(WebhookFault::Unknown)?;
                for text in reader.read_inbound(&facts.account, &request)? {
                    self.inbound_receive(ws, &facts, text).await?;
                }
                Ok(reader.inbound_answer())
            }
            WebhookKind::Status => {
                let reader = channel.receipts().ok_or(WebhookFault::Unknown)?;
                let receipts = reader.read_receipts(&facts.account, &request)?;
                if !receipts.is_empty() {
                    self.receipt_record(ws, id, receipts).await?;
                }
                Ok(reader.receipt_answer())
            }
        }
    }
}
