//! Accounts as the road needs them: opened, with their channel, kept in memory.

use crate::Engine;
use channels::channel::{Account, Capabilities};
use domain::id::{AccountId, WorkspaceId};
use std::collections::{HashMap, HashSet};
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
    sealed: RwLock<HashSet<(WorkspaceId, AccountId)>>,
}

/// All accounts of one workspace.
pub(crate) type Accounts = Arc<HashMap<AccountId, Arc<AccountFacts>>>;

/// What became of opening an account.
enum Opened {
    /// It is ready for use.
    Yes(Arc<AccountFacts>),
    /// Its login is sealed with a key that is not in the key file.
    Sealed,
    /// Its provider is not in the registry.
    Foreign,
}

impl Engine {
    /// All accounts of a workspace, from memory where possible.
    pub(crate) async fn accounts(&self, ws: WorkspaceId) -> Result<Accounts, DbError> {
        if let Some(known) = self.directory.known.read().ok().and_then(|known| known.get(&ws).cloned()) {
            return Ok(known);
        }
        let rows = self.workspace(ws).read(account::list).await?;
        let (mut opened, mut closed) = (HashMap::new(), Vec::new());
        for row in rows {
            let id = row.id;
            match self.account_open(ws, row) {
                Opened::Yes(facts) => drop(opened.insert(id, facts)),
                Opened::Sealed => closed.push((ws, id)),
                Opened::Foreign => {}
            }
        }
        if let Ok(mut sealed) = self.directory.sealed.write() {
            sealed.retain(|(of, _)| *of != ws);
            sealed.extend(closed);
        }
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

    /// Whether an account's login is sealed with a key that this node does not have. The
    /// key file is looked at again, for it may have been put right.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn account_sealed(&self, ws: WorkspaceId, id: AccountId) -> Result<bool, DbError> {
        let closed = || self.directory.sealed.read().is_ok_and(|sealed| sealed.contains(&(ws, id)));
        if closed() {
            self.accounts_forget(ws);
            self.accounts(ws).await?;
        }
        Ok(closed())
    }

    /// Accounts met so far whose logins this node cannot open. While there are any, other
    /// nodes must take what their providers send.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn accounts_sealed(&self) -> Result<Vec<AccountId>, DbError> {
        let met = self.directory.sealed.read().map(|sealed| sealed.clone()).unwrap_or_default();
        let mut closed = Vec::new();
        for (ws, id) in met {
            if self.account_sealed(ws, id).await? {
                closed.push(id);
            }
        }
        Ok(closed)
    }

    /// Forgets a workspace's accounts, after one of them changed.
    pub fn accounts_forget(&self, ws: WorkspaceId) {
        if let Ok(mut known) = self.directory.known.write() {
            known.remove(&ws);
        }
    }

    fn account_open(&self, ws: WorkspaceId, row: account::AccountRow) -> Opened {
        let Some(channel) = self.registry().get(&row.provider) else {
            tracing::warn!(account.id = %row.id, provider = row.provider, "account of an unknown provider is left alone");
            return Opened::Foreign;
        };
        let secrets = match self.secrets_open(ws, row.id, row.secrets.as_deref()) {
            Ok(secrets) => secrets,
            Err(error) => {
                tracing::error!(account.id = %row.id, %error, "account cannot be opened: its secrets need another key file");
                return Opened::Sealed;
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
        Opened::Yes(Arc::new(facts))
    }
}
