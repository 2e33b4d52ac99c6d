//! Accounts at providers and the inboxes they carry, as members set them up.

use crate::Engine;
use crate::crypto::CryptoError;
use crate::idempotency::Keep;
use crate::reply::Author;
use domain::address::Address;
use domain::id::{AccountId, Id, InboxId, WorkspaceId};
use serde_json::Value;
use std::collections::BTreeMap;
use store::account::AccountRow;
use store::audit::AuditRow;
use store::inbox::InboxRow;
use store::{DbError, NewEvent, Tx, account, inbox, workspace};

/// Why an account or inbox could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// No such account or inbox.
    #[error("no such account or inbox")]
    NotFound,
    /// No channel of that name is compiled in.
    #[error("no provider of that name")]
    UnknownProvider,
    /// A setting is missing or wrong.
    #[error("{field}: {detail}")]
    Setting {
        /// The field of the settings schema.
        field: String,
        /// What is wrong.
        detail: String,
    },
    /// The account already has an inbox with that number.
    #[error("the account has an inbox with this number already")]
    AddressTaken,
    /// Not a number that customers can write to.
    #[error("not a number that customers can write to")]
    Address,
    /// Nobody has brought along who opted out in the former tool, or said that nobody did.
    #[error("import who opted out in the former tool first, or say that there is nobody to bring along")]
    OptOutsNotAsked,
    /// The key file failed.
    #[error(transparent)]
    Key(#[from] CryptoError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// An account as members may see it: secrets only by name.
#[derive(Debug, Clone)]
pub struct AccountView {
    /// The row; its sealed secrets stay closed.
    pub row: AccountRow,
    /// Which secrets are set.
    pub secrets: Vec<String>,
}

/// What a member may change of an inbox.
#[derive(Debug, Clone, Default)]
pub struct InboxChange {
    /// What members call it.
    pub name: Option<String>,
    /// Numbers it may text before it is live.
    pub test_numbers: Option<Vec<String>>,
    /// Whether it is live.
    pub live: Option<bool>,
    /// Says, as it goes live, that there are no opt-outs of a former tool to bring along.
    pub no_previous_opt_outs: bool,
}

impl Engine {
    /// Adds an account. Values of fields that the schema marks `writeOnly` are sealed.
    ///
    /// # Errors
    /// [`SetupError`].
    pub async fn account_create(
        &self,
        ws: WorkspaceId,
        by: Author,
        provider: &str,
        name: String,
        values: BTreeMap<String, Value>,
        keep: Keep<AccountView>,
    ) -> Result<AccountView, SetupError> {
        let channel = self.registry().get(provider).ok_or(SetupError::UnknownProvider)?;
        let id = self.new_id();
        let (settings, secrets) = split(&channel.settings_schema(), values, None)?;
        self.settings_check(channel, ws, id, &settings, &secrets)?;
        let row = AccountRow {
            id,
            provider: provider.to_owned(),
            name,
            settings: settings.to_string(),
            secrets: self.secrets_seal(ws, id, &secrets.clone().into_iter().collect())?,
            created_at: self.now(),
            disabled_at: None,
        };
        let (view, audit) = (AccountView { row, secrets: secrets.into_keys().collect() }, self.new_uuid());
        let made = self
            .workspace(ws)
            .write(move |tx| {
                let (row, at) = (&view.row, view.row.created_at);
                account::insert(tx, row)?;
                changed(tx, "account.changed", Id::uuid(row.id), at);
                audited(tx, audit, by, "account.create", &row.id.to_string(), "{}", at)?;
                keep.keep(tx, &view, at)?;
                Ok::<_, DbError>(view.clone())
            })
            .await?;
        self.accounts_forget(ws);
        Ok(made)
    }

    /// Has the channel look at settings before they are kept.
    fn settings_check(
        &self,
        channel: &dyn channels::channel::Channel,
        ws: WorkspaceId,
        id: AccountId,
        settings: &Value,
        secrets: &BTreeMap<String, String>,
    ) -> Result<(), SetupError> {
        let account = channels::channel::Account {
            workspace: ws,
            id,
            settings: settings.clone(),
            secrets: secrets.clone().into_iter().collect(),
            callback_base: String::new(),
        };
        let wrong = |error: channels::channel::SettingsError| SetupError::Setting {
            field: error.field.to_owned(),
            detail: error.detail.to_owned(),
        };
        channel.check_settings(&account).map_err(wrong)
    }

    /// Changes an account; secrets not named keep their value.
    ///
    /// # Errors
    /// [`SetupError`].
    pub async fn account_update(
        &self,
        ws: WorkspaceId,
        by: Author,
        id: AccountId,
        name: Option<String>,
        values: Option<BTreeMap<String, Value>>,
        disabled: Option<bool>,
    ) -> Result<AccountView, SetupError> {
        let mut row = self.workspace(ws).read(move |tx| account::get(tx, id)).await?.ok_or(SetupError::NotFound)?;
        let mut secrets = self.secrets_map(ws, &row)?;
        if let Some(values) = values {
            let channel = self.registry().get(&row.provider).ok_or(SetupError::UnknownProvider)?;
            let (settings, newer) = split(&channel.settings_schema(), values, Some(&secrets))?;
            secrets.extend(newer);
            self.settings_check(channel, ws, id, &settings, &secrets)?;
            row.settings = settings.to_string();
            row.secrets = self.secrets_seal(ws, id, &secrets.clone().into_iter().collect())?;
        }
        if let Some(name) = name {
            row.name = name;
        }
        let now = self.now();
        if let Some(disabled) = disabled {
            row.disabled_at = disabled.then_some(now);
        }
        let (kept, audit) = (row.clone(), self.new_uuid());
        self.workspace(ws)
            .write(move |tx| {
                account::update(tx, &kept)?;
                changed(tx, "account.changed", Id::uuid(id), now);
                audited(tx, audit, by, "account.update", &id.to_string(), "{}", now)
            })
            .await?;
        self.accounts_forget(ws);
        Ok(AccountView { row, secrets: secrets.into_keys().collect() })
    }

    /// Removes an account with its inboxes and their conversations.
    ///
    /// # Errors
    /// [`SetupError`].
    pub async fn account_delete(&self, ws: WorkspaceId, by: Author, id: AccountId) -> Result<(), SetupError> {
        let (now, audit) = (self.now(), self.new_uuid());
        let gone = self
            .workspace(ws)
            .write(move |tx| {
                store::chain::verdicts_of_account_erased(tx, id, now)?;
                let gone = account::delete(tx, id)?;
                if gone {
                    changed(tx, "account.changed", Id::uuid(id), now);
                    audited(tx, audit, by, "account.delete", &id.to_string(), "{}", now)?;
                }
                Ok::<_, DbError>(gone)
            })
            .await?;
        self.accounts_forget(ws);
        if gone { Ok(()) } else { Err(SetupError::NotFound) }
    }

    /// All accounts of a workspace.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn account_list(&self, ws: WorkspaceId) -> Result<Vec<AccountView>, DbError> {
        let rows = self.workspace(ws).read(account::list).await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let secrets = self.secrets_map(ws, &row).unwrap_or_default().into_keys().collect();
                AccountView { row, secrets }
            })
            .collect())
    }

    fn secrets_map(&self, ws: WorkspaceId, row: &AccountRow) -> Result<BTreeMap<String, String>, CryptoError> {
        let open = self.secrets_open(ws, row.id, row.secrets.as_deref())?;
        Ok(open.names().filter_map(|name| Some((name.to_owned(), open.get(name)?.expose().to_owned()))).collect())
    }

    /// Adds an inbox to an account.
    ///
    /// # Errors
    /// [`SetupError`].
    #[expect(clippy::too_many_arguments, reason = "an inbox has this many independent facts")]
    pub async fn inbox_create(
        &self,
        ws: WorkspaceId,
        by: Author,
        account_id: AccountId,
        name: String,
        address: &str,
        test_numbers: &[String],
        keep: Keep<InboxRow>,
    ) -> Result<InboxRow, SetupError> {
        let address = Address::parse(address);
        // Nobody can answer a sender name, and an inbox is where answers come in.
        if matches!(address, Address::Opaque(_) | Address::Alphanumeric(_)) {
            return Err(SetupError::Address);
        }
        let row = InboxRow {
            id: self.new_id(),
            account_id,
            name,
            address: address.as_str().to_owned(),
            live_at: None,
            test_numbers: numbers_kept(test_numbers),
            stopped_at: None,
            stopped_by: None,
            stopped_reason: None,
            created_at: self.now(),
        };
        let audit = self.new_uuid();
        self.workspace(ws)
            .write(move |tx| {
                account::get(tx, account_id)?.ok_or(SetupError::NotFound)?;
                let mut row = row.clone();
                if row.name.trim().is_empty() {
                    row.name = unnamed(tx, &row.address)?;
                }
                if !inbox::insert(tx, &row)? {
                    return Err(SetupError::AddressTaken);
                }
                changed(tx, "inbox.changed", Id::uuid(row.id), row.created_at);
                audited(tx, audit, by, "inbox.create", &row.id.to_string(), "{}", row.created_at)?;
                keep.keep(tx, &row, row.created_at)?;
                Ok(row)
            })
            .await
    }

    /// Changes an inbox. Going live is audited.
    ///
    /// # Errors
    /// [`SetupError`].
    pub async fn inbox_update(
        &self,
        ws: WorkspaceId,
        by: Author,
        id: InboxId,
        change: InboxChange,
    ) -> Result<InboxRow, SetupError> {
        let (now, audit, said) = (self.now(), self.new_uuid(), self.new_uuid());
        // From a simulated number no text reaches anybody who opted out elsewhere.
        let simulated: Vec<&'static str> = self
            .registry()
            .iter()
            .filter(|channel| !channel.capabilities().real)
            .map(|channel| channel.provider())
            .collect();
        self.workspace(ws)
            .write(move |tx| {
                let mut row = inbox::get(tx, id)?.ok_or(SetupError::NotFound)?;
                let mut detail = "{}".to_owned();
                if change.live == Some(true) && row.live_at.is_none() {
                    let of = account::get(tx, row.account_id)?.ok_or(SetupError::NotFound)?;
                    if !simulated.contains(&of.provider.as_str()) {
                        let none = change.no_previous_opt_outs.then_some((said, by));
                        detail = serde_json::json!({ "previous_opt_outs": asked(tx, ws, none, now)? }).to_string();
                    }
                }
                if let Some(name) = &change.name {
                    row.name.clone_from(name);
                }
                if let Some(numbers) = &change.test_numbers {
                    row.test_numbers = numbers_kept(numbers);
                }
                let action = match change.live {
                    Some(true) => {
                        row.live_at = row.live_at.or(Some(now));
                        "inbox.live"
                    }
                    Some(false) => {
                        row.live_at = None;
                        "inbox.not_live"
                    }
                    None => "inbox.update",
                };
                inbox::update(tx, &row)?;
                changed(tx, "inbox.changed", Id::uuid(id), now);
                audited(tx, audit, by, action, &id.to_string(), &detail, now)?;
                Ok(row)
            })
            .await
    }

    /// All inboxes of a workspace.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn inbox_list(&self, ws: WorkspaceId) -> Result<Vec<InboxRow>, DbError> {
        self.workspace(ws).read(inbox::list).await
    }

    /// Gives a new workspace its simulated number, so that a first text can be sent without any account elsewhere.
    ///
    /// # Errors
    /// [`SetupError`].
    pub async fn simulator_provide(&self, ws: WorkspaceId) -> Result<InboxRow, SetupError> {
        let account = self
            .account_create(ws, Author::SYSTEM, "simulator", "Simulator".to_owned(), BTreeMap::new(), Keep::NOTHING)
            .await?;
        let name = "Simulated number".to_owned();
        self.inbox_create(ws, Author::SYSTEM, account.row.id, name, "+12025550100", &[], Keep::NOTHING).await
    }
}

