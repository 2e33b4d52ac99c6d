//! Where Telnyx keeps the pictures customers send. A URL there is its own permission, so no login
//! is shown to anybody.

use super::Telnyx;
use crate::channel::picture::{self, Place, is_on};
use crate::channel::{Account, BoxFuture, FetchMedia, FetchedMedia, MediaError, MediaLimits};
use url::Url;

/// Telnyx's own hosts, its object storage among them.
const HOSTS: &[&str] = &[".telnyx.com", ".telnyxcloudstorage.com", ".telnyxstorage.com"];

impl FetchMedia for Telnyx {
    fn fetch_media<'a>(
        &'a self,
        account: &'a Account,
        url: &'a str,
        limits: MediaLimits,
    ) -> BoxFuture<'a, Result<FetchedMedia, MediaError>> {
        Box::pin(async move {
            let settings = self.settings(account)?;
            let place =
                |url: &Url| (url.origin() == settings.base.origin() || is_on(url, HOSTS)).then_some(Place::Open);
            picture::fetch(&self.http, url, limits, place).await
        })
    }
}
