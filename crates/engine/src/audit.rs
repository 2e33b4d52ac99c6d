//! Who changed what.

use crate::Engine;
use crate::reply::Author;
use domain::id::{ApiKeyId, AuditId, Id, MemberId, WorkspaceId};
use store::DbError;
use store::audit::{self, AuditFilter, AuditRow};
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

    /// Whose kind and identity were stored. An actor that is not known is the system.
    #[must_use]
    pub fn of(kind: &str, id: Option<Uuid>) -> Self {
        match (kind, id) {
            ("member", Some(id)) => Self::Member(MemberId::new(id)),
            ("api_key", Some(id)) => Self::ApiKey(ApiKeyId::new(id)),
            ("cli", _) => Self::Cli,
            _ => Self::System,
        }
    }

    /// The same as the author of a line in a thread.
    #[must_use]
    pub(crate) fn author(self) -> Author {
        let kind = match self {
            Self::ApiKey(_) => "api",
            Self::Member(_) | Self::Cli | Self::System => self.kind(),
        };
        Author { kind, id: self.id() }
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
        filter: AuditFilter,
        before: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<Vec<AuditRow>, DbError> {
        let before = before.unwrap_or((i64::MAX, Uuid::max()));
        self.workspace(ws).read(move |tx| audit::page(tx, &filter, before, limit)).await
    }

    /// Every action the log knows, in the order of the alphabet.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn audit_actions(&self, ws: WorkspaceId) -> Result<Vec<String>, DbError> {
        self.workspace(ws).read(audit::actions).await
    }

    /// Notes that entries of the log are about to be written into a file.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn audit_export_note(&self, ws: WorkspaceId, by: Actor, format: &str) -> Result<(), DbError> {
        let entry = self.audit_entry(by, "audit.export", ws.to_string(), &serde_json::json!({ "format": format }));
        self.workspace(ws).write(move |tx| audit::insert(tx, &entry)).await
    }
}
