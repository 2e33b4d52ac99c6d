//! Asking Plivo whether the login works.

use super::Plivo;
use super::send::refused;
use crate::channel::ask::{ask, read};
use crate::channel::{Account, BoxFuture, CheckAccount, CheckError, CheckReport};
use serde::Deserialize;

#[derive(Deserialize)]
struct Resource {
    auth_id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    account_type: String,
}

impl CheckAccount for Plivo {
    fn check<'a>(&'a self, account: &'a Account) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(async move {
            let settings = self.settings(account)?;
            let answer = ask(&self.http, &settings.resource("/")?, settings.login, refused).await?;
            let resource: Resource = read(&answer, "no account")?;
            Ok(CheckReport {
                name: if resource.name.is_empty() { resource.auth_id } else { resource.name },
                // Of a disabled account Plivo refuses the login.
                active: true,
                status: resource.account_type,
                provider_at: answer.date_ms(),
            })
        })
    }
}
