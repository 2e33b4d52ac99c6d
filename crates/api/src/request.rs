//! Around every request: its id, its client, its time, its log line, and what must not escape.

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::request::Parts;
use http::{HeaderName, HeaderValue, header};
use tracing::Instrument;

use crate::problem::{Code, Problem};
use crate::state::Api;

/// How long an answer may take. The live stream answers at once and goes on.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The client's address.
#[derive(Debug, Clone, Copy)]
pub struct ClientIp(pub IpAddr);

/// Where a request comes from, for sessions.
#[derive(Debug, Clone)]
pub struct Browser(pub engine::auth::Browser);

impl<S: Send + Sync> FromRequestParts<S> for Browser {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let agent = parts.headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let ip = parts.extensions.get::<ClientIp>().map(|ip| ip.0.to_string());
        // Control characters have no place in a list of browsers, and U+0000 none in a database.
        let user_agent = agent.unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
        Ok(Self(engine::auth::Browser { user_agent, ip: ip.unwrap_or_default() }))
    }
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Runs a request with an id, a clock and a net below it.
pub async fn around(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let given = request.headers().get(&REQUEST_ID).and_then(|id| id.to_str().ok());
    // A caller's own id is kept where it cannot break a log line.
    let id = given
        .filter(|id| {
            (1..=64).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        })
        .map_or_else(|| api.engine.new_uuid().simple().to_string(), str::to_owned);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if let Some(peer) = peer {
        let client = api.config.proxies.client(peer, request.headers());
        request.extensions_mut().insert(ClientIp(client));
    }
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let span = tracing::info_span!("request", request.id = %id, %method, route = route.as_deref().unwrap_or("-"));
    let started = api.engine.clock().monotonic_ms();
    let run = async {
        let run = AssertUnwindSafe(next.run(request)).catch_unwind();
        match tokio::time::timeout(TIMEOUT, run).await {
            Ok(Ok(response)) => response,
            Ok(Err(panic)) => {
                let words = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
                let words = words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
                Problem::internal(&format!("a handler panicked: {words}")).into_response()
            }
            Err(_) => Problem::new(Code::Timeout, "The answer took too long.").into_response(),
        }
    };
    let mut response = run.instrument(span.clone()).await;
    let ms = api.engine.clock().monotonic_ms() - started;
    let status = response.status().as_u16();
    api.metrics.request(&method, route.as_deref().unwrap_or("-"), status, ms);
    span.in_scope(|| tracing::debug!(status, duration_ms = ms, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    secure(&mut response, api.config.secure);
    response
}

/// What the web app may load and do: itself alone.
pub const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; \
    base-uri 'none'; form-action 'self'";

fn secure(response: &mut Response, https: bool) {
    let framed = response.extensions().get::<crate::pages::Framed>().is_some();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CSP);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Its own policy names the sites that may show it; this header knows no names.
    if !framed {
        set(header::X_FRAME_OPTIONS, "DENY");
    }
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(self), microphone=(), geolocation=()");
    set(header::CACHE_CONTROL, "no-store");
    if https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}
