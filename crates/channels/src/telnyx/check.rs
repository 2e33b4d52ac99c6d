//! Asking Telnyx whether the key works and the messaging profile is there.

use super::Telnyx;
use super::event::Envelope;
use super::send::refused;
use super::settings::Settings;
use crate::channel::ask::{ask, read};
use crate::channel::{Account, BoxFuture, CheckAccount, CheckError, CheckReport};
use crate::http::Answer;
use serde::Deserialize;

/// A messaging profile, which is what an account is for us.
#[derive(Deserialize)]
pub(super) struct Profile {
    #[serde(default)]
    name: String,
    #[serde(default)]
    enabled: bool,
    #[serde(default)]
    pub webhook_url: Option<String>,
}

impl Telnyx {
    pub(super) async fn profile(&self, settings: &Settings<'_>) -> Result<(Profile, Answer), CheckError> {
        let url = settings.resource(&format!("/messaging_profiles/{}", settings.messaging_profile_id))?;
        let answer = ask(&self.http, &url, settings.login, refused).await?;
        let profile: Envelope<Profile> = read(&answer, "no messaging profile")?;
        Ok((profile.data, answer))
    }
}

impl CheckAccount for Telnyx {
    fn check<'a>(&'a self, account: &'a Account) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(async move {
            let settings = self.settings(account)?;
            let (profile, answer) = self.profile(&settings).await?;
            Ok(CheckReport {
                name: profile.name,
                active: profile.enabled,
                status: if profile.enabled { "enabled" } else { "disabled" }.to_owned(),
                provider_at: answer.date_ms(),
            })
        })
    }
}
