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
        // As Twilio's libraries want it, in the path, as user name, or as both.
        let shaped = format!("AC{}", id.rsplit('_').next().unwrap());
        for (path, user) in [(&shaped, &shaped), (&id, &shaped), (&shaped, &id)] {
            let list = call("GET", at(path, "Messages.json"), (user.clone(), secret.clone()), "").await;
            assert_eq!(list.status, 200, "{path} by {user}");
        }
        let list = call("GET", at(&id, "Messages.json?PageSize=5"), (id.clone(), secret.clone()), "").await;
        assert_eq!(list.body["messages"].as_array().map(Vec::len), Some(1));

        // Page after page, each message once, the latest first; notes and events are none.
        let login = || (id.clone(), secret.clone());
        let mut sent_sids = vec![sent.str("/sid")];
        for n in 0..12 {
            server.world.clock.advance(1_000);
            let form = if n % 3 == 0 { "To=%2B12125550124&Body=two" } else { "To=%2B12125550123&Body=one" };
            sent_sids.push(call("POST", at(&id, "Messages.json"), login(), form).await.str("/sid"));
        }
        let talk = server.get(&owner, "/api/v1/conversations?view=closed").await.ok().str("/items/0/id");
        for n in 0..8 {
            let note = json!({"body": format!("note {n}")});
            server.post(&owner, &format!("/api/v1/conversations/{talk}/notes"), note).await.ok();
        }
        server.world.settle().await;
        server.typed(&owner, "+12125550124", "thanks").await;
        server.world.settle().await;
        let pages = async |first: &str| {
            let (mut sids, mut next, mut count) = (Vec::new(), Some(at(&id, first)), 0);
            while let Some(uri) = next {
                let page = call("GET", uri, login(), "").await;
                assert_eq!((page.status, page.body["page"].as_u64()), (200, Some(count)), "{}", page.text);
                sids.extend(
                    page.body["messages"].as_array().unwrap().iter().map(|one| one["sid"].as_str().unwrap().to_owned()),
                );
                next = page.body["next_page_uri"].as_str().map(str::to_owned);
                count += 1;
            }
            (sids, count)
        };
        sent_sids.reverse();
        let (all, count) = pages("Messages.json?PageSize=4").await;
        assert_eq!((&all[1..], count), (&sent_sids[..], 4), "the customer's text is the latest");
        let (to_one, _) = pages("Messages.json?PageSize=3&To=%2B12125550124").await;
        assert_eq!((to_one.len(), to_one.contains(&all[0])), (4, false), "theirs is from them, not to them");
        assert_eq!(pages("Messages.json?From=%2B12125550124").await.0, all[..1]);
        assert_eq!(pages("Messages.json?PageSize=2&From=%2B12025550100").await.0, sent_sids);
        assert_eq!(pages("Messages.json?To=%2B12125550199").await.0.len(), 0);
        let here = "Messages.json?PageSize=5&DateSent=2026-11-24";
        assert_eq!(pages(here).await.0.len(), 14);
        for nowhere in ["DateSent=2026-11-25", "DateSent%3E=2026-11-25", "DateSent%3C=2026-11-24T17:59:59Z"] {
            assert_eq!(pages(&format!("Messages.json?{nowhere}")).await.0.len(), 0, "{nowhere}");
        }
        assert_eq!(pages("Messages.json?DateSent%3E=2026-11-24T18:00:00Z").await.0.len(), 14);
        for wrong in ["DateSent=soon", "PageToken=x", "Page=1", "Colour=red", "PageSize=many"] {
            let refused = call("GET", at(&id, &format!("Messages.json?{wrong}")), login(), "").await;
            assert_eq!((refused.status, refused.body["code"].as_i64()), (400, Some(20001)), "{wrong}");
        }
        // What went wrong has its number.
        let switches = format!("/api/v1/simulator/faults?inbox_id={}", server.inbox(&owner).await);
        let mut faults = server.get(&owner, &switches).await.ok().body;
        faults["reject_code"] = json!("carrier_filtered");
        server.ask(&owner, "PUT", &switches, faults).await.ok();
        let refused = call("POST", at(&id, "Messages.json"), login(), "To=%2B12125550125&Body=no").await;
        server.world.settle().await;
        let told = call("GET", at(&id, &format!("Messages/{}.json", refused.str("/sid"))), login(), "").await;
        assert_eq!((told.str("/status"), told.body["error_code"].as_u64()), ("failed".to_owned(), Some(30_007)));

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
