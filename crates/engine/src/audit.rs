//! Who changed what.

use crate::Engine;
use domain::id::{ApiKeyId, AuditId, Id, MemberId, WorkspaceId};
use store::DbError;
use store::audit::{self, AuditRow};
use uuid::Uuid;

/// Who does something that is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A member, in a browser.
    Member(MemberId),
    /// A program with a key.
    ApiKey(ApiKeyId),
    /// Whoever runs the command line on the server.
    Cli,
    /// Hark itself.
    System,
}

impl Actor {
    /// The word stored for its kind.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Member(_) => "member",
            Self::ApiKey(_) => "api_key",
            Self::Cli => "cli",
            Self::System => "system",
        }
    }

    /// Its identity, where it has one.
    #[must_use]
    pub fn id(self) -> Option<Uuid> {
        match self {
            Self::Member(id) => Some(Id::uuid(id)),
            Self::ApiKey(id) => Some(Id::uuid(id)),
            Self::Cli | Self::System => None,
        }
    }

    /// The member, where it is one.
    #[must_use]
    pub const fn member(self) -> Option<MemberId> {
        match self {
            Self::Member(id) => Some(id),
            Self::ApiKey(_) | Self::Cli | Self::System => None,
        }
    }
}

impl Engine {
    /// An entry for the audit log, to be written in the transaction it tells of.
    #[must_use]
    pub fn audit_entry(&self, actor: Actor, action: &str, subject: String, detail: &serde_json::Value) -> AuditRow {
        AuditRow {
            id: self.new_id::<AuditId>(),
            at: self.now(),
            actor_kind: actor.kind().to_owned(),
            actor_id: actor.id(),
            action: action.to_owned(),
            subject,
            detail: detail.to_string(),
        }
    }

    /// Entries before a place, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn audit_page(
        &self,
        ws: WorkspaceId,
        before: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<Vec<AuditRow>, DbError> {
        let before = before.unwrap_or((i64::MAX, Uuid::max()));
        self.workspace(ws).read(move |tx| audit::page(tx, before, limit)).await
    }
}
