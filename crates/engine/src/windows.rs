//! Where the law lets a marketing text leave just now.

use crate::Engine;
use domain::id::WorkspaceId;
use domain::windows::{Window, by_state};
use store::DbError;

impl Engine {
    /// The instant looked at, Unix ms, and each state's window at it by a workspace's rules.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn windows_now(&self, ws: WorkspaceId) -> Result<(i64, Vec<(&'static str, Window)>), DbError> {
        let (now, pack) = (self.now(), self.rule_pack_current(ws).await?);
        Ok((now, by_state(now, &pack)))
    }
}
