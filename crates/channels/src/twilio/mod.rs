//! Twilio Programmable Messaging, API version 2010-04-01.
//!
//! A pure translator: it builds requests and reads answers and webhooks.
//! Anything that speaks the same HTTP can stand at `api_base_url`.

mod check;
mod errors;
mod look_up;
mod media;
mod number;
mod opt_out;
mod send;
mod settings;
mod signature;
mod webhook;
mod words;

pub use crate::channel::Source;
pub use errors::{CODES, class_of};
pub use settings::API_BASE_URL;
pub use words::{WORDS, state_of};

use crate::channel::account::within_reach;
use crate::channel::{
    Account, Capabilities, Channel, CheckAccount, CheckNumbers, CodeRow, FetchMedia, LookUp, ReadReceipts,
    ReceiveTexts, SendTexts, SettingsError, VerifyWebhooks, WordRow,
};
use crate::http::HttpClient;
use domain::limits::PARTS_MAX;
use settings::Settings;

static CAPABILITIES: Capabilities = Capabilities {
    real: true,
    mms: true,
    receipts: true,
    // Creating a message has none; see `Channel::repeats_safely` for gateways that do.
    idempotency_key: false,
    validity_period: true,
    validity_min_ms: send::VALIDITY_MIN_MS,
    look_up: true,
    own_words: opt_out::WORDS,
    max_parts: PARTS_MAX,
    media_max: 10,
    outcomes: send::OUTCOMES,
};

/// The provider.
#[derive(Debug)]
pub struct Twilio {
    http: HttpClient,
}

impl Twilio {
    /// The provider over the shared client.
    #[must_use]
    pub const fn new(http: HttpClient) -> Self {
        Self { http }
    }

    /// The settings, checked also against what the client may reach.
    fn settings<'a>(&self, account: &'a Account) -> Result<Settings<'a>, SettingsError> {
        let settings = Settings::read(account)?;
        within_reach(&self.http, "api_base_url", &settings.base)?;
        Ok(settings)
    }
}

impl Channel for Twilio {
    fn provider(&self) -> &'static str {
        "twilio"
    }

    fn title(&self) -> &'static str {
        "Twilio"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn error_codes(&self) -> &'static [CodeRow] {
        CODES
    }

    fn receipt_words(&self) -> &'static [WordRow] {
        WORDS
    }

    fn settings_schema(&self) -> serde_json::Value {
        settings::schema()
    }

    fn check_settings(&self, account: &Account) -> Result<(), SettingsError> {
        self.settings(account).map(|_| ())
    }

    fn repeats_safely(&self, account: &Account) -> bool {
        Settings::read(account).is_ok_and(|settings| settings.idempotency_key)
    }

    fn sends(&self) -> Option<&dyn SendTexts> {
        Some(self)
    }

    fn receives(&self) -> Option<&dyn ReceiveTexts> {
        Some(self)
    }

    fn receipts(&self) -> Option<&dyn ReadReceipts> {
        Some(self)
    }

    fn webhooks(&self) -> Option<&dyn VerifyWebhooks> {
        Some(self)
    }

    fn looks_up(&self) -> Option<&dyn LookUp> {
        Some(self)
    }

    fn checks(&self) -> Option<&dyn CheckAccount> {
        Some(self)
    }

    fn numbers(&self) -> Option<&dyn CheckNumbers> {
        Some(self)
    }

    fn media(&self) -> Option<&dyn FetchMedia> {
        Some(self)
    }
}
