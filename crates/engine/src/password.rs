//! Passwords: argon2id, off the async threads, few at a time.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

/// Shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// Longest password, in bytes: a longer one only costs time.
pub const PASSWORD_BYTES_MAX: usize = 800;

/// Each hash takes 19 MiB and some tens of milliseconds of one core; more at
/// once would only make sign-ins a way to bring the server down.
static AT_WORK: Semaphore = Semaphore::const_new(2);
/// How many may wait for their turn.
static WAITING: Semaphore = Semaphore::const_new(64);

/// A hash of no password: checking against it takes as long as against a real
/// one, so that the time does not tell whether an e-mail address is known.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZS1zYWx0LWZvci1oYXJr$JHW3mHuJ2gBdmPjX6lHRTLIVxYhv5Y1JoC2iYfGQd0M";

/// Why a password could not be dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too many sign-ins wait.
    #[error("too many sign-ins at once")]
    Busy,
    /// Shorter or longer than passwords may be.
    #[error("a password has at least {PASSWORD_CHARS_MIN} characters and at most {PASSWORD_BYTES_MAX} bytes")]
    Length,
    /// The hash could not be made.
    #[error("the password could not be hashed")]
    Hash,
}

/// Hashes a new password into PHC form.
///
/// # Errors
/// [`PasswordError`].
pub async fn hash(password: String) -> Result<String, PasswordError> {
    if password.chars().count() < PASSWORD_CHARS_MIN || password.len() > PASSWORD_BYTES_MAX {
        return Err(PasswordError::Length);
    }
    at_work(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()))
        .await?
        .map_err(|_| PasswordError::Hash)
}

/// Whether a password fits a hash. Without a hash it takes as long and is false.
///
/// # Errors
/// [`PasswordError`].
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, PasswordError> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Ok(false);
    }
    at_work(move || {
        let known = hash.is_some();
        let hash = hash.as_deref().unwrap_or(NOBODY);
        let fits = PasswordHash::new(hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        fits && known
    })
    .await
}

async fn at_work<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
    let waiting = WAITING.try_acquire().map_err(|_| PasswordError::Busy)?;
    let turn = AT_WORK.acquire().await.map_err(|_| PasswordError::Busy)?;
    drop(waiting);
    let done = tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::Hash);
    drop(turn);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn hashes_verify_and_never_repeat() -> Result<(), PasswordError> {
        let one = hash("correct horse".into()).await?;
        let two = hash("correct horse".into()).await?;
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two);
        assert!(verify("correct horse".into(), Some(one.clone())).await?);
        assert!(!verify("correct horsE".into(), Some(one)).await?);
        assert!(!verify("correct horse".into(), None).await?);
        assert!(!verify("correct horse".into(), Some("no hash".into())).await?);
        Ok(())
    }

    #[tokio::test]
    async fn lengths_are_held() {
        assert_eq!(hash("nine char".into()).await, Err(PasswordError::Length));
        assert_eq!(hash("x".repeat(801)).await, Err(PasswordError::Length));
    }

    #[test]
    fn the_hash_of_nobody_is_one() {
        assert!(PasswordHash::new(NOBODY).is_ok());
    }
}
