//! What a command tells on stdout.
//!
//! Who reads may go away, and the disk behind it may be full. What the command does is
//! done all the same; what could not be told decides the exit code at its end.

use std::fmt::Arguments;
use std::io::{self, Write as _};
use std::sync::OnceLock;

use crate::exit::Failure;

static UNHEARD: OnceLock<io::Error> = OnceLock::new();

/// Tells a line, as `println!` does, but never panics.
macro_rules! tell {
    ($($words:tt)*) => { $crate::told::text(format_args!("{}\n", format_args!($($words)*))) };
}
pub(crate) use tell;

/// Tells text as it is.
pub fn text(words: Arguments<'_>) {
    let mut out = io::stdout().lock();
    if let Err(error) = out.write_fmt(words).and_then(|()| out.flush()) {
        // The first reason is the one to tell.
        let _ = UNHEARD.set(error);
    }
}

/// Whether all was told.
///
/// # Errors
/// [`Failure::Io`] with why not.
pub fn all() -> Result<(), Failure> {
    match UNHEARD.get() {
        None => Ok(()),
        Some(error) => Err(Failure::Io(io::Error::new(error.kind(), format!("the answer was not written: {error}")))),
    }
}
