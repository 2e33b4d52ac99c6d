//! Every provider against one contract, and each against its own vectors.

mod cleared;
mod contract;
mod docs;
mod log;
mod peer;
mod simulator;
mod twilio;
