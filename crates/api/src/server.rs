//! All routes together, and serving them.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use http::header;
use tokio::net::TcpListener;
use utoipa_axum::router::OpenApiRouter;

use crate::problem::{Code, Problem};
use crate::state::Api;
use crate::{guard, hooks, request, twilio_shaped, v1, web};

/// Largest body of a request that says nothing else.
const BODY_MAX: usize = 1024 * 1024;

/// Every route of Hark.
pub fn router(api: &Api) -> Router {
    let (v1, _) = OpenApiRouter::new().nest("/api/v1", v1::routes()).split_for_parts();
    v1.route_layer(middleware::from_fn_with_state(api.clone(), guard::guard))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/api/v1/openapi.json", get(openapi))
        .route("/m/{token}", get(v1::media::media_by_link))
        .route("/hooks/{provider}/{account}/{what}", any(hooks::receive))
        .route("/2010-04-01/Accounts/{key}/{messages}", post(twilio_shaped::create).get(twilio_shaped::list))
        .route("/2010-04-01/Accounts/{key}/Messages/{sid}", get(twilio_shaped::fetch))
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
    match api.engine.setup_needed().await {
        Ok(_) => "ready".into_response(),
        Err(error) => Problem::from(error).into_response(),
    }
}

async fn metrics(State(api): State<Api>) -> Response {
    let stats = api.engine.store().stats();
    let streams = api.streams.lock().map(|streams| streams.values().sum::<usize>()).unwrap_or_default();
    let mut gauges = crate::metrics::store_gauges(&stats);
    gauges.push(("hark_live_streams", i64::try_from(streams).unwrap_or(i64::MAX)));
    let text = api.metrics.text(&gauges);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], crate::document::text()).into_response()
}

/// The files of a certificate.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The chain, in PEM.
    pub certificate: std::path::PathBuf,
    /// The private key, in PEM.
    pub key: std::path::PathBuf,
}

/// How long open connections may finish once told to stop.
const GRACE: Duration = Duration::from_secs(8);

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
        Some(tls) => {
            let config = axum_server::tls_rustls::RustlsConfig::from_pem_file(tls.certificate, tls.key).await?;
            axum_server::from_tcp_rustls(listener, config)?.handle(handle).serve(service).await
        }
        None => axum_server::from_tcp(listener)?.handle(handle).serve(service).await,
    }
}
