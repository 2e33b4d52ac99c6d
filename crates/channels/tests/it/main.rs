//! Every provider against one contract, and each against its own vectors.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at what should not be")]

mod cleared;
mod contract;
mod docs;
mod error_codes;
mod log;
mod mock;
mod peer;
mod plivo;
mod plivo_codes;
mod simulator;
mod telnyx;
mod telnyx_codes;
mod twilio;
mod twilio_codes;
mod twilio_opt_out;
