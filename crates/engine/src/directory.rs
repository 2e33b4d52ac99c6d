//! Accounts as the road needs them: opened, with their channel, kept in memory.

use crate::Engine;
use channels::channel::{Account, Capabilities};
use domain::id::{AccountId, WorkspaceId};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use store::{DbError, account};

/// An account ready for use.
#[derive(Debug)]
pub struct AccountFacts {
    /// The provider's name in the registry.
    pub provider: String,
    /// The opened account, as channels take it.
    pub account: Account,
    /// What its channel can do.
    pub capabilities: &'static Capabilities,
    /// Whether a submit may be repeated under the same key and is carried out once.
    pub repeats_safely: bool,
    /// Whether a member switched it off.
    pub disabled: bool,
}

/// Accounts seen by this process. Every change of an account writes the event
/// `account.changed`, on which each node forgets the workspace's entries.
#[derive(Debug, Default)]
pub struct Directory {
    known: RwLock<HashMap<WorkspaceId, Accounts>>,
}

/// All accounts of one workspace.
pub(crate) type Accounts = Arc<HashMap<AccountId, Arc<AccountFacts>>>;

impl Engine {
    /// All accounts of a workspace, from memory where possible.
    pub(crate) async fn accounts(&self, ws: WorkspaceId) -> Result<Accounts, DbError> {
        if let Some(known) = self.directory.known.read().ok().and_then(|known| known.get(&ws).cloned()) {
            return Ok(known);
        }
        let rows = self.workspace(ws).read(account::list).await?;
        let opened = rows.into_iter().filter_map(|row| self.account_open(ws, row)).collect::<HashMap<_, _>>();
        let opened = Arc::new(opened);
        if let Ok(mut known) = self.directory.known.write() {
            known.insert(ws, Arc::clone(&opened));
        }
        Ok(opened)
    }

    /// One account, from memory where possible.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn account_facts(&self, ws: WorkspaceId, id: AccountId) -> Result<Option<Arc<AccountFacts>>, DbError> {
        Ok(self.accounts(ws).await?.get(&id).cloned())
    }

    /// Forgets a workspace's accounts, after one of them changed.
    pub fn accounts_forget(&self, ws: WorkspaceId) {
        if let Ok(mut known) = self.directory.known.write() {
            known.remove(&ws);
        }
    }

    fn account_open(&self, ws: WorkspaceId, row: account::AccountRow) -> Option<(AccountId, Arc<AccountFacts>)> {
        let Some(channel) = self.registry().get(&row.provider) else {
            tracing::warn!(account.id = %row.id, provider = row.provider, "account of an unknown provider is left alone");
            return None;
        };
        let secrets = match self.secrets_open(ws, row.id, row.secrets.as_deref()) {
            Ok(secrets) => secrets,
            Err(error) => {
                tracing::error!(account.id = %row.id, %error, "account cannot be opened: its secrets need another key file");
                return None;
            }
        };
        let account = Account {
            workspace: ws,
            id: row.id,
            settings: serde_json::from_str(&row.settings).unwrap_or_default(),
            secrets,
            callback_base: format!("{}/hooks/{}/{}", self.settings().public_url, row.provider, row.id),
        };
        let facts = AccountFacts {
            repeats_safely: channel.repeats_safely(&account),
            provider: row.provider,
            account,
            capabilities: channel.capabilities(),
            disabled: row.disabled_at.is_some(),
        };
        Some((row.id, Arc::new(facts)))
    }
}
