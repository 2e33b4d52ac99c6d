//! The simulator: a provider whose network is inside Hark.
//!
//! It holds no socket and no client, so it cannot reach a real phone.

mod carrier;
mod faults;
mod random;

pub use carrier::{CarrierEvent, HandsetText, OPTED_OUT_CODE, PhoneText, SimulatorCarrier, THROTTLED_CODE};
pub use faults::Faults;

use crate::channel::{
    Account, BoxFuture, Capabilities, Cause, Channel, CheckAccount, CheckError, CheckReport, InboundMedia, Monotonic,
    Outcome, OutcomeRow, OwnWords, SendTexts, SettingsError, Submission,
};
use domain::id::{AttemptId, MediaId};
use domain::limits::PARTS_MAX;
use domain::outcome::ErrorClass;
use domain::send::{Cleared, OutboundText};
use std::sync::Arc;

/// Where a picture sent from a simulated phone lies: no provider keeps it, it was uploaded here.
const UPLOADED: &str = "simulator:";

/// A picture from a simulated phone: the upload it is.
#[must_use]
pub fn phone_picture(upload: MediaId) -> InboundMedia {
    InboundMedia { url: format!("{UPLOADED}{upload}"), content_type: "image/*".to_owned() }
}

/// The upload that [`phone_picture`] speaks of; none for every other picture.
#[must_use]
pub fn phone_picture_upload(picture: &InboundMedia) -> Option<MediaId> {
    picture.url.strip_prefix(UPLOADED)?.parse().ok()
}

/// The network answers within the process, so hardly anything can be unclear;
/// the rows are what its faults pretend.
static OUTCOMES: &[OutcomeRow] = &[
    OutcomeRow { cause: Cause::Status { from: 200, to: 299 }, outcome: Outcome::Taken, why: "the network took it" },
    OutcomeRow {
        cause: Cause::status(429),
        outcome: Outcome::NotTaken(ErrorClass::RateLimited),
        why: "throttled: the network drops the text before it looks at it",
    },
    OutcomeRow {
        cause: Cause::Status { from: 400, to: 499 },
        outcome: Outcome::NotTaken(ErrorClass::Unknown),
        why: "refused with the code set as a fault",
    },
    OutcomeRow { cause: Cause::TimedOut, outcome: Outcome::Unknown, why: "a lost answer: the network has the text" },
];

static CAPABILITIES: Capabilities = Capabilities {
    real: false,
    mms: true,
    receipts: true,
    idempotency_key: false,
    validity_period: true,
    validity_min_ms: 0,
    look_up: false,
    own_words: OwnWords::NONE,
    max_parts: PARTS_MAX,
    media_max: 10,
    outcomes: OUTCOMES,
};

/// The provider in front of the simulated network.
#[derive(Debug)]
pub struct Simulator {
    carrier: Arc<SimulatorCarrier>,
}

impl Simulator {
    /// A provider that leads into a network.
    #[must_use]
    pub const fn new(carrier: Arc<SimulatorCarrier>) -> Self {
        Self { carrier }
    }
}

impl Channel for Simulator {
    fn provider(&self) -> &'static str {
        "simulator"
    }

    fn title(&self) -> &'static str {
        "Simulator"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn settings_schema(&self) -> serde_json::Value {
        serde_json::json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "title": "Simulator",
            "description": "Phones inside Hark. No text leaves this server.",
            "properties": {},
            "additionalProperties": false,
        })
    }

    fn check_settings(&self, account: &Account) -> Result<(), SettingsError> {
        match &account.settings {
            serde_json::Value::Null => Ok(()),
            serde_json::Value::Object(fields) if fields.is_empty() => Ok(()),
            _ => Err(SettingsError { field: "settings", detail: "the simulator has no settings" }),
        }
    }

    fn sends(&self) -> Option<&dyn SendTexts> {
        Some(self)
    }

    fn checks(&self) -> Option<&dyn CheckAccount> {
        Some(self)
    }
}

impl SendTexts for Simulator {
    fn send<'a>(
        &'a self,
        account: &'a Account,
        clock: &'a dyn Monotonic,
        batch: Vec<Cleared<OutboundText>>,
    ) -> BoxFuture<'a, Vec<(AttemptId, Submission)>> {
        Box::pin(async move {
            let texts = batch.into_iter().map(|cleared| (cleared.hand_over_by(), cleared.spend()));
            self.carrier.submit_all(account.id, texts, clock.monotonic_ms())
        })
    }
}

impl CheckAccount for Simulator {
    fn check<'a>(&'a self, account: &'a Account) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(async move {
            self.check_settings(account)?;
            Ok(CheckReport {
                name: "Simulated network".to_owned(),
                active: true,
                status: "active".to_owned(),
                provider_at: None,
            })
        })
    }
}
