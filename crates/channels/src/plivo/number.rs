//! Asking Plivo how a number is set up. Its texts are posted where its application says.

use super::Plivo;
use super::send::{digits, refused};
use crate::channel::ask::{ask_for, read};
use crate::channel::{Account, BoxFuture, CheckError, CheckNumbers, InboundAddress, NumberReport};
use domain::address::Address;
use serde::Deserialize;

#[derive(Deserialize)]
struct Number {
    #[serde(default)]
    sms_enabled: bool,
    #[serde(default)]
    mms_enabled: bool,
    /// The path of its application.
    #[serde(default)]
    application: Option<String>,
}

#[derive(Deserialize)]
struct Application {
    #[serde(default)]
    message_url: Option<String>,
}

impl CheckNumbers for Plivo {
    fn number<'a>(
        &'a self,
        account: &'a Account,
        number: &'a Address,
    ) -> BoxFuture<'a, Result<Option<NumberReport>, CheckError>> {
        Box::pin(async move {
            let settings = self.settings(account)?;
            let encoded: String = url::form_urlencoded::byte_serialize(digits(number).as_bytes()).collect();
            let url = settings.resource(&format!("/Number/{encoded}/"))?;
            let Some(answer) = ask_for(&self.http, &url, settings.login, refused).await? else { return Ok(None) };
            let found: Number = read(&answer, "no number")?;
            let application =
                found.application.as_deref().and_then(|path| path.trim_end_matches('/').rsplit('/').next());
            // Its id stands in a path, and is of digits.
            let application = application.filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
            let mut inbound = InboundAddress::Nowhere;
            if let Some(id) = application {
                let url = settings.resource(&format!("/Application/{id}/"))?;
                if let Some(answer) = ask_for(&self.http, &url, settings.login, refused).await? {
                    let application: Application = read(&answer, "no application")?;
                    if let Some(url) = application.message_url.filter(|url| !url.is_empty()) {
                        inbound = InboundAddress::Url(url);
                    }
                }
            }
            Ok(Some(NumberReport { texts: found.sms_enabled, pictures: found.mms_enabled, inbound }))
        })
    }
}
