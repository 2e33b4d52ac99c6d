//! The list: texts of all conversations, the latest first, page after page.

use std::collections::HashMap;
use std::fmt::Write as _;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::address::Address;
use domain::id::MessageId;
use domain::limits::VALIDITY_MS;
use engine::messages::{Before, Listed};
use http::HeaderMap;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Fault, caller, is_messages, shape};
use crate::access::Permission;
use crate::extract::{Path, Query};
use crate::state::Api;

/// Messages of a page when the request does not say, and at most.
const PAGE: usize = 50;
const PAGE_MAX: usize = 1_000;
/// Messages that are looked through at once.
const READ: i64 = 500;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// One page of messages.
pub async fn list(
    State(api): State<Api>,
    headers: HeaderMap,
    Path((account, collection)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    match listed(&api, &headers, &account, &collection, &query).await {
        Ok(body) => Json(body).into_response(),
        Err(fault) => fault.into_response(),
    }
}

/// What is asked for.
struct Wanted {
    to: Option<String>,
    from: Option<String>,
    /// From when to when (exclusive) it was sent, Unix ms.
    sent: Option<(i64, i64)>,
    size: usize,
    page: usize,
    before: Option<Before>,
}

impl Wanted {
    fn read(query: &HashMap<String, String>) -> Result<Self, Fault> {
        let known = ["To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken"];
        // What cannot be honoured is refused rather than silently left out.
        if let Some(name) = query.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(Fault::bad(20001, format!("{name} is not part of this subset: {}", known.join(", "))));
        }
        let number = |name: &str| match query.get(name).map(|text| text.parse::<usize>()) {
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => Err(Fault::bad(20001, format!("{name} is a number"))),
            None => Ok(None),
        };
        let address = |name: &str| query.get(name).map(|text| Address::parse(text).as_str().to_owned());
        let before = query.get("PageToken").map(|token| read_token(token)).transpose()?;
        let page = number("Page")?.unwrap_or(0);
        if page > 0 && before.is_none() {
            return Err(Fault::bad(20001, "Pages after the first are asked for by their next_page_uri"));
        }
        Ok(Self {
            to: address("To"),
            from: address("From"),
            sent: sent(query)?,
            size: number("PageSize")?.unwrap_or(PAGE).clamp(1, PAGE_MAX),
            page,
            before,
        })
    }

    fn takes(&self, text: &Listed, ours: &str) -> bool {
        let theirs = text.address.as_str();
        let (sender, recipient) = if shape::inbound(text) { (theirs, ours) } else { (ours, theirs) };
        self.to.as_ref().is_none_or(|to| to == recipient)
            && self.from.as_ref().is_none_or(|from| from == sender)
            && self.sent.is_none_or(|(from, to)| shape::sent_at(text).is_some_and(|at| (from..to).contains(&at)))
    }
}

/// When messages shall have been sent: a day, from an instant on, up to an instant.
fn sent(query: &HashMap<String, String>) -> Result<Option<(i64, i64)>, Fault> {
    let instant = |name: &str| query.get(name).map(|text| read_instant(name, text)).transpose();
    let (on, until, since) = (instant("DateSent")?, instant("DateSent<")?, instant("DateSent>")?);
    if on.is_none() && until.is_none() && since.is_none() {
        return Ok(None);
    }
    let mut range = (since.unwrap_or(i64::MIN), until.map_or(i64::MAX, |until| until.saturating_add(1)));
    if let Some(on) = on {
        let day = on - on.rem_euclid(DAY_MS);
        range = (range.0.max(day), range.1.min(day + DAY_MS));
    }
    Ok(Some(range))
}

/// A day or an instant as ISO 8601 writes them, in UTC, as Unix ms.
fn read_instant(name: &str, text: &str) -> Result<i64, Fault> {
    let day = || TimeZone::UTC.to_timestamp(text.parse::<Date>().ok()?.to_datetime(Time::midnight())).ok();
    let at = if text.contains('T') { text.parse::<Timestamp>().ok() } else { day() };
    at.map(Timestamp::as_millisecond).ok_or_else(|| Fault::bad(20001, format!("{name} is a date such as 2026-11-24")))
}

fn token((at, id): Before) -> String {
    format!("PA{at}.{}", id.uuid().simple())
}

fn read_token(token: &str) -> Result<Before, Fault> {
    let read = || {
        let (at, id) = token.strip_prefix("PA")?.split_once('.')?;
        Some((at.parse().ok()?, MessageId::new(Uuid::try_parse(id).ok()?)))
    };
    read().ok_or_else(|| Fault::bad(20001, "PageToken is that of a next_page_uri"))
}

