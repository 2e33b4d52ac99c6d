//! Hark's SMPP client against bytes, and against a centre that does what a script says.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what should not be")]

mod centre;
mod codec;
mod inbound;
mod outbound;
mod reassembly;
mod receipts;
mod statuses;
mod upkeep;
