//! The answers of a workspace, opt-outs by e-mail, and texts about a topic, over HTTP.

use serde_json::{Value, json};
use testkit::database::for_each_engine;

use crate::server::Server;

const AVA: &str = "+12125550101";

fn answer<'a>(workspace: &'a Value, language: &str, answer: &str) -> &'a Value {
    let all = workspace["answers"].as_array().unwrap();
    all.iter().find(|one| one["language"] == language && one["answer"] == answer).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_words_its_answers_itself() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let path = "/api/v1/workspace";
        let before = server.get(&owner, path).await.ok().body;
        assert_eq!((&before["language"], &before["clarify_hours"]), (&json!("en"), &json!(0)));
        assert_eq!(before["answers"].as_array().unwrap().len(), 9);
        let harks = answer(&before, "es", "opt_out");
        assert_eq!((&harks["own"], &harks["parts"]), (&json!(""), &json!(1)));
        let brand = before["brand"].as_str().unwrap();
        assert!(harks["words"].as_str().unwrap().starts_with(brand), "{harks}");

        let own = format!("{brand}: No le escribiremos otra vez.");
        let change = json!({
            "language": "es", "clarify_hours": 24,
            "answers": [{"language": "es", "answer": "opt_out", "own": own}],
        });
        let changed = server.ask(&owner, "PATCH", path, change).await.ok().body;
        assert_eq!((&changed["language"], &changed["clarify_hours"]), (&json!("es"), &json!(24)));
        let ours = answer(&changed, "es", "opt_out");
        assert_eq!((&ours["own"], &ours["words"]), (&json!(own), &json!(own)));
        // What is not named stays.
        let other = json!({"answers": [{"language": "en", "answer": "help", "own": format!("{brand}: 555-0100. STOP to end.")}]});
        let changed = server.ask(&owner, "PATCH", path, other).await.ok().body;
        assert_eq!(answer(&changed, "es", "opt_out")["own"], json!(own));

        let wrong = |own: &str| json!({"answers": [{"language": "fr", "answer": "opt_out", "own": own}]});
        for (body, faults) in [
            (wrong("Au revoir."), vec!["answers.fr.opt_out.brand_missing"]),
            (wrong(&format!("{brand}: -20% : 20% off today only!")), vec!["answers.fr.opt_out.marketing"]),
            (wrong(&"x".repeat(321)), vec!["answers.fr.opt_out.too_long"]),
            (json!({"clarify_hours": 73}), vec!["clarify_hours.range"]),
            (json!({"clarify_hours": -1}), vec!["clarify_hours.range"]),
        ] {
            let refused = server.ask(&owner, "PATCH", path, body).await.is(422, "invalid");
            let told: Vec<String> = refused.body["errors"]
                .as_array()
                .unwrap()
                .iter()
                .map(|fault| format!("{}.{}", fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap()))
                .collect();
            assert_eq!(told, faults);
        }
        let emptied = json!({"answers": [{"language": "es", "answer": "opt_out", "own": " "}]});
        let changed = server.ask(&owner, "PATCH", path, emptied).await.ok().body;
        assert_eq!(answer(&changed, "es", "opt_out")["words"], harks["words"]);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_by_email_keeps_what_the_email_said() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let sent_at = engine::Clock::now(&*server.world.clock) - 60_000;
        let email = json!({"text": "Take my number off your list, please.", "from": "ava@example.com", "sent_at": sent_at});
        let made = server.post(&owner, "/api/v1/opt-outs", json!({"address": AVA, "email": email})).await.ok();
        let entry = &made.body["consent"];
        assert_eq!((&entry["method"], &entry["action"]), (&json!("email"), &json!("revoke")));
        assert_eq!(entry["occurred_at"], json!(sent_at));
        let evidence = &entry["evidence"];
        assert_eq!(
            (&evidence["words"], &evidence["from"], &evidence["email_sent_at"]),
            (&email["text"], &email["from"], &json!(sent_at))
        );
        let listed = server.get(&owner, "/api/v1/opt-outs").await.ok();
        assert_eq!(listed.str("/items/0/heard/words"), "Take my number off your list, please.");
        assert_eq!(listed.str("/items/0/heard/method"), "email");
        let inbox = server.inbox(&owner).await;
        let order = json!({"to": AVA, "inbox_id": inbox, "body": "It left.", "purpose": "transactional"});
        let refused = server.post(&owner, "/api/v1/messages", order).await.ok();
        assert_eq!(refused.str("/message/reason/code"), "opted_out");
        let bare = json!({"address": AVA, "email": {"text": " ", "sent_at": sent_at}});
        let refused = server.post(&owner, "/api/v1/opt-outs", bare).await.is(422, "invalid");
        assert_eq!(refused.str("/errors/0/field"), "email.text");
        // What is kept of an opt-out, only the customer says.
        let keep = json!({"address": AVA, "permits": "transactional", "action": "keep", "proof": "express", "method": "agent"});
        let refused = server.post(&owner, "/api/v1/consents", keep).await.is(422, "invalid");
        assert_eq!(refused.str("/errors/0/code"), "action_reserved");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_about_a_topic() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let inbox = server.inbox(&owner).await;
        let grant = json!({
            "address": AVA, "permits": "marketing", "topic": "restocks", "action": "grant", "proof": "written",
            "method": "web_form", "disclosure": {"locale": "en-US", "text": "I agree to texts about restocks."},
        });
        server.post(&owner, "/api/v1/consents", grant).await.ok();
        server.world.clock.advance(1_000);
        let sale = |topic: &str| {
            json!({"to": AVA, "inbox_id": inbox, "body": "They are back!", "purpose": "marketing", "topic": topic})
        };
        let sent = server.post(&owner, "/api/v1/messages", sale(" restocks ")).await.ok();
        assert_eq!((sent.str("/message/topic").as_str(), sent.str("/message/state").as_str()), ("restocks", "queued"));
        let refused = server.post(&owner, "/api/v1/messages", sale("")).await.ok();
        assert_eq!(refused.str("/message/reason/code"), "consent_missing");
        let many = json!({"items": [sale("restocks"), sale("news")]});
        let forecast = server.post(&owner, "/api/v1/message-batches/preview", many).await.ok();
        assert_eq!((&forecast.body["send"], &forecast.body["refuse"]), (&json!(1), &json!(1)));
        let seen = json!({"to": AVA, "inbox_id": inbox, "body": "Back!", "purpose": "marketing", "topic": "news"});
        let seen = server.post(&owner, "/api/v1/text-preview", seen).await.ok();
        assert_eq!(seen.str("/decision/code"), "consent_missing");
        for (topic, code) in [("marketing", "topic_reserved"), (&*"x".repeat(41), "topic_too_long")] {
            let refused = server.post(&owner, "/api/v1/messages", sale(topic)).await.is(422, "invalid");
            assert_eq!((refused.str("/errors/0/field").as_str(), refused.str("/errors/0/code").as_str()), ("topic", code));
        }
        Ok(())
    })
    .await;
}
