//! The people of a workspace.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Items;
use axum::Json;
use axum::extract::State;
use engine::members::WorkspaceMember;

use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::{MemberId, Role};

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
pub async fn member_list(State(api): State<Api>, caller: Caller) -> Answer<Json<Items<Member>>> {
    let rows = api.engine.member_list(caller.ws).await?;
    Ok(Json(Items { items: rows.into_iter().map(Member::from).collect() }))
}

/// Changes a member. The last owner can be neither shut out nor lowered.
#[utoipa::path(patch, path = "/members/{id}", tag = "members", params(("id" = MemberId, Path, description = "The member")), request_body = MemberChange, responses((status = 200, description = "Changed", body = Member)))]
pub async fn member_update(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<MemberId>,
    Body(new): Body<MemberChange>,
) -> Answer<Json<Member>> {
    let change =
        engine::members::MemberChange { role: new.role.map(|role| role.0), disabled: new.disabled, name: new.name };
    Ok(Json(api.engine.member_change(caller.ws, caller.actor(), caller.role(), id.0, change).await?.into()))
}

impl Checked for MemberChange {
    fn check(&self, faults: &mut Faults) {
        faults.text_opt("name", self.name.as_deref(), 1, 100);
    }
}

impl From<WorkspaceMember> for Member {
    fn from(found: WorkspaceMember) -> Self {
        Self {
            id: found.member.id.into(),
            name: found.member.name,
            email: found.member.email,
            role: found.role.into(),
            disabled_at: found.member.disabled_at,
            created_at: found.member.created_at,
        }
    }
}
