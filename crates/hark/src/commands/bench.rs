//! `hark bench`: how fast this machine runs Hark, and what each item costs.

use bench::{Fault, Wish};

use crate::exit::Failure;

/// Runs benchmarks with this very program as their server.
pub async fn run(wish: Wish) -> Result<(), Failure> {
    let binary = std::env::current_exe()?;
    match bench::run(wish, binary).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::Software("something costs more than it may".to_owned())),
        Err(Fault::Io(error)) => Err(error.into()),
        Err(error @ Fault::Postgres(_)) => Err(Failure::Unavailable(error.to_string())),
        Err(error) => Err(Failure::Software(error.to_string())),
    }
}
