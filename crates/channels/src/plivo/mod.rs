//! Plivo Messaging, API version 1.
//!
//! A pure translator: it builds requests and reads answers and webhooks.

mod check;
mod errors;
mod media;
mod number;
mod opt_out;
mod send;
mod settings;
mod signature;
mod webhook;
mod words;

pub use errors::CODES;
pub use settings::API_BASE_URL;
pub use words::WORDS;

use crate::channel::account::within_reach;
use crate::channel::{
    Account, Capabilities, Channel, CheckAccount, CheckNumbers, CodeRow, FetchMedia, ReadReceipts, ReceiveTexts,
    SendTexts, SettingsError, VerifyWebhooks, WordRow,
};
use crate::http::HttpClient;
use domain::limits::PARTS_MAX;
use settings::Settings;

static CAPABILITIES: Capabilities = Capabilities {
    real: true,
    mms: true,
    receipts: true,
    idempotency_key: false,
    validity_period: true,
    validity_min_ms: send::VALIDITY_MIN_MS,
    // Messages are listed without their words, so one cannot be told from another.
    look_up: false,
    own_words: opt_out::WORDS,
    max_parts: PARTS_MAX,
    media_max: 10,
    outcomes: send::OUTCOMES,
};

/// The provider.
#[derive(Debug)]
pub struct Plivo {
    http: HttpClient,
}

impl Plivo {
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

impl Channel for Plivo {
    fn provider(&self) -> &'static str {
        "plivo"
    }

    fn title(&self) -> &'static str {
        "Plivo"
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
