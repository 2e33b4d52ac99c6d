//! What goes wrong on a simulated line.

use serde::{Deserialize, Serialize};

/// The faults of one account's line. Percentages are whole, from 0 to 100;
/// times are milliseconds. All at rest: a perfect network that takes a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// How long a text takes to the phone.
    pub delay_ms: i64,
    /// How long a receipt takes back to us.
    pub receipt_delay_ms: i64,
    /// Texts that vanish after being taken: no phone gets them, no last receipt comes.
    pub loss_pct: u8,
    /// Receipts that come twice, and texts, to the phone and from it.
    pub double_pct: u8,
    /// Texts and receipts that overtake each other.
    pub disorder_pct: u8,
    /// Last receipts that come much later, by `late_receipt_ms`.
    pub late_receipt_pct: u8,
    /// How much later those come.
    pub late_receipt_ms: i64,
    /// Receipts that are on their way before the submit's answer.
    pub early_receipt_pct: u8,
    /// Receipts for each part in place of one for the whole text.
    pub per_part_receipts: bool,
    /// Most texts taken in one second; above it they are refused for now.
    pub throttle_per_second: Option<u32>,
    /// Refuse every text with this code, an error class such as `carrier_filtered`.
    pub reject_code: Option<String>,
    /// Texts that are taken, and reported undelivered later.
    pub fail_pct: u8,
    /// The code those are reported with; `unreachable` if none is set.
    pub fail_code: Option<String>,
    /// Texts that are taken although the answer to the submit is lost.
    pub ambiguous_pct: u8,
    /// The carrier acts on STOP and START by itself, before us.
    pub carrier_opt_out: bool,
}

/// Longest simulated delay, in milliseconds (seven days).
const DELAY_MAX: i64 = 7 * 24 * 60 * 60 * 1000;

impl Default for Faults {
    fn default() -> Self {
        Self {
            delay_ms: 150,
            receipt_delay_ms: 100,
            loss_pct: 0,
            double_pct: 0,
            disorder_pct: 0,
            late_receipt_pct: 0,
            late_receipt_ms: 60 * 60 * 1000,
            early_receipt_pct: 0,
            per_part_receipts: false,
            throttle_per_second: None,
            reject_code: None,
            fail_pct: 0,
            fail_code: None,
            ambiguous_pct: 0,
            carrier_opt_out: false,
        }
    }
}

impl Faults {
    /// A network without delays or faults, for measurements.
    #[must_use]
    pub fn none() -> Self {
        Self { delay_ms: 0, receipt_delay_ms: 0, ..Self::default() }
    }

    /// The same with every value brought within its range.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        for percent in [
            &mut self.loss_pct,
            &mut self.double_pct,
            &mut self.disorder_pct,
            &mut self.late_receipt_pct,
            &mut self.early_receipt_pct,
            &mut self.fail_pct,
            &mut self.ambiguous_pct,
        ] {
            *percent = (*percent).min(100);
        }
        for time in [&mut self.delay_ms, &mut self.receipt_delay_ms, &mut self.late_receipt_ms] {
            *time = (*time).clamp(0, DELAY_MAX);
        }
        self
    }
}
