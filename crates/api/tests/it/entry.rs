//! Setting up, signing in and out, CSRF, and the limits on guessing.

use api::Config;
use engine::rate_limit::Rate;
use serde_json::{Value, json};
use testkit::database::for_each_engine;

use crate::server::{Server, Who, generous, set_up_body};

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_code_sets_up_once() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        assert_eq!(server.get(&Who::Nobody, "/api/v1/setup").await.ok().body, json!({"needed": true}));
        let first = server.world.engine.setup_code().await?.unwrap();
        let code = server.world.engine.setup_code().await?.unwrap();
        let tried = server.post(&Who::Nobody, "/api/v1/setup", set_up_body("AAAA-AAAA")).await;
        tried.is(403, "wrong_setup_code");
        // Only the last start's code counts.
        server.post(&Who::Nobody, "/api/v1/setup", set_up_body(&first)).await.is(403, "wrong_setup_code");
        let mut bad_zone = set_up_body(&code);
        bad_zone["time_zone"] = json!("America/Nowhere");
        server.post(&Who::Nobody, "/api/v1/setup", bad_zone).await.is(422, "invalid");
        let mut short = set_up_body(&code);
        short["password"] = json!("short");
        server.post(&Who::Nobody, "/api/v1/setup", short).await.is(422, "invalid");

        let made = server.post(&Who::Nobody, "/api/v1/setup", set_up_body(&code.to_lowercase())).await.ok();
        assert_eq!(made.status, 201);
        assert_eq!(made.str("/role"), "owner");
        assert_eq!(made.str("/member/email"), "dana@example.com");
        let cookie = made.headers["set-cookie"].to_str()?.to_owned();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"),
            "{cookie}"
        );
        assert_eq!(server.get(&Who::Nobody, "/api/v1/setup").await.ok().body, json!({"needed": false}));
        server.post(&Who::Nobody, "/api/v1/setup", set_up_body(&code)).await.is(409, "already_set_up");
        assert_eq!(server.world.engine.setup_code().await?, None);
        // A new workspace has a number to try, so the first text needs no account elsewhere.
        assert_eq!(
            server.get(&server.member(&made), "/api/v1/inboxes").await.ok().body["items"][0]["simulated"],
            json!(true)
        );
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_open_and_end() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        server.set_up().await;
        let wrong = json!({"email": "dana@example.com", "password": "wrong horse"});
        server.post(&Who::Nobody, "/api/v1/session", wrong).await.is(401, "wrong_password");
        let unknown = json!({"email": "nobody@example.com", "password": "correct horse"});
        server.post(&Who::Nobody, "/api/v1/session", unknown).await.is(401, "wrong_password");
        let right = json!({"email": " DANA@example.com ", "password": "correct horse"});
        let dana = server.member(&server.post(&Who::Nobody, "/api/v1/session", right.clone()).await.ok());
        let other = server.member(&server.post(&Who::Nobody, "/api/v1/session", right).await.ok());

        let sessions = server.get(&dana, "/api/v1/sessions").await.ok();
        let sessions = sessions.body["items"].as_array().unwrap().clone();
        assert_eq!(sessions.len(), 3);
        assert_eq!(sessions.iter().filter(|session| session["current"] == json!(true)).count(), 1);

        server.ask(&other, "DELETE", "/api/v1/session", Value::Null).await.ok();
        server.get(&other, "/api/v1/me").await.is(401, "unauthenticated");
        let theirs = sessions.iter().find(|session| session["current"] != json!(true)).unwrap();
        let path = format!("/api/v1/sessions/{}", theirs["id"].as_str().unwrap());
        // One of the two others has just signed out; the path is good for at most one of them.
        let status = server.ask(&dana, "DELETE", &path, Value::Null).await.status;
        assert!(matches!(status, 204 | 404), "{status}");
        server.get(&dana, "/api/v1/me").await.ok();
        server.world.clock.advance(31 * 24 * 60 * 60 * 1000);
        server.get(&dana, "/api/v1/me").await.is(401, "unauthenticated");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_needs_the_csrf_value() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let dana = server.set_up().await;
        let Who::Member { cookie, csrf } = dana.clone() else { panic!("no member") };
        for wrong in [String::new(), "0".repeat(csrf.len()), format!("{csrf}0")] {
            let thief = Who::Member { cookie: cookie.clone(), csrf: wrong };
            let tried = server.ask(&thief, "PATCH", "/api/v1/workspace", json!({"name": "Stolen"})).await;
            tried.is(403, "csrf");
        }
        server.ask(&dana, "PATCH", "/api/v1/workspace", json!({"name": "Acme 2"})).await.ok();
        assert_eq!(server.get(&dana, "/api/v1/workspace").await.str("/name"), "Acme 2");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_per_address() {
    let config = Config { entry_rate: Rate { burst: 3.0, per_second: 0.1 }, ..generous() };
    let server = Server::with(testkit::On::Sqlite, config).await;
    let guess = json!({"email": "dana@example.com", "password": "wrong horse"});
    for _ in 0..3 {
        server.post(&Who::Nobody, "/api/v1/session", guess.clone()).await.is(401, "wrong_password");
    }
    let limited = server.post(&Who::Nobody, "/api/v1/session", guess.clone()).await.is(429, "rate_limited");
    assert_eq!(limited.headers["retry-after"], "10");
    // Unasked words of a proxy nobody trusts change nothing.
    let forwarded = [("x-forwarded-for", "203.0.113.7")];
    let response =
        server.send(&Who::Nobody, reqwest::Method::POST, "/api/v1/session", &forwarded, Some(guess.clone())).await;
    assert_eq!(response.status(), 429);
    server.world.clock.advance(10_000);
    server.post(&Who::Nobody, "/api/v1/session", guess).await.is(401, "wrong_password");
}

