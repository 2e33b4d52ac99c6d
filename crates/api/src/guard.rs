//! In front of every operation: who asks, may they, how often, and was it done before.

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use engine::idempotency::Ticket;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use sha2::{Digest, Sha256};

use crate::access::{Access, Permission};
use crate::caller::{Caller, Who};
use crate::problem::{Answer, Code, Problem, Raced};
use crate::request::ClientIp;
use crate::state::Api;
use crate::v1::message_batches;

/// Largest body of a request with an idempotency key.
const KEYED_BODY_MAX: usize = 1024 * 1024;

/// Lets a request through to its operation, or answers for it.
pub async fn guard(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let Some((operation, access)) = api.operation(request.method(), &route) else {
        // An operation without a line in the table is nobody's.
        return Problem::new(Code::Forbidden, "Nobody may do this.").into_response();
    };
    let admitted = admit(&api, operation, access, &mut request).await;
    // Strangers are told nothing of what an operation takes.
    let unknown = request.uri().query().and_then(|query| api.unknown_parameter(request.method(), &route, query));
    if let (Ok(_), Some(name)) = (&admitted, unknown) {
        let name: String = name.chars().take(60).collect();
        return Problem::field(&name, "unknown", "this operation takes no such parameter").into_response();
    }
    match admitted {
        Ok(Some(caller)) => {
            // Programs can wait for one another; people should not wait for programs.
            let _person = caller.member_id().map(|_| api.engine.store().person());
            keyed(&api, operation, &caller, request, next).await
        }
        Ok(None) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn admit(api: &Api, operation: &str, access: Access, request: &mut Request) -> Answer<Option<Caller>> {
    let now = api.engine.now();
    if operation_is_an_entry(operation)
        && let Some(ClientIp(ip)) = request.extensions().get::<ClientIp>().copied()
    {
        api.entry.take(ip, now).map_err(Problem::rate_limited)?;
    }
    if access == Access::Public {
        return Ok(None);
    }
    let caller = identify(api, request.headers()).await?;
    let key = (caller.ws, caller.uuid());
    api.callers.take(key, now).map_err(Problem::rate_limited)?;
    if let Who::Member(member) = &caller.who
        && !matches!(*request.method(), Method::GET | Method::HEAD)
    {
        let given = request.headers().get("x-hark-csrf").map(HeaderValue::as_bytes).unwrap_or_default();
        if !engine::crypto::same(given, member.csrf.as_bytes()) {
            return Err(Problem::new(Code::Csrf, "Send `csrf` of /api/v1/me in the header X-Hark-CSRF."));
        }
    }
    let allowed = match access {
        Access::Public => true,
        Access::Session => caller.member_id().is_some(),
        Access::May(Permission::ServerOperate) => match caller.member_id() {
            Some(member) => api.engine.operator_is(member).await?,
            None => false,
        },
        Access::May(permission) => caller.may(permission),
    };
    if !allowed {
        return Err(Problem::new(Code::Forbidden, "Your role or key does not allow this."));
    }
    request.extensions_mut().insert(caller.clone());
    Ok(Some(caller))
}

/// Operations on which passwords, codes and links can be guessed.
fn operation_is_an_entry(operation: &str) -> bool {
    matches!(
        operation,
        "session_create"
            | "session_password_set"
            | "setup_create"
            | "invite_link_get"
            | "invite_link_accept"
            | "reset_request"
            | "reset_link_accept"
    )
}

/// Who asks, by key or by cookie.
async fn identify(api: &Api, headers: &HeaderMap) -> Answer<Caller> {
    let unknown = || Problem::new(Code::Unauthenticated, "Sign in, or send an API key.");
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let text = value.to_str().map_err(|_| unknown())?;
        let key =
            text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).ok_or_else(unknown)?.1;
        return api.engine.api_key_find(key.trim()).await?.map(Caller::of_key).ok_or_else(unknown);
    }
    let token = crate::cookie::token(headers).ok_or_else(unknown)?;
    api.engine.session_find(token).await?.and_then(Caller::of_session).ok_or_else(unknown)
}

/// The id and secret of HTTP Basic authentication.
#[must_use]
pub fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = text.split_once(' ')?;
    let decoded = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?;
    let (id, secret) = std::str::from_utf8(&decoded).ok().and_then(|text| text.split_once(':'))?;
    scheme.eq_ignore_ascii_case("basic").then(|| (id.to_owned(), secret.to_owned()))
}

