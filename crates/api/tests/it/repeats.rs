//! The same request twice is done once.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::database::for_each_engine;
use testkit::world::World;

use crate::server::{Answered, Server, Who, generous, listen};

async fn keyed(server: &Server, who: &Who, path: &str, key: &str, body: Value) -> Answered {
    let response = server.send(who, Method::POST, path, &[("idempotency-key", key)], Some(body)).await;
    Answered::read(response).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_gets_the_first_answer_and_does_nothing() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let key = server.key(&owner, json!(["send", "read"])).await;
        let inbox = server.inbox(&owner).await;
        let text = json!({"to": "+12125550123", "inbox_id": inbox, "body": "once", "purpose": "conversational"});

        let first = keyed(&server, &key, "/api/v1/messages", "k1", text.clone()).await.ok();
        let again = keyed(&server, &key, "/api/v1/messages", "k1", text.clone()).await.ok();
        assert_eq!((first.status, &first.body), (again.status, &again.body));
        assert!(!first.headers.contains_key("idempotency-replayed"));
        assert_eq!(again.headers["idempotency-replayed"], "true");
        let mut other = text.clone();
        other["body"] = json!("twice");
        keyed(&server, &key, "/api/v1/messages", "k1", other).await.is(422, "idempotency_key_reused");
        // Another caller's key of the same name is another key.
        let stranger = server.key(&owner, json!(["send"])).await;
        let theirs = keyed(&server, &stranger, "/api/v1/messages", "k1", text.clone()).await.ok();
        assert_ne!(first.str("/message/id"), theirs.str("/message/id"));
        // Seven days later the name is free.
        server.world.clock.advance(7 * 24 * 60 * 60 * 1000 + 1);
        keyed(&server, &key, "/api/v1/messages", "", text.clone()).await.is(422, "invalid");
        // Refusals that are the caller's own are kept too.
        let wrong = json!({"to": "12", "inbox_id": inbox, "body": "x", "purpose": "conversational"});
        keyed(&server, &key, "/api/v1/messages", "k2", wrong.clone()).await.is(422, "invalid");
        let kept = keyed(&server, &key, "/api/v1/messages", "k2", wrong).await.is(422, "invalid");
        assert_eq!(kept.headers["idempotency-replayed"], "true");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_at_the_same_moment_make_one_text() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let conversation = server.typed(&owner, "+12125550123", "hello").await;
        let path = format!("/api/v1/conversations/{conversation}/messages");
        let body = json!({"body": "one answer"});
        let all = (0..8).map(|_| keyed(&server, &owner, &path, "same", body.clone()));
        let answers = futures::future::join_all(all).await;
        assert!(answers.iter().any(|answer| answer.status == 201));
        for answer in answers {
            let allowed = answer.status == 201 || answer.str("/code") == "idempotency_in_flight";
            assert!(allowed, "{} {}", answer.status, answer.text);
            if answer.status == 409 {
                assert!(answer.headers.contains_key("retry-after"));
            }
        }
        let thread = server.get(&owner, &path).await.ok();
        let ours = thread.body["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "outbound").count();
        assert_eq!(ours, 1);
        Ok(())
    })
    .await;
}

/// Two servers on one database: both have looked for the key before either has done anything.
#[tokio::test(flavor = "multi_thread")]
async fn repeats_at_two_nodes_at_once_make_one_text() {
    const TO: &str = "+12125550123";
    if !testkit::database::engines().contains(&testkit::On::Postgres) {
        return;
    }
    let server = Server::serve(World::new(testkit::On::Postgres).await, generous()).await;
    let owner = server.set_up().await;
    let key = server.key(&owner, json!(["send", "read"])).await;
    let inbox = server.inbox(&owner).await;
    let (other, _stop) = listen(server.world.neighbour().await, generous()).await;
    let all = server.world.engine.workspaces_all().await.unwrap();
    let ws = all.into_iter().find(|ws| *ws != server.world.ws).unwrap();
    let id = "msg_0198c0de00007000800000000000000a";
    for (headers, body) in [
        (
            vec![("idempotency-key", "k")],
            json!({"to": TO, "inbox_id": inbox, "body": "one", "purpose": "conversational"}),
        ),
        (vec![], json!({"to": TO, "inbox_id": inbox, "body": "two", "purpose": "conversational", "message_id": id})),
    ] {
        let held = server.world.hold_address(ws, TO).await;
        let ask = |base: String| {
            let (server, key, headers, body) = (&server, &key, &headers, Some(body.clone()));
            async move {
                let answer = server.send_to(&base, key, Method::POST, "/api/v1/messages", headers, body).await;
                Answered::read(answer).await.unwrap()
            }
        };
        let let_go = async {
            server.world.until_waiting(2).await;
            held.let_go().await;
        };
        let (one, two, ()) = futures::join!(ask(server.base.clone()), ask(other.clone()), let_go);
        assert_eq!((one.status, two.status), (201, 201), "{} {}", one.text, two.text);
        assert_eq!(one.str("/message/id"), two.str("/message/id"));
        let replayed = [&one, &two].map(|answer| answer.headers.contains_key("idempotency-replayed"));
        assert_eq!(replayed.into_iter().filter(|replayed| *replayed).count(), headers.len());
    }
    let talk = server.get(&owner, "/api/v1/conversations?view=closed").await.ok().str("/items/0/id");
    let thread = server.get(&owner, &format!("/api/v1/conversations/{talk}/messages")).await.ok();
    assert_eq!(thread.body["items"].as_array().unwrap().len(), 2, "{}", thread.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_not_shown_to_a_repeat() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let body = json!({"name": "robot", "scopes": ["read"]});
        let first = keyed(&server, &owner, "/api/v1/api-keys", "k", body.clone()).await.ok();
        let again = keyed(&server, &owner, "/api/v1/api-keys", "k", body).await.ok();
        assert!(first.str("/secret").starts_with("hk_"));
        assert_eq!((again.status, &again.body["secret"], &again.body["key"]), (201, &Value::Null, &first.body["key"]));
        server.get(&Who::Key(first.str("/secret")), "/api/v1/conversations").await.ok();

        let invite = json!({"role": "agent"});
        let first = keyed(&server, &owner, "/api/v1/invites", "k", invite.clone()).await.ok();
        let again = keyed(&server, &owner, "/api/v1/invites", "k", invite).await.ok();
        assert!(first.str("/link").contains("/invite/"));
        assert_eq!((&again.body["link"], &again.body["id"]), (&Value::Null, &first.body["id"]));
        Ok(())
    })
    .await;
}
