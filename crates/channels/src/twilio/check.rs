//! Asking Twilio whether the login works.

use super::Twilio;
use super::send::refused;
use crate::channel::ask::{ask, read};
use crate::channel::{Account, BoxFuture, CheckAccount, CheckError, CheckReport};
use serde::Deserialize;

#[derive(Deserialize)]
struct Resource {
    friendly_name: String,
    status: String,
}

impl CheckAccount for Twilio {
    fn check<'a>(&'a self, account: &'a Account) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(async move {
            let settings = self.settings(account)?;
            let answer = ask(&self.http, &settings.resource(".json")?, settings.login, refused).await?;
            let resource: Resource = read(&answer, "no account")?;
            Ok(CheckReport {
                name: resource.friendly_name,
                active: resource.status == "active",
                status: resource.status,
                provider_at: answer.date_ms(),
            })
        })
    }
}
