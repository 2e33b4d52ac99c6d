//! What needs a person's look: shown as banners, counted as metrics.

use crate::Engine;
use domain::id::WorkspaceId;
use store::{DbError, account};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Texts are at risk now.
    Critical,
    /// Someone should look soon.
    Warning,
    /// Good to know.
    Info,
}

/// Something that needs a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// A stable snake_case word.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// A sentence for people.
    pub detail: String,
    /// Since when, Unix ms.
    pub since: i64,
}

impl Engine {
    /// What needs a look in a workspace, worst first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn watches(&self, ws: WorkspaceId) -> Result<Vec<Watch>, DbError> {
        let now = self.now();
        let switches = self.sending_switches(ws).await?;
        let mut found = Vec::new();
        for (switch, whose) in [(&switches.server, "this whole server"), (&switches.workspace, "this workspace")] {
            if let Some(since) = switch.stopped_at {
                let by = switch.by.as_deref().unwrap_or("somebody");
                let detail = format!("All sending of {whose} was stopped by {by}. Texts still come in.");
                found.push(Watch { code: "sending_stopped", severity: Severity::Warning, detail, since });
            }
        }
        let rows = self.workspace(ws).read(account::list).await?;
        let opened = self.accounts(ws).await?;
        for row in rows.iter().filter(|row| row.disabled_at.is_none()) {
            if !opened.contains_key(&row.id) {
                let detail = format!("The login “{}” cannot be opened: its secrets need another key file.", row.name);
                found.push(Watch { code: "account_sealed", severity: Severity::Critical, detail, since: now });
            }
        }
        let real = opened.values().any(|facts| facts.capabilities.real && !facts.disabled);
        if real && !self.settings().public_url.starts_with("https://") {
            let detail =
                "Providers reach this server only over https: start Hark with --public-url https://…".to_owned();
            found.push(Watch { code: "public_url", severity: Severity::Warning, detail, since: now });
        }
        found.sort_by_key(|watch| watch.severity);
        Ok(found)
    }
}
