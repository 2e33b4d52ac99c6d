//! The stop switches: one per workspace, inbox and server.

use crate::Engine;
use crate::accounts::{audited, changed};
use crate::reply::Author;
use domain::id::{Id, InboxId, WorkspaceId};
use store::{DbError, inbox, sending};

/// One switch as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Switch {
    /// Since when (Unix ms) sending is stopped; absent while it runs.
    pub stopped_at: Option<i64>,
    /// Who stopped it.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// All switches that bear on a workspace.
#[derive(Debug, Clone)]
pub struct Switches {
    /// For the whole server.
    pub server: Switch,
    /// For the workspace.
    pub workspace: Switch,
    /// For each inbox.
    pub inboxes: Vec<(InboxId, String, Switch)>,
}

/// Who flips a switch, as it is shown and as it is audited.
#[derive(Debug, Clone)]
pub struct Hand {
    /// For the audit.
    pub author: Author,
    /// For people.
    pub name: String,
}

impl Engine {
    /// The switches that bear on a workspace.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sending_switches(&self, ws: WorkspaceId) -> Result<Switches, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let (server, workspace) = sending::switches(tx)?;
                let inboxes = inbox::list(tx)?
                    .into_iter()
                    .map(|row| {
                        (
                            row.id,
                            row.name,
                            Switch { stopped_at: row.stopped_at, by: row.stopped_by, reason: row.stopped_reason },
                        )
                    })
                    .collect();
                Ok(Switches { server: from(server), workspace: from(workspace), inboxes })
            })
            .await
    }

    /// Stops or resumes a workspace's sending.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sending_set_workspace(
        &self,
        ws: WorkspaceId,
        by: Hand,
        stopped: bool,
        reason: String,
    ) -> Result<(), DbError> {
        let (now, audit) = (self.now(), self.new_uuid());
        self.workspace(ws)
            .write(move |tx| {
                sending::set_workspace(tx, stopped.then_some((now, by.name.as_str(), reason.as_str())))?;
                changed(tx, "sending.changed", Id::uuid(ws), now);
                audited(tx, audit, by.author, action(stopped), "workspace", &detail(&reason), now)
            })
            .await?;
        self.wake();
        Ok(())
    }

    /// Stops or resumes an inbox's sending. False when there is no such inbox.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sending_set_inbox(
        &self,
        ws: WorkspaceId,
        id: InboxId,
        by: Hand,
        stopped: bool,
        reason: String,
    ) -> Result<bool, DbError> {
        let (now, audit) = (self.now(), self.new_uuid());
        let found = self
            .workspace(ws)
            .write(move |tx| {
                let Some(mut row) = inbox::get(tx, id)? else { return Ok(false) };
                row.stopped_at = stopped.then_some(now);
                row.stopped_by = stopped.then(|| by.name.clone());
                row.stopped_reason = stopped.then(|| reason.clone());
                inbox::update(tx, &row)?;
                changed(tx, "sending.changed", Id::uuid(id), now);
                audited(tx, audit, by.author, action(stopped), &id.to_string(), &detail(&reason), now)?;
                Ok::<_, DbError>(true)
            })
            .await?;
        self.wake();
        Ok(found)
    }

    /// Stops or resumes the whole server's sending.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sending_set_server(&self, by: Hand, stopped: bool, reason: String) -> Result<(), DbError> {
        let now = self.now();
        let all = self.workspaces_all().await?;
        self.store()
            .server()
            .write({
                let (name, reason) = (by.name.clone(), reason.clone());
                move |tx| sending::set_server(tx, stopped.then_some((now, name.as_str(), reason.as_str())))
            })
            .await?;
        for ws in all {
            let (by, reason, audit) = (by.clone(), reason.clone(), self.new_uuid());
            self.workspace(ws)
                .write(move |tx| {
                    changed(tx, "sending.changed", Id::uuid(ws), now);
                    audited(tx, audit, by.author, action(stopped), "server", &detail(&reason), now)
                })
                .await?;
        }
        self.wake();
        Ok(())
    }

    /// The server's own switch.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sending_server(&self) -> Result<Switch, DbError> {
        self.store().server().read(sending::server).await.map(from)
    }
}

const fn action(stopped: bool) -> &'static str {
    if stopped { "sending.stop" } else { "sending.resume" }
}

fn detail(reason: &str) -> String {
    serde_json::json!({ "reason": reason }).to_string()
}

fn from(kept: Option<sending::Stopped>) -> Switch {
    kept.map_or_else(Switch::default, |kept| Switch {
        stopped_at: Some(kept.at),
        by: Some(kept.by),
        reason: Some(kept.reason),
    })
}
