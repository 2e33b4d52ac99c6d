//! Asking Telnyx how a number is set up. Its texts are posted where its messaging profile says.

use super::Telnyx;
use super::event::Envelope;
use super::send::refused;
use crate::channel::ask::{ask, read};
use crate::channel::{Account, BoxFuture, CheckError, CheckNumbers, InboundAddress, NumberReport};
use domain::address::Address;
use serde::Deserialize;

/// A number of the account.
#[derive(Deserialize)]
struct Owned {
    id: String,
    #[serde(default)]
    phone_number: String,
}

/// Its settings for messaging.
#[derive(Deserialize)]
struct Number {
    #[serde(default)]
    messaging_profile_id: Option<String>,
    #[serde(default)]
    features: Features,
}

/// What it can carry; a kind that it cannot is null.
#[derive(Deserialize, Default)]
struct Features {
    #[serde(default)]
    sms: Option<serde_json::Value>,
    #[serde(default)]
    mms: Option<serde_json::Value>,
}

impl CheckNumbers for Telnyx {
    fn number<'a>(
        &'a self,
        account: &'a Account,
        number: &'a Address,
    ) -> BoxFuture<'a, Result<Option<NumberReport>, CheckError>> {
        Box::pin(async move {
            let settings = self.settings(account)?;
            let mut url = settings.resource("/phone_numbers")?;
            url.query_pairs_mut().append_pair("filter[phone_number]", number.as_str());
            let answer = ask(&self.http, &url, settings.login, refused).await?;
            let owned: Envelope<Vec<Owned>> = read(&answer, "no list of numbers")?;
            // The filter also finds numbers that only hold these digits.
            let mut owned = owned.data.into_iter();
            let Some(owned) = owned.find(|found| Address::parse(&found.phone_number) == *number) else {
                return Ok(None);
            };
            let id: String = url::form_urlencoded::byte_serialize(owned.id.as_bytes()).collect();
            let url = settings.resource(&format!("/phone_numbers/{id}/messaging"))?;
            let answer = ask(&self.http, &url, settings.login, refused).await?;
            let found: Envelope<Number> = read(&answer, "no number's settings")?;
            let (profile, features) = (found.data.messaging_profile_id, found.data.features);
            let inbound = if profile.is_some_and(|id| id.eq_ignore_ascii_case(settings.messaging_profile_id)) {
                let (profile, _) = self.profile(&settings).await?;
                profile.webhook_url.filter(|url| !url.is_empty()).map_or(InboundAddress::Nowhere, InboundAddress::Url)
            } else {
                InboundAddress::Nowhere
            };
            Ok(Some(NumberReport { texts: features.sms.is_some(), pictures: features.mms.is_some(), inbound }))
        })
    }
}
