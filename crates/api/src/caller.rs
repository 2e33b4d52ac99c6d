//! Who asks.

use axum::extract::FromRequestParts;
use domain::id::{ApiKeyId, InboxId, MemberId, SessionId, WorkspaceId};
use domain::message::Purpose;
use engine::audit::Actor;
use engine::members::Role;
use engine::{ApiKeyRow, OpenSession};
use http::request::Parts;
use uuid::Uuid;

use crate::access::{Permission, Scope, role_permissions};
use crate::problem::{Answer, Code, Problem};

/// A caller who has proved who they are.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The workspace of the request.
    pub ws: WorkspaceId,
    /// The proof.
    pub who: Who,
}

/// A member or a program.
#[derive(Debug, Clone)]
pub enum Who {
    /// A member in a browser.
    Member(Member),
    /// A program.
    Key(Key),
}

/// A member in a browser.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub id: MemberId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Their role in the workspace.
    pub role: Role,
    /// The sign-in.
    pub session: SessionId,
    /// The value of `X-Hark-CSRF`.
    pub csrf: String,
}

/// A program.
#[derive(Debug, Clone)]
pub struct Key {
    /// Which key.
    pub id: ApiKeyId,
    /// What members call it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The purpose of texts that do not say their own.
    pub purpose: Option<Purpose>,
    /// The inbox of texts that do not say their own.
    pub inbox: Option<InboxId>,
}

impl Caller {
    /// A member, unless they no longer belong to the session's workspace.
    #[must_use]
    pub fn of_session(open: OpenSession) -> Option<Self> {
        let role = open.role.as_deref().and_then(Role::from_word)?;
        let member = Member {
            id: open.session.member,
            name: open.name,
            email: open.email,
            role,
            session: open.session.id,
            csrf: open.session.csrf,
        };
        Some(Self { ws: open.session.ws?, who: Who::Member(member) })
    }

    /// A program.
    #[must_use]
    pub fn of_key(row: ApiKeyRow) -> Self {
        let key = Key {
            id: row.id,
            name: row.name,
            scopes: row.scopes.split_whitespace().filter_map(Scope::from_word).collect(),
            purpose: row.purpose,
            inbox: row.inbox,
        };
        Self { ws: row.ws, who: Who::Key(key) }
    }

    /// Whether the caller has a permission. [`Permission::ServerOperate`] is
    /// looked up where it is asked for.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        match &self.who {
            Who::Member(member) => role_permissions(member.role).contains(&permission),
            Who::Key(key) => key.scopes.iter().any(|scope| scope.permissions().contains(&permission)),
        }
    }

    /// For limits kept per caller.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        match &self.who {
            Who::Member(member) => member.id.uuid(),
            Who::Key(key) => key.id.uuid(),
        }
    }

    /// For the audit log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match &self.who {
            Who::Member(member) => Actor::Member(member.id),
            Who::Key(key) => Actor::ApiKey(key.id),
        }
    }

    /// For the thread: who writes.
    #[must_use]
    pub fn author(&self) -> engine::reply::Author {
        match &self.who {
            Who::Member(member) => engine::reply::Author::member(member.id),
            Who::Key(key) => engine::reply::Author { kind: "api", id: Some(key.id.uuid()) },
        }
    }

    /// A name for people.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.who {
            Who::Member(member) => &member.name,
            Who::Key(key) => &key.name,
        }
    }

    /// The member's id, where it is one.
    #[must_use]
    pub fn member_id(&self) -> Option<MemberId> {
        match &self.who {
            Who::Member(member) => Some(member.id),
            Who::Key(_) => None,
        }
    }

    /// The role, where it is a member.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        match &self.who {
            Who::Member(member) => Some(member.role),
            Who::Key(_) => None,
        }
    }

    /// The member; keys have no session.
    pub fn member(&self) -> Answer<&Member> {
        match &self.who {
            Who::Member(member) => Ok(member),
            Who::Key(_) => Err(Problem::new(Code::Forbidden, "Only a signed-in member may do this.")),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let known = parts.extensions.get::<Self>().cloned();
        known.ok_or_else(|| Problem::new(Code::Unauthenticated, "Sign in, or send an API key."))
    }
}
