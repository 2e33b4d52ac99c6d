//! `hark clock`: what time a server has, and moving a rehearsal's clock on.

use clap::Args;
use engine::Engine;
use serde::{Deserialize, Serialize};

use crate::exit::Failure;

/// What to do with the clock.
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
pub struct Wish {
    /// The instant to move it on to, such as 2028-03-14T12:00:00Z; never back.
    #[arg(value_name = "INSTANT", value_parser = unix_ms)]
    to: Option<i64>,
}

fn unix_ms(text: &str) -> Result<i64, jiff::Error> {
    text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond)
}

/// Does it; what it answers is for the terminal.
pub fn run(engine: &Engine, wish: &Wish) -> Result<String, Failure> {
    if let Some(to) = wish.to
        && !engine.clock().move_to(to)
    {
        return Err(Failure::Config(format!(
            "the clock is not moved to {}: only that of a rehearsal is moved, and only on. See `hark serve --rehearse-at`",
            shown(to)
        )));
    }
    Ok(format!("{}\n", shown(engine.now())))
}

fn shown(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
