//! The first steps with a new workspace, and which of them are done.

use crate::Engine;
use domain::id::WorkspaceId;
use store::{DbError, workspace};

/// One of the first steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Its stable name.
    pub key: &'static str,
    /// What to do.
    pub title: &'static str,
    /// Whether it is done.
    pub done: bool,
}

impl Engine {
    /// The first steps in order. The demo shop's talks do not count.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn onboarding(&self, ws: WorkspaceId) -> Result<Vec<Step>, DbError> {
        let begun = self.workspace(ws).read(workspace::begun).await?;
        let accounts = self.accounts(ws).await?;
        let real = accounts.values().any(|facts| facts.capabilities.real);
        let step = |key, title, done| Step { key, title, done };
        Ok(vec![
            step("first_text", "Text your shop from the simulator phone", begun.inbound),
            step("first_reply", "Answer it from the inbox", begun.outbound),
            step("team", "Invite the people who answer with you", begun.members > 1),
            step("provider", "Connect the provider of your phone numbers", real),
            step("live", "Declare an inbox live", begun.live),
        ])
    }
}
