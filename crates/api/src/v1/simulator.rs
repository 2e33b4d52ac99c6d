//! The carrier inside Hark: phones to type on, faults to switch on.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::messages::Media;
use super::page::Items;
use crate::problem::Problem;
use crate::wire::{InboxId, MediaId};

/// A phone in the simulated network.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatorPhone {
    /// Its number.
    #[schema(example = "+12125550123")]
    pub number: String,
    /// When it last got or sent a text, Unix ms.
    pub last_at: i64,
    /// The first words of that text.
    pub preview: String,
}

/// Which way a text went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SimulatorDirection {
    /// The phone shows it as received.
    ToPhone,
    /// The phone sent it.
    FromPhone,
}

/// A text on a simulated phone.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatorText {
    /// Its id on the phone.
    pub id: String,
    /// Which way it went.
    pub direction: SimulatorDirection,
    /// The shop's number.
    pub inbox_address: String,
    /// The words.
    pub body: String,
    /// Its pictures.
    pub media: Vec<Media>,
    /// When, Unix ms.
    pub at: i64,
    /// Parts as carriers count them.
    pub parts: i64,
}

/// What a simulated phone shows.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatorScreen {
    /// Its number.
    pub number: String,
    /// Its texts, oldest first, at most the last 200.
    pub texts: Vec<SimulatorText>,
}

/// A text typed on a simulated phone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulatorTextNew {
    /// The phone's number.
    #[schema(example = "+12125550123")]
    pub from: String,
    /// The inbox it texts to, of a simulated account.
    pub inbox_id: InboxId,
    /// The words.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub body: String,
    /// Pictures uploaded before.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub media_ids: Vec<MediaId>,
}

/// What goes wrong in the simulated network.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulatorFaults {
    /// How long a text travels, in ms.
    #[schema(maximum = 600_000)]
    pub delay_ms: u32,
    /// How long a receipt travels, in ms.
    #[schema(maximum = 600_000)]
    pub receipt_delay_ms: u32,
    /// How many of a hundred texts are lost.
    #[schema(maximum = 100)]
    pub loss_pct: u32,
    /// How many of a hundred texts and receipts come twice.
    #[schema(maximum = 100)]
    pub double_pct: u32,
    /// How many of a hundred receipts come in the wrong order.
    #[schema(maximum = 100)]
    pub disorder_pct: u32,
    /// Texts a second the carrier takes; null for any number.
    pub throttle_per_second: Option<u32>,
    /// The carrier refuses every text with this error class; null for none.
    #[schema(example = "carrier_filtered")]
    pub reject_code: Option<String>,
    /// Whether the carrier itself blocks who texted STOP.
    pub carrier_opt_out: bool,
}

/// Which inbox's carrier.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SimulatorQuery {
    /// The inbox; the oldest simulated one where absent.
    pub inbox_id: Option<InboxId>,
}

/// The phones of the simulated network.
#[utoipa::path(get, path = "/simulator/phones", tag = "simulator", responses((status = 200, description = "Latest first", body = Items<SimulatorPhone>)))]
pub async fn simulator_phone_list() -> Problem {
    Problem::pending()
}

/// What a phone shows. A number never used is an empty screen.
#[utoipa::path(get, path = "/simulator/phones/{number}", tag = "simulator", params(("number" = String, Path, description = "The phone's number")), responses((status = 200, description = "The screen", body = SimulatorScreen)))]
pub async fn simulator_phone_get() -> Problem {
    Problem::pending()
}

/// Texts from a phone to an inbox, through the simulated carrier.
#[utoipa::path(post, path = "/simulator/texts", tag = "simulator", request_body = SimulatorTextNew, responses((status = 201, description = "On its way", body = SimulatorText)))]
pub async fn simulator_text_create() -> Problem {
    Problem::pending()
}

/// What goes wrong in the simulated network.
#[utoipa::path(get, path = "/simulator/faults", tag = "simulator", params(SimulatorQuery), responses((status = 200, description = "The faults", body = SimulatorFaults)))]
pub async fn simulator_fault_get() -> Problem {
    Problem::pending()
}

/// Sets what goes wrong in the simulated network.
#[utoipa::path(put, path = "/simulator/faults", tag = "simulator", params(SimulatorQuery), request_body = SimulatorFaults, responses((status = 200, description = "The faults now", body = SimulatorFaults)))]
pub async fn simulator_fault_set() -> Problem {
    Problem::pending()
}