/// Runs the operation once for an idempotency key.
async fn keyed(api: &Api, operation: &str, caller: &Caller, request: Request, next: Next) -> Response {
    let key = match request.headers().get("idempotency-key") {
        Some(key) if crate::idempotency::takes_key(operation) => key.clone(),
        Some(_) | None => return next.run(request).await,
    };
    let one = request.headers().get_all("idempotency-key").iter().count() == 1;
    let key = match key.to_str().map(str::to_owned) {
        Ok(key) if one && (1..=200).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) => key,
        Ok(_) | Err(_) => {
            let detail = "once, 1 to 200 visible ASCII characters";
            return Problem::field("Idempotency-Key", "shape", detail).into_response();
        }
    };
    let (mut parts, body) = request.into_parts();
    let most = if operation == "message_batch_create" { message_batches::BODY_MAX } else { KEYED_BODY_MAX };
    let Ok(bytes) = axum::body::to_bytes(body, most).await else {
        return Problem::new(Code::TooLarge, "The body is too large.").into_response();
    };
    let mut hash = Sha256::new();
    hash.update(parts.uri.path_and_query().map_or("/", |path| path.as_str()).as_bytes());
    hash.update([0]);
    hash.update(&bytes);
    let ticket = Ticket {
        ws: caller.ws,
        caller: caller.uuid().simple().to_string(),
        operation: operation.to_owned(),
        key,
        request_hash: hash.finalize().into(),
    };
    let Some(place) = api.in_flight.enter(&ticket) else {
        return Problem::new(Code::IdempotencyInFlight, "The same request is still at work.").into_response();
    };
    let answer = match before(api, &ticket).await {
        Ok(Some(replayed)) => replayed,
        Ok(None) => {
            parts.extensions.insert(ticket.clone());
            let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
            after(api, &ticket, response).await
        }
        Err(problem) => problem.into_response(),
    };
    drop(place);
    answer
}

async fn before(api: &Api, ticket: &Ticket) -> Answer<Option<Response>> {
    let kept = match api.engine.idempotency_find(ticket).await {
        Ok(kept) => kept,
        Err(engine::idempotency::IdempotencyError::Reused) => {
            let detail = "This key was sent with another request within the last seven days.";
            return Err(Problem::new(Code::IdempotencyKeyReused, detail));
        }
        Err(engine::idempotency::IdempotencyError::Store(error)) => return Err(error.into()),
    };
    Ok(kept.map(|kept| {
        let status = u16::try_from(kept.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        let status = status.unwrap_or(StatusCode::OK);
        let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
        (status, [(header::CONTENT_TYPE, kind), (REPLAYED, "true")], kept.body).into_response()
    }))
}

const REPLAYED: header::HeaderName = header::HeaderName::from_static("idempotency-replayed");

/// The answer another node has kept meanwhile, else our own.
async fn raced(api: &Api, ticket: &Ticket, own: Response) -> Response {
    match before(api, ticket).await {
        Ok(Some(replayed)) => replayed,
        Ok(None) => own,
        Err(problem) => problem.into_response(),
    }
}

/// What remains once the operation has answered. A deed has kept its own answer
/// with itself; what is kept here is a refusal, which did nothing.
async fn after(api: &Api, ticket: &Ticket, response: Response) -> Response {
    if response.extensions().get::<Raced>().is_some() {
        // Another node did it while this one tried, and has kept the answer.
        return raced(api, ticket, response).await;
    }
    let status = response.status();
    if !status.is_client_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, KEYED_BODY_MAX).await else {
        return Problem::internal(&"an answer could not be read").into_response();
    };
    let kept = String::from_utf8_lossy(&bytes).into_owned();
    let refused = Response::from_parts(parts, Body::from(bytes));
    match api.engine.idempotency_keep(ticket, status.as_u16(), kept).await {
        Ok(true) => refused,
        // Another node may have done what this one refused because it was done.
        Ok(false) => raced(api, ticket, refused).await,
        Err(error) => {
            // A repeat is then judged anew; nothing was done.
            tracing::warn!(%error, "a refusal could not be kept for repeats");
            refused
        }
    }
}
