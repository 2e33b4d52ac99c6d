//! Join keywords over HTTP.

use serde_json::{Value, json};
use testkit::database::for_each_engine;

use crate::server::Server;

fn vip() -> Value {
    json!({
        "word": "VIP", "double_opt_in": true, "locale": "en-US", "programme": "weekly offers",
        "frequency": "Up to 4 msgs/month", "disclosure": "Text VIP. Consent is not a condition of purchase.",
    })
}

fn with(field: &str, value: Value) -> Value {
    let mut body = vip();
    body[field] = value;
    body
}

fn codes(errors: &Value) -> Vec<String> {
    let one = |error: &Value| format!("{}.{}", error["field"].as_str().unwrap(), error["code"].as_str().unwrap());
    errors.as_array().unwrap().iter().map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyword_is_set_up_changed_and_taken_away() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let inbox = server.inbox(&owner).await;
        let path = format!("/api/v1/inboxes/{inbox}/join-words");
        let made = server.post(&owner, &path, vip()).await.ok();
        assert_eq!((made.status, &made.body["disclosure_version"]), (201, &json!(1)));
        let one = format!("{path}/{}", made.str("/id"));

        for (body, expected) in [
            (with("word", json!("stop!")), vec!["word.keyword_reserved"]),
            (with("word", json!("SHOP")), vec!["word.keyword_near_reserved"]),
            (with("word", json!("v i p")), vec!["word.keyword_taken"]),
            (with("word", json!("🌿")), vec!["word.keyword_empty"]),
            (with("word", json!("")), vec!["word.too_short"]),
            (with("disclosure", json!(" ")), vec!["disclosure.too_short"]),
        ] {
            let refused = server.post(&owner, &path, body).await.is(422, "invalid");
            assert_eq!(codes(&refused.body["errors"]), expected);
        }
        let own = json!({"confirmation": "Hello from Juniper! Reply HELP for help, STOP to cancel."});
        let refused = server.ask(&owner, "PATCH", &one, own).await.is(422, "invalid");
        let lacking: Vec<String> = codes(&refused.body["errors"]);
        assert!(lacking.contains(&"confirmation.fees_missing".to_owned()), "{lacking:?}");
        assert!(!lacking.contains(&"confirmation.help_missing".to_owned()), "{lacking:?}");

        let changed = server.ask(&owner, "PATCH", &one, json!({"disclosure": "Text VIP for offers."})).await.ok();
        assert_eq!((&changed.body["disclosure_version"], &changed.body["word"]), (&json!(2), &json!("VIP")));
        let list = server.get(&owner, &path).await.ok();
        assert_eq!(list.body["items"].as_array().unwrap().len(), 1);

        // A preview keeps nothing, and does not take a keyword for its own double.
        let mut ask = with("disclosure", json!("Text VIP for offers."));
        ask["id"] = made.body["id"].clone();
        let seen = server.post(&owner, &format!("{path}/preview"), ask).await.ok();
        assert!(seen.str("/request").contains("Reply YES within 24h to get weekly offers."), "{:?}", seen.body);
        assert_eq!((&seen.body["faults"], &seen.body["confirmation_findings"]), (&json!([]), &json!([])));
        let advice = seen.body["disclosure_findings"].as_array().unwrap();
        assert!(advice.iter().any(|finding| finding["code"] == "condition_missing"), "{advice:?}");
        let empty = server.post(&owner, &format!("{path}/preview"), json!({})).await.ok();
        assert_eq!(empty.str("/faults/0/code"), "keyword_empty");

        let viewer = server.key(&owner, json!(["read"])).await;
        server.post(&viewer, &path, with("word", json!("OTHER"))).await.is(403, "forbidden");
        let gone = server.ask(&owner, "DELETE", &one, Value::Null).await.ok();
        assert_eq!(gone.status, 204);
        server.ask(&owner, "DELETE", &one, Value::Null).await.is(404, "not_found");
        server.ask(&owner, "PATCH", &one, json!({"word": "NEW"})).await.is(404, "not_found");
        let nowhere = "/api/v1/inboxes/inb_00000000000000000000000000000001/join-words";
        server.post(&owner, nowhere, vip()).await.is(404, "not_found");
        server.get(&owner, nowhere).await.is(404, "not_found");
        Ok(())
    })
    .await;
}