async fn listed(
    api: &Api,
    headers: &HeaderMap,
    account: &str,
    collection: &str,
    query: &HashMap<String, String>,
) -> Result<Value, Fault> {
    is_messages(collection)?;
    let (caller, _) = caller(api, headers, account, Permission::Read).await?;
    let wanted = Wanted::read(query)?;
    let names = api.engine.names(caller.ws).await?;
    let ours = |text: &Listed| names.inboxes.get(&text.inbox).map(|(_, ours)| ours.as_str()).unwrap_or_default();
    let mine = |address: &&String| names.inboxes.values().any(|(_, ours)| ours == *address);
    // Whoever is not one of us is the customer whose texts are looked through.
    let theirs = [&wanted.to, &wanted.from].into_iter().flatten().find(|address| !mine(address)).cloned();
    let (mut before, mut since) = (wanted.before, i64::MIN);
    if let Some((from, to)) = wanted.sent {
        // It is sent after it was asked for, and as long as it is valid.
        let last = (to, MessageId::new(Uuid::nil()));
        before = Some(before.map_or(last, |before| before.min(last)));
        since = from.saturating_sub(2 * VALIDITY_MS);
    }
    let mut found: Vec<Listed> = Vec::new();
    // One more than asked for shows that there is another page.
    while found.len() <= wanted.size {
        let read = api.engine.message_recent(caller.ws, theirs.clone(), before, since, READ).await?;
        let (count, end) = (read.len(), read.last().map(|text| (text.row.created_at, text.row.id)));
        found.extend(read.into_iter().filter(|text| wanted.takes(text, ours(text))));
        before = end.or(before);
        if i64::try_from(count).unwrap_or(READ) < READ {
            break;
        }
    }
    let more = found.len() > wanted.size;
    found.truncate(wanted.size);
    let next = found.last().filter(|_| more).map(|text| (text.row.created_at, text.row.id));
    let messages: Vec<Value> = found.iter().map(|text| shape::message(account, text, ours(text))).collect();
    let start = wanted.page * wanted.size;
    Ok(json!({
        "messages": messages, "page": wanted.page, "page_size": wanted.size,
        "start": start, "end": start + messages.len().saturating_sub(1),
        "uri": uri(account, query, &wanted, wanted.page, wanted.before),
        "first_page_uri": uri(account, query, &wanted, 0, None),
        "next_page_uri": next.map(|next| uri(account, query, &wanted, wanted.page + 1, Some(next))),
        // A place only leads on.
        "previous_page_uri": null,
    }))
}

/// Where a page of the same list is.
fn uri(account: &str, query: &HashMap<String, String>, wanted: &Wanted, page: usize, from: Option<Before>) -> String {
    let mut uri = format!("/2010-04-01/Accounts/{account}/Messages.json?PageSize={}&Page={page}", wanted.size);
    for name in ["To", "From", "DateSent", "DateSent<", "DateSent>"] {
        if let Some(value) = query.get(name) {
            uri.push('&');
            escape(&mut uri, name);
            uri.push('=');
            escape(&mut uri, value);
        }
    }
    if let Some(from) = from {
        uri.push_str("&PageToken=");
        uri.push_str(&token(from));
    }
    uri
}

/// Escapes all that RFC 3986 does not call unreserved.
fn escape(into: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(pairs: &[(&str, &str)]) -> Option<(i64, i64)> {
        let query = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        sent(&query).unwrap_or_default()
    }

    #[test]
    fn dates_are_days_and_instants_in_utc() {
        let day = 1_795_478_400_000;
        assert_eq!(range(&[]), None);
        assert_eq!(range(&[("DateSent", "2026-11-24")]), Some((day, day + DAY_MS)));
        assert_eq!(range(&[("DateSent", "2026-11-24T18:00:00Z")]), Some((day, day + DAY_MS)));
        assert_eq!(range(&[("DateSent>", "2026-11-24")]), Some((day, i64::MAX)));
        assert_eq!(range(&[("DateSent<", "2026-11-24T00:00:01Z")]), Some((i64::MIN, day + 1_001)));
        assert!(read_instant("DateSent", "yesterday").is_err());
    }

    #[test]
    fn a_place_survives_the_way_there_and_back() {
        let place = (1_795_478_400_000, MessageId::new(Uuid::from_u128(7)));
        assert_eq!(read_token(&token(place)).ok(), Some(place));
        for wrong in ["", "PA", "PA1", "PA1.x", "1.00000000000000000000000000000007"] {
            assert!(read_token(wrong).is_err(), "{wrong}");
        }
        let mut escaped = String::new();
        escape(&mut escaped, "DateSent<+1 é");
        assert_eq!(escaped, "DateSent%3C%2B1%20%C3%A9");
    }
}
