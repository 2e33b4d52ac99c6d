//! Asking Twilio how a number is set up.

use super::Twilio;
use super::send::refused;
use crate::channel::ask::{ask, read};
use crate::channel::{Account, BoxFuture, CheckError, CheckNumbers, InboundAddress, NumberReport};
use domain::address::Address;
use serde::Deserialize;

#[derive(Deserialize)]
struct Page {
    incoming_phone_numbers: Vec<Number>,
}

#[derive(Deserialize)]
struct Number {
    phone_number: String,
    #[serde(default)]
    capabilities: Capabilities,
    #[serde(default)]
    sms_url: Option<String>,
    #[serde(default)]
    sms_application_sid: Option<String>,
}

#[derive(Deserialize, Default)]
struct Capabilities {
    #[serde(default, alias = "SMS")]
    sms: bool,
    #[serde(default, alias = "MMS")]
    mms: bool,
}

impl CheckNumbers for Twilio {
    fn number<'a>(
        &'a self,
        account: &'a Account,
        number: &'a Address,
    ) -> BoxFuture<'a, Result<Option<NumberReport>, CheckError>> {
        Box::pin(async move {
            let settings = self.settings(account)?;
            let mut url = settings.resource("/IncomingPhoneNumbers.json")?;
            url.query_pairs_mut().append_pair("PhoneNumber", number.as_str());
            let answer = ask(&self.http, &url, settings.login, refused).await?;
            let page: Page = read(&answer, "no list of numbers")?;
            // The filter also finds numbers that only begin alike.
            let mut numbers = page.incoming_phone_numbers.into_iter();
            let found = numbers.find(|found| Address::parse(&found.phone_number) == *number);
            // A messaging service or an application has an address of its own, which stands before the number's.
            let elsewhere = settings.messaging_service_sid.is_some();
            Ok(found.map(|found| NumberReport {
                texts: found.capabilities.sms,
                pictures: found.capabilities.mms,
                inbound: match found.sms_url.filter(|url| !url.is_empty()) {
                    _ if elsewhere || found.sms_application_sid.is_some_and(|sid| !sid.is_empty()) => {
                        InboundAddress::Untold
                    }
                    Some(url) => InboundAddress::Url(url),
                    None => InboundAddress::Nowhere,
                },
            }))
        })
    }
}
