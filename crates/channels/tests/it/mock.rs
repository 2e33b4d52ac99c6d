//! Our requests against a mock made from the provider's published document.
//!
//! `scripts/peer twilio` starts the mock and runs this; it is skipped elsewhere.

use crate::cleared::{Clock, NOON, OURS, account, permit, text, unix_ms};
use channels::channel::{Channel, LookUpQuery, Submission, body_hash};
use channels::http::{HttpClient, Reach};
use channels::twilio::Twilio;
use domain::address::Address;
use serde_json::json;

#[tokio::test]
#[ignore = "needs a mock at HARK_TWILIO_MOCK: run scripts/peer twilio"]
async fn requests_are_valid_by_the_published_document() {
    let mock = std::env::var("HARK_TWILIO_MOCK").unwrap();
    let channel = Twilio::new(HttpClient::new(Reach::Anywhere).unwrap());
    let settings = |more: serde_json::Value| {
        let mut settings = json!({ "account_sid": "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "api_base_url": mock });
        for (name, value) in more.as_object().unwrap() {
            settings[name] = value.clone();
        }
        account(settings, [("auth_token", "token")].into_iter().collect())
    };
    let plain = settings(json!({}));
    let service = json!({ "messaging_service_sid": "MGaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" });
    let picked = json!({ "messaging_service_sid": "MGaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "service_picks_sender": true });
    let mut lasting = text(4, "An hour at most", &[]);
    lasting.valid_until = Some(i64::MAX);
    let mut short = text(5, "Ten minutes at most", &[]);
    short.valid_until = Some(unix_ms() + 600_000);
    // Pictures are left out: the mock reads no repeated form field as an array,
    // and refuses what Twilio's own library sends. The golden request covers them.
    let cases = [
        ("a text", &plain, text(1, "Hello! 👍 Grüße & more", &[])),
        ("a text of many parts", &plain, text(2, &"Grüße, 你好! ".repeat(50), &[])),
        ("valid for long", &plain, lasting),
        ("valid for a while", &plain, short),
        ("through a service", &settings(service), text(6, "hi", &[])),
        ("from the service's choice", &settings(picked), text(7, "hi", &[])),
    ];
    for (name, account, text) in cases {
        let batch = vec![permit(text, 60_000)];
        let answers = channel.sends().unwrap().send(account, &Clock::at(0), batch).await;
        assert!(
            matches!(&answers[0].1, Submission::Taken { provider_id, .. } if provider_id.starts_with("SM")),
            "{name}: {answers:?}"
        );
        println!("ok: {name}");
    }
    let query = LookUpQuery {
        to: Address::parse("+14155550123"),
        from: Address::parse(OURS),
        since_ms: NOON,
        until_ms: NOON,
        body: body_hash("hi"),
    };
    let found = channel.looks_up().unwrap().find(&plain, query).await;
    assert!(found.is_ok(), "{found:?}");
    println!("ok: looking texts up");
    let report = channel.checks().unwrap().check(&plain).await;
    assert!(report.is_ok(), "{report:?}");
    println!("ok: checking the account");
    let report = channel.numbers().unwrap().number(&plain, &Address::parse(OURS)).await;
    assert!(report.is_ok(), "{report:?}");
    println!("ok: checking a number");
}
