//! All routes together, and serving them.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::extract::{self, DefaultBodyLimit, Request, State};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum_server::tls_rustls::RustlsConfig;
use http::header;
use tokio::net::TcpListener;
use utoipa_axum::router::OpenApiRouter;

use crate::problem::{Code, Problem};
use crate::state::Api;
use crate::{guard, hooks, metrics_access, pages, request, twilio_shaped, v1, web};

/// Largest body of a request that says nothing else.
const BODY_MAX: usize = 1024 * 1024;

/// Every route of Hark.
pub fn router(api: &Api) -> Router {
    let (v1, _) = OpenApiRouter::new().nest("/api/v1", v1::routes()).split_for_parts();
    v1.route_layer(middleware::from_fn_with_state(api.clone(), guard::guard))
        .route("/healthz", get(|| async { "ok" }))
        .route("/healthz/{token}", get(reached))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/api/v1/openapi.json", get(openapi))
        .route("/m/{token}", get(v1::media::media_by_link))
        .route("/hooks/{provider}/{account}/{what}", any(hooks::receive))
        .route("/2010-04-01/Accounts/{key}/{messages}", post(twilio_shaped::create).get(twilio_shaped::list))
        .route("/2010-04-01/Accounts/{key}/Messages/{sid}", get(twilio_shaped::fetch))
        .merge(pages::routes())
        .fallback(web::fallback)
        .method_not_allowed_fallback(|| async {
            Problem::new(Code::MethodNotAllowed, "This address takes other methods.")
        })
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(middleware::from_fn_with_state(api.clone(), request::around))
        .with_state(api.clone())
}

async fn ready(State(api): State<Api>) -> Response {
    if *api.engine.stopping().borrow() {
        return Problem::new(Code::Busy, "This server is stopping.").into_response();
    }
    if !api.engine.dispatching() {
        return Problem::new(Code::Busy, "Due texts are not handed over: that task broke down.").into_response();
    }
    if let Err(error) = api.engine.setup_needed().await {
        return Problem::from(error).into_response();
    }
    match api.engine.accounts_sealed().await {
        Ok(closed) if closed.is_empty() => "ready".into_response(),
        Ok(closed) => {
            let words = format!("The key file of this node does not open {} provider account(s).", closed.len());
            Problem::new(Code::Busy, words).into_response()
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

/// Whoever asks with a token that our key sealed learns that it is us who answer.
async fn reached(State(api): State<Api>, extract::Path(token): extract::Path<String>) -> Response {
    match api.engine.reach_answer(&token) {
        Some(answer) => answer.into_response(),
        None => Problem::new(Code::NotFound, "That is no token of this server's.").into_response(),
    }
}

async fn metrics(State(api): State<Api>, request: Request) -> Response {
    if let Err(problem) = metrics_access::allowed(&api, &request) {
        return problem.into_response();
    }
    let counts = match api.engine.watches_count().await {
        Ok(counts) => counts,
        Err(error) => return Problem::from(error).into_response(),
    };
    let stats = api.engine.store().stats();
    let streams = api.streams.lock().map(|streams| streams.values().sum::<usize>()).unwrap_or_default();
    let mut gauges = crate::metrics::store_gauges(&stats);
    gauges.push(("hark_live_streams", i64::try_from(streams).unwrap_or(i64::MAX)));
    let skew = api.engine.clock_skew_ms();
    gauges.extend(skew.map(|skew| ("hark_clock_skew_ms", skew)));
    if let Some(disk) = api.engine.disk() {
        let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        gauges.push(("hark_disk_free_bytes", bytes(disk.free_bytes)));
        gauges.push(("hark_disk_total_bytes", bytes(disk.total_bytes)));
    }
    let mut text = api.metrics.text(&gauges);
    crate::metrics::watches(&mut text, &counts);
    crate::metrics::tasks(&mut text, &api.engine.tasks());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], crate::document::text()).into_response()
}

/// A certificate with its key, ready to serve https.
#[derive(Clone)]
pub struct Tls(RustlsConfig);

impl Tls {
    /// Reads a certificate chain and its private key, both in PEM.
    ///
    /// # Errors
    /// A file cannot be read, or the two are no certificate with its key; the words name the file.
    pub async fn load(chain: &Path, key: &Path) -> std::io::Result<Self> {
        let named = |file: &Path, error: std::io::Error| {
            std::io::Error::new(error.kind(), format!("{}: {error}", file.display()))
        };
        let read = async |file: &Path| tokio::fs::read(file).await.map_err(|error| named(file, error));
        let (certificate, secret) = (read(chain).await?, read(key).await?);
        let made = RustlsConfig::from_pem(certificate, secret).await;
        made.map(Self).map_err(|error| {
            let words = format!("{} is no certificate chain for the key {}: {error}", chain.display(), key.display());
            std::io::Error::new(error.kind(), words)
        })
    }
}

/// How long open connections may finish once told to stop.
const GRACE: Duration = Duration::from_secs(7);

/// Serves until `stop` resolves, then lets open requests finish.
///
/// # Errors
/// When the listener or the certificate cannot be used.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Tls>,
    api: Api,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router(&api).into_make_service_with_connect_info::<SocketAddr>();
    let handle = axum_server::Handle::new();
    tokio::spawn({
        let handle = handle.clone();
        async move {
            stop.await;
            handle.graceful_shutdown(Some(GRACE));
        }
    });
    let listener = listener.into_std()?;
    match tls {
        Some(tls) => axum_server::from_tcp_rustls(listener, tls.0)?.handle(handle).serve(service).await,
        None => axum_server::from_tcp(listener)?.handle(handle).serve(service).await,
    }
}
