//! The one HTTP client of all providers.
//!
//! It knows timeouts, redaction and what a broken connection proves, so that a
//! provider's file is a pure translator. It never repeats a submit, and it
//! follows no redirect: either could send a text twice, or a login astray.

mod once;
mod reach;

pub use reach::{Reach, ReachError, is_public};

use crate::channel::{Cause, Monotonic, Secret};
use bytes::{Bytes, BytesMut};
use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE, LOCATION, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};
use once::{Fate, OnceBody};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};
use url::Url;

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// To connect, TLS included.
    pub connect: Duration,
    /// From a submit to the end of its answer. A lease on a text must outlive it.
    pub submit: Duration,
    /// One read.
    pub read: Duration,
}

impl Timeouts {
    /// Those of a server.
    pub const SERVER: Self =
        Self { connect: Duration::from_secs(4), submit: Duration::from_secs(12), read: Duration::from_secs(15) };
}

/// Most bytes of an answer that is read whole.
pub const ANSWER_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// How often a read is tried.
pub const READ_TRIES: u32 = 3;

/// The login of a request.
#[derive(Debug, Clone, Copy)]
pub enum Login<'a> {
    /// A name and a password (RFC 7617).
    Basic {
        /// The user.
        user: &'a str,
        /// The password.
        password: &'a Secret,
    },
    /// A key or a token by itself (RFC 6750).
    Bearer(&'a Secret),
}

impl Login<'_> {
    fn header(&self) -> Option<HeaderValue> {
        use base64::Engine as _;
        let value = match self {
            Self::Basic { user, password } => {
                let pair = format!("{user}:{}", password.expose());
                format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
            }
            Self::Bearer(token) => format!("Bearer {}", token.expose()),
        };
        let mut value = HeaderValue::from_str(&value).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// A submit: at most one text is in it, and it is written at most once.
#[derive(Debug)]
pub struct Submit<'a> {
    /// Who asks, for logs: the provider's word.
    pub provider: &'static str,
    /// Where to.
    pub url: Url,
    /// The login.
    pub login: Login<'a>,
    /// Further headers.
    pub headers: HeaderMap,
    /// The MIME type of the body.
    pub content_type: &'static str,
    /// The body.
    pub body: Bytes,
}

/// An answer, read whole.
#[derive(Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How long the provider asked us to wait, in milliseconds.
    pub retry_after_ms: Option<i64>,
    /// The provider's `Date` header, as it came.
    pub date: Option<String>,
    /// The MIME type of the body.
    pub content_type: String,
    /// Where a redirect points, not followed.
    pub location: Option<String>,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The provider's time of its answer in Unix ms, to the second.
    #[must_use]
    pub fn date_ms(&self) -> Option<i64> {
        let date = jiff::fmt::rfc2822::parse(self.date.as_deref()?).ok()?;
        Some(date.timestamp().as_millisecond())
    }
}

impl std::fmt::Debug for Answer {
    /// Answers repeat bodies and numbers.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}

/// What came of a submit.
#[derive(Debug)]
pub enum Submitted {
    /// The provider answered.
    Answer(Answer),
    /// The time to hand over passed before anything was written.
    Late,
    /// There was no answer; the cause says what that proves, the detail what was seen.
    Failed(Cause, String),
}

/// Why a read gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The URL must not be asked.
    #[error(transparent)]
    Reach(#[from] ReachError),
    /// The answer is larger than allowed.
    #[error("the answer is too large")]
    TooLarge,
    /// No answer came; the detail holds no URL.
    #[error("{0}")]
    Failed(String),
}

/// Why the client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be set up: {0}")]
pub struct HttpSetUpError(String);

/// The one HTTP client. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct HttpClient {
    client: reqwest::Client,
    reach: Reach,
    timeouts: Timeouts,
    /// The origins that are being connected to.
    warming: Arc<Mutex<HashSet<String>>>,
    /// What hosts that take a login said the time is, and when they said it.
    dates: Arc<Mutex<BTreeMap<String, (i64, Instant)>>>,
}

/// What a provider's host said the time is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardDate {
    /// The host.
    pub host: String,
    /// Its time in Unix ms, to the second, when it answered.
    pub at: i64,
    /// How long ago that was, in ms.
    pub age_ms: i64,
}

impl HttpClient {
    /// A client that asks only hosts within reach.
    ///
    /// # Errors
    /// The certificates of this machine could not be read.
    pub fn new(reach: Reach) -> Result<Self, HttpSetUpError> {
        Self::with_timeouts(reach, Timeouts::SERVER)
    }