/// What is known of the opt-outs of the former tool before an inbox goes live. `none` says that there are none,
/// with the entry's identity and by whom; where they were imported before, that counts.
fn asked(
    tx: &mut Tx<'_>,
    ws: WorkspaceId,
    none: Option<(uuid::Uuid, Author)>,
    now: i64,
) -> Result<&'static str, SetupError> {
    match (workspace::opt_outs_asked(tx)?, none) {
        ((true, _), _) => Ok("imported"),
        ((false, true), _) => Ok("none"),
        ((false, false), Some((entry, by))) => {
            workspace::no_opt_outs_set(tx, Some(now))?;
            audited(tx, entry, by, "opt_outs.none", &ws.to_string(), r#"{"none":true}"#, now)?;
            Ok("none")
        }
        ((false, false), None) => Err(SetupError::OptOutsNotAsked),
    }
}

/// What an inbox is called that nobody has named.
pub(crate) fn unnamed(tx: &mut Tx<'_>, address: &str) -> Result<String, DbError> {
    let brand = workspace::get(tx)?.map(|row| row.brand).unwrap_or_default();
    let taken: Vec<String> = inbox::list(tx)?.into_iter().map(|row| row.name).collect();
    Ok(domain::inbox::name(&brand, address, &taken))
}

fn numbers_kept(numbers: &[String]) -> String {
    let numbers: Vec<String> = numbers.iter().map(|number| Address::parse(number).as_str().to_owned()).collect();
    serde_json::to_string(&numbers).unwrap_or_else(|_| "[]".to_owned())
}

