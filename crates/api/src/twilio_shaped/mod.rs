//! A subset of the shape of Twilio's Messages resource, for programs that speak it already.
//!
//! `/2010-04-01/Accounts/{key id}/Messages.json`: create, fetch, and list. Basic authentication by key id and secret; the account is the key's
//! id, as it is or as AC and its 32 digits. Purpose and inbox are
//! the key's defaults; a text goes through the same gate as any other.

mod list;
mod shape;

pub use list::list;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use domain::id::{ApiKeyId, Id as _, MessageId};
use domain::message::{Origin, State as MessageState};
use engine::DbError;
use engine::messages::Listed;
use engine::reply::{Destination, NewText, ReplyError};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::Permission;
use crate::caller::{Caller, Key, Who};
use crate::extract::Path;
use crate::guard::basic;
use crate::problem::Problem;
use crate::state::Api;
use crate::v1::conversations::start::outbound_address;

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

/// The key that an account or a user name names: by its id, or, since Twilio's own libraries insist
/// on an account that begins with AC, by AC and the id's digits.
fn key_named(text: &str) -> Option<ApiKeyId> {
    match text.strip_prefix("AC") {
        Some(digits) => format!("{}_{digits}", ApiKeyId::PREFIX).parse().ok(),
        None => text.parse().ok(),
    }
}

/// Who asks, by Basic authentication; the key in the path must be the same.
async fn caller(api: &Api, headers: &HeaderMap, account: &str, permission: Permission) -> Result<(Caller, Key), Fault> {
    let refused = || Fault::new(StatusCode::UNAUTHORIZED, 20003, "Authenticate");
    let (id, secret) = basic(headers).ok_or_else(refused)?;
    let named = key_named(&id).ok_or_else(refused)?;
    // Secrets are shown with their prefix; both forms are taken.
    let secret = secret.rsplit('_').next().unwrap_or_default().to_owned();
    let row = api.engine.api_key_check(named, &secret).await?.ok_or_else(refused)?;
    if key_named(account) != Some(named) {
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
        topic: String::new(),
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
    let row = accepted.message;
    let text = Listed { row, inbox, address: to.as_str().to_owned(), handed_at: None, error_code: None };
    Ok(shape::message(account, &text, &ours))
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
    let text = api.engine.message_listed(caller.ws, id).await?.ok_or_else(Fault::missing)?;
    let names = api.engine.names(caller.ws).await?;
    let ours = names.inboxes.get(&text.inbox).map(|(_, address)| address.clone()).unwrap_or_default();
    Ok(shape::message(account, &text, &ours))
}

fn is_messages(collection: &str) -> Result<(), Fault> {
    if matches!(collection, "Messages" | "Messages.json") { Ok(()) } else { Err(Fault::missing()) }
}