/// A browser left signed in is a place to guess at as well.
#[tokio::test(flavor = "multi_thread")]
async fn guessing_the_password_of_an_open_session_is_slowed() {
    let config = Config { entry_rate: Rate { burst: 3.0, per_second: 0.1 }, ..generous() };
    let server = Server::with(testkit::On::Sqlite, config).await;
    // Setting up was the first of the three.
    let dana = server.set_up().await;
    let guess = json!({"current": "wrong horse", "new": "a new password"});
    for _ in 0..2 {
        server.post(&dana, "/api/v1/session/password", guess.clone()).await.is(422, "invalid");
    }
    server.post(&dana, "/api/v1/session/password", guess.clone()).await.is(429, "rate_limited");
    server.get(&dana, "/api/v1/me").await.ok();
    server.world.clock.advance(10_000);
    server.post(&dana, "/api/v1/session/password", guess).await.is(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn unreadable_requests_are_told_so() {
    let server = Server::start(testkit::On::Sqlite).await;
    let dana = server.set_up().await;
    let raw = |body: &'static str, kind: &'static str| {
        let (server, dana) = (&server, dana.clone());
        async move {
            let Who::Member { cookie, csrf } = dana else { panic!("no member") };
            let client = reqwest::Client::builder().build().unwrap();
            let request = client.patch(format!("{}/api/v1/workspace", server.base)).header("cookie", cookie);
            let request = request.header("x-hark-csrf", csrf).header("content-type", kind).body(body);
            crate::server::Answered::read(request.send().await.unwrap()).await.unwrap()
        }
    };
    raw("{", "application/json").await.is(400, "malformed");
    raw("{}", "text/plain").await.is(415, "unsupported_media_type");
    raw(r#"{"nmae":"x"}"#, "application/json").await.is(422, "invalid");
    raw(r#"{"name":"a\u0000b"}"#, "application/json").await.is(422, "invalid");
    raw(r#"{"name":"  "}"#, "application/json").await.is(422, "invalid");
    let large: &'static str = Box::leak(format!(r#"{{"name":"{}"}}"#, "x".repeat(2 * 1024 * 1024)).into_boxed_str());
    raw(large, "application/json").await.is(413, "too_large");
    server.get(&dana, "/api/v1/conversations?limit=0").await.is(422, "invalid");
    server.get(&dana, "/api/v1/conversations?cursor=x").await.is(422, "invalid");
    server.ask(&dana, "DELETE", "/api/v1/workspace", Value::Null).await.is(405, "method_not_allowed");
    server.get(&dana, "/api/v1/nothing").await.is(404, "not_found");
}
