//! An account at Telnyx, as its settings describe it.

use super::{opt_out, signature};
use crate::channel::account::resource;
use crate::channel::{Account, SettingsError};
use crate::http::Login;
use serde_json::json;
use url::Url;

/// Where Telnyx itself answers.
pub const API_BASE_URL: &str = "https://api.telnyx.com";

/// The settings, read and checked.
#[derive(Debug)]
pub(super) struct Settings<'a> {
    pub login: Login<'a>,
    pub messaging_profile_id: &'a str,
    pub base: Url,
}

impl<'a> Settings<'a> {
    pub(super) fn read(account: &'a Account) -> Result<Self, SettingsError> {
        let messaging_profile_id = account.needed("messaging_profile_id")?;
        if !is_id(messaging_profile_id) {
            let detail = "must be 32 hexadecimal digits with four hyphens";
            return Err(SettingsError { field: "messaging_profile_id", detail });
        }
        let login = Login::Bearer(account.secret("api_key")?);
        let public_key = account.secret("webhook_public_key")?;
        if signature::public_key(public_key).is_none() {
            let detail = "must be the 32 bytes of an Ed25519 key in base64";
            return Err(SettingsError { field: "webhook_public_key", detail });
        }
        opt_out::Replies::read(account)?;
        Ok(Self { login, messaging_profile_id, base: account.base_url("api_base_url", API_BASE_URL)? })
    }

    /// A resource of the API, such as `/messages`.
    pub(super) fn resource(&self, rest: &str) -> Result<Url, SettingsError> {
        resource(&self.base, "api_base_url", &format!("/v2{rest}"))
    }
}

/// A UUID as Telnyx writes it; it stands in paths, so nothing else may.
fn is_id(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

pub(super) fn schema() -> serde_json::Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": "Telnyx",
        "required": ["api_key", "webhook_public_key", "messaging_profile_id"],
        "properties": {
            "api_key": {
                "type": "string", "title": "API key", "writeOnly": true, "minLength": 1,
                "description": "In the Mission Control Portal under API Keys; it begins with KEY.",
            },
            "webhook_public_key": {
                "type": "string", "title": "Public key", "writeOnly": true, "minLength": 1,
                "examples": ["A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="],
                "description": "In the portal under Keys & Credentials, Public Key. Proves that webhooks come from Telnyx.",
            },
            "messaging_profile_id": {
                "type": "string", "title": "Messaging profile ID",
                "examples": ["4000eba1-a0c0-4563-9925-b25e842a7cb6"],
                "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
                "description": "The profile that the inbox's number is assigned to. Its inbound webhook leads here.",
            },
            opt_out::SETTING: {
                "type": "string", "title": "Automatic replies of the profile", "default": "none",
                "enum": opt_out::Replies::ALL.iter().map(|(word, _)| *word).collect::<Vec<_>>(),
                "description": "none: the profile has no texts of its own for STOP, START and HELP, and Hark answers. configured: the profile answers these by texts set up at Telnyx (Advanced Opt-In/Out), and Hark leaves to it what it says it answered.",
            },
            "api_base_url": {
                "type": "string", "format": "uri", "title": "API base URL", "default": API_BASE_URL,
                "description": "For a gateway that speaks the same API.",
            },
        },
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_and_nothing_that_leads_elsewhere() {
        assert!(is_id("4000eba1-a0c0-4563-9925-b25e842a7cb6"));
        for wrong in ["", "4000eba1", "4000eba1-a0c0-4563-9925-b25e842a7cb", "../../..-a0c0-4563-9925-b25e842a7cb6"] {
            assert!(!is_id(wrong), "{wrong}");
        }
    }
}
