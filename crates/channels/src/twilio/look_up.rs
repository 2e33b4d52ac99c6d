//! Finding messages, to settle what nobody knows.

use super::{Twilio, class_of, state_of};
use crate::channel::{Account, BodyHash, BoxFuture, FoundText, LookUp, LookUpError, LookUpQuery, body_hash};
use crate::http::{ANSWER_BYTES_MAX, ReadError};
use serde::Deserialize;
use url::Url;

/// Most pages of one look-up.
const PAGES_MAX: usize = 5;
/// Most messages on a page, as Twilio allows.
const PAGE_SIZE: &str = "1000";

impl LookUp for Twilio {
    fn find<'a>(
        &'a self,
        account: &'a Account,
        query: LookUpQuery,
    ) -> BoxFuture<'a, Result<Vec<FoundText>, LookUpError>> {
        Box::pin(async move {
            let settings = self.settings(account)?;
            let mut url = settings.resource("/Messages.json")?;
            // Twilio can filter by the day a text was sent. A text that waits in
            // its queue has no such day, so the time is compared here instead.
            url.query_pairs_mut().append_pair("To", query.to.as_str());
            if !settings.service_picks_sender {
                url.query_pairs_mut().append_pair("From", query.from.as_str());
            }
            url.query_pairs_mut().append_pair("PageSize", PAGE_SIZE);
            let mut found = Vec::new();
            for _ in 0..PAGES_MAX {
                let page = self.page(&url, &settings).await?;
                let mut all_older = !page.messages.is_empty();
                for message in page.messages {
                    let at = message.date_created.as_deref().and_then(unix_ms);
                    all_older &= at.is_some_and(|at| at + 1000 < query.since_ms - DAY_MS);
                    found.extend(message.matching(&query, at));
                }
                // Messages come newest first; a day's grace for those that waited.
                let Some(next) = page.next_page_uri.filter(|next| !next.is_empty() && !all_older) else {
                    return Ok(found);
                };
                url = settings.base.join(&next).map_err(|_| unreachable("no valid next page"))?;
                if url.origin() != settings.base.origin() {
                    return Err(unreachable("the next page is on another host"));
                }
            }
            Err(LookUpError::TooMany)
        })
    }
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn unreachable(detail: &str) -> LookUpError {
    LookUpError::Unreachable { detail: detail.to_owned() }
}

impl Twilio {
    async fn page(&self, url: &Url, settings: &super::Settings<'_>) -> Result<Page, LookUpError> {
        let answer =
            self.http.read(url, Some(settings.login), ANSWER_BYTES_MAX).await.map_err(|error| match error {
                ReadError::TooLarge => LookUpError::TooMany,
                other => LookUpError::Unreachable { detail: other.to_string() },
            })?;
        match answer.status {
            200 => serde_json::from_slice(&answer.body).map_err(|_| unreachable("the answer is no list of messages")),
            401 | 403 | 404 => Err(LookUpError::Account),
            status => Err(LookUpError::Unreachable { detail: format!("status {status}") }),
        }
    }
}

#[derive(Deserialize)]
struct Page {
    messages: Vec<Message>,
    #[serde(default)]
    next_page_uri: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    sid: String,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    status: String,
    #[serde(default)]
    direction: String,
    #[serde(default)]
    num_segments: Option<String>,
    #[serde(default)]
    error_code: Option<u32>,
    #[serde(default)]
    date_created: Option<String>,
}

impl Message {
    /// The message, if it is the text that is looked for. Times at Twilio are
    /// whole seconds, so the window is wider by one on both sides.
    fn matching(self, query: &LookUpQuery, at: Option<i64>) -> Option<FoundText> {
        let in_time = at.is_none_or(|at| at + 1000 >= query.since_ms && at - 1000 <= query.until_ms);
        let same: BodyHash = body_hash(self.body.as_deref().unwrap_or_default());
        if !in_time || same != query.body || self.direction.starts_with("inbound") {
            return None;
        }
        let error_code = self.error_code.filter(|code| *code != 0).map(|code| code.to_string());
        Some(FoundText {
            at,
            parts: self.num_segments.and_then(|parts| parts.parse().ok()).filter(|parts| *parts > 0),
            state: state_of(&self.status),
            word: self.status,
            error_class: error_code.as_deref().map(class_of),
            error_code,
            provider_id: self.sid,
        })
    }
}

/// A time as Twilio writes it, `Thu, 24 Aug 2023 05:01:45 +0000`, in Unix ms.
pub(super) fn unix_ms(text: &str) -> Option<i64> {
    jiff::fmt::rfc2822::parse(text).ok().map(|time| time.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_twilio_and_http_write_them() {
        assert_eq!(unix_ms("Thu, 24 Aug 2023 05:01:45 +0000"), Some(1_692_853_305_000));
        assert_eq!(unix_ms("Thu, 24 Aug 2023 05:01:45 GMT"), Some(1_692_853_305_000));
        assert_eq!(unix_ms("yesterday"), None);
    }
}
