//! Many texts in one request: each is decided as if it had come alone.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::database::for_each_engine;

use crate::server::{Answered, Server, Who};

const PATH: &str = "/api/v1/messages/batch";

fn column(answer: &Answered, name: &str) -> Vec<Value> {
    answer.body["items"].as_array().unwrap().iter().map(|item| item[name].clone()).collect()
}

fn id(n: u32) -> String {
    format!("msg_{n:032x}")
}

/// A key whose texts are transactional and leave by the one inbox.
async fn shop(server: &Server, owner: &Who) -> Who {
    let inbox = server.inbox(owner).await;
    let body = json!({"name": "shop", "scopes": ["send", "read"], "inbox_id": inbox, "purpose": "transactional"});
    Who::Key(server.post(owner, "/api/v1/api-keys", body).await.ok().str("/secret"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_counts_what_would_come_of_the_texts_and_keeps_nothing() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let key = shop(&server, &owner).await;
        // Ten in the evening in New York, seven in Los Angeles.
        server.world.clock.advance(9 * 60 * 60 * 1000);
        let mut items: Vec<Value> = (0..120)
            .map(|n| json!({"to": format!("+1212555{:04}", 1_000 + n), "body": "It left."}))
            .chain((0..3).map(|n| json!({"to": format!("+1310555{:04}", 1_000 + n), "body": "It left."})))
            .collect();
        items.push(json!({"to": "+12125550101", "body": "Sale!", "purpose": "marketing"}));
        items.push(json!({"to": "+12125550101", "body": "123456", "purpose": "otp"}));
        let ws = server.get(&owner, "/api/v1/me").await.ok().str("/workspace/id").parse().unwrap();
        let before = server.world.engine.events_last(ws).await.unwrap();
        let seen = server.post(&key, "/api/v1/message-batches/preview", json!({"items": items.clone()})).await.ok();
        let opens = testkit::world::NOON + 19 * 60 * 60 * 1000;
        let held = json!([{"zones": ["America/New_York"], "until": opens, "code": "quiet_hours", "count": 120}]);
        let refused = json!([{"code": "consent_missing", "count": 1}]);
        let expected = json!({"send": 4, "hold": 120, "refuse": 1, "held": held, "refused": refused});
        assert_eq!(seen.body, expected);
        assert_eq!(server.world.engine.events_last(ws).await.unwrap(), before, "nothing is kept");
        // Sent in earnest, they fare so.
        let sent = server.post(&key, PATH, json!({"items": items.clone()})).await.ok();
        let states = column(&sent, "state");
        let count = |state: &str| states.iter().filter(|one| *one == state).count();
        assert_eq!((count("queued"), count("held"), count("refused")), (4, 120, 1));
        items[1]["to"] = json!("12");
        let wrong = server.post(&key, "/api/v1/message-batches/preview", json!({"items": items})).await;
        wrong.is(422, "invalid");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_text_is_answered_for_and_a_repeat_changes_nothing() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let key = shop(&server, &owner).await;
        server.typed(&owner, "+12125550101", "hello").await;
        let stop = json!({"from": "+12125550101", "inbox_id": server.inbox(&owner).await, "body": "STOP"});
        server.post(&owner, "/api/v1/simulator/texts", stop).await.ok();
        for _ in 0..400 {
            server.world.clock.advance(500);
            server.world.carry().await;
            if server.get(&owner, "/api/v1/opt-outs").await.ok().body["items"] != json!([]) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let mut items: Vec<Value> = (0..450)
            .map(|n| json!({"message_id": id(n), "to": format!("+1212555{:04}", 1_000 + n), "body": format!("{n} ready")}))
            .collect();
        items[3]["to"] = json!("+12125550101");
        items[7]["to"] = items[8]["to"].clone();
        items[20]["message_id"] = items[19]["message_id"].clone();
        items[21] = items[19].clone();
        let answer = server.post(&key, PATH, json!({"items": items})).await.ok();
        assert_eq!(answer.status, 201);
        let (states, codes) = (column(&answer, "state"), column(&answer, "code"));
        for (n, state) in states.iter().enumerate() {
            let expected = match n {
                3 => (json!("refused"), "opted_out"),
                20 => (Value::Null, "id_taken"),
                _ => (json!("queued"), "clear"),
            };
            assert_eq!((state, codes[n].as_str().unwrap()), (&expected.0, expected.1), "{n}: {}", answer.text);
        }
        let repeated = column(&answer, "repeated");
        assert_eq!(repeated.iter().filter(|one| **one == json!(true)).count(), 1);
        assert_eq!(repeated[21], json!(true));
        assert_eq!(column(&answer, "message_id")[5], json!(id(5)));
        assert_eq!(column(&answer, "parts")[5], json!(1));
        let talks = column(&answer, "conversation_id");
        assert_eq!(talks[7], talks[8], "one customer, one conversation");
        assert_ne!(talks[5], talks[6]);

        let again = server.post(&key, PATH, json!({"items": items})).await.ok();
        assert_eq!(column(&again, "conversation_id"), talks);
        assert_eq!(column(&again, "repeated").iter().filter(|one| **one == json!(true)).count(), 449);
        let thread = server.get(&owner, &format!("/api/v1/conversations/{}/messages", talks[7].as_str().unwrap())).await;
        assert_eq!(column(&thread, "seq"), [1, 2]);
        assert_eq!(column(&thread, "body"), ["7 ready", "8 ready"]);
        // What one request made is the same to the other.
        let single = json!({"message_id": id(9), "to": items[9]["to"], "body": "9 ready"});
        let single = server.post(&key, "/api/v1/messages", single).await.ok();
        assert_eq!(json!(single.str("/message/conversation_id")), talks[9]);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_one_text_is_wrong_none_is_recorded() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let key = shop(&server, &owner).await;
        let text = |to: &str| json!({"to": to, "body": "hello"});
        let mut long = text("+12125550101");
        long["body"] = json!("x".repeat(1_601));
        let items = json!({"items": [text("+12125550100"), long, text("12"), {"to": "+12125550103"}]});
        let wrong = server.post(&key, PATH, items).await.is(422, "invalid");
        let told: Vec<_> = wrong.body["errors"].as_array().unwrap().iter().map(|one| &one["field"]).collect();
        assert_eq!(told, ["items.1.body", "items.3.body"]);
        let wrong =
            server.post(&key, PATH, json!({"items": [text("+12125550100"), text("12")]})).await.is(422, "invalid");
        assert_eq!(wrong.str("/errors/0/field"), "items.1.to");
        let bare = server.key(&owner, json!(["send"])).await;
        let wrong = server.post(&bare, PATH, json!({"items": [text("+12125550100")]})).await.is(422, "invalid");
        assert_eq!(wrong.str("/errors/0/field"), "items.0.inbox_id");
        server.post(&key, PATH, json!({"items": []})).await.is(422, "invalid");
        let many: Vec<Value> = (0..1_001).map(|_| text("+12125550100")).collect();
        server.post(&key, PATH, json!({"items": many})).await.is(422, "invalid");
        let wrong: Vec<Value> = (0..1_000).map(|_| text("")).collect();
        let wrong = server.post(&key, PATH, json!({"items": wrong})).await.is(422, "invalid");
        assert_eq!(wrong.body["errors"].as_array().unwrap().len(), 50);
        let mut lost = text("+12125550101");
        lost["inbox_id"] = json!("inb_00000000000070008000000000000000");
        server.post(&key, PATH, json!({"items": [text("+12125550100"), lost]})).await.is(404, "not_found");
        let reader = server.key(&owner, json!(["read"])).await;
        server.post(&reader, PATH, json!({"items": [text("+12125550100")]})).await.is(403, "forbidden");
        assert_eq!(server.get(&owner, "/api/v1/conversations").await.ok().body["items"], json!([]));

        // A picture goes with one text: the second that names it is not recorded, alone.
        let mut pictured = text("+12125550101");
        pictured["media_ids"] = json!(["med_00000000000070008000000000000000"]);
        let answer = server.post(&key, PATH, json!({"items": [pictured, text("+12125550100")]})).await.ok();
        assert_eq!(column(&answer, "state"), [Value::Null, json!("queued")]);
        assert_eq!(column(&answer, "code"), ["invalid", "clear"]);
        assert_eq!(column(&answer, "conversation_id")[0], Value::Null);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_names_every_text_of_the_request() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let key = shop(&server, &owner).await;
        // More than one megabyte of texts, as a thousand long ones are.
        let items: Vec<Value> = (0..900)
            .map(|n| json!({"to": format!("+1212555{n:04}"), "body": format!("{n} {}", "word ".repeat(300))}))
            .collect();
        let ask = |key: Who, name: &'static str, items: Vec<Value>| {
            let server = &server;
            async move {
                let body = Some(json!({"items": items}));
                Answered::read(server.send(&key, Method::POST, PATH, &[("idempotency-key", name)], body).await)
                    .await
                    .unwrap()
            }
        };
        let first = ask(key.clone(), "k", items.clone()).await.ok();
        let again = ask(key.clone(), "k", items.clone()).await.ok();
        assert_eq!((first.body.clone(), "true"), (again.body, again.headers["idempotency-replayed"].to_str().unwrap()));
        let ids: std::collections::BTreeSet<String> =
            column(&first, "message_id").iter().map(Value::to_string).collect();
        assert_eq!(ids.len(), 900);
        ask(key.clone(), "k", items[1..].to_vec()).await.is(422, "idempotency_key_reused");
        let other = ask(key, "other", items[..1].to_vec()).await.ok();
        assert!(!ids.contains(&column(&other, "message_id")[0].to_string()));
        Ok(())
    })
    .await;
}
