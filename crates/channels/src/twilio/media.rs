//! Where Twilio keeps the pictures customers send: its own hosts alone, and the login is shown to
//! the API's own host alone.

use super::Twilio;
use super::settings::{Settings, is_twilio};
use crate::channel::picture::{self, is_on};
use crate::channel::{Account, BoxFuture, FetchMedia, FetchedMedia, MediaError, MediaLimits};
use url::Url;

impl FetchMedia for Twilio {
    fn fetch_media<'a>(
        &'a self,
        account: &'a Account,
        url: &'a str,
        limits: MediaLimits,
    ) -> BoxFuture<'a, Result<FetchedMedia, MediaError>> {
        Box::pin(async move {
            let settings = self.settings(account)?;
            let judge = |url: &Url| {
                place(&settings, url).map(|place| match place {
                    Place::Api => picture::Place::WithLogin(settings.login),
                    Place::Storage => picture::Place::Open,
                })
            };
            picture::fetch(&self.http, url, limits, judge).await
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
    if is_on(url, &["api.twilio.com"]) && is_twilio(&settings.base) {
        return Some(Place::Api);
    }
    let storage = is_on(url, &[".twilio.com", ".twiliocdn.com"])
        || (is_on(url, &["s3-external-1.amazonaws.com"]) && url.path().starts_with("/media.twiliocdn.com/"));
    storage.then_some(Place::Storage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::Secret;
    use crate::http::Login;

    #[test]
    fn only_the_providers_hosts_are_asked_and_only_the_api_sees_the_login() {
        let password = Secret::new("x".into());
        let mut settings = Settings {
            account_sid: "AC",
            login: Login::Basic { user: "AC", password: &password },
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
