//! Tests of the store, on both engines.

mod db;
#[expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
mod export;
#[expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
mod plans;
mod stored;
mod upgrade;
