//! The stop switches: one per workspace, inbox and server.

use crate::Engine;
use crate::accounts::{audited, changed};
use crate::reply::Author;
use domain::id::{Id, InboxId, WorkspaceId};
use store::sending::Stopped;
use store::{DbError, inbox, outbox, sending};

/// Most intents that one transaction makes due again.
const LIFTED_AT_ONCE: i64 = 1_000;

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
                let (_, known) = sending::switches(tx)?;
                let thrown = stopped.then(|| thrown(known, now, &by.name, &reason));
                sending::set_workspace(tx, thrown.as_ref())?;
                changed(tx, "sending.changed", Id::uuid(ws), now);
                audited(tx, audit, by.author, action(stopped), "workspace", &detail(&reason), now)
            })
            .await?;
        self.sending_lift(ws).await
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
                let known = row.stopped_at.map(|at| Stopped {
                    at,
                    by: row.stopped_by.take().unwrap_or_default(),
                    reason: row.stopped_reason.take().unwrap_or_default(),
                });
                let thrown = stopped.then(|| thrown(known, now, &by.name, &reason));
                row.stopped_at = thrown.as_ref().map(|thrown| thrown.at);
                (row.stopped_by, row.stopped_reason) = thrown.map(|thrown| (thrown.by, thrown.reason)).unzip();
                inbox::update(tx, &row)?;
                changed(tx, "sending.changed", Id::uuid(id), now);
                audited(tx, audit, by.author, action(stopped), &id.to_string(), &detail(&reason), now)?;
                Ok::<_, DbError>(true)
            })
            .await?;
        self.sending_lift(ws).await?;
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
                move |tx| {
                    let known = sending::server(tx)?;
                    let thrown = stopped.then(|| thrown(known, now, &name, &reason));
                    sending::set_server(tx, thrown.as_ref(), now)
                }
            })
            .await?;
        for &ws in &all {
            let (by, reason, audit) = (by.clone(), reason.clone(), self.new_uuid());
            self.workspace(ws)
                .write(move |tx| {
                    changed(tx, "sending.changed", Id::uuid(ws), now);
                    audited(tx, audit, by.author, action(stopped), "server", &detail(&reason), now)
                })
                .await?;
        }
        for ws in all {
            self.sending_lift(ws).await?;
        }
        Ok(())
    }

    /// Makes due what a switch held and none holds any more. Also asked now and then for
    /// what was claimed while a switch was lifted, and where the process died in between.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn sending_lift(&self, ws: WorkspaceId) -> Result<(), DbError> {
        let now = self.now();
        loop {
            let lifted = self
                .workspace(ws)
                .write_bulk(move |tx| {
                    let waiting = outbox::liftable(tx, LIFTED_AT_ONCE)?;
                    if !waiting.is_empty() {
                        outbox::lift(tx, &waiting, now)?;
                    }
                    Ok::<_, DbError>(waiting.len())
                })
                .await?;
            if lifted == 0 {
                break;
            }
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

/// What a switch says once it is thrown. Thrown again it still tells who stopped it first
/// and when; only words given anew take the place of the reason.
fn thrown(known: Option<Stopped>, now: i64, by: &str, reason: &str) -> Stopped {
    let Some(mut known) = known.filter(|known| known.at > 0) else {
        return Stopped { at: now, by: by.to_owned(), reason: reason.to_owned() };
    };
    if !reason.is_empty() {
        reason.clone_into(&mut known.reason);
    }
    known
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_thrown_again_keeps_its_first_time() {
        let kept = |at, by: &str, reason: &str| Stopped { at, by: by.to_owned(), reason: reason.to_owned() };
        let first = Some(kept(5, "Ann", "wrong price"));
        let table = [
            (None, "", kept(9, "Ben", "")),
            (None, "late", kept(9, "Ben", "late")),
            (first.clone(), "", kept(5, "Ann", "wrong price")),
            (first, "late", kept(5, "Ann", "late")),
            // A switch that cannot be read tells no time.
            (Some(kept(0, "", "")), "late", kept(9, "Ben", "late")),
        ];
        for (known, reason, expected) in table {
            assert_eq!(thrown(known.clone(), 9, "Ben", reason), expected, "{known:?} {reason}");
        }
    }
}
