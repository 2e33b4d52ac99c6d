//! The witness must be beyond doubt before it is believed.

use super::{Behaviour, Entry, Journal, Verdict, Witness};
use channels::channel::{Account, Channel, LookUpQuery, body_hash};
use channels::http::{HttpClient, Reach};
use channels::twilio::Twilio;
use domain::address::Address;
use domain::id::{AccountId, WorkspaceId};
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;
use uuid::Uuid;

const SID: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

struct Running {
    url: String,
    path: PathBuf,
    client: reqwest::Client,
}

async fn start(name: &str, behaviour: Behaviour) -> Running {
    let path = std::env::temp_dir().join(format!("witness-{}-{name}.jsonl", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let witness = Witness::new(Journal::create(&path).unwrap(), behaviour).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(witness.serve(listener));
    Running { url, path, client: reqwest::Client::builder().no_proxy().build().unwrap() }
}

impl Running {
    /// Submits, and says with which status or not at all it was answered.
    async fn submit(&self, number: usize, key: Option<&str>) -> Option<(u16, Value)> {
        let callback = format!("https://hark.example/hooks/twilio/acc/status?attempt=att_{number}");
        let body = format!("text {number}");
        let form = [("To", "+14155550123"), ("From", "+15017122661"), ("Body", &body), ("StatusCallback", &callback)];
        let mut request = self
            .client
            .post(format!("{}/2010-04-01/Accounts/{SID}/Messages.json", self.url))
            .basic_auth(SID, Some("token"))
            .form(&form);
        if let Some(key) = key {
            request = request.header("I-Twilio-Idempotency-Token", key);
        }
        let answer = request.send().await.ok()?;
        Some((answer.status().as_u16(), answer.json().await.ok()?))
    }

    fn journal(&self) -> Vec<Entry> {
        Journal::read(&self.path).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

#[tokio::test]
async fn what_is_answered_is_in_the_journal_by_then() {
    let running = start("answered", Behaviour::default()).await;
    for number in 1..=20 {
        let (status, message) = running.submit(number, None).await.unwrap();
        let journal = running.journal();
        assert_eq!((status, journal.len()), (201, number));
        let last = journal.last().unwrap();
        assert_eq!(last.verdict, Verdict::Taken);
        assert_eq!(message["sid"], last.sid);
        assert_eq!(last.attempt, Some(format!("att_{number}")));
        assert_eq!(last.body_sha256, hex::encode(body_hash(&format!("text {number}"))));
    }
    assert!(Journal::create(&running.path).is_err(), "an old journal is not written on");
}

#[tokio::test]
async fn keys_count_only_where_they_are_honoured() {
    let without = start("without", Behaviour::default()).await;
    let with = start("with", Behaviour { keys: true, ..Behaviour::default() }).await;
    for _ in 0..3 {
        without.submit(1, Some("msg_1")).await.unwrap();
        with.submit(1, Some("msg_1")).await.unwrap();
        with.submit(2, None).await.unwrap();
    }
    let left = |running: &Running| running.journal().iter().filter(|entry| entry.verdict.left()).count();
    assert_eq!(left(&without), 3, "each is a text");
    assert_eq!(left(&with), 1 + 3, "one for the key, one for each without");
    let sids: std::collections::BTreeSet<_> =
        with.journal().into_iter().filter(|entry| entry.key.is_some()).map(|entry| entry.sid).collect();
    assert_eq!(sids.len(), 1, "repeats are answered with the first one's id");
}

#[tokio::test]
async fn a_broken_connection_leaves_a_text_and_a_refusal_leaves_none() {
    let behaviour = Behaviour { drop_pct: 30, throttle_pct: 30, seed: 5, ..Behaviour::default() };
    let running = start("faults", behaviour).await;
    let (mut answered, mut refused, mut broken) = (0, 0, 0);
    for number in 0..60 {
        match running.submit(number, None).await {
            Some((201, _)) => answered += 1,
            Some((429, body)) => {
                assert_eq!(body["code"], 20429);
                refused += 1;
            }
            Some(other) => panic!("{other:?}"),
            None => broken += 1,
        }
    }
    let count = |verdict| running.journal().iter().filter(|entry| entry.verdict == verdict).count();
    assert_eq!(
        (count(Verdict::Taken), count(Verdict::Throttled), count(Verdict::TakenUnanswered)),
        (answered, refused, broken)
    );
    assert!(answered > 10 && refused > 5 && broken > 5, "{answered} {refused} {broken}");
}

#[tokio::test]
async fn a_text_whose_answer_was_lost_is_found_by_looking_it_up() {
    let running = start("look-up", Behaviour { drop_pct: 100, ..Behaviour::default() }).await;
    assert!(running.submit(7, None).await.is_none());
    let entry = running.journal().remove(0);
    let account = Account {
        workspace: WorkspaceId::new(Uuid::from_u128(1)),
        id: AccountId::new(Uuid::from_u128(2)),
        settings: serde_json::json!({ "account_sid": SID, "api_base_url": running.url }),
        secrets: [("auth_token", "token")].into_iter().collect(),
        callback_base: String::new(),
    };
    let twilio = Twilio::new(HttpClient::new(Reach::Anywhere).unwrap());
    let query = |body: &str| LookUpQuery {
        to: Address::parse("+14155550123"),
        from: Address::parse("+15017122661"),
        since_ms: entry.at,
        until_ms: entry.at,
        body: body_hash(body),
    };
    let found = twilio.looks_up().unwrap().find(&account, query("text 7")).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].provider_id, entry.sid);
    assert!(twilio.looks_up().unwrap().find(&account, query("text 8")).await.unwrap().is_empty());
    assert!(twilio.checks().unwrap().check(&account).await.unwrap().active);
}

#[tokio::test]
async fn the_journal_can_be_asked_for_and_answers_can_take_time() {
    let running = start("asked", Behaviour { delay: Duration::from_millis(50), ..Behaviour::default() }).await;
    for number in 0..3 {
        running.submit(number, None).await.unwrap();
    }
    let answer: Value =
        running.client.get(format!("{}/journal?since=1", running.url)).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["total"], 3);
    let items: Vec<Entry> = serde_json::from_value(answer["items"].clone()).unwrap();
    assert_eq!(items, running.journal()[1..]);
    assert!(items[1].monotonic_us - items[0].monotonic_us >= 50_000, "each was answered after its delay");
}

#[tokio::test]
async fn answers_that_are_held_back_wait_until_they_are_let_go() {
    let running = start("held", Behaviour::default()).await;
    let ask = async |at: &str| running.client.post(format!("{}/{at}", running.url)).send().await.unwrap();
    let unanswered = async || {
        let answer: Value =
            running.client.get(format!("{}/journal", running.url)).send().await.unwrap().json().await.unwrap();
        answer["unanswered"].as_u64().unwrap()
    };
    ask("hold").await;
    let submit = running.submit(1, None);
    tokio::pin!(submit);
    assert!(tokio::time::timeout(Duration::from_millis(100), &mut submit).await.is_err());
    assert_eq!((running.journal().len(), unanswered().await), (1, 1), "written down, and not answered");
    ask("release").await;
    assert_eq!(submit.await.unwrap().0, 201);
    assert_eq!(unanswered().await, 0);
}
