//! Getting the pictures customers send.
//!
//! A picture's URL comes in a webhook. It is signed, yet it is not let lead
//! anywhere: only Twilio's hosts are asked, redirects are followed by hand
//! under the same rule, and the login is shown to the API's own host alone.

use super::Twilio;
use super::settings::Settings;
use crate::channel::{Account, BoxFuture, FetchMedia, FetchedMedia, MediaError, MediaLimits};
use crate::http::ReadError;
use url::Url;

/// The API redirects once to where the picture is kept.
const HOPS_MAX: usize = 3;

impl FetchMedia for Twilio {
    fn fetch_media<'a>(
        &'a self,
        account: &'a Account,
        url: &'a str,
        limits: MediaLimits,
    ) -> BoxFuture<'a, Result<FetchedMedia, MediaError>> {
        Box::pin(async move {
            let settings = self.settings(account)?;
            let mut url = Url::parse(url).map_err(|_| MediaError::ForeignHost)?;
            for _ in 0..=HOPS_MAX {
                let place = place(&settings, &url).ok_or(MediaError::ForeignHost)?;
                let login = (place == Place::Api).then_some(settings.login);
                let answer = self.http.read(&url, login, limits.max_bytes).await.map_err(|error| match error {
                    ReadError::TooLarge => MediaError::TooLarge,
                    ReadError::Reach(_) => MediaError::ForeignHost,
                    ReadError::Failed(detail) => MediaError::Unreachable { detail },
                })?;
                match answer.status {
                    200 => {
                        let essence =
                            answer.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
                        if !limits.accepts(&essence) {
                            return Err(MediaError::ContentType);
                        }
                        return Ok(FetchedMedia { content_type: essence, bytes: answer.body });
                    }
                    301 | 302 | 303 | 307 | 308 => {
                        let next = answer.location.as_deref().and_then(|next| url.join(next).ok());
                        url =
                            next.ok_or_else(|| MediaError::Unreachable { detail: "a redirect to nowhere".to_owned() })?;
                    }
                    status => return Err(MediaError::Refused { status }),
                }
            }
            Err(MediaError::Unreachable { detail: "too many redirects".to_owned() })
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The API, which wants the login.
    Api,
    /// Where pictures are kept, under a URL that is its own permission.
    Storage,
}

fn place(settings: &Settings<'_>, url: &Url) -> Option<Place> {
    if url.origin() == settings.base.origin() {
        return Some(Place::Api);
    }
    if url.scheme() != "https" || url.port_or_known_default() != Some(443) {
        return None;
    }
    let host = url.domain()?;
    if host == "api.twilio.com" && super::settings::is_twilio(&settings.base) {
        return Some(Place::Api);
    }
    let storage = [".twilio.com", ".twiliocdn.com"].iter().any(|suffix| host.ends_with(suffix))
        || (host == "s3-external-1.amazonaws.com" && url.path().starts_with("/media.twiliocdn.com/"));
    storage.then_some(Place::Storage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::Secret;
    use crate::http::Basic;

    #[test]
    fn only_the_providers_hosts_are_asked_and_only_the_api_sees_the_login() {
        let password = Secret::new("x".into());
        let mut settings = Settings {
            account_sid: "AC",
            login: Basic { user: "AC", password: &password },
            messaging_service_sid: None,
            service_picks_sender: false,
            idempotency_key: false,
            base: Url::parse("https://api.twilio.com").unwrap(),
        };
        let judge = |settings: &Settings<'_>, url: &str| place(settings, &Url::parse(url).unwrap());
        for (url, expected) in [
            ("https://api.twilio.com/2010-04-01/Accounts/AC0/Messages/MM0/Media/ME0", Some(Place::Api)),
            ("https://mms.twiliocdn.com/AC0/abc?sig=1", Some(Place::Storage)),
            ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC0/abc", Some(Place::Storage)),
            ("https://s3-external-1.amazonaws.com/other/abc", None),
            ("https://eviltwilio.com/a", None),
            ("https://api.twilio.com.evil.example/a", None),
            ("http://api.twilio.com/a", None),
            ("https://mms.twiliocdn.com:8443/a", None),
            ("https://127.0.0.1/a", None),
            ("https://10.0.0.1/a", None),
        ] {
            assert_eq!(judge(&settings, url), expected, "{url}");
        }
        settings.base = Url::parse("http://127.0.0.1:4010").unwrap();
        assert_eq!(judge(&settings, "http://127.0.0.1:4010/media/1"), Some(Place::Api));
        assert_eq!(judge(&settings, "http://127.0.0.1:4011/media/1"), None);
        // A gateway's login is not Twilio's.
        assert_eq!(judge(&settings, "https://api.twilio.com/a"), Some(Place::Storage));
    }
}
