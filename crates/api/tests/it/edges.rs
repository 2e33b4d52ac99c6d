//! What no careful caller sends: each gets a problem document with a stable code, and changes nothing.

use api::Config;
use engine::rate_limit::Rate;
use serde_json::{Value, json};
use testkit::database::for_each_engine;

use crate::server::{Server, Who, generous};

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_cannot_be_taken_are_refused_by_name() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let at = "/api/v1/customers";
        let post = |headers: &'static [(&'static str, &'static str)], body: Vec<u8>| {
            let (server, owner) = (&server, &owner);
            async move { server.raw(owner, "POST", at, headers, body).await }
        };
        post(&[JSON], b"{".to_vec()).await.is(400, "malformed");
        post(&[JSON], Vec::new()).await.is(400, "malformed");
        post(&[JSON], b"{\"name\":\"\xff\xfe\",\"address\":\"+12125550123\"}".to_vec()).await.is(400, "malformed");
        post(&[JSON], format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)).into_bytes()).await.is(422, "invalid");
        post(&[JSON], b"[]".to_vec()).await.is(422, "invalid");
        post(&[JSON], b"{\"address\":12125550123}".to_vec()).await.is(422, "invalid");
        post(&[JSON], b"{\"address\":\"+12125550123\",\"colour\":\"red\"}".to_vec()).await.is(422, "invalid");
        post(&[JSON], b"{\"address\":\"+12125550123\",\"name\":\"a\\u0000b\"}".to_vec()).await.is(422, "invalid");
        let right = b"{\"address\":\"+12125550123\"}".to_vec();
        for kind in [&[][..], &[("content-type", "text/plain")][..], &[("content-type", "application/jsonp")][..]] {
            server.raw(&owner, "POST", at, kind, right.clone()).await.is(415, "unsupported_media_type");
        }
        let large = format!("{{\"address\":\"+12125550123\",\"notes\":\"{}\"}}", "x".repeat(1_100_000));
        post(&[JSON], large.clone().into_bytes()).await.is(413, "too_large");
        post(&[JSON, ("idempotency-key", "large")], large.into_bytes()).await.is(413, "too_large");
        let list = server.get(&owner, at).await.ok();
        assert_eq!(list.body["items"], json!([]), "nothing of it was taken");
        server.raw(&owner, "POST", at, &[("content-type", "Application/JSON; charset=utf-8")], right).await.ok();
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_parameters_and_paths_out_of_reason_are_refused_by_name() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let id = server.typed(&owner, "+12125550123", "hello").await;
        let messages = format!("/api/v1/conversations/{id}/messages");
        for query in [
            "limit=0",
            "limit=201",
            "limit=-1",
            "limit=99999999999999999999",
            "limit=1e3",
            "limit=",
            "limit=5&limit=6",
            "before_seq=9223372036854775808",
            "before_seq=5&after_seq=5",
            "befor_seq=5",
            "limit=5&colour=red",
        ] {
            server.get(&owner, &format!("{messages}?{query}")).await.is(422, "invalid");
        }
        for query in ["before_seq=-9223372036854775808", "after_seq=9223372036854775807", "limit=200", ""] {
            server.get(&owner, &format!("{messages}?{query}")).await.ok();
        }
        let told = server.get(&owner, "/api/v1/me?colour=red").await.is(422, "invalid");
        assert_eq!((told.str("/errors/0/field"), told.str("/errors/0/code")), ("colour".into(), "unknown".into()));
        server.get(&Who::Nobody, "/api/v1/me?colour=red").await.is(401, "unauthenticated");
        server.get(&owner, "/api/v1/conversations?cursor=%00").await.is(422, "invalid");
        server.get(&owner, "/api/v1/conversations?cursor=nonsense").await.is(422, "invalid");

        let snooze = format!("/api/v1/conversations/{id}/snooze");
        for until in ["-1", "9223372036854775807", "9223372036854775808", "1e400", "1.5", "\"soon\""] {
            let body = format!("{{\"until\":{until}}}").into_bytes();
            let answer = server.raw(&owner, "POST", &snooze, &[JSON], body).await;
            assert!(matches!(answer.status, 400 | 422), "{until}: {}", answer.text);
            assert_eq!(answer.headers["content-type"], "application/problem+json");
        }
        for path in ["conv_", "conv_zz", "msg_01932c07a1b87c3f9d2e5f6a7b8c9d0e", "%ff%fe", "%00", "..%2f..%2fetc"] {
            server.get(&owner, &format!("/api/v1/conversations/{path}")).await.is(404, "not_found");
        }
        server.get(&owner, "/api/v1/nothing").await.is(404, "not_found");
        let wrong = server.ask(&owner, "PUT", "/api/v1/customers", Value::Null).await.is(405, "method_not_allowed");
        let allowed = wrong.headers["allow"].to_str().unwrap();
        assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_repeats_are_held_to_their_shape() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let body = || b"{\"address\":\"+12125550123\"}".to_vec();
        let long = "k".repeat(201);
        for key in ["", " ", "a b", "a\tb", "sch\u{f6}n", long.as_str()] {
            let headers = [JSON, ("idempotency-key", key)];
            server.raw(&owner, "POST", "/api/v1/customers", &headers, body()).await.is(422, "invalid");
        }
        let twice = [JSON, ("idempotency-key", "one"), ("idempotency-key", "two")];
        server.raw(&owner, "POST", "/api/v1/customers", &twice, body()).await.is(422, "invalid");
        // Without a key the second is another request, and says what stands against it.
        server.raw(&owner, "POST", "/api/v1/customers", &[JSON], body()).await.ok();
        server.raw(&owner, "POST", "/api/v1/customers", &[JSON], body()).await.is(409, "address_taken");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_often_is_told_when_to_come_back() {
    for_each_engine(|on| async move {
        let few = Rate { burst: 20.0, per_second: 0.5 };
        let server = Server::with(on, Config { caller_rate: few, ..generous() }).await;
        let owner = server.set_up().await;
        let mut last = server.get(&owner, "/api/v1/me").await;
        for _ in 0..30 {
            last = server.get(&owner, "/api/v1/me").await;
            if last.status != 200 {
                break;
            }
        }
        let refused = last.is(429, "rate_limited");
        let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        // A key that was refused for its haste is not kept: later the same request is done.
        let body = || b"{\"address\":\"+12125550123\"}".to_vec();
        let headers = [JSON, ("idempotency-key", "hasty")];
        server.raw(&owner, "POST", "/api/v1/customers", &headers, body()).await.is(429, "rate_limited");
        server.world.clock.advance(60_000);
        let done = server.raw(&owner, "POST", "/api/v1/customers", &headers, body()).await.ok();
        assert!(!done.headers.contains_key("idempotency-replayed"));
        Ok(())
    })
    .await;
}

