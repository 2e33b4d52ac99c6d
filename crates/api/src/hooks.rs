//! Providers call: `/hooks/{provider}/{account}/inbound` and `/status`.

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use engine::WebhookRequest;
use engine::webhook::{WebhookFault, WebhookKind};
use http::{StatusCode, header};

use crate::extract::Path;
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::wire::AccountId;

/// Largest call of a provider, in bytes. They send links to pictures, not pictures.
const BODY_MAX: usize = 256 * 1024;

/// Takes a provider's call. A 2xx is given only once what it says is durable.
pub async fn receive(
    State(api): State<Api>,
    Path((provider, account, what)): Path<(String, AccountId, String)>,
    request: Request,
) -> Response {
    match taken(&api, &provider, account, &what, request).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn taken(api: &Api, provider: &str, account: AccountId, what: &str, request: Request) -> Answer<Response> {
    let kind = match what {
        "inbound" => WebhookKind::Inbound,
        "status" => WebhookKind::Status,
        _ => return Err(Problem::new(Code::NotFound, "Providers call `inbound` or `status`.")),
    };
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_MAX).await.map_err(|_| Problem::new(Code::TooLarge, "The call is too large."))?;
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let call = WebhookRequest {
        method: parts.method.as_str().to_owned(),
        // What the provider signed: our public address, not the one a proxy calls.
        url: format!("{}{path}", api.engine.settings().public_url),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body,
        received_at: api.engine.now(),
    };
    let ws = owner(api, account.0).await?.ok_or_else(|| Problem::new(Code::NotFound, "There is no such account."))?;
    match api.engine.webhook_receive(ws, account.0, provider, kind, call).await {
        Ok(answer) => {
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
            let kind = Some(answer.content_type).filter(|kind| !kind.is_empty()).unwrap_or("text/plain");
            Ok((status, [(header::CONTENT_TYPE, kind)], answer.body).into_response())
        }
        Err(WebhookFault::Refused(error)) => {
            tracing::warn!(account.id = %account.0, provider, code = error.code(), "a webhook was refused: {error}");
            api.metrics.count("hark_webhooks_refused_total", error.code());
            Err(Problem::new(Code::Signature, error.to_string()))
        }
        Err(WebhookFault::Unreadable(error)) => {
            tracing::warn!(account.id = %account.0, provider, code = error.code(), "a webhook cannot be read: {error}");
            api.metrics.count("hark_webhooks_unreadable_total", error.code());
            Err(Problem::new(Code::Malformed, error.to_string()))
        }
        Err(WebhookFault::Sealed) => {
            tracing::error!(account.id = %account.0, provider, "a webhook was put off: this node's key file does not open its account");
            api.metrics.count("hark_webhooks_put_off_total", "account_sealed");
            Err(Problem::new(Code::Busy, "This node cannot check the call now. Try again."))
        }
        Err(WebhookFault::Unknown) => Err(Problem::new(Code::NotFound, "There is no such account.")),
        Err(WebhookFault::Store(error)) => Err(error.into()),
    }
}

/// An account's workspace. It never changes, so it is asked for once.
async fn owner(api: &Api, id: domain::id::AccountId) -> Answer<Option<domain::id::WorkspaceId>> {
    if let Some(ws) = api.owners.read().ok().and_then(|owners| owners.get(&id).copied()) {
        return Ok(Some(ws));
    }
    let found = api.engine.account_workspace(id).await?;
    if let (Some(ws), Ok(mut owners)) = (found, api.owners.write()) {
        owners.insert(id, ws);
    }
    Ok(found)
}
