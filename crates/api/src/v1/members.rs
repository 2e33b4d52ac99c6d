//! The people of a workspace.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Items;
use crate::access::Role;
use crate::problem::Problem;
use crate::wire::MemberId;

/// A person who signs in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Member {
    /// Their id.
    pub id: MemberId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Their role in this workspace.
    pub role: Role,
    /// When they were shut out, Unix ms.
    pub disabled_at: Option<i64>,
    /// When they joined, Unix ms.
    pub created_at: i64,
}

/// Changes to a member. Absent fields stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// A new role in this workspace.
    pub role: Option<Role>,
    /// True shuts the member out of this server and ends their sessions.
    pub disabled: Option<bool>,
    /// A new name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
}

/// The members of this workspace.
#[utoipa::path(get, path = "/members", tag = "members", responses((status = 200, description = "By name", body = Items<Member>)))]
pub async fn member_list() -> Problem {
    Problem::pending()
}

/// Changes a member. The last owner can be neither shut out nor lowered.
#[utoipa::path(patch, path = "/members/{id}", tag = "members", params(("id" = MemberId, Path, description = "The member")), request_body = MemberChange, responses((status = 200, description = "Changed", body = Member)))]
pub async fn member_update() -> Problem {
    Problem::pending()
}