/// Parts plain settings from secrets, by the channel's own schema.
fn split(
    schema: &Value,
    values: BTreeMap<String, Value>,
    known: Option<&BTreeMap<String, String>>,
) -> Result<(Value, BTreeMap<String, String>), SetupError> {
    let fields = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let secret = |name: &str| {
        fields.get(name).and_then(|field| field.get("writeOnly")).and_then(Value::as_bool).unwrap_or(false)
    };
    let wrong = |field: &str, detail: &str| SetupError::Setting { field: field.to_owned(), detail: detail.to_owned() };
    let mut settings = serde_json::Map::new();
    let mut secrets = BTreeMap::new();
    for (name, value) in values {
        if !fields.contains_key(&name) {
            return Err(wrong(&name, "this provider has no such setting"));
        }
        let empty = value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
        if secret(&name) {
            // An empty secret in a form means: keep the one there is.
            if let Some(text) = value.as_str().filter(|_| !empty) {
                secrets.insert(name, text.trim().to_owned());
            } else if !empty {
                return Err(wrong(&name, "must be text"));
            }
        } else if !empty {
            if let Some(detail) = fields.get(&name).and_then(|field| misfit(field, &value)) {
                return Err(wrong(&name, &detail));
            }
            settings.insert(name, value);
        }
    }
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    for name in required.iter().filter_map(Value::as_str) {
        let there = settings.contains_key(name)
            || secrets.contains_key(name)
            || known.is_some_and(|known| known.contains_key(name));
        if !there {
            return Err(wrong(name, "is needed"));
        }
    }
    Ok((Value::Object(settings), secrets))
}

