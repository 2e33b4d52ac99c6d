//! The workspace's own policy on what it sells, and complaints, as callers see them.

use serde_json::json;
use testkit::database::for_each_engine;
use testkit::world::World;

use crate::server::{Server, generous};

const AVA: &str = "+12125550101";

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_is_on_from_the_start_and_changed_as_a_whole() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let before = server.get(&owner, "/api/v1/workspace").await.ok();
        let policy = json!({
            "caps": {"day": 3, "week": 7, "month": 20},
            "priority": ["person", "bot", "flow", "campaign", "api"],
            "courtesy": {"open_conversations": true, "complaints": true},
        });
        assert_eq!(before.body["sending_policy"], policy);
        let other = json!({
            "caps": {"day": 1, "week": null, "month": 1000},
            "priority": ["campaign", "api", "flow", "bot", "person"],
            "courtesy": {"open_conversations": false, "complaints": true},
        });
        let change = |policy: serde_json::Value| json!({ "sending_policy": policy });
        let set = server.ask(&owner, "PATCH", "/api/v1/workspace", change(other.clone())).await.ok();
        assert_eq!((&set.body["sending_policy"], &set.body["brand"]), (&other, &before.body["brand"]));
        assert_eq!(server.get(&owner, "/api/v1/workspace").await.ok().body["sending_policy"], other);

        for (path, value, field, code) in [
            ("/caps/day", json!(0), "sending_policy.caps.day", "range"),
            ("/caps/month", json!(1001), "sending_policy.caps.month", "range"),
            ("/priority", json!(["person", "bot", "flow", "campaign"]), "sending_policy.priority", "order"),
            ("/priority", json!(["person", "person", "flow", "campaign", "api"]), "sending_policy.priority", "order"),
        ] {
            let mut wrong = other.clone();
            *wrong.pointer_mut(path).unwrap() = value;
            let said = server.ask(&owner, "PATCH", "/api/v1/workspace", change(wrong)).await.is(422, "invalid");
            let error = &said.body["errors"][0];
            assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(code)));
        }
        let agent = server.key(&owner, json!(["read", "write", "send"])).await;
        server.ask(&agent, "PATCH", "/api/v1/workspace", change(policy)).await.is(403, "forbidden");
        assert_eq!(server.get(&owner, "/api/v1/workspace").await.ok().body["sending_policy"], other);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_is_shown_and_settled_and_holds_marketing_meanwhile() {
    for_each_engine(|on| async move {
        let server = Server::serve(World::new(on).await, generous()).await;
        let owner = server.set_up().await;
        let inbox = server.inbox(&owner).await;
        let consent = json!({
            "address": AVA, "permits": "marketing", "action": "grant", "proof": "written", "method": "web_form",
            "disclosure": {"locale": "en-US", "text": "I agree to marketing texts."},
        });
        server.post(&owner, "/api/v1/consents", consent).await.ok();
        server.typed(&owner, AVA, "Worst service ever, I want my money back").await;
        let list = server.get(&owner, "/api/v1/conversations").await.ok();
        let row = &list.body["items"][0];
        assert!(row["complaint_since"].is_i64(), "{row}");
        let path = format!("/api/v1/conversations/{}", row["id"].as_str().unwrap());
        let sale = json!({"to": AVA, "inbox_id": inbox, "body": "Sale! Reply STOP to end", "purpose": "marketing"});
        let held = server.post(&owner, "/api/v1/text-preview", sale.clone()).await.ok();
        assert_eq!(
            (held.str("/decision/verdict"), held.str("/decision/code")),
            ("hold".to_owned(), "complaint_open".to_owned())
        );
        let rules = held.body["decision"]["rules"].as_array().unwrap();
        for code in ["complaint_open", "open_conversation"] {
            assert!(rules.iter().any(|rule| rule["code"] == code && rule["fix"].is_string()), "{code}: {rules:?}");
        }
        let settled = server.post(&owner, &format!("{path}/complaint"), json!({"open": false})).await.ok();
        assert_eq!(settled.body["complaint_since"], json!(null));
        let held = server.post(&owner, "/api/v1/text-preview", sale.clone()).await.ok();
        assert_eq!(held.str("/decision/code"), "open_conversation");
        let open = server.post(&owner, &format!("{path}/complaint"), json!({"open": true})).await.ok();
        assert!(open.body["complaint_since"].is_i64());
        let closed = server.post(&owner, &format!("{path}/close"), json!(null)).await.ok();
        assert_eq!(closed.body["complaint_since"], json!(null));
        server.post(&owner, &format!("{path}/complaint"), json!({"open": true})).await.is(409, "conflict");
        let free = server.post(&owner, "/api/v1/text-preview", sale).await.ok();
        assert!(!["open_conversation", "complaint_open"].contains(&free.str("/decision/code").as_str()));
        Ok(())
    })
    .await;
}
