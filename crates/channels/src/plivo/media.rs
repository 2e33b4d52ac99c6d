//! Where Plivo keeps the pictures customers send: its own hosts alone, and the login is shown to
//! the API's own host alone.

use super::Plivo;
use crate::channel::picture::{self, Place, is_on};
use crate::channel::{Account, BoxFuture, FetchMedia, FetchedMedia, MediaError, MediaLimits};
use url::Url;

impl FetchMedia for Plivo {
    fn fetch_media<'a>(
        &'a self,
        account: &'a Account,
        url: &'a str,
        limits: MediaLimits,
    ) -> BoxFuture<'a, Result<FetchedMedia, MediaError>> {
        Box::pin(async move {
            let settings = self.settings(account)?;
            let place = |url: &Url| {
                if url.origin() == settings.base.origin() {
                    return Some(Place::WithLogin(settings.login));
                }
                is_on(url, &[".plivo.com"]).then_some(Place::Open)
            };
            picture::fetch(&self.http, url, limits, place).await
        })
    }
}
