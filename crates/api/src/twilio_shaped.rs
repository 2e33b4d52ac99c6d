//! A subset of the shape of Twilio's Messages resource, for programs that speak it already.
//!
//! `/2010-04-01/Accounts/{key id}/Messages.json`: create, fetch, and list the
//! latest. Basic authentication by key id and secret; the account is the key's
//! id, as it is or as AC and its 32 digits. Purpose and inbox are
//! the key's defaults; a text goes through the same gate as any other.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use domain::id::MessageId;
use domain::message::{Kind, Origin, State as MessageState};
use engine::conversation::Span;
use engine::reply::{Destination, NewText, ReplyError};
use engine::{ConversationRow, DbError, MessageRow, View};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::Permission;
use crate::caller::{Caller, Key, Who};
use crate::extract::{Path, Query};
use crate::guard::basic;
use crate::problem::Problem;
use crate::state::Api;
use crate::v1::conversations::start::outbound_address;

/// Most messages of a list.
const PAGE_MAX: usize = 100;

/// An error in the shape such programs expect.
struct Fault {
    status: StatusCode,
    code: u32,
    message: String,
}

impl Fault {
    fn new(status: StatusCode, code: u32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    fn bad(code: u32, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    fn missing() -> Self {
        Self::new(StatusCode::NOT_FOUND, 20404, "The requested resource was not found")
    }
}

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        let problem = Problem::from(error);
        let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        Self::new(status, 20500, problem.detail())
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body = json!({"code": self.code, "message": self.message, "more_info": "", "status": self.status.as_u16()});
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, http::HeaderValue::from_static("Basic realm=\"hark\""));
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, http::HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

/// Who asks, by Basic authentication; the key in the path must be the same.
async fn caller(api: &Api, headers: &HeaderMap, account: &str, permission: Permission) -> Result<(Caller, Key), Fault> {
    let refused = || Fault::new(StatusCode::UNAUTHORIZED, 20003, "Authenticate");
    let (id, secret) = basic(headers).ok_or_else(refused)?;
    let parsed: domain::id::ApiKeyId = id.parse().map_err(|_| refused())?;
    // Secrets are shown with their prefix; both forms are taken.
    let secret = secret.rsplit('_').next().unwrap_or_default().to_owned();
    let row = api.engine.api_key_check(parsed, &secret).await?.ok_or_else(refused)?;
    // Twilio's own libraries insist on an account that begins with AC: the key's
    // id in that form names the same key.
    let shaped = account.strip_prefix("AC").is_some_and(|digits| digits == parsed.uuid().simple().to_string());
    if account != id && !shaped {
        return Err(Fault::missing());
    }
    let caller = Caller::of_key(row);
    let now = api.engine.now();
    api.callers
        .take((caller.ws, caller.uuid()), now)
        .map_err(|_| Fault::new(StatusCode::TOO_MANY_REQUESTS, 20429, "Too many requests"))?;
    if !caller.may(permission) {
        return Err(Fault::new(StatusCode::FORBIDDEN, 20403, "This key's scopes do not allow it"));
    }
    match &caller.who {
        Who::Key(key) => Ok((caller.clone(), key.clone())),
        Who::Member(_) => Err(refused()),
    }
}

/// Sends a text.
pub async fn create(
    State(api): State<Api>,
    headers: HeaderMap,
    Path((account, collection)): Path<(String, String)>,
    form: Result<Form<Vec<(String, String)>>, axum::extract::rejection::FormRejection>,
) -> Response {
    let Ok(Form(fields)) = form else {
        return Fault::bad(20001, "Send the fields as application/x-www-form-urlencoded").into_response();
    };
    match created(&api, &headers, &account, &collection, &fields).await {
        Ok(body) => (StatusCode::CREATED, Json(body)).into_response(),
        Err(fault) => fault.into_response(),
    }
}

async fn created(
    api: &Api,
    headers: &HeaderMap,
    account: &str,
    collection: &str,
    fields: &[(String, String)],
) -> Result<Value, Fault> {
    is_messages(collection)?;
    let (caller, key) = caller(api, headers, account, Permission::Send).await?;
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    // What cannot be honoured is refused rather than silently left out.
    if let Some((name, _)) =
        fields.iter().find(|(name, _)| !matches!(name.as_str(), "To" | "From" | "Body" | "ValidityPeriod"))
    {
        return Err(Fault::bad(21600, format!("{name} is not part of this subset: To, From, Body, ValidityPeriod")));
    }
    if fields.iter().any(|(_, value)| value.contains('\0')) {
        return Err(Fault::bad(21600, "Texts cannot hold the character U+0000"));
    }
    let to = field("To").ok_or_else(|| Fault::bad(21604, "A 'To' phone number is required"))?;
    let to = outbound_address("To", to).map_err(|problem| Fault::bad(21211, problem.detail()))?;
    let body = field("Body").filter(|body| !body.trim().is_empty());
    let body = body.ok_or_else(|| Fault::bad(21602, "Message body is required"))?;
    if body.encode_utf16().count() > domain::limits::BODY_UNITS_MAX {
        return Err(Fault::bad(21617, "The message body exceeds the 1600 character limit"));
    }
    let inboxes = api.engine.inbox_list(caller.ws).await?;
    let inbox = match field("From") {
        Some(from) => {
            let from = domain::address::Address::parse(from);
            let known = inboxes.iter().filter(|inbox| inbox.address == from.as_str());
            known.map(|inbox| inbox.id).max_by_key(|id| Some(*id) == key.inbox)
        }
        None => key.inbox,
    };
    let inbox = inbox
        .ok_or_else(|| Fault::bad(21603, "A 'From' number of yours is required, or a default inbox of the key"))?;
    let purpose = key.purpose.ok_or_else(|| Fault::bad(21603, "This key has no default purpose, so it cannot send"))?;
    let valid_until = match field("ValidityPeriod").map(str::parse::<i64>) {
        Some(Ok(seconds @ 1..=36_000)) => Some(api.engine.now() + seconds * 1000),
        Some(_) => return Err(Fault::bad(21624, "ValidityPeriod is 1 to 36000 seconds")),
        None => None,
    };
    let text = NewText {
        message: api.engine.new_id(),
        body: body.to_owned(),
        media: Vec::new(),
        origin: Origin::Api,
        purpose,
        author: caller.author(),
        send_after: None,
        valid_until,
        retry_of: None,
    };
    let accepted =
        match api.engine.text_accept(caller.ws, Destination::Address { inbox, to: to.clone(), name: None }, text).await
        {
            Ok(accepted) => accepted,
            Err(ReplyError::Store(error)) => return Err(error.into()),
            Err(ReplyError::NoInbox) => return Err(Fault::bad(21603, "The key's default inbox is gone")),
            Err(error) => return Err(Fault::bad(21600, error.to_string())),
        };
    if accepted.message.state == MessageState::Refused && accepted.message.reason_code.as_deref() == Some("opted_out") {
        return Err(Fault::bad(21610, "Attempt to send to unsubscribed recipient"));
    }
    let ours = inboxes.iter().find(|row| row.id == inbox).map(|row| row.address.clone()).unwrap_or_default();
    Ok(shaped(account, &accepted.message, &ours, to.as_str()))
}

/// One message.
pub async fn fetch(
    State(api): State<Api>,
    headers: HeaderMap,
    Path((account, sid)): Path<(String, String)>,
) -> Response {
    match fetched(&api, &headers, &account, &sid).await {
        Ok(body) => Json(body).into_response(),
        Err(fault) => fault.into_response(),
    }
}

async fn fetched(api: &Api, headers: &HeaderMap, account: &str, sid: &str) -> Result<Value, Fault> {
    let (caller, _) = caller(api, headers, account, Permission::Read).await?;
    let id = sid.strip_suffix(".json").unwrap_or(sid).strip_prefix("SM").and_then(|hex| Uuid::try_parse(hex).ok());
    let id = id.map(MessageId::new).ok_or_else(Fault::missing)?;
    let row = api.engine.message_get(caller.ws, id).await?.ok_or_else(Fault::missing)?.row;
    let page = api.engine.conversation_get(caller.ws, None, row.conversation_id).await?.ok_or_else(Fault::missing)?;
    let conversation = page.rows.first().ok_or_else(Fault::missing)?;
    let names = api.engine.names(caller.ws).await?;
    let ours = names.inboxes.get(&conversation.inbox_id).map(|(_, address)| address.clone()).unwrap_or_default();
    Ok(shaped(account, &row, &ours, &conversation.address))
}

/// The latest messages, newest first.
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

async fn listed(
    api: &Api,
    headers: &HeaderMap,
    account: &str,
    collection: &str,
    query: &HashMap<String, String>,
) -> Result<Value, Fault> {
    is_messages(collection)?;
    let (caller, _) = caller(api, headers, account, Permission::Read).await?;
    let size = query.get("PageSize").and_then(|size| size.parse::<usize>().ok()).unwrap_or(50).clamp(1, PAGE_MAX);
    let limit = i64::try_from(size).unwrap_or(50);
    let address = |name: &str| query.get(name).map(|text| domain::address::Address::parse(text).as_str().to_owned());
    let (to, from) = (address("To"), address("From"));
    let names = api.engine.names(caller.ws).await?;
    let mut found: Vec<(MessageRow, String, String)> = Vec::new();
    // The newest n messages lie in the n conversations that were touched last.
    for conversation in latest(api, &caller, to.as_deref().or(from.as_deref()), &names, limit).await? {
        let ours = names.inboxes.get(&conversation.inbox_id).map(|(_, address)| address.clone()).unwrap_or_default();
        let thread = api.engine.conversation_thread(caller.ws, conversation.id, Span::Before(i64::MAX), limit).await?;
        for row in thread.map(|thread| thread.rows).unwrap_or_default() {
            let (sender, recipient) = match row.kind {
                Kind::Inbound => (&conversation.address, &ours),
                Kind::Outbound => (&ours, &conversation.address),
                Kind::Note | Kind::Event => continue,
            };
            if to.as_ref().is_none_or(|to| to == recipient) && from.as_ref().is_none_or(|from| from == sender) {
                found.push((row, ours.clone(), conversation.address.clone()));
            }
        }
    }
    found.sort_by_key(|(row, ..)| std::cmp::Reverse((row.created_at, row.id)));
    found.truncate(size);
    let messages: Vec<Value> = found.iter().map(|(row, ours, theirs)| shaped(account, row, ours, theirs)).collect();
    let uri = format!("/2010-04-01/Accounts/{account}/Messages.json?PageSize={size}&Page=0");
    Ok(json!({
        "messages": messages, "page": 0, "page_size": size, "start": 0, "end": messages.len().saturating_sub(1),
        "uri": uri, "first_page_uri": uri, "next_page_uri": null, "previous_page_uri": null,
    }))
}

/// The conversations touched last, or a customer's, where one is named.
async fn latest(
    api: &Api,
    caller: &Caller,
    address: Option<&str>,
    names: &engine::names::Names,
    limit: i64,
) -> Result<Vec<ConversationRow>, Fault> {
    let theirs = address.filter(|address| !names.inboxes.values().any(|(_, ours)| ours == address));
    let Some(theirs) = theirs else {
        return Ok(api.engine.conversation_page(caller.ws, None, View::All, None, limit).await?.rows);
    };
    let owners = api.engine.customers_by_address(caller.ws, vec![theirs.to_owned()]).await?;
    match owners.get(theirs) {
        Some((id, _)) => {
            Ok(api.engine.customer_profile(caller.ws, *id).await?.map(|found| found.conversations).unwrap_or_default())
        }
        None => Ok(Vec::new()),
    }
}

fn is_messages(collection: &str) -> Result<(), Fault> {
    if matches!(collection, "Messages" | "Messages.json") { Ok(()) } else { Err(Fault::missing()) }
}

fn shaped(account: &str, row: &MessageRow, ours: &str, theirs: &str) -> Value {
    let inbound = row.kind == Kind::Inbound;
    let (from, to) = if inbound { (theirs, ours) } else { (ours, theirs) };
    let sid = format!("SM{}", row.id.uuid().simple());
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{sid}.json");
    let left = matches!(
        row.state,
        MessageState::Accepted
            | MessageState::Sent
            | MessageState::SentUnconfirmed
            | MessageState::Delivered
            | MessageState::Undelivered
            | MessageState::Received
    );
    json!({
        "sid": sid,
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": row.body,
        "from": from,
        "to": to,
        "direction": if inbound { "inbound" } else { "outbound-api" },
        "status": status(row.state),
        "num_segments": row.parts.to_string(),
        "num_media": row.media.to_string(),
        "date_created": date(row.created_at),
        "date_updated": date(row.state_at),
        "date_sent": left.then(|| date(row.state_at)),
        "error_code": null,
        "error_message": row.reason_detail,
        "messaging_service_sid": null,
        "price": null,
        "price_unit": "USD",
        "subresource_uris": {"media": uri.replace(".json", "/Media.json")},
        "uri": uri,
    })
}

/// The nearest word of that vocabulary for where a message stands.
const fn status(state: MessageState) -> &'static str {
    match state {
        MessageState::Received | MessageState::Noted => "received",
        MessageState::Queued | MessageState::Held => "queued",
        MessageState::HandingOver | MessageState::Ambiguous | MessageState::Accepted => "sending",
        MessageState::Sent | MessageState::SentUnconfirmed => "sent",
        MessageState::Delivered => "delivered",
        MessageState::Undelivered => "undelivered",
        MessageState::Failed | MessageState::Refused => "failed",
        MessageState::Cancelled => "canceled",
    }
}

/// An instant as RFC 2822 writes it, in UTC.
fn date(at: i64) -> String {
    let instant = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    instant.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_rfc_2822() {
        assert_eq!(date(0), "Thu, 01 Jan 1970 00:00:00 +0000");
        assert_eq!(date(1_692_853_305_123), "Thu, 24 Aug 2023 05:01:45 +0000");
    }
}
