//! Getting a picture whose URL came in a webhook.
//!
//! The webhook is signed, yet its URL is not let lead anywhere: each provider
//! names the hosts it keeps pictures on, redirects are followed by hand under
//! the same rule, and a login is shown only where the provider says so.

use super::{FetchedMedia, MediaError, MediaLimits};
use crate::http::{HttpClient, Login, ReadError};
use url::Url;

/// Most redirects, as from an API to where its pictures are kept.
const HOPS_MAX: usize = 3;

/// Whether a URL may be asked, and with which login.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    /// It is one of the provider's, and wants the login.
    WithLogin(Login<'a>),
    /// It is one of the provider's, and a URL there is its own permission.
    Open,
}

/// Gets a picture; `place` judges each URL on the way, and `None` leads nowhere.
pub(crate) async fn fetch<'a>(
    http: &HttpClient,
    url: &str,
    limits: MediaLimits,
    place: impl Fn(&Url) -> Option<Place<'a>>,
) -> Result<FetchedMedia, MediaError> {
    let mut url = Url::parse(url).map_err(|_| MediaError::ForeignHost)?;
    for _ in 0..=HOPS_MAX {
        let login = match place(&url).ok_or(MediaError::ForeignHost)? {
            Place::WithLogin(login) => Some(login),
            Place::Open => None,
        };
        let answer = http.read(&url, login, limits.max_bytes).await.map_err(|error| match error {
            ReadError::TooLarge => MediaError::TooLarge,
            ReadError::Reach(_) => MediaError::ForeignHost,
            ReadError::Failed(detail) => MediaError::Unreachable { detail },
        })?;
        match answer.status {
            200 => {
                let essence = answer.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
                if !limits.accepts(&essence) {
                    return Err(MediaError::ContentType);
                }
                return Ok(FetchedMedia { content_type: essence, bytes: answer.body });
            }
            301 | 302 | 303 | 307 | 308 => {
                let next = answer.location.as_deref().and_then(|next| url.join(next).ok());
                url = next.ok_or_else(|| MediaError::Unreachable { detail: "a redirect to nowhere".to_owned() })?;
            }
            status => return Err(MediaError::Refused { status }),
        }
    }
    Err(MediaError::Unreachable { detail: "too many redirects".to_owned() })
}

/// Whether a URL is one of a host by HTTPS on its own port, the host being one of `hosts` or,
/// where an entry begins with a dot, under it.
pub(crate) fn is_on(url: &Url, hosts: &[&str]) -> bool {
    if url.scheme() != "https" || url.port_or_known_default() != Some(443) {
        return false;
    }
    url.domain().is_some_and(|host| {
        hosts.iter().any(|known| if known.starts_with('.') { host.ends_with(known) } else { host == *known })
    })
}
