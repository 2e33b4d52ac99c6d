//! Our login at a provider.

use super::SettingsError;
use crate::http::HttpClient;
use domain::id::{AccountId, WorkspaceId};
use std::collections::BTreeMap;
use std::fmt;
use url::Url;

/// A word that must never be seen: a token or a key.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a word.
    #[must_use]
    pub const fn new(word: String) -> Self {
        Self(word)
    }

    /// The word itself, for a header or a key.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The secrets of an account, by the names its settings schema gives them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets(BTreeMap<String, Secret>);

impl Secrets {
    /// The secret of a name; an empty one counts as absent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.0.get(name).filter(|secret| !secret.expose().is_empty())
    }

    /// Adds or replaces a secret.
    pub fn insert(&mut self, name: impl Into<String>, word: impl Into<String>) {
        self.0.insert(name.into(), Secret::new(word.into()));
    }

    /// The names that have a secret, without the secrets.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Secrets {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, word)| (name.into(), Secret::new(word.into()))).collect())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A login at a provider, as a channel needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Which it is.
    pub id: AccountId,
    /// The open settings, as in the provider's schema.
    pub settings: serde_json::Value,
    /// The hidden settings.
    pub secrets: Secrets,
    /// Where the provider reaches us, such as `https://x/hooks/twilio/acc_…`, without a trailing slash.
    pub callback_base: String,
}

impl Account {
    /// A setting that is a word; an empty one counts as absent.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).and_then(serde_json::Value::as_str).filter(|word| !word.is_empty())
    }

    /// A setting that must be there.
    ///
    /// # Errors
    /// It is missing.
    pub fn needed(&self, field: &'static str) -> Result<&str, SettingsError> {
        self.setting(field).ok_or(SettingsError { field, detail: "is missing" })
    }

    /// A secret that must be there, and can stand in a header.
    ///
    /// # Errors
    /// It is missing, or holds what no header can.
    pub fn secret(&self, field: &'static str) -> Result<&Secret, SettingsError> {
        let secret = self.secrets.get(field).ok_or(SettingsError { field, detail: "is missing" })?;
        if secret.expose().chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
            return Err(SettingsError { field, detail: "must not hold spaces or line breaks" });
        }
        Ok(secret)
    }

    /// Where a provider's API answers, by a setting of this name.
    ///
    /// # Errors
    /// It is no absolute URL, or one with a query.
    pub fn base_url(&self, field: &'static str, default: &str) -> Result<Url, SettingsError> {
        let base = self.setting(field).unwrap_or(default).trim_end_matches('/');
        let base = Url::parse(base).ok();
        let base = base.filter(|base| base.has_host() && base.query().is_none() && base.fragment().is_none());
        base.ok_or(SettingsError { field, detail: NO_BASE })
    }

    /// A setting that is yes or no; absent is no.
    #[must_use]
    pub fn switch(&self, name: &str) -> bool {
        self.settings.get(name).and_then(serde_json::Value::as_bool).unwrap_or(false)
    }
}

const NO_BASE: &str = "must be an absolute URL without a query";

/// A resource under a base URL; `rest` begins with a slash and is encoded already.
///
/// # Errors
/// The two make no URL.
pub(crate) fn resource(base: &Url, field: &'static str, rest: &str) -> Result<Url, SettingsError> {
    let base = base.as_str().trim_end_matches('/');
    Url::parse(&format!("{base}{rest}")).map_err(|_| SettingsError { field, detail: NO_BASE })
}

/// Refuses a base URL that the client may not ask.
pub(crate) fn within_reach(http: &HttpClient, field: &'static str, base: &Url) -> Result<(), SettingsError> {
    http.reach().check(base).map_err(|_| SettingsError {
        field,
        detail: "must be https on a public host, unless this server allows private ones",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_named_but_never_shown() {
        let mut secrets: Secrets = [("auth_token", "very-hidden")].into_iter().collect();
        secrets.insert("empty", "");
        let shown = format!("{secrets:?} {:?}", secrets.get("auth_token"));
        assert!(shown.contains("auth_token") && !shown.contains("very-hidden"), "{shown}");
        assert_eq!(secrets.get("auth_token").map(Secret::expose), Some("very-hidden"));
        assert_eq!(secrets.get("empty"), None);
    }
}
