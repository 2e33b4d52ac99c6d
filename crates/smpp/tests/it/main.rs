//! Hark's SMPP client against bytes, and against a centre that does what a script says.

mod centre;
mod codec;
mod inbound;
mod outbound;
mod reassembly;
mod receipts;
mod statuses;
mod upkeep;
