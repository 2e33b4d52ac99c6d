//! The live stream: replay, follow, reset, and an end when the session ends.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::database::for_each_engine;

use crate::server::{Server, Who};

/// Reads until the text so far passes a test, or the stream ends.
async fn read_until(response: &mut reqwest::Response, text: &mut String, pass: impl Fn(&str) -> bool) -> bool {
    let reading = async {
        while !pass(text) {
            match response.chunk().await {
                Ok(Some(chunk)) => text.push_str(&String::from_utf8_lossy(&chunk)),
                Ok(None) | Err(_) => return false,
            }
        }
        true
    };
    tokio::time::timeout(Duration::from_secs(20), reading).await.expect("the stream says nothing")
}

fn ids(text: &str) -> Vec<i64> {
    text.lines().filter_map(|line| line.strip_prefix("id: ")).filter_map(|id| id.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_is_replayed_and_then_followed() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        server.typed(&owner, "+12125550123", "before").await;
        let mut stream = server.send(&owner, Method::GET, "/api/v1/live?since=0", &[], None).await;
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        assert_eq!(stream.headers()["x-accel-buffering"], "no");
        let mut text = String::new();
        assert!(read_until(&mut stream, &mut text, |text| text.contains("message.created")).await);
        let replayed = ids(&text).len();
        let id = server.typed(&owner, "+12125550124", "after").await;
        assert!(read_until(&mut stream, &mut text, |text| text.contains(&id) && text.ends_with("\n\n")).await);
        let seen = ids(&text);
        assert!(seen.len() > replayed);
        let last = i64::try_from(seen.len())?;
        assert_eq!(seen, (1..=last).collect::<Vec<_>>(), "without gaps, each once");
        assert!(!text.contains("before") && !text.contains("+1212"), "neither words nor numbers: {text}");

        // A browser that comes back names the last one it saw.
        let from = (last - 1).to_string();
        let resumed = [("last-event-id", from.as_str())];
        let mut stream = server.send(&owner, Method::GET, "/api/v1/live?since=0", &resumed, None).await;
        let mut text = String::new();
        assert!(read_until(&mut stream, &mut text, |text| !ids(text).is_empty()).await);
        assert_eq!(ids(&text).first(), Some(&last));
        // Who knows more than there is starts afresh.
        let mut stream = server.send(&owner, Method::GET, "/api/v1/live?since=99999", &[], None).await;
        let mut text = String::new();
        assert!(read_until(&mut stream, &mut text, |text| text.contains("event: reset")).await);
        let asked = server.get(&owner, "/api/v1/events?since=0&limit=2").await.ok();
        assert_eq!(asked.body["items"].as_array().map(Vec::len), Some(2));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_within_five_seconds_of_its_session() {
    let server = Server::start(testkit::On::Sqlite).await;
    let owner = server.set_up().await;
    let mut stream = server.send(&owner, Method::GET, "/api/v1/live", &[], None).await;
    let mut text = String::new();
    assert!(read_until(&mut stream, &mut text, |text| text.contains("retry")).await);
    server.ask(&owner, "DELETE", "/api/v1/session", Value::Null).await.ok();
    let ended = tokio::time::timeout(Duration::from_secs(5), read_until(&mut stream, &mut text, |_| false)).await;
    assert_eq!(ended, Ok(false), "the stream outlived its session");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_caller_has_a_bounded_number_of_streams() {
    let config = api::Config { streams_max: 2, ..crate::server::generous() };
    let server = Server::with(testkit::On::Sqlite, config).await;
    let owner = server.set_up().await;
    let key = server.key(&owner, json!(["read"])).await;
    let open = |who: Who| {
        let server = &server;
        async move { server.send(&who, Method::GET, "/api/v1/live", &[], None).await }
    };
    let (one, two) = (open(owner.clone()).await, open(owner.clone()).await);
    assert_eq!((one.status().as_u16(), two.status().as_u16()), (200, 200));
    server.get(&owner, "/api/v1/live").await.is(429, "too_many_streams");
    assert_eq!(open(key).await.status(), 200, "another caller has its own");
    drop(two);
    for _ in 0..100 {
        if open(owner.clone()).await.status() == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("a closed stream still counts");
}

/// The `Presence` data of a stream so far.
fn presences(text: &str) -> Vec<Value> {
    let events = text.split("\n\n").filter(|event| event.contains("event: presence"));
    events
        .inspect(|event| assert!(!event.contains("id: "), "{event}"))
        .filter_map(|event| event.lines().find_map(|line| line.strip_prefix("data: ")))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_and_who_types_is_told_and_ends_by_itself() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let dana = server.get(&owner, "/api/v1/me").await.ok().str("/member/id");
        let id = server.typed(&owner, "+12125550123", "hello").await;
        let at = format!("/api/v1/conversations/{id}/presence");
        let key = server.key(&owner, json!(["read"])).await;
        let mut stream = server.send(&key, Method::GET, "/api/v1/live", &[], None).await;
        let mut mine = server.send(&owner, Method::GET, "/api/v1/live", &[], None).await;
        let (mut text, mut own) = (String::new(), String::new());
        let states = |text: &str| presences(text).iter().map(|one| one["state"].clone()).collect::<Vec<_>>();

        server.post(&owner, &at, json!({"state": "viewing"})).await.ok();
        assert!(read_until(&mut stream, &mut text, |text| states(text) == ["viewing"]).await);
        let first = presences(&text).remove(0);
        assert_eq!((&first["conversation_id"], &first["member_id"]), (&json!(id), &json!(dana)));
        assert!(first["until"].as_i64().unwrap() > server.world.engine.now());
        // A heartbeat says nothing new; typing does.
        server.post(&owner, &at, json!({"state": "viewing"})).await.ok();
        server.post(&owner, &at, json!({"state": "typing"})).await.ok();
        assert!(read_until(&mut stream, &mut text, |text| states(text) == ["viewing", "typing"]).await);
        // Who comes later hears of it at once.
        let mut late = server.send(&key, Method::GET, "/api/v1/live", &[], None).await;
        let mut late_text = String::new();
        assert!(read_until(&mut late, &mut late_text, |text| states(text) == ["typing"]).await);
        // A tab that dies says no farewell: typing ends first, then its presence, within 30 s.
        server.world.clock.advance(7_000);
        assert!(read_until(&mut stream, &mut text, |text| states(text).len() == 3).await);
        server.world.clock.advance(22_000);
        assert!(read_until(&mut stream, &mut text, |text| states(text).len() == 4).await);
        assert_eq!(states(&text), ["viewing", "typing", "viewing", "left"]);
        server.post(&owner, &at, json!({"state": "viewing"})).await.ok();
        server.post(&owner, &at, json!({"state": "left"})).await.ok();
        assert!(read_until(&mut stream, &mut text, |text| states(text).len() == 6).await);
        assert_eq!(states(&text)[4..], ["viewing", "left"]);

        // Nobody is told of themselves, and the log holds none of it.
        server.typed(&owner, "+12125550124", "later").await;
        assert!(read_until(&mut mine, &mut own, |text| text.contains("message.created")).await);
        assert_eq!(presences(&own), Vec::<Value>::new());
        let log = server.get(&owner, "/api/v1/events?limit=1000").await.ok();
        assert!(!log.text.contains("presence"));
        server.post(&owner, &at, json!({"state": "asleep"})).await.is(422, "invalid");
        server.post(&key, &at, json!({"state": "viewing"})).await.is(403, "forbidden");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_of_one_database_hear_of_each_others_members() {
    if !testkit::database::engines().contains(&testkit::On::Postgres) {
        return;
    }
    let server = Server::start(testkit::On::Postgres).await;
    let owner = server.set_up().await;
    let id = server.typed(&owner, "+12125550123", "hello").await;
    let neighbour = server.world.neighbour().await;
    neighbour.start().await.unwrap();
    let (base, _stop) = crate::server::listen(neighbour, crate::server::generous()).await;
    let Who::Key(key) = server.key(&owner, json!(["read"])).await else { panic!("a key") };
    let request = reqwest::Client::builder().build().unwrap().get(format!("{base}/api/v1/live")).bearer_auth(key);
    let mut stream = request.send().await.unwrap();
    let mut text = String::new();
    let at = format!("/api/v1/conversations/{id}/presence");
    for (state, count) in [("typing", 1), ("left", 2)] {
        server.post(&owner, &at, json!({"state": state})).await.ok();
        assert!(read_until(&mut stream, &mut text, |text| presences(text).len() == count).await);
        assert_eq!(presences(&text)[count - 1]["state"], state);
    }
}
