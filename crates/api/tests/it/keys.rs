//! API keys: shown once, scoped, revoked at once; and the Twilio-shaped subset they open.

use base64::Engine as _;
use serde_json::{Value, json};
use testkit::database::for_each_engine;

use crate::server::{Answered, Server, Who};

#[tokio::test(flavor = "multi_thread")]
async fn scopes_hold_and_revoking_is_at_once() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let inbox = server.inbox(&owner).await;
        let read = server.key(&owner, json!(["read"])).await;
        let send = server.key(&owner, json!(["send", "read"])).await;
        let admin = server.key(&owner, json!(["admin"])).await;
        let text = json!({"to": "+12125550123", "inbox_id": inbox, "body": "hi", "purpose": "conversational"});

        server.get(&read, "/api/v1/conversations").await.ok();
        server.post(&read, "/api/v1/messages", text.clone()).await.is(403, "forbidden");
        server.post(&send, "/api/v1/messages", text).await.ok();
        server.get(&read, "/api/v1/me").await.is(403, "forbidden");
        // A stolen key must not outlive its own revocation by making another.
        server.post(&admin, "/api/v1/api-keys", json!({"name": "x", "scopes": ["admin"]})).await.is(403, "forbidden");
        server.post(&admin, "/api/v1/invites", json!({"role": "admin"})).await.is(403, "forbidden");
        server.ask(&admin, "PATCH", "/api/v1/workspace", json!({"brand": "Fern"})).await.ok();

        let keys = server.get(&owner, "/api/v1/api-keys").await.ok();
        assert!(!keys.text.contains("secret") && !keys.text.contains("hk_"), "{}", keys.text);
        for key in keys.body["items"].as_array().unwrap() {
            let path = format!("/api/v1/api-keys/{}", key["id"].as_str().unwrap());
            server.ask(&owner, "DELETE", &path, Value::Null).await.ok();
            server.ask(&owner, "DELETE", &path, Value::Null).await.is(404, "not_found");
        }
        server.get(&read, "/api/v1/conversations").await.is(401, "unauthenticated");
        for broken in ["", "hk_", "hk_x_y", "hk_00000000000000000000000000000000_00"] {
            server.get(&Who::Key(broken.to_owned()), "/api/v1/conversations").await.is(401, "unauthenticated");
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_twilio_shaped_subset_sends_fetches_and_lists() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let inbox = server.inbox(&owner).await;
        let body = json!({"name": "shop", "scopes": ["send", "read"], "inbox_id": inbox, "purpose": "transactional"});
        let made = server.post(&owner, "/api/v1/api-keys", body).await.ok();
        let (id, secret) = (made.str("/key/id"), made.str("/secret"));
        let bare = server.post(&owner, "/api/v1/api-keys", json!({"name": "bare", "scopes": ["send"]})).await.ok();

        let call = |method: &'static str, path: String, login: (String, String), form: &'static str| {
            let url = format!("{}{path}", server.base);
            async move {
                let basic = base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", login.0, login.1));
                let client = reqwest::Client::builder().build().unwrap();
                let request =
                    client.request(method.parse().unwrap(), url).header("authorization", format!("Basic {basic}"));
                let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
                Answered::read(request.send().await.unwrap()).await.unwrap()
            }
        };
        let at = |id: &str, rest: &str| format!("/2010-04-01/Accounts/{id}/{rest}");
        let form = "To=%2B12125550123&Body=Your+order+has+shipped";
        let sent = call("POST", at(&id, "Messages.json"), (id.clone(), secret.clone()), form).await;
        assert_eq!(sent.status, 201, "{}", sent.text);
        assert_eq!((sent.str("/to"), sent.str("/from")), ("+12125550123".to_owned(), "+12025550100".to_owned()));
        assert_eq!(sent.str("/body"), "Your order has shipped");
        assert!(sent.str("/sid").starts_with("SM"));

        let one =
            call("GET", at(&id, &format!("Messages/{}.json", sent.str("/sid"))), (id.clone(), secret.clone()), "")
                .await;
        assert_eq!((one.status, one.str("/body")), (200, sent.str("/body")));
        let list = call("GET", at(&id, "Messages.json?PageSize=5"), (id.clone(), secret.clone()), "").await;
        assert_eq!(list.body["messages"].as_array().map(Vec::len), Some(1));

        let wrong = call("GET", at(&id, "Messages.json"), (id.clone(), "no".to_owned()), "").await;
        assert_eq!((wrong.status, wrong.body["code"].as_i64()), (401, Some(20003)));
        let (bare_id, bare_secret) = (bare.str("/key/id"), bare.str("/secret"));
        let purposeless = call("POST", at(&bare_id, "Messages.json"), (bare_id.clone(), bare_secret), form).await;
        assert_eq!(purposeless.status, 400, "no default, no send: {}", purposeless.text);
        for form in ["Body=x", "To=%2B12125550123", "To=12&Body=x", "To=%2B12125550123&Body=x&MediaUrl=y"] {
            let refused = call("POST", at(&id, "Messages.json"), (id.clone(), secret.clone()), form).await;
            assert_eq!(refused.status, 400, "{form}: {}", refused.text);
        }
        Ok(())
    })
    .await;
}
