//! Telling how far long work is, on stderr.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// A line that counts: over itself on a terminal, one after the other in a log.
pub struct Shown {
    last: Instant,
    open: bool,
    terminal: bool,
}

impl Shown {
    /// Nothing is shown of work that ends within a second.
    #[expect(clippy::disallowed_methods, reason = "how often a line is shown decides nothing")]
    pub fn new() -> Self {
        Self { last: Instant::now(), open: false, terminal: std::io::stderr().is_terminal() }
    }

    /// Shows how many of how many there are, every second or, in a log, every five.
    #[expect(clippy::disallowed_methods, reason = "how often a line is shown decides nothing")]
    pub fn show(&mut self, what: &str, done: u64, of: u64) {
        let wait = if self.terminal || !self.open { 1 } else { 5 };
        if self.last.elapsed() < Duration::from_secs(wait) {
            return;
        }
        (self.last, self.open) = (Instant::now(), true);
        let percent = done.saturating_mul(100).checked_div(of).unwrap_or(100);
        let line = format!("{what}: {done} of {of} ({percent} %)");
        // Whoever does not read it loses nothing.
        let _ = match self.terminal {
            true => write!(std::io::stderr(), "\r\x1b[2K{line}"),
            false => writeln!(std::io::stderr(), "{line}"),
        };
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if self.open && self.terminal {
            let _ = writeln!(std::io::stderr());
        }
    }
}

/// Bytes for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10),
    }
}