    /// The same with other timeouts.
    ///
    /// # Errors
    /// The certificates of this machine could not be read.
    pub fn with_timeouts(reach: Reach, timeouts: Timeouts) -> Result<Self, HttpSetUpError> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // It fails only if the process has chosen one already, which serves as well.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let client = reqwest::Client::builder()
            .dns_resolver(reach::GuardedResolver(reach))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .connect_timeout(timeouts.connect)
            .tcp_nodelay(true)
            .pool_idle_timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(64)
            .build()
            .map_err(|error| HttpSetUpError(describe(&error)))?;
        Ok(Self { client, reach, timeouts, warming: Arc::default(), dates: Arc::default() })
    }

    /// Which hosts it asks.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        self.reach
    }

    /// The last `Date` of each host that was asked with a login, and how old it is.
    #[must_use]
    pub fn dates(&self) -> Vec<HeardDate> {
        let dates = self.dates.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |heard: &Instant| i64::try_from(heard.elapsed().as_millis()).unwrap_or(i64::MAX);
        dates.iter().map(|(host, (at, heard))| HeardDate { host: host.clone(), at: *at, age_ms: age(heard) }).collect()
    }

    #[expect(clippy::disallowed_methods, reason = "a date is worth nothing without the instant it was heard")]
    fn note_date(&self, host: Option<&str>, answer: &Answer) {
        if let (Some(host), Some(at)) = (host, answer.date_ms()) {
            let mut dates = self.dates.lock().unwrap_or_else(PoisonError::into_inner);
            dates.insert(host.to_owned(), (at, Instant::now()));
        }
    }

    /// Submits once. `hand_over_by`, in the units of `clock`, is looked at when
    /// the connection is about to write.
    #[expect(
        clippy::disallowed_methods,
        reason = "turns the caller's deadline into one that outlives this call, and measures"
    )]
    pub async fn submit(&self, submit: Submit<'_>, clock: &dyn Monotonic, hand_over_by: i64) -> Submitted {
        if let Err(error) = self.reach.check(&submit.url) {
            return Submitted::Failed(Cause::ConnectFailed, error.to_string());
        }
        let Some(login) = submit.login.header() else {
            return Submitted::Failed(Cause::ConnectFailed, "the login is not a valid header".to_owned());
        };
        let Ok(left_ms) = u64::try_from(hand_over_by.saturating_sub(clock.monotonic_ms())) else {
            return Submitted::Late;
        };
        let begun = Instant::now();
        let host = submit.url.host_str().map(str::to_owned);
        let (body, witness) = OnceBody::new(submit.body, begun.checked_add(Duration::from_millis(left_ms)));
        let answer = self
            .client
            .post(submit.url)
            .headers(submit.headers)
            .header(USER_AGENT, AGENT)
            .header(AUTHORIZATION, login)
            .header(CONTENT_TYPE, submit.content_type)
            .timeout(self.timeouts.submit)
            .body(reqwest::Body::wrap(body))
            .send();
        let submitted = match answer.await {
            Ok(answer) => match read_whole(answer, ANSWER_BYTES_MAX).await {
                Ok(answer) => Submitted::Answer(answer),
                Err(ReadError::TooLarge) => Submitted::Failed(Cause::Unreadable, "answer too large".to_owned()),
                Err(error) => Submitted::Failed(Cause::Broken, error.to_string()),
            },
            Err(error) => match witness.fate() {
                Fate::Late => Submitted::Late,
                Fate::Untouched => Submitted::Failed(Cause::ConnectFailed, describe(&error)),
                Fate::Released if error.is_timeout() => Submitted::Failed(Cause::TimedOut, describe(&error)),
                Fate::Released => Submitted::Failed(Cause::Broken, describe(&error)),
            },
        };
        let took_ms = begun.elapsed().as_millis();
        match &submitted {
            Submitted::Answer(answer) => {
                self.note_date(host.as_deref(), answer);
                tracing::debug!(provider = submit.provider, status = answer.status, %took_ms, "submit answered");
            }
            Submitted::Late => tracing::debug!(provider = submit.provider, %took_ms, "submit handed back"),
            Submitted::Failed(cause, detail) => {
                tracing::warn!(provider = submit.provider, ?cause, detail, %took_ms, "submit failed");
            }
        }
        submitted
    }

    /// Opens connections for the submits to come, in the background, by requests
    /// that do nothing. A far provider can take longer to connect to than a
    /// permission to hand over lasts; without this its texts would come too
    /// late for ever.
    pub fn warm(&self, url: &Url, connections: usize) {
        let origin = url.origin().ascii_serialization();
        if self.reach.check(url).is_err() || !lock(&self.warming).insert(origin.clone()) {
            return;
        }
        let (this, url) = (self.clone(), url.clone());
        tokio::spawn(async move {
            let heads = (0..connections.clamp(1, 8))
                .map(|_| this.client.head(url.clone()).header(USER_AGENT, AGENT).timeout(this.timeouts.read).send());
            futures::future::join_all(heads).await;
            lock(&this.warming).remove(&origin);
        });
    }

    /// Reads, a few times if need be: reading changes nothing. Only a full
    /// answer counts; statuses 429 and 5xx are tried again, then given as they are.
    ///
    /// # Errors
    /// No answer came.
    pub async fn read(&self, url: &Url, login: Option<Login<'_>>, bytes_max: u64) -> Result<Answer, ReadError> {
        self.reach.check(url)?;
        let mut tried = 1;
        loop {
            let result = self.read_once(url, login, bytes_max).await;
            let again = match &result {
                Ok(answer) => answer.status == 429 || answer.status >= 500,
                Err(ReadError::Failed(_)) => true,
                Err(ReadError::TooLarge | ReadError::Reach(_)) => false,
            };
            if !again || tried == READ_TRIES {
                return result;
            }
            tokio::time::sleep(Duration::from_millis(200 << tried)).await;
            tried += 1;
        }
    }

    async fn read_once(&self, url: &Url, login: Option<Login<'_>>, bytes_max: u64) -> Result<Answer, ReadError> {
        let mut request =
            self.client.request(Method::GET, url.clone()).header(USER_AGENT, AGENT).timeout(self.timeouts.read);
        if let Some(login) = login {
            let login =
                login.header().ok_or_else(|| ReadError::Failed("the login is not a valid header".to_owned()))?;
            request = request.header(AUTHORIZATION, login);
        }
        let answer = request.send().await.map_err(|error| ReadError::Failed(describe(&error)))?;
        let answer = read_whole(answer, bytes_max).await?;
        if login.is_some() {
            self.note_date(url.host_str(), &answer);
        }
        Ok(answer)
    }
}

