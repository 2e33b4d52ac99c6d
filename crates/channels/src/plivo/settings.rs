//! An account at Plivo, as its settings describe it.

use super::opt_out;
use crate::channel::account::resource;
use crate::channel::{Account, SettingsError};
use crate::http::Login;
use serde_json::json;
use url::Url;

/// Where Plivo itself answers.
pub const API_BASE_URL: &str = "https://api.plivo.com";

/// The settings, read and checked.
#[derive(Debug)]
pub(super) struct Settings<'a> {
    pub auth_id: &'a str,
    pub login: Login<'a>,
    pub base: Url,
}

impl<'a> Settings<'a> {
    pub(super) fn read(account: &'a Account) -> Result<Self, SettingsError> {
        let auth_id = account.needed("auth_id")?;
        // It stands in paths, so nothing that leads elsewhere may be in it.
        if auth_id.len() != 20 || !auth_id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
            return Err(SettingsError { field: "auth_id", detail: "must be 20 capital letters and digits" });
        }
        let login = Login::Basic { user: auth_id, password: account.secret("auth_token")? };
        opt_out::Handling::read(account)?;
        Ok(Self { auth_id, login, base: account.base_url("api_base_url", API_BASE_URL)? })
    }

    /// A resource of the account, such as `/Message/`.
    pub(super) fn resource(&self, rest: &str) -> Result<Url, SettingsError> {
        resource(&self.base, "api_base_url", &format!("/v1/Account/{}{rest}", self.auth_id))
    }
}

pub(super) fn schema() -> serde_json::Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": "Plivo",
        "required": ["auth_id", "auth_token"],
        "properties": {
            "auth_id": {
                "type": "string", "title": "Auth ID", "pattern": "^[A-Z0-9]{20}$",
                "examples": ["MAXXXXXXXXXXXXXXXXXX"],
                "description": "On the first page of the Plivo console; of a subaccount, its own.",
            },
            "auth_token": {
                "type": "string", "title": "Auth token", "writeOnly": true, "minLength": 1,
                "examples": ["an-auth-token"],
                "description": "Beside it. It is the login, and proves that webhooks come from Plivo.",
            },
            opt_out::SETTING: {
                "type": "string", "title": "Who answers STOP and HELP", "default": "default",
                "enum": opt_out::Handling::ALL.iter().map(|(word, _)| *word).collect::<Vec<_>>(),
                "description": "default: Plivo answers its own words for them (its DND service for long codes and toll-free numbers) and Hark whatever else a customer says. off: Plivo's DND service is switched off, and Hark answers all of them.",
            },
            "api_base_url": {
                "type": "string", "format": "uri", "title": "API base URL", "default": API_BASE_URL,
                "description": "For a gateway that speaks the same API.",
            },
        },
        "additionalProperties": false,
    })
}
