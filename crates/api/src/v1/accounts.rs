//! Accounts: our logins at providers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Items;
use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use engine::account_trial::{Standing, Trial};
use engine::accounts::{AccountView, SetupError};
use http::StatusCode;
use serde_json::Value;

use crate::caller::Caller;
use crate::extract::{Body, Checked, Faults, Path};
use crate::idempotency::Ticket;
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::wire::AccountId;

/// What a provider can do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Capabilities {
    /// Takes pictures.
    pub media: bool,
    /// Brings texts of customers.
    pub receive: bool,
    /// Says what became of a text.
    pub receipts: bool,
    /// Takes a key with which the same text twice is one.
    pub idempotency_key: bool,
    /// Lets a text die rather than arrive late.
    pub validity_period: bool,
    /// Never reaches a real network.
    pub simulated: bool,
}

/// A provider Hark knows.
#[derive(Debug, Serialize, ToSchema)]
pub struct Provider {
    /// Its stable name.
    #[schema(example = "simulator")]
    pub provider: String,
    /// Its name for people.
    pub title: String,
    /// What it can do.
    pub capabilities: Capabilities,
    /// A JSON schema of an account's settings, from which forms are made.
    /// `writeOnly` marks secrets.
    #[schema(value_type = Object)]
    pub settings_schema: serde_json::Value,
}

/// Our login at a provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its provider's stable name.
    pub provider: String,
    /// What members call it.
    pub name: String,
    /// Its settings without secrets.
    #[schema(value_type = Object)]
    pub settings: serde_json::Value,
    /// Names of the secrets that are set.
    pub secrets_set: Vec<String>,
    /// Where the provider should post texts of customers; null where it brings none.
    pub inbound_url: Option<String>,
    /// Where the provider should post what became of texts.
    pub status_url: Option<String>,
    /// When it was added, Unix ms.
    pub created_at: i64,
    /// When it was switched off, Unix ms.
    pub disabled_at: Option<i64>,
}

/// An account to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountNew {
    /// The provider's stable name.
    pub provider: String,
    /// What to call it.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Settings after the provider's schema, secrets included.
    #[schema(value_type = Object)]
    pub settings: serde_json::Value,
}

/// Changes to an account. Absent fields stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// A new name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// New settings; secrets that are left out stay.
    #[schema(value_type = Option<Object>)]
    pub settings: Option<serde_json::Value>,
    /// Whether it is switched off.
    pub disabled: Option<bool>,
}

/// What a trial of an account came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountTest {
    /// Whether nothing is wrong with it.
    pub ok: bool,
    /// A stable snake_case word: of the first thing that is wrong, else `ok`.
    #[schema(example = "ok")]
    pub code: String,
    /// What was found, for people.
    pub detail: String,
    /// One by one.
    pub trials: Vec<AccountTrial>,
}

/// One thing that was tried at an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountTrial {
    /// A stable snake_case word for what was seen.
    #[schema(example = "login_works")]
    pub code: String,
    /// How it stands.
    pub standing: TrialStanding,
    /// A sentence for people.
    pub detail: String,
}

/// How one thing stands that was tried.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrialStanding {
    /// As it should be.
    Right,
    /// Nobody can tell from here; the provider's own pages can.
    Untold,
    /// Texts will not go out, or not come in.
    Wrong,
}

impl From<Trial> for AccountTrial {
    fn from(trial: Trial) -> Self {
        let standing = match trial.standing {
            Standing::Right => TrialStanding::Right,
            Standing::Untold => TrialStanding::Untold,
            Standing::Wrong => TrialStanding::Wrong,
        };
        Self { code: trial.code.to_owned(), standing, detail: trial.detail }
    }
}

/// The providers Hark knows.
#[utoipa::path(get, path = "/providers", tag = "accounts", responses((status = 200, description = "By title", body = Items<Provider>)))]
pub async fn provider_list(State(api): State<Api>, _caller: Caller) -> Json<Items<Provider>> {
    let mut items: Vec<Provider> = api
        .engine
        .registry()
        .iter()
        .map(|channel| {
            let can = channel.capabilities();
            Provider {
                provider: channel.provider().to_owned(),
                title: channel.title().to_owned(),
                capabilities: Capabilities {
                    media: can.mms,
                    receive: channel.receives().is_some(),
                    receipts: can.receipts,
                    idempotency_key: can.idempotency_key,
                    validity_period: can.validity_period,
                    simulated: !can.real,
                },
                settings_schema: channel.settings_schema(),
            }
        })
        .collect();
    items.sort_by(|one, other| one.title.cmp(&other.title));
    Json(Items { items })
}

/// The accounts of this workspace.
#[utoipa::path(get, path = "/accounts", tag = "accounts", responses((status = 200, description = "Oldest first", body = Items<Account>)))]
pub async fn account_list(State(api): State<Api>, caller: Caller) -> Answer<Json<Items<Account>>> {
    let views = api.engine.account_list(caller.ws).await?;
    Ok(Json(Items { items: views.into_iter().map(|view| account(&api, view)).collect() }))
}