const fn form_type() -> (&'static str, &'static str) {
    ("content-type", "application/x-www-form-urlencoded")
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_calls_to_the_hooks_are_refused_by_name() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let settings = json!({"account_sid": "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "auth_token": "a-secret-token"});
        let new = json!({"provider": "twilio", "name": "Twilio", "settings": settings});
        let account = server.post(&owner, "/api/v1/accounts", new.clone()).await.ok().str("/id");
        let nobody = Who::Nobody;
        let form = [form_type()];
        let at = format!("/hooks/twilio/{account}/inbound");
        let body = || b"MessageSid=SM1&From=%2B14155550123&To=%2B15017122661&Body=hi".to_vec();
        server.raw(&nobody, "POST", &at, &form, body()).await.is(403, "signature");
        server.raw(&nobody, "POST", &at, &[JSON], b"{}".to_vec()).await.is(403, "signature");
        server.raw(&nobody, "POST", &at, &form, vec![b'x'; 300_000]).await.is(413, "too_large");
        server.raw(&nobody, "POST", &at, &form, vec![0xff; 1_000]).await.is(403, "signature");
        server.raw(&nobody, "GET", &at, &[], Vec::new()).await.is(403, "signature");
        let other = at.replace("inbound", "outbound");
        server.raw(&nobody, "POST", &other, &form, body()).await.is(404, "not_found");
        let other = at.replace("twilio", "simulator");
        server.raw(&nobody, "POST", &other, &form, body()).await.is(404, "not_found");
        server.raw(&nobody, "POST", "/hooks/twilio/acc_nothing/inbound", &form, body()).await.is(404, "not_found");

        // Switched off, it sends nothing, and still hears its customers and what became of its texts.
        let switched = json!({"disabled": true});
        server.ask(&owner, "PATCH", &format!("/api/v1/accounts/{account}"), switched).await.ok();
        let call = async |what: &str, fields: &[(&str, &str)]| {
            let at = format!("/hooks/twilio/{account}/{what}");
            let url = format!("{}{at}", server.world.engine.settings().public_url);
            let signature = testkit::witness::sign("a-secret-token", &url, &fields.iter().copied().collect());
            let form = fields.iter().map(|(name, value)| format!("{name}={}", value.replace('+', "%2B")));
            let body = form.collect::<Vec<_>>().join("&").into_bytes();
            let headers = [form_type(), ("x-twilio-signature", signature.as_str())];
            server.raw(&nobody, "POST", &at, &headers, body).await
        };
        let text = [("MessageSid", "SM9"), ("From", "+14155550123"), ("To", "+15017122661"), ("Body", "heard?")];
        call("inbound", &text).await.ok();
        call("status", &[("MessageSid", "SM8"), ("MessageStatus", "delivered")]).await.ok();
        server.raw(&nobody, "POST", &at, &form, body()).await.is(403, "signature");
        let heard = server.get(&owner, "/api/v1/conversations?view=all").await.ok();
        assert_eq!(heard.str("/items/0/preview"), "heard?");

        // What cannot work is refused when it is saved, field by field.
        for (name, value) in [
            ("account_sid", json!("AC1")),
            ("account_sid", json!(7)),
            ("opt_out_handling", json!("sometimes")),
            ("idempotency_key", json!("yes")),
            ("colour", json!("red")),
        ] {
            let mut wrong = new.clone();
            wrong["settings"][name] = value;
            let told = server.post(&owner, "/api/v1/accounts", wrong).await.is(422, "invalid");
            assert_eq!(told.str("/errors/0/field"), format!("settings.{name}"));
        }
        let change = json!({"settings": {"account_sid": "AC1"}});
        server.ask(&owner, "PATCH", &format!("/api/v1/accounts/{account}"), change).await.is(422, "invalid");
        Ok(())
    })
    .await;
}
