//! Asking Twilio whether the login works.

use super::Twilio;
use super::look_up::unix_ms;
use crate::channel::{Account, BoxFuture, CheckAccount, CheckError, CheckReport};
use crate::http::ANSWER_BYTES_MAX;
use serde::Deserialize;

#[derive(Deserialize)]
struct Resource {
    friendly_name: String,
    status: String,
}

#[derive(Deserialize)]
struct Refused {
    code: u32,
}

impl CheckAccount for Twilio {
    fn check<'a>(&'a self, account: &'a Account) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(async move {
            let settings = self.settings(account)?;
            let url = settings.resource(".json")?;
            let answer = self.http.read(&url, Some(settings.login), ANSWER_BYTES_MAX).await;
            let answer = answer.map_err(|error| CheckError::Unreachable { detail: error.to_string() })?;
            match answer.status {
                200 => {
                    let resource: Resource = serde_json::from_slice(&answer.body)
                        .map_err(|_| CheckError::Unreachable { detail: "the answer is no account".to_owned() })?;
                    Ok(CheckReport {
                        name: resource.friendly_name,
                        active: resource.status == "active",
                        status: resource.status,
                        provider_at: answer.date.as_deref().and_then(unix_ms),
                    })
                }
                400..=499 if answer.status != 429 => {
                    let code = serde_json::from_slice::<Refused>(&answer.body).map(|refused| refused.code.to_string());
                    Err(CheckError::Refused { code: code.unwrap_or_else(|_| format!("http_{}", answer.status)) })
                }
                status => Err(CheckError::Unreachable { detail: format!("status {status}") }),
            }
        })
    }
}
