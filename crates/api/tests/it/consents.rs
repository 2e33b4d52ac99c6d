//! Consent, opt-outs and unsure texts over HTTP.

use serde_json::json;
use testkit::database::for_each_engine;

use crate::server::Server;

const AVA: &str = "+12125550101";

#[tokio::test(flavor = "multi_thread")]
async fn consent_lets_marketing_leave_and_an_opt_out_ends_it() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let inbox = server.inbox(&owner).await;
        let sale = json!({"to": AVA, "inbox_id": inbox, "body": "Sale!", "purpose": "marketing"});
        let refused = server.post(&owner, "/api/v1/messages", sale.clone()).await.ok();
        assert_eq!(refused.str("/message/reason/code"), "consent_missing");

        let grant = json!({
            "address": AVA, "permits": "marketing", "action": "grant", "proof": "written", "method": "web_form",
            "disclosure": {"locale": "en-US", "text": "I agree to marketing texts."}, "evidence": {"ip": "192.0.2.7"},
        });
        let made = server.post(&owner, "/api/v1/consents", grant.clone()).await.ok();
        assert_eq!((made.status, made.str("/standing/status").as_str()), (201, "granted"));
        assert_eq!(made.str("/consent/disclosure/text"), "I agree to marketing texts.");
        server.world.clock.advance(1_000);
        let sent = server.post(&owner, "/api/v1/messages", sale.clone()).await.ok();
        assert_eq!(sent.str("/message/state"), "queued");

        let out = json!({"address": AVA, "note": "asked on the phone"});
        let made = server.post(&owner, "/api/v1/opt-outs", out).await.ok();
        assert_eq!((made.status, made.str("/consent/method").as_str()), (201, "agent"));
        assert_eq!(made.str("/consent/evidence/note"), "asked on the phone");
        let refused = server.post(&owner, "/api/v1/messages", sale).await.ok();
        assert_eq!(refused.str("/message/reason/code"), "opted_out");
        let list = server.get(&owner, "/api/v1/opt-outs").await.ok();
        assert_eq!((list.str("/items/0/address").as_str(), list.str("/items/0/scope").as_str()), (AVA, "all"));

        // A program's word is told from a member's.
        let key = server.key(&owner, json!(["write"])).await;
        let made = server
            .post(&key, "/api/v1/opt-outs", json!({"address": "+12125550102", "permits": "marketing"}))
            .await
            .ok();
        assert_eq!(made.str("/consent/method"), "api");
        let first = server.get(&owner, "/api/v1/opt-outs?limit=1").await.ok();
        let rest = server
            .get(&owner, &format!("/api/v1/opt-outs?limit=1&cursor={}", first.str("/next_cursor").replace('+', "%2B")))
            .await
            .ok();
        let both = [first.str("/items/0/scope"), rest.str("/items/0/scope")];
        assert!(both.contains(&"all".to_owned()) && both.contains(&"marketing".to_owned()), "{both:?}");

        let ledger = server.get(&owner, "/api/v1/consents?address=%2B12125550101").await.ok();
        assert_eq!(
            (ledger.str("/items/0/action").as_str(), ledger.str("/items/1/action").as_str()),
            ("revoke", "grant")
        );
        let page = server.get(&owner, "/api/v1/consents?limit=2").await.ok();
        let rest =
            server.get(&owner, &format!("/api/v1/consents?limit=2&cursor={}", page.str("/next_cursor"))).await.ok();
        assert_eq!(rest.body["items"].as_array().unwrap().len(), 1);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_an_entry_is_refused_with_its_code() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let entry = |more: serde_json::Value| {
            let mut body = json!({
                "address": AVA, "permits": "marketing", "action": "grant", "proof": "express", "method": "checkout",
            });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        for (more, field, code) in [
            (json!({"permits": "all"}), "permits", "purpose_missing"),
            (json!({"permits": "all", "action": "revoke", "topic": "sales"}), "topic", "topic_without_purpose"),
            (json!({"topic": "Marketing"}), "topic", "topic_reserved"),
            (json!({"topic": "unsure"}), "topic", "topic_reserved"),
            (json!({"action": "doubt"}), "action", "action_reserved"),
            (json!({"action": "settle"}), "action", "action_reserved"),
            (json!({"proof": "written"}), "disclosure", "disclosure_missing"),
            (json!({"occurred_at": 9_000_000_000_000_i64}), "occurred_at", "in_the_future"),
        ] {
            let answer = server.post(&owner, "/api/v1/consents", entry(more.clone())).await.is(422, "invalid");
            assert_eq!(
                (answer.str("/errors/0/field").as_str(), answer.str("/errors/0/code").as_str()),
                (field, code),
                "{more}"
            );
        }
        server
            .post(&owner, "/api/v1/consents", entry(json!({"action": "confirm"})))
            .await
            .is(409, "nothing_to_confirm");
        server.post(&owner, "/api/v1/consents", entry(json!({"action": "revoke"}))).await.ok();
        server.post(&owner, "/api/v1/consents", entry(json!({"action": "confirm"}))).await.is(409, "consent_withdrawn");
        let both = "/api/v1/consents?address=%2B12125550101&customer_id=cus_01932c07a1b87c3f9d2e5f6a7b8c9d0e";
        server.get(&owner, both).await.is(422, "invalid");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsure_text_is_listed_told_of_and_answered_once() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let talk = server.typed(&owner, AVA, "too many texts").await;
        let open = server.get(&owner, "/api/v1/unsure-texts").await.ok();
        assert_eq!(open.str("/items/0/body"), "too many texts");
        assert_eq!(open.str("/items/0/conversation_id"), talk);
        let id = open.str("/items/0/message_id");
        let path = format!("/api/v1/unsure-texts/{id}/answer");
        let answered = server.post(&owner, &path, json!({"asked_to_stop": true})).await.ok();
        assert_eq!(answered.str("/answer"), "opted_out");
        for asked in [true, false] {
            server.post(&owner, &path, json!({"asked_to_stop": asked})).await.is(409, "already_answered");
        }
        assert!(server.get(&owner, "/api/v1/unsure-texts").await.ok().body["items"].as_array().unwrap().is_empty());
        assert_eq!(server.get(&owner, "/api/v1/opt-outs").await.ok().str("/items/0/address"), AVA);
        let events = server.get(&owner, "/api/v1/events?since=0&limit=1000").await.ok();
        let told: Vec<_> = events.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["kind"].as_str().unwrap().starts_with("unsure_text."))
            .map(|event| {
                (event["kind"].as_str().unwrap(), event["subject"].as_str().unwrap() == id, event["data"].clone())
            })
            .collect();
        assert_eq!(
            told,
            [("unsure_text.created", true, json!({})), ("unsure_text.answered", true, json!({"answer": "opted_out"})),]
        );
        let brand = server.get(&owner, "/api/v1/workspace").await.ok().str("/brand");
        let thread = server.get(&owner, &format!("/api/v1/conversations/{talk}/messages")).await.ok();
        let items = thread.body["items"].as_array().unwrap();
        let bodies: Vec<_> = items.iter().map(|item| item["body"].as_str().unwrap()).collect();
        let confirmation = domain::answers::Voice::plain(&brand).opt_out(domain::keyword::Scope::All, None);
        assert_eq!(bodies, ["too many texts", confirmation.as_str()]);
        let nobody = path.replace(&id, "msg_01932c07a1b87c3f9d2e5f6a7b8c9d0e");
        server.post(&owner, &nobody, json!({"asked_to_stop": true})).await.is(404, "not_found");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_tells_what_was_read_in_it() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let talk = server.typed(&owner, AVA, "hello").await;
        let wish = json!({"from": AVA, "inbox_id": server.inbox(&owner).await, "body": "please stop texting me"});
        server.post(&owner, "/api/v1/simulator/texts", wish).await.ok();
        for _ in 0..20 {
            server.world.clock.advance(500);
            server.world.carry().await;
        }
        let out = json!({"address": "+12125550102", "note": "asked on the phone"});
        server.world.clock.advance(1_000);
        server.post(&owner, "/api/v1/opt-outs", out).await.ok();
        let list = server.get(&owner, "/api/v1/opt-outs").await.ok();
        let (noted, heard) = (&list.body["items"][0]["heard"], &list.body["items"][1]["heard"]);
        assert_eq!((&noted["words"], &noted["method"]), (&json!("asked on the phone"), &json!("agent")));
        assert_eq!((&noted["matched_by"], &noted["actor_kind"]), (&json!(null), &json!("member")));
        assert!(noted["actor_name"].is_string() && noted["message_id"].is_null(), "{noted}");
        assert_eq!((&heard["words"], &heard["method"]), (&json!("please stop texting me"), &json!("own_words")));
        assert!(heard["matched_by"].as_str().unwrap().starts_with("phrase:"), "{heard}");
        assert_eq!(heard["conversation_id"], json!(talk));
        assert!(heard["message_id"].as_str().unwrap().starts_with("msg_"), "{heard}");
        Ok(())
    })
    .await;
}
