//! An account at Twilio, as its settings describe it.

use super::opt_out;
use crate::channel::account::resource;
use crate::channel::{Account, SettingsError};
use crate::http::Login;
use serde_json::json;
use url::Url;

/// Where Twilio itself answers.
pub const API_BASE_URL: &str = "https://api.twilio.com";

/// The settings, read and checked.
#[derive(Debug)]
pub(super) struct Settings<'a> {
    pub account_sid: &'a str,
    pub login: Login<'a>,
    pub messaging_service_sid: Option<&'a str>,
    pub service_picks_sender: bool,
    pub idempotency_key: bool,
    pub base: Url,
}

impl<'a> Settings<'a> {
    pub(super) fn read(account: &'a Account) -> Result<Self, SettingsError> {
        let account_sid = account.needed("account_sid")?;
        if !is_sid(account_sid, "AC") {
            return Err(SettingsError { field: "account_sid", detail: "must be AC and 32 hexadecimal digits" });
        }
        let messaging_service_sid = account.setting("messaging_service_sid");
        if messaging_service_sid.is_some_and(|sid| !is_sid(sid, "MG")) {
            return Err(SettingsError {
                field: "messaging_service_sid",
                detail: "must be MG and 32 hexadecimal digits",
            });
        }
        let service_picks_sender = account.switch("service_picks_sender");
        if service_picks_sender && messaging_service_sid.is_none() {
            return Err(SettingsError { field: "service_picks_sender", detail: "needs a messaging_service_sid" });
        }
        let base = account.base_url("api_base_url", API_BASE_URL)?;
        // Twilio itself ignores keys on this call: a repeated submit would be a second text.
        let idempotency_key = account.switch("idempotency_key") && !is_twilio(&base);
        let login = login(account, account_sid)?;
        opt_out::Handling::read(account)?;
        Ok(Self { account_sid, login, messaging_service_sid, service_picks_sender, idempotency_key, base })
    }

    /// A resource of the account, such as `/Messages.json`.
    pub(super) fn resource(&self, rest: &str) -> Result<Url, SettingsError> {
        resource(&self.base, "api_base_url", &format!("/2010-04-01/Accounts/{}{rest}", self.account_sid))
    }
}

fn login<'a>(account: &'a Account, account_sid: &'a str) -> Result<Login<'a>, SettingsError> {
    // Needed in any case: Twilio signs webhooks with it, whatever we log in with.
    let auth_token = account.secret("auth_token")?;
    let Some(user) = account.setting("api_key_sid") else {
        return Ok(Login::Basic { user: account_sid, password: auth_token });
    };
    if !is_sid(user, "SK") {
        return Err(SettingsError { field: "api_key_sid", detail: "must be SK and 32 hexadecimal digits" });
    }
    Ok(Login::Basic { user, password: account.secret("api_key_secret")? })
}

fn is_sid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Whether a URL leads to Twilio itself.
pub(super) fn is_twilio(url: &Url) -> bool {
    url.domain().is_some_and(|host| host == "twilio.com" || host.ends_with(".twilio.com"))
}

pub(super) fn schema() -> serde_json::Value {
    let sid = |prefix: &str| format!("^{prefix}[0-9a-fA-F]{{32}}$");
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": "Twilio",
        "required": ["account_sid", "auth_token"],
        "properties": {
            "account_sid": {
                "type": "string", "title": "Account SID", "pattern": sid("AC"),
                "description": "On the first page of the Twilio Console.",
            },
            "auth_token": {
                "type": "string", "title": "Auth token", "writeOnly": true, "minLength": 1,
                "description": "Proves that webhooks come from Twilio; also the login, unless an API key is given.",
            },
            "api_key_sid": {
                "type": "string", "title": "API key SID", "pattern": sid("SK"),
                "description": "A key to log in with in place of the auth token.",
            },
            "api_key_secret": {
                "type": "string", "title": "API key secret", "writeOnly": true, "minLength": 1,
            },
            "webhook_shared_key": {
                "type": "string", "title": "Webhook shared key", "writeOnly": true, "minLength": 1,
                "description": "Only where webhooks are signed with a shared key (HMAC-SHA256).",
            },
            "messaging_service_sid": {
                "type": "string", "title": "Messaging service SID", "pattern": sid("MG"),
                "description": "Send through this messaging service; the inbox's number must be in its pool.",
            },
            "service_picks_sender": {
                "type": "boolean", "title": "The service picks the sender", "default": false,
                "description": "Leave the choice of the number to the messaging service. A customer may then see another number than the inbox's.",
            },
            opt_out::SETTING: {
                "type": "string", "title": "Who answers STOP, START and HELP", "default": "default",
                "enum": opt_out::Handling::ALL.iter().map(|(word, _)| *word).collect::<Vec<_>>(),
                "description": "default: Twilio answers its own words (STOP, UNSUBSCRIBE, START, HELP …) and Hark whatever else a customer says. advanced: the messaging service uses Advanced Opt-Out with words of your own, and Twilio tells which texts it answered. off: Twilio's opt-out handling is switched off, and Hark answers all of them.",
            },
            "api_base_url": {
                "type": "string", "format": "uri", "title": "API base URL", "default": API_BASE_URL,
                "description": "For another region, or a gateway that speaks the same API.",
            },
            "idempotency_key": {
                "type": "boolean", "title": "The gateway honours idempotency keys", "default": false,
                "description": "Only for a gateway of your own that carries out a repeated I-Twilio-Idempotency-Token once. Without effect on Twilio itself.",
            },
        },
        "additionalProperties": false,
    })
}
