//! What stands around the API: pages, headers, health, provider webhooks.

use serde_json::{Value, json};

use crate::server::{Server, Who};

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_locked_down() {
    let server = Server::start(testkit::On::Sqlite).await;
    for path in ["/", "/inbox/all", "/api/v1/version", "/api/v1/nothing", "/healthz"] {
        let answer = server.get(&Who::Nobody, path).await;
        let header =
            |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let csp = header("content-security-policy");
        assert!(csp.starts_with("default-src 'none'") && !csp.contains("unsafe"), "{path}: {csp}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert!(!header("x-request-id").is_empty(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_fall_back_and_programs_get_problems() {
    let server = Server::start(testkit::On::Sqlite).await;
    let page = server.get(&Who::Nobody, "/inbox/all").await.ok();
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert_eq!(page.headers["cache-control"], "no-cache");
    let tag = page.headers["etag"].to_str().unwrap().to_owned();
    let again = server.send(&Who::Nobody, reqwest::Method::GET, "/", &[("if-none-match", &tag)], None).await;
    assert_eq!(again.status(), 304);
    for path in ["/api", "/api/v2/x", "/hooks", "/assets/gone.js", "/m/nothing"] {
        server.get(&Who::Nobody, path).await.is(404, "not_found");
    }
    server.post(&Who::Nobody, "/inbox", json!({})).await.is(405, "method_not_allowed");
    let kept = server.send(&Who::Nobody, reqwest::Method::GET, "/healthz", &[("x-request-id", "abc-1")], None).await;
    assert_eq!(kept.headers()["x-request-id"], "abc-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_numbers_are_told() {
    let server = Server::start(testkit::On::Sqlite).await;
    assert_eq!(server.get(&Who::Nobody, "/healthz").await.ok().text, "ok");
    assert_eq!(server.get(&Who::Nobody, "/readyz").await.ok().text, "ready");
    server.get(&Who::Nobody, "/api/v1/version").await.ok();
    let metrics = server.get(&Who::Nobody, "/metrics").await.ok().text;
    let line = "hark_http_requests_total{method=\"GET\",route=\"/api/v1/version\",status=\"200\"} 1";
    assert!(metrics.lines().any(|found| found == line), "{metrics}");
    assert!(metrics.contains("hark_store_commits_total "));
    assert!(metrics.contains("hark_watches{code=\"disk_low\"} 0"), "{metrics}");
    let handed_on =
        server.send(&Who::Nobody, reqwest::Method::GET, "/metrics", &[("x-forwarded-for", "::1")], None).await;
    assert_eq!(handed_on.status(), 403);
    server.get(&Who::Nobody, "/healthz/00ff").await.is(404, "not_found");
    server.world.engine.shutdown().await;
    server.get(&Who::Nobody, "/readyz").await.is(503, "busy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_hand_over_breaks_down_is_not_ready() {
    let server = Server::start(testkit::On::Sqlite).await;
    server.get(&Who::Nobody, "/readyz").await.ok();
    let engine = &server.world.engine;
    // Stands in for the true one, which breaks down for no request.
    tokio::spawn(engine.clone().supervise(engine::supervise::DISPATCH, |_| async {}));
    while engine.tasks().iter().all(|task| task.failing_since.is_none()) {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    server.get(&Who::Nobody, "/readyz").await.is(503, "busy");
    let metrics = server.get(&Who::Nobody, "/metrics").await.text;
    assert!(metrics.contains("hark_task_failing{task=\"dispatch\"} 1"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_told_to_whoever_has_the_token() {
    let config = api::Config { metrics_token: Some("open sesame".to_owned()), ..crate::server::generous() };
    let server = Server::with(testkit::On::Sqlite, config).await;
    server.get(&Who::Nobody, "/metrics").await.is(401, "unauthenticated");
    server.get(&Who::Key("open".to_owned()), "/metrics").await.is(401, "unauthenticated");
    server.get(&Who::Key("open sesame".to_owned()), "/metrics").await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_without_a_right_signature_is_refused() {
    let server = Server::start(testkit::On::Sqlite).await;
    let owner = server.set_up().await;
    let providers = server.get(&owner, "/api/v1/providers").await.ok();
    let real =
        providers.body["items"].as_array().unwrap().iter().find(|one| one["capabilities"]["simulated"] == json!(false));
    let real = real.unwrap();
    // The schema alone says what an account needs.
    let mut settings = serde_json::Map::new();
    for name in real["settings_schema"]["required"].as_array().unwrap() {
        let name = name.as_str().unwrap();
        let field = &real["settings_schema"]["properties"][name];
        let sample = field["examples"][0].as_str().map_or_else(|| format!("AC{}", "0".repeat(32)), str::to_owned);
        settings.insert(name.to_owned(), Value::String(sample));
    }
    let body = json!({"provider": real["provider"], "name": "Main", "settings": settings});
    let made = server.post(&owner, "/api/v1/accounts", body).await.ok();
    assert!(!made.body["secrets_set"].as_array().unwrap().is_empty());
    for secret in made.body["secrets_set"].as_array().unwrap() {
        assert!(made.body["settings"].get(secret.as_str().unwrap()).is_none(), "a secret is shown: {}", made.text);
    }
    let (provider, id) = (made.str("/provider"), made.str("/id"));
    let inbound = format!("/hooks/{provider}/{id}/inbound");
    server.post(&Who::Nobody, &inbound, json!({})).await.is(403, "signature");
    server.post(&Who::Nobody, &format!("/hooks/simulator/{id}/inbound"), json!({})).await.is(404, "not_found");
    server.post(&Who::Nobody, &format!("/hooks/{provider}/{id}/other"), json!({})).await.is(404, "not_found");
    let metrics = server.get(&Who::Nobody, "/metrics").await.text;
    assert!(metrics.contains("hark_webhooks_refused_total{kind=\"signature_"), "{metrics}");
    let tried = server.post(&owner, &format!("/api/v1/accounts/{id}/test"), Value::Null).await.ok();
    assert_eq!(tried.body["ok"], json!(false), "a made-up login cannot work: {}", tried.text);
}