/// Adds an account. Its secrets are kept encrypted and never shown again.
#[utoipa::path(post, path = "/accounts", tag = "accounts", request_body = AccountNew, responses((status = 201, description = "Added", body = Account)))]
pub async fn account_create(
    State(api): State<Api>,
    caller: Caller,
    ticket: Ticket,
    Body(new): Body<AccountNew>,
) -> Answer<(StatusCode, Json<Account>)> {
    let values = values(new.settings)?;
    let shown = {
        let api = api.clone();
        move |view: &AccountView| account(&api, view.clone())
    };
    let keep = ticket.keep(StatusCode::CREATED, shown.clone());
    let view = api.engine.account_create(caller.ws, caller.author(), &new.provider, new.name, values, keep).await?;
    Ok((StatusCode::CREATED, Json(shown(&view))))
}

/// Changes an account.
#[utoipa::path(patch, path = "/accounts/{id}", tag = "accounts", params(("id" = AccountId, Path, description = "The account")), request_body = AccountChange, responses((status = 200, description = "Changed", body = Account)))]
pub async fn account_update(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<AccountId>,
    Body(new): Body<AccountChange>,
) -> Answer<Json<Account>> {
    let values = new.settings.map(values).transpose()?;
    let view = api.engine.account_update(caller.ws, caller.author(), id.0, new.name, values, new.disabled).await?;
    Ok(Json(account(&api, view)))
}

/// Removes an account. 409 `in_use` while inboxes belong to it.
#[utoipa::path(delete, path = "/accounts/{id}", tag = "accounts", params(("id" = AccountId, Path, description = "The account")), responses((status = 204, description = "Removed")))]
pub async fn account_delete(State(api): State<Api>, caller: Caller, Path(id): Path<AccountId>) -> Answer<StatusCode> {
    // Its inboxes and their conversations would go with it.
    if api.engine.inbox_list(caller.ws).await?.iter().any(|inbox| inbox.account_id == id.0) {
        return Err(Problem::new(Code::InUse, "Inboxes belong to this account. Switch it off instead."));
    }
    api.engine.account_delete(caller.ws, caller.author(), id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries the login at the provider, the account's numbers, and where their texts are posted. No text is sent.
#[utoipa::path(post, path = "/accounts/{id}/test", tag = "accounts", params(("id" = AccountId, Path, description = "The account")), responses((status = 200, description = "What it came to", body = AccountTest)))]
pub async fn account_test(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<AccountId>,
) -> Answer<Json<AccountTest>> {
    let trials = api.engine.account_try(caller.ws, id.0).await?.ok_or_else(|| Problem::not_found("account"))?;
    let sentences = |standing: Standing| {
        let told = trials.iter().filter(|trial| trial.standing == standing).map(|trial| trial.detail.as_str());
        told.collect::<Vec<_>>().join(" ")
    };
    let (ok, code, detail) = match trials.iter().find(|trial| trial.standing == Standing::Wrong) {
        Some(first) => (false, first.code, sentences(Standing::Wrong)),
        None => (true, "ok", sentences(Standing::Right)),
    };
    let trials = trials.into_iter().map(AccountTrial::from).collect();
    Ok(Json(AccountTest { ok, code: code.to_owned(), detail, trials }))
}

impl Checked for AccountNew {
    fn check(&self, faults: &mut Faults) {
        faults.text("name", &self.name, 1, 100);
    }
}

impl Checked for AccountChange {
    fn check(&self, faults: &mut Faults) {
        faults.text_opt("name", self.name.as_deref(), 1, 100);
    }
}

fn values(settings: Value) -> Answer<BTreeMap<String, Value>> {
    match settings {
        Value::Object(map) => Ok(map.into_iter().collect()),
        _ => Err(Problem::field("settings", "shape", "an object after the provider's schema")),
    }
}

fn account(api: &Api, view: AccountView) -> Account {
    let row = view.row;
    let channel = api.engine.registry().get(&row.provider);
    let callable = channel.filter(|channel| channel.webhooks().is_some());
    let url = |what| format!("{}/hooks/{}/{}/{what}", api.engine.settings().public_url, row.provider, row.id);
    Account {
        id: row.id.into(),
        inbound_url: callable.filter(|channel| channel.receives().is_some()).map(|_| url("inbound")),
        status_url: callable.filter(|channel| channel.receipts().is_some()).map(|_| url("status")),
        settings: serde_json::from_str(&row.settings).unwrap_or_else(|_| serde_json::json!({})),
        secrets_set: view.secrets,
        name: row.name.clone(),
        created_at: row.created_at,
        disabled_at: row.disabled_at,
        provider: row.provider.clone(),
    }
}

impl From<SetupError> for Problem {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::NotFound => Self::not_found("account or inbox"),
            SetupError::UnknownProvider => Self::field("provider", "unknown", error.to_string()),
            SetupError::Setting { field, detail } => Self::field(&format!("settings.{field}"), "setting", detail),
            SetupError::AddressTaken => Self::new(Code::AddressTaken, "The account has an inbox with this number."),
            SetupError::Address => Self::field("address", "address", error.to_string()),
            SetupError::OptOutsNotAsked => Self::new(
                Code::OptOutsNotAsked,
                "Import who opted out in the former tool (`POST /api/v1/opt-outs/import`), or say with \
                 `no_previous_opt_outs` that there is nobody to bring along.",
            ),
            SetupError::Key(error) => Self::internal(&error),
            SetupError::Store(error) => error.into(),
        }
    }
}
