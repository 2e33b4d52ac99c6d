//! The ways texts leave Hark and come in: SMS and MMS providers, and a carrier
//! that lives inside Hark.
//!
//! A provider is a pure translator over one shared HTTP client. Nothing here
//! knows a database or a rule: what may be sent was decided before, and comes
//! in as [`domain::send::Cleared`].

pub mod channel;
pub mod http;
pub mod plivo;
pub mod registry;
pub mod simulator;
pub mod telnyx;
pub mod twilio;
