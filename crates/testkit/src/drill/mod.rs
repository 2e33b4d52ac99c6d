//! Drills: Hark as a process, ended and starved in earnest, with a witness outside.
//!
//! A drill starts the server's binary and the [`crate::witness`], sets a shop
//! up over HTTP as a person would, and talks to it as providers and programs
//! do: each request is repeated until it is answered. What was answered is then
//! held against what the server says, and against what the witness saw.

mod bytes;
pub mod check;
pub mod client;
pub mod cluster;
mod copies;
pub mod erasure;
pub mod full_disk;
pub mod kill;
pub mod order;
pub mod place;
pub mod process;
pub mod race;
pub mod report;
mod returns;
pub mod shop;
pub mod stop;
pub mod term;
pub mod thread;
pub mod traffic;

pub use report::Report;

/// Why a drill could not be carried out, as opposed to what it found.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// The present instant in Unix ms: the clock that the server reads, too.
#[expect(clippy::disallowed_methods, reason = "a process of its own, outside Hark and its clock")]
#[must_use]
pub fn unix_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Waits a moment.
pub(crate) async fn pause(ms: u64) {
    tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
}

/// Asks again and again until the answer is yes, for `seconds` at most.
///
/// # Errors
/// The time is over, or the question cannot be answered.
pub async fn until<F, R>(what: &str, seconds: u64, every_ms: u64, mut asked: F) -> Result<(), Fault>
where
    F: FnMut() -> R,
    R: Future<Output = Result<bool, Fault>>,
{
    let all = async {
        while !asked().await? {
            pause(every_ms).await;
        }
        Ok(())
    };
    tokio::time::timeout(std::time::Duration::from_secs(seconds), all)
        .await
        .map_err(|_| format!("{what}: not within {seconds} s"))?
}