/// Why a value is not of the kind its field of the schema asks for.
fn misfit(field: &Value, value: &Value) -> Option<String> {
    let fits = match field.get("type").and_then(Value::as_str) {
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some(_) | None => true,
    };
    if !fits {
        return Some(format!("must be a {}", field["type"].as_str().unwrap_or("value")));
    }
    let choices = field.get("enum").and_then(Value::as_array)?;
    let words: Vec<&str> = choices.iter().filter_map(Value::as_str).collect();
    (!choices.contains(value)).then(|| format!("must be one of {}", words.join(", ")))
}

pub(crate) fn changed(tx: &mut Tx<'_>, kind: &'static str, subject: uuid::Uuid, at: i64) {
    tx.event(NewEvent { kind, conversation: None, subject: Some(subject), at, data: "{}".to_owned() });
}

/// Writes an entry of the audit log in the transaction it tells of.
pub(crate) fn audited(
    tx: &mut Tx<'_>,
    id: uuid::Uuid,
    by: Author,
    action: &str,
    subject: &str,
    detail: &str,
    at: i64,
) -> Result<(), DbError> {
    let row = AuditRow {
        id: domain::id::AuditId::new(id),
        at,
        actor_kind: by.kind.to_owned(),
        actor_id: by.id,
        action: action.to_owned(),
        subject: subject.to_owned(),
        detail: detail.to_owned(),
    };
    store::audit::insert(tx, &row)
}