fn lock(warming: &Mutex<HashSet<String>>) -> MutexGuard<'_, HashSet<String>> {
    warming.lock().unwrap_or_else(PoisonError::into_inner)
}

const AGENT: &str = concat!("hark/", env!("CARGO_PKG_VERSION"));

async fn read_whole(mut answer: reqwest::Response, bytes_max: u64) -> Result<Answer, ReadError> {
    let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let retry_after_ms = header(RETRY_AFTER).and_then(retry_after_ms);
    let date = header(DATE).map(str::to_owned);
    let content_type = header(CONTENT_TYPE).unwrap_or_default().to_owned();
    let location = header(LOCATION).map(str::to_owned);
    let status = answer.status().as_u16();
    if answer.content_length().is_some_and(|length| length > bytes_max) {
        return Err(ReadError::TooLarge);
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| ReadError::Failed(describe(&error)))? {
        if (body.len() + chunk.len()) as u64 > bytes_max {
            return Err(ReadError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, retry_after_ms, date, content_type, location, body: body.freeze() })
}

/// `Retry-After` in seconds (RFC 9110 §10.2.3). The form with a date is left
/// to our own back-off, since it would need a clock. At most one day.
fn retry_after_ms(value: &str) -> Option<i64> {
    let seconds: i64 = value.trim().parse().ok()?;
    (0..=86_400).contains(&seconds).then(|| seconds * 1000)
}

/// What was seen, in a few fixed words: never a URL, since those hold numbers.
fn describe(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "timed out"
    } else if error.is_connect() {
        "could not connect"
    } else if error.is_body() || error.is_decode() {
        "the body broke off"
    } else if error.is_builder() {
        "the request could not be built"
    } else {
        "the connection broke"
    };
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return format!("{kind} ({:?})", io.kind());
        }
        source = cause.source();
    }
    kind.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_within_reason() {
        assert_eq!(retry_after_ms("3"), Some(3000));
        assert_eq!(retry_after_ms(" 0 "), Some(0));
        for strange in ["", "-1", "999999999", "Fri, 31 Dec 1999 23:59:59 GMT", "1.5"] {
            assert_eq!(retry_after_ms(strange), None, "{strange}");
        }
    }

    #[test]
    fn logins_are_marked_sensitive() {
        let password = Secret::new("open sesame".into());
        for (login, expected) in [
            (Login::Basic { user: "AC1", password: &password }, "Basic QUMxOm9wZW4gc2VzYW1l"),
            (Login::Bearer(&password), "Bearer open sesame"),
        ] {
            let header = login.header();
            assert!(header.as_ref().is_some_and(HeaderValue::is_sensitive));
            assert_eq!(header.as_ref().and_then(|value| value.to_str().ok()), Some(expected));
        }
    }
}
