//! How far a benchmark is, told on the error output while it runs, and its end
//! at the latest.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::fault::Fault;
use crate::stopwatch;

/// How often it is told.
const EVERY: Duration = Duration::from_secs(5);
/// How long one benchmark may take on one store.
const MOST: Duration = Duration::from_secs(900);

static NOW: Mutex<String> = Mutex::new(String::new());

/// Notes how far the benchmark under way is.
pub(crate) fn at(words: impl Into<String>) {
    *NOW.lock().unwrap_or_else(PoisonError::into_inner) = words.into();
}

/// Runs a benchmark, telling how far it is. It is broken off where it takes too long.
pub(crate) async fn told<T>(title: &str, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    at("starting");
    let began = stopwatch::now();
    let telling = async {
        loop {
            tokio::time::sleep(EVERY).await;
            let now = NOW.lock().unwrap_or_else(PoisonError::into_inner).clone();
            eprintln!("… {title}, {} s: {now}", began.elapsed().as_secs());
        }
    };
    tokio::select! {
        done = tokio::time::timeout(MOST, work) => done.unwrap_or_else(|_| {
            let now = NOW.lock().unwrap_or_else(PoisonError::into_inner).clone();
            Err(Fault::wrong(format!("{title} did not end within {} s; last: {now}", MOST.as_secs())))
        }),
        () = telling => Err(Fault::wrong("unreachable: telling never ends")),
    }
}

/// How long a number of items may take: a third of the rate a release must
/// hold, and a moment to begin.
pub(crate) fn limit(items: u64) -> Duration {
    Duration::from_secs(60) + Duration::from_millis(items)
}
