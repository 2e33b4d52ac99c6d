//! Names to show beside ids.

use crate::Engine;
use domain::id::{ApiKeyId, CustomerId, InboxId, MemberId, WorkspaceId};
use std::collections::HashMap;
use store::{DbError, api_key, customer, inbox, member, suppression};
use uuid::Uuid;

/// The names of a workspace's few things: its members, keys and inboxes.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Members by id.
    pub members: HashMap<MemberId, String>,
    /// Keys by id.
    pub keys: HashMap<ApiKeyId, String>,
    /// Inboxes by id: name and address.
    pub inboxes: HashMap<InboxId, (String, String)>,
}

impl Names {
    /// An actor's id as it is shown, and their name where it is known. A key is `api` where
    /// it wrote a text and `api_key` where it changed settings.
    #[must_use]
    pub fn actor(&self, kind: &str, id: Option<Uuid>) -> (Option<String>, Option<String>) {
        match (kind, id) {
            ("member", Some(id)) => {
                let id = MemberId::new(id);
                (Some(id.to_string()), self.members.get(&id).cloned())
            }
            ("api_key" | "api", Some(id)) => {
                let id = ApiKeyId::new(id);
                (Some(id.to_string()), self.keys.get(&id).cloned())
            }
            (_, id) => (id.map(|id| id.simple().to_string()), None),
        }
    }
}

impl Engine {
    /// The names of a workspace's members, keys and inboxes.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn names(&self, ws: WorkspaceId) -> Result<Names, DbError> {
        self.workspace(ws)
            .read(|tx| {
                Ok(Names {
                    members: member::names(tx)?.into_iter().collect(),
                    keys: api_key::list(tx)?.into_iter().map(|row| (row.id, row.name)).collect(),
                    inboxes: inbox::list(tx)?.into_iter().map(|row| (row.id, (row.name, row.address))).collect(),
                })
            })
            .await
    }

    /// Those of some addresses that opted out of the brand's texts.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn opted_out_among(&self, ws: WorkspaceId, addresses: Vec<String>) -> Result<Vec<String>, DbError> {
        let found = self.workspace(ws).read(move |tx| suppression::of(tx, crate::gate::BRAND, addresses)).await?;
        Ok(found.into_iter().map(|(address, _)| address).collect())
    }

    /// Whose some addresses are: the customer's id and name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn customers_by_address(
        &self,
        ws: WorkspaceId,
        addresses: Vec<String>,
    ) -> Result<HashMap<String, (CustomerId, String)>, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let mut found = HashMap::new();
                for address in addresses {
                    if let Some(id) = customer::by_address(tx, &address)? {
                        let name = customer::get(tx, id)?.map(|row| row.name).unwrap_or_default();
                        found.insert(address, (id, name));
                    }
                }
                Ok(found)
            })
            .await
    }

    /// Whether a member belongs to a workspace and can sign in.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn member_belongs(&self, ws: WorkspaceId, id: MemberId) -> Result<bool, DbError> {
        self.workspace(ws).read(move |tx| member::belongs(tx, id)).await
    }
}
