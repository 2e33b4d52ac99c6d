//! Inboxes: the addresses customers write to.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Items;
use axum::Json;
use axum::extract::State;
use engine::{AccountFacts, InboxRow};
use http::StatusCode;

use super::conversations::start::outbound_address;
use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::{AccountId, InboxId};

/// An address customers write to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Inbox {
    /// Its id.
    pub id: InboxId,
    /// The account that carries it.
    pub account_id: AccountId,
    /// Its provider's stable name.
    pub provider: String,
    /// Whether it never reaches a real network.
    pub simulated: bool,
    /// What members call it.
    pub name: String,
    /// Its number.
    #[schema(example = "+18885550100")]
    pub address: String,
    /// Whether it may text anyone; before, only its test numbers.
    pub live: bool,
    /// Since when, Unix ms.
    pub live_at: Option<i64>,
    /// Numbers it may text before it is live.
    pub test_numbers: Vec<String>,
    /// Whether sending from it is stopped.
    pub stopped: bool,
    /// When it was added, Unix ms.
    pub created_at: i64,
}

/// An inbox to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InboxNew {
    /// The account that carries it.
    pub account_id: AccountId,
    /// What to call it.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Its number.
    #[schema(example = "+18885550100")]
    pub address: String,
    /// Numbers it may text before it is live.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub test_numbers: Vec<String>,
}

/// Changes to an inbox. Absent fields stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InboxChange {
    /// A new name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// The whole new list of numbers it may text before it is live.
    #[schema(max_items = 50)]
    pub test_numbers: Option<Vec<String>>,
}

/// Whether an inbox may text anyone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InboxLive {
    /// True declares it live.
    pub live: bool,
    /// Says that there are no opt-outs of a former tool to bring along: kept, and audited with who said so.
    #[serde(default)]
    pub no_previous_opt_outs: bool,
}

/// The inboxes of this workspace.
#[utoipa::path(get, path = "/inboxes", tag = "inboxes", responses((status = 200, description = "Oldest first", body = Items<Inbox>)))]
pub async fn inbox_list(State(api): State<Api>, caller: Caller) -> Answer<Json<Items<Inbox>>> {
    let rows = api.engine.inbox_list(caller.ws).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(inbox(&api, &caller, row).await?);
    }
    Ok(Json(Items { items }))
}

/// Adds an inbox. 409 `address_taken` where the account has it already.
#[utoipa::path(post, path = "/inboxes", tag = "inboxes", request_body = InboxNew, responses((status = 201, description = "Added", body = Inbox)))]
pub async fn inbox_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<InboxNew>,
) -> Answer<(StatusCode, Json<Inbox>)> {
    let numbers = canonical(&new.test_numbers)?;
    let account = new.account_id.0;
    let facts = api.engine.account_facts(caller.ws, account).await?;
    let shown = move |row: &InboxRow| inbox_of(row.clone(), facts.as_deref());
    let keep = ticket.keep(StatusCode::CREATED, shown.clone());
    let made = api.engine.inbox_create(caller.ws, caller.author(), account, new.name, &new.address, &numbers, keep);
    Ok((StatusCode::CREATED, Json(shown(&made.await?))))
}

/// One inbox.
#[utoipa::path(get, path = "/inboxes/{id}", tag = "inboxes", params(("id" = InboxId, Path, description = "The inbox")), responses((status = 200, description = "The inbox", body = Inbox)))]
pub async fn inbox_get(State(api): State<Api>, caller: Caller, Path(id): Path<InboxId>) -> Answer<Json<Inbox>> {
    let rows = api.engine.inbox_list(caller.ws).await?;
    let row = rows.into_iter().find(|row| row.id == id.0).ok_or_else(|| Problem::not_found("inbox"))?;
    Ok(Json(inbox(&api, &caller, row).await?))
}

/// Changes an inbox.
#[utoipa::path(patch, path = "/inboxes/{id}", tag = "inboxes", params(("id" = InboxId, Path, description = "The inbox")), request_body = InboxChange, responses((status = 200, description = "Changed", body = Inbox)))]
pub async fn inbox_update(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<InboxId>,
    Body(new): Body<InboxChange>,
) -> Answer<Json<Inbox>> {
    let test_numbers = new.test_numbers.map(|numbers| canonical(&numbers)).transpose()?;
    let change = engine::accounts::InboxChange { name: new.name, test_numbers, ..Default::default() };
    let row = api.engine.inbox_update(caller.ws, caller.author(), id.0, change).await?;
    Ok(Json(inbox(&api, &caller, row).await?))
}

/// Declares an inbox live, or takes that back. 409 `opt_outs_not_asked` where this workspace has neither imported
/// the opt-outs of a former tool nor said that there are none; the simulator's inboxes need neither.
#[utoipa::path(post, path = "/inboxes/{id}/live", tag = "inboxes", params(("id" = InboxId, Path, description = "The inbox")), request_body = InboxLive, responses((status = 200, description = "Changed", body = Inbox)))]
pub async fn inbox_live_set(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<InboxId>,
    Body(new): Body<InboxLive>,
) -> Answer<Json<Inbox>> {
    let change = engine::accounts::InboxChange {
        live: Some(new.live),
        no_previous_opt_outs: new.no_previous_opt_outs,
        ..Default::default()
    };
    let row = api.engine.inbox_update(caller.ws, caller.author(), id.0, change).await?;
    Ok(Json(inbox(&api, &caller, row).await?))
}

impl Checked for InboxNew {
    fn check(&self, faults: &mut Faults) {
        faults.text("name", &self.name, 1, 100);
        faults.items("test_numbers", self.test_numbers.len(), 0, 50);
    }
}

impl Checked for InboxChange {
    fn check(&self, faults: &mut Faults) {
        faults.text_opt("name", self.name.as_deref(), 1, 100);
        faults.items("test_numbers", self.test_numbers.as_ref().map_or(0, Vec::len), 0, 50);
    }
}

impl Checked for InboxLive {}

fn canonical(numbers: &[String]) -> Answer<Vec<String>> {
    let read = |(at, number): (usize, &String)| {
        outbound_address(&format!("test_numbers.{at}"), number).map(|address| address.as_str().to_owned())
    };
    numbers.iter().enumerate().map(read).collect()
}

async fn inbox(api: &Api, caller: &Caller, row: InboxRow) -> Answer<Inbox> {
    let facts = api.engine.account_facts(caller.ws, row.account_id).await?;
    Ok(inbox_of(row, facts.as_deref()))
}

fn inbox_of(row: InboxRow, facts: Option<&AccountFacts>) -> Inbox {
    Inbox {
        id: row.id.into(),
        account_id: row.account_id.into(),
        provider: facts.map(|facts| facts.provider.clone()).unwrap_or_default(),
        simulated: facts.is_some_and(|facts| !facts.capabilities.real),
        name: row.name,
        address: row.address,
        live: row.live_at.is_some(),
        live_at: row.live_at,
        test_numbers: serde_json::from_str(&row.test_numbers).unwrap_or_default(),
        stopped: row.stopped_at.is_some(),
        created_at: row.created_at,
    }
}
